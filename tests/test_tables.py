"""Number tables: what they hold, and that the fast lookups equal plain ones over the text of the tables."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from scanner import checks, rules, tables


def matrix(*texts: str) -> NDArray[np.uint8]:
    return np.array([[int(c) for c in text] for text in texts], np.uint8)


def plain_issuers() -> list[tuple[str, int, str]]:
    """First digits, length and type of every issuer number, one by one."""
    out = []
    for line in rules.table_lines("tables/card_issuers.txt"):
        kind, length, three, *tails = line.split()
        for tail in tails:
            first, _, last = tail.replace(".", "").partition("-")
            for number in range(int(first or 0), int(last or first or 0) + 1):
                out.append((three + (f"{number:0{len(first)}d}" if first else ""), int(length), kind))
    return out


ISSUERS = plain_issuers()


def test_all_issuers_are_there() -> None:
    """1,709 of bcbc and those that only bankcardinfo has."""
    assert len(ISSUERS) == len(set(ISSUERS))
    heads = {head for head, _, _ in ISSUERS}
    assert len(heads) > 2200
    assert {"103", "303", "18572", "9558", "95588", "622848", "621660", "6229756114", "940040"} <= heads
    assert {length for _, length, _ in ISSUERS} == {15, 16, 17, 18, 19}


@pytest.mark.parametrize(
    ("card", "issuer", "scheme", "legacy"),
    [
        ("6216261000000000018", 2, "unionpay", False),
        ("6226090000000048", 2, "unionpay", False),
        ("6226388000000095", 2, "unionpay", False),
        ("6221558812340000", 2, "unionpay", False),  # Luhn is not asked here
        ("622609000000004812", 1, "unionpay", False),
        ("4111111111111111", 0, "visa", False),
        ("5555555555554444", 0, "mastercard", False),
        ("2223000048400011", 0, "mastercard", False),
        ("3566002020360505", 0, "jcb", False),
        ("378282246310005", 0, "amex", False),
        ("8171999900000021", 0, "unionpay", False),
        ("8172000000000000", 0, "", False),
        ("1030000000000000000", 2, "", True),
        ("9558800000000000000", 2, "", True),
        ("1234567890123456", 0, "", False),
    ],
)
def test_cards(card: str, issuer: int, scheme: str, legacy: bool) -> None:
    digits = matrix(card)
    assert tables.card_issuer(digits).tolist() == [issuer]
    assert tables.SCHEMES[tables.card_scheme(digits)[0]] == scheme
    assert tables.is_legacy_card(digits).tolist() == [legacy]


@pytest.mark.parametrize(("card", "fits"), [("4111111111111111", True), ("378282246310005", True),
                                            ("3782822463100051", False), ("411111111111111", False),
                                            ("6205500000000000004", True), ("1234567890123456", False)])  # fmt: skip
def test_length_of_the_scheme(card: str, fits: bool) -> None:
    assert tables.has_scheme_length(matrix(card)).tolist() == [fits]


def test_card_types() -> None:
    cards = {"622848": tables.DEBIT, "625827": tables.CREDIT, "622836": tables.CREDIT, "920000": tables.DEBIT}
    for head, kind in cards.items():
        assert tables.card_type(matrix(head.ljust(19, "0")))[0] & kind
    assert tables.card_type(matrix("7" * 19)).tolist() == [0]


HEAD = st.sampled_from(sorted({head for head, _, _ in ISSUERS})) | st.text(
    "0123456789", min_size=3, max_size=10
)


@given(HEAD, st.text("0123456789", min_size=16, max_size=16), st.integers(12, 19))
def test_issuer_is_the_plain_lookup(head: str, rest: str, size: int) -> None:
    card = (head + rest)[:size]
    lengths = {length for known, length, _ in ISSUERS if card.startswith(known)}
    assert tables.card_issuer(matrix(card)).tolist() == [bool(lengths) + (size in lengths)]


@pytest.mark.parametrize(
    ("area", "lengths", "place"),
    [
        (10, tables.EIGHT, 110000),
        (21, tables.EIGHT, 310000),
        (24, tables.EIGHT, 210000),  # Shenyang, Tieling, Fushun and Benxi share it
        (755, tables.EIGHT, 440300),
        (754, tables.SEVEN | tables.EIGHT, 440500),
        (851, tables.SEVEN | tables.EIGHT, 520000),
        (310, tables.SEVEN, 130400),
        (993, tables.SEVEN, 659001),
        (565, tables.SEVEN | tables.EIGHT | tables.ABOLISHED, 340100),
        (26, 0, 0),
        (999, tables.SEVEN, 654000),
        (1, 0, 0),
        (9999, 0, 0),
    ],
)
def test_areas(area: int, lengths: int, place: int) -> None:
    assert tables.area_lengths()[area] == lengths
    assert tables.area_place()[area] == place


def test_every_area_has_a_place_of_the_region_table() -> None:
    known = np.flatnonzero(tables.area_lengths())
    assert len(known) > 320
    assert (rules.region_level()[tables.area_place()[known]] == 6).all()
    assert tables.area_lengths().shape == tables.area_place().shape == (10_000,)


def test_places_of_phones() -> None:
    blocks = np.array([1380013, 1300000, 1299999, 2000000, 0, 1978337])
    assert tables.phone_place(blocks).tolist() == [110000, 370100, 0, 0, 0, 0]


def test_places_and_blocks_are_one_set() -> None:
    """Both tables come from the same two sources."""
    places = tables.phone_place(np.arange(1_300_000, 2_000_000))
    assert ((places > 0) == rules.mobile_blocks()).all()
    assert (rules.region_level()[np.unique(places[places > 0])] == 6).all()


def test_networks_and_bodies() -> None:
    assert tables.is_imsi(matrix("460001234567890", "460151234567890", "460101234567890", "461001234567890")).tolist() == [
        True, True, False, False]  # fmt: skip
    assert tables.is_tac(matrix("354178036859789", "864178036859789", "124178036859789")).tolist() == [
        True,
        True,
        False,
    ]


def test_old_cards_need_no_luhn() -> None:
    card = matrix("1030000000000000001")
    assert not checks.luhn(card)[0] and tables.is_legacy_card(card)[0]


@pytest.mark.parametrize(
    "name", ["card_issuers", "area_codes", "phone_places", "devices", "mobile_blocks", "regions"]
)
def test_tables_name_their_source_and_licence(name: str) -> None:
    head = (rules.data_root() / "rules" / "tables" / f"{name}.txt").read_text("utf-8")[:600]
    assert any(licence in head for licence in ("MIT", "Apache-2.0", "LGPL, facts only"))
    assert "202" in head

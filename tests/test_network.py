"""Addresses of networks against the module `ipaddress`, and MAC addresses against a regular expression."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import keywords
from scanner.detectors import network
from scanner.digits import Planes
from scanner.schema import ENTITY_TYPES, KIND, Cells, Spans

IP, MAC = KIND["IP_ADDRESS"], KIND["MAC_ADDRESS"]


def find(texts: list[str]) -> tuple[Cells, Spans]:
    cells = Cells.from_strings(texts, 1)
    return cells, network.detect(cells, Planes(cells.data), keywords.scan(cells.data))


def texts_of(text: str, kind: int) -> list[str]:
    """Values of a type in one cell."""
    cells, spans = find([text])
    spans = spans.take(spans.kind == kind)
    return [cells.data[a:b].tobytes().decode() for a, b in zip(spans.start, spans.end, strict=True)]


NOBODYS = [
    IPv4Network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
    )
]  # fmt: skip
"""Special ranges of RFC 6890, multicast and reserved."""


def is_public(address: IPv4Address) -> bool:
    return not any(address in net for net in NOBODYS)


EDGES = [
    net[i] + step
    for net in NOBODYS
    for i, step in ((0, -1), (0, 0), (-1, 0), (-1, 1))
    if 0 <= int(net[i]) + step < 1 << 32
]


@pytest.mark.parametrize("address", sorted(set(EDGES)), ids=str)
def test_the_ends_of_special_ranges(address: IPv4Address) -> None:
    assert texts_of(f"来自 {address}。", IP) == ([str(address)] if is_public(address) else [])


@settings(max_examples=300)
@given(st.ip_addresses(v=4), st.sampled_from(["", " ", "：", "http://", "(", "来自", "@", ",", "=", "-"]), st.sampled_from(["", ":80", "/24", "。", ".", ")", ", ", "\t", "-", "来"]))  # fmt: skip
def test_ipv4_with_its_number_as_key(address: IPv4Address, before: str, after: str) -> None:
    cells, spans = find([f"{before}{address}{after}", "，"])
    if not is_public(address):
        assert len(spans) == 0
        return
    assert cells.data[spans.start[0] : spans.end[0]].tobytes().decode() == str(address)
    assert spans.key.tolist() == [int(address)] and spans.kind.tolist() == [IP]


OCTETS = st.lists(
    st.one_of(st.integers(0, 300).map(str), st.sampled_from(["00", "08", "1111"])),
    min_size=2,
    max_size=6,
)


@settings(max_examples=300)
@given(OCTETS)
def test_chains_of_dots(parts: list[str]) -> None:
    """Exactly four numbers of at most 255 without leading zeros."""
    text = ".".join(parts)
    try:
        wanted = [text] if is_public(IPv4Address(text)) else []
    except ValueError:
        wanted = []
    assert texts_of(text, IP) == wanted


@pytest.mark.parametrize(
    "text",
    ["1.203.119.25.1", "1.2.3.4.0", "203.119.25.1.7", "a203.119.25.1", "203.119.25.1a", "_203.119.25.1", "v203.119.25.1", "203..119.25.1", "203.119.25",
     "version 203.119.25.1", "Version: 203.119.25.1", "Chrome/114.0.5735.90", 'ver="203.119.25.1"', "build 203.119.25.1", "203. 119.25.1"],
)  # fmt: skip
def test_no_ipv4(text: str) -> None:
    assert texts_of(text, IP) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("203.119.25.1-203.119.25.9", ["203.119.25.1", "203.119.25.9"]),
        ("203.119.25.1,203.119.25.2", ["203.119.25.1", "203.119.25.2"]),
        ("::ffff:203.119.25.1", ["203.119.25.1"]),
        ("overview 203.119.25.1", ["203.119.25.1"]),
        ("203.119.25.1 version 2", ["203.119.25.1"]),
    ],
)
def test_ipv4_beside_others(text: str, found: list[str]) -> None:
    assert texts_of(text, IP) == found


# --- IPv6 -----------------------------------------------------------------------------------------

GLOBAL = st.integers(0x2400 << 112, (0x2500 << 112) - 1).map(IPv6Address)
SHORT = st.integers(1, 0xFFFF).map(lambda last: IPv6Address(f"2400:3200:baba::{last:x}"))


@settings(max_examples=200)
@given(st.one_of(GLOBAL.map(lambda one: one.exploded), SHORT.map(str), SHORT.map(lambda one: str(one).upper())), st.sampled_from(["", "：", "[", " "]), st.sampled_from(["", "]:443", "/64", "。", ".", " "]))  # fmt: skip
def test_global_ipv6(value: str, before: str, after: str) -> None:
    """Written in full, or shortened by "::"; a prefix length or port is no part of it."""
    assert texts_of(before + value + after, IP) == [value]
    assert find([value])[1].key.tolist() == find([value.upper()])[1].key.tolist()


@pytest.mark.parametrize(
    "text",
    ["::1", "::", "fe80::1", "fc00::1", "ff02::1", "2001:db8::1", "64:ff9b::1", "std::vector", "abc::def", "2400:3200::g", "a::b::c",
     "2400::3200::1", "a2400:3200::1", "_2400:3200::1", "2400:3200::1x", "2400:3200::12345", "2400:3200:0:0:0:0:0:0:1::", "12:30:45",
     "2024:01:02:03:04:05:06:07:08", "2400:3200:0000:0000:0000:0000:0000"],
)  # fmt: skip
def test_no_ipv6(text: str) -> None:
    assert texts_of(text, IP) == []


# --- MAC ------------------------------------------------------------------------------------------

MACS = st.builds(
    lambda pairs, sign, upper: (sign.join(pairs)).upper() if upper else sign.join(pairs),
    st.lists(st.integers(0, 255).map("{:02x}".format), min_size=4, max_size=8),
    st.sampled_from(":-"),
    st.booleans(),
)


def naive_macs(text: str) -> list[str]:
    """Six pairs with one sign; no letter, digit or that sign around; a person's device."""
    found = re.finditer(
        r"(?<![0-9A-Za-z_])(?=([0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\2){4}[0-9A-Fa-f]{2})(?![0-9A-Za-z_]))",
        text,
    )
    out = []
    for one in found:
        value, sign = one[1], one[2]
        outside = text[: one.start(1)][-1:] + text[one.end(1) :][:1]
        number = int(re.sub("[:-]", "", value), 16)
        if sign not in outside and number not in (0, 0x020000000000) and not number >> 40 & 1:
            out.append(value)
    return out


@settings(max_examples=300)
@given(st.lists(st.one_of(MACS, st.sampled_from(["", " ", "：", ",", "a", ":", "-", "_", "地址", "3c:5a-b4:12:34:56", "02:00:00:00:00:00"])), max_size=5).map("".join))  # fmt: skip
def test_macs_against_re(text: str) -> None:
    assert texts_of(text, MAC) == naive_macs(text)


@pytest.mark.parametrize(
    "value",
    ["00:00:00:00:00:00", "ff-ff-ff-ff-ff-ff", "01:00:5e:00:00:fb", "33:33:00:00:00:01", "02:00:00:00:00:00"],
)
def test_macs_that_are_nobodys(value: str) -> None:
    assert texts_of(value, MAC) == []


def test_one_key_in_every_form() -> None:
    _, spans = find(["3C:5A:B4:12:34:56", "3c-5a-b4-12-34-56", "3c:5a:b4:12:34:57"])
    assert spans.key.tolist() == [0x3C5AB4123456, 0x3C5AB4123456, 0x3C5AB4123457]


# --- borders --------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["203.119.25.1", "2400:3200::1", "3C:5A:B4:12:34:56"])
def test_nothing_crosses_a_cell_border(value: str) -> None:
    assert len(find([value, value])[1]) == 2
    for cut in range(1, len(value)):
        cells, spans = find([value[:cut], value[cut:]])
        assert (spans.start >= cells.starts[spans.cell]).all() and (spans.end <= cells.ends[spans.cell]).all()
        assert value not in [
            cells.data[a:b].tobytes().decode() for a, b in zip(spans.start, spans.end, strict=True)
        ]


@given(
    st.lists(
        st.sampled_from([b"::", b":", b".", b"1", b"203", b"ab", b"-", b"\xff", b"\xe4", b"2400"]),
        max_size=20,
    )
)
def test_any_bytes(parts: list[bytes]) -> None:
    data = np.frombuffer(b"".join(parts), np.uint8)
    cells = Cells(data, np.array([0]), np.array([len(data)]), 1)
    spans = network.detect(cells, Planes(data), keywords.scan(data))
    assert ((spans.start >= 0) & (spans.start < spans.end) & (spans.end <= len(data))).all()
    assert {ENTITY_TYPES[kind] for kind in spans.kind} <= {"IP_ADDRESS", "MAC_ADDRESS"}

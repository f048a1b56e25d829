"""Tests of the detectors against naive references written with `re` and plain Python."""

from __future__ import annotations

import itertools
import re
import uuid
from collections.abc import Iterable
from datetime import date
from hashlib import md5, sha1, sha256
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stdnum.cn import ric
from stdnum.exceptions import InvalidComponent

from scanner import detectors, rules
from scanner.detectors import email, masked, names, numbers
from scanner.schema import DAMAGED, ENTITY_TYPES, KIND, MASKED, PLACEHOLDER, WEAK, Cells, Spans

TODAY = 20261124
MOBILE, RESIDENT, CARD, PERMIT, MAIL, PERSON = (
    KIND[k]
    for k in (
        "CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD", "CN_RESIDENCE_PERMIT", "EMAIL_ADDRESS", "PERSON"
    )
)  # fmt: skip
PHONE, GB_ID = "19783371234", "11010519491231002X"  # the second is printed in GB 11643-1999


def check_char(seventeen: str) -> str:
    """MOD 11-2 as FACTS D3 writes it: (1 - 2 * the first 17 digits in base 13) mod 11."""
    return "0123456789X"[(1 - 2 * int(seventeen, 13)) % 11]


@st.composite
def made_ids(draw: st.DrawFn) -> str:
    """An ID of a district abolished in 1986, born after that: no living holder."""
    born = draw(st.dates(date(1987, 1, 1), date(2004, 12, 31)))
    start = f"110110{born:%Y%m%d}{draw(st.integers(0, 999)):03}"
    return start + check_char(start)


PHONES = st.one_of(
    st.integers(19783370000, 19799999999).map(str), st.integers(16289990000, 16289999999).map(str)
)
IDS = made_ids()


def triples(cells: Cells, spans: Spans, *kinds: int) -> list[tuple[int, str, str]]:
    """(cell, kind, text) of the spans, in reading order."""
    return [
        (int(c), ENTITY_TYPES[k], cells.data[a:b].tobytes().decode())
        for c, a, b, k in zip(spans.cell, spans.start, spans.end, spans.kind, strict=True)
        if not kinds or k in kinds
    ]


def texts_of(text: str, kind: int, sure: bool = False) -> list[str]:
    """What is found of a kind in one cell; `sure` leaves the doubtful out."""
    cells = Cells.from_strings([text], 1)
    spans = detectors.find(cells, None, TODAY)
    if sure:
        spans = spans.take((spans.flags & WEAK) == 0)
    return [t for _, _, t in triples(cells, spans, kind)]


# --- the naive references -------------------------------------------------------------------------

BEFORE = rb"(?<![0-9A-Za-z_])(?<![0-9]\.)"
AFTER = rb"(?![0-9A-Za-z_])(?:(?!\.[0-9])|(?=\.0(?![0-9A-Za-z_.])))"
LEVEL_B = re.compile(
    r"1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-35-8]|8\d|9[0-35-9])\d{8}|161[09]\d{7}|174[09]\d{7}"
)
"""The regular expression of FACTS D1, level B."""


def mobile_level(digits: str) -> str | None:
    """A known block, B allotted code, C any other 1[3-9]."""
    if not re.fullmatch(r"1[3-9]\d{9}", digits):
        return None
    if rules.mobile_blocks()[int(digits[:7]) - 1_300_000]:
        return "A"
    return "B" if LEVEL_B.fullmatch(digits) else "C"


def naive_mobiles(text: bytes) -> set[tuple[int, int, str]]:
    """Runs of 11 digits, also after 86 or 0086, and 3-4-4 and 3-3-5 in groups."""
    out = set()
    for match in re.finditer(rb"[0-9]+", text):
        run = match[0]
        start, end = match.span()
        if (len(run) == 13 and run.startswith(b"86")) or (len(run) == 15 and run.startswith(b"0086")):
            if _is_alone(text, start, end) and mobile_level(run[-11:].decode()):
                out.add((end - 11, end, run[-11:].decode()))
        elif len(run) == 11 and _is_alone(text, start, end) and mobile_level(run.decode()):
            out.add((start, end, run.decode()))
    for form in (rb"[0-9]{3}([- ])[0-9]{4}\1[0-9]{4}", rb"[0-9]{3}([- ])[0-9]{3}\1[0-9]{5}"):
        for match in re.finditer(rb"(?<![0-9])(?=(" + form.replace(rb"\1", rb"\2") + rb")(?![0-9]))", text):
            start, end = match.start(1), match.end(1)
            digits = re.sub(rb"[- ]", b"", match[1]).decode()
            if _is_alone(text, start, end) and not _goes_on(text, start, end) and mobile_level(digits):
                out.add((start, end, digits))
    return out


def _is_alone(text: bytes, start: int, end: int) -> bool:
    return bool(re.search(BEFORE + rb"\Z", text[:start])) and bool(re.match(AFTER, text[end:]))


def _goes_on(text: bytes, start: int, end: int) -> bool:
    """Whether groups with blanks are a part of a longer row of numbers; 86 may stand before."""
    behind = re.match(rb" [0-9]{2}", text[end:])
    before = re.search(rb"[0-9] \Z", text[:start]) and not re.search(rb"86 \Z", text[:start])
    return b" " in text[start:end] and bool(behind or before)


def naive_id(value: str) -> bool:
    """Province or better, a real day between 1876 and today, and the check character."""
    if not re.fullmatch(r"[0-9]{17}[0-9Xx]", value):
        return False
    try:
        born = date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    except ValueError:
        return False
    stamp = int(f"{born:%Y%m%d}") if born.year >= 1000 else 0
    if not TODAY - 1_500_000 <= stamp <= TODAY:
        return False
    known = rules.region_level()[int(value[:6])] >= 2 or value[:6] in ("810000", "820000", "830000")
    return bool(known) and check_char(value[:17]) == value[17].upper()


def naive_ids(text: bytes) -> set[tuple[int, int, str]]:
    """18 characters on their own, and in the groups 6-8-4."""
    out = set()
    for match in re.finditer(rb"(?<![0-9])(?:[0-9]{18}|[0-9]{17}[Xx])(?![0-9])", text):
        if _is_alone(text, *match.span()) and naive_id(match[0].decode()):
            out.add((*match.span(), match[0].decode().upper()))
    form = rb"(?<![0-9])(?=([0-9]{6}([- ])[0-9]{8}\2[0-9]{3}[0-9Xx])(?![0-9]))"
    for match in re.finditer(form, text):
        value = re.sub(rb"[- ]", b"", match[1]).decode()
        here = match.span(1)
        if _is_alone(text, *here) and not _goes_on(text, *here) and naive_id(value):
            out.add((*here, value.upper()))
    return out


def grouped(value: str, groups: tuple[int, ...], sign: str) -> str:
    places = [sum(groups[:i]) for i in range(len(groups))]
    return sign.join(value[a : a + n] for a, n in zip(places, groups, strict=True))


SIGNS = st.sampled_from(["-", " "])
PLANTED = st.one_of(
    PHONES,
    PHONES.map(lambda p: "86" + p),
    PHONES.map(lambda p: "+86" + p),
    PHONES.map(lambda p: "0086" + p),
    PHONES.map(lambda p: p + ".0"),
    st.builds(lambda p, s: grouped(p, (3, 4, 4), s), PHONES, SIGNS),
    st.builds(lambda p, s: grouped(p, (3, 3, 5), s), PHONES, SIGNS),
    st.just("15400001234"),
    IDS,
    IDS.map(str.lower),
    st.builds(lambda p, s: grouped(p, (6, 8, 4), s), IDS, SIGNS),
    st.builds(lambda p, i: p[:i] + str((int(p[i]) + 1) % 10) + p[i + 1 :], IDS, st.integers(0, 16)),
    st.just(GB_ID),
    st.just("810000199408230021"),
)
NOISE = st.one_of(
    st.text("0123456789", max_size=19),
    st.text("01 -._x", max_size=4),
    st.sampled_from(["", " ", "-", ".", "_", "a", "电话", "：", ",", "+", "X", "1.", ".0", ".00"]),
)
HEAVY = st.lists(st.one_of(PLANTED, NOISE, NOISE), max_size=14).map("".join)


@settings(max_examples=600)
@given(HEAVY)
def test_mobiles_against_reference(text: str) -> None:

    cells = Cells.from_strings([text], 1)
    spans = numbers.detect(cells, TODAY)
    pick = spans.kind == MOBILE
    got = {
        (int(a), int(b), f"{int(k)}")
        for a, b, k in zip(spans.start[pick], spans.end[pick], spans.key[pick], strict=True)
    }
    assert got == naive_mobiles(text.encode())
    for start, end, key, bits, flags in zip(
        spans.start[pick],
        spans.end[pick],
        spans.key[pick],
        spans.checks[pick],
        spans.flags[pick],
        strict=True,
    ):
        level = mobile_level(str(int(key)))
        assert bool(bits & rules.BIT["block"]) == (level == "A"), text[start:end]
        assert bool(bits & rules.BIT["code"]) == bool(LEVEL_B.fullmatch(str(int(key))))
        assert bool(flags & WEAK) == (level == "C")


@pytest.mark.parametrize("before", ["_", "a", "1."])
@pytest.mark.parametrize("prefix", ["86", "0086"])
def test_a_border_before_86(before: str, prefix: str) -> None:
    assert texts_of(f"{before}{prefix}{PHONE}", MOBILE) == []


@settings(max_examples=600)
@given(HEAVY)
def test_ids_against_reference(text: str) -> None:
    cells = Cells.from_strings([text], 1)
    spans = numbers.detect(cells, TODAY)
    pick = np.isin(spans.kind, [RESIDENT, PERMIT]) & ((spans.flags & (WEAK | DAMAGED)) == 0)
    got = set()
    for start, end, kind, key in zip(
        spans.start[pick], spans.end[pick], spans.kind[pick], spans.key[pick], strict=True
    ):
        value = re.sub("[- ]", "", cells.data[start:end].tobytes().decode()).upper()
        assert int(value[:17]) == int(key)
        assert (kind == PERMIT) == (value[:2] in ("81", "82", "83"))
        got.add((int(start), int(end), value))
    assert got == naive_ids(text.encode())


@given(IDS)
def test_made_ids_hold_by_another_library(value: str) -> None:
    """python-stdnum agrees about date and check (it refuses a birth after the district was abolished)."""
    assert ric.calc_check_digit(value) == value[17]
    assert ric.get_birth_date(value) == date(int(value[6:10]), int(value[10:12]), int(value[12:14]))
    assert texts_of(f"证件{value}。", RESIDENT, sure=True) == [value]


@settings(max_examples=400)
@given(IDS, st.integers(6, 17), st.sampled_from("0123456789X"))
def test_changed_ids_against_another_library(value: str, place: int, sign: str) -> None:
    """One character changed: found exactly where stdnum finds a date and the same check character."""
    assume(sign != "X" or place == 17)
    changed = value[:place] + sign + value[place + 1 :]
    born = changed[6:14]
    assume(TODAY - 1_500_000 <= int(born) <= TODAY)  # stdnum takes any year
    try:
        ric.get_birth_date(changed)
        valid = ric.calc_check_digit(changed) == changed[17]
    except InvalidComponent:
        valid = False
    assert (texts_of(changed, RESIDENT, sure=True) == [changed]) == valid


@pytest.mark.parametrize("value", [GB_ID, "440524188001010014", GB_ID.lower(), "110105 19491231 002X"])
def test_printed_ids(value: str) -> None:
    assert texts_of(value, RESIDENT, sure=True) == [value]


@pytest.mark.parametrize(
    "value",
    [
        "110101199003071234",
        "110101199001011234",
        "123456789012345678",
        "11010519491231002",
        "11010519491331002X",
        "000000199001010000",
        "11011020991231001" + check_char("11011020991231001"),
        "11011018001231001" + check_char("11011018001231001"),
        "11011019870229001" + check_char("11011019870229001"),
        "99011019870101001" + check_char("99011019870101001"),
        "1" + GB_ID,
        GB_ID + "1",
        "a" + GB_ID,
        GB_ID + "_",
    ],
)
def test_no_ids(value: str) -> None:
    assert texts_of(value, RESIDENT, sure=True) == []


@pytest.mark.parametrize("value", ["810000199408230021", "830000199201300022"])
def test_residence_permits(value: str) -> None:
    assert texts_of(value, PERMIT) == [value]
    assert texts_of(value, RESIDENT) == []


# --- where things stand ---------------------------------------------------------------------------

WIDE = str.maketrans("0123456789-+.@Xx", "０１２３４５６７８９－＋．＠Ｘｘ")
SPOILT = st.builds(
    lambda value, how: how(value),
    st.one_of(PHONES, IDS),
    st.sampled_from(
        [
            str,
            lambda v: v.translate(WIDE),
            lambda v: v[:3] + v[3:7].translate(WIDE) + v[7:],
            lambda v: v[:4] + "\u200b" + v[4:],
            lambda v: "\ufeff" + v + "\u200d",
            lambda v: "\u00ad".join(v),
            lambda v: "\u00a0" + v + "\u00a0",
            lambda v: "\u3000" + v,
            lambda v: "\u200b".join(v.translate(WIDE)),
        ]
    ),
)
FILL = st.text("张三，。：（）a é\u00a0\u3000\u20ac😀", min_size=1, max_size=6).map(lambda t: "，" + t + "：")


def plain(text: str) -> str:
    """Look-alikes folded, one character at a time."""
    keep = "".join(c for c in text if c not in "\u200b\u200d\ufeff\u00ad\u200c")
    return keep.translate({v: chr(k) for k, v in WIDE.items()}).replace("\u00a0", " ").replace("\u3000", " ")


@settings(max_examples=400)
@given(st.lists(st.tuples(FILL, SPOILT, FILL), min_size=1, max_size=4))
def test_places_in_the_original_bytes(parts: list[tuple[str, str, str]]) -> None:
    """Each value comes back from the bytes as they were, one for one and in order."""
    cells = Cells.from_strings(["".join(p) for p in parts], 1)
    spans = detectors.find(cells, None, TODAY)
    spans = spans.take(np.isin(spans.kind, [MOBILE, RESIDENT]))
    assert spans.cell.tolist() == list(range(len(parts)))
    for (_, value, _), start, end, cell in zip(parts, spans.start, spans.end, spans.cell, strict=True):
        got = cells.data[start:end].tobytes().decode()
        assert cells.starts[cell] <= start < end <= cells.ends[cell]
        assert plain(got).strip() == plain(value).strip()
        assert got.strip("\u200b\u200d\ufeff\u00a0\u3000") in value


def test_spoilt_signs() -> None:
    assert texts_of("电话１９７－８３３７－１２３４。", MOBILE) == ["１９７－８３３７－１２３４"]
    assert texts_of("197\u00a08337\u00a01234", MOBILE) == ["197\u00a08337\u00a01234"]
    assert texts_of("197\u20118337\u20111234", MOBILE) == ["197\u20118337\u20111234"]
    assert texts_of("1101051949123100２Ｘ", RESIDENT) == ["1101051949123100２Ｘ"]
    assert texts_of("li.si＠example．com", MAIL) == ["li.si＠example．com"]


def spans_of(texts: list[str], width: int, cuts: Iterable[int]) -> list[tuple[int, str, str, Any, Any, Any]]:
    """Everything found in a table whose rows are examined in pieces, with cells numbered as in the whole."""
    cells = Cells.from_strings(texts, width)
    edges = [0, *cuts, cells.rows]
    out = []
    for first, stop in itertools.pairwise(edges):
        part = Cells.from_strings(texts[first * width : stop * width], width)
        spans = detectors.find(part, None, TODAY)
        for i, (cell, kind, text) in enumerate(triples(part, spans)):
            extra = int(spans.checks[i]), int(spans.flags[i]), int(spans.key[i])
            out.append((cell + first * width, kind, text, *extra))
    return out


@settings(max_examples=200)
@given(
    st.integers(1, 3), st.lists(st.one_of(HEAVY, SPOILT, st.just("a@example.com")), max_size=12), st.data()
)
def test_splitting_a_table_between_rows(width: int, texts: list[str], data: st.DataObject) -> None:
    texts = texts[: len(texts) // width * width]
    rows = len(texts) // width
    cuts = sorted(data.draw(st.lists(st.integers(0, rows), max_size=3)))
    assert spans_of(texts, width, cuts) == spans_of(texts, width, [])


@settings(max_examples=200)
@given(st.lists(st.one_of(PLANTED, HEAVY), min_size=2, max_size=6))
def test_each_cell_is_examined_alone(texts: list[str]) -> None:
    """Neighbours change nothing: the cells of a column give what each gives on its own."""
    alone = [(i, *found[1:]) for i, text in enumerate(texts) for found in spans_of([text], 1, [])]
    assert spans_of(texts, 1, []) == alone


@pytest.mark.parametrize("value", [PHONE, GB_ID, "197-8337-1234", "li.si@example.com", "197****1234"])
@pytest.mark.parametrize("separator", [b"\x1f", b",", b"\n", b" ", b"-", b"|"])
def test_nothing_crosses_a_cell_border(value: str, separator: bytes) -> None:
    """Cut in two by any separator a value is no value; beside another it stays one."""
    for cut in range(1, len(value)):
        first, second = value[:cut].encode(), value[cut:].encode()
        data = np.frombuffer(first + separator + second, np.uint8)
        starts = np.array([0, len(first) + 1])
        cells = Cells(data, starts, np.array([len(first), len(data)]), 1)
        spans = detectors.find(cells, None, TODAY)
        assert (spans.start >= cells.starts[spans.cell]).all()
        assert (spans.end <= cells.ends[spans.cell]).all()
        assert not any(text == value for _, _, text in triples(cells, spans))


# --- phones ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (PHONE, [PHONE]),
        ("197-8337-1234", ["197-8337-1234"]),
        ("197 8337 1234", ["197 8337 1234"]),
        ("197-833-71234", ["197-833-71234"]),
        ("197-8337 1234", []),
        ("197--8337-1234", []),
        ("197-8337-12345", []),
        ("1197-8337-1234", []),
        ("x197-8337-1234", []),
        (f"+86{PHONE}", [PHONE]),
        (f"+86 {PHONE}", [PHONE]),
        (f"+86-{PHONE}", [PHONE]),
        (f"86{PHONE}", [PHONE]),
        (f"0086{PHONE}", [PHONE]),
        ("+86 197 8337 1234", ["197 8337 1234"]),
        (f"{PHONE}.0", [PHONE]),
        (f"{PHONE}.", [PHONE]),
        (f"{PHONE}.00", []),
        (f"{PHONE}.5", []),
        (f"113.{PHONE}", []),
        (f"共{PHONE}个", [PHONE]),
        (f"（{PHONE}）", [PHONE]),
        (f"{PHONE}/{PHONE[:-1]}5", [PHONE, PHONE[:-1] + "5"]),
        (f"{PHONE}{PHONE}", []),
        (f"{PHONE},{PHONE}", [PHONE, PHONE]),
        ("12978337123", []),
        ("29783371234", []),
        ("1978337123", []),
        ("197833712345", []),
        ("+8629783371234", []),
    ],
)
def test_phones_in_text(text: str, found: list[str]) -> None:
    assert texts_of(text, MOBILE) == found


@given(st.integers(1_300_000_000_000, 1_899_999_999_999))
def test_no_phone_in_a_timestamp(stamp: int) -> None:
    assert texts_of(str(stamp), MOBILE) == []
    assert texts_of(f'{{"ts":{stamp}}}', MOBILE) == []


@given(st.text("0123456789", min_size=16, max_size=32))
def test_no_phone_in_a_long_number(number: str) -> None:
    assert texts_of(number, MOBILE) == []


@settings(max_examples=300)
@given(st.binary(max_size=40), st.sampled_from([md5, sha1, sha256]))
def test_no_value_in_a_hash(seed: bytes, algorithm: Any) -> None:
    digest = algorithm(seed).hexdigest()
    cells = Cells.from_strings([digest, digest.upper(), f"sha={digest};"], 1)
    assert len(detectors.find(cells, None, TODAY)) == 0


def test_no_value_in_a_hash_with_a_phone_in_it() -> None:
    cells = Cells.from_strings([f"d41d8cd98f{PHONE}b204e9", f"{PHONE}e9800998ecf8427ed41d"], 1)
    assert len(detectors.find(cells, None, TODAY)) == 0


@settings(max_examples=300)
@given(st.uuids(), st.integers(0, 1 << 96).map(lambda n: uuid.UUID(int=n)))
def test_no_phone_in_a_uuid(one: uuid.UUID, two: uuid.UUID) -> None:
    assert texts_of(str(one), MOBILE) == []
    assert texts_of(str(two).upper(), MOBILE) == []


@given(st.floats(73, 135, allow_nan=False), st.integers(6, 15))
def test_no_phone_in_a_decimal(value: float, places: int) -> None:
    assert texts_of(f"{value:.{places}f}", MOBILE) == []
    assert texts_of(f"[{value:.{places}f}, {value / 3:.{places}f}]", MOBILE) == []


@given(PHONES)
def test_no_phone_behind_a_point(phone: str) -> None:
    assert texts_of(f"39.{phone}", MOBILE) == []
    assert texts_of(f"{phone}.25", MOBILE) == []


@pytest.mark.parametrize("value", ["13800138000", "13812345678", "13900139000", "13333333333", "13800100500"])
def test_placeholders_are_flagged(value: str) -> None:
    spans = detectors.find(Cells.from_strings([value], 1), None, TODAY)
    assert spans.kind.tolist() == [MOBILE]
    assert spans.flags[0] & PLACEHOLDER


@pytest.mark.parametrize("value", [PHONE, "19783370000", "16289991111"])
def test_ordinary_phones_are_no_placeholders(value: str) -> None:
    assert not detectors.find(Cells.from_strings([value], 1), None, TODAY).flags.any()


# --- damaged and masked ---------------------------------------------------------------------------


def damage(value: str) -> dict[str, str]:
    """What Excel (15 digits) and a double make of an ID typed as a number."""
    return {"excel": value[:15] + "000", "double": str(int(float(int(value))))}


@settings(max_examples=200)
@given(IDS.filter(lambda v: v[17] != "X"))
def test_damaged_ids_are_flagged(value: str) -> None:
    assume(value[14:] < "9900")  # rounding up must not carry into the date
    for how, hurt in damage(value).items():
        if naive_id(hurt):  # the damage hit a valid number again
            continue
        cells = Cells.from_strings([hurt], 1)
        spans = detectors.find(cells, None, TODAY)
        spans = spans.take(spans.kind == RESIDENT)
        assert [t for _, _, t in triples(cells, spans)] == [hurt], how
        assert spans.flags.tolist() == [DAMAGED | WEAK]


@pytest.mark.parametrize("first", ["110110", "150102", "210102", "320102", "440103", "510104", "610102"])
def test_steps_of_the_double(first: str) -> None:
    """The step of a double grows with the region: 16, 32, 64, 128 (FACTS G3)."""
    rounded = (str(int(float(int(f"{first}19900307{i}1")))) for i in range(100, 999))
    hurt = next(value for value in rounded if not naive_id(value) and not luhn(value))
    spans = detectors.find(Cells.from_strings([hurt], 1), None, TODAY)
    assert [
        (k, f) for k, f in zip(spans.kind.tolist(), spans.flags.tolist(), strict=True) if k == RESIDENT
    ] == [(RESIDENT, DAMAGED | WEAK)]


@pytest.mark.parametrize("value", ["110110199013310000", "999999199003070000", "110110199003071235"])
def test_not_damaged(value: str) -> None:
    """No date, no region, or not rounded: only a wrong number."""
    assert texts_of(value, RESIDENT) == []


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("197****1234", "CN_MOBILE_NUMBER", "197****1234"),
        ("电话197****1234，", "CN_MOBILE_NUMBER", "197****1234"),
        ("197＊＊＊＊1234", "CN_MOBILE_NUMBER", "197＊＊＊＊1234"),
        ("197*****234", "CN_MOBILE_NUMBER", "197*****234"),
        ("110110********002X", "CN_RESIDENT_ID", "110110********002X"),
        ("1****************X", "CN_RESIDENT_ID", "1****************X"),
        ("110***********002", None, None),
        ("622261*********0018", "CN_BANK_CARD", "622261*********0018"),
        ("297****1234", None, None),
        ("197***1234", None, None),
        ("***", None, None),
        ("**加粗**", None, None),
    ],
)
def test_masked(text: str, kind: str | None, found: str | None) -> None:
    cells = Cells.from_strings([text], 1)
    spans = detectors.find(cells, None, TODAY)
    got = triples(cells, spans)
    if kind is None:
        assert [g for g in got if g[1] != "CN_BANK_CARD" or kind] == []
    else:
        assert got == [(0, kind, found)]
        assert spans.flags.tolist() == [MASKED]


def test_masked_names() -> None:
    cells = Cells.from_strings(["张*", "张*明", "**明", "张三", "*", "a*b", "张三明李*王五赵六"], 1)
    spans = masked.names(cells, [0])
    assert [t for _, _, t in triples(cells, spans)] == ["张*", "张*明", "**明"]
    assert set(spans.flags.tolist()) == {MASKED}


# --- cards ----------------------------------------------------------------------------------------


def luhn(value: str) -> bool:
    """The textbook way, from the right."""
    total = 0
    for i, c in enumerate(reversed(value)):
        d = int(c) * (2 if i % 2 else 1)
        total += d - 9 if d > 9 else d
    return total % 10 == 0


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("6216261000000000018", True),
        ("6226090000000048", True),
        ("6216 2610 0000 0000 018", True),
        ("6226-0900-0000-0048", True),
        ("4111111111111111", False),
        ("3566002020360505", False),
    ],
)
def test_cards(text: str, sure: bool) -> None:
    cells = Cells.from_strings([f"卡 {text}。"], 1)
    spans = detectors.find(cells, None, TODAY)
    assert triples(cells, spans) == [(0, "CN_BANK_CARD", text)]
    assert bool(spans.flags[0] & WEAK) != sure


@settings(max_examples=300)
@given(st.text("0123456789", min_size=14, max_size=17).map(lambda t: "62" + t))
def test_cards_against_luhn(value: str) -> None:
    assume(len(value) != 18 and len(set(value)) > 3)
    others = [value.count(d) for d in set(value)]
    assume(len(value) - max(others) >= 4)
    size_ok = len(value) in (16, 17, 19)
    assert (texts_of(value, CARD) == [value]) == (size_ok and luhn(value))


@pytest.mark.parametrize("value", ["6216261000000000019", "6221558812340000"])
def test_no_cards(value: str) -> None:
    assert not luhn(value)
    assert texts_of(value, CARD) == []


def test_a_card_of_every_listed_length() -> None:
    """The rule lists 15 to 19 digits."""
    missing = []
    for size in (16, 17, 18, 19):
        body = "62162610000000001234"[: size - 1]
        value = next(body + d for d in "0123456789" if luhn(body + d))
        if texts_of(value, CARD) != [value]:
            missing.append(size)
    assert missing == []


# --- e-mail ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("li.si@example.com", ["li.si@example.com"]),
        ("邮箱:li_si@mail.example.org。", ["li_si@mail.example.org"]),
        ("<li+a@example.com>,b@example.net", ["li+a@example.com", "b@example.net"]),
        ("LI@EXAMPLE.COM", ["LI@EXAMPLE.COM"]),
        ("a@example.com.", ["a@example.com"]),
        ("a@example.com-", ["a@example.com"]),
        (".a@example.com", ["a@example.com"]),
        ("icon@2x.png", []),
        ("@example.com", []),
        ("a@b", []),
        ("a.@example.com", []),
        ("a@.com", []),
        ("a@example..com", []),
        ("user@host.invalidtld", []),
        ("张三@example.com", []),
        ("a@@example.com", []),
        (f"{PHONE}@example.com", [f"{PHONE}@example.com"]),
    ],
)
def test_emails(text: str, found: list[str]) -> None:
    assert texts_of(text, MAIL) == found


LOCAL = st.from_regex(r"[a-z0-9][a-z0-9._%+-]{0,20}[a-z0-9]", fullmatch=True)
DOMAIN = st.from_regex(r"[a-z0-9][a-z0-9-]{0,10}[a-z0-9]\.(?:example\.)?(?:com|org|net|cn)", fullmatch=True)


@given(
    LOCAL,
    DOMAIN,
    st.sampled_from(["", " ", "：", ",", "<", "(", '"', "邮箱"]),
    st.sampled_from(["", " ", "。", ">", ","]),
)
def test_made_emails(local: str, domain: str, before: str, after: str) -> None:
    assert texts_of(before + f"{local}@{domain}" + after, MAIL) == [f"{local}@{domain}"]


@given(LOCAL, DOMAIN)
def test_emails_have_one_key_in_any_case(local: str, domain: str) -> None:
    value = f"{local}@{domain}"
    spans = email.detect(Cells.from_strings([value, value.upper(), value.title(), "x" + value], 1))
    assert len({int(k) for k in spans.key[:3]}) == 1
    assert spans.key[3] != spans.key[0]


# --- names ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "is_name"),
    [
        ("张三", True),
        ("李四光", True),
        ("欧阳小红", True),
        ("欧阳红", True),
        ("王五六七", False),
        ("张", False),
        ("高级", False),
        ("黄金", False),
        ("单价", False),
        ("的士", False),
        ("ab", False),
        ("张3", False),
        ("张三电话号码", False),
    ],
)
def test_names_by_themselves(text: str, is_name: bool) -> None:
    assert (names.shares(Cells.from_strings([text], 1))[0] == 1.0) == is_name


def test_equal_names_have_equal_keys() -> None:
    cells = Cells.from_strings(["林若溪", "林若兮", "林若溪", "林溪"], 1)
    spans = names.detect(cells, [0], [True])
    assert len(spans) == 4
    assert spans.key[0] == spans.key[2]
    assert len({int(k) for k in spans.key}) == 3


def test_placeholder_names_are_flagged() -> None:
    cells = Cells.from_strings(["张三", "李四", "林若溪"], 1)
    flags = names.detect(cells, [0], [True]).flags.tolist()
    assert flags == [PLACEHOLDER, PLACEHOLDER, 0]


@pytest.mark.parametrize("texts", [[], [""], ["", "", ""], ["１"], ["\u00a0"], ["\u00c2"], ["１9783371234"]])
def test_tiny_tables(texts: list[str]) -> None:
    cells = Cells.from_strings(texts, 1)
    assert [t for _, _, t in triples(cells, detectors.find(cells, None, TODAY))] == [
        t for t in texts if len(t) == 11
    ]

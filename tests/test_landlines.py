"""Landlines: every way of writing gives one number; wrong lengths, glued signs and rows of numbers give none."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import detectors, rules, tables
from scanner.detectors import landlines
from scanner.digits import Planes
from scanner.resolve import resolve
from scanner.schema import ENTITY_TYPES, KIND, SERVICE, WEAK, Cells, Spans

LANDLINE = KIND["CN_LANDLINE_NUMBER"]
AREA = rules.BIT["area"]
AREAS = [
    (code, size)
    for code, lengths in enumerate(tables.area_lengths().tolist())
    for bit, size in ((tables.SEVEN, 7), (tables.EIGHT, 8))
    if lengths & bit
]
"""Area codes without their 0, with a length of local numbers that they have."""


def find(texts: list[str], width: int = 1) -> tuple[Cells, Spans]:
    cells = Cells.from_strings(texts, width)
    return cells, landlines.detect(cells, Planes(cells.data))


def sure(text: str, flag: int = 0) -> list[str]:
    """What is found in one cell by its form alone, with these flags and no others."""
    cells, spans = find([text])
    return [
        cells.data[a:b].tobytes().decode()
        for a, b, flags in zip(spans.start, spans.end, spans.flags, strict=True)
        if flags == flag
    ]


NUMBERS = st.sampled_from(AREAS).flatmap(
    lambda one: st.tuples(
        st.just(str(one[0])), st.integers(2 * 10 ** (one[1] - 1), 10 ** one[1] - 1).map(str)
    )
)
"""(area code without 0, local number that begins with 2 to 9)."""

FORMS = (
    "0{a}-{l}", "0{a} {l}", "(0{a}){l}", "(0{a}) {l}", "(0{a})-{l}", "（0{a}）{l}", "（0{a}） {l}", "0{a}-{h}-{t}", "0{a} {h} {t}",
    "+86-{a}-{l}", "+86 {a} {l}", "86-{a}-{l}", "0086-{a}-{l}", "0086 {a} {l}", "+86({a}){l}", "+86 ({a}) {l}", "(+86-{a}){l}",
    "+86-0{a}-{l}", "+86 0{a} {h} {t}", "(0{a}) {h} {t}", "(0{a}){h}-{t}", "+86 ({a}) {h} {t}", "+86 {a} {h} {t}", "+86-{a}-{h}-{t}",
)  # fmt: skip
TAILS = (
    "",
    "-8",
    "-801",
    "-123456",
    "转801",
    " 转 801",
    "#12",
    "分机801",
    " 分机 801",
    "ext12",
    " ext. 12",
    "x12",
    "Ext.801",
)
BEFORE = st.sampled_from(["", " ", "电话", "：", "tel:", "，", "\t", "é", "Tel. ", "12、", "[", "固话"])
AFTER = st.sampled_from(["", " ", "。", ".", "，13", "（办）", "\t", ";", "转", "-", "é", "/"])


@settings(max_examples=400)
@given(NUMBERS, st.sampled_from(FORMS), st.sampled_from(TAILS), BEFORE, AFTER)
def test_every_form_is_one_number(
    number: tuple[str, str], form: str, tail: str, before: str, after: str
) -> None:
    area, local = number
    value = form.format(a=area, l=local, h=local[:-4], t=local[-4:]) + tail
    cells, spans = find([before + value + after, "，"])
    assert [cells.data[a:b].tobytes().decode() for a, b in zip(spans.start, spans.end, strict=True)] == [
        value
    ]
    assert spans.key.tolist() == [int(area) * 10**8 + int(local)]
    assert spans.kind.tolist() == [LANDLINE] and spans.flags.tolist() == [0]
    assert (spans.checks & AREA).all()


@settings(max_examples=200)
@given(NUMBERS, st.sampled_from(FORMS), st.sampled_from("0a_"), st.booleans())
def test_glued_signs(number: tuple[str, str], form: str, sign: str, in_front: bool) -> None:
    """A letter, digit or underscore more, and the number is gone; a bracket is a border."""
    area, local = number
    value = form.format(a=area, l=local, h=local[:-4], t=local[-4:])
    if in_front and value[0] in "+(（":
        return
    text = sign + value if in_front else value + sign
    assert value not in sure(text)


@settings(max_examples=200)
@given(NUMBERS, st.sampled_from("02"))
def test_bare_runs_are_doubtful(number: tuple[str, str], more: str) -> None:
    """A run of digits that begins with an area code awaits its column or a keyword."""
    area, local = number
    run = f"0{area}{local}"
    bounded = f"{run}，{run}{more}"
    if (len(area) == 2) == (area[0] in "12"):
        assert run in sure(bounded, WEAK)
    assert sure(bounded) == []


@given(NUMBERS)
def test_a_wrong_length_is_none(number: tuple[str, str]) -> None:
    area, local = number
    if (int(area), 15 - len(local)) not in AREAS:
        other = local[:7] if len(local) == 8 else local + "2"
        assert sure(f"0{area}-{other}") == []
    assert sure(f"0{area}-{local[:6]}") == sure(f"0{area}-{local}23") == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("010-62345678", ["010-62345678"]),
        ("010-12345678", []),  # local numbers begin with 2 to 9
        ("010-02345678", []),
        ("10-62345678", []),
        ("0-62345678", []),
        ("00-62345678", []),
        ("0010-62345678", []),
        ("010--62345678", []),
        ("010 - 62345678", []),
        ("010/62345678", []),
        ("010.62345678", []),
        ("010)62345678", []),
        ("[010]62345678", []),
        ("（010)62345678", ["（010)62345678"]),
        ("(010-62345678)", ["010-62345678"]),
        ("0000-1234567", []),
        ("0110-2345678", []),  # no such area
        ("2020-62345678", []),
        ("1986-21-62345678", []),
        ("010-62345678.5", []),
        ("3.010-62345678", []),
        ("010-62345678.", ["010-62345678"]),
        ("0571-87654321-8012345", ["0571-87654321"]),  # seven digits are no extension
        ("0571-87654321-801a", []),
        ("0571-87654321转", ["0571-87654321"]),
        ("0571-87654321转接", ["0571-87654321"]),
        ("0571-87654321 801", ["0571-87654321"]),
        ("010-62345678,010-62345679", ["010-62345678", "010-62345679"]),
        ("010-62345678 010-62345679", ["010-62345678", "010-62345679"]),
        ("501 0571 8765 4321", ["0571 8765 4321"]),
        ("6222 0571 8765 4321 012", []),  # a card in fours
        ("1101 0519 4912 3100 2X", []),  # an ID in fours
        ("e363 0571 8765 4321", []),  # a dump
        ("0571 8765-4321", ["0571 8765-4321"]),
        ("0571-8765 4321", ["0571-8765 4321"]),
        ("+86 197 8337 1234", []),  # a mobile
        ("+85 21 62345678", []),
        ("+86 1 62345678", []),
        ("", []),
        ("0", []),
        ("-", []),
        (")1234567", []),
        ("12345678", []),
    ],
)  # fmt: skip
def test_examples(text: str, found: list[str]) -> None:
    assert sure(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("4001234567", ["4001234567"]),
        ("400-123-4567", ["400-123-4567"]),
        ("400-1234-567", ["400-1234-567"]),
        ("400 123 4567", ["400 123 4567"]),
        ("400-1234567", ["400-1234567"]),
        ("热线800-123-4567。", ["800-123-4567"]),
        ("500-123-4567", []),
        ("401-123-4567", []),
        ("14001234567", []),
        ("40012345678", []),
        ("a4001234567", []),
        ("010-400-123-4567", []),
    ],
)
def test_service_numbers_are_nobodys(text: str, found: list[str]) -> None:
    assert sure(text, SERVICE) == found
    assert sure(text) == []


@pytest.mark.parametrize("cut", range(1, len("010-62345678")))
def test_nothing_crosses_a_cell_border(cut: int) -> None:
    text = "010-62345678"
    _, spans = find([text[:cut], text[cut:]])
    assert len(spans) == 0
    assert len(find([text, text])[1]) == 2


@given(
    st.lists(
        st.sampled_from(
            [b"0", b"10", b"-", b" ", b"(", b")", b"62345678", b"\xef\xbc\x89", b"\xef", b"\x89", b"+86"]
        ),
        max_size=9,
    )
)
def test_any_bytes(parts: list[bytes]) -> None:
    """Broken brackets of two and three bytes at both ends of the buffer."""
    data = np.frombuffer(b"".join(parts), np.uint8)
    cells = Cells(data, np.array([0]), np.array([len(data)]), 1)
    spans = landlines.detect(cells, Planes(data))
    assert ((spans.start >= 0) & (spans.end <= len(data))).all()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("电话01062345678", ["01062345678"]),
        ("联系电话：01062345678", ["01062345678"]),
        ("座机 62345678", ["62345678"]),
        ("电话：6234567", ["6234567"]),
        ("TEL:01062345678", ["01062345678"]),
        ("传真 02162345678", ["02162345678"]),
        ("01062345678", []),
        ("单号01062345678", []),
        ("电话费62345678", []),
        ("电话：20240115", []),  # a day
        ("电话：12345678", []),
        ("电话：19783371234", []),  # a mobile
        ("电话：62345678元9", ["62345678"]),
    ],
)
def test_keywords_speak_for_doubtful_numbers(text: str, found: list[str]) -> None:
    cells = Cells.from_strings([text], 1)
    spans = resolve(cells, detectors.find(cells, None, 20261124), None)
    spans = spans.take(spans.kind == LANDLINE)
    assert [cells.data[a:b].tobytes().decode() for a, b in zip(spans.start, spans.end, strict=True)] == found


@pytest.mark.parametrize(
    "text", ["客服电话：95588", "电话：12345", "电话 10086", "联系方式：95511", "电话：96110"]
)
def test_hotlines_after_a_keyword_are_nobodys(text: str) -> None:
    spans = detectors.find(Cells.from_strings([text], 1), None, 20261124)
    assert [(ENTITY_TYPES[k], f & SERVICE) for k, f in zip(spans.kind, spans.flags, strict=True)] == [
        ("CN_LANDLINE_NUMBER", SERVICE)
    ]


@pytest.mark.parametrize("text", ["编号：95588", "12345", "余额 10086 元"])
def test_short_numbers_alone_are_nothing(text: str) -> None:
    assert not len(detectors.find(Cells.from_strings([text], 1), None, 20261124))

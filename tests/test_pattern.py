"""Entities that are data: what a rule may say, its checks over many matches, and where its forms stand alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import keywords, rules
from scanner.detectors import pattern
from scanner.digits import Planes
from scanner.errors import RuleError
from scanner.schema import ENTITY_TYPES, KIND, PLACEHOLDER, Cells, Spans

Chars = np.ndarray[tuple[int, int], np.dtype[np.uint8]]


def search(texts: list[str], width: int = 1) -> tuple[Cells, Spans]:
    cells = Cells.from_strings(texts, width)
    return cells, pattern.search(cells, keywords.scan(cells.data), Planes(cells.data))


def found(text: str) -> list[tuple[str, str]]:
    """(type, text) of what stands on its own in one cell."""
    cells, spans = search([text])
    texts = [cells.data[a:b].tobytes().decode() for a, b in zip(spans.start, spans.end, strict=True)]
    return [(ENTITY_TYPES[k], t) for k, t in zip(spans.kind, texts, strict=True)]


ALONE = {
    "CN_LICENSE_PLATE": (
        "云B12345",
        "云B·1234D",
        "云BD12345",
        "云B12345D",
        "云B1234学",
        "使014578",
        "WJ云12345",
    ),
    "VIN": ("LSVAM4181C2012345",),
    "CN_USCC": ("91350100M000100Y43", "91110000600037341L"),
    "CN_WAYBILL": (
        "SF1234567890123",
        "YT1234567890123",
        "JDVA12345678901",
        "JT1234567890123",
        "DPK123456789012",
    ),
    "CN_MILITARY_ID": ("军字第1234567号", "空字第123456", "海字第12345678号"),
    "CN_WECHAT_ID": ("wxid_a1b2c3d4e5f6g7",),
}
"""Values that need no context."""
VALUES = [(kind, value) for kind, values in ALONE.items() for value in values]
OTHERS = st.text("张三，。；！（）é€ \u3000😀-:", max_size=8)


def test_every_type_with_a_form_of_its_own_is_tried_here() -> None:
    assert {one.entity.type for one in pattern.patterns() if one.anywhere} == set(ALONE)


@settings(max_examples=300)
@given(st.sampled_from(VALUES), OTHERS, OTHERS, st.integers(0, 3))
def test_offsets_among_other_characters(
    one: tuple[str, str], before: str, behind: str, cells_before: int
) -> None:
    kind, value = one
    cells, spans = search(["，"] * cells_before + [before + value + behind, "，"])
    start = int(cells.starts[cells_before]) + len(before.encode())
    assert spans.start.tolist() == [start] and spans.end.tolist() == [start + len(value.encode())]
    assert spans.kind.tolist() == [KIND[kind]] and spans.cell.tolist() == [cells_before]


@pytest.mark.parametrize(("kind", "value"), VALUES)
@pytest.mark.parametrize("glued", ["7", "x", "_"])
def test_glued_signs(kind: str, value: str, glued: str) -> None:
    """Behind a value a letter, digit or underscore is no border; before one, unless it begins with a Han character."""
    assert (kind, value) not in found(value + glued)
    if value[0].isascii():
        assert (kind, value) not in found(glued + value)
    else:
        assert found(glued + value) == [(kind, value)]


@pytest.mark.parametrize(("kind", "value"), VALUES)
def test_nothing_crosses_a_cell_border(kind: str, value: str) -> None:
    assert len(search([value, value])[1]) == 2
    for cut in range(1, len(value)):
        cells, spans = search([value[:cut], value[cut:]])
        assert (spans.end <= cells.ends[spans.cell]).all()
        assert value not in [
            cells.data[a:b].tobytes().decode() for a, b in zip(spans.start, spans.end, strict=True)
        ]


@pytest.mark.parametrize("fill", ["，", "a ", "1 ", "云B"])
def test_at_both_ends_and_in_the_middle_of_a_very_long_cell(fill: str) -> None:
    """Chunks of the bit planes (256 KiB) end inside the cell; empty cells stand around it."""
    line, middle = "，".join(value for _, value in VALUES), f"，{fill * 90_000}，"
    cells, spans = search(["", "", f"{line}{middle}{line}{middle}{line}", ""], 2)
    texts = [cells.data[a:b].tobytes().decode() for a, b in zip(spans.start, spans.end, strict=True)]
    assert texts == [value for _, value in VALUES] * 3 and set(spans.cell.tolist()) == {2}
    size, step = len(line.encode()), len(f"{line}{middle}".encode())
    first, last = spans.start[:: len(VALUES)], spans.end[len(VALUES) - 1 :: len(VALUES)]
    assert (first - cells.starts[2]).tolist() == [0, step, 2 * step]
    assert (last - cells.starts[2]).tolist() == [size, step + size, 2 * step + size]


def rule_of(kind: str) -> pattern.Rule:
    one = pattern.rule(KIND[kind])
    assert one is not None
    return one


def matched(kind: str, texts: list[str], whole: bool = True) -> list[bool]:
    """Which texts the pattern of a type takes, all asked at once."""
    cells = Cells.from_strings(texts, 1)
    out: list[bool] = (rule_of(kind).match(cells.data, cells.starts, cells.ends, whole) >= 0).tolist()
    return out


@given(st.lists(st.integers(0, 999999), min_size=1, max_size=40))
def test_checks_are_asked_of_every_match_by_itself(numbers: list[int]) -> None:
    """Hong Kong cards of one and two letters in one column: the wrong ones fall out, the right ones stay."""
    texts = []
    for i, number in enumerate(numbers):
        letters = "AB" if i % 2 else "A"
        value = f"{letters}{number:06}"
        total = sum(
            w * v
            for w, v in zip((9, 8, 7, 6, 5, 4, 3, 2), [36, *(int(c, 36) for c in value)][-8:], strict=True)
        )
        right = "0123456789A"[-total % 11]
        wrong = "0123456789A"[(1 - total) % 11]
        texts += [f"{value}({right})", f"{value}{wrong}"]
    assert matched("HK_ID", texts) == [True, False] * len(numbers)


@pytest.mark.parametrize(
    ("kind", "value", "is_sample"),
    [
        ("VIN", "1M8GDM9AXKP042788", True),
        ("VIN", "1m8gdm9axkp042788", True),
        ("VIN", "11111111111111111", True),  # one digit over and over; its check fits
        ("VIN", "LSVAM4181C2012345", False),
        ("IMEI", "35-417803-685978-9", True),
        ("IMEI", "354178036859789", True),
        ("CN_QQ", "12345", True),
        ("CN_QQ", "11111111", True),
        ("CN_QQ", "11111112", False),
        ("CN_QQ", "123456780", False),
        ("IMSI", "460001234567890", True),
        ("IMSI", "460011234567890", False),
        ("CN_PASSPORT", "E11111111", False),
    ],
)
def test_placeholders(kind: str, value: str, is_sample: bool) -> None:
    """Listed without separators and in upper case."""
    one, cells = rule_of(kind), Cells.from_strings([value, value], 1)
    end = one.match(cells.data, cells.starts, cells.ends, True)
    spans = pattern.spans(one, cells.data, np.arange(2), cells.starts, end, "column")
    assert (spans.flags == (PLACEHOLDER if is_sample else 0)).tolist() == [True, True]
    assert spans.key[0] == spans.key[1] and (spans.checks & rules.BIT["column"]).all()


def test_equal_values_have_equal_keys_in_either_case() -> None:
    _, spans = search(["LSVAM4181C2012345", "lsvam4181c2012345", "云B12345", "云b12345", "云B12346"])
    assert spans.key[0] == spans.key[1] and spans.key[2] == spans.key[3] and spans.key[3] != spans.key[4]


# --- the checks of rules --------------------------------------------------------------------------


def chars(*texts: str) -> Chars:
    return np.frombuffer("".join(texts).encode(), np.uint8).reshape(len(texts), -1)


@pytest.mark.parametrize(
    ("name", "texts", "good"),
    [
        (
            "plate",
            ["B12345", "BA1C3D", "BABCD1", "014578", "200000", "B00000"],
            [True, True, False, True, False, True],
        ),
        (
            "local",
            ["62345678", "20240115", "20241315", "20240230", "29990101"],
            [True, False, True, True, True],
        ),
        ("local", ["6234567", "2024011"], [True, True]),
        ("wechat", ["LISI1978", "XIAOMING"], [True, False]),
        ("wechat", ["ABCDEFGHIJKLMN"], [True]),
        ("wechat", ["ABCDEFGHIJKLM"], [False]),
        ("imei", ["354178036859789", "000000000000000", "777777777777777"], [True, False, False]),
        ("luhn", ["354178036859789", "354178036859788"], [True, False]),
        ("uscc", ["91350100M000100Y43", "91350100M000100Y44"], [True, False]),
    ],
)
def test_checks(name: str, texts: list[str], good: list[bool]) -> None:
    assert pattern.CHECKS[name](chars(*texts)).tolist() == good


@pytest.mark.parametrize("name", sorted(pattern.CHECKS))
def test_checks_of_no_rows(name: str) -> None:
    widths = {"uscc": 18, "vin": 17, "org_code": 9, "hkid": 8, "tw_id": 10, "local": 8}
    none = np.empty((0, widths.get(name, 15)), np.uint8)
    assert pattern.CHECKS[name](none).shape == (0,)


# --- what a rule may say --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "CN_NOTHING"}, "no entity type of the contract"),
        ({"pattern": "", "anywhere": ""}, "needs `pattern` or `anywhere`"),
        ({"checks": ("nothing",)}, "unknown check 'nothing'; choose from"),
        ({"anywhere": "A\\d{5}", "anchors": (), "sieve": ""}, "`anywhere` needs `anchors`"),
        ({"anywhere": "A\\d{5}", "anchors": (), "sieve": "word"}, "`anywhere` needs `anchors`"),
        ({"pattern": "A+"}, "the pattern is wrong: '\\+' is not allowed"),
        ({"pattern": "A?"}, "the pattern is wrong: it matches where nothing stands"),
        ({"anywhere": "(A", "anchors": ("A",)}, "the pattern is wrong"),
    ],
)
def test_a_wrong_rule_names_its_file(changes: dict[str, object], reason: str) -> None:
    make: Callable[..., rules.Entity] = replace
    with pytest.raises(RuleError, match=f"rules/entities/cn_passport.toml.*{reason}"):
        pattern._rule(make(rules.entity("CN_PASSPORT"), **changes))


@pytest.mark.parametrize(
    "raw", [b"\xe4B12345", b"\xba\x91B12345", b"\x91B12345", b"B12345", b"\xe4\xba\x91B1234", b"\x80\x80"]
)
def test_broken_utf8_before_a_letter_is_no_plate(raw: bytes) -> None:
    data = np.frombuffer(raw, np.uint8)
    cells = Cells(data, np.array([0]), np.array([len(data)]), 1)
    assert len(pattern.search(cells, keywords.scan(data), Planes(data))) == 0

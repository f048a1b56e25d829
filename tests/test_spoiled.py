"""Phones with letters for digits, and masked numbers, against regular expressions."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import detectors, keywords, rules
from scanner.detectors import masked, spoiled
from scanner.digits import Planes
from scanner.schema import ENTITY_TYPES, KIND, MASKED, Cells, Spans

MOBILE, RESIDENT, CARD = KIND["CN_MOBILE_NUMBER"], KIND["CN_RESIDENT_ID"], KIND["CN_BANK_CARD"]
PHONE = "19783371234"
BEFORE, AFTER = r"(?<![0-9A-Za-z_])(?<![0-9]\.)", r"(?![0-9A-Za-z_])(?!\.[1-9])(?!\.0[0-9A-Za-z_.])"
AS_DIGIT = str.maketrans("OolI", "0011")


def find(text: str) -> tuple[Cells, Spans]:
    cells = Cells.from_strings([text], 1)
    return cells, spoiled.detect(cells, Planes(cells.data))


def pairs(cells: Cells, spans: Spans) -> list[tuple[str, str]]:
    """(type, text) of each span."""
    texts = [cells.data[a:b].tobytes().decode() for a, b in zip(spans.start, spans.end, strict=True)]
    return [(ENTITY_TYPES[k], text) for k, text in zip(spans.kind, texts, strict=True)]


def is_lettered(text: str) -> bool:
    """Seven true digits or more, a letter or more, and an allotted network code or a known block."""
    number = text.translate(AS_DIGIT)
    if sum(c.isdigit() for c in text) < 7 or text.isdigit() or not re.fullmatch("1[3-9][0-9]{9}", number):
        return False
    return bool(rules.mobile_codes()[int(number[:3])] or rules.mobile_blocks()[int(number[:7]) - 1_300_000])


def naive(text: str) -> list[tuple[str, str]]:
    """Lettered phones, and phones and IDs whose middle is x."""
    out = []
    for one in re.finditer(f"{BEFORE}[0-9A-Za-z]+{AFTER}", text):
        token = one[0]
        crossed = re.fullmatch(r"1[3-9][0-9]+[xX]{3,}[0-9]*[xX]?", token)
        if len(token) == 11 and (is_lettered(token) or crossed):
            out.append(("CN_MOBILE_NUMBER", token))
        elif len(token) == 18 and re.fullmatch(r"[0-9]{3,}[xX]{6,}[0-9]*[0-9xX]", token):
            out.append(("CN_RESIDENT_ID", token))
    return out


SWAPS = {"0": "Oo", "1": "lI"}
SPOILT = st.tuples(st.integers(13000000000, 19999999999).map(str), st.lists(st.booleans(), min_size=11, max_size=11), st.booleans()).map(
    lambda one: "".join(SWAPS[c][one[2]] if swap and c in SWAPS else c for c, swap in zip(one[0], one[1], strict=True))
)  # fmt: skip
CROSSED = st.builds(
    lambda first, crosses, last, sign: first + sign * crosses + last,
    st.sampled_from(["197", "1978", "19", "110110", "1101", "297"]), st.integers(2, 9),
    st.text("0123456789", min_size=0, max_size=8), st.sampled_from("xX"),
)  # fmt: skip
NOISE = st.sampled_from(["", "", " ", "，", "a", "_", "7", ".", "1.", ".0", "-", "电话", "x", "O"])
TEXTS = st.lists(st.tuples(NOISE, st.one_of(SPOILT, CROSSED), NOISE).map("".join), max_size=4).map("，".join)


@settings(max_examples=400)
@given(TEXTS)
def test_spoilt_numbers_against_re(text: str) -> None:
    assert pairs(*find(text)) == naive(text)


@settings(max_examples=200)
@given(SPOILT.filter(is_lettered))
def test_a_lettered_phone_has_the_key_of_its_number(text: str) -> None:
    _, spans = find(text)
    assert spans.key.tolist() == [int(text.translate(AS_DIGIT))] and spans.flags.tolist() == [0]
    assert spans.checks[0] & rules.BIT["letters"] and spans.checks[0] & rules.BIT["prefix"]
    plain = detectors.find(Cells.from_strings([text.translate(AS_DIGIT)], 1), None, 20261124)
    assert plain.key.tolist() == spans.key.tolist() and spans.score[0] < plain.score[0]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("l978337l234", ["l978337l234"]),
        ("I9783371234", ["I9783371234"]),
        ("1978337I2O4", ["1978337I2O4"]),
        ("tel l9783371234。", ["l9783371234"]),
        ("手机I9783371234", ["I9783371234"]),
        ("lOoOol71234", []),  # six true digits at most
        ("i9783371234", []),  # i is not 1
        ("S9783371234", []),
        ("l2783371234", []),  # 12 is no mobile
        ("l5400001234", []),  # 154 is not allotted
        ("l978337123", []),
        ("l97833712345", []),
        ("al9783371234", []),
        ("l9783371234_", []),
        ("0.l9783371234", []),
        ("l978-337-1234", []),
        ("", []),
        ("l", []),
    ],
)
def test_letters_for_digits(text: str, found: list[str]) -> None:
    assert [t for kind, t in pairs(*find(text)) if kind == "CN_MOBILE_NUMBER"] == found


# --- masked ---------------------------------------------------------------------------------------


def stars(text: str) -> list[tuple[str, str]]:
    """Masked values of one cell."""
    cells = Cells.from_strings([text], 1)
    spans = masked.detect(cells, keywords.scan(cells.data))
    assert (spans.flags == MASKED).all()
    return pairs(cells, spans)


PROVINCES = {*np.flatnonzero(rules.region_level()[::10_000] >= 2).tolist(), 81, 82, 83}
"""First two digits that an ID may have."""


def naive_stars(text: str) -> list[tuple[str, str]]:
    """Digits, three stars or more, digits, in the length of a phone, ID or card."""
    out = []
    for one in re.finditer(r"(?<![0-9*])([0-9]+)(\*{3,})([0-9]*)([Xx]?)(?!\*\*\*)", text):
        first, _, last, cross = one.groups()
        total, right = len(one[0]), len(last) + len(cross)
        if not re.search(BEFORE + r"\Z", text[: one.start()]) or not re.match(AFTER, text[one.end() :]) or text[: one.start()].endswith("***"):  # fmt: skip
            continue
        if len(first) == 3 and total == 11 and re.match("1[3-9]", first):
            out.append(("CN_MOBILE_NUMBER", one[0]))
        elif (
            len(first) <= 14
            and total in (15, 18)
            and first[0] != "0"
            and (len(first) == 1 or int(first[:2]) in PROVINCES)
        ):
            out.append(("CN_RESIDENT_ID", one[0]))
        elif 4 <= len(first) <= 6 and right >= 3 and 16 <= total <= 19 and first[0] >= "3":
            out.append(("CN_BANK_CARD", one[0]))
    return out


STARRED = st.tuples(st.text("0123456789", max_size=7), st.integers(1, 14), st.text("0123456789", max_size=6), st.sampled_from(["", "", "X", "x"])).map(
    lambda one: one[0] + "*" * one[1] + one[2] + one[3]
)  # fmt: skip
LIKELY = st.sampled_from([
    "197****1234", "197*****234", "110110********002X", "1101**********0021", "110***********0", "622262******1234", "622262*********0018",
])  # fmt: skip


@settings(max_examples=400)
@given(st.lists(st.tuples(NOISE, st.one_of(STARRED, LIKELY), NOISE).map("".join), max_size=3).map("，".join))
def test_stars_against_re(text: str) -> None:
    assert stars(text) == naive_stars(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("电话197****1234，", ["197****1234"]),
        ("**197****1234**", ["197****1234"]),  # bold in Markdown
        ("197****1234/197****1235", ["197****1234", "197****1235"]),
        ("a197****1234", []),
        ("197****1234a", []),
        ("_197****1234", []),
        ("1197****1234", []),
        ("197****12345", []),
        ("***197****1234", []),
        ("197****1234****5678", []),
        ("197···1234", []),
        ("197····1234", ["197····1234"]),
        ("197••••1234。", ["197••••1234"]),
        ("x197●●●●1234", []),
        ("197●●●●1234x", []),
        ("2197●●●●1234", []),
        ("197●●●●12345", []),
        ("297●●●●1234", []),
        ("····1234", []),
        ("7····1234", []),
        ("197····", []),
        ("****", []),
        ("", []),
    ],
)
def test_masked_phones(text: str, found: list[str]) -> None:
    assert [t for kind, t in stars(text) if kind == "CN_MOBILE_NUMBER"] == found


@pytest.mark.parametrize(
    "value", ["l978337l234", "197xxxx1234", "197****1234", "197····1234", "110110********002X"]
)
def test_nothing_crosses_a_cell_border(value: str) -> None:
    """Cut in two at any place, in two cells."""
    assert len(detectors.find(Cells.from_strings([value, value], 1), None, 20261124)) == 2
    for cut in range(1, len(value)):
        cells = Cells.from_strings([value[:cut], value[cut:]], 1)
        assert value not in [text for _, text in pairs(cells, detectors.find(cells, None, 20261124))]


@given(
    st.lists(
        st.sampled_from(
            [
                b"***",
                b"*",
                b"197",
                b"1234",
                b"\xc2\xb7",
                b"\xc2",
                b"\xe2\x97\x8f" * 4,
                b"l",
                b"O",
                b"x",
                b"\xff",
            ]
        ),
        max_size=12,
    )
)
def test_any_bytes(parts: list[bytes]) -> None:
    data = np.frombuffer(b"".join(parts), np.uint8)
    cells = Cells(data, np.array([0]), np.array([len(data)]), 1)
    for spans in (spoiled.detect(cells, Planes(data)), masked.detect(cells, keywords.scan(data))):
        assert ((spans.start >= 0) & (spans.start < spans.end) & (spans.end <= len(data))).all()

"""Patterns as shapes against Python's `re`: the same language, ends at borders, and what is refused."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scanner.shapes import MOST_SHAPES, Pattern

LETTERS = "aB1-_é军京"
"""ASCII of each sort, and letters of two and three bytes."""

LITERAL = st.sampled_from([*(c for c in LETTERS if c != "-"), "7", r"\.", r"\d", r"\-", "·"])
CLASS = st.lists(st.sampled_from(["a-c", "0-3", "京军", "é", "_", "X", r"\]", "一-三"]), min_size=1, max_size=3).map(
    lambda parts: f"[{''.join(parts)}]"
)  # fmt: skip
TIMES = st.sampled_from(["", "", "?", "{2}", "{1,3}", "{0,2}"])


def repeated(atoms: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """One to three atoms in a row, each with its times."""
    return st.lists(st.builds(str.__add__, atoms, TIMES), min_size=1, max_size=3).map("".join)


SIMPLE = repeated(st.one_of(LITERAL, CLASS))
GROUP = st.lists(SIMPLE, min_size=1, max_size=3).map(lambda parts: f"({'|'.join(parts)})")
PATTERNS = st.lists(repeated(st.one_of(LITERAL, CLASS, GROUP)), min_size=1, max_size=2).map("|".join)
UPPER = {ord(c): c.upper() for c in "abcdefghijklmnopqrstuvwxyz"}
SWAP = {ord(c): c.swapcase() for c in "abcdefABCDEFxX"}
TEXTS = st.text(LETTERS + "2cbx7一三]·. ", max_size=12)


def made(pattern: str) -> Pattern:
    """The pattern; examples that unfold too far or match nothing are passed over."""
    try:
        return Pattern(pattern)
    except ValueError as error:
        assume("shapes" not in str(error) and "nothing" not in str(error))
        raise


@st.composite
def cases(draw: st.DrawFn) -> tuple[str, str, str]:
    """A pattern, a string of its language, and what stands behind it."""
    pattern = draw(PATTERNS)
    made(pattern)
    return pattern, draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True)), draw(TEXTS)


def ends(
    pattern: Pattern, text: str, start: int, limit: int | None = None, whole: bool = False
) -> str | None:
    """What is matched at a place, counted in characters."""
    data = np.frombuffer(text.encode(), np.uint8)
    at, stop = len(text[:start].encode()), len(text[:limit].encode())
    end = int(pattern.match(data, np.array([at]), np.array([stop]), whole)[0])
    return None if end < 0 else data[at:end].tobytes().decode()


def naive(pattern: str, text: str, start: int, limit: int | None = None, whole: bool = False) -> str | None:
    """The longest prefix that `re` matches in full, with no letter, digit or underscore behind it."""
    stop = len(text) if limit is None else limit
    for end in [stop] if whole else range(stop, start, -1):
        part = text[start:end]
        border = not re.match("[0-9A-Za-z_]", text[end : end + 1])
        if border and part and re.fullmatch(pattern, part, re.IGNORECASE | re.ASCII):
            return part
    return None


@settings(max_examples=300)
@given(PATTERNS, TEXTS, st.data())
def test_match_against_re(pattern: str, text: str, data: st.DataObject) -> None:
    made_ = made(pattern)
    start = data.draw(st.integers(0, len(text)))
    limit = data.draw(st.integers(start, len(text)))
    for whole in (False, True):
        assert ends(made_, text, start, limit, whole) == naive(pattern, text, start, limit, whole)


@settings(max_examples=150)
@given(cases())
def test_strings_of_the_language_match(case: tuple[str, str, str]) -> None:
    """They match in either case and as a whole; `plain` gives their letters and digits, each match once."""
    pattern, text, behind = case
    made_ = made(pattern)
    assert ends(made_, text + behind, 0) == naive(pattern, text + behind, 0)
    assume(text)
    assert len(text.encode()) in made_.widths
    for form in (text, text.translate(SWAP)):
        assert ends(made_, form, 0, None, True) == form
    assume(not set(text) & set("_]"))  # signs in one class with letters
    data, start = np.frombuffer(text.encode(), np.uint8), np.zeros(2, np.int64)
    parts = list(made_.plain(data, start, start + len(data)))
    assert sorted(i for which, _ in parts for i in which.tolist()) == [0, 1]
    for _, matrix in parts:
        assert matrix[0].tobytes().decode("ascii") == re.sub("[^0-9A-Z]", "", text.translate(UPPER))


@settings(max_examples=100)
@given(PATTERNS, st.lists(TEXTS, max_size=6))
def test_many_places_give_what_each_gives(pattern: str, texts: list[str]) -> None:
    made_ = made(pattern)
    joined = "\x1f".join(texts)
    data = np.frombuffer(joined.encode(), np.uint8)
    stop = np.cumsum([len(text.encode()) + 1 for text in texts]).astype(np.int64) - 1
    start = stop - np.array([len(text.encode()) for text in texts], np.int64)
    got = made_.match(data, start, stop)
    expected = [ends(made_, text, 0) for text in texts]
    assert [
        None if e < 0 else data[s:e].tobytes().decode() for s, e in zip(start, got, strict=True)
    ] == expected


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        (r"E\d{8}", "E19783371", "E19783371"),
        (r"E\d{8}", "e19783371", "e19783371"),
        (r"E\d{8}", "E１９７８３３７１", None),
        (r"E\d{8}", "E197833712", None),
        (r"E\d{8}", "E19783371_", None),
        (r"E\d{8}", "E19783371号", "E19783371"),
        (r"E\d{8}", "E19783371-2", "E19783371"),
        (r"A\d{2}(\d{2})?", "A1234", "A1234"),
        (r"A\d{2}(\d{2})?", "A123", None),
        (r"A\d{2}(\d{2})?", "A12", "A12"),
        (r"[军士]字第\d{2}号?", "军字第12号", "军字第12号"),
        (r"[军士]字第\d{2}号?", "军字第12", "军字第12"),
        (r"[·•]?\d", "·1", "·1"),
        (r"[·•]?\d", "•1", "•1"),
        (r"[(（]\d[)）]", "（1)", "（1)"),
        (r"a-c", "b", None),
        (r"[a\-c]", "b", None),
        (r"[a\-c]", "-", "-"),
        (r"[-a]", "-", "-"),
        (r"[a-]", "-", "-"),
        (r"K", "\u212a", None),  # the sign of kelvin folds to k in Unicode
        (r"é", "É", None),
    ],
)
def test_examples(pattern: str, text: str, found: str | None) -> None:
    assert ends(Pattern(pattern), text, 0) == found


@pytest.mark.parametrize(
    "raw", [b"\xe4:,", b"\xe4\xba", b"\xe4", b"\xe4\xba\x2c", b"\xba\xac", b"\xe4\xba\xec"]
)
def test_broken_utf8_is_no_letter(raw: bytes) -> None:
    """Bytes that would spell 京 (E4 BA AC) where only their low bits were looked at, or that are cut."""
    data = np.frombuffer(raw, np.uint8)
    start = np.zeros(1, np.int64)
    assert Pattern("京").match(data, start, start + len(raw)).tolist() == [-1]
    assert Pattern("é").match(np.frombuffer(b"\xc3)", np.uint8), start, start + 2).tolist() == [-1]


@pytest.mark.parametrize(("start", "limit"), [(0, 0), (3, 3), (2, 3), (0, 2), (5, 9)])
def test_nothing_beyond_the_limit_or_the_buffer(start: int, limit: int) -> None:
    data = np.frombuffer(b"1234", np.uint8)
    assert Pattern(r"\d{3,4}").match(data, np.array([start]), np.array([limit])).tolist() == [-1]


def test_no_places() -> None:
    none = np.empty(0, np.int64)
    assert Pattern("a").match(np.empty(0, np.uint8), none, none).tolist() == []


@pytest.mark.parametrize(
    ("pattern", "reason"),
    [
        (r"a+", "not allowed"), ("a*", "not allowed"), ("a.b", "not allowed"), ("^a", "not allowed"), ("a$", "not allowed"),
        (r"\w", r"\\w is not allowed"), (r"\s", "not allowed"), (r"\b", "not allowed"), ("[^a]", "names the characters"),
        ("[]", "names the characters"), ("(a", "ends too early"), ("a)", "place 2"), ("[a", "ends too early"), ("a\\", "too early"),
        ("a{3,2}", "more at least"), ("a{,2}", "not expected"), ("?", "not expected"), ("a??", "not expected"), ("]", "not expected"),
        ("[c-a]", "backwards"), ("a?", "nothing stands"), ("", "nothing stands"), ("(a|)", "nothing stands"), ("𠀀", "beyond"),
        (f"(a{{0,1}}){{{MOST_SHAPES}}}", "unfolds"), ("(a|b){9}", "unfolds"), ("[a京]{9}", "unfolds"), (f"a{{{MOST_SHAPES + 1}}}", "400 times"),
        ("(a|b){999999999}", "400 times"), (f"a{{0,{MOST_SHAPES}}}", "unfolds"),
    ],
)  # fmt: skip
def test_wrong_patterns_are_told(pattern: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Pattern(pattern)

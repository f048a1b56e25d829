"""The search for words against `str.find`: what is found is there, what is there is found or covered."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import keywords, rules
from scanner.schema import ENTITY_TYPES, KIND

WORDS = sorted({(word, KIND[e.type]) for e in rules.entities() for word in e.keywords})
ANCHORS = sorted({(word, KIND[e.type]) for e in rules.entities() for word in e.anchors})
SHOWN = ("CN_MOBILE_NUMBER", "CN_QQ", "CN_RESIDENT_ID", "HK_ID", "TW_ID", "BIRTH_DATE", "CN_PASSPORT")
LEAST = 5
"""Letters from which a Latin word is sought in mixed case at its first letter only."""

Place = tuple[int, int, int, bool]


def scan(text: str) -> set[Place]:
    """(start, end, kind, anchor) of every hit, in bytes."""
    hits = keywords.scan(np.frombuffer(text.encode(), np.uint8))
    columns = (hits.start.tolist(), hits.end.tolist(), hits.kind.tolist(), hits.anchor.tolist())
    out = list(zip(*columns, strict=True))
    assert out == sorted(out, key=lambda one: one[:2])  # by start
    assert len(set(out)) == len(out)
    return set(out)


def is_word(raw: bytes, start: int, end: int) -> bool:
    """No letter touches it, but for borders by case: `userPhone`, `phoneNo`."""
    before, word, after = (
        raw[:start][-1:].decode("latin-1"),
        raw[start:end].decode(),
        raw[end:][:1].decode("latin-1"),
    )
    begins = not re.match("[A-Za-z]", before) or (word[0].isupper() and not re.match("[A-Z]", before))
    return begins and (
        not re.match("[A-Za-z]", after) or bool(re.match("[A-Z]", after) and not word[-1].isupper())
    )


def forms(word: str) -> set[str]:
    """Ways of writing that are sought."""
    if not word.isascii():
        return {word}
    if len(word) < LEAST:
        return {word.lower(), word.upper(), word.title()}
    return {
        first + rest
        for first in (word[0].lower(), word[0].upper())
        for rest in (word[1:].lower(), word[1:].upper())
    }


def naive(text: str, borders: bool = True) -> set[Place]:
    """Every word in every way of writing, with `bytes.find`; also inside longer words without `borders`."""
    raw, out = text.encode(), set()
    for words, anchor in ((WORDS, False), (ANCHORS, True)):
        for word, kind in words:
            for form in {word} if anchor else forms(word):
                at = raw.find(form.encode())
                while at >= 0:
                    end = at + len(form.encode())
                    if anchor or not borders or not word.isascii() or is_word(raw, at, end):
                        out.add((at, end, kind, anchor))
                    at = raw.find(form.encode(), at + 1)
    return out


WRITTEN = st.sampled_from([form for word, _ in [*WORDS, *ANCHORS] for form in sorted(forms(word))])
FILL = st.sampled_from(["", "", " ", "：", "a", "Z", "_", "1", "号", "é", "，我的", '":"', "No", "u"])
TEXTS = st.lists(st.tuples(FILL, WRITTEN, FILL).map("".join), min_size=1, max_size=5).map("".join)


@settings(max_examples=400)
@given(TEXTS)
def test_hits_are_there_and_none_is_missed(text: str) -> None:
    """A word that lies in another, or that begins inside one, may be left to that one, with a border or without."""
    got, wanted, all_ = scan(text), naive(text), naive(text, borders=False)
    assert got <= wanted
    for start, end, kind, _ in wanted - got:
        others = {(a, b) for a, b, *_ in all_} - {(start, end)}
        assert any(a < end and start < b for a, b in others), (ENTITY_TYPES[kind], start)


@pytest.mark.parametrize(("word", "kind"), WORDS)
def test_every_keyword_alone(word: str, kind: int) -> None:
    for form in forms(word):
        size = len(form.encode())
        for before, after in (("", ""), ("我的", "："), ("_", "1"), ("1", "："), ('{"', '":"')):
            at = len(before.encode())
            assert (at, at + size, kind, False) in scan(before + form + after), form
        inside = {(start, end) for start, end, *_ in scan(form)}
        assert max(inside, key=lambda place: place[1] - place[0]) == (0, size)


@pytest.mark.parametrize(("anchor", "kind"), ANCHORS)
def test_every_anchor_inside_a_word(anchor: str, kind: int) -> None:
    assert (1, 1 + len(anchor.encode()), kind, True) in scan(f"x{anchor}1")


@pytest.mark.parametrize(
    ("text", "types"),
    [
        ("phone", ["CN_MOBILE_NUMBER"]),
        ("userPhone", ["CN_MOBILE_NUMBER"]),
        ("phoneNo", ["CN_MOBILE_NUMBER"]),
        ("user_phone_2", ["CN_MOBILE_NUMBER"]),
        ("USER_PHONE", ["CN_MOBILE_NUMBER"]),
        ("microphone", []),
        ("phones", []),
        ("USERPHONE", []),
        ("hotel", []),
        ("Tel.", ["CN_MOBILE_NUMBER"]),
        ("tEL", []),
        ("pHONE", ["CN_MOBILE_NUMBER"]),
        ("phONe", []),
        ("seqq", []),
        ("qqq", []),
        ("qq号", ["CN_QQ"]),
        ("QQ", ["CN_QQ"]),
        ("身份证", ["CN_RESIDENT_ID", "HK_ID"]),
        ("台湾身份证", ["TW_ID"]),
        ("birthday", ["BIRTH_DATE"]),
        ("birthdays", []),
        ("护 照", []),
    ],
)
def test_borders(text: str, types: list[str]) -> None:
    """`types` are those of the longest words; which words inside them are hits too is left open."""
    hits = [(end - start, ENTITY_TYPES[kind]) for start, end, kind, anchor in scan(text) if not anchor]
    assert sorted(kind for size, kind in hits if size == max(hits)[0] and kind in SHOWN) == sorted(types)


def test_hits_are_dealt_out_by_kind() -> None:
    hits = keywords.scan(np.frombuffer("wxid_ 护照".encode(), np.uint8))
    assert KIND["CN_PASSPORT"] in hits.keywords().kind.tolist()
    assert hits.anchors().kind.tolist() == [KIND["CN_WECHAT_ID"]]
    assert len(hits.keywords().start) + len(hits.anchors().start) == len(hits.start)


@given(st.binary(max_size=60))
def test_any_bytes(raw: bytes) -> None:
    hits = keywords.scan(np.frombuffer(raw, np.uint8))
    assert ((hits.start >= 0) & (hits.end <= len(raw)) & (hits.start < hits.end)).all()


@pytest.mark.parametrize("word", ["tel", "phone", "护照"])
def test_at_both_ends_of_a_long_buffer(word: str) -> None:
    middle = "。" * 100_000
    size = len(f"{word}{middle}{word}".encode())
    wide = len(word.encode())
    assert {(0, wide), (size - wide, size)} == {place[:2] for place in scan(word + middle + word)}


def test_nothing_in_nothing() -> None:
    assert scan("") == set()

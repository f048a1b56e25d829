"""Words that announce a value ("护照号：", "qq=", "password"), and literals with which values begin.

All words of all entities are sought at once with Aho-Corasick. Up to 64 words are found by SIMD at 2 to
5 GB/s, more at 0.3 GB/s (measured, ahocorasick-rs 1.0), so they are dealt out to automata of at most 60,
short and long ones apart; those of Han words are left out where the buffer is ASCII.

>>> hits = scan(np.frombuffer("护照号：E1978".encode(), np.uint8))
>>> hits.start.tolist(), hits.end.tolist(), hits.kind.tolist() == [KIND["CN_PASSPORT"]]
([0], [6], True)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scanner import rules
from scanner.digits import byte_at
from scanner.schema import KIND, Bytes, Flags, Index, as_bytes

MOST_WORDS = 60
"""Words of one automaton."""


@dataclass(frozen=True, slots=True)
class Hits:
    """Where words stand: `start` and `end` int64 bytes, `kind` uint8 entity type, `anchor` bool, by start."""

    start: Index
    end: Index
    kind: NDArray[np.uint8]
    anchor: Flags

    def take(self, index: NDArray[Any]) -> Hits:
        """The hits at `index`."""
        return Hits(self.start[index], self.end[index], self.kind[index], self.anchor[index])

    def keywords(self) -> Hits:
        """Only the words that announce a value."""
        return self.take(~self.anchor)

    def anchors(self) -> Hits:
        """Only the literals with which values begin."""
        return self.take(self.anchor)


@dataclass(frozen=True, slots=True)
class _Group:
    """One automaton; for each of its words, how many bytes stand before it, and whom it serves."""

    automaton: Any
    ahead: Index
    first: Bytes
    word: Flags
    serves: tuple[tuple[tuple[int, bool], ...], ...]
    ascii: bool


def _forms(word: str) -> list[tuple[str, str]]:
    """Ways to seek a word: (first letter to be compared, rest). ASCII words are sought in both cases."""
    if not word.isascii():
        return [("", word)]
    if len(word) <= 4:
        return [("", form) for form in dict.fromkeys((word.lower(), word.upper(), word.title()))]
    return [(word[0].lower(), word[1:].lower()), (word[0].lower(), word[1:].upper())]


@cache
def _groups() -> tuple[_Group, ...]:
    serves: dict[tuple[bool, str, str], list[tuple[int, bool]]] = {}
    for entity in rules.entities():
        kind = KIND[entity.type]
        for word in entity.keywords:
            for first, rest in _forms(word):
                serves.setdefault((word.isascii(), first, rest), []).append((kind, False))
        for anchor in entity.anchors:
            serves.setdefault((anchor.isascii(), "", anchor), []).append((kind, True))
    out = []
    for is_ascii in (True, False):
        mine = [key for key in serves if key[0] == is_ascii]
        for short in (True, False):  # SIMD looks at as many bytes as the shortest word has
            words = [key for key in mine if (len(key[2].encode()) <= 3) == short]
            parts = -(-len(words) // MOST_WORDS)
            out += [_group(words[i::parts], serves, is_ascii) for i in range(parts)]
    return tuple(out)


def _group(words: list[tuple[bool, str, str]], serves: dict[Any, Any], is_ascii: bool) -> _Group:
    from ahocorasick_rs import BytesAhoCorasick, MatchKind

    automaton = BytesAhoCorasick([rest.encode() for _, _, rest in words], matchkind=MatchKind.LeftmostLongest)
    ahead = np.array([len(first) for _, first, _ in words], np.int64)
    first = np.array([ord(first) if first else 0 for _, first, _ in words], np.uint8)
    is_word = np.array([is_ascii and not any(anchor for _, anchor in serves[key]) for key in words], np.bool_)
    return _Group(automaton, ahead, first, is_word, tuple(tuple(serves[key]) for key in words), is_ascii)


def scan(data: Bytes) -> Hits:
    """Every word in a UTF-8 buffer."""
    raw = as_bytes(data)
    plain = raw.isascii()
    parts = [_scan(group, data, raw) for group in _groups() if group.ascii or not plain]
    starts, ends, kinds, anchors = (np.concatenate([part[i] for part in parts]) for i in range(4))
    order = np.lexsort((ends, starts))
    return Hits(starts, ends, kinds.astype(np.uint8), anchors).take(order)


def _scan(group: _Group, data: Bytes, raw: bytes) -> tuple[Any, ...]:
    found = np.array(group.automaton.find_matches_as_indexes(raw), np.int64).reshape(-1, 3)
    number, start, end = found.T
    start = start - group.ahead[number]
    lead = byte_at(data, start)
    good = (group.first[number] == 0) | (lead | 0x20 == group.first[number])
    word = group.word[number]
    good &= ~word | _is_word(data, start, end)
    number, start, end = number[good], start[good], end[good]
    many = np.array([len(s) for s in group.serves], np.int64)[number]
    who = [one for n in number.tolist() for one in group.serves[n]]
    kind = np.array([k for k, _ in who], np.int64)
    anchor = np.array([a for _, a in who], np.bool_)
    return np.repeat(start, many), np.repeat(end, many), kind, anchor


def _is_word(data: Bytes, start: Index, end: Index) -> Flags:
    """Whether an ASCII word begins and ends there; `userPhone` and `phoneNo` have borders by their case."""
    before, first, last, after = (byte_at(data, at) for at in (start - 1, start, end - 1, end))
    upper = [(b >= 0x41) & (b <= 0x5A) for b in (before, first, last, after)]
    letter = [(b | 0x20 >= 0x61) & (b | 0x20 <= 0x7A) for b in (before, after)]
    begins = ~letter[0] | (upper[1] & ~upper[0])
    return np.asarray(begins & (~letter[1] | (upper[3] & ~upper[2])))

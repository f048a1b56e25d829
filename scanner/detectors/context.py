"""Values that only their surroundings give away: after a keyword, or in a column that holds nothing else.

A keyword is followed by what people put between a name and its value ("护照号码为：", `"qq": "`), and by the
value; where the keyword ends its cell, the value is in the next cell of the row, as in a form. In a column
the header or the votes have decided, and every cell is tried as a whole.

>>> from scanner import keywords
>>> cells = Cells.from_strings(["护照号码为：E19783371。", "E19783371"], 1)
>>> found = after_keywords(cells, keywords.scan(cells.data), 20261124)
>>> found.cell.tolist(), found.end.tolist() == [int(cells.ends[0]) - 3]
([0], True)
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

import numpy as np

from scanner import digits, rules
from scanner.detectors import credentials, dates, geo, pattern
from scanner.keywords import Hits
from scanner.schema import KIND, Bytes, Cells, Flags, Index, Spans
from scanner.text import trimmed

Find = Callable[[Bytes, Index, Index, Index, bool, int], Spans]
"""(data, cell, start, limit, whole, today) -> spans of values that begin at `start`."""

GEO = KIND["GEO_COORDINATE"]

CODED: dict[int, Find] = {
    KIND["BIRTH_DATE"]: dates.births,
    KIND["CREDENTIAL"]: credentials.secrets,
    GEO: geo.coordinates,
}
"""Types whose values in context are found by code and not by a pattern."""


def find_at(
    kind: int, data: Bytes, cell: Index, start: Index, limit: Index, whole: bool, today: int, bit: str
) -> Spans:
    """Values of a type that begin at `start` and end by `limit`; `bit` says what pointed there."""
    if kind in CODED:
        found = CODED[kind](data, cell, start, limit, whole, today)
        # A keyword makes no series of coordinates, so it does not speak for one.
        return found if kind == GEO and bit == "keyword" else found.marked(rules.BIT[bit])
    one = pattern.rule(kind)
    if one is None or one.pattern is None:
        return Spans.empty()
    return pattern.spans(one, data, cell, start, one.match(data, start, limit, whole), bit)


@cache
def kinds_in_context() -> frozenset[int]:
    """Types that are found in columns and after keywords."""
    return frozenset(CODED) | {one.kind for one in pattern.patterns() if one.pattern is not None}


def after_keywords(cells: Cells, hits: Hits, today: int) -> Spans:
    """Values that follow a keyword of theirs."""
    words = hits.keywords()
    known = kinds_in_context()
    words = words.take(np.isin(words.kind, list(known)))
    if not len(words.start):
        return Spans.empty()
    cell = np.searchsorted(cells.starts, words.start, "right") - 1
    inside = (cell >= 0) & (words.end <= cells.ends[np.maximum(cell, 0)])
    words, cell = words.take(inside), cell[inside]
    cell, start = _value_places(cells, cell, words.end)
    parts = []
    for kind in np.unique(words.kind).tolist():
        pick = words.kind == kind
        c, s = cell[pick], start[pick]
        found = find_at(kind, cells.data, c, s, cells.ends[c], False, today, "keyword")
        alone = digits.is_alone(cells.data, found.start, found.end)
        parts.append(found.take(alone & _borders(cells.data, found.start)))
    return _once(Spans.concat(parts))


def _borders(data: Bytes, start: Index) -> Flags:
    """A value does not begin in the middle of a Latin word."""
    return np.ones(len(start), np.bool_) if not len(start) else digits.byte_at(data, start) != 0x2D


def _once(found: Spans) -> Spans:
    """Two keywords before one value point to it twice."""
    same = (found.start[1:] == found.start[:-1]) & (found.end[1:] == found.end[:-1])
    same &= found.kind[1:] == found.kind[:-1]
    return found.take(np.concatenate(([True], ~same))[: len(found)]) if len(found) else found


_GLUE = np.zeros(256, np.bool_)
_GLUE[list(b" \t:=\"'([{>_.|#")] = True
_GLUE_HAN = {ord(c) for c in "号码字为是：，（【“”＝编证的件"}
_GLUE_TABLE = np.zeros(0x10000, np.bool_)
_GLUE_TABLE[list(_GLUE_HAN)] = True
_GLUE_WORDS = tuple(word.encode() for word in ("number", "num", "no", "id", "code"))


def _value_places(cells: Cells, cell: Index, at: Index) -> tuple[Index, Index]:
    """Where the values after keywords begin, and in which cells."""
    at = at.copy()
    for _ in range(12):
        limit = cells.ends[cell]
        step = _glue(cells.data, at, limit)
        if not step.any():
            break
        at += step
    at = np.minimum(at, cells.ends[cell])
    over = (at >= cells.ends[cell]) & ((cell + 1) % cells.width != 0) & (cell + 1 < len(cells))
    cell = cell + over
    start, _ = trimmed(cells.data, np.where(over, cells.starts[cell], at), cells.ends[cell])
    return cell, start


def _glue(data: Bytes, at: Index, limit: Index) -> Index:
    """Width of the glue at each place, 0 where there is none."""
    byte = digits.byte_at(data, at)
    step = np.where(_GLUE[byte], 1, 0)
    high = np.flatnonzero(byte >= 0xE2)
    if len(high):
        place = at[high]
        code = (byte[high].astype(np.int64) & 15) << 12
        code |= (digits.byte_at(data, place + 1).astype(np.int64) & 63) << 6
        code |= digits.byte_at(data, place + 2).astype(np.int64) & 63
        step[high] = np.where(_GLUE_TABLE[code & 0xFFFF], 3, 0)
    for word in _GLUE_WORDS:
        step = np.where((step == 0) & _is_glue_word(data, at, word), len(word), step)
    return np.where(at + step <= limit, step, 0)


def _is_glue_word(data: Bytes, at: Index, word: bytes) -> Flags:
    """Whether a word such as "no" stands there and no letter or digit follows."""
    same = np.ones(len(at), np.bool_)
    for i, wanted in enumerate(word):
        same &= (digits.byte_at(data, at + i) | 0x20) == wanted
    after = digits.byte_at(data, at + len(word))
    folded = after | 0x20
    return same & ~((folded >= 0x61) & (folded <= 0x7A)) & ~((after >= 0x30) & (after <= 0x39))


def in_columns(cells: Cells, wanted: list[tuple[int, int, bool]], today: int) -> Spans:
    """Values that fill their cells; `wanted` are (column, kind, whether the header says so)."""
    parts = []
    known = kinds_in_context()
    for column, kind, headed in wanted:
        if kind not in known:
            continue
        part = cells.column(column)
        rows = np.flatnonzero(part.ends > part.starts)
        start, end = trimmed(part.data, part.starts[rows], part.ends[rows])
        cell = rows * cells.width + column
        found = find_at(kind, part.data, cell, start, end, True, today, "column")
        parts.append(found.marked(rules.BIT["header"]) if headed else found)
    return Spans.concat(parts)


def shares(cells: Cells) -> dict[int, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """For each type that may vote: the share of a column's filled cells that its values fill, shape (width,)."""
    filled = cells.ends > cells.starts
    count = np.maximum(filled.reshape(-1, cells.width).sum(axis=0), 1)
    at = np.flatnonzero(filled)
    start, end = trimmed(cells.data, cells.starts[at], cells.ends[at])
    out = {}
    for one in pattern.patterns():
        if one.entity.votes and one.pattern is not None:
            hit = at[one.match(cells.data, start, end, True) >= 0]
            out[one.kind] = np.bincount(hit % cells.width, minlength=cells.width) / count
    return out

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
from scanner.distinct import is_one_of, unique
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
    known = np.zeros(len(KIND), np.bool_)
    known[list(kinds_in_context())] = True
    words = words.take(known[words.kind])
    if not len(words.start):
        return Spans.empty()
    cell = np.searchsorted(cells.starts, words.start, "right") - 1
    inside = (cell >= 0) & (words.end <= cells.ends[np.maximum(cell, 0)])
    words, cell = words.take(inside), cell[inside]
    parts = [_dates_before(cells, words, cell, today)]
    cell, start = _value_places(cells, cell, words.end, hits.keywords())
    for kind in unique(words.kind).tolist():
        pick = words.kind == kind
        c, s = cell[pick], start[pick]
        found = find_at(kind, cells.data, c, s, cells.ends[c], False, today, "keyword")
        alone = digits.is_alone(cells.data, _before_glued(cells.data, found.start, words), found.end)
        parts.append(found.take(alone & _borders(cells.data, found.start)))
    return _once(Spans.concat(parts))


_FREE = (KIND["CREDENTIAL"], KIND["CN_MEDICAL_RECORD"], KIND["CN_WECHAT_ID"])
"""Types of so free a form that the rest of any token fits: a sign must stand between keyword and value."""


def _before_glued(data: Bytes, start: Index, words: Hits) -> Index:
    """The places where borders are asked for: before the keyword where a number is glued to it, as in QQ19783371."""
    order = np.argsort(words.end, kind="stable")
    place = order[np.minimum(np.searchsorted(words.end[order], start), len(order) - 1)]
    letter = digits.byte_at(data, start - 1) | 0x20
    glued = (words.end[place] == start) & (letter >= 0x61) & (letter <= 0x7A)
    glued &= ~is_one_of(words.kind[place], _FREE)
    return np.where(glued, words.start[place], start)


_BORN = tuple(len(word.encode()) for word in ("出生", "出生于", "日生，", "日生,"))
_DAY = "日".encode()[0]
_BEFORE_BORN = np.zeros(256, np.bool_)
_BEFORE_BORN[[*b"0123456789", "日".encode()[-1], "号".encode()[-1]]] = True


def _dates_before(cells: Cells, words: Hits, cell: Index, today: int) -> Spans:
    """Dates before "出生" or "日生，", as judgments write them: 1990年1月2日出生, 1990年1月2日生，汉族."""
    data, at = cells.data, words.start
    pick = (words.kind == KIND["BIRTH_DATE"]) & is_one_of(words.end - at, _BORN)
    at = at + np.where(digits.byte_at(data, at) == _DAY, 3, 0) - (digits.byte_at(data, at - 1) == 0x20)
    pick &= _BEFORE_BORN[digits.byte_at(data, at - 1)]
    at, cell = at[pick], cell[pick]
    parts = []
    for width in dates.widths() if len(at) else ():
        start = at - width
        inside = start >= cells.starts[cell]
        found = dates.births(data, cell[inside], start[inside], at[inside], True, today)
        parts.append(found.take(digits.is_alone(data, found.start, found.end)))
    return Spans.concat([part for part in parts if len(part)]).marked(rules.BIT["keyword"])


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


def _table(signs: str) -> Flags:
    """Which three-byte characters are among `signs`, by code point."""
    table = np.zeros(0x10000, np.bool_)
    table[[ord(sign) for sign in signs]] = True
    return table


_GLUE_TABLE = _table("号码字为是：，（）【】“”＝编证的件")
_JOINT_TABLE = _table("／、或和及")
_GLUE_WORDS = tuple(word.encode() for word in ("number", "num", "no", "id", "code", "date"))


def _value_places(cells: Cells, cell: Index, at: Index, words: Hits) -> tuple[Index, Index]:
    """Where the values after keywords begin, and in which cells; `words` are all keywords of the cells."""
    limit = cells.ends[cell]
    for _ in range(3):
        at = _past_glue(cells.data, at, limit)
        led_on = _past_other_name(cells.data, at, words)
        if (led_on == at).all():
            break
        at = led_on
    at = np.minimum(at, limit)
    over = (at >= limit) & ((cell + 1) % cells.width != 0) & (cell + 1 < len(cells))
    cell = cell + over
    start, _ = trimmed(cells.data, np.where(over, cells.starts[cell], at), cells.ends[cell])
    return cell, start


def _past_glue(data: Bytes, at: Index, limit: Index) -> Index:
    at = at.copy()
    for _ in range(12):
        step = _glue(data, at, limit)
        if not step.any():
            break
        at += step
    return at


def _past_other_name(data: Bytes, at: Index, words: Hits) -> Index:
    """Places behind the second keyword of "QQ/微信：" and "账号、密码"; else as they are."""
    byte = digits.byte_at(data, at)
    joint = np.where(byte == 0x2F, 1, np.where((byte >= 0xE2) & _JOINT_TABLE[_code_point(data, at)], 3, 0))
    at_next = at + joint + (digits.byte_at(data, at + joint) == 0x20)
    place = np.searchsorted(words.start, at_next, "right") - 1
    named = (joint > 0) & (place >= 0) & (words.start[np.maximum(place, 0)] == at_next)
    return np.where(named, words.end[np.maximum(place, 0)], at)


def _code_point(data: Bytes, at: Index) -> Index:
    """The code point of the three-byte character at each place; nonsense where there is none."""
    first, second, third = (digits.byte_at(data, at + i).astype(np.int64) for i in range(3))
    return (first & 15) << 12 | (second & 63) << 6 | third & 63


def _glue(data: Bytes, at: Index, limit: Index) -> Index:
    """Width of the glue at each place, 0 where there is none."""
    byte = digits.byte_at(data, at)
    step = np.where(_GLUE[byte], 1, 0)
    high = np.flatnonzero(byte >= 0xE2)
    if len(high):
        step[high] = np.where(_GLUE_TABLE[_code_point(data, at[high])], 3, 0)
    closing = np.flatnonzero((byte == 0x29) | (byte == 0x5D))
    if len(closing):
        step[closing] = _is_before_sign(data, at[closing] + 1)
    for word in _GLUE_WORDS:
        step = np.where((step == 0) & _is_glue_word(data, at, word), len(word), step)
    return np.where(at + step <= limit, step, 0)


def _is_before_sign(data: Bytes, at: Index) -> Flags:
    """Whether ":", "=" or "：" comes next, or after a blank or quote: in `if (password) x1` none does."""
    at = at + is_one_of(digits.byte_at(data, at), b" )]")
    return np.asarray(is_one_of(digits.byte_at(data, at), b":=\xef"))


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

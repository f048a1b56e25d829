"""Numbers and names in the text of addresses: runs (12栋, 3单元, 1203室, 3-2-501) and marks (路, 镇, 小区).

A *run* is a run of digits and letters, or of Han numerals before a marker; its type comes from the marker
after it, from its neighbours, and from a chain of dashes that it is part of. A *mark* ends a name. Only what
stands between the numbers decides, so a whole table is read with a few operations an element.

>>> from scanner.detectors.address_text import pack
>>> from scanner.schema import Cells
>>> texts = pack(Cells.from_strings(["3号楼2单元301"], 1))
>>> runs = find_runs(texts, find_marks(texts, texts.first)[0])
>>> runs.type.tolist() == [BUILDING, UNIT, ROOM]
True
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from scanner.detectors.address_text import (
    BLANK,
    BREAK,
    DASH,
    DIGIT,
    END,
    IS,
    LETTER,
    MARK_ENDS,
    NO_HOUSE,
    NO_ROOM,
    NUMERAL,
    OTHER,
    Texts,
    Types,
)  # fmt: skip
from scanner.schema import Flags, Index

# Types of runs.
NONE, HOUSE, LANE, BUILDING, UNIT, FLOOR, ROOM, GROUP, PHASE, BARE, PART, WEAK, HOME = range(13)
"""WEAK is a room that needs an address around it; HOME the house number of a village; PART all but the last
number of a chain."""

# Types of marks.
ROAD, TOWN, VILLAGE, ESTATE = 1, 2, 3, 4

_MARKERS = {
    "号": HOUSE, "弄": LANE, "栋": BUILDING, "座": BUILDING, "#": BUILDING, "楼": FLOOR, "层": FLOOR, "单": UNIT,
    "门": UNIT, "室": ROOM, "户": ROOM, "房": ROOM, "组": GROUP, "期": PHASE, "区": PHASE,
}  # fmt: skip
_MARKED = {"路": ROAD, "街": ROAD, "巷": ROAD, "镇": TOWN, "村": VILLAGE, "屯": VILLAGE, "苑": ESTATE, "园": ESTATE, "院": ESTATE}  # fmt: skip
_MARKED_AFTER = {"街道": TOWN, "社区": TOWN, "大道": ROAD, "胡同": ROAD, "新村": ESTATE, "公寓": ESTATE, "大厦": ESTATE,
                 "广场": ESTATE, "宿舍": ESTATE, "小区": ESTATE}  # fmt: skip
_NO_ESTATE, _NO_ROAD, _COURT = "校公农果乐物儿茶墓陵", "马思线网电出套一铁门", "大属号小"
_HOUSE_AND = {"楼": BUILDING, "栋": BUILDING, "座": BUILDING, "院": HOUSE, "室": ROOM, "房": ROOM, "门": UNIT}


def table(size: int, *chosen: int) -> Flags:
    """An array of answers, true at the chosen places."""
    out = np.zeros(size, np.bool_)
    out[list(chosen)] = True
    return out


_IN_ROOM = table(16, BUILDING, UNIT)
_BEFORE_ROOM = table(16, BUILDING, UNIT, FLOOR, HOUSE, GROUP, PART)
_JOINT = table(256, BLANK, DASH)
_CLOSED = table(256, DIGIT, LETTER, NUMERAL, BLANK, DASH, BREAK, END)
_NOT_A_ROOM = table(256, NO_ROOM, IS["月"])
IS_MARK = table(256, *(IS[c] for c in MARK_ENDS))


def _lookup(default: int, values: dict[int, int]) -> Types:
    out = np.full(256, default, np.uint8)
    for place, value in values.items():
        out[place] = value
    return out


_KIND = _lookup(0, {DIGIT: 1, LETTER: 1, NUMERAL: 2})
_TYPE = _lookup(BARE, {IS[c]: kind for c, kind in _MARKERS.items()})
_MARK = np.repeat(_lookup(0, {IS[c]: kind for c, kind in _MARKED.items()})[:, None], 256, axis=1)
for _pair, _kind in _MARKED_AFTER.items():
    _MARK[IS[_pair[1]], IS[_pair[0]]] = _kind
_HOUSE_TYPE = _lookup(HOUSE, {NO_HOUSE: NONE, IS["厅"]: NONE} | {IS[c]: t for c, t in _HOUSE_AND.items()})
_AFTER_HOUSE = _lookup(0, {IS[c]: 1 for c in _HOUSE_AND})
"""Type and further characters of a marker 号 by the class of what follows it: 号楼, 号院, 号线."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The numbers of all texts in reading order: first character, end with the marker, type, cell."""

    start: Index
    end: Index
    type: Types
    cell: Index


@cache
def characters(text: str) -> Flags:
    """Which code points a text holds; shape (65536,)."""
    return table(0x10000, *map(ord, text))


def find_marks(texts: Texts, stop: Index) -> tuple[Types, Index]:
    """The type of mark that ends at each character, and where marks are; none stands in a division."""
    kind, mark = texts.kind, np.zeros(len(texts.kind), np.uint8)
    at = np.flatnonzero(kind - IS["路"] < len(MARK_ENDS))  # below wraps around
    at = at.take(np.flatnonzero(at > stop.take(texts.cell.take(at))))
    own, before, after = kind.take(at), kind.take(at - 1), kind.take(at + 1)
    found = _MARK[own, before]
    number = (_KIND[after] > 0) & (after != LETTER)
    found[(own == IS["街"]) & (after == IS["道"])] = 0
    found[(own == IS["道"]) & number & (found == 0)] = ROAD
    found[(own == IS["屯"]) & ~_CLOSED[after]] = 0
    letter = texts.code[at - 1]
    found[(own == IS["园"]) & characters(_NO_ESTATE)[letter]] = 0
    found[(own == IS["路"]) & characters(_NO_ROAD)[letter] & ~number] = 0
    found[(own == IS["院"]) & ~characters(_COURT)[letter]] = 0
    mark[at] = found
    return mark, at.take(np.flatnonzero(found))


def find_runs(texts: Texts, mark: Types) -> Runs:
    """The numbers and their types."""
    raw = _numbers(texts)
    _base_types(texts, raw)
    _chains(texts, raw, mark)
    _settle(texts, raw, mark)
    return Runs(raw.start, raw.end, raw.type, raw.cell)


@dataclass(slots=True)
class _Raw:
    """Runs while their types are found: `close` is the end without the marker, `digits` how many there are."""

    start: Index
    close: Index
    kind: Types
    digits: Index
    cell: Index
    end: Index
    type: Types

    def near(self, texts: Texts) -> Flags:
        """Whether each run follows the one before it in the same text, with at most a blank or dash between."""
        gap = np.full(len(self.start), 9)
        gap[1:] = self.start[1:] - self.end[:-1]
        joint = np.zeros(len(gap), np.bool_)
        joint[1:] = _JOINT[texts.kind[self.end[:-1]]]
        return np.asarray((gap == 0) | ((gap == 1) & joint))

    def neighbours(self, texts: Texts) -> tuple[Types, Types]:
        """Type of the run before and of the run after, 0 where it is not near."""
        near = self.near(texts)
        before, after = np.zeros_like(self.type), np.zeros_like(self.type)
        before[1:] = np.where(near[1:], self.type[:-1], 0)
        after[:-1] = np.where(near[1:], self.type[1:], 0)
        return before, after


def _numbers(texts: Texts) -> _Raw:
    """Runs of digits and letters, and of Han numerals where a marker follows (三单元, but not 文三路)."""
    sort = (texts.kind - np.uint8(DIGIT) < 2) + np.uint8(2) * (texts.kind == NUMERAL)
    edge = sort[1:] != sort[:-1]
    start, close = np.flatnonzero(edge & (sort[1:] > 0)) + 1, np.flatnonzero(edge & (sort[:-1] > 0)) + 1
    kind = sort.take(start)
    digit = np.cumsum(texts.kind == DIGIT, dtype=np.int32)
    digits = digit.take(close - 1) - digit.take(start - 1)
    type_ = _TYPE.take(texts.kind.take(close))
    marker = type_ != BARE
    short = (digits > 0) & ((digits <= 6) | marker)  # longer ones without a marker are phones and codes
    good = np.flatnonzero(np.where(kind == 2, marker, short | (close - start == 1)))
    start, close, kind, digits = start.take(good), close.take(good), kind.take(good), digits.take(good)
    return _Raw(start, close, kind, digits, texts.cell.take(start), close.copy(), type_.take(good))


def _base_types(texts: Texts, raw: _Raw) -> None:
    """Types by the marker alone, and where it ends."""
    kind, code, close = texts.kind, texts.code, raw.close
    raw.end = close + (raw.type != BARE)
    marker, after = kind[close], kind[close + 1]
    row = np.flatnonzero(marker == IS["单"])
    unit = after[row] == IS["元"]
    raw.type[row] = np.where(unit, UNIT, NONE)
    raw.end[row] = close[row] + 2 * unit
    row = np.flatnonzero(marker == IS["号"])
    more = _AFTER_HOUSE[after[row]]
    raw.type[row] = _HOUSE_TYPE[after[row]]
    raw.end[row] += more
    for first, second in ("宿舍", "公寓"):
        hit = row[(after[row] == IS[first]) & (kind[close[row] + 2] == IS[second])]
        raw.type[hit], raw.end[hit] = BUILDING, raw.end[hit] + 2
    hit = row[(after[row] == IS["单"]) & (kind[close[row] + 2] == IS["元"])]
    raw.type[hit], raw.end[hit] = UNIT, raw.end[hit] + 2
    raw.end += (raw.type == BUILDING) & (kind[raw.end] == IS["楼"])
    floor = (
        (raw.type == BARE) & ((code[close - 1] | 0x20) == ord("f")) & (raw.digits == close - raw.start - 1)
    )
    raw.type[floor & (raw.digits > 0) & (raw.digits < 4)] = FLOOR


def _chains(texts: Texts, raw: _Raw, mark: Types) -> None:
    """Numbers joined by dashes or slashes: 3-2-501, 88号院3-501, 12-3-501室."""
    kind, n = texts.kind, len(raw.start)
    link = np.zeros(n + 1, np.bool_)  # from each run to the next
    link[1:n] = (
        (raw.type[:-1] == BARE) & (kind[raw.close[:-1]] == DASH) & (raw.start[1:] == raw.close[:-1] + 1)
    )
    link[1:n] &= (raw.kind[1:] == 1) & (raw.kind[:-1] == 1)
    linked, links = link[:n], link[1:]
    tail = np.flatnonzero(linked & ~links)
    if not len(tail):
        return
    head = np.maximum.accumulate(np.where(linked, 0, np.arange(n)))[tail]
    raw.type[links] = PART
    parts, room = tail - head + 1, raw.type[tail] == ROOM
    bare = np.flatnonzero(raw.type[tail] == BARE)
    last, first = raw.digits[tail[bare]], raw.digits[head[bare]]
    before = raw.neighbours(texts)[0][head]
    short = (parts[bare] > 2) | (_BEFORE_ROOM[before[bare]] & _CLOSED[kind[raw.close[tail[bare]]]])  # 12号5-4
    good = (
        (last <= 5) & (last >= np.where(short, 1, 3)) & (first <= np.where(short, 3, 2)) & (parts[bare] <= 4)
    )
    good &= (parts[bare] < 3) | (raw.digits[tail[bare] - 1] <= 2)  # 400-820-8820 is a phone
    good &= (first < 3) | (texts.code[raw.start[head[bare]]] != ord("0"))  # and so is 010-12345
    good &= ~_NOT_A_ROOM[kind[raw.close[tail[bare]]]] & ~_is_date(texts, raw, tail[bare])
    raw.type[tail[bare]] = np.where(good, WEAK, NONE)
    inside = _IN_ROOM[before] & (room | (raw.type[tail] == WEAK))
    raw.type[tail] = np.where(inside, ROOM, np.where(room, WEAK, raw.type[tail]))


def _is_date(texts: Texts, raw: _Raw, tail: Index) -> Flags:
    """Whether the last number of a chain with slashes is a year: 1/2/2021."""
    begin = raw.start[tail]
    century = texts.code[begin].astype(np.int64) * 256 + texts.code[begin + 1]
    year = (raw.digits[tail] == 4) & ((century == 0x3139) | (century == 0x3230))
    return np.asarray(year & (texts.code[begin - 1] == ord("/")))


def _settle(texts: Texts, raw: _Raw, mark: Types) -> None:
    """Types that depend on the neighbours."""
    kind, type_ = texts.kind, raw.type
    before, after = raw.neighbours(texts)
    marker, next_, ahead = kind[raw.close], kind[raw.end], kind[raw.start - 1]
    type_[(type_ == FLOOR) & (marker == IS["楼"]) & (after == UNIT)] = BUILDING
    gate = (type_ == UNIT) & (kind[raw.end - 1] == IS["门"])
    type_[gate & ~(_BEFORE_ROOM[before] | ((after == BARE) | (after == ROOM)))] = NONE
    seat = (type_ == BUILDING) & (marker == IS["座"])
    letters = (raw.close - raw.start > raw.digits) & (raw.kind == 1)
    type_[seat & ~letters & (~_CLOSED[next_] | (next_ == LETTER))] = NONE  # 7座SUV
    spelled = (raw.kind == 2) & ~_CLOSED[next_] & (after == NONE)
    type_[spelled | ((ahead == IS["第"]) & (after == NONE) & (before == NONE))] = NONE  # 第3单元 of a book
    type_[(type_ == HOUSE) & ((ahead == IS["月"]) | (ahead == IS["第"])) & (after != ROOM)] = NONE
    group = (type_ == GROUP) & (mark[raw.start - 1] != VILLAGE) & (after != HOUSE)
    type_[group] = NONE
    before, after = raw.neighbours(texts)
    _rooms(texts, raw, mark, before)


def _rooms(texts: Texts, raw: _Raw, mark: Types, before: Types) -> None:
    """Which numbers are rooms, after the buildings and units are known."""
    kind, type_, digits = texts.kind, raw.type, raw.digits
    marker, next_ = kind[raw.close], kind[raw.end]
    inside, after_any = _IN_ROOM[before], _BEFORE_ROOM[before]
    letters = raw.close - raw.start - digits
    room = np.flatnonzero(type_ == ROOM)
    least = np.where(marker[room] == IS["室"], 2, 3)
    good = (
        after_any[room]
        | (digits[room] >= least)
        | ((letters[room] > 0) & (raw.kind[room] == 1) & (digits[room] > 0))
    )
    good &= ~((marker[room] == IS["房"]) & (next_[room] == OTHER) & ~inside[room])
    good &= ~_is_layout(kind, raw.end[room])
    chained = before[room] == PART
    type_[room] = np.where(good, np.where(inside[room] | chained, ROOM, WEAK), NONE)
    number = (type_ == HOUSE) & (raw.end == raw.close + 1) & (inside | (before == FLOOR))
    type_[number] = ROOM
    bare = np.flatnonzero(type_ == BARE)
    free = ~_NOT_A_ROOM[next_[bare]]
    closed = _CLOSED[next_[bare]]
    size = digits[bare]
    strong = (
        free
        & (size <= 5)
        & (((before[bare] == UNIT) & (size > 0)) | ((before[bare] == BUILDING) & (size >= 3)))
    )
    ahead = mark[raw.start[bare] - 1]
    weak = free & (size >= 3) & (size <= 5) & ((before[bare] == FLOOR) | (closed & (size < 5) & (
        (before[bare] == HOUSE) | (ahead == ESTATE) | (letters[bare] == 1))))  # fmt: skip
    type_[bare] = np.where(strong, ROOM, np.where(weak, WEAK, NONE))


def _is_layout(kind: Types, end: Index) -> Flags:
    """Whether a number of rooms goes on as 3室2厅."""
    return np.asarray((_KIND[kind[end]] > 0) & (kind[end + 1] == IS["厅"]))

"""The grammar of Chinese addresses, over many texts at once.

An address goes from large to small: province, city, county, town, road and number, estate, building, unit,
floor, room (GB/T 23705 names the same elements). Most elements are a number and a marker (12栋, 3单元, 1203室),
so a text is read as its *runs* of digits, letters or Han numerals and the marker after each; the rest are
names that end in a *mark* (路, 镇, 村, 小区). A number without a marker is a room after a building or unit
(12栋501), and so is the last of a chain (3-2-501).

Levels: 3 is a household: a room, or a house number in a village, where a house is a home. 2 is a road, town,
estate or building, 1 a division and nothing else, 0 no address.

>>> from scanner.detectors.address_text import pack
>>> from scanner.schema import Cells
>>> texts = pack(Cells.from_strings(["建国路88号3栋1203室", "杭州市", "3-2-501", "第3单元测试卷"], 1))
>>> read(texts).level.tolist(), read(texts, headed=True).level.tolist()
([3, 1, 0, 0], [3, 1, 3, 0])
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from scanner import divisions
from scanner.detectors.address_runs import (
    BUILDING,
    ESTATE,
    FLOOR,
    GROUP,
    HOME,
    HOUSE,
    LANE,
    NONE,
    ROAD,
    ROOM,
    TOWN,
    UNIT,
    VILLAGE,
    WEAK,
    Runs,
    characters,
    find_marks,
    find_runs,
    table,
)  # fmt: skip
from scanner.detectors.address_text import BLANK, BREAK, DASH, DIGIT, END, NUMERAL, OTHER, Texts, Types
from scanner.schema import Flags, Index

_ORGANISATION = "司校学行局所站店厂部处会心团馆科办院社业"
LABELS = characters("地住收通联家详现户寄送")
"""First characters of labels, which end in a colon."""
_SKIPPED = table(256, BLANK, DASH, BREAK)
_ROOMS = table(16, ROOM, WEAK, HOME)
_ONE_BETWEEN = table(256, OTHER, NUMERAL, BLANK, DASH)  # 建国路甲88号, 建国路 88号


@dataclass(frozen=True, slots=True)
class Reading:
    """What the texts say: `level` uint8 and `stop` (character where the address ends) of shape (n,).

    `mark` is uint8, the type of mark that ends at each character. `begin` is the character where each address
    begins, `place` the divisions; `anchored` says that a division, town, road with a number or estate is there.
    """

    level: Types
    begin: Index
    stop: Index
    runs: Runs
    mark: Types
    place: divisions.Match
    anchored: Flags


def read(texts: Texts, headed: bool = False) -> Reading:
    """Read packed texts; `headed` says that the header of the column calls it an address or a room."""
    begin = begins(texts)
    place = divisions.match(texts.code, begin)
    mark, marks = find_marks(texts, place.stop)
    seen = _Seen(texts, place, mark, marks, find_runs(texts, mark))
    return _judge(seen, begin, headed)


def begins(texts: Texts) -> Index:
    """Where each address begins: after blanks, signs, a postal code, a label (地址：) and 中国."""
    at, code, kind = texts.first.copy(), texts.code, texts.kind
    for _ in range(4):
        step = _SKIPPED[kind[at]]
        if not step.any():
            break
        at += step
    _after_postcode(texts, at)
    _after_label(texts, at)
    at += 2 * ((code[at] == ord("中")) & (code[at + 1] == ord("国")))
    return np.minimum(at, texts.last)


def _after_postcode(texts: Texts, at: Index) -> None:
    """Move the places at which six digits and a name stand behind the digits."""
    row = np.flatnonzero((texts.kind[at] == DIGIT) & (at + 8 < texts.last))
    row = row[(texts.kind[at[row, None] + np.arange(6)] == DIGIT).all(axis=1)]
    after = at[row] + 6
    after += texts.kind[after] == BLANK
    good = texts.kind[after] == OTHER
    at[row[good]] = after[good]


def _after_label(texts: Texts, at: Index) -> None:
    """Move the places at which 地址： or the like stands behind the colon."""
    row = np.flatnonzero(LABELS[texts.code[at]])
    window = np.minimum(at[row, None] + np.arange(2, 8), texts.last[row, None])
    colon = (texts.code[window] == 0x3A) | (texts.code[window] == 0xFF1A)
    good = colon.any(axis=1)
    at[row[good]] += 3 + colon.argmax(axis=1)[good]


def _judge(seen: _Seen, begin: Index, headed: bool) -> Reading:
    """Level and end of each address, from the runs and marks that were found in it."""
    texts, place, runs = seen.texts, seen.place, seen.runs
    has, last = seen.types(), seen.last()
    town, estate, village = last[TOWN] >= 0, last[ESTATE] >= 0, last[VILLAGE] >= 0
    home = seen.homes(last)
    runs.type[home] = HOME
    has[HOME, runs.cell[home]] = True
    strong, on_road = has[BUILDING] | has[UNIT] | has[ROOM], seen.on_road()
    anchored = place.found | on_road | has[LANE] | town | estate
    is_han = (np.maximum.reduceat(texts.code, texts.first) >= 0x2E80) | headed
    household = is_han & (has[ROOM] | (has[WEAK] & (anchored | strong | headed)) | has[HOME])
    numbered = (strong & is_han) | on_road | has[LANE]
    named = town | estate | village | (last[ROAD] >= 0) | has[HOUSE] | has[FLOOR]
    placed = (place.found | headed) & named & (strong | ~_is_organisation(texts))
    level = np.where(household, 3, np.where(numbered | placed, 2, 0)).astype(np.uint8)
    level[(level == 0) & place.found & _is_over(texts, place.stop)] = 1
    stop = seen.stops(level, np.maximum(begin, place.stop), last)
    return Reading(level, begin, stop, runs, seen.mark, place, anchored)


@dataclass(frozen=True, slots=True)
class _Seen:
    """Questions about which runs and marks (at characters `at`) each text has; answers have shape (n,)."""

    texts: Texts
    place: divisions.Match
    mark: Types
    at: Index
    runs: Runs

    def types(self) -> Flags:
        """Which types of runs are there; shape (16, n)."""
        out = np.zeros((16, len(self.texts.first)), np.bool_)
        out[self.runs.type, self.runs.cell] = True
        return out

    def last(self) -> Index:
        """The character of the last mark of each type, -1 where none is; shape (8, n)."""
        out = np.full((8, len(self.texts.first)), -1)
        out[self.mark.take(self.at), self.texts.cell.take(self.at)] = self.at  # ascending: the last one stays
        return out

    def on_road(self) -> Flags:
        """Whether a number follows a road: 建国路88号, 建国路甲88号."""
        start = self.runs.start
        near = (self.mark.take(start - 2) == ROAD) & _ONE_BETWEEN.take(self.texts.kind.take(start - 1))
        near |= self.mark.take(start - 1) == ROAD
        out = np.zeros(len(self.texts.first), np.bool_)
        out[self.runs.cell.take(np.flatnonzero(near & (self.runs.type != NONE)))] = True
        return out

    def homes(self, last: Index) -> Index:
        """The runs that are house numbers of a village: 张家村12号, 王家湾3组12号, 某镇张家村王家湾12号."""
        runs, mark = self.runs, self.mark
        house = np.flatnonzero(runs.type == HOUSE)
        start, cell, before = runs.start.take(house), runs.cell.take(house), np.maximum(house - 1, 0)
        grouped = (runs.type.take(before) == GROUP) & (runs.end.take(before) == start)
        near = (mark.take(start - 1) == VILLAGE) | grouped
        rural = (last[TOWN] >= 0) & (last[VILLAGE] > np.maximum(last[ROAD], last[ESTATE]))
        inside = rural.take(cell) & (start > last[VILLAGE].take(cell))
        inside &= self.texts.kind.take(start - 1) == OTHER
        return house.take(np.flatnonzero(near | inside))

    def stops(self, level: Types, least: Index, last: Index) -> Index:
        """Where each address ends: a household with its room, others with the last that was read."""
        runs = self.runs
        room = np.flatnonzero(_ROOMS.take(runs.type))
        home, any_ = np.full(len(least), -1), np.full(len(least), -1)
        home[runs.cell.take(room)] = runs.end.take(room)
        typed = np.flatnonzero(runs.type)
        any_[runs.cell.take(typed)] = runs.end.take(typed)
        whole = np.maximum(np.maximum(any_, last.max(axis=0) + 1), least)
        return np.where(level == 3, home, np.where(level == 2, whole, least))


def _is_organisation(texts: Texts) -> Flags:
    """Whether a text ends like the name of an office, a school, a firm."""
    last, before = texts.code[texts.last - 1], texts.code[texts.last - 2]
    pair = ((last == ord("园")) & (before == ord("儿"))) | ((last == ord("市")) & (before == ord("超")))
    return np.asarray(characters(_ORGANISATION)[last] | pair)


def _is_over(texts: Texts, stop: Index) -> Flags:
    """Whether nothing but a sign or a note in brackets follows."""
    stop = stop + (texts.kind[stop] == BLANK)
    return np.asarray((texts.kind[stop] == BREAK) | (texts.kind[stop] == END))

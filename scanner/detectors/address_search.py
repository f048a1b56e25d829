"""Addresses of homes in running text: in remarks, chats, lines of a log, documents.

A home has a number before 室, 户 or 房, or one after a building or unit (3号楼1203, 2单元301, 3-2-501), or a
house number in a village. These places are rare, so bit planes find them and only their surroundings, up to
the next sign, are read. A room alone is no address (会议室在301室): a division, a road with a number, an estate or
town must stand before it, or a building, a unit and a room one after the other.

>>> cells = Cells.from_strings(["请寄到北京市朝阳区建国路88号3号楼1203室，谢谢", "在301室开会"], 1)
>>> [cells.data[a:b].tobytes().decode() for a, b in zip(search(cells).start, search(cells).end)]
['北京市朝阳区建国路88号3号楼1203室']
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from scanner import digits, divisions, rules
from scanner.detectors.address_parts import Reading, read
from scanner.detectors.address_runs import (
    BUILDING,
    FLOOR,
    GROUP,
    HOME,
    HOUSE,
    IS_MARK,
    PART,
    ROOM,
    TOWN,
    UNIT,
    WEAK,
    characters,
    table,
)
from scanner.detectors.address_sieve import hash_words
from scanner.detectors.address_text import BREAK, DIGIT, LETTER, Texts, blocks, clip, gather, pack
from scanner.schema import KIND, Bytes, Cells, Flags, Index, Spans, as_bytes

_BEFORE, _AFTER = 150, 60
"""Bytes around a number that are read: 50 characters before it, 20 after."""
LEAST = 12
"""Bytes of the shortest text with a home (路1号2室; building, unit and room have 14); dates have 10."""
_NAME = 6
"""Characters of the name of a road or estate where nothing shows its beginning."""

_AFTER_ROOM, _BEFORE_ROOM = "室户房", "元栋幢座楼号院层门"
_BEFORE_HOME = "村组队屯庄湾寨"
_VERBS = characters("在到至住寄送往去从给址")
"""Characters after which an address begins: 住在, 寄到, 送至."""


def search(cells: Cells, columns: Sequence[int] | None = None) -> Spans:
    """Households in running text, in some columns or in all; full-width digits must be folded before.

    Columns that `detect` reads need no search, and cost ten times as much here.
    """
    if columns is not None:
        return _search_in(cells, columns)
    if not len(cells) or as_bytes(cells.data).isascii():
        return Spans.empty()
    at = _numbers(cells.data)
    if not len(at):
        return Spans.empty()
    spans = Spans.concat([_read(cells, at[rows]) for rows in blocks(np.arange(len(at)))])
    fresh = np.ones(len(spans), np.bool_)  # two numbers of one address find it twice
    fresh[1:] = spans.start[1:] >= np.maximum.accumulate(spans.end)[:-1]
    return spans.take(fresh)


def _search_in(cells: Cells, columns: Sequence[int]) -> Spans:
    """Search in a copy of some columns."""
    chosen = np.sort(np.asarray(columns, np.int64))
    index = (np.arange(cells.rows)[:, None] * cells.width + chosen).ravel()
    index = index[(cells.ends - cells.starts)[index] >= LEAST]
    starts, length = cells.starts[index], (cells.ends - cells.starts)[index]
    data, begin = gather(cells.data, starts, length)
    found = search(Cells(data, begin, begin + length, 1))
    shift = (starts - begin)[found.cell]
    return replace(found, cell=index[found.cell], start=found.start + shift, end=found.end + shift)


def _numbers(data: Bytes) -> Index:
    """Where the numbers begin that look like the last one of a home."""
    start, size = digits.runs(digits.digit_plane(data), len(data), 1)
    short = size <= 5
    start, size = start[short], size[short]
    after, before = _three(data, start + size), _three(data, start - 3)
    hit = (size >= 2) & _is_one_of(after, _AFTER_ROOM)
    hit |= (size >= 3) & _is_one_of(before, _BEFORE_ROOM)
    hit |= _is_one_of(after, "号") & _is_one_of(before, _BEFORE_HOME)
    last = before >> 16
    chain = (size >= 3) & ((last == 0x2D) | (last == 0x2F) | (last == 0x23))
    chained = np.flatnonzero(chain & (((before >> 8) & 0xFF) < 0x80))
    near = digits.byte_at(data, start[chained][:, None] - np.arange(1, 15)) >= 0xE3
    hit[chained[near.any(axis=1)]] = True
    return np.asarray(start[hit])


def _three(data: Bytes, at: Index) -> Index:
    """The three bytes at each place as a little-endian number; spaces outside the buffer."""
    one, two, three = (digits.byte_at(data, at + i).astype(np.int64) for i in range(3))
    return one | two << 8 | three << 16


def _is_one_of(word: Index, characters: str) -> Flags:
    out = np.zeros(len(word), np.bool_)
    for character in characters:
        out |= word == int.from_bytes(character.encode(), "little")
    return out


def _read(cells: Cells, at: Index) -> Spans:
    """Addresses around numbers."""
    cell = np.searchsorted(cells.starts, at, "right") - 1
    good = np.flatnonzero((cell >= 0) & (at < cells.ends[cell]))  # and not between cells
    cell, at = cell[good], at[good]
    if not len(cell):
        return Spans.empty()
    left, right = np.maximum(cells.starts[cell], at - _BEFORE), np.minimum(cells.ends[cell], at + _AFTER)
    texts = _phrases(pack(Cells(cells.data, left, right, 1)), at)
    texts = clip(texts, _beginnings(texts), texts.last)
    reading = read(texts)
    good = (reading.level == 3) & ~_is_public(texts, reading)
    rows = np.flatnonzero(good & (reading.anchored | _is_full(reading, len(cell))))
    start, end = texts.place(reading.begin)[rows], texts.place(reading.stop)[rows]
    found = reading.place.found[rows]
    checks = rules.BIT["household"] | np.where(found, rules.BIT["division"], 0)
    score = np.where(found, 0.9, 0.8)
    key = hash_words(cells.data, start, end)
    return Spans.make(cell[rows], start, end, KIND["CN_ADDRESS"], checks, score, 0, key)


def _phrases(texts: Texts, at: Index) -> Texts:
    """The texts between the signs before and after byte `at` of each."""
    sign = np.flatnonzero((texts.kind == BREAK) | ((texts.code < 0x20) & (texts.code > 0)))
    cell = texts.cell.take(sign)
    before = texts.at.take(sign) + texts.shift.take(cell) < at.take(cell)
    first, last = texts.first.copy(), texts.last.copy()
    first[cell[before]] = sign[before] + 1  # ascending: the last one stays
    last[cell[~before][::-1]] = sign[~before][::-1]  # descending: the first one stays
    return clip(texts, first, last)


def _is_full(reading: Reading, n: int) -> Flags:
    """Whether building, unit and room are all there."""
    return _has(reading, n, BUILDING) & _has(reading, n, UNIT) & _has(reading, n, ROOM)


def _has(reading: Reading, n: int, *types: int) -> Flags:
    out = np.zeros(n, np.bool_)
    out[reading.runs.cell[table(16, *types)[reading.runs.type]]] = True
    return out


def _is_public(texts: Texts, reading: Reading) -> Flags:
    """Whether an address in prose is that of a shop, an office or a sight, as most are.

    A room on a floor of no building (广场5楼506室), a shop of a mall (2号B1-203), a number in a village within
    a city (五塔寺村24号) without a town or a group.
    """
    runs, n = reading.runs, len(texts.first)
    inside = _has(reading, n, BUILDING, UNIT)
    floor = _has(reading, n, FLOOR) & ~inside
    letter = (runs.type == PART) & (texts.kind[runs.start] == LETTER)
    mall = np.zeros(n, np.bool_)
    mall[runs.cell[letter]] = True
    mall &= _has(reading, n, HOUSE)
    town = np.zeros(n, np.bool_)
    town[texts.cell[np.flatnonzero(reading.mark == TOWN)]] = True
    hamlet = _has(reading, n, HOME) & ~_has(reading, n, GROUP, ROOM, WEAK) & ~town
    return floor | (mall & ~inside) | hamlet


def _beginnings(texts: Texts) -> Index:
    """The character at which the address of each text begins: its division, else behind a verb or a few
    characters before the first road, estate or number."""
    code, begin = texts.code, texts.first.copy()
    verb = np.flatnonzero(_VERBS.take(code))
    verb = verb[~((code[verb] == ord("住")) & (code[verb + 1] == ord("宅")))]
    verb = verb[verb < _last_digit(texts)[texts.cell[verb]]]
    begin[texts.cell[verb]] = verb + 1
    mark = np.flatnonzero(IS_MARK.take(texts.kind) | (texts.kind == DIGIT))
    mark = mark[mark > begin[texts.cell[mark]]][::-1]
    first = begin.copy()
    first[texts.cell[mark]] = mark - _NAME  # descending: the first one stays
    out = np.maximum(begin, first)
    names = divisions.heads(code[: len(texts.cell)])
    names = names[names >= begin[texts.cell[names]]]
    match = divisions.match(code, names)
    levels = (match.ends >= 0).sum(axis=0)
    order = np.lexsort((names, levels))
    order = order[match.found[order]]
    out[texts.cell[names[order]]] = names[order]  # the one of most levels comes last, and stays
    return out


def _last_digit(texts: Texts) -> Index:
    out = texts.first.copy()
    digit = np.flatnonzero(texts.kind == DIGIT)
    out[texts.cell[digit]] = digit
    return out

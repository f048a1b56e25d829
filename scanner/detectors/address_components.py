"""The components of addresses that were read: from the province to the room.

>>> from scanner.detectors.address_parts import read
>>> from scanner.detectors.address_text import pack
>>> from scanner.schema import Cells
>>> texts = pack(Cells.from_strings(["云梦市翡翠区星河路12号3-2-501"], 1))
>>> starts, ends = components(texts, read(texts))
>>> dict(zip(PARTS, (ends - starts)[:, 0].tolist()))["road"], int(starts[9, 0] - texts.first[0])
(6, 16)
"""

from __future__ import annotations

import numpy as np

from scanner.detectors.address_parts import Reading
from scanner.detectors.address_runs import (
    BUILDING,
    ESTATE,
    FLOOR,
    HOME,
    HOUSE,
    LANE,
    PART,
    ROAD,
    ROOM,
    TOWN,
    UNIT,
    VILLAGE,
    WEAK,
    Runs,
    characters,
    table,
)
from scanner.detectors.address_text import BLANK, BREAK, DASH, Texts, Types
from scanner.schema import Index

_SKIPPED = table(256, BLANK, DASH, BREAK)
PARTS = ("province", "city", "county", "street", "road", "estate", "building", "unit", "floor", "room")
"""The components of an address; `street` is a town, a community or a village, `road` has its number."""

_FAR = 1 << 40


def components(texts: Texts, reading: Reading) -> tuple[Index, Index]:
    """First and last characters of the components of each text, of shape (10, n); -1 where one is absent."""
    starts, ends = np.full((len(PARTS), len(texts.first)), -1), np.full((len(PARTS), len(texts.first)), -1)
    starts[:3], ends[:3] = reading.place.starts, reading.place.ends
    _unlisted(texts, reading, starts, ends)
    inner = _numbered(reading, starts, ends)
    cursor = np.maximum(reading.begin, ends[:3].max(axis=0))
    at = np.flatnonzero(reading.mark)
    cell, kind = texts.cell[at], reading.mark[at]
    good = (at >= cursor[cell]) & (at < inner[cell])
    at, cell, kind = at[good], cell[good], kind[good]
    town = (kind == TOWN) | (kind == VILLAGE)
    ends[3, cell[town]] = at[town] + 1  # ascending: the last one stays
    cursor = _name(starts, ends, 3, cursor)
    road = (kind == ROAD) & (at >= cursor[cell])
    ends[4, cell[road]] = at[road] + 1
    run = reading.runs
    house = (
        table(16, HOUSE, LANE, HOME)[run.type]
        & (run.start >= cursor[run.cell])
        & (run.start < inner[run.cell])
    )
    ends[4, run.cell[house]] = run.end[house]
    cursor = _name(starts, ends, 4, cursor)
    estate = (kind == ESTATE) & (at >= cursor[cell])
    ends[5, cell[estate]] = at[estate] + 1
    ends[5] = np.where((inner < _FAR) & (inner > cursor + 1), inner, ends[5])
    _name(starts, ends, 5, cursor)
    starts[3:6] += _SKIPPED[texts.kind[starts[3:6]]] & (starts[3:6] >= 0)
    starts[3:, reading.level < 2] = ends[3:, reading.level < 2] = -1
    return starts, ends


def _name(starts: Index, ends: Index, part: int, cursor: Index) -> Index:
    """Let a component begin at the cursor where its end is known; the cursor behind it."""
    known = ends[part] >= 0
    starts[part, known] = cursor[known]
    return np.where(known, ends[part], cursor)


def _numbered(reading: Reading, starts: Index, ends: Index) -> Index:
    """Enter building, unit, floor and room; where the first of them begins."""
    runs, inner = reading.runs, np.full(starts.shape[1], _FAR)
    role = _roles(runs)
    for part, kind in ((6, BUILDING), (7, UNIT), (8, FLOOR), (9, ROOM)):
        row = np.flatnonzero(role == kind)
        row = (
            row[reading.level[runs.cell[row]] == 3] if kind == ROOM else row[::-1]
        )  # the last room, else the first
        starts[part, runs.cell[row]], ends[part, runs.cell[row]] = runs.start[row], runs.end[row]
        inner = np.where(starts[part] >= 0, np.minimum(inner, starts[part]), inner)
    return inner


def _roles(runs: Runs) -> Types:
    """Types of runs in which the numbers of a chain are building, unit and floor."""
    role = np.where(runs.type == WEAK, ROOM, runs.type).astype(np.uint8)
    part = np.flatnonzero(runs.type == PART)
    tail, order, head = part + 1, np.zeros(len(part), np.int64), part
    for _ in range(3):
        tail = np.where(runs.type[tail] == PART, tail + 1, tail)
        inside = (head > 0) & (runs.type[head - 1] == PART) & (runs.end[head - 1] + 1 == runs.start[head])
        order, head = order + inside, np.where(inside, head - 1, head)
    follows = (runs.type[head - 1] == BUILDING) & (runs.cell[head] == runs.cell[head - 1])
    follows &= (head > 0) & (runs.start[head] - runs.end[head - 1] < 2)
    chosen = table(16, ROOM, WEAK, UNIT)[runs.type[tail]]
    places = np.array([BUILDING, UNIT, FLOOR], np.uint8)
    role[part[chosen]] = places[np.minimum(order + follows, 2)[chosen]]
    return role


def _unlisted(texts: Texts, reading: Reading, starts: Index, ends: Index) -> None:
    """City and county of names that the table does not have (云梦市翡翠区): two to five characters each."""
    row = np.flatnonzero(~reading.place.found & (reading.level >= 2))
    at = reading.begin[row]
    for part, signs in ((1, "市"), (2, "区县旗")):
        window = np.minimum(at[:, None] + np.arange(2, 6), texts.last[row, None])
        hit = characters(signs)[texts.code[window]]
        good = hit.any(axis=1)
        stop = at + 3 + hit.argmax(axis=1)
        starts[part, row[good]], ends[part, row[good]] = at[good], stop[good]
        row, at = row[good], stop[good]

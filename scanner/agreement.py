"""Do the fields of a row agree? An ID number against sex and birth date, its region and the phone against the place.

Agreement is evidence that rows are about real people and belong together; made-up or shuffled data disagrees.
Four pairs are looked at, in rows that have both sides:

sex     last digit of the ID's sequence (odd is male) against a column of sexes
birth   date inside the ID against a date of birth
region  province of the ID against the province of an address (many have moved: an agreement says more)
place   city where the phone's block was issued against the city of the address

Rows whose sex or birth date agrees get the check "agrees" on their ID.

>>> ids = np.array([11010519491231002, 11010519491231003], np.uint64)
>>> is_male(ids).tolist(), birth(ids).tolist(), region(ids).tolist()
([False, True], [19491231, 19491231], [110105, 110105])
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from scanner import rules, tables
from scanner.columns import is_sex
from scanner.detectors import address
from scanner.distinct import is_one_of
from scanner.profile import Profile
from scanner.schema import IDENTITY, KIND, NOT_REAL, Cells, Flags, Index, Spans
from scanner.text import trimmed

PAIRS = ("sex", "birth", "region", "place")
"""Rows of a count of agreements, shape (4, 2): (agree, differ)."""

SAMPLE = 2000
"""Rows of the first batch of a table whose places are compared: evidence, not a count of people."""

RESIDENT, PERMIT = IDENTITY[:2]
MOBILE, ADDRESS, BIRTH = (KIND[name] for name in ("CN_MOBILE_NUMBER", "CN_ADDRESS", "BIRTH_DATE"))
_MALE = tuple(int.from_bytes(word.encode(), "big") for word in ("男", "男性", "m", "male", "先生"))
_FEMALE = tuple(int.from_bytes(word.encode(), "big") for word in ("女", "女性", "f", "female", "女士"))

Keys = NDArray[np.uint64]


def _is_old(keys: Keys) -> Flags:
    """Keys of IDs of 15 digits."""
    return np.asarray(keys < np.uint64(10**15))


def is_male(keys: Keys) -> Flags:
    """Sex that the sequence number of an ID key tells."""
    return np.asarray(keys % np.uint64(2) == 1)


def birth(keys: Keys) -> Index:
    """Date inside an ID key, such as 19491231."""
    old = _is_old(keys)
    date = (keys // np.uint64(1000)).astype(np.int64)
    return np.where(old, 19_000_000 + date % 10**6, date % 10**8)


def region(keys: Keys) -> Index:
    """Six-digit region code inside an ID key."""
    return np.where(_is_old(keys), keys // np.uint64(10**9), keys // np.uint64(10**11)).astype(np.int64)


def compare(cells: Cells, spans: Spans, judged: Profile, first: bool) -> tuple[Spans, NDArray[np.int64]]:
    """The spans, with "agrees" where it does, and how often each pair agrees and differs, shape (4, 2).

    `first` says that the table begins with these cells: places are compared there only.
    """
    counts = np.zeros((len(PAIRS), 2), np.int64)
    if judged.lines or not len(spans):
        return spans, counts
    if first:
        _places(cells, spans, judged, counts)
    sex = next((i for i, c in enumerate(judged.columns[: cells.width]) if is_sex(c.name)), None)
    dates = spans.take(spans.kind == BIRTH)
    if sex is None and not len(dates):
        return spans, counts
    ids = _ids(cells, spans)
    good, bad = np.zeros(len(ids), np.bool_), np.zeros(len(ids), np.bool_)
    sides = [_sex(cells, spans, ids, sex)] if sex is not None else []
    for pair, (known, agrees) in enumerate([*sides, _birth(cells, spans, ids, dates)], 1 - len(sides)):
        counts[pair] = (known & agrees).sum(), (known & ~agrees).sum()
        good |= known & agrees
        bad |= known & ~agrees
    good &= ~bad
    if good.any():
        checks = spans.checks.copy()
        checks[ids[good]] |= np.uint32(rules.BIT["agrees"])
        spans = replace(spans, checks=checks)
    return spans, counts


def _ids(cells: Cells, spans: Spans) -> Index:
    """The first real ID number of each row that has one."""
    real = (spans.flags & NOT_REAL) == 0
    ids = np.flatnonzero(real & ((spans.kind == RESIDENT) | (spans.kind == PERMIT)))
    return ids[np.unique(spans.cell[ids] // cells.width, return_index=True)[1]] if len(ids) else ids


def _sex(cells: Cells, spans: Spans, ids: Index, column: int) -> tuple[Flags, Flags]:
    """For each ID: whether its row tells a sex, and whether the two agree."""
    cell = spans.cell[ids] // cells.width * cells.width + column
    start, end = trimmed(cells.data, cells.starts[cell], cells.ends[cell])
    word = np.zeros(len(ids), np.int64)
    for i in range(6):
        inside = start + i < end
        byte = cells.data[np.minimum(start + i, len(cells.data) - 1)].astype(np.int64)
        byte |= np.where((byte >= 0x41) & (byte <= 0x5A), 0x20, 0)
        word = np.where(inside, word << 8 | byte, word)
    fits = end - start <= 6
    male, female = fits & is_one_of(word, _MALE), fits & is_one_of(word, _FEMALE)
    return male | female, male == is_male(spans.key[ids])


def _birth(cells: Cells, spans: Spans, ids: Index, dates: Spans) -> tuple[Flags, Flags]:
    """For each ID: whether its row tells a birth date, and whether the two agree."""
    if not len(dates):
        return np.zeros(len(ids), np.bool_), np.zeros(len(ids), np.bool_)
    order = np.argsort(dates.cell, kind="stable")
    rows = dates.cell[order] // cells.width
    mine = spans.cell[ids] // cells.width
    at = np.minimum(np.searchsorted(rows, mine), len(rows) - 1)
    return rows[at] == mine, dates.key[order[at]].astype(np.int64) == birth(spans.key[ids])


def _places(cells: Cells, spans: Spans, judged: Profile, counts: NDArray[np.int64]) -> None:
    """Count how regions of IDs and places of phones agree with the first column of addresses."""
    column = next((i for i, c in enumerate(judged.columns[: cells.width]) if c.entity == ADDRESS), None)
    if column is None:
        return
    part = cells.take_rows(0, min(cells.rows, SAMPLE))
    near = spans.take(slice(0, int(np.searchsorted(spans.start, part.ends[-1]))))
    one = part.column(column)
    code = address.division_of(one, one.starts, one.ends).astype(np.int64)
    ids = _ids(part, near)
    _count(counts[2], region(near.key[ids]) // 10_000, code[near.cell[ids] // cells.width] // 10_000)
    phones = near.take((near.kind == MOBILE) & ((near.flags & NOT_REAL) == 0))
    issued = tables.phone_place((phones.key // np.uint64(10_000)).astype(np.int64)).astype(np.int64)
    home = code[phones.cell // cells.width]
    wide = (issued % 10_000 == 0) | (home % 10_000 == 0)  # a municipality, or only the province is known
    step = np.where(wide, 10_000, 100)
    _count(counts[3], issued // step, home // step)


def _count(pair: NDArray[np.int64], one: Index, two: Index) -> None:
    """Add to (agree, differ) where both codes are known."""
    known = (one > 0) & (two > 0)
    pair += ((known & (one == two)).sum(), (known & (one != two)).sum())

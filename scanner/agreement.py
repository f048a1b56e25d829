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
from scanner.profile import Profile
from scanner.schema import IDENTITY, KIND, NOT_REAL, Cells, Flags, Index, Spans
from scanner.text import trimmed

PAIRS = ("sex", "birth", "region", "place")
"""Rows of a count of agreements, shape (4, 2): (agree, differ)."""

SAMPLE = 2000
"""Rows of a batch whose places are compared: evidence, not a count of people."""

RESIDENT, PERMIT = IDENTITY[:2]
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


def compare(cells: Cells, spans: Spans, judged: Profile) -> tuple[Spans, NDArray[np.int64]]:
    """The spans, with "agrees" where it does, and how often each pair agrees and differs, shape (4, 2)."""
    counts = np.zeros((len(PAIRS), 2), np.int64)
    if judged.lines or not len(spans):
        return spans, counts
    real = (spans.flags & NOT_REAL) == 0
    rows = spans.cell // cells.width
    ids = np.flatnonzero(real & ((spans.kind == RESIDENT) | (spans.kind == PERMIT)))
    ids = ids[np.unique(rows[ids], return_index=True)[1]] if len(ids) else ids
    good = np.zeros(len(ids), np.bool_)
    for pair, answer in enumerate((_sex(cells, spans, ids, judged), _birth(spans, ids, rows))):
        if answer is not None:
            known, agrees = answer
            counts[pair] = (known & agrees).sum(), (known & ~agrees).sum()
            good |= known & agrees
    _places(cells, spans, real, ids, judged, counts)
    if good.any():
        checks = spans.checks.copy()
        checks[ids[good]] |= np.uint32(rules.BIT["agrees"])
        spans = replace(spans, checks=checks)
    return spans, counts


def _sex(cells: Cells, spans: Spans, ids: Index, judged: Profile) -> tuple[Flags, Flags] | None:
    """For each ID: whether its row tells a sex, and whether the two agree."""
    column = next((i for i, c in enumerate(judged.columns[: cells.width]) if is_sex(c.name)), None)
    if column is None or not len(ids):
        return None
    cell = spans.cell[ids] // cells.width * cells.width + column
    start, end = trimmed(cells.data, cells.starts[cell], cells.ends[cell])
    word = np.zeros(len(ids), np.int64)
    for i in range(6):
        inside = start + i < end
        byte = cells.data[np.minimum(start + i, len(cells.data) - 1)].astype(np.int64)
        byte |= np.where((byte >= 0x41) & (byte <= 0x5A), 0x20, 0)
        word = np.where(inside, word << 8 | byte, word)
    fits = end - start <= 6
    male, female = fits & np.isin(word, _MALE), fits & np.isin(word, _FEMALE)
    return male | female, male == is_male(spans.key[ids])


def _birth(spans: Spans, ids: Index, rows: Index) -> tuple[Flags, Flags] | None:
    """For each ID: whether its row tells a birth date, and whether the two agree."""
    dates = np.flatnonzero(spans.kind == KIND["BIRTH_DATE"])
    if not len(dates) or not len(ids):
        return None
    order = np.sort(rows[dates])
    at = np.minimum(np.searchsorted(order, rows[ids]), len(order) - 1)
    by_row = dates[np.argsort(rows[dates], kind="stable")]
    known = order[at] == rows[ids]
    return known, spans.key[by_row[at]].astype(np.int64) == birth(spans.key[ids])


def _places(
    cells: Cells, spans: Spans, real: Flags, ids: Index, judged: Profile, counts: NDArray[np.int64]
) -> None:
    """Count how regions of IDs and places of phones agree with the first column of addresses."""
    kind = KIND["CN_ADDRESS"]
    column = next((i for i, c in enumerate(judged.columns[: cells.width]) if c.entity == kind), None)
    if column is None:
        return
    part = cells.take_rows(0, min(cells.rows, SAMPLE)).column(column)
    code = address.division_of(part, part.starts, part.ends).astype(np.int64)
    rows = spans.cell // cells.width
    mine = ids[rows[ids] < len(code)]
    _count(counts[2], region(spans.key[mine]) // 10_000, code[rows[mine]] // 10_000)
    phones = np.flatnonzero(real & (spans.kind == KIND["CN_MOBILE_NUMBER"]) & (rows < len(code)))
    issued = tables.phone_place((spans.key[phones] // np.uint64(10_000)).astype(np.int64)).astype(np.int64)
    home = code[rows[phones]]
    wide = (issued % 10_000 == 0) | (home % 10_000 == 0)  # a municipality, or only the province is known
    step = np.where(wide, 10_000, 100)
    _count(counts[3], issued // step, home // step)


def _count(pair: NDArray[np.int64], one: Index, two: Index) -> None:
    """Add to (agree, differ) where both codes are known."""
    known = (one > 0) & (two > 0)
    pair += ((known & (one == two)).sum(), (known & (one != two)).sum())

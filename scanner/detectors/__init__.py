"""Detectors: `detect(cells) -> Spans`, one module each. This file runs them all over one table.

Three ways lead to a value: its own form (`FINDERS`), a keyword before it (`context`), and its
column (`in_columns`, for the columns that the profile has judged).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from scanner import keywords, labels, rules
from scanner.detectors import (
    address,
    context,
    email,
    hashed,
    landlines,
    logins,
    masked,
    names,
    network,
    numbers,
    organizations,
    pattern,
    spoiled,
)  # fmt: skip
from scanner.digits import Planes, byte_at
from scanner.distinct import unique
from scanner.keywords import Hits
from scanner.profile import SAMPLE, Profile, profile
from scanner.schema import KIND, WEAK, Batch, Cells, Flags, Index, Spans
from scanner.text import is_written, needs_normalising, normalise, stripped

REACH = 36
"""Bytes before a doubtful value in which a keyword speaks for it: about twelve Han characters."""


@dataclass(frozen=True, slots=True)
class View:
    """Folded cells, with what several detectors ask of them."""

    cells: Cells
    planes: Planes
    hits: Hits
    today: int


FINDERS: dict[str, Callable[[View], Spans]] = {
    "numbers": lambda v: numbers.detect(v.cells, v.today, v.planes),
    "landlines": lambda v: landlines.detect(v.cells, v.planes),
    "e-mail": lambda v: email.detect(v.cells),
    "masked": lambda v: masked.detect(v.cells, v.hits),
    "spoiled": lambda v: spoiled.detect(v.cells, v.planes),
    "network": lambda v: network.detect(v.cells, v.planes, v.hits),
    "patterns": lambda v: pattern.search(v.cells, v.hits, v.planes),
    "keywords": lambda v: context.after_keywords(v.cells, v.hits, v.today),
}
"""Detectors of values that their own form or a keyword gives away, by the name that benchmarks show."""


def view(cells: Cells, today: int) -> View:
    """Cells made ready for the finders."""
    return View(cells, Planes(cells.data), keywords.scan(cells.data), today)


def find(cells: Cells, judged: Profile | None = None, today: int | None = None) -> Spans:
    """Everything that is found in a table, or in texts where `judged` is None.

    Doubtful spans carry WEAK and await `resolve`. `today` is a number such as 20261124, by default the day it
    is. Look-alike characters are folded first; places are given in `cells.data` as it is.
    """
    today = today or int(date.today().strftime("%Y%m%d"))
    plain, back = (cells, None) if not needs_normalising(cells.data) else normalise(cells)
    plain = stripped(plain)
    seen = view(plain, today)
    found = [*by_form(seen), *_in_text(plain, judged)]
    if judged is not None and not judged.lines:
        found.append(in_columns(plain, judged, today))
    spans = announced(plain, Spans.concat([part for part in found if len(part)]), seen.hits)
    return spans if back is None else _moved_back(cells, spans, back)


def by_form(seen: View) -> list[Spans]:
    """What its own form or a keyword gives away, by detector."""
    return [spans for spans in (find(seen) for find in FINDERS.values()) if len(spans)]


def _in_text(cells: Cells, judged: Profile | None) -> Iterator[Spans]:
    """Addresses in running text: in lines, and in the columns that hold nothing else."""
    if judged is None or judged.lines:
        yield address.search(cells)
        return
    open_ = [i for i, column in enumerate(judged.columns[: cells.width]) if column.entity is None]
    if open_:
        yield address.search(cells, open_)


def _moved_back(cells: Cells, spans: Spans, back: Index) -> Spans:
    """Places in the folded buffer as places in the cells; written digits are told and trusted less."""
    start, last = back[spans.start], back[spans.end - 1]
    lead = byte_at(cells.data, last)
    end = last + np.where(lead >= 0xE0, 3, np.where(lead >= 0xC2, 2, 1))
    written = is_written(cells.data, start)
    checks = spans.checks | np.where(written, np.uint32(rules.BIT["written"]), np.uint32(0))
    score = np.where(written, np.minimum(spans.score, np.float32(0.6)), spans.score)
    return replace(spans, start=start, end=end, checks=checks, score=score)


def _renamed(cells: Cells, spans: Spans) -> tuple[Spans, Flags]:
    """The spans, doubtful where a label names them otherwise, and which these are."""
    other = labels.are_named_otherwise(cells, spans)
    if not other.any():
        return spans, other
    return replace(spans, flags=np.where(other, spans.flags | np.uint8(WEAK), spans.flags)), other


def announced(cells: Cells, spans: Spans, hits: Hits) -> Spans:
    """Doubtful spans with the bit "keyword" where a keyword of theirs stands shortly before, in the same cell.

    Where a value fills its cell, the cell to its left may hold the keyword, as in a form.
    """
    spans, other = _renamed(cells, spans)
    weak = np.flatnonzero(((spans.flags & WEAK) != 0) & ~other & (spans.kind != KIND["GEO_COORDINATE"]))
    words = hits.keywords()
    if not len(weak) or not len(words.start):
        return spans
    checks = spans.checks.copy()
    for kind in unique(spans.kind[weak]).tolist():
        ends = np.sort(words.end[words.kind == kind])
        at = weak[spans.kind[weak] == kind]
        if len(ends):
            checks[at[_is_near(cells, spans.take(at), ends)]] |= np.uint32(rules.BIT["keyword"])
    return replace(spans, checks=checks)


def _is_near(cells: Cells, spans: Spans, ends: Index) -> Flags:
    """Whether one of the ascending `ends` lies shortly before each span, in its cell or alone in the one before."""
    first = cells.starts[spans.cell]
    left = (spans.start == first) & (spans.cell % cells.width != 0)
    last = cells.ends[np.maximum(spans.cell - 1, 0)]
    limit = np.where(left, last, spans.start)
    floor = np.where(left, cells.starts[np.maximum(spans.cell - 1, 0)], first)
    place = np.searchsorted(ends, limit, "right") - 1
    nearest = np.where(place >= 0, ends[np.maximum(place, 0)], -1)
    return np.asarray((nearest > floor) & (limit - nearest <= REACH))


def judge(batch: Batch, today: int | None = None) -> Profile:
    """The profile of the table that `batch` begins."""
    today = today or int(date.today().strftime("%Y%m%d"))
    sample = batch.cells.take_rows(0, min(batch.cells.rows, SAMPLE))
    if needs_normalising(sample.data):
        sample, _ = normalise(sample)
    sample = stripped(sample)
    shares = np.zeros((len(KIND), sample.width))
    if not batch.lines:
        shares[KIND["PERSON"]] = names.shares(sample)
        shares[KIND["CN_ADDRESS"]] = address.shares(sample)
        shares[KIND["ORGANIZATION"]] = organizations.shares(sample)
        for kind, share in context.shares(sample).items():
            shares[kind] = share
        if not batch.columns:
            shares[KIND["CREDENTIAL"]] = logins.shares(sample)
    seen = view(sample, today)
    found = announced(sample, Spans.concat(by_form(seen)), seen.hits)
    return profile(replace(batch, cells=sample), found, shares, hashed.shares(sample))


def in_columns(cells: Cells, judged: Profile, today: int) -> Spans:
    """Values that their columns give away: names, addresses, organisations, hashes, and types in context."""
    columns = [(i, c) for i, c in enumerate(judged.columns[: cells.width])]
    parts = []
    for kind, detect in (
        (KIND["PERSON"], names.detect), (KIND["CN_ADDRESS"], address.detect), (KIND["ORGANIZATION"], organizations.detect),
    ):  # fmt: skip
        mine = [(i, c.headed) for i, c in columns if c.entity == kind]
        if mine:
            parts.append(detect(cells, [i for i, _ in mine], [headed for _, headed in mine]))
    parts.append(masked.names(cells, judged.name_columns))
    parts.append(
        hashed.detect(cells, [(i, c.entity) for i, c in columns if c.hashed and c.entity is not None])
    )
    wanted = [(i, kind, c.headed) for i, c in columns if not c.hashed for kind in sorted(c.tried)]
    parts.append(context.in_columns(cells, wanted, today))
    return Spans.concat([part for part in parts if len(part)])

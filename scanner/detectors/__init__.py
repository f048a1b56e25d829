"""Detectors: `detect(cells) -> Spans`, one module each. This file runs them all over one table."""

from __future__ import annotations

from scanner.detectors import email, masked, names, numbers, pattern
from scanner.profile import SAMPLE, Profile, profile
from scanner.schema import Batch, Cells, Spans
from scanner.text import needs_normalising, normalise


def find(cells: Cells, today: int | None = None) -> Spans:
    """Everything that its own form gives away; doubtful spans carry WEAK and await `resolve`.

    `today` is a number such as 20261124, for the dates in IDs. Look-alike characters are folded first,
    and places are given in `cells.data` as it is.
    """
    if not needs_normalising(cells.data):
        return _find(cells, today)
    plain, back = normalise(cells)
    spans = _find(plain, today)
    return Spans.make(
        spans.cell,
        back[spans.start],
        back[spans.end],
        spans.kind,
        spans.checks,
        spans.score,
        spans.flags,
        spans.key,
    )


def _find(cells: Cells, today: int | None) -> Spans:
    found = [numbers.detect(cells, today), email.detect(cells), masked.detect(cells), pattern.detect(cells)]
    return Spans.concat([spans for spans in found if len(spans)])


def judge(batch: Batch, today: int | None = None) -> Profile:
    """The profile of the table that `batch` begins."""
    sample = batch.cells.take_rows(0, min(batch.cells.rows, SAMPLE))
    return profile(batch, find(sample, today), list(names.shares(sample)))


def find_names(cells: Cells, judged: Profile) -> Spans:
    """Names, plain and masked, in the columns that hold them."""
    columns = judged.name_columns
    if not columns:
        return Spans.empty()
    headed = [judged.columns[i].headed for i in columns]
    return Spans.concat([names.detect(cells, columns, headed), masked.names(cells, columns)])

"""What the sampled rows of a table say about its columns: counts by kind, and blocks that nobody's phones make.

>>> from scanner.schema import Cells, Spans
>>> Votes(Cells.from_strings(["a", ""], 2), Spans.empty()).filled.tolist()
[1, 0]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from scanner import checks
from scanner.distinct import unique
from scanner.schema import KIND, WEAK, Cells, Spans
from scanner.text import is_whole

MOBILE, RESIDENT, CARD, LANDLINE = (
    KIND[name] for name in ("CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD", "CN_LANDLINE_NUMBER")
)

MANY = 20
"""Cells from which a share says more than a few do."""

LEAST_REGISTERED = 3
"""Old IDs that pass the check of business numbers before the column is one of these: chance 1 in 1,000."""

LEAST_BLOCK = 10
"""Values that must follow each other before they are a made-up block."""

MOST_STEP = 10
"""Distance between the neighbours in such a block."""

# The prefixes of Faker's zh_CN provider, which has neither the newer codes nor any habit of a real market.
_FAKER = (
    134, 135, 136, 137, 138, 139, 147, 150, 151, 152, 157, 158, 159, 182, 187, 188, 130, 131, 132, 145,
    155, 156, 185, 186, 133, 153, 180, 181, 189,
)  # fmt: skip
LEAST_FAKER = 200
"""Phones that are needed to tell an even spread of prefixes from a real one."""


class Votes:
    """Counts over the sampled cells, each of shape (width,) or (width, kinds).

    `all` counts spans, `strong` those that are not doubtful, `whole` the strong and `weak_whole` the doubtful
    ones that fill their cell; `generated` says which kinds are made-up blocks.
    """

    def __init__(self, cells: Cells, spans: Spans) -> None:
        width = cells.width
        lengths = cells.lengths().reshape(-1, width)
        self.filled = (lengths > 0).sum(axis=0)
        self.all, self.strong, self.whole, self.weak_whole = (
            np.zeros((width, len(KIND)), np.int64) for _ in range(4)
        )
        column = spans.cell % width
        weak = (spans.flags & WEAK) != 0
        fits = is_whole(cells, spans.cell, spans.start, spans.end)
        for counts, pick in (
            (self.all, slice(None)), (self.strong, ~weak), (self.whole, fits & ~weak), (self.weak_whole, fits & weak),
        ):  # fmt: skip
            np.add.at(counts, (column[pick], spans.kind[pick]), 1)
        digit = np.concatenate(([0], np.cumsum((cells.data >= 0x30) & (cells.data <= 0x39), dtype=np.int64)))
        numeric = (digit[cells.ends] - digit[cells.starts] >= cells.lengths() - 1).reshape(-1, width)
        zero = (cells.data[np.minimum(cells.starts, max(len(cells.data) - 1, 0))] == 0x30).reshape(-1, width)
        self.ten = (numeric & (lengths == 10) & ~zero).sum(axis=0)
        self.eleven = (numeric & (lengths == 11) & ~zero).sum(axis=0)
        self.eighteen = (numeric & (lengths == 18)).sum(axis=0)
        self.card_like = (numeric & (lengths >= 15) & (lengths <= 19)).sum(axis=0)
        self.generated = self._generated(spans, column, fits)
        self.registered = self._registered(cells, spans, column, fits)

    def by_length(self, column: int) -> Iterator[tuple[int, int, int, float]]:
        """(kind, cells of its length, those that fit, the share of fitting ones from which they are no chance).

        Of random numbers of eleven digits that begin with 1, 71 % look like phones, so where many are there it
        must be more than that. A rounded ID fits too: of random numbers hardly one has its region and date.
        """
        eleven, whole = int(self.eleven[column]), self.whole[column]
        yield MOBILE, eleven, int(whole[MOBILE]), 0.8 if eleven >= MANY else 0.5
        ids = int(whole[RESIDENT] + self.weak_whole[column, RESIDENT])
        yield RESIDENT, int(self.eighteen[column]), ids, 0.3
        yield CARD, int(self.card_like[column]), int(whole[CARD]), 0.5
        yield LANDLINE, int(self.ten[column]), int(whole[LANDLINE]), 0.5

    def share(self, column: int, kind: int) -> float:
        """Spans of a kind as a part of the filled cells."""
        return float(self.all[column, kind]) / max(int(self.filled[column]), 1)

    def _registered(
        self, cells: Cells, spans: Spans, column: NDArray[np.int64], fits: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        """Columns whose old IDs of 15 digits are business numbers: all pass its check, which one ID in ten does."""
        pick = np.flatnonzero(fits & (spans.kind == RESIDENT) & (spans.end - spans.start == 15))
        figures = cells.data[spans.start[pick, None] + np.arange(15)] - np.uint8(48)
        passed = checks.old_business_number(figures)
        some, good = (np.bincount(column[at], minlength=len(self.filled)) for at in (pick, pick[passed]))
        return np.asarray((good >= LEAST_REGISTERED) & (good >= 0.9 * some))

    def _generated(
        self, spans: Spans, column: NDArray[np.int64], fits: NDArray[np.bool_]
    ) -> NDArray[np.bool_]:
        out = np.zeros((len(self.filled), len(KIND)), np.bool_)
        for i in unique(column[fits]).tolist():
            for kind in unique(spans.kind[fits & (column == i)]).tolist():
                keys = spans.key[fits & (column == i) & (spans.kind == kind)]
                out[i, kind] = is_block(keys) or (kind == MOBILE and is_faker(keys))
        return out


def is_block(keys: NDArray[np.uint64]) -> bool:
    """Whether values, in their order, count up or down in one small step nearly all the time.

    >>> is_block(np.arange(19783370000, 19783370020, dtype=np.uint64))
    True
    """
    if len(keys) < LEAST_BLOCK:
        return False
    step = np.diff(keys.astype(np.int64))
    usual = int(np.median(step))
    return 1 <= abs(usual) <= MOST_STEP and float((step == usual).mean()) >= 0.9


def is_faker(keys: NDArray[np.uint64]) -> bool:
    """Whether phones use the prefixes of a well-known generator, all of them, and evenly.

    Real lists lean on the codes of one city and market. The test is chi-square on 28 degrees of freedom,
    whose mean is 28 for an even spread; real lists of this size reach hundreds.
    """
    if len(keys) < LEAST_FAKER:
        return False
    prefix = (keys // np.uint64(10**8)).astype(np.int64)
    count = np.array([(prefix == one).sum() for one in _FAKER], np.float64)
    weight = np.array([2.0 if one == 145 else 1.0 for one in _FAKER])
    expected = len(keys) * weight / weight.sum()
    return bool(count.sum() == len(keys) and ((count - expected) ** 2 / expected).sum() < 70)

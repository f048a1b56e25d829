"""What the sampled rows of a table say about its columns: counts by kind, and blocks that nobody's phones make.

>>> from scanner.schema import Cells, Spans
>>> Votes(Cells.from_strings(["a", "", "N/A"], 3), Spans.empty()).filled.tolist()
[1, 0, 0]
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from scanner import checks, rules
from scanner.distinct import is_in, unique
from scanner.schema import KIND, WEAK, Cells, Flags, Index, Spans
from scanner.text import hash_spans, is_whole, trimmed

MOBILE, RESIDENT, CARD, LANDLINE, COMPANY, FOREIGN = (
    KIND[name] for name in (
        "CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD", "CN_LANDLINE_NUMBER", "CN_USCC",
        "CN_FOREIGN_PERMANENT_RESIDENT_ID",
    )
)  # fmt: skip

MANY = 20
"""Cells from which a share says more than a few do."""

LEAST_REGISTERED = 3
"""Old IDs that pass the check of business numbers before the column is one of these: chance 1 in 1,000."""

LEAST_LIKE = 10
"""Cells of one length that must be there before a low share of valid ones speaks of chance."""

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

_NOTHING = (
    "-", "--", "—", "——", "/", "\\", "\\n", "无", "暂无", "未知", "未填", "空", "n/a", "na", "null", "none", "nan",
)  # fmt: skip
"""What exports and people write, in either case, where a cell is to stay empty."""

_DOUBTFUL = {RESIDENT: (5, 0.6), FOREIGN: (5, 0.6), LANDLINE: (5, 0.9), CARD: (10, 0.9)}
"""Cells, and the share of the filled ones, from which doubtful values vouch for each other."""


class Votes:
    """Counts over the sampled cells, each of shape (width,) or (width, kinds).

    `filled` counts cells that hold something (no "-", 无 or NULL), and `fewer` is how many times more are not
    empty. `all` counts spans, `strong` those that are not doubtful, `whole` the strong and `weak_whole` the
    doubtful ones that fill their cell (of cards those with a right check digit, for a legacy issuer alone is
    no evidence); `generated` says which kinds are made-up blocks.
    """

    def __init__(self, cells: Cells, spans: Spans) -> None:
        width = cells.width
        start, end = trimmed(cells.data, cells.starts, cells.ends)
        lengths = (end - start).reshape(-1, width)
        self.filled = (~_is_nothing(cells, start, end)).reshape(-1, width).sum(axis=0)
        self.fewer = (cells.lengths().reshape(-1, width) > 0).sum(axis=0) / np.maximum(self.filled, 1)
        self.all, self.strong, self.whole, self.weak_whole = (
            np.zeros((width, len(KIND)), np.int64) for _ in range(4)
        )
        column = spans.cell % width
        weak = (spans.flags & WEAK) != 0
        fits = is_whole(cells, spans.cell, spans.start, spans.end)
        right = (spans.kind != CARD) | ((spans.checks & np.uint32(rules.BIT["luhn"])) != 0)
        for counts, pick in (
            (self.all, slice(None)), (self.strong, ~weak),
            (self.whole, fits & ~weak), (self.weak_whole, fits & weak & right),
        ):  # fmt: skip
            np.add.at(counts, (column[pick], spans.kind[pick]), 1)
        digit = np.concatenate(([0], np.cumsum((cells.data >= 0x30) & (cells.data <= 0x39), dtype=np.int64)))
        numeric = (digit[end] - digit[start] >= end - start - 1).reshape(-1, width)
        zero = (cells.data[np.minimum(start, max(len(cells.data) - 1, 0))] == 0x30).reshape(-1, width)
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
        IDs and credit codes, both of 18 signs, may share a column: neither counts against the other.
        """
        eleven, whole = int(self.eleven[column]), self.whole[column]
        yield MOBILE, eleven, int(whole[MOBILE]), 0.8 if eleven >= MANY else 0.5
        ids = int(whole[RESIDENT] + self.weak_whole[column, RESIDENT])
        codes, eighteen = int(whole[COMPANY]), int(self.eighteen[column])
        yield RESIDENT, max(eighteen - codes, ids), ids, 0.3
        yield COMPANY, max(eighteen - ids, codes), codes, 0.3
        yield CARD, int(self.card_like[column]), int(whole[CARD] + self.weak_whole[column, CARD]), 0.5
        yield LANDLINE, int(self.ten[column]), int(whole[LANDLINE]), 0.5

    def vouched(self, column: int) -> frozenset[int]:
        """Kinds whose doubtful values the other values of the column vouch for.

        A random number of 15 digits looks like an ID in 2 of 10,000 cases, one of 18 like a foreigner's in 5 of
        a million, and one of 16 or 19 passes Luhn in 1 of 10. Sure values stand among the doubtful ones, for a
        rounded ID passes its check in 1 of 11 cases.
        """
        out, filled = set(), max(int(self.filled[column]), 1)
        for kind in (MOBILE, RESIDENT, CARD, LANDLINE):
            sure = self.strong[column, kind]
            if (sure >= 3 and sure >= 0.3 * filled) or (kind == RESIDENT and sure >= 2):
                out.add(kind)
        for kind, (few, least) in _DOUBTFUL.items():
            doubtful = self.weak_whole[column, kind]
            if doubtful and doubtful + self.whole[column, kind] >= max(few, least * filled):
                out.add(kind)
        return frozenset(out)

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


def _is_nothing(cells: Cells, start: Index, end: Index) -> Flags:
    """Cells that are empty or say that nothing is there; `start` and `end` are their trimmed places."""
    out: Flags = start == end
    short = np.flatnonzero(~out & (end - start <= 6))
    if len(short):
        nothing = Cells.from_strings(_NOTHING, 1)
        ordered = unique(hash_spans(nothing.data, nothing.starts, nothing.ends, lower=True))
        out[short] = is_in(hash_spans(cells.data, start[short], end[short], lower=True), ordered)
    return out


def is_block(keys: NDArray[np.uint64]) -> bool:
    """Whether values, in their order, count up or down in one small step nearly all the time.

    A value that is missing or was taken out makes the step a small multiple.

    >>> is_block(np.arange(19783370000, 19783370020, dtype=np.uint64))
    True
    """
    if len(keys) < LEAST_BLOCK:
        return False
    step = np.diff(keys.astype(np.int64))
    usual = int(np.median(step))
    if not 1 <= abs(usual) <= MOST_STEP:
        return False
    times, rest = np.divmod(step, usual)
    return float(((rest == 0) & (times >= 1) & (times <= MOST_STEP)).mean()) >= 0.9


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

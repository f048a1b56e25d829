"""From the rows of a sheet to batches: titles, header, repeated headers, tables one above the other.

Shared by every reader whose rows come as Python lists of texts. Rows are looked at one by one only at
the top of a table and where a row could be another header; otherwise a whole block becomes cells at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

import numpy as np

from scanner.readers import headers
from scanner.schema import Batch, Cells, Note

BLOCK = 8192
LOOK = 200

Row = Sequence[str]


def batches(table: str, rows: Iterable[Row], first_row: int = 1) -> Iterator[Batch | Note]:
    """Batches of a sheet whose first row has the number `first_row`.

    A second header further down begins a table named `table#2`; a repetition of the header is left out
    and counted in a note.
    """
    state = _Sheet(table)
    stream = iter(rows)
    at = first_row
    while block := list(islice(stream, BLOCK)):
        yield from state.take(block, at)
        at += len(block)
    if state.repeated:
        yield Note("repeated_header", "", {"table": table, "count": state.repeated})


class _Sheet:
    """Where a sheet stands: the current table, its header, and how many tables there were."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._tables = 0
        self._columns: tuple[str, ...] | None = None
        self._header_row: int | None = None
        self._key: Row = ()
        self.repeated = 0

    def take(self, block: list[Row], at: int) -> Iterator[Batch]:
        """The batches of some rows, the first of which has the number `at`."""
        start = 0
        if not self._tables:
            start = yield from self._begin(block, 0, at)
        for index in self._suspects(block, start):
            if index < start:
                continue
            row = [c.strip() for c in block[index]]
            if self._is_repeat(row):
                yield from self._emit(block, start, index, at)
                self.repeated += 1
                start = index + 1
            elif self._is_header(row):
                yield from self._emit(block, start, index, at)
                start = yield from self._begin(block, index, at)
        yield from self._emit(block, start, len(block), at)

    def _begin(self, block: list[Row], start: int, at: int) -> Iterator[Batch]:  # type: ignore[misc]
        """Find the header from `start` on; returns where the data begin."""
        found = headers.find_header(block[start : start + LOOK])
        self._tables += 1
        if found is None:
            return start
        if found:
            yield from self._emit(block, start, start + found, at, titles=True)
        row = block[start + found]
        self._columns = tuple(c.strip() for c in row)
        self._key = [c.strip() for c in row]
        self._header_row = at + start + found
        return start + found + 1

    def _suspects(self, block: list[Row], start: int) -> list[int]:
        """Rows that might be headers: the second filled cell and the first hold no digit."""
        return [
            i for i in range(start, len(block))
            if _is_wordy(block[i])
        ]  # fmt: skip

    def _is_repeat(self, row: list[str]) -> bool:
        return self._columns is not None and _stripped(row) == _stripped(self._key)

    def _is_header(self, row: list[str]) -> bool:
        filled = [c for c in row if c]
        if len(filled) < 2 or len(set(filled)) < len(filled):
            return False
        known = sum(map(headers.is_known, filled))
        return known >= 2 and known >= 0.6 * len(filled)

    def _emit(self, block: list[Row], start: int, stop: int, at: int, titles: bool = False) -> Iterator[Batch]:
        kept = [i for i in range(start, stop) if any(block[i])]
        if not kept:
            return
        rows = block[start:stop] if len(kept) == stop - start else [block[i] for i in kept]
        width = max(map(len, rows))
        if min(map(len, rows)) < width:
            rows = [[*row, *[""] * (width - len(row))] for row in rows]
        cells = Cells.from_strings(chain.from_iterable(rows), width)
        name = self._name if self._tables <= 1 else f"{self._name}#{self._tables}"
        numbers = None if len(kept) == stop - start else np.array(kept, np.int64) + at
        columns = None if titles else self._columns
        yield Batch(name, cells, columns, at + start, numbers, None if titles else self._header_row, titles)


def _stripped(row: Sequence[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return list(row[:end])


def _is_wordy(row: Row) -> bool:
    """Whether the first two filled cells could be header words: short, without digits, one of them known."""
    seen = 0
    for cell in row:
        if cell:
            if len(cell) > 20 or not headers.is_known(cell):
                return False
            seen += 1
            if seen == 2:
                return True
    return False

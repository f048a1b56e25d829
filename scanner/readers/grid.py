"""From the rows of a sheet to batches: titles, header, repeated headers, tables one above the other.

Shared by every reader whose rows come as Python lists of texts. Rows are looked at one by one only at
the top of a table and where a row could be another header; otherwise a whole block becomes cells at once.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import numpy as np

from scanner.readers import headers
from scanner.schema import Batch, Cells, Index, Note

BLOCK = 8192
LOOK = 200

Row = Sequence[Any]


def batches(
    table: str, rows: Iterable[Row], first_row: int = 1, text: Callable[[Any], str] = str
) -> Iterator[Batch | Note]:
    """Batches of a sheet whose first row has the number `first_row`.

    A cell that is no `str` is turned into one by `text`, block by block.

    A second header further down begins a table named `table#2`; a repetition of the header is left out
    and counted in a note.
    """
    state = _Sheet(table, text)
    stream = iter(rows)
    at = first_row
    while block := list(islice(stream, BLOCK)):
        yield from state.take(block, at)
        at += len(block)
    if state.repeated:
        yield Note("repeated_header", "", {"table": table, "count": state.repeated})


class _Sheet:
    """Where a sheet stands: the current table, its header, and how many tables there were."""

    def __init__(self, name: str, text: Callable[[Any], str]) -> None:
        self._name, self._text = name, text
        self._tables = 0
        self._columns: tuple[str, ...] | None = None
        self._header_row: int | None = None
        self._key: Row = ()
        self._lead: tuple[int, Any] = (0, _NEVER)
        self.repeated = 0

    def take(self, block: list[Row], at: int) -> Iterator[Batch]:
        """The batches of some rows, the first of which has the number `at`."""
        start = 0
        if not self._tables:
            start = next((i for i, row in enumerate(block) if not _is_blank(row)), len(block))
            if start == len(block):  # blank rows above a table are not its first
                return
            start = yield from self._begin(block, start, at)
        for index in self._suspects(block, start):
            if index < start:
                continue
            row = self._texts(block[index])
            if self._is_repeat(row):
                yield from self._emit(block, start, index, at)
                self.repeated += 1
                start = index + 1
            elif self._is_header(row):
                yield from self._emit(block, start, index, at)
                start = yield from self._begin(block, index, at)
        yield from self._emit(block, start, len(block), at)

    def _begin(self, block: list[Row], start: int, at: int) -> Generator[Batch, None, int]:
        """Find the header from `start` on; returns where the data begin."""
        found = headers.find_header([self._texts(row) for row in block[start : start + LOOK]])
        if found is None:  # no header after all: the table goes on
            self._tables = max(self._tables, 1)
            return start
        self._tables += 1
        if found:
            yield from self._emit(block, start, start + found, at, titles=True)
        self._key = self._texts(block[start + found])
        self._columns = tuple(self._key)
        self._lead = next((i, block[start + found][i]) for i, cell in enumerate(self._key) if cell)
        self._header_row = at + start + found
        return start + found + 1

    def _texts(self, row: Row) -> list[str]:
        return [cell.strip() if isinstance(cell, str) else self._text(cell) for cell in row]

    def _suspects(self, block: list[Row], start: int) -> list[int]:
        """Rows that might be headers, or begin like the header that stands."""
        at, lead = self._lead
        rows = range(start, len(block))
        return [
            i
            for i in rows
            if (row := block[i])
            and ((row[0].__class__ is not float and _is_wordy(row)) or (len(row) > at and row[at] == lead))
        ]

    def _is_repeat(self, row: list[str]) -> bool:
        return self._columns is not None and _stripped(row) == _stripped(self._key)

    def _is_header(self, row: list[str]) -> bool:
        filled = [c for c in row if c]
        if len(filled) < 2 or len(set(filled)) < len(filled):
            return False
        known = sum(map(headers.is_known, filled))
        return known >= 2 and known >= 0.6 * len(filled)

    def _emit(
        self, block: list[Row], start: int, stop: int, at: int, titles: bool = False
    ) -> Iterator[Batch]:
        rows = block[start:stop] if start or stop < len(block) else block
        width = max(map(len, rows), default=0)
        if not width:
            return
        if min(map(len, rows)) < width:
            rows = [[*row, *[""] * (width - len(row))] for row in rows]
        flat = list(chain.from_iterable(rows))
        for i in range(width):
            column = flat[i::width]
            kinds = set(map(type, column))
            if kinds != {str}:
                flat[i::width] = _texts(column, kinds, self._text)
        cells, numbers = _without_blanks(Cells.from_strings(flat, width), at + start)
        if not cells.rows:
            return
        name = self._name if self._tables <= 1 else f"{self._name}#{self._tables}"
        columns = None if titles else self._columns
        yield Batch(name, cells, columns, at + start, numbers, None if titles else self._header_row, titles)


def _texts(column: list[Any], kinds: set[type], text: Callable[[Any], str]) -> list[str]:
    """A column of mixed cells as texts, with short ways for the numbers that fill most such columns."""
    if kinds == {float}:
        if all(map(float.is_integer, column)):
            return list(map(str, map(int, column)))
        if max(map(abs, column)) < 1e16:  # so that no whole number is written with an exponent
            return [t[:-2] if t[-2:] == ".0" else t for t in map(repr, column)]
    return [cell if cell.__class__ is str else text(cell) for cell in column]


def _without_blanks(cells: Cells, first: int) -> tuple[Cells, Index | None]:
    """The rows that hold anything, and their numbers where they are not consecutive."""
    filled = (cells.lengths() > 0).reshape(-1, cells.width).any(axis=1)
    if filled.all():
        return cells, None
    rows = np.flatnonzero(filled)
    starts, ends = (part.reshape(-1, cells.width)[rows].ravel() for part in (cells.starts, cells.ends))
    return Cells(cells.data, starts, ends, cells.width), rows + first


def _stripped(row: Sequence[str]) -> list[str]:
    end = len(row)
    while end and not row[end - 1]:
        end -= 1
    return list(row[:end])


def _is_blank(row: Row) -> bool:
    return all(cell is None or cell == "" for cell in row)


def _is_wordy(row: Row) -> bool:
    """Whether the first two filled cells could be header words: short, no number, known."""
    seen = 0
    for cell in row:
        if cell.__class__ is not str:
            if cell is None:
                continue
            return False
        if cell:
            if (
                len(cell) > 20
                or cell[0] in _NOT_FIRST
                or (cell[-1] in _DIGITS and len(cell) > 6)
                or not headers.is_known(cell)
            ):
                return False
            seen += 1
            if seen == 2:
                return True
    return False


_NEVER = object()
"""Equals no cell: where no header stands, no row begins like it."""
_DIGITS = frozenset("0123456789Xx")
_NOT_FIRST = frozenset("0123456789+-.")

"""Decoded JSON as tables: an element of an array is a row, nested members are columns.

Shared by the two ways in which `json.py` reads: lines, and documents of any size.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from scanner.schema import Batch, Cells, Index

ROWS, AREA = 8192, 1 << 20
DEPTH, EMBEDDED, SHORT_ARRAY, WIDE_ROW, WIDE_MAP = 64, 5, 16, 512, 1024
UNPARSED, VALUES = "unparsed lines", "values"
WIDEST = 256
"""Columns of a table; an object with more members is told value by value."""

EXACT = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)
# Keys that are data themselves: a mobile or identity number, an address of mail.
DATA_KEY = re.compile(r"1\d{10}|\d{17}[\dXx]|[^@\s]+@[^@\s]+\.\w+")


class Place(NamedTuple):
    table: str
    pointer: str
    number: int | None


def container(text: str) -> Any:
    """The object or array that a text is, with numbers as text; None where it is something else."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return EXACT.decode(text)
    except (ValueError, RecursionError):
        return None


def escape(key: str) -> str:
    return "/" + (key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key)


def text_of(value: Any) -> str:
    if type(value) is str:
        return value
    if value is None:
        return ""
    return str(value).lower() if type(value) is bool else str(value)


class Tables:
    """Rows under construction, by table; full tables become batches in `done`."""

    def __init__(self, encoding: str, root: str = "/", root_array: int = 0) -> None:
        self.encoding, self.root, self.root_array = encoding, root, root_array
        self.rows: dict[str, list[tuple[str, int, dict[str, str]]]] = {}
        self.columns: dict[str, dict[str, str]] = {}
        self.counts: dict[str, int] = {}
        self.done: list[Batch] = []
        self.deep, self.nbytes = False, 0

    def row(self, value: Any, place: Place, depth: int, key: str | None = None) -> None:
        """Add the row that `value` is, and the rows inside it."""
        cells = {} if key is None else {"#key": key}
        self.fill(cells, value, "", place, depth, 0)
        self.put(place, cells)

    def put(self, place: Place, cells: dict[str, str]) -> None:
        """Add one row of cells by column name."""
        table = place.table
        self.counts[table] = count = self.counts.get(table, 0) + 1
        if not cells:
            return
        rows, columns = self.rows.setdefault(table, []), self.columns.setdefault(table, {})
        rows.append((place.pointer, place.number or count, cells))
        columns.update(cells)
        if len(rows) >= ROWS or len(rows) * len(columns) > AREA:
            self.flush(table)

    def fill(
        self, cells: dict[str, str], value: Any, column: str, place: Place, depth: int, embedded: int
    ) -> None:
        """Put the scalars of `value` into `cells`; elements of arrays become rows of their own."""
        kind = type(value)
        if kind is str:
            if value[:1] in ("{", "[") and embedded < EMBEDDED and (inner := container(value)):
                self.fill(cells, inner, column + "#", place, depth + 1, embedded + 1)
            else:
                cells[column] = value
        elif kind is not dict and kind is not list:
            cells[column] = text_of(value)
        elif depth > DEPTH:
            self.deep = True
            cells[column] = json.dumps(value, ensure_ascii=False) if depth < DEPTH + 8 else ""
        elif kind is list:
            self._array(cells, value, column, place, depth, embedded)
        elif len(value) > WIDE_MAP or any(map(DATA_KEY.fullmatch, value)):
            for i, (key, item) in enumerate(value.items()):
                self.row(item, self.entry(place, column, i), depth + 1, key)
        else:
            for key, item in value.items():
                name = column + escape(key)
                if type(item) is str and item[:1] not in ("{", "["):
                    cells[name] = item
                else:
                    self.fill(cells, item, name, place, depth + 1, embedded)

    def _array(
        self, cells: dict[str, str], items: list[Any], column: str, place: Place, depth: int, embedded: int
    ) -> None:
        limit = SHORT_ARRAY if column else WIDE_ROW if place.pointer else self.root_array
        for i, item in enumerate(items):
            if type(item) is dict or type(item) is list or len(items) > limit:
                self.row(item, self.element(place, column, i), depth + 1)
            else:
                self.fill(cells, item, f"{column}/{i}", place, depth + 1, embedded)

    def element(self, place: Place, column: str, index: int) -> Place:
        """Where element `index` of the array in `column` stands."""
        return Place(place.table + column, f"{place.pointer}{column}/{index}", self.line(place))

    def entry(self, place: Place, column: str, index: int) -> Place:
        """Where a member of a map stands; by number, because its key may be personal data."""
        return Place(place.table + column, f"{place.pointer}{column}#{index}", self.line(place))

    def line(self, place: Place) -> int | None:
        """Rows inside a line have its number; rows inside a document are counted by table."""
        return place.number if self.root == "lines" else None

    def flush(self, table: str) -> None:
        """Turn the rows of one table into a batch."""
        rows, columns = self.rows.pop(table), tuple(self.columns.pop(table))
        flat = [row[2].get(name, "") for row in rows for name in columns]
        numbers, pointers = np.array([row[1] for row in rows], np.int64), [row[0] for row in rows]
        self.add(table, flat, columns, numbers, pointers)

    def add(
        self, table: str, flat: list[str], columns: tuple[str, ...], numbers: Index, pointers: list[str]
    ) -> None:
        """A finished batch of texts in row order; rows wider than a table become lines of values."""
        if len(columns) > WIDEST:
            self._add_values(flat, columns, numbers, pointers)
            return
        cells = Cells.from_strings(flat, len(columns))
        self.done.append(
            Batch(
                table or self.root,
                cells,
                columns,
                int(numbers[0]),
                numbers,
                pointers=pointers,
                encoding=self.encoding,
                nbytes=self.nbytes,
            )
        )
        self.nbytes = 0

    def _add_values(
        self, flat: list[str], columns: tuple[str, ...], numbers: Index, pointers: list[str]
    ) -> None:
        """An object of hundreds of members (a lock file, a dictionary) is no record: one value a line."""
        width = len(columns)
        kept = [i for i, text in enumerate(flat) if text]
        places = [pointers[i // width] + columns[i % width] for i in kept]
        index = numbers[np.array(kept, np.int64) // width]
        cells = Cells.from_strings([flat[i] for i in kept], 1)
        self.done.append(
            Batch(VALUES, cells, None, 1, index, lines=True, pointers=places, encoding=self.encoding)
        )

    def add_lines(self, texts: list[str], numbers: list[int]) -> None:
        """Lines that are not JSON, so that nothing is lost."""
        index, cells = np.array(numbers, np.int64), Cells.from_strings(texts, 1)
        self.done.append(Batch(UNPARSED, cells, None, numbers[0], index, lines=True, encoding=self.encoding))

    def drain(self, everything: bool = False) -> Iterator[Batch]:
        """The finished batches; all rows if `everything`."""
        for table in list(self.rows) if everything else ():
            self.flush(table)
        done, self.done = self.done, []
        yield from done

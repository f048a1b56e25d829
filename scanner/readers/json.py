"""JSON, JSON Lines and concatenated documents as tables.

An element of an array is a row of the table that the array's pointer names (without index positions); what
stands in no array is a row of table "/". A document is decoded through a window of bounded size: a value
that fits is taken whole, a larger or broken one is entered, so size does not cost memory and damage costs
only what is damaged.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any, NamedTuple

import numpy as np
import orjson

from scanner.schema import Batch, Cells, Index, Note, Source
from scanner.text import decode, guess_encoding

BLOCK, WINDOW, ROWS, AREA = 1 << 20, 1 << 22, 8192, 1 << 20
DEPTH, EMBEDDED, SHORT_ARRAY, WIDE_ROW, WIDE_MAP = 64, 5, 16, 512, 1024
UNPARSED, VALUES = "unparsed lines", "values"
WIDEST = 256
"""Columns of a table; an object with more members is told value by value."""

_EXACT = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=str, strict=False)
_STRING = r'"(?:[^"\\]|\\.)*"'
_START = re.compile(
    rf"\{{\s*(?:\}}|{_STRING}\s*:)|\[\s*(?:[\[{{\]]|(?:{_STRING}|-?\d[\d.eE+-]*|true|false|null)\s*[,\]])"
)
_INEXACT = re.compile(rb"[:\[,]\s*-?(?:\d{19}|\d+[.eE])")
# Keys that are data themselves: a mobile or identity number, an address of mail.
_DATA_KEY = re.compile(r"1\d{10}|\d{17}[\dXx]|[^@\s]+@[^@\s]+\.\w+")
_SPACE = re.compile(r"[\s\ufeff]*")
_BETWEEN = re.compile(r"[\s\ufeff\x1e,]*")


class _Place(NamedTuple):
    table: str
    pointer: str
    number: int | None


class _Broken(Exception):
    pass


def matches(name: str, head: bytes) -> bool:
    """Whether the first bytes are the beginning of JSON or JSON Lines; `name` does not matter."""
    text = head.decode(guess_encoding(head), "ignore").lstrip("\ufeff\x1e \t\r\n")
    if not _START.match(text):
        return False
    try:
        _, end = _EXACT.raw_decode(text)
    except (ValueError, RecursionError):
        return text[0] == "{" or not re.match(r"\[[^{\"\[]*\][^,\n]", text)
    rest = text[end:].lstrip(" \t\r")
    return not rest or rest[0] in "\n{["


def read(source: Source) -> Iterator[Batch | Note]:
    """Batches of at most 8192 rows; notes `broken_json`, `json_bad_lines`, `json_depth` (all partial)."""
    head = source.head()
    encoding = guess_encoding(head)
    out = _Tables(encoding)
    if _is_lines(head.decode(encoding, "ignore").lstrip("\ufeff")):
        yield from _read_lines(source, encoding, out)
    else:
        yield from _read_documents(source, encoding, out)
    if out.deep:
        yield Note("json_depth", "partial", {})


def text_blocks(source: Source, encoding: str) -> Iterator[tuple[str, int]]:
    """Decoded text of a source in blocks, each with its size in bytes; bad bytes show as U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with source.open() as stream:
        while raw := stream.read(BLOCK):
            yield decoder.decode(raw), len(raw)
    yield decoder.decode(b"", True), 0


def _is_lines(head: str) -> bool:
    """Whether at least half of the whole lines of the head, and two of them, are documents."""
    lines = [line for line in head.split("\n") if line.strip()]
    if len(head) > 60000 and len(lines) > 2:
        lines.pop()
    whole = [_container(line.strip(" \t\r\x1e")) is not None for line in lines[:200]]
    return len(whole) >= 2 and whole[0] and sum(whole) * 2 >= len(whole)


def _container(text: str) -> Any:
    """The object or array that a text is, with numbers as text; None where it is something else."""
    if text[:1] not in ("{", "["):
        return None
    try:
        return _EXACT.decode(text)
    except (ValueError, RecursionError):
        return None


def _escape(key: str) -> str:
    return "/" + (key.replace("~", "~0").replace("/", "~1") if "~" in key or "/" in key else key)


def _text(value: Any) -> str:
    if type(value) is str:
        return value
    if value is None:
        return ""
    return str(value).lower() if type(value) is bool else str(value)


class _Tables:
    """Rows under construction, by table; full tables become batches in `done`."""

    def __init__(self, encoding: str, root: str = "/", root_array: int = 0) -> None:
        self.encoding, self.root, self.root_array = encoding, root, root_array
        self.rows: dict[str, list[tuple[str, int, dict[str, str]]]] = {}
        self.columns: dict[str, dict[str, str]] = {}
        self.counts: dict[str, int] = {}
        self.done: list[Batch] = []
        self.deep, self.nbytes = False, 0

    def row(self, value: Any, place: _Place, depth: int, key: str | None = None) -> None:
        """Add the row that `value` is, and the rows inside it."""
        cells = {} if key is None else {"#key": key}
        self.fill(cells, value, "", place, depth, 0)
        self.put(place, cells)

    def put(self, place: _Place, cells: dict[str, str]) -> None:
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
        self, cells: dict[str, str], value: Any, column: str, place: _Place, depth: int, embedded: int
    ) -> None:
        """Put the scalars of `value` into `cells`; elements of arrays become rows of their own."""
        kind = type(value)
        if kind is str:
            if value[:1] in ("{", "[") and embedded < EMBEDDED and (inner := _container(value)):
                self.fill(cells, inner, column + "#", place, depth + 1, embedded + 1)
            else:
                cells[column] = value
        elif kind is not dict and kind is not list:
            cells[column] = _text(value)
        elif depth > DEPTH:
            self.deep = True
            cells[column] = json.dumps(value, ensure_ascii=False) if depth < DEPTH + 8 else ""
        elif kind is list:
            self._array(cells, value, column, place, depth, embedded)
        elif len(value) > WIDE_MAP or any(map(_DATA_KEY.fullmatch, value)):
            for i, (key, item) in enumerate(value.items()):
                self.row(item, self.entry(place, column, i), depth + 1, key)
        else:
            for key, item in value.items():
                name = column + _escape(key)
                if type(item) is str and item[:1] not in ("{", "["):
                    cells[name] = item
                else:
                    self.fill(cells, item, name, place, depth + 1, embedded)

    def _array(
        self, cells: dict[str, str], items: list[Any], column: str, place: _Place, depth: int, embedded: int
    ) -> None:
        limit = SHORT_ARRAY if column else WIDE_ROW if place.pointer else self.root_array
        for i, item in enumerate(items):
            if type(item) is dict or type(item) is list or len(items) > limit:
                self.row(item, self.element(place, column, i), depth + 1)
            else:
                self.fill(cells, item, f"{column}/{i}", place, depth + 1, embedded)

    def element(self, place: _Place, column: str, index: int) -> _Place:
        """Where element `index` of the array in `column` stands."""
        return _Place(place.table + column, f"{place.pointer}{column}/{index}", self.line(place))

    def entry(self, place: _Place, column: str, index: int) -> _Place:
        """Where a member of a map stands; by number, because its key may be personal data."""
        return _Place(place.table + column, f"{place.pointer}{column}#{index}", self.line(place))

    def line(self, place: _Place) -> int | None:
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


def _read_lines(source: Source, encoding: str, out: _Tables) -> Iterator[Batch | Note]:
    out.root, out.root_array = "lines", WIDE_ROW
    number, bad = 1, 0
    for block, size in _line_blocks(source, encoding):
        out.nbytes += size
        lines = block.split(b"\n")
        if not lines[-1]:
            lines.pop()
        for first in range(0, len(lines), ROWS):
            part = lines[first : first + ROWS]
            bad += _lines(part, number, out)
            number += len(part)
            yield from out.drain(everything=True)
    if bad:
        yield Note("json_bad_lines", "partial", {"count": bad})


def _line_blocks(source: Source, encoding: str) -> Iterator[tuple[bytes, int]]:
    """Whole lines in UTF-8 with the number of source bytes; a line above 32 MiB is cut."""
    carry: list[bytes] = []
    for raw, size in _utf8_blocks(source, encoding):
        cut = raw.rfind(b"\n") + 1
        carry.append(raw[:cut])
        if cut or len(carry) > 32:
            yield b"".join(carry) + (b"" if cut else raw), size
            carry = [raw[cut:]] if cut else []
        else:
            carry[-1] = raw
    if rest := b"".join(carry):
        yield rest, 0


def _utf8_blocks(source: Source, encoding: str) -> Iterator[tuple[bytes, int]]:
    if encoding not in ("utf-8", "utf-8-sig"):
        for text, size in text_blocks(source, encoding):
            yield text.encode("utf-8", "replace"), size
        return
    with source.open() as stream:
        if encoding == "utf-8-sig":
            stream.read(len(codecs.BOM_UTF8))
        while raw := stream.read(BLOCK):
            yield raw, len(raw)


def _lines(lines: list[bytes], number: int, out: _Tables) -> int:
    """Add lines, the first of which is line `number`; the number of lines that are not JSON."""
    if _plain_lines(lines, number, out):
        return 0
    texts, numbers = [], []
    joined = b"\n".join(lines)
    exact = _INEXACT.search(joined) is not None
    for at, line in enumerate(lines, number):
        if not line or line.isspace():
            continue
        value = _line(line, exact)
        if value is None:
            texts.append(decode(line, "utf-8").rstrip("\r"))
            numbers.append(at)
        else:
            out.row(value, _Place("", "", at), 0)
    if texts:
        out.add_lines(texts, numbers)
    return len(texts)


def _line(line: bytes, exact: bool) -> Any:
    """The object or array of one line, else None."""
    if not exact:
        try:
            value = orjson.loads(line)
            return value if isinstance(value, dict | list) else None
        except orjson.JSONDecodeError:
            pass
    return _container(decode(line, "utf-8").strip(" \t\r\n\x1e,"))


def _plain_lines(lines: list[bytes], number: int, out: _Tables) -> bool:
    """Add lines that all are flat objects; False, and nothing done, if they are not or hold data keys."""
    joined = b"\n".join(lines)
    if b"[" in joined or joined.count(b"{") != len(lines):
        return False
    try:
        if _INEXACT.search(joined):
            rows = list(map(_EXACT.decode, joined.decode().split("\n")))
        else:
            rows = list(map(orjson.loads, lines))
    except (ValueError, RecursionError):
        return False
    if not all(type(row) is dict for row in rows):
        return False
    keys = tuple(rows[0])
    flat: list[Any]
    if all(tuple(row) == keys for row in rows):
        flat = list(chain.from_iterable(map(dict.values, rows)))
    else:
        keys = tuple(dict.fromkeys(chain.from_iterable(rows)))
        if len(keys) * len(rows) > AREA:
            return False
        flat = [row.get(key, "") for row in rows for key in keys]
    if not keys or len(keys) > WIDE_MAP or any(map(_DATA_KEY.fullmatch, keys)):
        return False
    if set(map(type, flat)) != {str}:
        flat = [value if type(value) is str else _text(value) for value in flat]
    numbers = np.arange(number, number + len(rows), dtype=np.int64)
    out.add("", flat, tuple(map(_escape, keys)), numbers, [""] * len(rows))
    return True


class _Window:
    """A sliding piece of decoded text: `text` from `pos` on is not read yet; `lines` ended before it."""

    def __init__(self, source: Source, encoding: str, out: _Tables) -> None:
        self.blocks, self.out = text_blocks(source, encoding), out
        self.text, self.pos, self.lines, self.eof = "", 0, 0, False

    def more(self) -> bool:
        """Refill to the full size; False if nothing came."""
        if self.eof or len(self.text) - self.pos >= WINDOW:
            return False
        self.lines += self.text.count("\n", 0, self.pos)
        parts, size = [self.text[self.pos :]], len(self.text) - self.pos
        while size < WINDOW and not self.eof:
            text, nbytes = next(self.blocks, ("", -1))
            self.eof = nbytes < 0
            self.out.nbytes += max(nbytes, 0)
            parts.append(text)
            size += len(text)
        self.text, self.pos = "".join(parts), 0
        for table in list(self.out.rows):
            self.out.flush(table)
        return True

    def peek(self, skip: re.Pattern[str] = _SPACE) -> str:
        """The next character that is not skipped, "" at the end."""
        while True:
            found = skip.match(self.text, self.pos)
            self.pos = found.end() if found else self.pos
            if self.pos < len(self.text):
                return self.text[self.pos]
            if not self.more():
                return ""

    def decode(self) -> tuple[bool, Any]:
        """Take the value at the position if it is whole in the window."""
        while True:
            try:
                value, end = _EXACT.raw_decode(self.text, self.pos)
                if end < len(self.text) or not self.more():
                    self.pos = end
                    return True, value
            except (ValueError, RecursionError):
                if not self.more():
                    return False, None

    def rest(self) -> Iterator[tuple[list[str], int]]:
        """What is left, as lines with the number of the first."""
        self.lines += self.text.count("\n", 0, self.pos)
        carry, text = self.text[self.pos :], ""
        for text, _ in chain([("", 0)], self.blocks):
            *lines, carry = (carry + text).split("\n")
            for first in range(0, len(lines), ROWS):
                yield lines[first : first + ROWS], self.lines + 1 + first
            self.lines += len(lines)
        if carry:
            yield [carry], self.lines + 1


def _read_documents(source: Source, encoding: str, out: _Tables) -> Iterator[Batch | Note]:
    window, number = _Window(source, encoding, out), 0
    try:
        while window.peek(_BETWEEN):
            number += 1
            yield from _value(window, out, {}, "", _Place("", "", number), 0)
    except _Broken:
        yield from out.drain(everything=True)
        line = window.lines + window.text.count("\n", 0, window.pos) + 1
        for texts, first in window.rest():
            out.add_lines(texts, list(range(first, first + len(texts))))
            yield from out.drain()
        yield Note("broken_json", "partial", {"line": line})
    yield from out.drain(everything=True)


def _value(
    window: _Window, out: _Tables, cells: dict[str, str], column: str, place: _Place, depth: int
) -> Iterator[Batch]:
    """Read the value at the window's position into `cells`, the open row of `place`.

    Raises `_Broken` where the text is not JSON; `cells` of a new row (`column` empty) is put in any case.
    """
    try:
        whole, value = window.decode()
        if whole:
            out.fill(cells, value, column, place, depth, 0)
        else:
            yield from _members(window, out, cells, column, place, depth)
    finally:
        if not column:
            out.put(place, cells)
    yield from out.drain()


def _members(
    window: _Window, out: _Tables, cells: dict[str, str], column: str, place: _Place, depth: int
) -> Iterator[Batch]:
    """Enter an object or array that is too large for the window, or broken, and read its members."""
    opening = window.peek()
    if opening not in ("{", "[") or depth >= DEPTH:
        out.deep |= depth >= DEPTH
        raise _Broken
    window.pos += 1
    index, closing = 0, "}" if opening == "{" else "]"
    while window.peek() != closing:
        if index:
            _expect(window, ",")
        key = _key(window) if opening == "{" else None
        window.peek()
        if key is None:
            yield from _value(window, out, {}, "", out.element(place, column, index), depth + 1)
        elif index >= WIDE_MAP or _DATA_KEY.fullmatch(key):
            yield from _value(window, out, {"#key": key}, "", out.entry(place, column, index), depth + 1)
        else:
            yield from _value(window, out, cells, column + _escape(key), place, depth + 1)
        index += 1
    window.pos += 1


def _expect(window: _Window, sign: str) -> None:
    if window.peek() != sign:
        raise _Broken
    window.pos += 1


def _key(window: _Window) -> str:
    window.peek()
    whole, key = window.decode()
    if not whole or type(key) is not str:
        raise _Broken
    _expect(window, ":")
    return key

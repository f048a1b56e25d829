"""Delimited text, and every other text as one column of lines.

The separators of a block of whole records are found in the raw buffer (bytes are compared, nothing is
copied), and cells are two arrays of places. Which sign separates is judged from the first 64 KiB; a
text without one is a table of lines. The first batch of a file always holds the records of those
64 KiB, so that a byte range of a large file is read under the same header and the same judgement.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from scanner.errors import SkippedError
from scanner.readers import headers
from scanner.readers.blocks import LONGEST, blocks, to_utf8, whole_lines
from scanner.readers.dialect import Dialect, sniff
from scanner.schema import Batch, Bytes, Cells, Flags, Index, Note, Source, as_bytes
from scanner.text import BOMS, decode, guess_encoding

TEXT, TABLE = "text", "table"
"""Names of the only table of a text: without columns, and with."""


def matches(name: str, head: bytes) -> bool:
    """Whether this is text at all: few control bytes, or UTF-16."""
    if not head:
        return True
    if head.startswith(tuple(bom for bom, _ in BOMS)):
        return True
    if _is_utf16(head):
        return True
    # A text may hold a few NULs (a damaged export, a padded record); programs and pictures hold many.
    return head.count(0) <= len(head) // 100 and len(_CONTROL.findall(head)) <= len(head) // 200


_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1e]")


def _is_utf16(head: bytes) -> bool:
    """UTF-16 without a BOM: NULs on one side only, and what comes out is text."""
    if head.count(0) <= len(head) // 8:
        return False
    text = head[: len(head) & ~1].decode(guess_encoding(head), "replace")
    odd = sum(1 for c in text if (c < " " and c not in "\t\r\n") or c == "\ufffd")
    return odd <= len(text) // 200


def can_split(source: Source) -> bool:
    """Whether byte ranges of this text may be read on their own (the line end must be one byte)."""
    return not guess_encoding(source.head()).startswith("utf-16") and not guess_encoding(
        source.head()
    ).startswith("utf-32")


def read(source: Source) -> Iterator[Batch | Note]:
    """The records of a text, in batches of about 2 MiB."""
    head = source.head()
    if not head.strip(b"\0\r\n\t \xef\xbb\xbf\xff\xfe") and source.size <= len(head):
        raise SkippedError("empty")
    encoding = guess_encoding(head)
    dialect = sniff(decode(whole_lines(head, source.size, encoding), encoding), encoding)
    if dialect.delimiter is None:
        yield from _lines(source, dialect)
    else:
        yield from _table(source, dialect)


def _lines(source: Source, dialect: Dialect) -> Iterator[Batch | Note]:
    row, columns = 1, _single_header(source, dialect.encoding)
    is_open = False  # whether the last block ended within a line
    for block in blocks(source, dialect.encoding):
        data = np.frombuffer(block, np.uint8)
        ends = np.flatnonzero(data == 0x0A)
        whole = len(ends)
        if not whole or ends[-1] != len(data) - 1:
            ends = np.append(ends, len(data))
        starts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
        skip = int(bool(columns) and row == 1 and not (source.span and source.span[0]))
        cells = Cells(data, starts[skip:], ends[skip:], 1)
        names, at = ((columns,), 1) if columns else (None, None)
        yield Batch(
            TEXT,
            cells,
            names,
            row + skip,
            None,
            at,
            not columns,
            encoding=dialect.encoding,
            nbytes=len(block),
        )
        row += whole
        is_open = not block.endswith(b"\n")
    yield Note("rows_read", "", {"rows": row - 1 + is_open})


def _single_header(source: Source, encoding: str) -> str | None:
    """The header of a text of one column: a known word alone on the first line."""
    lines = (
        decode(whole_lines(source.head(), source.size, encoding), encoding).lstrip("\ufeff").split("\n", 2)
    )
    first = lines[0].strip(" \t\r\"'")
    return first if len(lines) > 1 and len(first) <= 20 and headers.is_known(first) else None


def _table(source: Source, dialect: Dialect) -> Iterator[Batch | Note]:
    reader = _Table(dialect, source)
    rest = b""
    for block in blocks(source, dialect.encoding):
        yield from reader.rows(rest + block, False)
        rest = reader.rest
    if rest:
        yield from reader.rows(rest, True)
    if reader.repeated:
        yield Note("repeated_header", "", {"table": TABLE, "count": reader.repeated})
    yield Note("rows_read", "", {"rows": reader.row - 1})


class _Table:
    """The state of reading one table: header, next row number, and the record not yet complete."""

    def __init__(self, dialect: Dialect, source: Source) -> None:
        self.dialect = dialect
        self.rest = b""
        self.row = 1
        self.repeated = 0
        self.columns: tuple[str, ...] | None = None
        self.header_row: int | None = None
        self.begun = False
        if source.span and source.span[0]:
            self._look_ahead(source)

    def _look_ahead(self, source: Source) -> None:
        """Take header and columns from the beginning of the file, for a range further on."""
        head = whole_lines(source.head(), source.size, self.dialect.encoding)
        for _ in self.rows(to_utf8(head, self.dialect.encoding), False):
            pass
        self.rest, self.row, self.repeated = b"", 1, 0

    def rows(self, block: bytes, final: bool) -> Iterator[Batch | Note]:
        """The batches of one block; what is left over stays in `rest`."""
        data = np.frombuffer(block, np.uint8)
        cells, used = split(data, self.dialect, final)
        if len(block) - used > LONGEST:
            cells, used = split(data, self.dialect, final or b"\n" not in block, quotes=False)
        self.rest = block[used:]
        if not cells.rows:
            return
        first = self.row
        self.row += cells.rows
        size = used
        if not self.begun:
            self.begun = True
            cells, titles = self._begin(cells)
            if titles is not None:
                yield Batch(TABLE, titles, None, first, lines=True, encoding=self.dialect.encoding)
            first = self.row - cells.rows
        if cells.rows:
            yield self._batch(cells, first, size)

    def _begin(self, cells: Cells) -> tuple[Cells, Cells | None]:
        sample = [cells.row_texts(i) for i in range(min(cells.rows, 200))]
        at = headers.find_header(sample)
        if at is None:
            return cells, None
        self.columns = tuple(text.strip() for text in sample[at])
        self.header_row = at + 1
        return cells.take_rows(at + 1, cells.rows), cells.take_rows(0, at) if at else None

    def _batch(self, cells: Cells, first: int, size: int) -> Batch:
        numbers = None
        keep = (cells.lengths() > 0).reshape(-1, cells.width).any(axis=1)
        keep &= ~self._repeats(cells)
        if not keep.all():
            rows = np.flatnonzero(keep)
            numbers = rows + first
            starts = cells.starts.reshape(-1, cells.width)[rows].ravel()
            ends = cells.ends.reshape(-1, cells.width)[rows].ravel()
            cells = Cells(cells.data, starts, ends, cells.width)
        return Batch(
            TABLE,
            cells,
            self.columns,
            first,
            numbers,
            self.header_row,
            False,
            None,
            self.dialect.encoding,
            size,
        )

    def _repeats(self, cells: Cells) -> Flags:
        """Rows that say the header again."""
        out = np.zeros(cells.rows, np.bool_)
        if self.columns is None:
            return out
        want = [c.encode() for c in self.columns]
        sizes = np.array([len(w) for w in want])
        sizes = np.pad(sizes, (0, max(cells.width - len(sizes), 0)))[: cells.width]
        same = (cells.lengths().reshape(-1, cells.width) == sizes).all(axis=1)
        for row in np.flatnonzero(same).tolist():
            at = row * cells.width
            out[row] = all(cells.raw(at + i) == w for i, w in enumerate(want[: cells.width]))
        self.repeated += int(out.sum())
        return out


def split(data: Bytes, dialect: Dialect, final: bool, quotes: bool = True) -> tuple[Cells, int]:
    """Cells of the whole records in `data`, and how many bytes they took.

    Every record gets `dialect.width` cells: short ones are padded with empty cells, and the last cell
    of a longer one reaches to its end, so that nothing is lost.
    """
    newline = data == 0x0A
    cut, resume = _delimiters(data, dialect)
    if quotes and len(data) and b'"' in as_bytes(data):
        inside = _inside_quotes(data, newline, dialect, final)
        if inside is not None:
            newline &= ~inside
            outside = ~inside[cut]
            cut, resume = cut[outside], resume[outside]
    ends = np.flatnonzero(newline)
    used = int(ends[-1]) + 1 if len(ends) else 0
    if final and used < len(data):
        ends, used = np.append(ends, len(data)), len(data)
    if not len(ends):
        return Cells(data, np.empty(0, np.int64), np.empty(0, np.int64), dialect.width), 0
    stop = np.searchsorted(cut, used)
    starts, stops = _grid(cut[:stop], resume[:stop], ends, dialect.width)
    _trim(data, starts, stops)
    return Cells(data, starts, stops, dialect.width), used


def _delimiters(data: Bytes, dialect: Dialect) -> tuple[Index, Index]:
    """Where cells end and the next begin."""
    mask = data == dialect.delimiter
    if not dialect.least:
        at = np.flatnonzero(mask)
        return at, at + 1
    edges = np.flatnonzero(np.diff(mask.view(np.int8), prepend=0, append=0))
    start, stop = edges[::2], edges[1::2]
    long = stop - start >= dialect.least
    return start[long], stop[long]


def _grid(cut: Index, resume: Index, ends: Index, width: int) -> tuple[Index, Index]:
    """Starts and ends of `width` cells for each record that ends at `ends`."""
    rows = len(ends)
    firsts = np.concatenate((np.zeros(1, np.int64), ends[:-1] + 1))
    row_of = np.searchsorted(cut, ends)  # delimiters before each record's end
    counts = np.diff(row_of, prepend=0)
    starts = np.empty((rows, width), np.int64)
    stops = np.empty((rows, width), np.int64)
    if len(cut) == rows * (width - 1) and (counts == width - 1).all():
        starts[:, 0], stops[:, -1] = firsts, ends
        starts[:, 1:], stops[:, :-1] = resume.reshape(rows, -1), cut.reshape(rows, -1)
        return starts.ravel(), stops.ravel()
    starts[:], stops[:] = ends[:, None], ends[:, None]
    starts[:, 0] = firsts
    row = np.repeat(np.arange(rows), counts)
    column = np.arange(len(cut)) - np.repeat(row_of - counts, counts)
    fits = column < width - 1
    stops[row[fits], column[fits]] = cut[fits]
    starts[row[fits], column[fits] + 1] = resume[fits]
    return starts.ravel(), stops.ravel()


_STRIP = np.zeros(256, np.bool_)
_STRIP[list(b" \t\r\"'=")] = True


def _trim(data: Bytes, starts: Index, stops: Index) -> None:
    """Leave out spaces, quotes, and the signs of `="..."` and `'...` around each cell, in place."""
    size = max(len(data), 1)
    padded = data if len(data) else np.zeros(1, np.uint8)
    for _ in range(64):
        hit = np.flatnonzero(_STRIP[padded[np.minimum(starts, size - 1)]] & (starts < stops))
        if not len(hit):
            break
        starts[hit] += 1
    for _ in range(64):
        hit = np.flatnonzero(_STRIP[padded[np.maximum(stops - 1, 0)]] & (starts < stops))
        if not len(hit):
            break
        stops[hit] -= 1


def _inside_quotes(data: Bytes, newline: Flags, dialect: Dialect, final: bool) -> Flags | None:
    """Which bytes are inside double quotes; None where the quotes do not pair and count for nothing.

    A quote in the middle of a cell (5" pipe) is a plain sign: if the quotes do not fit, these are
    left out first, then all of them. `final` says that no more comes to close an open one.
    """
    quote = data == 0x22
    delimiter = data == dialect.delimiter
    end = newline | delimiter | (data == 0x0D)
    begin = end | (data == 0x3D)  # ="..."
    begin[1:] |= (data[1:] == 0x20) & delimiter[:-1]  # a, "b"
    before = np.concatenate((np.ones(1, np.bool_), begin[:-1]))
    after = np.concatenate((end[1:], np.ones(1, np.bool_)))
    next_quote = np.concatenate((quote[1:], np.zeros(1, np.bool_)))
    for _ in range(2):
        inside = (np.cumsum(quote, dtype=np.uint8) & 1).astype(np.bool_)
        doubled = np.concatenate((np.zeros(1, np.bool_), quote[:-1])) & quote
        opens, closes = quote & inside & ~doubled, quote & ~inside
        fits = not (opens & ~before).any() and not (closes & ~after & ~next_quote).any()
        if fits and not (final and len(inside) and inside[-1]):
            return inside
        quote &= before | after | doubled | next_quote
    return None

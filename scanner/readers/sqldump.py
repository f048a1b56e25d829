"""SQL dumps as tables: INSERT rows and COPY blocks of MySQL, PostgreSQL, SQL Server, SQLite and Oracle.

One regular expression takes a whole row, so a `),(` inside a string is never a boundary; a row is read again
with more text when the buffer ends inside it. What is no data (comments, other SQL) is a table of lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain
from typing import NamedTuple

import numpy as np

from scanner.readers.json import text_blocks
from scanner.schema import Batch, Cells, Index, Note, Source
from scanner.text import guess_encoding

ROWS, REFILL, LONGEST, STATEMENTS = 8192, 1 << 20, 1 << 23, "statements"

_PART = r'(?:`[^`\n]+`|"[^"\n]+"|\[[^\]\n]+\]|[\w$#]+)'
_NAME = rf"{_PART}(?:\s*\.\s*{_PART}){{0,3}}"
_INSERT = re.compile(
    rf"\s*(?:INSERT|REPLACE)\s+(?:(?:IGNORE|DELAYED|LOW_PRIORITY|HIGH_PRIORITY|OR\s+\w+)\s+)*(?:INTO\s+)?"
    rf"({_NAME})\s*(?:\(([^()']*)\)\s*)?(?:OVERRIDING\s+\w+\s+VALUE\s*)?VALUES?\s*(?=\()",
    re.I,
)
_COPY = re.compile(rf"\s*COPY\s+({_NAME})\s*(?:\(([^()']*)\))?\s*FROM\s+stdin\b[^;\n]*;[^\n]*\n", re.I)
_CREATE = re.compile(
    rf"\s*CREATE\s+(?:(?:GLOBAL|LOCAL|TEMPORARY|TEMP|UNLOGGED)\s+)*TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    rf"({_NAME})\s*(?=\()",
    re.I,
)
_REMARK = re.compile(rf"\s*COMMENT\s+ON\s+COLUMN\s+({_NAME})\s+IS\s+'((?:[^']|'')*)'", re.I)
_COMMENT = re.compile(r"\bCOMMENT\s+'((?:[^'\\]|\\.|'')*)'", re.I | re.S)
_NOT_COLUMN = re.compile(
    r"(?:PRIMARY|UNIQUE|KEY|INDEX|FULLTEXT|SPATIAL|CONSTRAINT|CHECK|FOREIGN|EXCLUDE|LIKE|PERIOD)\b", re.I
)
_PROLOGUE = re.compile(r"(?:\s|--[^\n]*(?:\n|$)|#[^\n]*(?:\n|$)|/\*.*?(?:\*/|$)|\\\w+[^\n]*\n|;)*", re.S)
_FIRST_WORD = re.compile(
    r"(?:SET|INSERT|REPLACE|CREATE|DROP|USE|BEGIN|START|PRAGMA|COPY|GO|SELECT|ALTER|LOCK|DELIMITER|DELETE|UPDATE|"
    r"TRUNCATE|REM|PROMPT|IF|EXEC|PRINT|DECLARE|COMMIT|COMMENT)\b",
    re.I,
)
_ESCAPE = re.compile(r"\\(.)|''", re.S)
_ESCAPES = {
    "n": "\n",
    "t": "\t",
    "r": "\r",
    "0": "\0",
    "b": "\b",
    "Z": "\x1a",
    "f": "\f",
    "v": "\v",
    "%": r"\%",
}
_PREFIXED = re.compile(r"(?:[NE]|_\w+\s*)'(.*)'", re.I | re.S)
_AFTER_ROW = re.compile(r"\s*([,;])")
_HEX = re.compile(r"0x((?:[0-9a-f]{2})+)|(?:_\w+\s*)?X'((?:[0-9a-f]{2})+)'", re.I)


def matches(name: str, head: bytes) -> bool:
    """Whether the first bytes are SQL with a table or rows at a line start; `name` does not matter."""
    text = head.decode(guess_encoding(head), "ignore").lstrip("\ufeff")
    begin = _PROLOGUE.match(text)
    if not _FIRST_WORD.match(text, begin.end() if begin else 0):
        return False
    starts = chain([0], (found.end() for found in re.finditer("\n", text)))
    return any(kind.match(text, at) for at in starts for kind in (_INSERT, _CREATE, _COPY))


def read(source: Source) -> Iterator[Batch | Note]:
    """Batches of at most 8192 rows, numbered within their table; note `broken_sql` (partial, with `line`)."""
    dump = _Dump(source)
    while dump.need(1 << 18):
        if found := _INSERT.match(dump.text, dump.pos):
            _read_insert(dump, found)
        elif found := _COPY.match(dump.text, dump.pos):
            yield from _read_copy(dump, found)
        else:
            _learn(dump)
            dump.statement_line()
        if len(dump.kinds) > 256:  # no INSERT is open here, so none holds rows that would be forgotten
            dump.flush_all()
            dump.kinds.clear()
        yield from dump.drain()
    yield from dump.drain(everything=True)
    if dump.broken:
        yield Note("broken_sql", "partial", {"line": dump.broken})


class _Grammar(NamedTuple):
    """Expressions for rows; strings differ between dialects in what a backslash means."""

    cell: str
    item: re.Pattern[str]
    row: re.Pattern[str]
    backslash: bool


def _grammar(backslash: bool) -> _Grammar:
    escape, plain = (r"\\.|", r"\\") if backslash else ("", "")
    single = rf"'[^'{plain}]*+(?:(?:{escape}'')[^'{plain}]*+)*+'"
    double = rf'"[^"{plain}]*+(?:(?:{escape}"")[^"{plain}]*+)*+"'
    inner = rf"\((?:[^'\"()]++|{single}|{double})*+\)"
    for _ in range(3):
        inner = rf"\((?:[^'\"()]++|{single}|{double}|{inner})*+\)"
    item = rf"(?:[^'\"(),]++|{single}|{double}|{inner})*+"
    row = rf"\s*\((?:{item},)*+{item}\)"
    cell = rf"\s*+((?:N|_binary )?{single}|[^'\"(),]*+)"
    return _Grammar(cell, re.compile(rf"({item})[,)]", re.S), re.compile(row, re.S), backslash)


def _has_backslash_escapes(head: str) -> bool:
    """Whether a backslash in a string escapes; the programs that write otherwise are known by their words."""
    if re.search(r"MySQL|MariaDB|ENGINE\s*=|`", head, re.I):
        return True
    other = r"PostgreSQL|PRAGMA|\[dbo\]|\bN'|TO_DATE\(|VARCHAR2|^GO\b|^BEGIN TRANSACTION"
    if re.search(other, head, re.I | re.M):
        return False
    return not re.search(r"[^\\]\\'\s*[,)]", head) or bool(re.search(r"\\'[^\s,)]", head))


class _Rows:
    """Rows of one table with one list of columns."""

    def __init__(self, table: str, columns: tuple[str, ...] | None, width: int, grammar: _Grammar) -> None:
        self.table, self.columns, self.width = table, columns, width
        fits = 0 < width <= 100
        self.fast = (
            re.compile(r"\s*\(" + r"\s*,".join([grammar.cell] * width) + r"\s*\)", re.S) if fits else None
        )
        self.rows: list[tuple[str, ...]] = []
        self.numbers: list[int] = []


class _Dump:
    """The text of a dump through a sliding buffer, and the tables found in it."""

    def __init__(self, source: Source) -> None:
        head = source.head()
        self.encoding = guess_encoding(head)
        self.grammar = _grammar(_has_backslash_escapes(head.decode(self.encoding, "ignore")))
        self.blocks = text_blocks(source, self.encoding)
        self.text, self.pos, self.eof = "", 0, False
        self.lines, self.counted, self.nbytes, self.refills, self.broken = 1, 0, 0, 0, 0
        self.columns: dict[str, dict[str, str]] = {}
        self.kinds: dict[tuple[str, str | None, int], _Rows] = {}
        self.counts: dict[str, int] = {}
        self.other: list[tuple[int, str]] = []
        self.seen: set[str] = set()
        self.done: list[Batch] = []

    def need(self, size: int) -> bool:
        """Have `size` characters after the position if the dump has them; False at its end."""
        while len(self.text) - self.pos < size and not self.eof:
            self.more()
        return self.pos < len(self.text)

    def more(self) -> bool:
        """Read on, up to the longest row; False if nothing came."""
        if self.eof or len(self.text) - self.pos > LONGEST:
            return False
        self.line()
        parts, size = [self.text[self.pos :]], 0
        while size < REFILL and not self.eof:
            text, nbytes = next(self.blocks, ("", -1))
            self.eof = nbytes < 0
            self.nbytes += max(nbytes, 0)
            parts.append(text.replace("\r\n", "\n"))
            size += len(text)
        self.text, self.pos, self.counted = "".join(parts), 0, 0
        self.refills += 1
        if self.refills % 16 == 0:
            self.flush_all()
        return True

    def line(self) -> int:
        """The number of the line of the position."""
        self.lines += self.text.count("\n", self.counted, self.pos)
        self.counted = self.pos
        return self.lines

    def statement_line(self) -> None:
        """Move over one line that is no data; a line seen before is not kept again."""
        end = self.text.find("\n", self.pos)
        while end < 0 and self.more():
            end = self.text.find("\n", self.pos)
        end = len(self.text) if end < 0 else end
        text = self.text[self.pos : end].strip()
        if text and text != ";" and text not in self.seen:
            self.other.append((self.line(), text))
            if len(self.seen) < 10000 and len(text) < 200:
                self.seen.add(text)
        self.pos = min(end + 1, len(self.text))
        if len(self.other) >= ROWS:
            self.flush_other()

    def rows(self, table: str, listed: str | None, width: int = 0) -> _Rows:
        """The rows of a table with this column list; `width` cells where no list says it."""
        key = (table, listed, width)
        if found := self.kinds.get(key):
            return found
        name = _unquote(table)
        known = self.columns.get(name) or self.columns.get(name.rpartition(".")[2].lower(), {})
        names = [_unquote(n) for n in _split(listed)] if listed else list(known)
        titled = tuple(known.get(n) or n for n in names)
        columns = titled if titled and width in (0, len(titled)) else None
        self.kinds[key] = kind = _Rows(name, columns, width or len(titled), self.grammar)
        return kind

    def number(self, kind: _Rows) -> None:
        """Give the rows that came last their numbers; rows of other lists of columns may come between."""
        first = self.counts.get(kind.table, 0) + 1
        stop = first + len(kind.rows) - len(kind.numbers)
        kind.numbers.extend(range(first, stop))
        self.counts[kind.table] = stop - 1

    def flush(self, kind: _Rows) -> None:
        """Turn rows into a batch."""
        if kind.rows:
            self.number(kind)
            rows, numbers, kind.rows, kind.numbers = kind.rows, kind.numbers, [], []
            flat = _values(list(chain.from_iterable(rows)), self.grammar.backslash)
            self.add(kind, kind.columns, flat, np.array(numbers, np.int64))

    def add(self, kind: _Rows, columns: tuple[str, ...] | None, flat: list[str], numbers: Index) -> None:
        """A finished batch of texts in row order."""
        cells, first = Cells.from_strings(flat, len(flat) // len(numbers)), int(numbers[0])
        batch = Batch(kind.table, cells, columns, first, numbers, encoding=self.encoding, nbytes=self.nbytes)
        self.done.append(batch)
        self.nbytes = 0

    def flush_other(self) -> None:
        """Turn the lines that are no data into a batch."""
        if self.other:
            numbers, texts = zip(*self.other, strict=True)
            index, cells = np.array(numbers, np.int64), Cells.from_strings(texts, 1)
            batch = Batch(STATEMENTS, cells, None, numbers[0], index, lines=True, encoding=self.encoding)
            self.done.append(batch)
            self.other = []

    def flush_all(self) -> None:
        """Turn everything that is kept into batches."""
        for kind in self.kinds.values():
            self.flush(kind)
        self.flush_other()

    def drain(self, everything: bool = False) -> Iterator[Batch]:
        """The finished batches; all rows if `everything`."""
        if everything:
            self.flush_all()
        done, self.done = self.done, []
        yield from done


def _unquote(name: str) -> str:
    return ".".join(part.strip('`"[] \n\t') for part in re.findall(_PART, name))


def _split(listed: str) -> list[str]:
    return [name for name in listed.split(",") if name.strip()]


def _learn(dump: _Dump) -> None:
    """Remember names and comments of columns if a CREATE TABLE or COMMENT ON COLUMN begins here."""
    text = dump.text
    if found := _CREATE.match(text, dump.pos):
        columns, at = {}, found.end() + 1
        while (item := dump.grammar.item.match(text, at)) is not None:
            part = item[1].strip()
            if (name := re.match(_PART, part)) and not _NOT_COLUMN.match(part):
                note = _COMMENT.search(part)
                title = _unescape(note[1], True).strip() if note else ""
                columns[_unquote(name[0])] = _unquote(name[0]) + (f"/{title}" if title else "")
            at = item.end()
            if text[at - 1] == ")":
                break
        table = _unquote(found[1])
        dump.columns[table] = dump.columns[table.rpartition(".")[2].lower()] = columns
    elif found := _REMARK.match(text, dump.pos):
        table, _, column = _unquote(found[1]).rpartition(".")
        for known in (table, table.rpartition(".")[2].lower()):
            if column in dump.columns.get(known, {}):
                dump.columns[known][column] = f"{column}/{_unescape(found[2], False)}"


def _read_insert(dump: _Dump, header: re.Match[str]) -> None:
    """The rows of one INSERT; at a row that does not end, its first line is kept as it is."""
    table, listed = header[1], header[2]
    kind, dump.pos = dump.rows(table, listed), header.end()
    while True:
        if kind.fast and (found := kind.fast.match(dump.text, dump.pos)):
            kind.rows.append(found.groups())
        elif found := dump.grammar.row.match(dump.text, dump.pos):
            # The outer bracket goes, so that every value ends in a comma or the last bracket.
            values = tuple(dump.grammar.item.findall(found[0].lstrip()[1:]))
            if len(values) != kind.width:
                dump.number(kind)
                kind = dump.rows(table, listed, len(values))
            kind.rows.append(values)
        elif dump.more():
            continue
        else:
            dump.broken = dump.broken or dump.line()
            dump.number(kind)
            return dump.statement_line()
        dump.pos = found.end()
        if len(kind.rows) >= ROWS:
            dump.flush(kind)
        comma = _AFTER_ROW.match(dump.text, dump.pos) if dump.need(256) else None
        dump.pos = comma.end() if comma else dump.pos
        if comma is None or comma[1] == ";":
            return dump.number(kind)


def _read_copy(dump: _Dump, header: re.Match[str]) -> Iterator[Batch]:
    """The rows of a COPY block, as many as the buffer holds at a time."""
    kind, first_line = dump.rows(header[1], header[2]), True
    dump.pos = header.end()
    while True:
        dump.need(REFILL)
        stop = dump.pos - 1 if dump.text.startswith("\\.", dump.pos) else dump.text.find("\n\\.", dump.pos)
        end = stop if stop >= 0 or not first_line else -1
        end = end if end >= 0 else dump.text.rfind("\n", dump.pos)
        if end >= dump.pos:
            lines = dump.text[dump.pos : end].split("\n")
            for first in range(0, len(lines), ROWS):
                _add_copied(dump, kind, lines[first : first + ROWS])
                yield from dump.drain()
        if stop >= 0:
            dump.pos = end + 3
            return
        dump.pos = max(end + 1, dump.pos)
        if dump.eof or not dump.more():
            dump.broken = dump.broken or dump.line()
            dump.statement_line()
            return


def _add_copied(dump: _Dump, kind: _Rows, lines: list[str]) -> None:
    tabs = {line.count("\t") for line in lines}
    width = max(tabs) + 1
    if len(tabs) > 1:
        lines = [line + "\t" * (width - 1 - line.count("\t")) for line in lines]
    flat = "\t".join(lines).split("\t")
    if any("\\" in line for line in lines):
        flat = ["" if c == "\\N" else _unescape(c, True, quotes=False) if "\\" in c else c for c in flat]
    first = dump.counts.get(kind.table, 0) + 1
    dump.counts[kind.table] = first + len(lines) - 1
    numbers = np.arange(first, first + len(lines), dtype=np.int64)
    dump.add(kind, kind.columns if width == kind.width else None, flat, numbers)


def _values(flat: list[str], backslash: bool) -> list[str]:
    """The values that SQL literals mean."""
    flat = [c[1:-1] if c[:1] == "'" == c[-1:] else _literal(c) for c in flat]
    joined = "\x1f".join(flat)
    if "''" in joined or (backslash and "\\" in joined):
        return [_unescape(c, backslash) if "'" in c or "\\" in c else c for c in flat]
    return flat


def _literal(text: str) -> str:
    """A value that is not a plain string: NULL is empty, a string with a prefix or in hex is its text."""
    text = text.strip()
    if text[:1].isdigit() and text[1:2] not in ("x", "X"):
        return text
    if text.upper() == "NULL":
        return ""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    if found := _HEX.fullmatch(text):
        try:
            plain = bytes.fromhex(found[1] or found[2]).decode()
        except UnicodeDecodeError:
            return text
        return plain if plain.isprintable() else text
    found = _PREFIXED.fullmatch(text)
    return found[1] if found else text


def _unescape(text: str, backslash: bool, quotes: bool = True) -> str:
    if not backslash:
        return text.replace("''", "'") if quotes else text

    def plain(found: re.Match[str]) -> str:
        if found[1] is None:
            return "'" if quotes else "''"
        return _ESCAPES.get(found[1], found[1])

    return _ESCAPE.sub(plain, text)

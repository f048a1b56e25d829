"""SQLite databases, read without writing to them or beside them.

A database is read into memory, or, where it is large or has a write-ahead log (or a rollback journal)
beside it, copied with it into a private temporary folder: rows not yet checkpointed count, and the
originals stay untouched, even their access times.
"""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import chain, islice
from pathlib import Path
from urllib.parse import quote_from_bytes

import numpy as np

from scanner.errors import UnreadableError
from scanner.schema import SEPARATOR, Batch, Cells, Note, Source
from scanner.sources.local import LocalFile

SIGNATURE = b"SQLite format 3\0"
ROWS, AREA, BYTES = 8192, 1 << 20, 1 << 25
"""A batch ends after this many rows, cells or bytes, whichever comes first."""
STEP = 256
LOGS = ("-wal", "-journal")
IN_MEMORY = 256 << 20

_Value = bytearray | bytes | int | float | None
"""What a cell is here: TEXT comes as `bytearray` (see `_open`), so it differs from a BLOB, `bytes`."""


def matches(name: str, head: bytes) -> bool:
    """Whether the 16-byte signature is there; `name` does not matter."""
    return head.startswith(SIGNATURE)


def read(source: Source) -> Iterator[Batch | Note]:
    """Batches of at most 8192 rows in rowid order, numbered from 1 in each table; views are left out.

    Notes `table_failed` (partial) and `blobs`, both with `table`. Raises `UnreadableError("broken")`
    where the list of tables cannot be read.
    """
    with ExitStack() as stack:
        try:
            database = _load(source, stack)
            tables = _tables(database)
        except sqlite3.DatabaseError as error:
            raise UnreadableError("broken", detail="sqlite") from error
        for table in tables:
            yield from _read_table(database, table)


def _load(source: Source, stack: ExitStack) -> sqlite3.Connection:
    """A connection to the content of the source.

    The library would open the file itself and so change its access time. Therefore a small database is
    read into memory, and a large one, or one with a log, is copied to a private folder that goes when
    `stack` closes.
    """
    path: Path | None = getattr(source, "path", None)
    logs = [log for log in LOGS if path is not None and _has_bytes(_beside(path, log))]
    if not logs and source.size <= IN_MEMORY:
        with source.open() as stream:
            raw = bytearray(stream.read())
        raw[18:20] = b"\1\1"  # a database in WAL mode without its log is read as any other
        database = stack.enter_context(closing(_settled(sqlite3.connect(":memory:", isolation_level=None))))
        database.deserialize(bytes(raw))
        return database
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="piitrace-")))
    copy = folder / "copy"
    with source.open() as stream, copy.open("wb") as out:
        shutil.copyfileobj(stream, out, 1 << 20)
    for log in logs:
        assert path is not None
        with LocalFile(_beside(path, log), "", 0).open() as stream, _beside(copy, log).open("wb") as out:
            shutil.copyfileobj(stream, out, 1 << 20)
    return stack.enter_context(closing(_open(copy, bool(logs))))


def _beside(path: Path, suffix: str) -> Path:
    return path.with_name(path.name + suffix)


def _has_bytes(path: Path) -> bool:
    try:
        return path.stat().st_size > 0
    except FileNotFoundError:
        return False


def _open(path: Path, is_copy: bool) -> sqlite3.Connection:
    """A connection that cannot write; a copy with its log is writable, for the log must be replayed."""
    name = path.absolute().as_posix()
    name = name if name.startswith("/") else "/" + name  # C:/a.db
    mode = "rw" if is_copy else "ro&immutable=1"
    location = f"file://{quote_from_bytes(name.encode('utf-8', 'surrogateescape'))}?mode={mode}"
    return _settled(sqlite3.connect(location, timeout=5, uri=True, isolation_level=None))


def _settled(database: sqlite3.Connection) -> sqlite3.Connection:
    database.text_factory = bytearray
    database.execute("PRAGMA trusted_schema = OFF")  # the schema of a stranger calls no function of ours
    return database


def _tables(database: sqlite3.Connection) -> list[str]:
    """Names of the tables with content, in the order of their making, without those of SQLite itself.

    What a virtual table keeps in shadow tables comes out of the virtual table already.
    """
    found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    names = [_title(name) for (name,) in found if not name.startswith(b"sqlite_")]
    kinds = database.execute("PRAGMA table_list").fetchall()  # empty before SQLite 3.37
    shadows = {_title(row[1]) for row in kinds if row[2] == b"shadow"}
    return [name for name in names if name not in shadows]


def _title(raw: bytearray | bytes) -> str:
    return raw.decode("utf-8", "replace")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _read_table(database: sqlite3.Connection, table: str) -> Iterator[Batch | Note]:
    """The batches of one table and its notes; rows that came before damage are kept."""
    first, blobs = 1, 0
    failed = False
    try:
        columns = tuple(_title(row[1]) for row in database.execute(f"PRAGMA table_info({_quoted(table)})"))
        wanted = ", ".join(map(_quoted, columns))
        # An index that covers every column would give its own order.
        cursor = database.execute(f"SELECT {wanted} FROM {_quoted(table)} NOT INDEXED")
    except sqlite3.DatabaseError:
        yield Note("table_failed", "partial", {"table": table})
        return
    while not failed:
        rows, failed = _take(cursor, len(columns))
        if not rows:
            break
        cells, lost = _cells(rows, len(columns))
        yield Batch(table, cells, columns, first, nbytes=len(cells.data))
        first, blobs = first + len(rows), blobs + lost
    if failed:
        yield Note("table_failed", "partial", {"table": table})
    if blobs:
        yield Note("blobs", "", {"table": table, "count": blobs})


def _take(cursor: sqlite3.Cursor, width: int) -> tuple[list[tuple[_Value, ...]], bool]:
    """The rows of the next batch, and whether the table broke after them."""
    rows: list[tuple[_Value, ...]] = []
    most, size = max(1, min(ROWS, AREA // width)), 0
    while len(rows) < most and size < BYTES:
        before = len(rows)
        try:
            rows.extend(islice(cursor, min(STEP, most - before)))  # keeps what came before an error
        except sqlite3.DatabaseError:
            return rows, True
        if len(rows) == before:
            break
        size += sum(len(v) for v in chain.from_iterable(rows[before:]) if isinstance(v, (bytes, bytearray)))
    return rows, False


def _cells(rows: list[tuple[_Value, ...]], width: int) -> tuple[Cells, int]:
    """The cells of `rows`, and how many BLOBs among them are no text."""
    values = list(chain.from_iterable(rows))
    flat = [v if type(v) is bytearray else _encoded(v) for v in values]
    joined = SEPARATOR.join(flat)
    if not _is_utf8(joined):
        flat = [_as_utf8(v) for v in flat]
        joined = SEPARATOR.join(flat)
    lost = sum(type(v) is bytes and bool(v) and not t for v, t in zip(values, flat, strict=True))
    sizes = np.fromiter(map(len, flat), np.int64, len(flat))
    ends = np.cumsum(sizes + 1) - 1
    return Cells(np.frombuffer(joined, np.uint8), ends - sizes, ends, width), lost


def _encoded(value: _Value) -> bytes:
    """A number or BLOB as UTF-8 text; a BLOB that is no text is empty."""
    if value is None:
        return b""
    if isinstance(value, (bytes, bytearray)):
        return bytes(value) if 0 not in value and _is_utf8(value) else b""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e21:
        return b"%d" % int(value)
    return str(value).encode()


def _is_utf8(raw: bytes | bytearray) -> bool:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _as_utf8(raw: bytes | bytearray) -> bytes | bytearray:
    return raw if _is_utf8(raw) else raw.decode("gb18030", "replace").encode()

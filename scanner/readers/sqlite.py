"""SQLite databases, read without writing to them or beside them.

A database without a write-ahead log is opened as immutable, which takes no lock and makes no file. One
with a log beside it is copied with its log into a private temporary folder, so that rows not yet
checkpointed count and the originals stay untouched.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from scanner.errors import UnreadableError
from scanner.schema import Batch, Cells, Note, Source

SIGNATURE = b"SQLite format 3\0"
ROWS = 8192


def matches(name: str, head: bytes) -> bool:
    """By signature."""
    return head.startswith(SIGNATURE)


def read(source: Source) -> Iterator[Batch | Note]:
    """Every table, in the order of its name."""
    with contextlib.ExitStack() as stack:
        path = _readable(source, stack)
        try:
            database = stack.enter_context(contextlib.closing(_open(path)))
            found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
            names = [name for (name,) in found.fetchall()]
        except sqlite3.Error as error:
            raise UnreadableError("broken", detail="SQLite") from error
        for name in names:
            try:
                yield from _table(database, name)
            except sqlite3.Error:
                yield Note("table_failed", "partial", {"table": name})


def _readable(source: Source, stack: contextlib.ExitStack) -> Path:
    """The file itself, or a private copy where it has a log or is no file."""
    path: Path | None = getattr(source, "path", None)
    if path is not None:
        log = path.with_name(path.name + "-wal")
        if not (log.is_file() and log.stat().st_size):
            return path
    folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="piitrace-")))
    copy = folder / "copy.db"
    with source.open() as stream, copy.open("wb") as out:
        shutil.copyfileobj(stream, out, 1 << 20)
    if path is not None:
        shutil.copyfile(path.with_name(path.name + "-wal"), folder / "copy.db-wal")
    return copy


def _open(path: Path) -> sqlite3.Connection:
    is_copy = path.with_name(path.name + "-wal").is_file() and path.name == "copy.db"
    mode = "mode=rw" if is_copy else "mode=ro&immutable=1"
    location = path.absolute().as_posix()
    location = location if location.startswith("/") else "/" + location
    database = sqlite3.connect(f"file:{quote(location)}?{mode}", uri=True)
    database.text_factory = bytes
    database.execute("PRAGMA query_only = 1")
    return database


def _table(database: sqlite3.Connection, name: Any) -> Iterator[Batch | Note]:
    title = _text(name)
    columns = tuple(_text(row[1]) for row in database.execute(f"PRAGMA table_info({_quoted(title)})"))
    rows = database.execute(f"SELECT * FROM {_quoted(title)}")
    first, blobs = 1, 0
    while block := rows.fetchmany(ROWS):
        texts = [_text(value) for row in block for value in row]
        blobs += sum(1 for text in texts if text == _BLOB)
        cells = Cells.from_strings(["" if text == _BLOB else text for text in texts], len(columns))
        yield Batch(title, cells, columns, first)
        first += len(block)
    if blobs:
        yield Note("blobs", "", {"table": title, "count": blobs})


_BLOB = "\0blob"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: Any) -> str:
    """A value as text: UTF-8, else GB18030; bytes that are no text count as a blob."""
    if isinstance(value, bytes):
        try:
            return _BLOB if b"\0" in value else value.decode("utf-8")
        except UnicodeDecodeError:
            pass
        try:
            return value.decode("gb18030")
        except UnicodeDecodeError:
            return _BLOB
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return "" if value is None else str(value)

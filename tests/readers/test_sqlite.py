"""Tests of the SQLite reader: every row counts, nothing is written, damage costs only what is damaged."""

from __future__ import annotations

import hashlib
import io
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import BinaryIO

import pytest

from scanner.errors import UnreadableError
from scanner.readers import sqlite as reader
from scanner.schema import Batch, Note, Source
from tests.readers.helpers import FileSource

PHONE, ID = "19783371234", "11010519491231002X"


class Member:
    """A database inside an archive: bytes without a path."""

    name, origin, span = "a.db", "a.zip!a.db", None

    def __init__(self, data: bytes) -> None:
        self.data, self.size = data, len(data)

    def open(self) -> BinaryIO:
        """A new stream from the beginning."""
        return io.BytesIO(self.data)

    def head(self) -> bytes:
        """The first 64 KiB."""
        return self.data[: 1 << 16]


def make(path: Path, script: str) -> Path:
    """A database made by SQL statements."""
    with closing(sqlite3.connect(path)) as database:
        database.executescript(script)
    return path


def run(source: Source) -> tuple[dict[str, list[list[str]]], list[Note]]:
    """Rows of text by table (with the row number first), and the notes."""
    tables: dict[str, list[list[str]]] = {}
    notes = []
    for part in reader.read(source):
        if isinstance(part, Batch):
            rows = range(part.cells.rows)
            texts = [[str(part.row_number(i)), *part.cells.row_texts(i)] for i in rows]
            tables.setdefault(part.table, []).extend(texts)
        else:
            notes.append(part)
    return tables, notes


def state(folder: Path) -> dict[str, tuple[int, str]]:
    """Time of change and hash of every file of a folder."""
    return {
        p.name: (p.stat().st_mtime_ns, hashlib.sha256(p.read_bytes()).hexdigest()) for p in folder.iterdir()
    }


def test_signature() -> None:
    assert reader.matches("a.bin", b"SQLite format 3\0\x10\0")
    assert not reader.matches("a.db", b"SQLite format 2\0\x10\0")


def test_values_are_exact(tmp_path: Path) -> None:
    path = make(
        tmp_path / "a b#?%.db",
        f"CREATE TABLE t (a, 'x y', b REAL, c); INSERT INTO t VALUES ({PHONE}, '{ID}', {PHONE}.0, 1.5);"
        "INSERT INTO t VALUES (9223372036854775807, '张三', 1e300, NULL), (-1, '', 6.0, x'');"
        "CREATE VIEW v AS SELECT * FROM t; CREATE INDEX i ON t ('x y', a, b, c)",
    )
    tables, notes = run(FileSource(path))
    assert tables == {
        "t": [
            ["1", PHONE, ID, PHONE, "1.5"],
            ["2", "9223372036854775807", "张三", "1e+300", ""],
            ["3", "-1", "", "6", ""],
        ]
    }
    assert notes == []
    batch = next(iter(reader.read(FileSource(path))))
    assert isinstance(batch, Batch)
    assert batch.columns == ("a", "x y", "b", "c")


def test_rowid_order_where_an_index_covers_all(tmp_path: Path) -> None:
    path = make(
        tmp_path / "a.db",
        "CREATE TABLE t (a TEXT NOT NULL); CREATE INDEX i ON t (a); INSERT INTO t VALUES ('z'), ('a'), ('m')",
    )
    assert run(FileSource(path))[0] == {"t": [["1", "z"], ["2", "a"], ["3", "m"]]}


def test_without_rowid_and_odd_names(tmp_path: Path) -> None:
    path = make(
        tmp_path / "a.db",
        'CREATE TABLE "a""b" ("x""y" TEXT PRIMARY KEY, rowid) WITHOUT ROWID;'
        f"""INSERT INTO "a""b" VALUES ('{PHONE}', 1);"""
        "CREATE TABLE 客户 (姓名); INSERT INTO 客户 VALUES ('李四')",
    )
    assert run(FileSource(path)) == ({'a"b': [["1", PHONE, "1"]], "客户": [["1", "李四"]]}, [])


def test_wal_that_another_holds_open(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    with closing(sqlite3.connect(folder / "a.db", isolation_level=None)) as database:
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA wal_autocheckpoint = 0")
        database.execute("CREATE TABLE t (a)")
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        database.execute("INSERT INTO t VALUES (?)", (PHONE,))
        before = state(folder)
        assert set(before) == {"a.db", "a.db-wal", "a.db-shm"}
        assert run(FileSource(folder / "a.db")) == ({"t": [["1", PHONE]]}, [])
        assert state(folder) == before


def test_wal_mode_without_log_makes_no_file(tmp_path: Path) -> None:
    path = make(
        tmp_path / "a.db", f"PRAGMA journal_mode = WAL; CREATE TABLE t (a); INSERT INTO t VALUES ('{ID}')"
    )
    before = state(tmp_path)
    assert set(before) == {"a.db"}
    assert run(FileSource(path)) == ({"t": [["1", ID]]}, [])
    assert state(tmp_path) == before


def test_locked_by_a_writer(tmp_path: Path) -> None:
    path = make(tmp_path / "a.db", f"CREATE TABLE t (a); INSERT INTO t VALUES ('{ID}')")
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("BEGIN EXCLUSIVE")
        assert run(FileSource(path)) == ({"t": [["1", ID]]}, [])


def test_temporary_copies_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = make(tmp_path / "a.db", f"CREATE TABLE t (a); INSERT INTO t VALUES ('{ID}')").read_bytes()
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setattr(reader, "IN_MEMORY", 0)
    parts = reader.read(Member(data))
    assert isinstance(next(parts), Batch)
    (private,) = folder.iterdir()
    assert private.stat().st_mode & 0o077 == 0
    parts.close()  # type: ignore[attr-defined]
    assert list(folder.iterdir()) == []
    assert run(Member(data)) == ({"t": [["1", ID]]}, [])
    assert list(folder.iterdir()) == []


def test_gbk_bytes_and_blobs(tmp_path: Path) -> None:
    path = tmp_path / "a.db"
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE t (a TEXT, b BLOB)")
        database.execute("INSERT INTO t VALUES (CAST(? AS TEXT), ?)", ("张三".encode("gbk"), "李四".encode()))
        database.execute("INSERT INTO t VALUES ('张三', ?)", (b"\x89PNG\0\xff",))
        database.execute("INSERT INTO t VALUES ('a' || char(31) || 'b', ?)", (b"\0\1",))
    tables, notes = run(FileSource(path))
    assert tables == {"t": [["1", "张三", "李四"], ["2", "张三", ""], ["3", "a\x1fb", ""]]}
    assert notes == [Note("blobs", "", {"table": "t", "count": 2})]


def test_utf16_database(tmp_path: Path) -> None:
    path = make(
        tmp_path / "a.db", "PRAGMA encoding = 'UTF-16le'; CREATE TABLE t (a); INSERT INTO t VALUES ('张三')"
    )
    assert run(FileSource(path))[0] == {"t": [["1", "张三"]]}


def test_batches_and_numbers(tmp_path: Path) -> None:
    path = make(
        tmp_path / "a.db",
        "CREATE TABLE t (a); CREATE TABLE empty (a); "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n "
        "WHERE i < 20000) INSERT INTO t SELECT i FROM n; DELETE FROM t WHERE a = 5",
    )
    sizes = [part.cells.rows for part in reader.read(FileSource(path)) if isinstance(part, Batch)]
    assert sizes == [8192, 8192, 3615]
    tables, _ = run(FileSource(path))
    assert [row[0] for row in tables["t"]] == [str(i) for i in range(1, 20000)]


def test_virtual_tables(tmp_path: Path) -> None:
    path = make(
        tmp_path / "a.db",
        f"CREATE VIRTUAL TABLE f USING fts5(a); INSERT INTO f VALUES ('{PHONE}');"
        "CREATE TABLE t (a); INSERT INTO t VALUES (1); PRAGMA writable_schema = 1;"
        "INSERT INTO sqlite_master VALUES ('table', 'gone', 'gone', 0, "
        "'CREATE VIRTUAL TABLE gone USING nomodule(a)')",
    )
    tables, notes = run(FileSource(path))
    assert tables == {"f": [["1", PHONE]], "t": [["1", "1"]]}
    assert notes == [Note("table_failed", "partial", {"table": "gone"})]


def test_damage_in_the_middle_keeps_the_rest(tmp_path: Path) -> None:
    path = make(
        tmp_path / "a.db",
        "CREATE TABLE a (x); CREATE TABLE b (x); INSERT INTO b VALUES ('李四'); "
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
        "INSERT INTO a SELECT printf('%0100d', i) FROM n",
    )
    data = bytearray(path.read_bytes())
    data[4096 * 50 : 4096 * 51] = b"\xff" * 4096
    path.write_bytes(data)
    tables, notes = run(FileSource(path))
    assert len(tables["a"]) > 1000
    assert tables["b"] == [["1", "李四"]]
    assert notes == [Note("table_failed", "partial", {"table": "a"})]


@pytest.mark.parametrize("data", [reader.SIGNATURE, reader.SIGNATURE + b"\xff" * 5000])
def test_broken(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.db"
    path.write_bytes(data)
    with pytest.raises(UnreadableError) as error:
        list(reader.read(FileSource(path)))
    assert (error.value.code, error.value.params) == ("broken", {"detail": "sqlite"})
    assert list(tmp_path.iterdir()) == [path]

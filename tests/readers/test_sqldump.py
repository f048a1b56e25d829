"""Tests of the SQL dump reader: dialects, quoting, damage."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.readers import sqldump as reader
from scanner.schema import Batch, Note
from tests.readers.helpers import FileSource

PHONE, ID = "19783371234", "11010519491231002X"
Tables = dict[str, list[tuple[Any, ...]]]


def run(path: Path, data: bytes | str) -> tuple[Tables, dict[str, Any], list[Note]]:
    """Rows as (number, texts) by table, columns by table, and the notes."""
    file = path / "a.sql"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    tables: Tables = {}
    columns: dict[str, Any] = {}
    notes: list[Note] = []
    for part in reader.read(FileSource(file)):
        if isinstance(part, Note):
            notes.append(part)
            continue
        columns[part.table] = part.columns
        for row in range(part.cells.rows):
            tables.setdefault(part.table, []).append((part.row_number(row), *part.cells.row_texts(row)))
    return tables, columns, notes


MYSQL = f"""-- MySQL dump 10.13, call {PHONE}
CREATE TABLE `users` (
  `id` decimal(20,0) NOT NULL,
  `mobile` varchar(20) DEFAULT NULL COMMENT '手机号',
  `note` blob,
  PRIMARY KEY (`id`), KEY `k` (`mobile`)
) ENGINE=InnoDB COMMENT='用户';
INSERT INTO `users` VALUES (1,'{PHONE}',_binary 'a\\'),(\\n'),(2,'it''s',NULL),
(3,'',0xE5BCA0E4B889);
UNLOCK TABLES;
"""


@pytest.mark.parametrize("encoding", ["utf-8", "gbk", "utf-16"])
def test_mysql(tmp_path: Path, encoding: str) -> None:
    tables, columns, notes = run(tmp_path, MYSQL.encode(encoding))
    assert columns["users"] == ("id", "mobile/手机号", "note") and not notes
    assert tables["users"] == [(1, "1", PHONE, "a'),(\n"), (2, "2", "it's", ""), (3, "3", "", "张三")]
    assert (1, f"-- MySQL dump 10.13, call {PHONE}") in tables["statements"]


def test_postgresql(tmp_path: Path) -> None:
    dump = (
        "-- PostgreSQL database dump\nCREATE TABLE public.u (\n id integer DEFAULT nextval('s'::regclass),\n"
        " mobile text\n);\nCOMMENT ON COLUMN public.u.mobile IS '手机号';\n"
        f"COPY public.u (id, mobile) FROM stdin;\n1\t{PHONE}\n2\t\\N\n3\ta\\tb\\\\''\n\\.\n\n"
        "COPY public.e (id) FROM stdin;\n\\.\n\nSELECT 1;\nINSERT INTO public.u VALUES (4, 'C:\\');\n"
    )
    tables, columns, notes = run(tmp_path, dump)
    assert columns["public.u"] == ("id", "mobile/手机号") and not notes
    assert tables["public.u"] == [(1, "1", PHONE), (2, "2", ""), (3, "3", "a\tb\\''"), (4, "4", "C:\\")]
    assert "public.e" not in tables and tables["statements"][-1][1] == "SELECT 1;"


def test_sql_server(tmp_path: Path) -> None:
    dump = (
        "USE [db]\r\nGO\r\nINSERT [dbo].[t] ([a], [b]) VALUES (N'张三', CAST(N'2020-01-01' AS Date))\r\nGO\r\n"
        "INSERT [dbo].[t] ([a], [b]) VALUES (N'C:\\', NULL)\r\nGO\r\n"
    )
    tables, columns, notes = run(tmp_path, dump.encode("utf-16"))
    assert tables["dbo.t"] == [(1, "张三", "CAST(N'2020-01-01' AS Date)"), (2, "C:\\", "")]
    assert columns["dbo.t"] == ("a", "b") and not notes


def test_oracle_and_sqlite(tmp_path: Path) -> None:
    oracle = "REM x\nInsert into S.T (A,B) values ('李''四',to_date('2020-01-01','YYYY-MM-DD'));\n"
    assert run(tmp_path, oracle)[0]["S.T"] == [(1, "李'四", "to_date('2020-01-01','YYYY-MM-DD')")]
    sqlite = f"PRAGMA x;\nCREATE TABLE \"t\"(a text, b);\nINSERT INTO t VALUES('{PHONE}',replace(1,2,3));\n"
    assert run(tmp_path, sqlite)[0]["t"] == [(1, PHONE, "replace(1,2,3)")]


def test_rows_with_other_columns_keep_their_numbers(tmp_path: Path) -> None:
    dump = "INSERT INTO t (a) VALUES (1),(2);\nINSERT INTO t (a,b) VALUES (3,4);\nINSERT INTO t (a) VALUES (5);\n"
    tables, _, _ = run(tmp_path, dump)
    assert sorted(tables["t"]) == [(1, "1"), (2, "2"), (3, "3", "4"), (4, "5")]


@pytest.mark.parametrize(
    ("dump", "rows", "line"),
    [
        (f"SET x;\nINSERT INTO t VALUES (1,'a'),(2,'{PHONE}", [(1, "1", "a")], 2),
        (f"SET x;\nCOPY t (a, b) FROM stdin;\n1\ta\n2\t{PHONE}", [(1, "1", "a")], 4),
    ],
)
def test_truncated(tmp_path: Path, dump: str, rows: list[tuple[Any, ...]], line: int) -> None:
    tables, _, notes = run(tmp_path, dump)
    assert tables["t"] == rows and notes == [Note("broken_sql", "partial", {"line": line})]
    assert any(PHONE in row[1] for row in tables["statements"])


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("-- x\nINSERT INTO t VALUES (1)", True),
        ("/* x */\nCREATE TABLE IF NOT EXISTS `a`.`b` (\n", True),
        ("SET x;\nCOPY t (a) FROM stdin;\n", True),
        ("To load it:\nINSERT INTO t VALUES (1)\n", False),
        ("CREATE TABLE statements are good\n", False),
        ("SELECT 1;\n", False),
        ("a,b\n1,2\n", False),
    ],
)
def test_matches(head: str, expected: bool) -> None:
    assert reader.matches("a.txt", head.encode()) is expected


def test_no_row_is_lost_between_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "REFILL", 100)
    monkeypatch.setattr("scanner.readers.json.BLOCK", 64)
    monkeypatch.setattr(reader._Dump, "need", _need_little)
    values = ",".join(f"({i},'a''),({i}',NULL)" for i in range(500))
    copied = "".join(f"{i}\tx\n" for i in range(500))
    tables, _, notes = run(
        tmp_path, f"SET x=1;\nINSERT INTO t VALUES {values};\nCOPY c (a,b) FROM stdin;\n{copied}\\.\n"
    )
    assert tables["t"] == [(i + 1, str(i), f"a'),({i}", "") for i in range(500)] and not notes
    assert tables["c"] == [(i + 1, str(i), "x") for i in range(500)]


def _need_little(dump: Any, size: int) -> bool:
    while len(dump.text) - dump.pos < min(size, 200) and not dump.eof:
        dump.more()
    return bool(dump.pos < len(dump.text))


def quote(value: str | int | None) -> str:
    """A value as MySQL writes it."""
    if isinstance(value, str):
        pairs = (("\\", "\\\\"), ("'", "\\'"), ("\n", "\\n"), ("\r", "\\r"), ("\0", "\\0"))
        for plain, escaped in pairs:
            value = value.replace(plain, escaped)
        return f"'{value}'"
    return "NULL" if value is None else str(value)


VALUE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1f")) | st.text(
    "(),;'\\\"a中\n"
)


@given(st.lists(st.tuples(VALUE, st.integers() | st.none(), VALUE), min_size=1))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_rows_come_back(tmp_path: Path, rows: list[tuple[str, int | None, str]]) -> None:
    values = ",".join(f"({','.join(map(quote, row))})" for row in rows)
    file = tmp_path / "p.sql"
    file.write_bytes(f"-- MySQL dump\nINSERT INTO `t` VALUES {values};\n".encode())
    found = [
        part.cells.row_texts(row)
        for part in reader.read(FileSource(file))
        if isinstance(part, Batch) and part.table == "t"
        for row in range(part.cells.rows)
    ]
    assert found == [["" if value is None else str(value) for value in row] for row in rows]

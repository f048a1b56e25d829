"""Tests of the columnar reader: every type as exact text, nested columns, damage."""

from __future__ import annotations

import datetime
import decimal
from pathlib import Path
from typing import Any

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import orc

from scanner.errors import UnreadableError
from scanner.readers import parquet as reader
from scanner.schema import Batch, Note
from tests.readers.helpers import FileSource

PHONE, ID = "19783371234", "11010519491231002X"


def run(path: Path) -> tuple[tuple[str, ...], list[list[str]], list[Note]]:
    """Column names, rows of text, notes; row numbers have to be consecutive."""
    columns: tuple[str, ...] = ()
    rows: list[list[str]] = []
    notes = []
    assert reader.matches(path.name, FileSource(path).head())
    for part in reader.read(FileSource(path)):
        if isinstance(part, Note):
            notes.append(part)
            continue
        assert (part.table, part.first_row) == ("table", len(rows) + 1)
        columns = part.columns or ()
        rows.extend(part.cells.row_texts(i) for i in range(part.cells.rows))
    return columns, rows, notes


def write(path: Path, table: pa.Table) -> Path:
    """The table in the format of the suffix."""
    if path.suffix == ".parquet":
        pq.write_table(table, path, row_group_size=3)
    elif path.suffix == ".orc":
        orc.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as file:
            file.write_table(table, 3)
    return path


@pytest.mark.parametrize("suffix", [".parquet", ".orc", ".feather"])
def test_plain_columns(tmp_path: Path, suffix: str) -> None:
    table = pa.table(
        {
            "姓名": ["张三", None, "李四", "a\x1fb"],
            "phone": pa.array([19783371234.0, None, 6.5, -3.0]),
            "id": pa.array([9223372036854775807, -1, None, int(PHONE)]),
            "flag": [True, False, None, True],
            "money": pa.array(
                [decimal.Decimal(PHONE), None, decimal.Decimal("1.50"), None], pa.decimal128(20, 2)
            ),
            "day": pa.array([datetime.date(1949, 12, 31), None, None, None]),
            "raw": pa.array([ID.encode(), None, b"\xff\x00", b""], pa.binary()),
        }
    )
    columns, rows, notes = run(write(tmp_path / f"a{suffix}", table))
    assert columns == ("姓名", "phone", "id", "flag", "money", "day", "raw")
    assert rows == [
        ["张三", PHONE, "9223372036854775807", "true", PHONE, "1949-12-31", ID],
        ["", "", "-1", "false", "", "", ""],
        ["李四", "6.5", "", "", "1.50", "", ""],
        ["a\x1fb", "-3", PHONE, "true", "", "", ""],
    ]
    assert notes == [Note("blobs", "", {"table": "table", "count": 1})]


@pytest.mark.parametrize("suffix", [".parquet", ".orc", ".feather"])
def test_nested_columns(tmp_path: Path, suffix: str) -> None:
    kind = pa.struct([("b", pa.struct([("c", pa.string())])), ("d", pa.list_(pa.int64()))])
    table = pa.table(
        {
            "a": pa.array([{"b": {"c": "张三"}, "d": [2**60, 1]}, {"b": None, "d": None}, None], kind),
            "m": pa.array([[("k", b"x")], [], None], pa.map_(pa.string(), pa.binary())),
        }
    )
    columns, rows, notes = run(write(tmp_path / f"a{suffix}", table))
    assert columns == ("a.b.c", "a.d", "m")
    assert rows == [["张三", "[1152921504606846976, 1]", '[["k", "x"]]'], ["", "", "[]"], ["", "", ""]]
    assert notes == []


def test_arrow_types(tmp_path: Path) -> None:
    moment = datetime.datetime(2020, 1, 1, 8)
    columns: dict[str, Any] = {
        "dictionary": pa.array([ID]).dictionary_encode(),
        "view": pa.array([ID], pa.string_view()),
        "large": pa.array([ID], pa.large_string()),
        "fixed": pa.array([b"ab"], pa.binary(2)),
        "half": pa.array([2.0], pa.float16()),
        "float": pa.array([1e300]),
        "time": pa.array([moment], pa.timestamp("s")),
        "zone": pa.array([moment], pa.timestamp("s", "Asia/Shanghai")),
        "lost zone": pa.array([moment], pa.timestamp("s", "No/Where")),
        "null": pa.array([None]),
        "uint": pa.array([2**64 - 1], pa.uint64()),
        "nan": pa.array([float("nan")]),
        "interval": pa.array([(1, 2, 3)], pa.month_day_nano_interval()),
        "bad": pa.Array.from_buffers(pa.string(), 1, pa.array(["张三".encode("gbk")], pa.binary()).buffers()),
    }
    path = write(tmp_path / "a.arrow", pa.table(columns))
    names, rows, notes = run(path)
    texts = dict(zip(names, rows[0], strict=True))
    assert texts == {
        "dictionary": ID,
        "view": ID,
        "large": ID,
        "fixed": "ab",
        "half": "2",
        "float": "1e+300",
        "time": "2020-01-01 08:00:00",
        "zone": "2020-01-01 16:00:00+0800",
        "lost zone": "2020-01-01 08:00:00",
        "null": "",
        "uint": "18446744073709551615",
        "nan": "nan",
        "interval": "[1, 2, 3]",
        "bad": "张三",
    }
    assert notes == []


SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "r",
    "fields": [
        {"name": "name", "type": ["null", "string"]},
        {"name": "phone", "type": "double"},
        {"name": "n", "type": "long"},
        {
            "name": "in",
            "type": ["null", {"type": "record", "name": "s", "fields": [{"name": "raw", "type": "bytes"}]}],
        },
        {"name": "m", "type": {"type": "map", "values": "int"}},
        {"name": "again", "type": ["null", "s"]},
    ],
}
RECORDS: list[dict[str, Any]] = [
    {"name": "张三", "phone": 19783371234.0, "n": 2**62, "in": {"raw": b"x"}, "m": {"k": 1}, "again": None},
    {"name": None, "phone": 0.5, "n": 0, "in": None, "m": {}, "again": {"raw": b"\xff"}},
]


@pytest.mark.parametrize("codec", ["null", "deflate", "bzip2", "xz"])
def test_avro(tmp_path: Path, codec: str) -> None:
    path = tmp_path / "a.avro"
    with path.open("wb") as out:
        fastavro.writer(out, SCHEMA, RECORDS, codec=codec)
    columns, rows, notes = run(path)
    assert columns == ("name", "phone", "n", "in.raw", "m", "again.raw")
    assert rows == [
        ["张三", PHONE, str(2**62), "x", '{"k": 1}', ""],
        ["", "0.5", "0", "", "{}", ""],
    ]
    assert notes == [Note("blobs", "", {"table": "table", "count": 1})]


def test_avro_that_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "a.avro"
    with path.open("wb") as out:
        fastavro.writer(out, SCHEMA, RECORDS * 20000, codec="deflate")
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    _, rows, notes = run(path)
    assert len(rows) > 20000
    assert Note("table_failed", "partial", {"table": "table"}) in notes


@pytest.mark.parametrize("suffix", [".parquet", ".orc", ".feather"])
@pytest.mark.parametrize("share", [0.3, 0.99])
def test_truncated(tmp_path: Path, suffix: str, share: float) -> None:
    path = write(tmp_path / f"a{suffix}", pa.table({"a": [PHONE] * 1000, "b": list(range(1000))}))
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(UnreadableError) as error:
        list(reader.read(FileSource(path)))
    kind = {".feather": "arrow"}.get(suffix, suffix[1:])
    assert (error.value.code, error.value.params) == ("broken", {"detail": kind})


def test_encrypted(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PARE\x15\x04PARE")
    with pytest.raises(UnreadableError, match="encrypted"):
        list(reader.read(FileSource(path)))


def test_many_rows_come_in_bounded_batches(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.table({"a": range(200_000)}), path)
    batches = [part for part in reader.read(FileSource(path)) if isinstance(part, Batch)]
    assert max(part.cells.rows for part in batches) <= reader.ROWS
    assert run(path)[1] == [[str(i)] for i in range(200_000)]


def test_texts_that_begin_like_a_signature() -> None:
    for head in (b"ORCID,name\n", b"PAR1,PAR2\r\n", b"", b"name,phone\n"):
        assert not reader.matches("a.csv", head)

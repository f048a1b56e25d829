"""Tests of the delimited reader: tables of layouts and encodings, and properties against `csv`."""

from __future__ import annotations

import codecs
import csv
import io
import pickle
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from scanner import cuts
from scanner.analyse import Outcome, analyse
from scanner.errors import SkippedError
from scanner.readers import blocks
from scanner.readers import delimited as reader
from scanner.schema import KIND, Batch, Note
from scanner.sources.local import LocalFile
from tests.readers.helpers import FileSource

TODAY = 20261124
HEADER = ["姓名", "手机号", "备注"]
ROWS = [
    ["张三", "19783371234", "回访"],
    ["李四", "19783371235", "新客"],
    ["王五", "19783371236", "老客户"],
    ["赵六", "19783371237", "已加微信"],
]
TRADITIONAL = [
    ["張三", "19783371234", "電話無人接聽"],
    ["李四", "19783371235", "國語補習班學生"],
    ["王五", "19783371236", "請與業務員聯繫"],
    ["趙六", "19783371237", "購買產品資料齊備"],
]


@dataclass
class Seen:
    """Everything a read gave: numbered rows per kind of table, header, and notes."""

    columns: tuple[str, ...] | None = None
    header_row: int | None = None
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    titles: list[tuple[int, list[str]]] = field(default_factory=list)
    lines: bool = False
    notes: list[Note] = field(default_factory=list)
    encoding: str | None = None

    @property
    def texts(self) -> list[list[str]]:
        return [texts for _, texts in self.rows]

    @property
    def numbers(self) -> list[int]:
        return [number for number, _ in self.rows]


def read_file(path: Path, span: tuple[int, int] | None = None) -> Seen:
    seen = Seen()
    for part in reader.read(FileSource(path, span)):
        if isinstance(part, Note):
            seen.notes.append(part)
            continue
        rows = [(part.row_number(i), part.cells.row_texts(i)) for i in range(part.cells.rows)]
        seen.encoding = part.encoding
        if part.table == reader.TABLE and part.lines:
            seen.titles += rows
            continue
        seen.rows += rows
        seen.columns, seen.header_row, seen.lines = part.columns, part.header_row, part.lines
    return seen


def run(folder: Path, data: bytes | str, name: str = "a.csv") -> Seen:
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return read_file(path)


def tally(path: Path, span: tuple[int, int] | None = None) -> Outcome:
    return analyse(LocalFile(path, path.name, path.stat().st_size, span), None, TODAY)


def found(out: Outcome) -> list[tuple[Any, ...]]:
    """The findings of an outcome as plain tuples."""
    return [
        (out.tally.tables[f.table].name, row, column, kind, flags, before, value)
        for f in out.tally.found
        for row, column, kind, flags, before, value in zip(
            f.rows, f.columns, f.spans.kind.tolist(), f.spans.flags.tolist(), f.before, f.values, strict=True
        )
    ]


def rows_note(rows: int) -> Note:
    return Note("rows_read", "", {"rows": rows})


# --- every delimiter in every encoding ------------------------------------------------------------

DELIMITERS = {"comma": ",", "tab": "\t", "semicolon": ";", "pipe": "|", "dashes": "----", "spaces": "   "}
ENCODINGS = {
    "utf-8": lambda t: t.encode(),
    "utf-8 BOM": lambda t: codecs.BOM_UTF8 + t.encode(),
    "gb18030": lambda t: t.encode("gb18030"),
    "big5hkscs": lambda t: t.encode("big5hkscs"),
    "utf-16-le": lambda t: t.encode("utf-16-le"),
    "utf-16-be": lambda t: t.encode("utf-16-be"),
    "utf-16-le BOM": lambda t: codecs.BOM_UTF16_LE + t.encode("utf-16-le"),
    "utf-16-be BOM": lambda t: codecs.BOM_UTF16_BE + t.encode("utf-16-be"),
}


def layout(rows: Iterable[Sequence[str]], sign: str, end: str = "\n") -> str:
    return "".join(sign.join(row) + end for row in rows)


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["LF", "CRLF"])
@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_delimiters_and_encodings(tmp_path: Path, delimiter: str, encoding: str, end: str) -> None:
    rows = TRADITIONAL if encoding == "big5hkscs" else ROWS
    header = ["姓名", "電話", "備註"] if encoding == "big5hkscs" else HEADER
    seen = run(tmp_path, ENCODINGS[encoding](layout([header, *rows], DELIMITERS[delimiter], end)))
    assert seen.columns == tuple(header)
    assert seen.header_row == 1
    assert seen.texts == rows
    assert seen.numbers == [2, 3, 4, 5]
    assert seen.notes == [rows_note(5)]


@pytest.mark.parametrize("encoding", [e for e in ENCODINGS if e != "big5hkscs"])
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_without_header(tmp_path: Path, delimiter: str, encoding: str) -> None:
    seen = run(tmp_path, ENCODINGS[encoding](layout(ROWS, DELIMITERS[delimiter])))
    assert (seen.columns, seen.header_row) == (None, None)
    assert seen.rows == [(i + 1, row) for i, row in enumerate(ROWS)]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_larger_than_the_head(tmp_path: Path, encoding: str) -> None:
    """Cells around every border of a block are whole."""
    kinds = TRADITIONAL if encoding == "big5hkscs" else ROWS
    rows = [[kinds[i % 4][0], f"1978337{i % 10000:04}", f"{kinds[i % 4][2]}{i}"] for i in range(50_000)]
    seen = run(tmp_path, ENCODINGS[encoding](layout([HEADER[:1] + ["tel", "memo"], *rows], ",")))
    assert seen.texts == rows
    assert seen.numbers == list(range(2, 50_002))


def test_mixed_encodings_of_a_log(tmp_path: Path) -> None:
    """A GBK line in a UTF-8 log costs nothing but itself."""
    first = "".join(f"第{i}行：客户张三来电\n" for i in range(5000)).encode()
    assert len(first) > blocks.HEAD
    data = first + "李四的电话：19783371234\n".encode("gb18030") + "王五，结束\n".encode()
    seen = run(tmp_path, data, "a.log")
    assert seen.lines
    assert seen.rows[-2:] == [(5001, ["李四的电话：19783371234"]), (5002, ["王五，结束"])]
    assert seen.rows[4999] == (5000, ["第4999行：客户张三来电"])
    assert b"19783371234" in [f[-1] for f in found(tally(tmp_path / "a.log"))]


def test_mixed_encodings_in_the_head(tmp_path: Path) -> None:
    """With the GBK line at the beginning the UTF-8 lines stay readable too."""
    data = (
        "客户李四来了，请回电话：19783371234\n".encode("gb18030")
        + "王五，结束\n张三的电话：19783371235\n".encode()
    )
    seen = run(tmp_path, data, "a.log")
    assert seen.texts == [
        ["客户李四来了，请回电话：19783371234"],
        ["王五，结束"],
        ["张三的电话：19783371235"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "电话19783371234\n王五，结束\n",
        "李四的电话：19783371234\n王五，结束\n",
        "姓名张三,手机19783371234,地址北京,备注无\n姓名李四,手机19783371235,地址北京,备注无\n",
    ],
)
def test_a_value_with_its_label_is_no_header(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.txt"
    path.write_text(text, "utf-8")
    assert b"19783371234" in [f[-1] for f in found(tally(path))]


# --- quotes ---------------------------------------------------------------------------------------

TAIL = "李四,19783371235,b\n王五,19783371236,c\n赵六,19783371237,d\n"
LAST = [["李四", "19783371235", "b"], ["王五", "19783371236", "c"], ["赵六", "19783371237", "d"]]


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('"张三","19783371234","a"', ["张三", "19783371234", "a"]),
        ('张三,19783371234,"a,b"', ["张三", "19783371234", "a,b"]),
        ('张三,19783371234,"a\nb"', ["张三", "19783371234", "a\nb"]),
        ('张三,19783371234,"a\r\n,b\n\nc"', ["张三", "19783371234", "a\r\n,b\n\nc"]),
        ('"张\n三",19783371234,a', ["张\n三", "19783371234", "a"]),
        ('张三,19783371234,"说""好""的"', ["张三", "19783371234", '说""好""的']),
        ('张三,19783371234,"a"",""b"', ["张三", "19783371234", 'a"",""b']),
        ('张三,"=""19783371234""",a', ["张三", "19783371234", "a"]),
        ('张三,="19783371234",a', ["张三", "19783371234", "a"]),
        ("张三,'19783371234,a", ["张三", "19783371234", "a"]),
        ("张三,\t19783371234\t,a", ["张三", "19783371234", "a"]),
        (' 张三 , "19783371234" , a ', ["张三", "19783371234", "a"]),
        ('张三,19783371234,5"pipe', ["张三", "19783371234", '5"pipe']),
        ('张三,19783371234,5" pipe', ["张三", "19783371234", '5" pipe']),
        ('张三,19783371234,5" pipe 3" nail', ["张三", "19783371234", '5" pipe 3" nail']),
        ('张三,19783371234,""', ["张三", "19783371234", ""]),
        ('"",19783371234,a', ["", "19783371234", "a"]),
    ],
)
@pytest.mark.parametrize("place", ["first", "last", "middle"])
def test_quotes(tmp_path: Path, line: str, cells: list[str], place: str) -> None:
    lines = TAIL.splitlines(keepends=True)
    at = {"first": 0, "middle": 1, "last": 3}[place]
    text = "姓名,手机号,备注\n" + "".join([*lines[:at], line + "\n", *lines[at:]])
    seen = run(tmp_path, text)
    assert seen.texts == [*LAST[:at], cells, *LAST[at:]]
    assert seen.numbers == [2, 3, 4, 5]
    assert seen.columns == tuple(HEADER)


@pytest.mark.parametrize("stray", ['5"pipe', '5" pipe', '"open', 'he said "no', "5''"])
def test_a_stray_quote_leaves_the_rows_apart(tmp_path: Path, stray: str) -> None:
    seen = run(tmp_path, f"姓名,手机号,备注\n张三,19783371234,{stray}\n{TAIL}")
    assert seen.numbers == [2, 3, 4, 5]
    assert [row[1] for row in seen.texts] == [f"1978337123{i}" for i in range(4, 8)]
    assert seen.texts[1:] == LAST


@pytest.mark.parametrize("stray", ['5"pipe', '5" pipe'])
def test_a_stray_quote_beside_a_quoted_cell(tmp_path: Path, stray: str) -> None:
    """A line end in a properly quoted cell of another row stays inside its cell."""
    seen = run(tmp_path, f'姓名,手机号,备注\n张三,19783371234,{stray}\n钱七,19783371238,"x\ny"\n{TAIL}')
    assert seen.texts == [["张三", "19783371234", stray], ["钱七", "19783371238", "x\ny"], *LAST]


def test_an_unclosed_quote_costs_no_row_of_a_long_file(tmp_path: Path) -> None:
    """Every phone after a quote that is never closed is still found in the column of phones."""
    rows = "".join(f"张三,1978337{i * 37 % 10000:04},{'abc' * 40}\n" for i in range(1500))
    text = '姓名,手机号,备注\n李四,19783371234,"never closed\n' + rows
    assert len(text.encode()) > 3 * blocks.HEAD
    path = tmp_path / "a.csv"
    path.write_text(text, "utf-8")
    out = tally(path)
    assert out.tally.count[KIND["CN_MOBILE_NUMBER"]] == 1501
    assert {f[2] for f in found(out) if f[3] == KIND["CN_MOBILE_NUMBER"]} == {1}


# --- ragged rows, headers, blank lines ----------------------------------------------------------


def test_short_rows_are_padded(tmp_path: Path) -> None:
    seen = run(tmp_path, "姓名,手机号,备注\n张三\n李四,19783371235\n王五,19783371236,c\n赵六,19783371237,d\n")
    assert seen.texts == [["张三", "", ""], ["李四", "19783371235", ""], *LAST[1:]]


def test_long_rows_lose_nothing(tmp_path: Path) -> None:
    """A row longer than the sample's widest keeps the rest in its last cell."""
    head = "姓名,手机号,备注\n" + "张三,19783371234,a\n" * 4000
    assert len(head.encode()) > blocks.HEAD
    seen = run(tmp_path, head + "李四,19783371235,b,x,y,19783371236\n")
    assert seen.rows[-1] == (4002, ["李四", "19783371235", "b,x,y,19783371236"])
    assert b"19783371236" in [f[-1] for f in found(tally(tmp_path / "a.csv"))]


def test_a_longer_row_in_the_sample_has_cells_of_its_own(tmp_path: Path) -> None:
    seen = run(tmp_path, "姓名,手机号,备注\n张三,19783371234,a,x,y\n" + TAIL)
    assert seen.texts == [["张三", "19783371234", "a", "x", "y"], *[[*row, "", ""] for row in LAST]]
    assert seen.columns is not None
    assert seen.columns[:3] == tuple(HEADER)


def test_header_below_title_rows(tmp_path: Path) -> None:
    text = "2024年名单,,\n制表：张三,,\n姓名,手机号,备注\n" + layout(ROWS, ",")
    seen = run(tmp_path, text)
    assert seen.columns == tuple(HEADER)
    assert seen.header_row == 3
    assert seen.titles == [(1, ["2024年名单", "", ""]), (2, ["制表：张三", "", ""])]
    assert seen.rows == [(i + 4, row) for i, row in enumerate(ROWS)]


def test_titles_are_examined(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("联系 19783371299,,\n姓名,手机号,备注\n" + layout(ROWS, ","), "utf-8")
    assert b"19783371299" in [f[-1] for f in found(tally(path)) if f[1] == 1]


def test_repeated_header_is_counted_and_left_out(tmp_path: Path) -> None:
    one = layout([HEADER, *ROWS], ",")
    seen = run(tmp_path, one + one + one)
    assert seen.texts == ROWS * 3
    assert seen.numbers == [2, 3, 4, 5, 7, 8, 9, 10, 12, 13, 14, 15]
    assert seen.notes == [Note("repeated_header", "", {"table": "table", "count": 2}), rows_note(15)]


def test_blank_lines_keep_row_numbers(tmp_path: Path) -> None:
    text = "姓名,手机号,备注\n\n张三,19783371234,a\n\r\n,,\n  \n" + TAIL
    seen = run(tmp_path, text)
    assert seen.numbers == [3, 7, 8, 9]
    assert seen.texts == [["张三", "19783371234", "a"], *LAST]
    assert seen.notes == [rows_note(9)]


def test_one_column_of_numbers_with_header(tmp_path: Path) -> None:
    seen = run(tmp_path, "手机号\n" + "".join(f"1978337{i:04}\n" for i in range(30)))
    assert (seen.columns, seen.header_row, seen.lines) == (("手机号",), 1, False)
    assert seen.rows == [(i + 2, [f"1978337{i:04}"]) for i in range(30)]
    assert seen.notes == [rows_note(31)]


def test_one_column_of_numbers_without_header(tmp_path: Path) -> None:
    seen = run(tmp_path, "".join(f"1978337{i:04}\n" for i in range(30)))
    assert (seen.columns, seen.lines) == (None, True)
    assert seen.rows == [(i + 1, [f"1978337{i:04}"]) for i in range(30)]


def test_no_newline_at_the_end(tmp_path: Path) -> None:
    seen = run(tmp_path, layout([HEADER, *ROWS], ",")[:-1])
    assert seen.texts == ROWS
    assert run(tmp_path, "一行字\n两行字 19783371234").texts[-1] == ["两行字 19783371234"]


@pytest.mark.parametrize("data", [b"", b"\n\n", codecs.BOM_UTF8, b" \r\n\t\n", codecs.BOM_UTF16_LE])
def test_nothing_in_it(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(SkippedError, match="empty"):
        run(tmp_path, data)


def test_empty_file_through_analyse(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.touch()
    out = tally(path)
    assert (out.status, [n.code for n in out.notes]) == ("skipped", ["empty"])


@pytest.mark.parametrize("filler", ["x", "的", "x,", "x y "], ids=["ASCII", "Han", "commas", "spaces"])
def test_a_line_of_ten_megabytes(tmp_path: Path, filler: str) -> None:
    """Text without a line end is read whole: nothing before, across, or after a block is lost."""
    count = (10 << 20) // len(filler.encode())
    half = filler * (count // 2)
    path = tmp_path / "a.txt"
    path.write_text(f"a 19783371234 {half} 19783371235 {half} 19783371236", "utf-8")
    out = tally(path)
    assert out.status == "complete"
    assert [f[-1] for f in found(out)] == [b"19783371234", b"19783371235", b"19783371236"]


def test_a_long_line_is_one_row(tmp_path: Path) -> None:
    """Row numbers after a line of ten megabytes are those of an editor."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"x " * (5 << 20) + b"\nphone 19783371234\n")
    assert [f[1] for f in found(tally(path))] == [2]


def test_a_number_across_the_longest_record(tmp_path: Path) -> None:
    """Where a long line is given out in pieces, a number on the border is not cut in two."""
    path = tmp_path / "a.txt"
    border = blocks.HEAD + blocks.LONGEST
    path.write_bytes(b"x" * (border - 6) + b" 19783371234 " + b"x" * (3 << 20))
    assert [f[-1] for f in found(tally(path))] == [b"19783371234"]


def test_findings_of_a_long_line_stay_small(tmp_path: Path) -> None:
    """What is kept of a line with many phones is of the order of the line."""
    path = tmp_path / "a.txt"
    path.write_text(" ".join(f"1978337{i:04}" for i in range(3000)), "utf-8")
    out = tally(path)
    assert len(found(out)) == 3000
    assert len(pickle.dumps(out.tally.found)) <= 8 * path.stat().st_size


@pytest.mark.parametrize("name", ["a.txt", "a.xls", "a.dat", "a.json", "a.sql", "a", "名单.xlsx"])
def test_content_decides_not_the_suffix(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(layout([HEADER, *ROWS], ","), "utf-8")
    out = tally(path)
    assert (out.status, out.reader) == ("complete", "delimited")
    assert out.tally.tables[0].columns == tuple(HEADER)
    assert out.tally.count[KIND["CN_MOBILE_NUMBER"]] == 4


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("第一章，开始。\n他说, 好的。\n结束了。\n再见。\n然后，他走了\n", None),
        ("a = 1\nb = 2\nif a:\n    b()\n", None),
        ("张三----19783371234\n李四----19783371235\n", "-"),
        ("张三 19783371234\n李四 19783371235\n王五 19783371236\n", " "),
        ("2024-01-02 10:00:00 INFO 1234567 started\n2024-01-02 10:00:01 INFO 1234567 done\n", None),
        ("a,b;c\n1,2;3\n4,5;6\n", ","),
        ("a\tb,c\n1\t2,3\n4\t5,6\n", "\t"),
    ],
)
def test_sniff(text: str, delimiter: str | None) -> None:
    assert reader.sniff(text).delimiter == (ord(delimiter) if delimiter else None)


# --- properties -----------------------------------------------------------------------------------

STRIPPED = " \t\r\"'="
CELL = st.text("ab19张三李'=\" ,\n;|", max_size=8)


def as_read(text: str) -> str:
    """What is left of a cell: quotes inside stay doubled, for places are given in the file's text."""
    return text.replace('"', '""').strip(STRIPPED)


def tables(cell: st.SearchStrategy[str]) -> st.SearchStrategy[list[list[str]]]:
    return st.integers(2, 5).flatmap(
        lambda width: st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=12)
    )


def written(rows: list[list[str]], quoting: Any, end: str = "\n", delimiter: str = ",") -> str:
    out = io.StringIO()
    csv.writer(out, quoting=quoting, lineterminator=end, delimiter=delimiter).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", list(",;|\t"))
@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@settings(max_examples=80)
@given(rows=tables(CELL))
def test_split_reads_what_csv_wrote(quoting: Any, delimiter: str, end: str, rows: list[list[str]]) -> None:
    data = written(rows, quoting, end, delimiter).encode()
    dialect = reader.Dialect("utf-8", ord(delimiter), 0, len(rows[0]))
    cells, used = reader.split(np.frombuffer(data, np.uint8), dialect, True)
    assert used == len(data)
    assert [cells.row_texts(i) for i in range(cells.rows)] == [[as_read(t) for t in row] for row in rows]


@pytest.mark.parametrize("quoting", [csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(rows=tables(CELL))
def test_reader_reads_what_csv_wrote(
    tmp_path_factory: pytest.TempPathFactory, quoting: Any, rows: list[list[str]]
) -> None:
    """The same through sniffing and batches; a header, a blank row or a repeated one is accounted for."""
    text = written(rows, quoting)
    dialect = reader.sniff(text)
    assume(dialect.delimiter == ord(",") and dialect.width == len(rows[0]))
    seen = run(tmp_path_factory.mktemp("csv"), text)
    expected = {i + 1: [as_read(t) for t in row] for i, row in enumerate(rows)}
    got = dict(seen.rows) | dict(seen.titles)
    columns = list(seen.columns) if seen.columns else None
    if seen.header_row is not None:
        assert columns == [t.strip() for t in expected[seen.header_row]]
        got[seen.header_row] = expected[seen.header_row]
    for number, texts in expected.items():
        if number in got:
            assert got[number] == texts
        else:
            assert not any(texts) or texts == columns
    assert got.keys() <= expected.keys()


@settings(max_examples=200)
@given(tables(CELL), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]), st.data())
def test_split_of_pieces(rows: list[list[str]], quoting: Any, data: st.DataObject) -> None:
    """Split in two at any byte, with the rest carried over, gives the same records."""
    raw = written(rows, quoting).encode()
    dialect = reader.Dialect("utf-8", 0x2C, 0, len(rows[0]))
    cut = data.draw(st.integers(0, len(raw)))
    first, used = reader.split(np.frombuffer(raw[:cut], np.uint8), dialect, False)
    second, _ = reader.split(np.frombuffer(raw[used:], np.uint8), dialect, True)
    got = [c.row_texts(i) for c in (first, second) for i in range(c.rows)]
    assert got == [[as_read(t) for t in row] for row in rows]


# --- byte ranges ----------------------------------------------------------------------------------

NOTES = ["", "回访", "a,b", 'a "quoted" word', "two\nlines", "x\n\ny,z", "李四的电话19783379999", " ", "5' x"]


def big_table(seed: int, style: str) -> str:
    """About 300 KB of a list, with everything that makes ranges differ from a whole."""
    r = random.Random(seed)
    rows: list[list[str]] = [["姓名", "手机号", "邮箱", "备注"]]
    for _ in range(7000):
        if r.random() < 0.01:
            rows.append(r.choice([rows[0], ["", "", "", ""]]))
        phone = f"1978{r.randrange(3370000, 3370000 + 9000)}"
        name = r.choice("赵钱孙李周吴郑王") + r.choice("伟芳娜敏静") + r.choice(["", "明", "红"])
        rows.append([name, phone, f"u{r.randrange(4000)}@example.com", r.choice(NOTES)])
    if style == "plain":
        return layout(
            [[t.replace(",", "，").replace("\n", " ").replace('"', "") for t in row] for row in rows], ","
        )
    return written(rows, csv.QUOTE_ALL if style == "all" else csv.QUOTE_MINIMAL)


def ranges(path: Path, size: int, block: int, monkeypatch: pytest.MonkeyPatch) -> list[LocalFile]:
    with monkeypatch.context() as patch:
        patch.setattr(cuts, "RANGE", size)
        patch.setattr(cuts, "_BLOCK", block)
        cutter = cuts.Cutter(LocalFile(path, path.name, path.stat().st_size))
        parts = list(cutter)
    spans = [part.span for part in parts]
    assert [s[0] for s in spans if s] == [0, *[s[1] for s in spans[:-1] if s]]
    assert spans[-1] is not None
    assert spans[-1][1] == path.stat().st_size
    return parts


def summary(out: Outcome) -> dict[str, Any]:
    """Everything that a report is made from."""
    t = out.tally
    return {
        "tables": [
            (x.name, x.columns, x.header_row, x.rows, x.hits.tolist(), x.filled.tolist(), x.identified, x.bare,
             x.with_phone, x.with_id, x.with_name, x.with_address)
            for x in t.tables
        ],
        "count": t.count.tolist(),
        "flagged": [t.masked.tolist(), t.damaged.tolist(), t.placeholder.tolist(), t.placeholder_rows],
        "found": found(out),
        "distinct": {key: out.set_of(*key).count() for key in sorted(out.sets, key=str)},
        "notes": sorted(n.code for n in out.notes),
        "rows": out.rows_read,
        "encoding": out.encoding,
    }  # fmt: skip


def merged(parts: Iterable[LocalFile]) -> Outcome:
    out = Outcome()
    for part in parts:
        out.merge(analyse(part, None, TODAY), None)
    return out


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("style", ["plain", "all", "minimal"])
@pytest.mark.parametrize(("size", "block"), [(1 << 16, 1 << 14), (70_000, 1 << 12), (100_001, 33_333)])
def test_ranges_give_what_the_whole_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, style: str, size: int, block: int
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(big_table(size + block, style).encode(encoding))
    parts = ranges(path, size, block, monkeypatch)
    assert len(parts) >= 3
    whole = LocalFile(path, path.name, path.stat().st_size)
    expected, got = summary(merged([whole])), summary(merged(parts))
    for name in expected:
        assert got[name] == expected[name], name


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 1 << 32),
    style=st.sampled_from(["plain", "all", "minimal"]),
    size=st.integers(1 << 16, 200_000),
    block=st.integers(1 << 10, 1 << 16),
)
def test_ranges_of_any_size(
    tmp_path_factory: pytest.TempPathFactory, seed: int, style: str, size: int, block: int
) -> None:
    path = tmp_path_factory.mktemp("cuts") / "a.csv"
    path.write_text(big_table(seed, style), "utf-8")
    parts = ranges(path, size, block, pytest.MonkeyPatch())
    whole = LocalFile(path, path.name, path.stat().st_size)
    expected, got = summary(merged([whole])), summary(merged(parts))
    for name in expected:
        assert got[name] == expected[name], name


def test_ranges_of_cells(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Cell by cell, with row numbers shifted by the rows of the ranges before."""
    path = tmp_path / "a.csv"
    path.write_text(big_table(7, "minimal"), "utf-8")
    whole, got, before = read_file(path), Seen(), 0
    for part in ranges(path, 70_000, 1 << 14, monkeypatch):
        seen = read_file(path, part.span)
        assert seen.columns == whole.columns
        got.rows += [(number + before, texts) for number, texts in seen.rows]
        before += next(int(n.params["rows"]) for n in seen.notes if n.code == "rows_read")
    assert got.rows == whole.rows
    assert Note("rows_read", "", {"rows": before}) in whole.notes


def test_ranges_of_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    r = random.Random(3)
    text = "".join(f"第{i}行 客户来电 1978337{r.randrange(10000):04}。\n" for i in range(6000))
    path = tmp_path / "a.log"
    path.write_text(text, "utf-8")
    parts = ranges(path, 70_000, 1 << 14, monkeypatch)
    assert len(parts) >= 3
    whole = LocalFile(path, path.name, path.stat().st_size)
    assert summary(merged(parts)) == summary(merged([whole]))


def test_ranges_of_one_column(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.txt"
    path.write_text("手机号\n" + "".join(f"1978337{i % 10000:04}\n" for i in range(20_000)), "utf-8")
    parts = ranges(path, 70_000, 1 << 14, monkeypatch)
    assert len(parts) >= 3
    whole = LocalFile(path, path.name, path.stat().st_size)
    assert summary(merged(parts)) == summary(merged([whole]))


def test_equal_counts_of_two_ranges_add_up() -> None:
    first, second = (
        Outcome(notes=[Note("repeated_header", "", {"table": "table", "count": 3})]) for _ in range(2)
    )
    out = Outcome()
    out.merge(first, None)
    out.merge(second, None)
    assert [n.params["count"] for n in out.notes] == [6]


@pytest.mark.parametrize("row", [10, 3000, 6000])
def test_ranges_with_a_stray_quote(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, row: int) -> None:
    """A 5\" pipe anywhere in a plain file changes neither rows nor counts."""
    lines = big_table(11, "plain").splitlines(keepends=True)
    lines[row] = '张伟,19783371234,u@example.com,5"pipe\n'
    path = tmp_path / "a.csv"
    path.write_text("".join(lines), "utf-8")
    whole = LocalFile(path, path.name, path.stat().st_size)
    got = summary(merged(ranges(path, 70_000, 1 << 14, monkeypatch)))
    assert got == summary(merged([whole]))
    assert got["rows"] == len(lines)


def test_batches_know_their_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(big_table(1, "minimal"), "utf-8")
    parts = [p for p in reader.read(FileSource(path)) if isinstance(p, Batch)]
    assert sum(p.nbytes for p in parts) == path.stat().st_size


def test_first_row_without_numbers_is_no_header(tmp_path: Path) -> None:
    """A list whose first person has no phone: the row counts, and no name becomes a column name."""
    seen = run(tmp_path, "王小明,北京,\n" + "".join(f"李小红,上海,1978337{i:04}\n" for i in range(20)))
    assert seen.columns is None
    assert seen.texts[0] == ["王小明", "北京", ""]

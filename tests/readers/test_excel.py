"""Workbooks of every kind, made by other programs."""

from __future__ import annotations

import io
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
import xlwt

from scanner.errors import UnreadableError
from scanner.readers import excel, find_reader, ods
from scanner.schema import Batch, Note
from tests.readers.helpers import FileSource

FIXTURES = Path(__file__).parent.parent / "fixtures"
HEADER = ["姓名", "手机号", "电话2", "身份证号", "比例"]
ROWS = [
    [f"王小{c}", f"1978337{i:04d}", 19783370000 + i, "11010519491231002X", 0.5]
    for i, c in enumerate("明红军" * 5)
]


def read(path: Path) -> tuple[list[Batch], list[Note]]:
    source = FileSource(path)
    reader = find_reader(path.name, source.head())
    assert reader in (excel, ods), reader
    pieces = list(reader.read(source))
    return [p for p in pieces if isinstance(p, Batch)], [p for p in pieces if isinstance(p, Note)]


def tables(batches: list[Batch]) -> dict[str, list[list[str]]]:
    out: dict[str, list[list[str]]] = {}
    for b in batches:
        if not b.lines:
            out.setdefault(b.table, []).extend(b.cells.row_texts(i) for i in range(b.cells.rows))
    return out


def by_xlsxwriter(path: Path) -> None:
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("名单")
    for i, row in enumerate([HEADER, *ROWS]):
        sheet.write_row(i, 0, row)
    book.close()


def by_openpyxl(path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "名单"
    for row in [HEADER, *ROWS]:
        sheet.append(row)
    book.save(path)


def by_xlwt(path: Path) -> None:
    book = xlwt.Workbook()
    sheet = book.add_sheet("名单")
    for i, row in enumerate([HEADER, *ROWS]):
        for j, value in enumerate(row):
            sheet.write(i, j, value)
    book.save(str(path))


def by_odfpy(path: Path) -> None:
    from odf.opendocument import OpenDocumentSpreadsheet
    from odf.table import Table, TableCell, TableRow
    from odf.text import P

    document = OpenDocumentSpreadsheet()
    table = Table(name="名单")
    document.spreadsheet.addElement(table)
    for row in [HEADER, *ROWS]:
        line = TableRow()
        table.addElement(line)
        for value in row:
            kind: dict[str, Any] = {"valuetype": "string"}
            if not isinstance(value, str):
                kind = {"valuetype": "float", "value": value}
            cell = TableCell(**kind)
            cell.addElement(P(text=str(value)))
            line.addElement(cell)
    document.save(str(path))


@pytest.mark.parametrize(
    ("name", "write"),
    [
        ("a.xlsx", by_xlsxwriter), ("b.xlsm", by_openpyxl), ("c.xls", by_xlwt), ("d.et", by_xlwt),
        ("e.ods", by_odfpy), ("wrong.csv", by_xlsxwriter), ("wrong.dat", by_xlwt),
    ],
)  # fmt: skip
def test_every_kind_gives_the_same_rows(tmp_path: Path, name: str, write: Callable[[Path], None]) -> None:
    write(tmp_path / name)
    batches, notes = read(tmp_path / name)
    want = [[row[0], row[1], str(row[2]), row[3], "0.5"] for row in ROWS]
    assert tables(batches) == {"名单": want}
    assert notes == []
    assert batches[0].columns == tuple(HEADER)
    assert batches[0].header_row == 1
    assert batches[0].row_number(0) == 2


def test_xlsb_is_read() -> None:
    batches, notes = read(FIXTURES / "gaps.xlsb")
    rows = tables(batches)["名单"]
    assert len(rows) == 31
    assert rows[0][:7:2] == ["王小明", "19783370000", "11010519491231002X", "0.5"]
    assert rows[30][2:5:2] == ["19783371234", "110105194912310016"]
    assert notes == []


def test_lost_cells_are_told() -> None:
    _, notes = read(FIXTURES / "short.xlsb")
    assert notes == [Note("cells_lost", "partial", {"table": "名单"})]


def test_indented_ods_loses_nothing() -> None:
    batches, _ = read(FIXTURES / "indented.ods")
    rows = tables(batches)["名单"]
    assert len(rows) == 31
    assert rows[29] == ["王小明", "19783370029", "11010519491231002X", "29.5"]
    assert rows[30] == ["李小四", "19783371234", "110105194912310016", "1"]


def test_hidden_sheets_titles_and_two_tables(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("名单")
    sheet.merge_range(0, 0, 0, 4, "翡翠湾业主名单")
    sheet.write_row(2, 1, HEADER)
    for i, row in enumerate(ROWS):
        sheet.write_row(3 + i, 1, row)
    sheet.write_row(18, 1, HEADER)
    sheet.write_row(19, 1, ROWS[0])
    sheet.write_row(22, 1, ["学生姓名", "学校", "家长电话"])
    sheet.write_row(23, 1, ["王小明", "星河小学", "19783371234"])
    hidden = book.add_worksheet("备份")
    hidden.write(4, 2, "19783379999")
    hidden.hide()
    secret = book.add_worksheet("深藏")
    secret.write(0, 0, "19783378888")
    secret.very_hidden()
    book.close()
    batches, notes = read(path)
    found = tables(batches)
    assert [row[1] for row in found["名单"]] == [row[0] for row in [*ROWS, ROWS[0]]]
    assert found["名单#2"] == [["", "王小明", "星河小学", "19783371234", "", ""]]
    assert [b.header_row for b in batches if not b.lines] == [3, 3, 23, None, None]
    assert [b.row_number(0) for b in batches] == [1, 4, 20, 24, 5, 1]
    assert found["备份"] == [["", "", "19783379999"]]
    assert Note("hidden_sheet", "", {"table": "备份"}) in notes
    assert Note("hidden_sheet", "", {"table": "深藏"}) in notes
    assert Note("repeated_header", "", {"table": "名单", "count": 1}) in notes


def test_comments_and_text_boxes_are_read(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "x")
    sheet.write_comment(0, 0, "联系 19783371234")
    sheet.insert_textbox(3, 3, "另有 19783375678")
    book.close()
    batches, _ = read(path)
    lines = [b.cells.text(i) for b in batches if b.lines for i in range(b.cells.rows)]
    assert any("19783371234" in line for line in lines)
    assert any("19783375678" in line for line in lines)


def test_password_says_so(tmp_path: Path) -> None:
    from msoffcrypto.format.ooxml import OOXMLFile

    by_xlsxwriter(tmp_path / "open.xlsx")
    with (tmp_path / "open.xlsx").open("rb") as plain, (tmp_path / "a.xlsx").open("wb") as out:
        OOXMLFile(plain).encrypt("secret", out)
    with pytest.raises(UnreadableError) as caught:
        read(tmp_path / "a.xlsx")
    assert caught.value.code == "encrypted"


@pytest.mark.parametrize("keep", [0.3, 0.9])
def test_truncated_is_broken(tmp_path: Path, keep: float) -> None:
    by_xlsxwriter(tmp_path / "a.xlsx")
    raw = (tmp_path / "a.xlsx").read_bytes()
    (tmp_path / "a.xlsx").write_bytes(raw[: int(len(raw) * keep)])
    with pytest.raises(UnreadableError) as caught:
        read(tmp_path / "a.xlsx")
    assert caught.value.code == "broken"


def test_other_containers_are_not_workbooks(tmp_path: Path) -> None:
    import zipfile

    for name, member in (("a.zip", "list.csv"), ("b.docx", "word/document.xml")):
        with zipfile.ZipFile(tmp_path / name, "w") as package:
            package.writestr(member, "x")
        source = FileSource(tmp_path / name)
        assert find_reader(name, source.head()) is None


def test_reading_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    by_xlsxwriter(folder / "a.xlsx")
    shutil.copy(FIXTURES / "indented.ods", folder / "b.ods")
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}
    for path in list(before):
        read(path)
    assert before == {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in folder.iterdir()}


def test_stream_without_a_path(tmp_path: Path) -> None:
    from scanner.sources.stdin import take

    by_xlsxwriter(tmp_path / "a.xlsx")
    source = take(io.BytesIO((tmp_path / "a.xlsx").read_bytes()))
    assert sum(b.cells.rows for b in excel.read(source) if isinstance(b, Batch)) == len(ROWS)


def test_blank_rows_above_a_table_do_not_hide_its_header(tmp_path: Path) -> None:
    path = tmp_path / "lead.xlsx"
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("名单")
    for i, row in enumerate([HEADER, *ROWS]):
        sheet.write_row(i + 40, 0, row)
    book.close()
    batches, _ = read(path)
    assert [b.columns for b in batches][:1] == [tuple(HEADER)]
    assert batches[0].header_row == 41


def test_a_damaged_comment_is_said_and_the_sheet_is_read(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.xlsx", tmp_path / "bad.xlsx"
    book = xlsxwriter.Workbook(str(good))
    sheet = book.add_worksheet("名单")
    for i, row in enumerate([HEADER, *ROWS]):
        sheet.write_row(i, 0, row)
    sheet.write_comment(1, 1, "电话 19783370099")
    book.close()
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(bad, "w") as new:
        for part in old.namelist():
            new.writestr(part, b"" if part.startswith("xl/comments") else old.read(part))
    batches, notes = read(bad)
    assert len(tables(batches)["名单"]) == len(ROWS)
    assert [(n.code, n.status) for n in notes] == [("sheet_failed", "partial")]

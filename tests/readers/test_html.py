"""HTML tables, also named .xls, and XML spreadsheets."""

from __future__ import annotations

from pathlib import Path

import pytest

from scanner.readers import find_reader, html
from scanner.schema import Batch
from tests.readers.helpers import FileSource

TRADITIONAL = str.maketrans("号机云梦电话", "號機雲夢電話")
TABLE = (
    "<tr><th>姓名</th><th>手机号</th><th>地址</th></tr>"
    "<tr><td>王小明</td><td>19783371234</td><td>云梦市 <b>星河路</b>1号</td></tr>"
    "<tr><td>李小四</td><td colspan=2>19783375678</td></tr>"
)


def read(path: Path) -> list[Batch]:
    source = FileSource(path)
    assert find_reader(path.name, source.head()) is html
    return [piece for piece in html.read(source) if isinstance(piece, Batch)]


@pytest.mark.parametrize(
    ("encoding", "meta"),
    [
        ("utf-8", "<meta charset='utf-8'>"), ("gb18030", "<meta charset=gb2312>"), ("gb18030", ""),
        ("utf-16", ""), ("utf-8-sig", ""), ("big5", '<meta http-equiv="Content-Type" content="text/html; charset=big5">'),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["a.html", "export.xls"])
def test_table_in_every_encoding(tmp_path: Path, encoding: str, meta: str, name: str) -> None:
    text = f"<html><head>{meta}</head><body><p>电话 19783379999</p><table>{TABLE}</table></body></html>"
    if encoding == "big5":
        text = text.translate(TRADITIONAL)
    (tmp_path / name).write_bytes(text.encode(encoding))
    table, lines = read(tmp_path / name)
    rows = [table.cells.row_texts(i) for i in range(table.cells.rows)]
    assert [row[:2] for row in rows] == [["王小明", "19783371234"], ["李小四", "19783375678"]]
    assert table.columns is not None
    assert table.columns[0] == "姓名"
    assert table.row_number(0) == 2
    assert "19783379999" in lines.cells.text(0)


def test_nested_tables_are_told_once(tmp_path: Path) -> None:
    inner = f"<table>{TABLE}</table>"
    (tmp_path / "a.html").write_text(f"<html><table><tr><td>{inner}</td></tr></table></html>", "utf-8")
    cells = [batch.cells.text(i) for batch in read(tmp_path / "a.html") for i in range(len(batch.cells))]
    assert sum("19783371234" in cell for cell in cells) == 1


def test_scripts_are_not_text(tmp_path: Path) -> None:
    page = "<!doctype html><script>var a='19783371234'</script><style>x{}</style><p>文字</p>"
    (tmp_path / "a.html").write_text(page, "utf-8")
    (lines,) = read(tmp_path / "a.html")
    assert [lines.cells.text(i) for i in range(lines.cells.rows)] == ["文字"]


def test_xml_spreadsheet(tmp_path: Path) -> None:
    cells = "<Row><Cell><Data ss:Type='String'>姓名</Data></Cell><Cell><Data ss:Type='String'>手机号</Data></Cell></Row>"
    data = (
        "<Row><Cell><Data ss:Type='String'>王小明</Data></Cell><Cell><Data ss:Type='Number'>1.9783371234E10</Data></Cell>"
        "</Row><Row><Cell ss:Index='2'><Data ss:Type='Number'>19783375678</Data></Cell></Row>"
    )
    ns = "urn:schemas-microsoft-com:office:spreadsheet"
    text = (
        f"<?xml version='1.0' encoding='utf-8'?><Workbook xmlns='{ns}' xmlns:ss='{ns}'>"
        f"<Worksheet ss:Name='名单'><Table>{cells}{data}</Table></Worksheet></Workbook>"
    )
    (tmp_path / "a.xls").write_text(text, "utf-8")
    (batch,) = read(tmp_path / "a.xls")
    assert batch.table == "名单"
    assert [batch.cells.row_texts(i) for i in range(2)] == [["王小明", "19783371234"], ["", "19783375678"]]


def test_prose_with_a_bracket_is_no_html(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("<重要> 请联系\n", "utf-8")
    assert find_reader("a.txt", FileSource(tmp_path / "a.txt").head()) is not html


def test_text_around_inner_tables_is_read_once(tmp_path: Path) -> None:
    path = tmp_path / "layout.html"
    path.write_text(
        f"<table><tr><td>电话 19783379999</td><td><table>{TABLE}</table></td></tr></table>", "utf-8"
    )
    batches = read(path)
    texts = [b.cells.text(i) for b in batches for i in range(len(b.cells))]
    assert sum("19783379999" in t for t in texts) == 1
    assert sum("19783371234" in t for t in texts) == 1

"""Tests of the JSON reader: what a document becomes, and that nothing in it is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scanner.readers import json as reader
from scanner.schema import Batch, Note
from tests.readers.helpers import FileSource

PHONE, ID = "19783371234", "11010519491231002X"


def run(path: Path, data: bytes | str) -> tuple[list[tuple[Any, ...]], list[Note]]:
    """Every cell that is not empty as (table, row number, pointer, text), and the notes."""
    file = path / "a.json"
    file.write_bytes(data.encode() if isinstance(data, str) else data)
    cells, notes = [], []
    for part in reader.read(FileSource(file)):
        if isinstance(part, Note):
            notes.append(part)
            continue
        width = part.cells.width
        for i in range(len(part.cells)):
            if part.cells.text(i):
                place = part.row_number(i // width), part.pointer(i // width, i % width)
                cells.append((part.table, *place, part.cells.text(i)))
    return cells, notes


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ('{"a":1,"b":true,"c":null}', [("/", 1, "/a", "1"), ("/", 1, "/b", "true")]),
        ('[{"m":"x"},{"m":"y"}]', [("/", 1, "/0/m", "x"), ("/", 2, "/1/m", "y")]),
        ('{"data":{"list":[{"u":{"m":"x"}}]}}', [("/data/list", 1, "/data/list/0/u/m", "x")]),
        ('{"tags":["x","y"]}', [("/", 1, "/tags/0", "x"), ("/", 1, "/tags/1", "y")]),
        ('{"a/b~":"x"}', [("/", 1, "/a~1b~0", "x")]),
        ('{"p":"{\\"m\\":\\"x\\"}"}', [("/", 1, "/p#/m", "x")]),
        ('{"p":"{broken"}', [("/", 1, "/p", "{broken")]),
        ('{"n":123456789012345678901234567890}', [("/", 1, "/n", "123456789012345678901234567890")]),
        ('{"n":1.50}', [("/", 1, "/n", "1.50")]),
        ('{"a":1}{"a":2}', [("/", 1, "/a", "1"), ("/", 2, "/a", "2")]),
        ('{\n"a":1}\n{\n"a":2}\n', [("/", 1, "/a", "1"), ("/", 2, "/a", "2")]),
        ('{"a":1}\n\n{"a":2.50}\n', [("lines", 1, "/a", "1"), ("lines", 3, "/a", "2.50")]),
        ('{"a":"x"}\n{"b":"y"}\n', [("lines", 1, "/a", "x"), ("lines", 2, "/b", "y")]),
        ('{"l":[{"a":1}]}\n{"l":[]}\n', [("/l", 1, "/l/0/a", "1")]),
        ('["x","y"]\n["z"]\n', [("lines", 1, "/0", "x"), ("lines", 1, "/1", "y"), ("lines", 2, "/0", "z")]),
    ],
)
def test_cells(tmp_path: Path, data: str, expected: list[tuple[Any, ...]]) -> None:
    assert run(tmp_path, data) == (expected, [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("text", ['{"n":"张三","m":"李四"}', '{"n":"张三"}\n{"n":"李四"}\n'])
def test_encodings(tmp_path: Path, encoding: str, text: str) -> None:
    cells, notes = run(tmp_path, text.encode(encoding))
    assert [cell[3] for cell in cells] == ["张三", "李四"] and not notes


def test_key_that_is_data_becomes_a_cell(tmp_path: Path) -> None:
    cells, _ = run(tmp_path, f'{{"{PHONE}":{{"n":"张三"}}}}')
    assert cells == [("/", 1, "#0#key", PHONE), ("/", 1, "#0/n", "张三")]


def test_truncated_document_keeps_what_came_before(tmp_path: Path) -> None:
    cells, notes = run(tmp_path, f'{{"d":[\n{{"m":"{PHONE}"}},\n{{"m":"x","n":"{PHONE[:5]}')
    assert cells[:2] == [("/d", 1, "/d/0/m", PHONE), ("/d", 2, "/d/1/m", "x")]
    assert cells[2] == ("unparsed lines", 3, None, f'"{PHONE[:5]}')
    assert notes == [Note("broken_json", "partial", {"line": 3})]


def test_bad_lines_are_kept(tmp_path: Path) -> None:
    cells, notes = run(tmp_path, f'{{"a":1}}\nphone {PHONE}\n{{"a":2}}\n{{"a":')
    assert ("unparsed lines", 2, None, f"phone {PHONE}") in cells
    assert ("lines", 3, "/a", "2") in cells
    assert notes == [Note("json_bad_lines", "partial", {"count": 2})]


def test_depth_is_bounded(tmp_path: Path) -> None:
    for depth in (100, 100_000):
        cells, notes = run(tmp_path, "[" * depth + f'"{PHONE}"' + "]" * depth)
        assert PHONE in cells[0][3] and Note("json_depth", "partial", {}) in notes


def test_document_larger_than_the_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "WINDOW", 1000)
    monkeypatch.setattr(reader, "BLOCK", 256)
    rows = [{"m": f"m{i}", "t": ["x"]} for i in range(300)]
    cells, notes = run(
        tmp_path, json.dumps({"k": "v", "d": rows, "s": list(range(10**6, 10**6 + 300))}, indent=1)
    )
    texts = [cell[3] for cell in cells]
    assert texts.count("x") == 300 and not notes
    assert [c for c in cells if c[3] == "m299"] == [("/d", 300, "/d/299/m", "m299")]
    assert [c[3] for c in cells if c[0] == "/s"] == [str(n) for n in range(10**6, 10**6 + 300)]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('{"a":', True),
        ('\ufeff [{"a"', True),
        ('["a",', True),
        ("[1, 2", True),
        ("{}", True),
        ('{"a":1}\n{"a":', True),
        ("[2024-01-01 10:00:00] INFO", False),
        ("[12] text", False),
        ("[section]\na=1", False),
        ('{"a":1},x\n', False),
        ("{a}", False),
        ("a,b\n", False),
        ("", False),
    ],
)
def test_matches(head: str, expected: bool) -> None:
    assert reader.matches("a.txt", head.encode()) is expected


VALUE = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x1f")).filter(
    lambda text: text[:1] not in ("{", "[")
)
NAME = st.text("abc/~中#", min_size=1, max_size=4)


@given(st.lists(st.dictionaries(NAME, VALUE | st.integers(), min_size=1), min_size=2), st.booleans())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
def test_rows_come_back(tmp_path: Path, rows: list[dict[str, Any]], lines: bool) -> None:
    file = tmp_path / "p.json"
    texts = [json.dumps(row, ensure_ascii=False) for row in rows]
    file.write_text("\n".join(texts) if lines else f"[{','.join(texts)}]", "utf-8", newline="\n")
    found: dict[tuple[int, str], str] = {}
    for part in reader.read(FileSource(file)):
        assert isinstance(part, Batch) and part.columns is not None
        for row in range(part.cells.rows):
            for name, text in zip(part.columns, part.cells.row_texts(row), strict=True):
                found[part.row_number(row), name] = text
    escaped = {
        (i, "/" + k.replace("~", "~0").replace("/", "~1")): str(v)
        for i, r in enumerate(rows, 1)
        for k, v in r.items()
    }
    assert {k: v for k, v in found.items() if v} == {k: v for k, v in escaped.items() if v}

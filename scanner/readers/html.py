"""HTML, also where it is named .xls, and the XML spreadsheets of Excel 2003: each table is a table."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from scanner.readers import grid
from scanner.schema import Batch, Cells, Note, Source, exact_text
from scanner.text import decode, guess_encoding

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_HTML = re.compile(rb"<(!doctype\s+html|html|head|body|table|meta)\b", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?([\w\-]+)", re.IGNORECASE)
_SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"


def matches(name: str, head: bytes) -> bool:
    """Markup at the beginning; UTF-16 is looked through."""
    begin = head[:4096].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if begin.startswith(b"<?xml"):
        return _SPREADSHEET in begin or b"<html" in begin.lower()
    return begin.startswith(b"<") and _HTML.search(begin[:1024]) is not None


def read(source: Source) -> Iterator[Batch | Note]:
    """The tables in order, then the text around them as lines."""
    with source.open() as stream:
        raw = stream.read()
    text = decode(raw, _encoding(raw))
    if _SPREADSHEET.decode() in text[:4096]:
        yield from _spreadsheet(text)
        return
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(text)
    for number, table in enumerate(tree.css("table"), 1):
        if len(table.css("table")) == 1:  # what an inner table holds is told once, by that table
            yield from grid.batches(f"table {number}", _rows(table))
            table.decompose()  # the text of a table that only lays out others stays, for the lines below
    for node in tree.css("script, style"):
        node.decompose()
    body = tree.body
    lines = [line.strip() for line in (body.text(separator="\n") if body else "").split("\n")]
    lines = [line for line in lines if line]
    if lines:
        yield Batch("text", Cells.from_strings(lines, 1), lines=True)


def _encoding(raw: bytes) -> str:
    """The declared charset where the text decodes under it, else a guess."""
    guess = guess_encoding(raw[:65536])
    declared = _CHARSET.search(raw[:4096])
    if guess in ("utf-8", "utf-8-sig") or guess.startswith("utf-16") or not declared:
        return guess
    name = declared[1].decode("ascii").lower()
    return "gb18030" if name in ("gb2312", "gbk", "gb18030") else "big5hkscs" if "big5" in name else guess


def _rows(table: LexborNode) -> Iterator[list[str]]:
    for row in table.css("tr"):
        cells: list[str] = []
        for cell in row.css("td, th"):
            cells.append(re.sub(r"\s+", " ", cell.text()).strip())
            cells += [""] * (_span(cell.attributes.get("colspan")) - 1)
        yield cells


def _span(value: Any) -> int:
    return min(int(value), 100) if isinstance(value, str) and value.isdecimal() and int(value) else 1


def _spreadsheet(text: str) -> Iterator[Batch | Note]:
    """Worksheets of an XML spreadsheet; a cell may name its column by ss:Index."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True, encoding="utf-8")
    root = etree.fromstring(text.encode("utf-8"), parser)
    if root is None:
        return
    for number, sheet in enumerate(root.iter("{*}Worksheet"), 1):
        name = next((v for k, v in sheet.attrib.items() if str(k).endswith("Name")), f"Sheet{number}")
        yield from grid.batches(str(name), _xml_rows(sheet))


def _xml_rows(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter("{*}Row"):
        cells: list[str] = []
        for cell in row.iter("{*}Cell"):
            index = next((int(v) for k, v in cell.attrib.items() if str(k).endswith("}Index")), 0)
            cells += [""] * (min(index, 1000) - 1 - len(cells))
            text = "".join(cell.itertext()).strip()
            is_number = any(
                v == "Number" for data in cell for k, v in data.attrib.items() if k.endswith("}Type")
            )
            cells.append(exact_text(text) if is_number else text)
        yield cells

"""OpenDocument spreadsheets (ods, and fods as plain XML), row by row from content.xml.

Read with lxml and not with calamine, which loses the cells of files with indented XML (SheetJS writes
them; calamine 0.9 fails on such a file altogether).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from scanner.errors import UnreadableError
from scanner.readers import grid
from scanner.schema import Batch, Note, Source, exact_text

_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
_NS = "{urn:oasis:names:tc:opendocument:xmlns:%s:1.0}"
_TABLE, _TEXT, _OFFICE = _NS % "table", _NS % "text", _NS % "office"
MOST_REPEATS = 16384
"""A repeated empty row or cell fills the sheet to its border; more than this is never data."""


def matches(name: str, head: bytes) -> bool:
    """A zip or an XML text that says that it is an OpenDocument spreadsheet."""
    if head.startswith(b"PK\x03\x04"):
        return _TYPE in head[:200] or (b"content.xml" in head and name.lower().endswith((".ods", ".ots")))
    return head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<?xml") and _TYPE in head[:8192]


def read(source: Source) -> Iterator[Batch | Note]:
    """Every sheet, hidden ones too."""
    from lxml import etree

    with source.open() as stream:
        try:
            if source.head().startswith(b"PK"):
                package = zipfile.ZipFile(stream)
                if b"encryption-data" in package.read("META-INF/manifest.xml"):
                    raise UnreadableError("encrypted")
                stream = package.open("content.xml")  # type: ignore[assignment]
            yield from _tables(stream)
        except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, EOFError, OSError) as error:
            raise UnreadableError("broken", detail="OpenDocument") from error


def _tables(stream: BinaryIO) -> Iterator[Batch | Note]:
    from lxml import etree

    events: Any = etree.iterparse(
        stream, events=("start", "end"), resolve_entities=False, no_network=True, huge_tree=True
    )
    for event, node in events:
        if event == "start" and node.tag == f"{_TABLE}table":
            name = node.get(f"{_TABLE}name", "table")
            yield from grid.batches(name, _rows(events))


def _rows(events: Any) -> Iterator[list[str]]:
    """The rows of the table that has just begun, until it ends."""
    blank = 0
    for event, node in events:
        if event != "end":
            continue
        if node.tag == f"{_TABLE}table":
            return
        if node.tag == f"{_TABLE}table-row":
            cells = list(_cells(node))
            times = int(node.get(f"{_TABLE}number-rows-repeated", "1"))
            node.clear()
            if not any(cells):
                blank += min(times, MOST_REPEATS)
                continue
            yield from ([] for _ in range(blank))
            blank = 0
            for _ in range(min(times, MOST_REPEATS)):
                yield cells


def _cells(row: Any) -> Iterator[str]:
    blank = 0
    for cell in row.iterchildren(f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
        times = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
        text = _value(cell)
        if not text:
            blank += times
            continue
        yield from [""] * min(blank, MOST_REPEATS)
        blank = 0
        for _ in range(min(times, MOST_REPEATS)):
            yield text


def _value(cell: Any) -> str:
    """The value of a number as it is stored, else the shown text."""
    number = cell.get(f"{_OFFICE}value")
    if number is not None and cell.get(f"{_OFFICE}value-type") == "float":
        return exact_text(str(number))
    return "\n".join("".join(part.itertext()) for part in cell.iterchildren(f"{_TEXT}p")).strip()

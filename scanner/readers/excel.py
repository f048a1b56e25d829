"""Workbooks: xlsx, xlsm, xlsb, xls and et, through calamine (python-calamine, MIT).

Numbers come back as floats: a whole one is written out in full, so that a phone typed as a number is
found and an ID that lost its last digits is found damaged (FACTS G3).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from scanner.errors import UnreadableError
from scanner.readers import grid
from scanner.schema import Batch, Cells, Note, Source, number_text

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_SUFFIXES = (".xls", ".xlt", ".et", ".ett", ".xlsx", ".xlsm", ".xlsb")
_STREAMS = tuple(name.encode("utf-16-le") for name in ("Workbook", "Book", "EncryptedPackage"))
_SUFFIXES = (".xlsx", ".xlsm", ".xlsb", ".xltx", ".xltm", ".et")


def matches(name: str, head: bytes) -> bool:
    """A zip container with workbook parts, or an OLE container with a workbook stream."""
    lower = name.lower()
    if head.startswith(_OLE):
        return lower.endswith(_OLE_SUFFIXES) or any(stream in head for stream in _STREAMS)
    if not head.startswith(b"PK\x03\x04"):
        return False
    if b"word/" in head or b"ppt/" in head:
        return False
    return lower.endswith(_SUFFIXES) or b"xl/" in head


def read(source: Source) -> Iterator[Batch | Note]:
    """Every sheet, hidden ones too; then comments and text boxes."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with source.open() as stream:  # not by path: opened our way, the access time stays
            book = CalamineWorkbook.from_filelike(stream)
    except (CalamineError, OSError, ValueError) as error:
        raise _refusal(source, error) from error
    for sheet in book.sheets_metadata:
        if str(sheet.visible).rsplit(".", 1)[-1] != "Visible":
            yield Note("hidden_sheet", "", {"table": sheet.name})
        if str(sheet.typ).rsplit(".", 1)[-1] == "WorkSheet":
            yield from _sheet(book, sheet.name)
    yield from _losses(source, book)
    yield from _around(source)


def _refusal(source: Source, error: Exception) -> UnreadableError:
    """Encrypted, or broken in the words of the library's kind of error."""
    import msoffcrypto
    from msoffcrypto.exceptions import FileFormatError

    with source.open() as stream:
        try:
            if msoffcrypto.OfficeFile(stream).is_encrypted():
                return UnreadableError("encrypted")
        except (FileFormatError, OSError, ValueError, KeyError, IndexError, zipfile.BadZipFile):
            pass
    return UnreadableError("broken", detail=type(error).__name__)


def _sheet(book: CalamineWorkbook, name: str) -> Iterator[Batch | Note]:
    from python_calamine import CalamineError

    try:
        sheet = book.get_sheet_by_name(name)
        if sheet.height and sheet.width:
            # iter_rows gives the empty rows above the first cell, but not the empty columns before it.
            lead = [""] * (sheet.start or (0, 0))[1]
            rows: Iterable[list[Any]] = sheet.iter_rows()
            yield from grid.batches(name, (lead + row for row in rows) if lead else rows, 1, _text)
    except (CalamineError, ValueError):
        yield Note("sheet_failed", "partial", {"table": name})


def _losses(source: Source, book: CalamineWorkbook) -> Iterator[Note]:
    """Sheets of an xlsb file in short cell records, which SheetJS writes and calamine skips."""
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as package:
            parts = [
                n for n in package.namelist() if n.startswith("xl/worksheets/sheet") and n.endswith(".bin")
            ]
            parts.sort(key=lambda name: (len(name), name))
            for name, part in zip(book.sheet_names, parts, strict=False):
                with package.open(part) as records:
                    if _has_short_cells(records.read(1 << 16)):
                        yield Note("cells_lost", "partial", {"table": name})
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError):
        return


def _has_short_cells(raw: bytes) -> bool:
    """Whether a record of kind 12 to 18 (BrtShortBlank to BrtShortIsst) is among the first."""
    at = 0
    while at + 2 < len(raw):
        kind, at = _varint(raw, at)
        size, at = _varint(raw, at)
        if 12 <= kind <= 18:
            return True
        at += size
    return False


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while at < len(raw):
        value |= (raw[at] & 0x7F) << shift
        shift += 7
        at += 1
        if raw[at - 1] < 0x80 or shift > 21:
            break
    return value, at


def _text(value: Any) -> str:
    """A cell as text: whole numbers in full, never in scientific notation; dates in ISO form.

    >>> _text(19783371234.0), _text(110105194912310016.0), _text(0.5)
    ('19783371234', '110105194912310016', '0.5')
    """
    kind = value.__class__
    if kind is float:
        return number_text(value)
    if kind is bool:
        return "TRUE" if value else "FALSE"
    return "" if value is None else str(value)


def _around(source: Source) -> Iterator[Batch]:
    """Comments and text boxes of an xlsx file, which calamine does not give."""
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as package:
            parts = [
                n
                for n in package.namelist()
                if n.startswith(("xl/comments", "xl/threadedComments", "xl/drawings/drawing"))
            ]
            texts = [text for part in sorted(parts) for text in _texts(package.read(part))]
    except (zipfile.BadZipFile, OSError, RuntimeError, NotImplementedError):
        return
    if texts:
        yield Batch("comments and text boxes", Cells.from_strings(texts, 1), lines=True)


def _texts(xml: bytes) -> Iterator[str]:
    """The text of each comment or box."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    root = etree.fromstring(xml, parser)
    if root is None:
        return
    for node in root.iter("{*}comment", "{*}threadedComment", "{*}txBody"):
        text = "".join(part.text or "" for part in node.iter("{*}t", "{*}text"))
        if text.strip():
            yield text

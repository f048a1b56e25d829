"""Workbooks: xlsx, xlsm, xlsb, xls and et, through calamine (python-calamine, MIT).

Numbers come back as floats: a whole one is written out in full, so that a phone typed as a number is
found and an ID that lost its last digits is found damaged (FACTS G3).
"""

from __future__ import annotations

import re
import zipfile
import zlib
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
_FIRST_PARTS = (b"[Content_Types]", b"_rels/", b"docProps/", b"customXml/", b"xl/", b"mimetype")
_PART = re.compile(rb"PK\x03\x04.{26}(xl|word|ppt)/", re.DOTALL)
_PASSWORD = re.compile(
    rb"\x09\x08(?:\x10\0\0\x06\x05\0.{12}|\x08\0\0\x05\x05\0.{4})(?:\x86\0\0\0)?\x2f\0", re.DOTALL
)
"""Where an old workbook begins, and right behind it the record of a password (BOF, FILEPASS)."""
_ZIP_ERRORS = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, NotImplementedError)


def matches(name: str, head: bytes) -> bool:
    """A zip container with workbook parts, or an OLE container with a workbook stream."""
    lower = name.lower()
    if head.startswith(_OLE):
        return lower.endswith(_OLE_SUFFIXES) or any(stream in head for stream in _STREAMS)
    if not head.startswith(b"PK\x03\x04"):
        return False
    part = _PART.search(head)
    if lower.endswith(_SUFFIXES):
        return part is None or part[1] == b"xl"
    return part is not None and part[1] == b"xl" and head[30:].startswith(_FIRST_PARTS)


def read(source: Source) -> Iterator[Batch | Note]:
    """Every sheet, hidden ones too; then comments and text boxes."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with source.open() as stream:  # not by path: opened our way, the access time stays
            book = CalamineWorkbook.from_filelike(stream)
    except (CalamineError, OSError, ValueError) as error:
        raise _refusal(source, error) from error
    if source.head().startswith(_OLE) and _has_password(source):
        raise UnreadableError("encrypted")
    for sheet in book.sheets_metadata:
        if str(sheet.visible).rsplit(".", 1)[-1] != "Visible":
            yield Note("hidden_sheet", "", {"table": sheet.name})
        if str(sheet.typ).rsplit(".", 1)[-1] == "WorkSheet":
            yield from _sheet(book, sheet.name)
    yield from _losses(source, book)
    yield from _around(source)


def _refusal(source: Source, error: Exception) -> UnreadableError:
    """Encrypted, or broken in the words of the library's kind of error."""
    if _is_encrypted(source):
        return UnreadableError("encrypted")
    return UnreadableError("broken", detail=type(error).__name__)


def _is_encrypted(source: Source) -> bool:
    import struct

    import msoffcrypto
    from msoffcrypto.exceptions import FileFormatError, ParseError

    with source.open() as stream:
        try:
            return bool(msoffcrypto.OfficeFile(stream).is_encrypted())
        except (FileFormatError, ParseError, ValueError, LookupError, struct.error, *_ZIP_ERRORS):
            return False


def _has_password(source: Source) -> bool:
    """Whether an xls file is encrypted: calamine gives its cells as if they were not."""
    with source.open() as stream:
        while block := stream.read(1 << 20):  # the records stand at the start of a 64-byte sector
            if _PASSWORD.search(block):
                return _is_encrypted(source)
    return False


def _sheet(book: CalamineWorkbook, name: str) -> Iterator[Batch | Note]:
    from python_calamine import CalamineError

    try:
        sheet = book.get_sheet_by_name(name)
        if sheet.height and sheet.width:
            # iter_rows gives the empty rows above the first cell, but not the empty columns before it.
            lead = [""] * (sheet.start or (0, 0))[1]
            rows: Iterable[list[Any]] = sheet.iter_rows()
            yield from grid.batches(name, (lead + row for row in rows) if lead else rows, 1, _text)
    except (CalamineError, ValueError, OSError):  # OSError: a part whose checksum is wrong
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
    except _ZIP_ERRORS:
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


_AROUND = "comments and text boxes"


def _around(source: Source) -> Iterator[Batch | Note]:
    """Comments and text boxes of an xlsx file, which calamine does not give."""
    try:
        with source.open() as stream, zipfile.ZipFile(stream) as package:
            parts = [
                n
                for n in package.namelist()
                if n.startswith(("xl/comments", "xl/threadedComments", "xl/drawings/drawing"))
            ]
            texts, failed = _part_texts(package, sorted(parts))
    except _ZIP_ERRORS:  # no zip container
        return
    if texts:
        yield Batch(_AROUND, Cells.from_strings(texts, 1), lines=True)
    if failed:
        yield Note("sheet_failed", "partial", {"table": _AROUND})


def _part_texts(package: zipfile.ZipFile, parts: list[str]) -> tuple[list[str], int]:
    """The texts of all parts, and how many parts are damaged."""
    from lxml import etree

    texts: list[str] = []
    failed = 0
    for part in parts:
        try:
            texts += _texts(package.read(part))
        except (etree.XMLSyntaxError, *_ZIP_ERRORS):
            failed += 1
    return texts, failed


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

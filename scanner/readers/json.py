"""JSON, JSON Lines and concatenated documents as tables.

An element of an array is a row of the table that the array's pointer names (without index positions); what
stands in no array is a row of table "/". A document is decoded through a window of bounded size: a value
that fits is taken whole, a larger or broken one is entered, so size does not cost memory and damage costs
only what is damaged.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np
import orjson

from scanner.readers.jsontables import (
    AREA,
    DATA_KEY,
    DEPTH,
    EXACT,
    ROWS,
    WIDE_MAP,
    WIDE_ROW,
    Place,
    Tables,
    container,
    escape,
    text_of,
)
from scanner.schema import Batch, Note, Source
from scanner.text import decode, guess_encoding

BLOCK, WINDOW = 1 << 20, 1 << 22

_STRING = r'"(?:[^"\\]|\\.)*"'
_START = re.compile(
    rf"\{{\s*(?:\}}|{_STRING}\s*:)|\[\s*(?:[\[{{\]]|(?:{_STRING}|-?\d[\d.eE+-]*|true|false|null)\s*[,\]])"
)
_INEXACT = re.compile(rb"[:\[,]\s*-?(?:\d{19}|\d+[.eE])")
_SPACE = re.compile(r"[\s\ufeff]*")
_BETWEEN = re.compile(r"[\s\ufeff\x1e,]*")


class _Broken(Exception):
    pass


def matches(name: str, head: bytes) -> bool:
    """Whether the first bytes are the beginning of JSON or JSON Lines; `name` does not matter."""
    text = head.decode(guess_encoding(head), "ignore").lstrip("\ufeff\x1e \t\r\n")
    if not _START.match(text):
        return False
    try:
        _, end = EXACT.raw_decode(text)
    except (ValueError, RecursionError):
        return text[0] == "{" or not re.match(r"\[[^{\"\[]*\][^,\n]", text)
    rest = text[end:].lstrip(" \t\r")
    return not rest or rest[0] in "\n{["


def read(source: Source) -> Iterator[Batch | Note]:
    """Batches of at most 8192 rows; notes `broken_json`, `json_bad_lines`, `json_depth` (all partial)."""
    head = source.head()
    encoding = guess_encoding(head)
    out = Tables(encoding)
    if _is_lines(head.decode(encoding, "ignore").lstrip("\ufeff")):
        yield from _read_lines(source, encoding, out)
    else:
        yield from _read_documents(source, encoding, out)
    if out.deep:
        yield Note("json_depth", "partial", {})


def text_blocks(source: Source, encoding: str) -> Iterator[tuple[str, int]]:
    """Decoded text of a source in blocks, each with its size in bytes; bad bytes show as U+FFFD."""
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with source.open() as stream:
        while raw := stream.read(BLOCK):
            yield decoder.decode(raw), len(raw)
    yield decoder.decode(b"", True), 0


def _is_lines(head: str) -> bool:
    """Whether at least half of the whole lines of the head, and two of them, are documents."""
    lines = [line for line in head.split("\n") if line.strip()]
    if len(head) > 60000 and len(lines) > 2:
        lines.pop()
    whole = [container(line.strip(" \t\r\x1e")) is not None for line in lines[:200]]
    return len(whole) >= 2 and whole[0] and sum(whole) * 2 >= len(whole)


def _read_lines(source: Source, encoding: str, out: Tables) -> Iterator[Batch | Note]:
    out.root, out.root_array = "lines", WIDE_ROW
    number, bad = 1, 0
    for block, size in _line_blocks(source, encoding):
        out.nbytes += size
        lines = block.split(b"\n")
        if not lines[-1]:
            lines.pop()
        for first in range(0, len(lines), ROWS):
            part = lines[first : first + ROWS]
            bad += _lines(part, number, out)
            number += len(part)
            yield from out.drain(everything=True)
    if bad:
        yield Note("json_bad_lines", "partial", {"count": bad})


def _line_blocks(source: Source, encoding: str) -> Iterator[tuple[bytes, int]]:
    """Whole lines in UTF-8 with the number of source bytes; a line above 32 MiB is cut."""
    carry: list[bytes] = []
    for raw, size in _utf8_blocks(source, encoding):
        cut = raw.rfind(b"\n") + 1
        carry.append(raw[:cut])
        if cut or len(carry) > 32:
            yield b"".join(carry) + (b"" if cut else raw), size
            carry = [raw[cut:]] if cut else []
        else:
            carry[-1] = raw
    if rest := b"".join(carry):
        yield rest, 0


def _utf8_blocks(source: Source, encoding: str) -> Iterator[tuple[bytes, int]]:
    if encoding not in ("utf-8", "utf-8-sig"):
        for text, size in text_blocks(source, encoding):
            yield text.encode("utf-8", "replace"), size
        return
    with source.open() as stream:
        if encoding == "utf-8-sig":
            stream.read(len(codecs.BOM_UTF8))
        while raw := stream.read(BLOCK):
            yield raw, len(raw)


def _lines(lines: list[bytes], number: int, out: Tables) -> int:
    """Add lines, the first of which is line `number`; the number of lines that are not JSON."""
    if _plain_lines(lines, number, out):
        return 0
    texts, numbers = [], []
    joined = b"\n".join(lines)
    exact = _INEXACT.search(joined) is not None
    for at, line in enumerate(lines, number):
        if not line or line.isspace():
            continue
        value = _line(line, exact)
        if value is None:
            texts.append(decode(line, "utf-8").rstrip("\r"))
            numbers.append(at)
        else:
            out.row(value, Place("", "", at), 0)
    if texts:
        out.add_lines(texts, numbers)
    return len(texts)


def _line(line: bytes, exact: bool) -> Any:
    """The object or array of one line, else None."""
    if not exact:
        try:
            value = orjson.loads(line)
            return value if isinstance(value, dict | list) else None
        except orjson.JSONDecodeError:
            pass
    return container(decode(line, "utf-8").strip(" \t\r\n\x1e,"))


def _plain_lines(lines: list[bytes], number: int, out: Tables) -> bool:
    """Add lines that all are flat objects; False, and nothing done, if they are not or hold data keys."""
    joined = b"\n".join(lines)
    if b"[" in joined or joined.count(b"{") != len(lines):
        return False
    try:
        if _INEXACT.search(joined):
            rows = list(map(EXACT.decode, joined.decode().split("\n")))
        else:
            rows = list(map(orjson.loads, lines))
    except (ValueError, RecursionError):
        return False
    if not all(type(row) is dict for row in rows):
        return False
    keys = tuple(rows[0])
    flat: list[Any]
    if all(tuple(row) == keys for row in rows):
        flat = list(chain.from_iterable(map(dict.values, rows)))
    else:
        keys = tuple(dict.fromkeys(chain.from_iterable(rows)))
        if len(keys) * len(rows) > AREA:
            return False
        flat = [row.get(key, "") for row in rows for key in keys]
    if not keys or len(keys) > WIDE_MAP or any(map(DATA_KEY.fullmatch, keys)):
        return False
    if set(map(type, flat)) != {str}:
        flat = [value if type(value) is str else text_of(value) for value in flat]
    numbers = np.arange(number, number + len(rows), dtype=np.int64)
    out.add("", flat, tuple(map(escape, keys)), numbers, [""] * len(rows))
    return True


class _Window:
    """A sliding piece of decoded text: `text` from `pos` on is not read yet; `lines` ended before it."""

    def __init__(self, source: Source, encoding: str, out: Tables) -> None:
        self.blocks, self.out = text_blocks(source, encoding), out
        self.text, self.pos, self.lines, self.eof = "", 0, 0, False

    def more(self) -> bool:
        """Refill to the full size; False if nothing came."""
        if self.eof or len(self.text) - self.pos >= WINDOW:
            return False
        self.lines += self.text.count("\n", 0, self.pos)
        parts, size = [self.text[self.pos :]], len(self.text) - self.pos
        while size < WINDOW and not self.eof:
            text, nbytes = next(self.blocks, ("", -1))
            self.eof = nbytes < 0
            self.out.nbytes += max(nbytes, 0)
            parts.append(text)
            size += len(text)
        self.text, self.pos = "".join(parts), 0
        for table in list(self.out.rows):
            self.out.flush(table)
        return True

    def peek(self, skip: re.Pattern[str] = _SPACE) -> str:
        """The next character that is not skipped, "" at the end."""
        while True:
            found = skip.match(self.text, self.pos)
            self.pos = found.end() if found else self.pos
            if self.pos < len(self.text):
                return self.text[self.pos]
            if not self.more():
                return ""

    def decode(self) -> tuple[bool, Any]:
        """Take the value at the position if it is whole in the window."""
        while True:
            try:
                value, end = EXACT.raw_decode(self.text, self.pos)
                if end < len(self.text) or not self.more():
                    self.pos = end
                    return True, value
            except (ValueError, RecursionError):
                if not self.more():
                    return False, None

    def rest(self) -> Iterator[tuple[list[str], int]]:
        """What is left, as lines with the number of the first."""
        self.lines += self.text.count("\n", 0, self.pos)
        carry, text = self.text[self.pos :], ""
        for text, _ in chain([("", 0)], self.blocks):
            *lines, carry = (carry + text).split("\n")
            for first in range(0, len(lines), ROWS):
                yield lines[first : first + ROWS], self.lines + 1 + first
            self.lines += len(lines)
        if carry:
            yield [carry], self.lines + 1


def _read_documents(source: Source, encoding: str, out: Tables) -> Iterator[Batch | Note]:
    window, number = _Window(source, encoding, out), 0
    try:
        while window.peek(_BETWEEN):
            number += 1
            yield from _value(window, out, {}, "", Place("", "", number), 0)
    except _Broken:
        yield from out.drain(everything=True)
        line = window.lines + window.text.count("\n", 0, window.pos) + 1
        for texts, first in window.rest():
            out.add_lines(texts, list(range(first, first + len(texts))))
            yield from out.drain()
        yield Note("broken_json", "partial", {"line": line})
    yield from out.drain(everything=True)


def _value(
    window: _Window, out: Tables, cells: dict[str, str], column: str, place: Place, depth: int
) -> Iterator[Batch]:
    """Read the value at the window's position into `cells`, the open row of `place`.

    Raises `_Broken` where the text is not JSON; `cells` of a new row (`column` empty) is put in any case.
    """
    try:
        whole, value = window.decode()
        if whole:
            out.fill(cells, value, column, place, depth, 0)
        else:
            yield from _members(window, out, cells, column, place, depth)
    finally:
        if not column:
            out.put(place, cells)
    yield from out.drain()


def _members(
    window: _Window, out: Tables, cells: dict[str, str], column: str, place: Place, depth: int
) -> Iterator[Batch]:
    """Enter an object or array that is too large for the window, or broken, and read its members."""
    opening = window.peek()
    if opening not in ("{", "[") or depth >= DEPTH:
        out.deep |= depth >= DEPTH
        raise _Broken
    window.pos += 1
    index, closing = 0, "}" if opening == "{" else "]"
    while window.peek() != closing:
        if index:
            _expect(window, ",")
        key = _key(window) if opening == "{" else None
        window.peek()
        if key is None:
            yield from _value(window, out, {}, "", out.element(place, column, index), depth + 1)
        elif index >= WIDE_MAP or DATA_KEY.fullmatch(key):
            yield from _value(window, out, {"#key": key}, "", out.entry(place, column, index), depth + 1)
        else:
            yield from _value(window, out, cells, column + escape(key), place, depth + 1)
        index += 1
    window.pos += 1


def _expect(window: _Window, sign: str) -> None:
    if window.peek() != sign:
        raise _Broken
    window.pos += 1


def _key(window: _Window) -> str:
    window.peek()
    whole, key = window.decode()
    if not whole or type(key) is not str:
        raise _Broken
    _expect(window, ":")
    return key

"""Text as people and programs spoil it: encodings, and look-alike characters inside numbers.

`normalise` turns full-width digits and signs into ASCII, other spaces and dashes into plain ones, and
drops invisible characters, with a map back to the bytes that were there.

>>> from scanner.schema import Cells
>>> normal, back = normalise(Cells.from_strings(["１３8"], 1))
>>> normal.text(0), int(back[1])
('138', 3)
"""

from __future__ import annotations

import codecs

import numpy as np
from numpy.typing import NDArray

from scanner.schema import Bytes, Cells, Flags, Index, as_bytes

BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def guess_encoding(head: bytes) -> str:
    """The encoding of a text from its first bytes: BOM, UTF-16 by NUL pattern, UTF-8, Big5, else GB18030."""
    for bom, name in BOMS:
        if head.startswith(bom):
            return name
    if head.count(0) > len(head) // 8:
        return "utf-16-be" if head[0:200:2].count(0) > head[1:200:2].count(0) else "utf-16-le"
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
        return "utf-8"
    except UnicodeDecodeError:
        pass
    if _is_big5(head):
        return "big5hkscs"
    return "gb18030"


def _is_big5(head: bytes) -> bool:
    """Whether the detector of Firefox says Big5 and the text then decodes to ordinary characters."""
    from chardetng_py import detect

    if not detect(head).lower().startswith("big5"):
        return False
    text = head.decode("big5hkscs", "replace")
    return text.count("\ufffd") <= len(text) // 200


def decode(raw: bytes, encoding: str) -> str:
    """Text of a block; where the encoding fails, line by line: UTF-8, else GB18030 with U+FFFD."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return "".join(_decode_line(line) for line in raw.splitlines(keepends=True))


def _decode_line(line: bytes) -> str:
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("gb18030", "replace")


def needs_normalising(data: Bytes) -> bool:
    """Whether a look-alike that `normalise` folds is in a UTF-8 buffer.

    Full-width commas and brackets are in most Chinese texts and fold to nothing, so the second and third
    bytes are looked at before anything is copied.
    """
    if as_bytes(data).isascii():
        return False
    if _may_have_written_digits(data):
        return True
    for lead, table in _FOLDED.items():
        at = np.flatnonzero(data == lead)
        second = data[np.minimum(at + 1, len(data) - 1)]
        for byte, thirds in table.items():
            hit = at[second == byte]
            if len(hit) and (thirds is None or thirds[data[np.minimum(hit + 2, len(data) - 1)]].any()):
                return True
    return False


_WRITTEN = dict(zip("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖两", "0012345678911234567892", strict=True))
_FIGURES = np.zeros(0x10000, np.uint8)
_FIGURES[[ord(c) for c in _WRITTEN]] = [ord(d) for d in _WRITTEN.values()]
_LEADS = np.zeros(256, np.bool_)
_LEADS[[c.encode()[0] for c in _WRITTEN]] = True
WRITTEN_DIGITS = {ord(c): d for c, d in _WRITTEN.items()}
"""Digits that people write as Han characters, for `str.translate`."""

LEAST_WRITTEN = 10
"""Written digits in a row that `normalise` turns into digits; shorter ones are words ("二〇一九年")."""


def _code_points(data: Bytes, at: Index) -> NDArray[np.int64]:
    """The three-byte character at each place, 0 where there is none."""
    last = max(len(data) - 3, 0)
    place = np.clip(at, 0, last)
    first, second, third = (
        (data[place + i].astype(np.int64) for i in range(3)) if len(data) > 2 else (place,) * 3
    )
    code = (first & 15) << 12 | (second & 63) << 6 | (third & 63)
    return np.where((first >> 4 == 14) & (at >= 0) & (at <= last), code, 0)


def _may_have_written_digits(data: Bytes) -> bool:
    """Whether one in 24 bytes lies in a written digit beside another; a run of ten has 30 bytes."""
    step = 24 if len(data) >= 30 else 1
    at = np.flatnonzero(data[::step] >= 0x80).astype(np.int64) * step
    for _ in range(2):
        at = at - ((data[at] & 0xC0) == 0x80)
    at = at[_LEADS[data[at]]]
    at = at[_FIGURES[_code_points(data, at)] > 0]
    beside = (_FIGURES[_code_points(data, at - 3)] > 0) | (_FIGURES[_code_points(data, at + 3)] > 0)
    return bool(beside.any())


def _fold_written(data: Bytes, out: Bytes, keep: Flags) -> None:
    """Fold runs of written digits, which single blanks and dashes may part."""
    at = np.flatnonzero(data >> 4 == 14)
    figure = _FIGURES[_code_points(data, at)]
    at, figure = at[figure > 0], figure[figure > 0]
    gap = np.diff(at)
    joint = data[np.minimum(at[:-1] + 3, len(data) - 1)]
    joined = (gap == 3) | ((gap == 4) & ((joint == 0x20) | (joint == 0x2D)))
    run = np.cumsum(np.concatenate(([0], ~joined))) if len(at) else np.zeros(0, np.int64)
    long = np.bincount(run, minlength=1)[run] >= LEAST_WRITTEN
    at, figure = at[long], figure[long]
    out[at] = figure
    keep[at + 1] = keep[at + 2] = False


def is_written(data: Bytes, start: Index) -> Flags:
    """Whether the digit at each place of the original text is a written one."""
    return np.asarray(_FIGURES[_code_points(data, start)] > 0)


def _bytes(*values: int) -> Flags:
    table = np.zeros(256, np.bool_)
    table[list(values)] = True
    return table


_FOLDED: dict[int, dict[int, Flags | None]] = {
    0xEF: {  # ＊＋－．０-９＠Ａ-Ｚ, ａ-ｚ, and the byte order mark
        0xBC: _bytes(0x8A, 0x8B, 0x8D, 0x8E, *range(0x90, 0x9A), 0xA0, *range(0xA1, 0xBB)),
        0xBD: _bytes(*range(0x81, 0x9B)),
        0xBB: _bytes(0xBF),
    },
    0xE2: {
        0x80: _bytes(0x82, 0x83, 0x89, *range(0x8B, 0x90), *range(0x90, 0x96), *range(0xA8, 0xB0)),
        0x88: _bytes(0x92),
        0x81: _bytes(0xA0),
    },
    0xE3: {0x80: _bytes(0x80)},
    0xC2: {0xA0: None, 0xAD: None},
}
"""First, second and third bytes of what `normalise` folds."""


_SIGNS = "+-*.@"
_SPACES = (0xA0, 0x2002, 0x2003, 0x2009, 0x202F, 0x3000)
_DASHES = (*range(0x2010, 0x2016), 0x2212)
_INVISIBLE = (0xAD, *range(0x200B, 0x2010), *range(0x2028, 0x202F), 0x2060, 0xFEFF)
_FOLD = {
    **{ord(c) + 0xFEE0: c for c in map(chr, range(0x21, 0x7F)) if c.isalnum() or c in _SIGNS},
    **dict.fromkeys(_SPACES, " "),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_INVISIBLE, ""),
}


def _table() -> Bytes:
    """What each three-byte character becomes: 0 itself, 1 nothing, else an ASCII byte; shape (65536,)."""
    table = np.zeros(0x10000, np.uint8)
    for code, text in _FOLD.items():
        if code > 0x7FF:
            table[code] = ord(text) if text else 1
    return table


_TO_ASCII = _table()


def fold(text: str) -> str:
    """One short text with its look-alikes folded as `normalise` does.

    >>> fold("１３８－0")
    '138-0'
    """
    return text if text.isascii() else text.translate(_FOLD)


def normalise(cells: Cells) -> tuple[Cells, Index]:
    """The cells with look-alikes replaced, and for each new byte its place in the old buffer.

    The map has one more entry than bytes, so an end position maps too.
    """
    data = cells.data
    out, keep = data.copy(), np.ones(len(data), np.bool_)
    _fold3(data, out, keep)
    _fold_written(data, out, keep)
    lead = np.flatnonzero(data[:-1] == 0xC2)
    space, soft = lead[data[lead + 1] == 0xA0], lead[data[lead + 1] == 0xAD]
    out[space] = 0x20
    keep[space + 1] = False
    keep[soft] = keep[soft + 1] = False
    back = np.flatnonzero(keep)
    starts, ends = np.searchsorted(back, cells.starts), np.searchsorted(back, cells.ends)
    return Cells(out[keep], starts, ends, cells.width), np.append(back, len(data)).astype(np.int64)


def _fold3(data: Bytes, out: Bytes, keep: Flags) -> None:
    """Fold the three-byte look-alikes: full-width ASCII, dashes, ideographic space, invisibles."""
    lead = np.flatnonzero((data[:-2] == 0xEF) | (data[:-2] == 0xE2) | (data[:-2] == 0xE3))
    code = (
        ((data[lead].astype(np.int32) & 15) << 12)
        | ((data[lead + 1].astype(np.int32) & 63) << 6)
        | (data[lead + 2].astype(np.int32) & 63)
    )
    ascii_ = _TO_ASCII[code]
    folded = ascii_ > 1
    at = lead[folded]
    out[at] = ascii_[folded].astype(np.uint8)
    keep[at + 1] = keep[at + 2] = False
    at = lead[ascii_ == 1]
    keep[at] = keep[at + 1] = keep[at + 2] = False


_TRIM = np.zeros(256, np.bool_)
_TRIM[list(b" \t\r\n\"'=`")] = True
_BLANK = np.zeros(256, np.bool_)
_BLANK[list(b" \t\r\n")] = True


def trimmed(data: Bytes, start: Index, end: Index, table: Flags = _TRIM) -> tuple[Index, Index]:
    """Places without the blanks, quotes and `="` that spreadsheets put around a value (at most 8 a side).

    >>> one = np.frombuffer(b'="0571"', np.uint8)
    >>> [int(x[0]) for x in trimmed(one, np.array([0]), np.array([7]))]
    [2, 6]
    """
    start, end = start.copy(), end.copy()
    for _ in range(8):
        at = np.flatnonzero((start < end) & table[data[np.minimum(start, max(len(data) - 1, 0))]])
        if not len(at):
            break
        start[at] += 1
    for _ in range(8):
        at = np.flatnonzero((start < end) & table[data[np.maximum(end - 1, 0)]])
        if not len(at):
            break
        end[at] -= 1
    return start, end


def stripped(cells: Cells) -> Cells:
    """The same cells without blanks at both ends, which workbooks and databases keep (at most 8 a side)."""
    if not len(cells.data):
        return cells
    starts, ends = trimmed(cells.data, cells.starts, cells.ends, _BLANK)
    return Cells(cells.data, starts, ends, cells.width)


def is_whole(cells: Cells, cell: Index, start: Index, end: Index) -> Flags:
    """Whether each place fills its cell, but for what `trimmed` takes off, a country code, and a `.0`."""
    first, last = cells.starts[cell], cells.ends[cell]
    out = (first == start) & (last == end)
    rest = np.flatnonzero(~out & (start - first <= 8) & (last - end <= 8))
    if len(rest):
        left, right = trimmed(cells.data, first[rest], last[rest])
        tail = right - end[rest]
        point = (tail == 2) & (cells.data[np.minimum(end[rest], len(cells.data) - 1)] == 0x2E)
        lead = (left == start[rest]) | _is_country(cells.data, left, start[rest])
        out[rest] = lead & ((tail == 0) | point)
    return np.asarray(out)


def _is_country(data: Bytes, left: Index, start: Index) -> Flags:
    """Whether 86, +86 or 0086 fills the room before a number."""
    room, at = start - left, np.maximum(start - 1, 0)
    out = (room >= 2) & (room <= 4) & (data[at] == 0x36) & (data[np.maximum(at - 1, 0)] == 0x38)
    plus = (room == 3) & (data[left] == 0x2B)
    zeros = (room == 4) & (data[left] == 0x30) & (data[np.minimum(left + 1, len(data) - 1)] == 0x30)
    return np.asarray(out & ((room == 2) | plus | zeros))


def hash_spans(data: Bytes, start: Index, end: Index, lower: bool = False) -> NDArray[np.uint64]:
    """A 64-bit hash of each piece of bytes (FNV-style, vectorised by column); uint64."""
    key = np.full(len(start), 0xCBF29CE484222325, np.uint64)
    length = end - start
    order = np.arange(len(start))
    for i in range(int(length.max(initial=0))):
        order = order[length[order] > i]
        byte = data[start[order] + i].astype(np.uint64)
        if lower:
            byte |= np.uint64(0x20) * ((byte >= 0x41) & (byte <= 0x5A))
        key[order] = (key[order] ^ byte) * np.uint64(0x100000001B3)
    key ^= key >> np.uint64(32)
    return key * np.uint64(0x9E3779B97F4A7C15)

"""Cells as characters: packed, decoded and sorted into the classes that the grammar of addresses reads.

>>> texts = pack(Cells.from_strings(["3号", "A座"], 1))
>>> texts.kind[texts.first].tolist() == [DIGIT, LETTER], texts.place(texts.last).tolist()
(True, [4, 9])
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scanner.division_trie import Codes
from scanner.schema import Bytes, Cells, Index

Types = NDArray[np.uint8]

LONGEST = 240
"""Bytes of a cell that are read: 80 Han characters; what is longer says its address before."""

# Classes of characters. The first seven are kinds, the others stand for one character and its synonyms.
OTHER, DIGIT, LETTER, NUMERAL, BLANK, DASH, BREAK, END = range(8)
MARK_ENDS = "路街道巷同镇村屯苑园寓厦场舍院区"
"""Last characters of names; their classes are neighbours, so that one comparison finds them."""
_SPECIAL = MARK_ENDS + "号弄栋座#楼层单元门室户房组期市县大胡小公广新宿厅月第社"
_SAME = {
    "幢": "栋",
    "＃": "#",
    "队": "组",
    "排": "期",
    "乡": "镇",
    "庄": "屯",
    "寨": "屯",
    "营": "屯",
    "旗": "县",
    "卫": "厅",
    "厨": "厅",
}
IS = {character: END + 1 + i for i, character in enumerate(_SPECIAL)}
NO_ROOM, NO_HOUSE = 100, 101  # 3年, 1203元: no room; 3号线, 1号店: no house


@cache
def classes() -> Types:
    """Class of each code point; shape (65536,)."""
    table = np.zeros(0x10000, np.uint8)
    for first, last, kind in (
        (0x30, 0x39, DIGIT), (0x41, 0x5A, LETTER), (0x61, 0x7A, LETTER), (0x21, 0x2F, BREAK), (0x3A, 0x40, BREAK),
        (0x5B, 0x60, BREAK), (0x7B, 0x7F, BREAK), (0x3001, 0x3020, BREAK), (0xFF01, 0xFF0F, BREAK), (0xFF1A, 0xFF20, BREAK),
        (0x2018, 0x2026, BREAK), (0, 0, END),
    ):  # fmt: skip
        table[first : last + 1] = kind
    groups = {NUMERAL: "一二三四五六七八九十百零〇两甲乙丙丁", BLANK: " \t\r\n\u3000\xa0", DASH: "-/／－—–_",
              NO_ROOM: "年日时分万米平㎡人名个岁次天斤度折倍级届版集",
              NO_HOUSE: "线码店机馆台桥令文仓车库矿井吧选种键球位厂坑药", BREAK: "·|\\"}  # fmt: skip
    for kind, characters in groups.items():
        table[[ord(c) for c in characters]] = kind
    for character, kind in IS.items():
        table[ord(character)] = kind
    for character, same in _SAME.items():
        table[ord(character)] = IS[same]
    return table


@dataclass(frozen=True, slots=True)
class Texts:
    """Cells as characters: `code` uint16 and `kind` uint8, with a 0 before the first text and after each.

    `at` (bytes in the packed buffer) and `cell` have one entry a character; `first` and `last` say where a text
    begins and where its closing 0 is; `shift` added to `at` gives the place in the buffer of the cells.
    """

    code: Codes
    kind: Types
    at: Index
    cell: Index
    first: Index
    last: Index
    shift: Index

    def place(self, character: Index) -> Index:
        """Byte positions in `cells.data` of one character of each text, int64 of shape (n,) or (k, n)."""
        return np.asarray(self.at.take(character) + self.shift)


def pack(cells: Cells) -> Texts:
    """The cells, at most `LONGEST` bytes of each, as one array of characters."""
    length = np.clip(cells.ends - cells.starts, 0, LONGEST)
    packed, begin = gather(cells.data, cells.starts, length)
    code, at = _characters(packed, begin + length)
    last = np.flatnonzero(code == 0)
    size = np.diff(last)
    cell = np.zeros(len(code), np.int64)
    cell[1:] = np.repeat(np.arange(len(cells)), size)
    code = np.concatenate((code, np.zeros(8, np.uint16)))
    kind = classes().take(code)  # `take` is twice as fast as an index of small integers
    return Texts(code, kind, at, cell, last[:-1] + 1, last[1:], cells.starts - begin)


def gather(data: Bytes, starts: Index, length: Index) -> tuple[Bytes, Index]:
    """Pieces of a buffer one after the other, with zeros between them, and where each begins."""
    if not len(starts) or int((starts + length).max()) + 8 > len(data):
        data = np.concatenate((data, np.zeros(8, np.uint8)))  # words are read past the last piece
    count = length // 8 + 1
    begin = np.cumsum(count) - count
    source = np.repeat(starts - 8 * begin, count) + 8 * np.arange(int(count.sum()))
    words = words_of(data)[source]
    words[begin + count - 1] &= (np.uint64(1) << (8 * (length & 7)).astype(np.uint64)) - np.uint64(1)
    packed = np.concatenate((np.zeros(8, np.uint8), words.view(np.uint8), np.zeros(16, np.uint8)))
    return packed, 8 * begin + 8


def clip(texts: Texts, first: Index, last: Index) -> Texts:
    """The texts from character `first` to before `last`; what lies outside becomes 0."""
    size = len(texts.cell)
    order = np.arange(size)
    inside = (order >= first.take(texts.cell)) & (order < last.take(texts.cell))
    code, kind = texts.code.copy(), texts.kind.copy()
    code[:size] *= inside
    kind[:size][~inside] = END
    return Texts(code, kind, texts.at, texts.cell, first, last, texts.shift)


def words_of(data: Bytes) -> NDArray[np.uint64]:
    """The eight bytes at every place of a buffer as one little-endian number; no copy."""
    return np.ndarray(
        (max(len(data) - 7, 0),), np.dtype("<u8"), np.ascontiguousarray(data).data, strides=(1,)
    )


def _characters(packed: Bytes, closing: Index) -> tuple[Codes, Index]:
    """Code points of a packed buffer and their places; astral and two-byte characters become U+FFFD."""
    keep = ((packed & 0xC0) != 0x80) & (packed != 0)
    keep[closing] = True
    keep[7] = True  # the 0 before the first text
    at = np.flatnonzero(keep)
    wide = packed.astype(np.uint16)
    three = (wide[:-2] << 12) | ((wide[1:-1] & 63) << 6) | (wide[2:] & 63)
    lead = wide[:-2]
    is_three, is_one = (lead & 0xF0) == 0xE0, lead < 0x80
    code = (
        np.maximum(three, 1) * is_three | lead * is_one | np.uint16(0xFFFD) * ~(is_three | is_one)
    )  # before the gather: SIMD
    return code.take(at), at


BLOCK = 4096
"""Cells that are read at a time: their characters stay in the cache of a core."""


def blocks(rows: Index) -> Iterator[Index]:
    """Parts of an array of cells, `BLOCK` at a time."""
    for at in range(0, len(rows), BLOCK):
        yield rows[at : at + BLOCK]

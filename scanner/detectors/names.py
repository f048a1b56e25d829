"""Names of people in columns: a surname, two to four Han characters, and a column that agrees.

A cell alone proves nothing ("高级", "黄金" begin with surnames), so `shares` tells how much of a column
looks like names and `detect` marks the cells of the columns that the profile calls names.

>>> shares(Cells.from_strings(["张三", "单价", "李四", "金额"], 2)).round(1).tolist()
[1.0, 0.0]
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scanner import rules
from scanner.digits import byte_at
from scanner.distinct import is_in, unique
from scanner.schema import KIND, MASKED, PLACEHOLDER, Cells, Flags, Index, Spans, as_bytes

LEAST_VARIED = 20
"""Name-like cells from which a column of names must not say the same few over and over."""

_PLACEHOLDERS = ("张三", "李四", "王五", "赵六", "测试", "全渠道", "某某")


@cache
def _surnames() -> tuple[Flags, frozenset[str]]:
    single, double = np.zeros(0x10000, np.bool_), set()
    for line in rules.table_lines("tables/surnames.tsv")[1:]:
        name = line.split("\t")[0]
        if len(name) == 1:
            single[ord(name) & 0xFFFF] = True
        else:
            double.add(name)
    for line in rules.table_lines("lexicons/not_surnames.txt"):
        for character in line.split():
            single[ord(character)] = False
    return single, frozenset(double)


@cache
def _double_keys() -> NDArray[np.uint64]:
    """Surnames of two characters as sorted keys."""
    return unique(np.array([ord(n[0]) << 16 | ord(n[1]) for n in _surnames()[1]], np.uint64))


@cache
def _is_double_head() -> Flags:
    heads = np.zeros(0x10000, np.bool_)
    heads[[ord(name[0]) for name in _surnames()[1]]] = True
    return heads


@cache
def _words(lexicon: str) -> NDArray[np.uint64]:
    """The sorted keys of a list of words in `rules/lexicons`."""
    return unique(_keys_of([w for line in rules.table_lines(f"lexicons/{lexicon}") for w in line.split()]))


@cache
def _is_ending() -> Flags:
    """Characters with which words end and names do not (财务部, 汉族)."""
    endings = np.zeros(0x10000, np.bool_)
    for line in rules.table_lines("lexicons/not_name_endings.txt"):
        endings[[ord(character) for character in line.split()]] = True
    return endings


def _keys_of(words: Sequence[str]) -> NDArray[np.uint64]:
    cells = Cells.from_strings(words, 1)
    return _pack(_characters(cells, 4))


def _pack(points: list[NDArray[np.int64]]) -> NDArray[np.uint64]:
    """Up to four Han characters as one number: the exact key of a name."""
    key = np.zeros(len(points[0]), np.uint64)
    for one in points:
        key = key << np.uint64(16) | one.astype(np.uint64)
    return key


def _characters(cells: Cells, count: int) -> list[NDArray[np.int64]]:
    """Code points of the first characters of each cell, each 0 where it is no three-byte Han character."""
    width = 3 * count
    data = cells.data
    if not len(cells):
        return [np.zeros(0, np.int64)] * count
    if int(cells.starts.max()) + width > len(data):
        data = np.concatenate([data, np.zeros(width, np.uint8)])
    rows = np.lib.stride_tricks.sliding_window_view(data, width)[cells.starts].astype(np.uint16)
    length = cells.lengths()
    out = []
    for i in range(count):
        first, second, third = rows[:, 3 * i], rows[:, 3 * i + 1], rows[:, 3 * i + 2]
        code = (first & 15) << 12 | (second & 63) << 6 | (third & 63)
        good = (length >= 3 * i + 3) & (first >= 0xE3) & (first <= 0xE9) & (code >= 0x3400) & (code <= 0x9FFF)
        out.append(np.where(good, code, 0).astype(np.int64))
    return out


def find(cells: Cells, in_names: bool = False) -> tuple[Index, NDArray[np.uint64]]:
    """The cells that look like names, and their keys: 2 to 4 Han characters, the first a surname, no listed word.

    `in_names` says that the column holds names; then a rare surname counts too, and a name that is also
    a word (黄金, 平安), but not what only fills a cell (合计, 未知).
    """
    length = cells.lengths()
    maybe = np.flatnonzero((length == 6) | (length == 9) | (length == 12))
    if not len(maybe):
        return maybe, np.zeros(0, np.uint64)
    part = Cells(cells.data, cells.starts[maybe], cells.ends[maybe], 1)
    count = length[maybe] // 3
    points = _characters(part, 4)
    good = (points[0] > 0) & (points[1] > 0) & ((points[2] > 0) | (count < 3))
    if not in_names:
        last = np.where(count == 2, points[1], points[2])
        good &= _surnames()[0][points[0]] & (count <= 3) & ~_is_ending()[last]
    double = _is_double_head()[points[0]]
    some = np.flatnonzero(double)
    double[some] = is_in(_pack([points[0][some], points[1][some]]), _double_keys())
    good |= double & (count >= 3) & (points[2] > 0)
    good &= (points[3] > 0) | (count < 4)
    key = _pack(points)
    good &= ~is_in(key, _words("fillers.txt" if in_names else "not_names.txt"))
    return maybe[good], key[good]


def shares(cells: Cells, sample: int = 2000) -> NDArray[np.float64]:
    """For each column, the share of its non-empty cells that look like names, or masked ones; shape (width,)."""
    part = cells.take_rows(0, min(cells.rows, sample))
    at, key = find(part)
    hits = np.bincount(at % cells.width, minlength=cells.width)
    for column in np.flatnonzero(
        hits >= LEAST_VARIED
    ).tolist():  # 完成, 正常, 取消 over and over are no names
        if len(unique(key[at % cells.width == column])) < 0.2 * hits[column]:
            hits[column] //= 2  # a header may still speak for them
    hits += np.bincount(_starred(part) % cells.width, minlength=cells.width)
    filled = (part.lengths() > 0).reshape(-1, cells.width).sum(axis=0)
    return np.asarray(hits / np.maximum(filled, 1))


def _starred(cells: Cells) -> Index:
    """Cells of two to four signs, Han characters and stars, some of each: 张*, 张*明, **明."""
    length = cells.lengths()
    at = np.flatnonzero((length >= 4) & (length <= 10))
    if b"*" not in as_bytes(cells.data) or not len(at):
        return at[:0]
    byte = byte_at(cells.data, cells.starts[at, None] + np.arange(10))
    inside = np.arange(10) < length[at, None]
    star, han = inside & (byte == 0x2A), inside & (byte >= 0xE3) & (byte <= 0xE9)
    stars, signs = star.sum(axis=1), han.sum(axis=1)
    whole = stars + 3 * signs == length[at]
    return np.asarray(at[whole & (stars > 0) & (signs > 0) & (stars + signs <= 4)])


def detect(cells: Cells, columns: list[int], headed: list[bool]) -> Spans:
    """Name spans in the named columns; `headed` tells which are named by their header."""
    parts = []
    for column, by_header in zip(columns, headed, strict=True):
        part = cells.column(column)
        rows, key = find(part, in_names=True)
        start, end = part.starts[rows], part.ends[rows]
        bits = rules.BIT["column"] | (rules.BIT["header"] if by_header else 0)
        flags = np.where(is_in(key, _placeholder_keys()), PLACEHOLDER, np.where(_is_hidden(key), MASKED, 0))
        score = 0.9 if by_header else 0.7
        parts.append(
            Spans.make(rows * cells.width + column, start, end, KIND["PERSON"], bits, score, flags, key)
        )
    return Spans.concat(parts)


def _is_hidden(key: NDArray[np.uint64]) -> Flags:
    """Names that courts write for real ones, with 某 in place of what they hide: 张某, 李某某, 王某明."""
    points = [key >> np.uint64(16 * i) & np.uint64(0xFFFF) for i in range(3)]
    return np.asarray(np.logical_or.reduce([one == ord("某") for one in points]))


@cache
def _placeholder_keys() -> NDArray[np.uint64]:
    return unique(_keys_of(_PLACEHOLDERS))

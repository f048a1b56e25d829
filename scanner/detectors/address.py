"""Addresses of homes in mainland China: parsed in columns, found in running text.

An address is personal information of weight where it leads to a door (FACTS D10): level 3, a room, or a house
in a village. A street or a building is level 2, a city or district alone level 1, and no finding. The grammar
is in `address_parts`; this module decides which cells have to be read at all. Most cells of an address column
end in 3单元1203室 or the like, and their last bytes, looked at as two numbers, tell the level.

>>> cells = Cells.from_strings(["浙江省杭州市西湖区文三路12号3栋2单元501室", "杭州", "3-2-501"], 1)
>>> parse(cells).level.tolist(), parse(cells).code.tolist()
([3, 1, 0], [330106, 330100, 0])
>>> [cells.data[a:b].tobytes().decode() for a, b in zip(*parse(cells).part("room"))]
['501室', '', '']
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner import rules
from scanner.detectors.address_components import PARTS, components
from scanner.detectors.address_parts import read
from scanner.detectors.address_search import search
from scanner.detectors.address_sieve import divisions_at, hash_words, sieve
from scanner.detectors.address_text import BLOCK, blocks, pack
from scanner.schema import KIND, Bytes, Cells, Flags, Index, Spans

__all__ = ["Parsed", "detect", "division_of", "parse", "search", "shares"]


@dataclass(frozen=True, slots=True)
class Parsed:
    """What `parse` says about n cells.

    `starts` and `ends` are byte positions in `cells.data`, int64 of shape (10, n), one row for each name of
    `PARTS`, equal where a component is absent. `start` and `end` (n,) enclose the address without notes after
    it. `level` is uint8: 0 no address, 1 a division only, 2 a road, town, estate or building, 3 a household.
    `code` (int32) is the GB/T 2260 code of the deepest division that is sure, 0 where none is: 朝阳区 alone is
    a division (`found`), but there are two.
    """

    starts: Index
    ends: Index
    start: Index
    end: Index
    level: NDArray[np.uint8]
    code: NDArray[np.int32]
    found: Flags

    def part(self, name: str) -> tuple[Index, Index]:
        """Starts and ends of one component, such as "road"; raises `ValueError` for an unknown name."""
        row = PARTS.index(name)
        return self.starts[row], self.ends[row]


def parse(cells: Cells, headed: bool = False) -> Parsed:
    """Every cell taken apart; full-width digits must be folded before.

    `headed` says that the header of the column is 地址, 房号 or the like: then forms such as 3-2-501, which
    elsewhere are dates or scores, and a road without a number count.
    """
    n = len(cells)
    out = Parsed(
        np.tile(cells.starts, (len(PARTS), 1)), np.tile(cells.starts, (len(PARTS), 1)), cells.starts.copy(),
        cells.starts.copy(), np.zeros(n, np.uint8), np.zeros(n, np.int32), np.zeros(n, np.bool_),
    )  # fmt: skip
    for at in range(0, n, BLOCK):
        part = slice(at, at + BLOCK)
        texts = pack(Cells(cells.data, cells.starts[part], cells.ends[part], 1))
        reading = read(texts, headed)
        first, last = components(texts, reading)
        where = (first >= 0) & (last > first)
        np.copyto(out.starts[:, part], texts.place(first), where=where)
        np.copyto(out.ends[:, part], texts.place(last), where=where)
        out.start[part], out.end[part] = texts.place(reading.begin), texts.place(reading.stop)
        out.level[part], out.code[part] = reading.level, reading.place.code
        out.found[part] = reading.place.found
    return out


@dataclass(frozen=True, slots=True)
class _Judged:
    """Level, byte range and whether a division was found, of shape (n,)."""

    level: NDArray[np.uint8]
    start: Index
    end: Index
    found: Flags


def _judge(cells: Cells, headed: bool) -> _Judged:
    """As `parse`, without the components; cells that the sieve decides are not read."""
    n = len(cells)
    out = _Judged(np.zeros(n, np.uint8), cells.starts.copy(), cells.ends.copy(), np.zeros(n, np.bool_))
    for at in range(0, n, 2 * BLOCK):
        sure, found = sieve(cells.take_rows(at, at + 2 * BLOCK))
        out.level[at : at + 2 * BLOCK], out.found[at : at + 2 * BLOCK] = 3 * sure, found & sure
    for part in blocks(np.flatnonzero(out.level == 0)):
        texts = pack(Cells(cells.data, cells.starts[part], cells.ends[part], 1))
        reading = read(texts, headed)
        out.level[part], out.found[part] = reading.level, reading.place.found
        out.start[part], out.end[part] = texts.place(reading.begin), texts.place(reading.stop)
    return out


def division_of(cells: Cells, starts: Index, ends: Index) -> NDArray[np.int32]:
    """Six-digit code of the deepest sure division at the beginning of each piece of `cells.data`; 0 unknown.

    `starts` and `ends` are byte positions (int64, of one shape (n,)), of addresses or of names of cities; the
    answer is int32 of shape (n,).
    """
    out = np.zeros(len(starts), np.int32)
    for rows in blocks(np.arange(len(starts))):
        out[rows] = divisions_at(cells.data, starts[rows], ends[rows]).code
    return out


def shares(cells: Cells, sample: int = 2000) -> NDArray[np.float64]:
    """For each column, the share of its non-empty cells that are addresses; shape (width,).

    A cell of level 2 or 3 counts in full, one that is only a division half.
    """
    part = cells.take_rows(0, min(cells.rows, sample))
    filled = part.lengths() > 0
    low, high = int(part.starts.min(initial=len(part.data))), int(part.ends.max(initial=0))
    wide = np.concatenate(([0], np.cumsum(part.data[low:high] >= 0xE3, dtype=np.int32)))
    has_han = wide[part.ends - low] > wide[part.starts - low]  # without one there is no address
    rows = np.flatnonzero(has_han)
    judged = _judge(Cells(part.data, part.starts[rows], part.ends[rows], 1), False)
    worth = np.array([0, 0.5, 1, 1])[judged.level]
    total = np.bincount(rows % cells.width, worth, minlength=cells.width)
    return np.asarray(total / np.maximum(filled.reshape(-1, cells.width).sum(axis=0), 1))


def detect(cells: Cells, columns: list[int], headed: list[bool]) -> Spans:
    """Addresses in the named columns: households and streets; `headed` tells which are named by their header."""
    parts = []
    for column, by_header in zip(columns, headed, strict=True):
        part = cells.column(column)
        judged = _judge(part, by_header)
        rows = np.flatnonzero(judged.level >= 2)
        at = np.arange(column, column + cells.width * cells.rows, cells.width)
        bits = rules.BIT["column"] | (rules.BIT["header"] if by_header else 0)
        parts.append(_spans(part.data, at, judged, rows, bits))
    return parts[0] if len(parts) == 1 else Spans.concat(parts)


def _spans(data: Bytes, cell: Index, judged: _Judged, rows: Index, bits: int) -> Spans:
    start, end, found = judged.start[rows], judged.end[rows], judged.found[rows]
    home = judged.level[rows] == 3
    checks = bits | np.where(home, rules.BIT["household"], 0) | np.where(found, rules.BIT["division"], 0)
    score = np.where(home, np.where(found, 0.9, 0.8), 0.5)
    return Spans.make(
        cell[rows], start, end, KIND["CN_ADDRESS"], checks, score, 0, hash_words(data, start, end)
    )

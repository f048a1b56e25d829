"""Names of organisations, by their endings; context only, never a person.

They matter because they look like people to other detectors ("金山公司" begins with a surname) and because a
table of companies with their phones is judged otherwise than one of people.

>>> shares(Cells.from_strings(["云梦星河科技有限公司", "张三", "云梦市第一中学", "李四"], 2)).tolist()
[1.0, 0.0]
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from scanner import rules
from scanner.distinct import unique
from scanner.schema import KIND, Cells, Index, Spans
from scanner.text import hash_spans


@cache
def _endings() -> tuple[tuple[int, NDArray[np.uint64]], ...]:
    """For each byte length, the endings as sorted numbers (at most eight of their last bytes)."""
    by_size: dict[int, list[int]] = {}
    for line in rules.table_lines("lexicons/organisations.txt"):
        for word in line.split():
            raw = word.encode()[-6:]
            by_size.setdefault(len(raw), []).append(int.from_bytes(raw, "big"))
    return tuple((size, unique(np.array(words, np.uint64))) for size, words in sorted(by_size.items()))


def find(cells: Cells) -> Index:
    """Cells that end as the name of an organisation and are at least five characters long."""
    maybe = np.flatnonzero(cells.lengths() >= 12)
    hit = np.zeros(len(maybe), np.bool_)
    end = cells.ends[maybe]
    for size, words in _endings():
        tail = np.zeros(len(maybe), np.uint64)
        for i in range(size):
            tail = tail << np.uint64(8) | cells.data[end - size + i].astype(np.uint64)
        at = np.minimum(np.searchsorted(words, tail), len(words) - 1)
        hit |= words[at] == tail
    return maybe[hit]


def shares(cells: Cells, sample: int = 2000) -> NDArray[np.float64]:
    """For each column, the share of its filled cells that name an organisation; shape (width,)."""
    part = cells.take_rows(0, min(cells.rows, sample))
    filled = (part.lengths() > 0).reshape(-1, cells.width).sum(axis=0)
    hits = np.bincount(find(part) % cells.width, minlength=cells.width)
    return np.asarray(hits / np.maximum(filled, 1))


def detect(cells: Cells, columns: list[int], headed: list[bool]) -> Spans:
    """Spans of organisations in the named columns; `headed` tells which are named by their header."""
    parts = []
    for column, by_header in zip(columns, headed, strict=True):
        part = cells.column(column)
        rows = find(part)
        bits = rules.BIT["form"] | rules.BIT["column"] | (rules.BIT["header"] if by_header else 0)
        start, end = part.starts[rows], part.ends[rows]
        key = hash_spans(part.data, start, end)
        parts.append(
            Spans.make(rows * cells.width + column, start, end, KIND["ORGANIZATION"], bits, 0.6, 0, key)
        )
    return Spans.concat(parts)

"""Columns of hashes: 32, 40 or 64 hex digits in every row, under a header that says of what.

A hashed phone is no secret: eleven digits can be tried out in seconds. Such values are reported as what they
are and never counted as people (FACTS G6).

>>> shares(Cells.from_strings(["d41d8cd98f00b204e9800998ecf8427e", "x"], 2)).tolist()
[1.0, 0.0]
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scanner import rules
from scanner.distinct import is_one_of
from scanner.schema import HASHED, Cells, Index, Spans
from scanner.text import hash_spans, trimmed

_HEX = np.zeros(256, np.bool_)
_HEX[list(b"0123456789abcdefABCDEF")] = True


def _find(cells: Cells) -> tuple[Index, Index, Index]:
    """The cells that hold one hash and nothing else, and where it stands."""
    at = np.flatnonzero(cells.lengths() >= 32)
    start, end = trimmed(cells.data, cells.starts[at], cells.ends[at])
    good = is_one_of(end - start, (32, 40, 64))
    at, start, end = at[good], start[good], end[good]
    ok = np.ones(len(at), np.bool_)
    for i in range(64):
        live = np.flatnonzero(ok & (start + i < end))
        if not len(live):
            break
        ok[live] = _HEX[cells.data[start[live] + i]]
    return at[ok], start[ok], end[ok]


def shares(cells: Cells) -> NDArray[np.float64]:
    """For each column, the share of its filled cells that are hashes; shape (width,)."""
    filled = (cells.lengths() > 0).reshape(-1, cells.width).sum(axis=0)
    hits = np.bincount(_find(cells)[0] % cells.width, minlength=cells.width)
    return np.asarray(hits / np.maximum(filled, 1))


def detect(cells: Cells, columns: list[tuple[int, int]]) -> Spans:
    """Spans of hashes; `columns` are (column, entity type that its header names)."""
    parts = []
    for column, kind in columns:
        rows, start, end = _find(cells.column(column))
        bits = rules.BIT["form"] | rules.BIT["header"]
        key = hash_spans(cells.data, start, end, lower=True)
        parts.append(Spans.make(rows * cells.width + column, start, end, kind, bits, 0.6, HASHED, key))
    return Spans.concat(parts)

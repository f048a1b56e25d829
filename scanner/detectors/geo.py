"""Coordinates inside China: `116.397128,39.916527` after a keyword, and columns of longitude and latitude.

One coordinate is a place on a map; only a series is a trace of somebody's movements (法释〔2017〕10号 art. 5,
GB/T 45574-2025). Every span is therefore WEAK: `resolve` keeps them where the table has a series of them beside
a time, a person or a device.

>>> data = np.frombuffer(b"116.397128,39.916527 0.5,0.7 ", np.uint8)
>>> coordinates(data, np.array([0, 0]), np.array([0, 21]), np.array([29, 29]), False, 0).end.tolist()
[20]
"""

from __future__ import annotations

import numpy as np

from scanner import rules
from scanner.digits import byte_at
from scanner.schema import KIND, WEAK, Bytes, Flags, Index, Spans
from scanner.text import hash_spans

EAST, NORTH = (73.0, 136.0), (3.0, 54.0)
"""Degrees between which China lies."""

SERIES = 5
"""Coordinates in a table from which they are a series."""


def coordinates(data: Bytes, cell: Index, start: Index, limit: Index, whole: bool, today: int) -> Spans:
    """Spans of one number in a column, or of a pair; `today` is not asked."""
    end, first = _number(data, start, limit)
    sign = byte_at(data, end)
    second_at = end + np.where((sign == 0x2C) | (sign == 0x20), 1, 0)
    second_at += byte_at(data, second_at) == 0x20
    end2, second = _number(data, second_at, limit)
    pair = (
        (second_at > end) & (end2 > second_at) & (_is_in_china(first, second) | _is_in_china(second, first))
    )
    single = whole & (end == limit) & (_within(first, EAST) | _within(first, NORTH))
    stop = np.where(pair, end2, end)
    good = (pair | single) & (end > start) & ((stop == limit) | (not whole))
    cell, start, stop = cell[good], start[good], stop[good]
    bits = rules.BIT["form"] | rules.BIT["inside_china"]
    score = rules.entity("GEO_COORDINATE").score
    return Spans.make(
        cell, start, stop, KIND["GEO_COORDINATE"], bits, score, WEAK, hash_spans(data, start, stop)
    )


def _within(value: np.ndarray[tuple[int], np.dtype[np.float64]], bounds: tuple[float, float]) -> Flags:
    return np.asarray((value >= bounds[0]) & (value <= bounds[1]))


def _is_in_china(
    east: np.ndarray[tuple[int], np.dtype[np.float64]], north: np.ndarray[tuple[int], np.dtype[np.float64]]
) -> Flags:
    return _within(east, EAST) & _within(north, NORTH)


def _number(
    data: Bytes, start: Index, limit: Index
) -> tuple[Index, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Ends and values of decimals with four places or more; an end equal to `start` is none."""
    value, scale = np.zeros(len(start)), np.ones(len(start))
    end, dot = start.copy(), np.full(len(start), -1, np.int64)
    for i in range(20):
        byte = byte_at(data, start + i)
        here = (end == start + i) & (end < limit)
        digit = here & (byte >= 0x30) & (byte <= 0x39)
        point = here & (byte == 0x2E) & (dot < 0) & (i > 0)
        value = np.where(digit, value * 10 + (byte.astype(np.float64) - 48), value)
        scale = np.where(digit & (dot >= 0), scale * 10, scale)
        dot = np.where(point, start + i, dot)
        end += digit | point
    good = (dot > 0) & (end - dot > 4)
    return np.where(good, end, start), np.where(good, value / scale, -1.0)

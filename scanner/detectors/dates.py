"""Dates as people write them: `1990-01-02`, `1990/1/2`, `1990.01.02`, `1990年1月2日`, `19900102`.

>>> data = np.frombuffer("1990年1月2日 ".encode(), np.uint8)
>>> end, stamp = read(data, np.array([0]), np.array([len(data)]))
>>> int(stamp[0]), int(end[0])
(19900102, 15)
"""

from __future__ import annotations

from functools import cache

import numpy as np

from scanner import checks, rules
from scanner.digits import byte_at
from scanner.schema import KIND, Bytes, Flags, Index, Spans
from scanner.shapes import Pattern

BIRTH = KIND["BIRTH_DATE"]


@cache
def _form() -> Pattern:
    clock = r"T\d{2}:\d{2}(:\d{2}(\.\d{3}(\d{3})?)?)?(Z|[-+]\d{2}:\d{2})?"
    return Pattern(
        rf"(19|20)\d{{2}}([-/.]\d{{1,2}}[-/.]\d{{1,2}}|年\d{{1,2}}月\d{{1,2}}[日号]?|\d{{4}}|-\d{{2}}-\d{{2}}{clock})"
    )


def widths() -> tuple[int, ...]:
    """Bytes that a date may have."""
    return _form().widths


def read(data: Bytes, start: Index, limit: Index, whole: bool = False) -> tuple[Index, Index]:
    """Ends of the dates that begin at `start` (-1 where none does), and the dates as numbers (19900102).

    A time of day may follow the date; with `whole` nothing else may.
    """
    end = _form().match(data, start, limit)
    if whole:
        end[(end >= 0) & (end != limit) & ~_is_clock(data, end, limit - end)] = -1
    hit = end >= 0
    return end, np.where(hit, _number(data, start), 0)


def _is_clock(data: Bytes, at: Index, size: Index) -> Flags:
    """Whether a time of day fills `size` bytes at each place: " 0:00" as spreadsheets show it, " 08:30:00.000"."""
    colon = (byte_at(data, at + 2) == 0x3A) | (byte_at(data, at + 3) == 0x3A)
    good = (size >= 5) & (size <= 14) & (byte_at(data, at) == 0x20)
    return np.asarray(good & _is_digit(data, at + 1) & colon)


def _number(data: Bytes, start: Index) -> Index:
    """The date that stands at each place, as a number."""
    year = _digits(data, start, 4)
    joined = _is_digit(data, start + 4)
    at = start + 4 + np.where(joined, 0, _sign(data, start + 4))
    two = joined | _is_digit(data, at + 1)
    month = np.where(two, _digits(data, at, 2), _digits(data, at, 1))
    at = at + 1 + two
    at = at + np.where(joined, 0, _sign(data, at))
    two = joined | _is_digit(data, at + 1)
    day = np.where(two, _digits(data, at, 2), _digits(data, at, 1))
    return np.asarray(year * 10_000 + month * 100 + day)


def _is_digit(data: Bytes, at: Index) -> Flags:
    byte = byte_at(data, at)
    return np.asarray((byte >= 0x30) & (byte <= 0x39))


def _digits(data: Bytes, at: Index, count: int) -> Index:
    total = np.zeros(len(at), np.int64)
    for i in range(count):
        total = total * 10 + byte_at(data, at + i) - 48
    return total


def _sign(data: Bytes, at: Index) -> Index:
    """Width of the sign between two fields: 年 and 月 take three bytes."""
    return np.where(byte_at(data, at) >= 0x80, 3, 1)


def births(data: Bytes, cell: Index, start: Index, limit: Index, whole: bool, today: int) -> Spans:
    """Spans of dates of birth: real days, not after today and at most 150 years before."""
    end, stamp = read(data, start, limit, whole)
    good = (end >= 0) & checks.is_date(stamp // 10_000, stamp // 100 % 100, stamp % 100, today)
    bits = rules.BIT["date"] | rules.BIT["form"]
    score = rules.entity("BIRTH_DATE").score
    return Spans.make(
        cell[good], start[good], end[good], BIRTH, bits, score, 0, stamp[good].astype(np.uint64)
    )

"""Phones with letters for digits (`l38OO138OOO`), and numbers masked with x (`138xxxx5678`).

Both are whole runs of letters and digits in the length of a phone or an ID. O, o stand for 0 and l, I for 1;
such a phone is reported with a lower score. Numbers with x are masked values.

>>> cells = Cells.from_strings(["tel l978337l234, 197xxxx1234"], 1)
>>> found = detect(cells, Planes(cells.data))
>>> found.start.tolist(), found.flags.tolist() == [0, MASKED], found.key.tolist()[0]
([4, 17], True, 19783371234)
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scanner import checks, digits, rules
from scanner.digits import Planes
from scanner.schema import KIND, MASKED, Bytes, Cells, Index, Spans
from scanner.text import hash_spans

MOBILE, RESIDENT = KIND["CN_MOBILE_NUMBER"], KIND["CN_RESIDENT_ID"]

_FIGURE = np.full(256, 99, np.uint8)
_FIGURE[0x30:0x3A] = np.arange(10)
_FIGURE[list(b"Oo")] = 0
_FIGURE[list(b"lI")] = 1

LEAST_DIGITS = 7
"""True digits that a phone with letters must have."""


def detect(cells: Cells, planes: Planes) -> Spans:
    """All such numbers of a table."""
    parts = []
    at = planes.tokens(11)
    if len(at):
        parts += [_lettered(cells.data, at), _crossed(cells.data, at, 11, MOBILE, 3)]
    at = planes.tokens(18)
    if len(at):
        parts.append(_crossed(cells.data, at, 18, RESIDENT, 6))
    return digits.locate(cells, Spans.concat([part for part in parts if len(part)]))


def _lettered(data: Bytes, at: Index) -> Spans:
    signs = data[at[:, None] + np.arange(11)]
    figures = _FIGURE[signs]
    true = ((signs >= 0x30) & (signs <= 0x39)).sum(axis=1)
    good = (figures < 10).all(axis=1) & (true >= LEAST_DIGITS) & (figures[:, 0] == 1) & (figures[:, 1] >= 3)
    good &= digits.is_alone(data, at, at + 11)
    at, figures = at[good], figures[good]
    known = rules.mobile_blocks()[np.clip(checks.number(figures[:, :7]) - 1_300_000, 0, 699_999)]
    code = rules.mobile_codes()[checks.number(figures[:, :3])]
    good = known | code
    at, figures, known = at[good], figures[good], known[good]
    bits = known * rules.BIT["block"] | rules.BIT["code"] | rules.BIT["prefix"] | rules.BIT["letters"]
    key = checks.number(figures).astype(np.uint64)
    return Spans.make(at, at, at + 11, MOBILE, bits, 0.5, 0, key)


def _crossed(data: Bytes, at: Index, width: int, kind: int, least: int) -> Spans:
    """Three digits or more, at least `least` x in a row, and digits (or a check letter)."""
    signs = data[at[:, None] + np.arange(width)]
    cross = (signs | 0x20) == 0x78
    digit = (signs >= 0x30) & (signs <= 0x39)
    cross[:, -1] &= width != 18
    figures: NDArray[np.bool_] = digit | cross
    figures[:, -1] |= (signs[:, -1] | 0x20) == 0x78
    runs = np.diff(cross.astype(np.int8), axis=1, prepend=0, append=0)
    once = ((runs == 1).sum(axis=1) == 1) & (cross.sum(axis=1) >= least)
    good = once & figures.all(axis=1) & digit[:, :3].all(axis=1)
    good &= digits.is_alone(data, at, at + width)
    if kind == MOBILE:
        good &= (signs[:, 0] == 0x31) & (signs[:, 1] >= 0x33)
    at = at[good]
    key = hash_spans(data, at, at + width, lower=True)
    return Spans.make(at, at, at + width, kind, rules.BIT["form"], 0.6, MASKED, key)

"""Values that someone masked: `138****5678`, `1101**********002X`, `6222 **** 1234`, `张*`.

They tell that the material was made for showing, so they are found and flagged, and never counted as
people.

>>> from scanner import keywords
>>> cells = Cells.from_strings(["tel 197****1234", "a*b"], 1)
>>> found = detect(cells, keywords.scan(cells.data))
>>> found.start.tolist(), found.end.tolist()
([4], [15])
"""

from __future__ import annotations

import re

import numpy as np

from scanner import digits, rules
from scanner.keywords import Hits
from scanner.schema import KIND, MASKED, Bytes, Cells, Flags, Index, Spans, as_bytes
from scanner.text import hash_spans

_KINDS = ("CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD")


def detect(cells: Cells, hits: Hits) -> Spans:
    """Masked numbers: digits, three or more stars, digits, in the lengths of a phone, ID or card.

    `hits` give the places of dots (····, ●●●●) that may mask a phone.
    """
    found = [_starred(cells), _dotted(cells, hits)]
    return Spans.concat([spans for spans in found if len(spans)])


_DOTTED = re.compile("(1[3-9]\\d)(?:····|••••|●●●●)(\\d{4})(?!\\d)".encode())


def _dotted(cells: Cells, hits: Hits) -> Spans:
    anchors = hits.anchors()
    places = []
    for at in anchors.start[anchors.kind == KIND["CN_MOBILE_NUMBER"]].tolist():
        found = _DOTTED.match(cells.data[max(at - 3, 0) : at + 16].tobytes())
        if at >= 3 and found:
            places.append((at - 3, at - 3 + found.end()))
    if not places:
        return Spans.empty()
    start, end = np.array(places, np.int64).T
    alone = digits.is_alone(cells.data, start, end)
    start, end = start[alone], end[alone]
    key = hash_spans(cells.data, start, end)
    return digits.locate(
        cells, Spans.make(start, start, end, KIND["CN_MOBILE_NUMBER"], rules.BIT["form"], 0.6, MASKED, key)
    )


def _starred(cells: Cells) -> Spans:
    data = cells.data
    raw = as_bytes(data)
    if not len(cells) or b"*" not in raw or b"***" not in raw:  # one byte is looked for 20 times as fast
        return Spans.empty()
    star, stars = digits.runs(digits.plane(data, 0x2A, 0x2A), len(data), 3)
    after = star + stars
    left = _digits(cells, star, -1)
    right = _digits(cells, after, 1)
    last = digits.byte_at(data, after + right) & 0xDF
    right = right + (last == 0x58)
    total = left + stars + right
    first, second = digits.byte_at(data, star - left), digits.byte_at(data, star - left + 1)
    mobile = (left == 3) & (total == 11) & (first == 0x31) & (second >= 0x33)
    resident = (left >= 1) & (left <= 14) & ((total == 18) | (total == 15))
    resident &= (first >= 0x31) & (first <= 0x39) & ((left < 2) | _is_province(first, second))
    card = (left >= 4) & (left <= 6) & (right >= 3) & (total >= 16) & (total <= 19) & ~resident
    card &= (first >= 0x33) & (first <= 0x39)  # no issuer has numbers from 1 or 2 on
    alone = _is_alone(data, star - left, after + right)
    parts = []
    for kind, hit in zip(_KINDS, (mobile & alone, resident & alone, card & alone), strict=True):
        start, end = (star - left)[hit], (after + right)[hit]
        key = hash_spans(data, start, end)
        parts.append(Spans.make(start, start, end, KIND[kind], rules.BIT["form"], 0.6, MASKED, key))
    return digits.locate(cells, Spans.concat(parts))


def _is_province(first: Bytes, second: Bytes) -> Flags:
    """Whether an ID may begin with these two digits."""
    code = np.clip(first.astype(np.int64) * 10 + second - 528, 0, 99)
    return np.asarray((rules.region_level()[code * 10_000] >= 2) | ((code >= 81) & (code <= 83)))


def _is_alone(data: Bytes, start: Index, end: Index) -> Flags:
    """Whether no letter, digit, underscore or further mask touches a masked number; `**bold**` may."""
    stars = [digits.byte_at(data, at[:, None] + np.arange(3)) == 0x2A for at in (start - 3, end)]
    return np.asarray(digits.is_alone(data, start, end) & ~stars[0].all(axis=1) & ~stars[1].all(axis=1))


def _digits(cells: Cells, at: Index, step: int) -> Index:
    """How many digits in a row end before (-1) or begin at (1) each place, at most 14."""
    offsets = np.arange(14)
    places = at[:, None] - 1 - offsets if step < 0 else at[:, None] + offsets
    byte = digits.byte_at(cells.data, places)
    good = (byte >= 0x30) & (byte <= 0x39)
    return np.asarray(np.where(good.all(axis=1), 14, np.argmin(good, axis=1)))


def names(cells: Cells, columns: list[int]) -> Spans:
    """Masked names (`张*`, `张*明`, `**明`) in columns of names: one to three Han characters and stars."""
    parts = []
    if b"*" not in as_bytes(cells.data):
        return Spans.empty()
    for column in columns:
        part = cells.column(column)
        rows = np.flatnonzero((part.lengths() >= 4) & (part.lengths() <= 12) & _has_star(part))
        start, end = part.starts[rows], part.ends[rows]
        key = hash_spans(part.data, start, end)
        parts.append(Spans.make(rows * cells.width + column, start, end, KIND["PERSON"], 0, 0.5, MASKED, key))
    return Spans.concat(parts)


def _has_star(cells: Cells) -> Flags:
    count = np.concatenate(([0], np.cumsum(cells.data == 0x2A)))
    return np.asarray(count[cells.ends] > count[cells.starts])

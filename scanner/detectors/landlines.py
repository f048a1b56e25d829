"""Landlines: area code, 7 or 8 digits, extension; and service numbers, which are nobody's.

    010-62345678   (0755)26543210   0571 8765 4321   +86 (21) 62345678   0571-87654321转801

The area table decides which lengths an area has. A bare run of 11 or 12 digits beginning with 0 awaits its
column. 400 and 800 numbers are reported as what they are (flag SERVICE) and never counted as people.

>>> cells = Cells.from_strings(["tel (0755)26543210-12, 400-123-4567"], 1)
>>> found = detect(cells, Planes(cells.data))
>>> found.start.tolist(), found.end.tolist(), found.flags.tolist() == [0, SERVICE]
([4, 23], [21, 35], True)
"""

from __future__ import annotations

import numpy as np

from scanner import digits, rules, tables
from scanner.digits import Planes, byte_at
from scanner.schema import KIND, SERVICE, WEAK, Bytes, Cells, Flags, Index, Spans

LANDLINE = KIND["CN_LANDLINE_NUMBER"]
MOST_EXTENSION = 6


def detect(cells: Cells, planes: Planes) -> Spans:
    """All landlines of a table."""
    data = cells.data
    start, length = planes.numbers
    if not len(start) and not planes.joints.any():
        return Spans.empty()
    pick = (length <= 12) & (length != 9) & ((length != 11) | (byte_at(data, start) == 0x30))
    start, length = start[pick], length[pick]
    alone = (length <= 8) | digits.is_alone(data, start, start + length)
    start, length = start[alone], length[alone]
    local = length <= 8
    parts = [_with_area(data, start[local], length[local]), _bare(data, start[~local], length[~local])]
    parts += [_grouped(data, planes), _services(data, start[length == 10], 10)]
    return digits.locate(cells, Spans.concat([part for part in parts if len(part)]))


_SIGN = np.zeros(256, np.bool_)
_SIGN[[*b" -)", 0x89]] = True  # 0x89 ends the wide bracket


def _with_area(data: Bytes, start: Index, length: Index, groups: int = 1) -> Spans:
    """Seven or eight digits after an area code and one sign, or a bracket; two groups after a bracket only."""
    signed = _SIGN[byte_at(data, start - 1)]
    start, length = start[signed], length[signed]
    at, sign = _before_sign(data, start)
    found = at < start
    if not found.any():
        return Spans.empty()
    start, length, at, sign = start[found], length[found], at[found], sign[found]
    area, width = _back_number(data, at)
    head = at - width
    zero = (byte_at(data, head) == 0x30) & (byte_at(data, head + 1) != 0x30)
    country, before = _country(data, head)
    good = (width >= 2) & (width <= 4) & (zero | country) & _has_local(area, length)
    first = byte_at(data, start)
    good &= (first >= 0x32) & (first <= 0x39)
    inner = country & (byte_at(data, head - 1) == 0x28)  # +86 (21) 62345678
    head = np.where(country & ~inner, before, head)
    bracket = sign == 0x29
    opened = bracket & ((byte_at(data, head - 1) == 0x28) | (byte_at(data, head - 1) == 0x88))
    good &= opened if groups == 2 else ~bracket | opened
    wide = opened & (byte_at(data, head - 1) == 0x88)
    head = np.where(wide, head - 3, np.where(opened, head - 1, head))
    head = np.where(inner, before, head)
    end = start + length + groups - 1
    return _spans(data, head[good], end[good], area[good], start[good], length[good], 0.7, 0)


def _before_sign(data: Bytes, start: Index) -> tuple[Index, Bytes]:
    """The place before the sign that stands before each number, and the sign; the place itself if none."""
    last, one = byte_at(data, start - 1), byte_at(data, start - 2)
    blank = (last == 0x20) | (last == 0x2D)
    closing = blank & ((one == 0x29) | (one == 0x89))
    at = np.where(closing, start - 2, start - 1)
    last = np.where(closing, one, last)
    wide = (last == 0x89) & (byte_at(data, at - 1) == 0xBC) & (byte_at(data, at - 2) == 0xEF)
    sign = np.where(wide, np.uint8(0x29), last)
    ok = (sign == 0x29) | (sign == 0x2D) | (sign == 0x20)
    return np.where(ok, np.where(wide, at - 2, at), start), sign


def _back_number(data: Bytes, at: Index) -> tuple[Index, Index]:
    """The number that ends before each place, and how many digits it has (5 means five or more)."""
    value, width, scale = np.zeros(len(at), np.int64), np.zeros(len(at), np.int64), 1
    for i in range(1, 6):
        byte = byte_at(data, at - i)
        more = (width == i - 1) & (byte >= 0x30) & (byte <= 0x39)
        value = np.where(more, value + (byte.astype(np.int64) - 48) * scale, value)
        width += more
        scale *= 10
    return value, width


def _country(data: Bytes, head: Index) -> tuple[Flags, Index]:
    """Whether 86 and a sign or bracket stand before an area code, and where +86 or 0086 begins."""
    sign = byte_at(data, head - 1)
    ok = (sign == 0x2D) | (sign == 0x20) | (sign == 0x28)
    at = head - 1 - ((sign == 0x28) & (byte_at(data, head - 2) == 0x20))
    ok &= (byte_at(data, at - 1) == 0x36) & (byte_at(data, at - 2) == 0x38)
    plus = byte_at(data, at - 3) == 0x2B
    zeros = (byte_at(data, at - 3) == 0x30) & (byte_at(data, at - 4) == 0x30)
    return ok, np.where(ok, at - 2 - plus - 2 * zeros, head)


def _has_local(area: Index, length: Index) -> Flags:
    """Whether an area has numbers of that length."""
    lengths = tables.area_lengths()[np.minimum(area, len(tables.area_lengths()) - 1)]
    return np.asarray(((lengths & 1) > 0) & (length == 7) | ((lengths & 2) > 0) & (length == 8))


def _bare(data: Bytes, start: Index, length: Index) -> Spans:
    """Runs of 10 to 12 digits that begin with an area code; doubtful."""
    zero = (byte_at(data, start) == 0x30) & (byte_at(data, start + 1) != 0x30)
    start, length = start[zero], length[zero]
    if not len(start):
        return Spans.empty()
    short = (byte_at(data, start + 1) == 0x31) | (byte_at(data, start + 1) == 0x32)
    width = np.where(short, 3, 4)
    area, _ = _back_number(data, start + width)
    good = _has_local(area, length - width) & (byte_at(data, start + width) >= 0x32)
    start, length, width, area = start[good], length[good], width[good], area[good]
    return _spans(data, start, start + length, area, start + width, length - width, 0.5, WEAK)


_GROUPS = ((3, 4, 4), (4, 4, 4), (4, 3, 4), (2, 4, 4), (3, 3, 4))
"""Area code and local number; the last two, as the first, after a country code and without the 0."""


def _grouped(data: Bytes, planes: Planes) -> Spans:
    """0571-8765-4321, (010) 6234 5678: the local number in two groups; 400-123-4567 and 400-1234-567."""
    parts = []
    if not planes.joints.any():
        return Spans.empty()
    for groups in _GROUPS:
        at = digits.shape(planes.digit, planes.joints, groups, len(data))
        if len(at):
            parts.append(_in_groups(data, at, groups))
    for pair in ((4, 4), (3, 4)):
        at = digits.shape(planes.digit, planes.joints, pair, len(data))
        before = byte_at(data, at[:, None] - np.array([1, 2]))
        at = at[((before == 0x29) | (before == 0x89)).any(axis=1)]
        if len(at):
            parts.append(_with_area(data, at, np.full(len(at), sum(pair)), 2))
    for form in ((3, 3, 4), (3, 4, 3), (3, 7)):
        at = digits.shape(planes.digit, planes.joints, form, len(data))
        if len(at):
            parts.append(_services(data, at, sum(form) + len(form) - 1))
    return Spans.concat([part for part in parts if len(part)])


def _in_groups(data: Bytes, at: Index, groups: tuple[int, ...]) -> Spans:
    """Those of the places where groups begin that are an area code and a local number of its length."""
    width, size = groups[0], groups[1] + groups[2]
    country, before = _country(data, at)
    good = country | (byte_at(data, at) == 0x30) & (byte_at(data, at + 1) != 0x30)
    area, _ = _back_number(data, at + width)
    good &= _has_local(area, np.full(len(at), size)) & (byte_at(data, at + width + 1) >= 0x32)
    good &= ~_is_in_fours(data, at)
    start, at, area = np.where(country, before, at)[good], at[good], area[good]
    end, local = at + sum(groups) + 2, at + width + 1
    return _spans(data, start, end, area, local, np.full(len(at), size), 0.7, 0)


def _is_in_fours(data: Bytes, at: Index) -> Flags:
    """Whether four signs stand apart before, as in cards and dumps: 6222 0571 8765 4321, e363 0571 8765 4321."""
    byte = byte_at(data, at[:, None] - np.arange(1, 7))
    digit, letter = (byte >= 0x30) & (byte <= 0x39), ((byte | 0x20) >= 0x61) & ((byte | 0x20) <= 0x66)
    sign = (byte[:, 0] == 0x20) | (byte[:, 0] == 0x2D)
    hexes = digit | letter
    return np.asarray(sign & hexes[:, 1:5].all(axis=1) & digit[:, 1:5].any(axis=1) & ~hexes[:, 5])


def _services(data: Bytes, start: Index, width: int) -> Spans:
    """Numbers of companies that begin with 400 or 800."""
    first = byte_at(data, start)
    good = ((first == 0x34) | (first == 0x38)) & (byte_at(data, start + 1) == 0x30)
    if not good.any():
        return Spans.empty()
    good &= byte_at(data, start - 1) != 0x2D
    good &= (byte_at(data, start + 2) == 0x30) & digits.is_alone(data, start, start + width)
    start = start[good]
    key = _figures(data, start, np.full(len(start), width))
    return Spans.make(start, start, start + width, LANDLINE, rules.BIT["form"], 0.6, SERVICE, key)


def _figures(data: Bytes, start: Index, width: Index) -> Index:
    """The digits of a place as one number, signs left out."""
    value = np.zeros(len(start), np.int64)
    for i in range(int(width.max(initial=0))):
        byte = byte_at(data, start + i).astype(np.int64)
        digit = (i < width) & (byte >= 0x30) & (byte <= 0x39)
        value = np.where(digit, value * 10 + byte - 48, value)
    return value


def _spans(
    data: Bytes, start: Index, end: Index, area: Index, local: Index, length: Index, score: float, flag: int
) -> Spans:
    stop = _with_extension(data, end)
    alone = digits.is_alone(data, start, stop)
    start, end, stop, area, local = start[alone], end[alone], stop[alone], area[alone], local[alone]
    key = area * 10**8 + _figures(data, local, end - local)
    bits = rules.BIT["area"] | rules.BIT["form"]
    return Spans.make(start, start, stop, LANDLINE, bits, score, flag, key.astype(np.uint64))


_TURNS = tuple(word.encode() for word in ("-", "转", "#", "分机", "ext.", "ext", "x"))
_TURN_LEADS = np.zeros(256, np.bool_)
_TURN_LEADS[[*b" XE", *(word[0] for word in _TURNS)]] = True


def _with_extension(data: Bytes, end: Index) -> Index:
    """Ends moved behind "-801", "转801" or " ext. 12" (one to six digits) where such an extension follows."""
    out = end.copy()
    some = np.flatnonzero(_TURN_LEADS[byte_at(data, end)])
    first = end[some]
    for word in _TURNS if len(some) else ():
        spaced = word != b"-"
        at = first + (spaced & (byte_at(data, first) == 0x20))
        fold = 0x20 if word[:1].isalpha() else 0
        good = out[some] == first
        for i, wanted in enumerate(word):
            good &= byte_at(data, at + i) | fold == wanted
        at = at + len(word)
        at = at + (spaced & (byte_at(data, at) == 0x20))
        size = _run(data, at, MOST_EXTENSION + 1)
        good &= (size >= 1) & (size <= MOST_EXTENSION)
        out[some] = np.where(good, at + size, out[some])
    return out


def _run(data: Bytes, at: Index, most: int) -> Index:
    """How many digits stand at each place, at most `most`."""
    size = np.zeros(len(at), np.int64)
    for i in range(most):
        byte = byte_at(data, at + i)
        size += (size == i) & (byte >= 0x30) & (byte <= 0x39)
    return size

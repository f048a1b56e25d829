"""Mobile numbers, resident IDs and bank cards: candidates, locate, confirm.

One digit plane serves all three. A candidate is a whole run of digits of an allowed length, or digit
groups in an allowed shape (3-4-4); it is confirmed by its borders, its cell, and its checks. Levels of
a mobile number (FACTS D1): A known block, B allotted code, C only 1[3-9].
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from scanner import checks, digits, rules, tables
from scanner.digits import Planes
from scanner.distinct import is_in, is_one_of, unique
from scanner.schema import DAMAGED, KIND, PLACEHOLDER, WEAK, Bytes, Cells, Flags, Index, Spans
from scanner.text import hash_spans

MOBILE, RESIDENT, CARD = KIND["CN_MOBILE_NUMBER"], KIND["CN_RESIDENT_ID"], KIND["CN_BANK_CARD"]
PERMIT, FOREIGN = KIND["CN_RESIDENCE_PERMIT"], KIND["CN_FOREIGN_PERMANENT_RESIDENT_ID"]

_GROUPS = ((3, 4, 4), (3, 3, 5), (3, 5, 3), (6, 8, 4), (4, 4, 4, 4), (4, 4, 4, 4, 3))


def detect(cells: Cells, today: int, planes: Planes | None = None) -> Spans:
    """All number spans of a table; weak ones carry the WEAK flag and await their column."""
    data, planes = cells.data, planes or Planes(cells.data)
    if len(data) < 32:  # too short for the gathers below
        data = np.concatenate([data, np.full(32, 0x20, np.uint8)])
    now = today
    start, length = planes.numbers
    keep = (length >= 11) & (length <= 22)
    start, length = start[keep], length[keep]
    start, length = _trim_prefix(data, start, length)
    found = _confirm(data, start, start + length, length, now)
    found += _grouped(data, planes, now)
    spans = Spans.concat([s for s in found if len(s)])
    return digits.locate(cells, spans)


def _trim_prefix(data: Bytes, start: Index, length: Index) -> tuple[Index, Index]:
    """Runs of 13 and 15 digits that spell 86 or 0086 before a mobile lose the prefix."""
    for total, prefix in ((13, b"861"), (15, b"00861")):
        at = np.flatnonzero(length == total)
        if len(at):
            head = digits.gather(data, start[at], len(prefix)) + 48
            hit = at[(head == np.frombuffer(prefix, np.uint8)).all(axis=1)]
            start[hit] += total - 11
            length[hit] = 11
    return start, length


def _confirm(data: Bytes, start: Index, end: Index, length: Index, now: int) -> list[Spans]:
    out = []
    for size, confirm in _BY_LENGTH.items():
        pick = length == size
        if pick.any():
            s, e = start[pick], end[pick]
            out += confirm(data, s, e, digits.gather(data, s, size), now)
    return out


def _grouped(data: Bytes, planes: Planes, now: int) -> list[Spans]:
    """Numbers written in groups: the groups are put together in a small buffer of their own."""
    out: list[Spans] = []
    if not planes.joints.any():
        return out
    for groups in _GROUPS:
        tail = groups[:-1] + (3,) if groups == (6, 8, 4) else groups
        for form in {groups, tail}:
            at = digits.shape(planes.digit, planes.joints, form, planes.size)
            if len(at):
                out += _join(data, at, form, now)
    return out


def _join(data: Bytes, at: Index, form: tuple[int, ...], now: int) -> list[Spans]:
    total, width = sum(form), sum(form) + len(form) - 1
    places = np.concatenate([np.arange(size) + sum(form[:i]) + i for i, size in enumerate(form)])
    one = digits.byte_at(data, at + form[0])
    for i in range(1, len(form) - 1):  # the same sign between all groups
        same = digits.byte_at(data, at + sum(form[: i + 1]) + i) == one
        at, one = at[same], one[same]
    width += total == 17  # 6-8-3 and the check letter
    total += total == 17
    line = np.full((len(at), total + 2), 0x20, np.uint8)
    line[:, 1 : len(places) + 1] = data[at[:, None] + places]
    if total > len(places):
        line[:, total] = digits.byte_at(data, at + width - 1)
    alone = digits.is_alone(data, at, at + width) & ~_goes_on(data, at, at + width, one)
    flat = np.concatenate([line.ravel(), np.full(32, 0x20, np.uint8)])
    starts = np.arange(len(at)) * (total + 2) + 1
    size = np.full(len(at), len(places))
    row_of = {int(s): i for i, s in enumerate(starts)}
    out = []
    for spans in _confirm(flat, starts, starts + len(places), size, now):
        rows = np.array([row_of[int(s)] for s in spans.start], np.int64)
        moved = Spans.make(
            rows, at[rows], at[rows] + width, spans.kind, spans.checks, spans.score, spans.flags, spans.key
        )
        out.append(moved.take(alone[rows]))
    return out


def _goes_on(data: Bytes, start: Index, end: Index, sign: Bytes) -> Flags:
    """Whether a row of numbers goes on with the same sign: two digits more behind, or other than 86 before."""
    behind = (digits.byte_at(data, end) == sign) & _is_digit(data, end + 1) & _is_digit(data, end + 2)
    before = (digits.byte_at(data, start - 1) == sign) & _is_digit(data, start - 2)
    country = (digits.byte_at(data, start - 2) == 0x36) & (digits.byte_at(data, start - 3) == 0x38)
    return np.asarray((sign == 0x20) & (behind | before & ~country))


def _mobiles(data: Bytes, start: Index, end: Index, d: NDArray[np.uint8], now: int) -> list[Spans]:
    ok = (d[:, 0] == 1) & (d[:, 1] >= 3)
    # Digits before a start are a trimmed 86 or 0086; the border of the number is before them.
    short, long = _is_digit(data, start - 1), _is_digit(data, start - 3)
    alone = digits.is_alone(data, start - np.where(short, np.where(long, 4, 2), 0), end)
    ok &= alone
    start, end, d = start[ok], end[ok], d[ok]
    block = checks.number(d[:, :7])
    known = rules.mobile_blocks()[block - 1_300_000]
    allotted = rules.mobile_codes()[block // 10_000] | is_one_of(block // 1000, (1610, 1619, 1740, 1749))
    bits = known * rules.BIT["block"] | allotted * rules.BIT["code"] | rules.BIT["prefix"]
    score = np.where(known, 0.9, np.where(allotted, 0.75, 0.3))
    key = checks.number(d).astype(np.uint64)
    flags = np.where(known | allotted, 0, WEAK) | np.where(_is_placeholder(d, key), PLACEHOLDER, 0)
    return [Spans.make(start, start, end, MOBILE, bits, score, flags, key)]


def _is_digit(data: Bytes, at: Index) -> Flags:
    byte = digits.byte_at(data, at)
    return np.asarray((byte >= 0x30) & (byte <= 0x39))


@cache
def _listed() -> NDArray[np.uint64]:
    return unique(np.array([int(v) for v in rules.entity("CN_MOBILE_NUMBER").placeholders], np.uint64))


def _is_placeholder(d: NDArray[np.uint8], key: NDArray[np.uint64]) -> Flags:
    """Listed placeholders, one digit repeated, and service centres 13800xxx500."""
    repeated = (d[:, 3:] == d[:, 3:4]).all(axis=1)
    centre = (checks.number(d[:, :5]) == 13800) & (checks.number(d[:, 8:]) == 500)
    return np.asarray(is_in(key, _listed()) | repeated | centre)


def _residents(data: Bytes, start: Index, end: Index, d: NDArray[np.uint8], now: int) -> list[Spans]:
    """18 characters: 17 digits and the check character, a digit or X."""
    if d.shape[1] == 17:
        last: NDArray[np.uint8] = digits.byte_at(data, end) & np.uint8(0xDF)
        end = end + 1
        pick = last == 0x58
    else:
        last = d[:, 17] + np.uint8(48)
        pick = np.ones(len(d), np.bool_)
    pick &= digits.is_alone(data, start, end)
    start, end, d, last = start[pick], end[pick], d[pick], last[pick]
    dates = checks.is_date(
        checks.number(d[:, 6:10]), checks.number(d[:, 10:12]), checks.number(d[:, 12:14]), now
    )
    area = checks.number(d[:, :6])
    level = rules.region_level()[area]
    permit = (area == 810000) | (area == 820000) | (area == 830000)
    right = checks.id_check_char(d) == last
    seventeen = checks.number(d[:, :17])
    whole = seventeen * 10 + np.where(last == 0x58, 0, last.astype(np.int64) - 48)
    good = dates & right & (level >= 2) | dates & right & permit
    hurt = ~good & dates & (level >= 4) & (last != 0x58) & _is_rounded(whole)
    foreign = dates & right & ~good & (d[:, 0] == 9)
    hurt &= ~foreign
    ok = good | hurt | foreign
    bits = right * rules.BIT["checksum"] | dates * rules.BIT["date"] | (level == 6) * rules.BIT["region"]
    score = np.where(hurt | foreign, 0.5, np.where(level == 6, 0.99, np.where(level == 4, 0.95, 0.85)))
    # Of random numbers, 1 in 2.6 million passes where the county must be known, 1 in 57,000 where it need not.
    flags = np.where(hurt, DAMAGED | WEAK, np.where(foreign | (level < 6) & ~permit, WEAK, 0))
    kind = np.where(foreign, FOREIGN, np.where(permit, PERMIT, RESIDENT))
    flags |= np.where(_is_sample(seventeen), PLACEHOLDER, 0)
    spans = Spans.make(start, start, end, kind, bits, score, flags, seventeen.astype(np.uint64))
    if ok.all():
        return [spans]
    rest = ~ok
    chars = np.column_stack([d[rest, :17] + np.uint8(48), last[rest]])
    out = [spans.take(ok), *_companies(data, start[rest], end[rest], chars)]
    return out if d.shape[1] == 17 else [*out, *_cards(data, start[rest], end[rest], d[rest], now)]


@cache
def _samples() -> Index:
    """First 17 digits of the ID numbers that were printed as samples."""
    listed = [
        v for name in ("CN_RESIDENT_ID", "CN_RESIDENCE_PERMIT") for v in rules.entity(name).placeholders
    ]
    return np.array([int(value[:17]) for value in listed], np.int64)


def _is_sample(seventeen: NDArray[np.int64]) -> Flags:
    return np.asarray(np.logical_or.reduce([seventeen == one for one in _samples()]))


def _companies(data: Bytes, start: Index, end: Index, chars: NDArray[np.uint8]) -> list[Spans]:
    """Credit codes of 17 digits and a digit or X; the others are found by their pattern."""
    good = is_one_of(chars[:, 0], b"159") & checks.uscc(chars)
    good &= checks.org_code(chars[:, 8:17])
    good &= rules.region_level()[checks.number(chars[:, 2:8] - np.uint8(48))] >= 4
    key = hash_spans(data, start[good], end[good], lower=True)
    bits = rules.BIT["checksum"] | rules.BIT["region"] | rules.BIT["form"]
    return [Spans.make(start[good], start[good], end[good], KIND["CN_USCC"], bits, 0.9, 0, key)]


def _is_rounded(value: NDArray[np.int64]) -> Flags:
    """Numbers that went through a float: last three digits 000 (Excel), or a multiple of the double's step."""
    step = np.where(value < 1 << 57, 16, np.where(value < 1 << 58, 32, np.where(value < 1 << 59, 64, 128)))
    return np.asarray((value % 1000 == 0) | (value % step == 0))


def _seventeen(data: Bytes, start: Index, end: Index, d: NDArray[np.uint8], now: int) -> list[Spans]:
    """Seventeen digits are an ID with X, or a card of that length (52 issuer prefixes have it, FACTS D5)."""
    with_x = (digits.byte_at(data, end) & 0xDF) == 0x58
    cards = _cards(data, start[~with_x], end[~with_x], d[~with_x], now)
    return [*_residents(data, start[with_x], end[with_x], d[with_x], now), *cards]


def _fifteen(data: Bytes, start: Index, end: Index, d: NDArray[np.uint8], now: int) -> list[Spans]:
    """The form before 1999 has no check digit, so it is only a candidate for its column."""
    alone = digits.is_alone(data, start, end)
    dates = checks.is_date(
        1900 + checks.number(d[:, 6:8]), checks.number(d[:, 8:10]), checks.number(d[:, 10:12]), now
    )
    known = rules.region_level()[checks.number(d[:, :6])] >= 4
    ok = alone & dates & known
    spans = Spans.make(
        start, start, end, RESIDENT, rules.BIT["date"] | rules.BIT["region"], 0.3, WEAK, checks.number(d)
    )
    return [spans.take(ok), *_cards(data, start[~ok], end[~ok], d[~ok], now)]


def _cards(data: Bytes, start: Index, end: Index, d: NDArray[np.uint8], now: int) -> list[Spans]:
    """Issuer, length and Luhn; a card of unknown or legacy issuer awaits its column (Luhn alone is 10 %)."""
    if not len(start):
        return []
    alone = digits.is_alone(data, start, end) & ((d != d[:, :1]).sum(axis=1) >= 3)
    start, end, d = start[alone], end[alone], d[alone]
    known, right = tables.card_issuer(d) == 2, checks.luhn(d)
    legacy = tables.is_legacy_card(d) & known
    sure = known & right & ~legacy
    ok = sure | right & tables.has_scheme_length(d) | legacy
    bits = right * rules.BIT["luhn"] | known * (rules.BIT["bin"] | rules.BIT["length"])
    flags = np.where(sure, 0, WEAK) | np.where(_is_test_card(d), PLACEHOLDER, 0)
    score = np.where(sure, 0.85, np.where(right, 0.5, 0.4))
    return [Spans.make(start, start, end, CARD, bits, score, flags, digits.to_number(d)).take(ok)]


@cache
def _test_cards() -> NDArray[np.uint64]:
    return np.array([int(value) for value in rules.entity("CN_BANK_CARD").placeholders], np.uint64)


def _is_test_card(d: NDArray[np.uint8]) -> Flags:
    number = digits.to_number(d)
    return np.asarray(np.logical_or.reduce([number == one for one in _test_cards()]))


_BY_LENGTH = {11: _mobiles, 15: _fifteen, 16: _cards, 17: _seventeen, 18: _residents, 19: _cards}

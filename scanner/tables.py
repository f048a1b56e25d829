"""Number tables of `rules/tables` as arrays: issuers of cards, area codes, places of phone blocks, networks.

Every table names its source, licence and date in its first lines and is built by
`rules/tables/build_tables.py`. Tables load at first use, and every question is asked for a whole column
at once.

>>> card = np.array([[int(c) for c in "6226090000000048"]], np.uint8)
>>> int(card_issuer(card)[0]), SCHEMES[card_scheme(card)[0]]
(2, 'unionpay')
>>> int(area_place()[755]), int(phone_place(np.array([1380013]))[0])
(440300, 110000)
"""

from __future__ import annotations

import base64
import zlib
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scanner import checks, rules
from scanner.distinct import unique
from scanner.schema import Flags, Index

Digits = NDArray[np.uint8]

DEBIT, CREDIT, PREPAID = 1, 2, 4
"""Bits of `card_type`; a semi-credit card (准贷记卡) counts as credit."""

SEVEN, EIGHT, ABOLISHED = 1, 2, 4
"""Bits of `area_lengths`."""

SCHEMES = ("", "unionpay", "visa", "mastercard", "jcb", "amex")
"""What `card_scheme` is an index into; 0 is none of these."""

# First six digits, both included, and the card length of each scheme abroad (ISO/IEC 7812; the bounds are
# those that the schemes publish). UnionPay has 62 and the new range 8100 to 8171, of 16 to 19 digits.
_SCHEME_BOUNDS = (
    (620_000, 629_999, 1), (810_000, 817_199, 1), (400_000, 499_999, 2), (510_000, 559_999, 3),
    (222_100, 272_099, 3), (352_800, 358_999, 4), (340_000, 349_999, 5), (370_000, 379_999, 5),
)  # fmt: skip
_SCHEME_LENGTHS = ((), (16, 17, 18, 19), (16,), (16,), (16,), (15,))

_TYPE_BITS = {"DC": DEBIT, "CC": CREDIT, "SCC": CREDIT, "PC": PREPAID}
_HEAD = 10  # digits of the longest issuer number
_SHORTEST = 12  # bit 0 of a set of lengths


@cache
def issuers() -> tuple[Index, NDArray[np.uint8], NDArray[np.uint8]]:
    """Issuer numbers as ranges of the first ten digits.

    Returns three arrays of one shape: where each range begins (int64, ascending, the first is 0), the set
    of card lengths in it (bit 0 is 12 digits, 0 where no issuer is known) and the set of card types. Where
    a long number lies inside a short one (9558, 95588) both count.
    """
    known = [number for line in rules.table_lines("tables/card_issuers.txt") for number in _issuers_of(line)]
    bounds = np.array([(low, high) for low, high, _, _ in known], np.int64)
    starts = unique(np.append(bounds, 0))
    lengths, types = np.zeros(len(starts), np.uint8), np.zeros(len(starts), np.uint8)
    for (first, stop), (_, _, length, kind) in zip(
        np.searchsorted(starts, bounds).tolist(), known, strict=True
    ):
        lengths[first:stop] |= 1 << (length - _SHORTEST)
        types[first:stop] |= kind
    return starts, lengths, types


def _issuers_of(line: str) -> list[tuple[int, int, int, int]]:
    """Range of ten digits (end excluded), card length and type bits of each number in a line of the table."""
    kind, length, three, *tails = line.split()
    out = []
    for tail in tails:
        first, _, last = tail.replace(".", "").partition("-")
        step = 10 ** (_HEAD - 3 - len(first))
        low, high = int(three + first), int(three + (last or first)) + 1
        out.append((low * step, high * step, int(length), _TYPE_BITS[kind]))
    return out


def _issuer_at(digits: Digits) -> Index:
    """The range of each card; rows of at least ten digits."""
    head = checks.number(digits[:, :_HEAD])
    return np.asarray(np.searchsorted(issuers()[0], head, "right") - 1)


def card_issuer(digits: Digits) -> NDArray[np.uint8]:
    """What the first digits of a card say; `digits` is uint8 of shape (n, L), L from 12 to 19.

    0: no known issuer; 1: a known issuer, but of cards of another length; 2: issuer and length agree.
    """
    lengths = issuers()[1][_issuer_at(digits)]
    agrees = lengths >> np.uint8(digits.shape[1] - _SHORTEST) & np.uint8(1)
    return np.asarray((lengths > 0) + agrees, np.uint8)


def card_type(digits: Digits) -> NDArray[np.uint8]:
    """`DEBIT`, `CREDIT` and `PREPAID` bits of the issuer of each card, 0 where it is not known; shape (n,)."""
    return np.asarray(issuers()[2][_issuer_at(digits)])


@cache
def _schemes() -> NDArray[np.uint8]:
    """The scheme of each first six digits; shape (1000000,)."""
    out = np.zeros(1_000_000, np.uint8)
    for low, high, scheme in _SCHEME_BOUNDS:
        out[low : high + 1] = scheme
    return out


def card_scheme(digits: Digits) -> NDArray[np.uint8]:
    """The international scheme of each card, an index into `SCHEMES`; the length is not judged; shape (n,)."""
    return np.asarray(_schemes()[checks.number(digits[:, :6])])


def has_scheme_length(digits: Digits) -> Flags:
    """Whether a card has a scheme and the length that its scheme has abroad (Visa 16, Amex 15); shape (n,)."""
    fits = np.array([digits.shape[1] in lengths for lengths in _SCHEME_LENGTHS], np.bool_)
    return np.asarray(fits[card_scheme(digits)])


def is_legacy_card(digits: Digits) -> Flags:
    """Whether a known Chinese issuer stands behind a card that is of no scheme; shape (n,).

    These are numbers of single banks from before UnionPay (103 of ABC, 955880 of ICBC, 940xxx of city
    banks). Their last digit need not pass Luhn, and first digits like these are common in other numbers, so
    they need a header.
    """
    return np.asarray((card_scheme(digits) == 0) & (card_issuer(digits) > 0))


@cache
def _areas() -> tuple[NDArray[np.uint8], NDArray[np.int32]]:
    lengths, places = np.zeros(10_000, np.uint8), np.zeros(10_000, np.int32)
    for line in rules.table_lines("tables/area_codes.txt"):
        area, sizes, place, *mark = line.split()
        lengths[int(area)] = SEVEN * ("7" in sizes) | EIGHT * ("8" in sizes) | ABOLISHED * bool(mark)
        places[int(area)] = int(place)
    return lengths, places


def area_lengths() -> NDArray[np.uint8]:
    """How long a local number may be behind each area code; uint8 of shape (10000,).

    The index is the code without its leading 0: 10 for 010, 755 for 0755. `SEVEN` and `EIGHT` are bits for
    the lengths, `ABOLISHED` one for codes that were given up since; 0 is no code.
    """
    return _areas()[0]


def area_place() -> NDArray[np.int32]:
    """GB/T 2260 code of the city of each area code, of its province where cities share it; shape (10000,)."""
    return _areas()[1]


@cache
def _blocks() -> tuple[NDArray[np.int32], NDArray[np.uint16]]:
    """The codes, and for each block from 1300000 on the number of its code; shape (700000,)."""
    head, *packed = rules.table_lines("tables/phone_places.txt")
    raw = np.frombuffer(zlib.decompress(base64.b64decode("".join(packed))), np.uint8)
    low, high, length = raw.reshape(3, -1)
    number = low | high.astype(np.uint16) << np.uint16(8)
    return np.array(head.split(), np.int32), np.repeat(number, length)


def phone_place(blocks: Index) -> NDArray[np.int32]:
    """Where each seven-digit mobile block was issued, as a GB/T 2260 code of a city; 0 where not known.

    `blocks` is int64 of shape (n,), such as 1380013. A number may have moved since (FACTS G16).
    """
    codes, number = _blocks()
    at = np.asarray(blocks, np.int64) - 1_300_000
    inside = (at >= 0) & (at < len(number))
    return np.asarray(np.where(inside, codes[number[np.where(inside, at, 0)]], 0), np.int32)


@cache
def _devices() -> tuple[Flags, Flags]:
    """Known network codes after 460, and known first two digits of an IMEI; shape (100,) each."""
    networks, bodies = np.zeros(100, np.bool_), np.zeros(100, np.bool_)
    for line in rules.table_lines("tables/devices.txt"):
        kind, code, *_ = line.split()
        (networks if kind == "imsi" else bodies)[int(code)] = True
    return networks, bodies


def is_imsi(digits: Digits) -> Flags:
    """Whether each row of 15 digits begins with 460 and a network of China (ITU-T E.212); shape (n,).

    >>> is_imsi(np.array([[4, 6, 0, 0, 0] + [1] * 10, [4, 6, 0, 9, 9] + [1] * 10], np.uint8)).tolist()
    [True, False]
    """
    return np.asarray((checks.number(digits[:, :3]) == 460) & _devices()[0][checks.number(digits[:, 3:5])])


def is_tac(digits: Digits) -> Flags:
    """Whether the first two digits of an IMEI are those of a body that allots them (GSMA TS.06); shape (n,)."""
    return np.asarray(_devices()[1][checks.number(digits[:, :2])])

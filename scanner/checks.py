"""Checksums and plausibility tests as matrices: one row of digits or characters each, one answer each.

`digits` is a uint8 matrix of digit values (n, length), `chars` one of upper-case ASCII bytes. Sources:
GB 11643-1999 (resident ID, ISO 7064 MOD 11-2), ISO/IEC 7812 (Luhn), GB 32100-2015 (unified social credit
code), GB 11714-1997 (organisation code), GB 16735-2019 (VIN), 3GPP TS 23.003 (IMEI), UPU S10 (postal
items), ISO 7064 MOD 11,10 (business register numbers until 2015); Hong Kong and Taiwan identity cards as
their registries describe them.

>>> bool(uscc(np.frombuffer(b"91110000600037341L", np.uint8)[None])[0])
True
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from scanner.distinct import is_one_of
from scanner.schema import Flags

Digits = NDArray[np.uint8]
Chars = NDArray[np.uint8]

ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], np.uint16)
ID_CHECK = np.frombuffer(b"10X98765432", np.uint8)
_CHECK_11 = np.frombuffer(b"0123456789X", np.uint8)
_LUHN_DOUBLE = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], np.uint16)
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)
_NONE = 99
"""Stands for a character that an alphabet does not have; larger than every value of one."""


def id_check_char(digits: Digits) -> NDArray[np.uint8]:
    """The ASCII check character that the first 17 digits of each row ask for.

    >>> bytes(id_check_char(np.array([[int(c) for c in "11010519491231002"]], np.uint8)))
    b'X'
    """
    total = digits[:, :17].astype(np.uint16) @ ID_WEIGHTS
    return np.asarray(ID_CHECK[total % 11])


def luhn(digits: Digits) -> Flags:
    """Whether each row of digits passes the Luhn test (any length).

    >>> luhn(np.array([[int(c) for c in "6216261000000000018"]], np.uint8))
    array([ True])
    """
    if not len(digits):
        return np.zeros(0, np.bool_)
    turned = digits[:, ::-1].astype(np.uint16)
    total = turned[:, ::2].sum(axis=1) + _LUHN_DOUBLE[turned[:, 1::2]].sum(axis=1)
    return np.asarray(total % 10 == 0)


def number(digits: Digits) -> NDArray[np.int64]:
    """Rows of at most 18 digits as int64."""
    total = np.zeros(len(digits), np.int64)
    for column in range(digits.shape[1]):
        total = total * 10 + digits[:, column]
    return total


def is_date(year: NDArray[np.int64], month: NDArray[np.int64], day: NDArray[np.int64], today: int) -> Flags:
    """Whether each (year, month, day) is a real day, not after `today` and at most 150 years before it.

    The standard itself prints a sample born in 1880. `today` is a number such as 20261124.
    """
    leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
    good = (month >= 1) & (month <= 12)
    last = _DAYS[np.where(good, month, 1) - 1] + (leap & (month == 2))
    good &= (day >= 1) & (day <= last)
    stamp = year * 10000 + month * 100 + day
    return np.asarray(good & (stamp <= today) & (stamp >= today - 1_500_000))


def _alphabet(signs: str, values: Sequence[int] | None = None) -> NDArray[np.uint8]:
    """The value of each ASCII byte in an alphabet; shape (256,)."""
    table = np.full(256, _NONE, np.uint8)
    table[list(signs.encode())] = range(len(signs)) if values is None else values
    return table


_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BASE_36 = _alphabet("0123456789" + _LETTERS)
_BASE_31 = _alphabet("0123456789ABCDEFGHJKLMNPQRTUWXY")
_REGISTRAR = _alphabet("123456789ANY")
_VIN = _alphabet(
    "0123456789ABCDEFGHJKLMNPRSTUVWXYZ", [*range(10), *range(1, 9), *range(1, 6), 7, 9, *range(2, 10)]
)
# The numbers of the letters follow the age of the counties; I, O, W and Z came last.
_TAIWAN = _alphabet("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36))


def _weigh(values: NDArray[np.uint8], weights: Sequence[int]) -> NDArray[np.int64]:
    """The weighted sum of each row over its first characters."""
    return np.asarray(values[:, : len(weights)].astype(np.int64) @ np.array(weights, np.int64))


def _is_digit(chars: Chars) -> Flags:
    """Whether every character of each row is a digit."""
    return np.asarray(((chars >= 0x30) & (chars <= 0x39)).all(axis=1))


def _is_letter(chars: Chars) -> Flags:
    """Whether every character of each row is an upper-case letter."""
    return np.asarray(((chars >= 0x41) & (chars <= 0x5A)).all(axis=1))


def uscc(chars: Chars) -> Flags:
    """Whether each row of 18 characters is a unified social credit code (GB 32100).

    A registrar (1-9 A N Y), a region of six digits and a check character modulo 31; the letters I O S V Z
    are not used. Characters 9 to 17 are an organisation code with a check of their own: `org_code`.
    """
    values = _BASE_31[chars]
    good = (values != _NONE).all(axis=1) & (_REGISTRAR[chars[:, 0]] != _NONE) & _is_digit(chars[:, 2:8])
    total = _weigh(values, (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28))
    return np.asarray(good & (values[:, 17] == -total % 31))


def org_code(chars: Chars) -> Flags:
    """Whether each row of 9 characters is an organisation code without its dash (GB 11714).

    >>> bool(org_code(np.frombuffer(b"D2143569X", np.uint8)[None])[0])
    True
    """
    values = _BASE_36[chars]
    good = (values[:, :8] != _NONE).all(axis=1)
    check = -_weigh(values, (3, 7, 9, 10, 5, 8, 4, 2)) % 11
    return np.asarray(good & (_CHECK_11[check] == chars[:, 8]))


def vin(chars: Chars) -> Flags:
    """Whether the ninth of each row of 17 characters checks a vehicle number (GB 16735, ISO 3779).

    I, O and Q are not used. Makers outside China and North America need not set the check character.

    >>> bool(vin(np.frombuffer(b"1M8GDM9AXKP042788", np.uint8)[None])[0])
    True
    """
    values = _VIN[chars]
    total = _weigh(values, (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2))
    return np.asarray((values != _NONE).all(axis=1) & (_CHECK_11[total % 11] == chars[:, 8]))


def hkid(chars: Chars) -> Flags:
    """Whether each row is a Hong Kong identity card: one or two letters, six digits, check, no brackets.

    8 characters with one letter, 9 with two; the weighted sum is a multiple of 11, with 36 for a missing
    letter and A for a check of 10.

    >>> bool(hkid(np.frombuffer(b"A1234563", np.uint8)[None])[0])
    True
    """
    letters = chars.shape[1] - 7
    values = _BASE_36[chars]
    good = _is_letter(chars[:, :letters]) & _is_digit(chars[:, letters:-1]) & (values[:, -1] <= 10)
    total = _weigh(values, (9, 8, 7, 6, 5, 4, 3, 2, 1)[2 - letters :]) + 36 * 9 * (letters == 1)
    return np.asarray(good & (total % 11 == 0))


def tw_id(chars: Chars) -> Flags:
    """Whether each row of 10 characters is a Taiwan identity card or resident certificate.

    A letter for the county, 1 or 2 for the sex (8 or 9 on certificates of foreigners since 2021), seven
    digits and a check; the weighted sum is a multiple of 10.

    >>> tw_id(np.frombuffer(b"A123456789A800000014", np.uint8).reshape(2, 10)).tolist()
    [True, True]
    """
    good = _is_letter(chars[:, :1]) & _is_digit(chars[:, 1:]) & is_one_of(chars[:, 1], b"1289")
    county = _TAIWAN[chars[:, 0]].astype(np.int64)
    total = county // 10 + county % 10 * 9 + _weigh(_BASE_36[chars[:, 1:]], (8, 7, 6, 5, 4, 3, 2, 1, 1))
    return np.asarray(good & (total % 10 == 0))


def s10(chars: Chars) -> Flags:
    """Whether each row of 13 characters is a postal item number (UPU S10), such as a parcel of EMS.

    >>> bool(s10(np.frombuffer(b"RR473124829GB", np.uint8)[None])[0])
    True
    """
    good = _is_letter(chars[:, :2]) & _is_digit(chars[:, 2:11]) & _is_letter(chars[:, 11:])
    check = 11 - _weigh(_BASE_36[chars[:, 2:]], (8, 6, 4, 2, 3, 5, 9, 7)) % 11
    check = np.where(check == 10, 0, np.where(check == 11, 5, check))
    return np.asarray(good & (check == _BASE_36[chars[:, 10]]))


def imei(digits: Digits) -> Flags:
    """Whether each row of 15 digits is an IMEI by its Luhn digit; `tables.is_tac` knows its beginning.

    >>> bool(imei(np.array([[int(c) for c in "354178036859789"]], np.uint8))[0])
    True
    """
    return luhn(digits)


def old_business_number(digits: Digits) -> Flags:
    """Whether each row of 15 digits is a business register number of the form until 2015.

    Six digits of the office, eight of the enterprise, a check by ISO 7064 MOD 11,10. They have the length of
    an old resident ID and the same regions, so the two must be told apart.

    >>> bool(old_business_number(np.array([[int(c) for c in "110108000000016"]], np.uint8))[0])
    True
    """
    rest = np.full(len(digits), 10, np.int64)
    for column in range(14):
        total = (rest + digits[:, column]) % 10
        rest = np.where(total == 0, 10, total) * 2 % 11
    return np.asarray((rest + digits[:, 14]) % 10 == 1)


def old_tax_number(chars: Chars) -> Flags:
    """Whether each row of 15 characters is a taxpayer number of the form until 2015.

    A region of six digits and an organisation code (GB/T 2260 and GB 11714); it collides with old resident
    IDs where the code is all digits.

    >>> bool(old_tax_number(np.frombuffer(b"110108D2143569X", np.uint8)[None])[0])
    True
    """
    return np.asarray(_is_digit(chars[:, :6]) & org_code(chars[:, 6:]))

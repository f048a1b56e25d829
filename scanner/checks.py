"""Checksums and plausibility tests as matrices: one row of digits each, one answer each.

Sources: GB 11643-1999 (resident ID, ISO 7064 MOD 11-2), ISO/IEC 7812 (Luhn).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from scanner.schema import Flags

Digits = NDArray[np.uint8]

ID_WEIGHTS = np.array([7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2], np.uint16)
ID_CHECK = np.frombuffer(b"10X98765432", np.uint8)
_LUHN_DOUBLE = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9], np.uint16)
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)


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

"""Property tests of checksums, against python-stdnum and the calendar of Python."""

from __future__ import annotations

import datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from stdnum import luhn as luhn_oracle
from stdnum.cn import ric

from scanner import checks

TODAY = 20261124


def matrix(*texts: str) -> NDArray[np.uint8]:
    return np.array([[int(c) for c in text] for text in texts], np.uint8)


def digits(length: int) -> st.SearchStrategy[str]:
    """Texts of `length` digits."""
    return st.text("0123456789", min_size=length, max_size=length)


@given(st.lists(digits(17), min_size=1, max_size=5))
def test_id_check_char(numbers: list[str]) -> None:
    expected = "".join(ric.calc_check_digit(number + "0") for number in numbers)
    assert bytes(checks.id_check_char(matrix(*numbers))).decode() == expected
    assert bytes(checks.id_check_char(matrix(*(n + "5" for n in numbers)))).decode() == expected


def test_id_of_the_standard() -> None:
    assert bytes(checks.id_check_char(matrix("11010519491231002"))) == b"X"


@given(st.integers(1, 30).flatmap(lambda n: st.lists(digits(n), min_size=1, max_size=5)))
def test_luhn(numbers: list[str]) -> None:
    assert checks.luhn(matrix(*numbers)).tolist() == [luhn_oracle.is_valid(number) for number in numbers]


@given(digits(18))
def test_luhn_with_its_check_digit(number: str) -> None:
    whole = number + luhn_oracle.calc_check_digit(number)
    assert checks.luhn(matrix(whole)).tolist() == [True]


def test_luhn_of_nothing() -> None:
    assert checks.luhn(np.empty((0, 16), np.uint8)).tolist() == []


@given(st.lists(digits(18), min_size=1, max_size=5))
def test_number(numbers: list[str]) -> None:
    assert checks.number(matrix(*numbers)).tolist() == [int(number) for number in numbers]


def is_date(year: int, month: int, day: int) -> bool:
    """The docstring of `checks.is_date` by the calendar of Python."""
    try:
        born = datetime.date(year, month, day)
    except ValueError:
        return False
    return datetime.date(1876, 11, 24) <= born <= datetime.date(2026, 11, 24)


def ask(*days: tuple[int, int, int]) -> list[bool]:
    year, month, day = (np.array(part, np.int64) for part in zip(*days, strict=True))
    return [bool(flag) for flag in checks.is_date(year, month, day, TODAY)]


NEAR = st.tuples(st.integers(1850, 2050), st.integers(0, 14), st.integers(0, 33))
WILD = st.tuples(st.integers(0, 9999), st.integers(0, 99), st.integers(0, 99))


@given(st.lists(NEAR | WILD, min_size=1, max_size=20))
def test_is_date(days: list[tuple[int, int, int]]) -> None:
    assert ask(*days) == [is_date(*day) for day in days]


def test_is_date_at_its_borders() -> None:
    days = [
        (1876, 11, 23),
        (1876, 11, 24),
        (2026, 11, 24),
        (2026, 11, 25),
        (1900, 2, 29),
        (2000, 2, 29),
        (2024, 2, 29),
    ]
    assert ask(*days) == [False, True, True, False, False, True, True]

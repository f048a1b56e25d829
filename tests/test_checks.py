"""Property tests of checksums, against python-stdnum, plain versions, and the calendar of Python."""

from __future__ import annotations

import datetime
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from stdnum import imei as imei_oracle
from stdnum import luhn as luhn_oracle
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

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


# Letters and digits

BASE_36 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
BASE_31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"
VIN_SIGNS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
VIN_VALUES = dict(zip(VIN_SIGNS, [*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)], strict=True))
COUNTIES = dict(zip("ABCDEFGHJKLMNPQRSTUVXYWZIO", range(10, 36), strict=True))


def chars(*texts: str) -> NDArray[np.uint8]:
    return np.array([list(text.encode()) for text in texts], np.uint8)


def text(signs: str, size: int) -> st.SearchStrategy[str]:
    """Texts of `size` of the signs."""
    return st.text(signs, min_size=size, max_size=size)


def plain_org_code(code: str) -> bool:
    """GB 11714 as the standard words it."""
    total = sum(BASE_36.index(c) * w for c, w in zip(code, (3, 7, 9, 10, 5, 8, 4, 2), strict=False))
    return code[8] == {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


def plain_vin(code: str) -> bool:
    """GB 16735, position 9."""
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    return code[8] == "0123456789X"[sum(VIN_VALUES[c] * w for c, w in zip(code, weights, strict=True)) % 11]


def plain_hkid(code: str) -> bool:
    """The weights count down from 9 over eight places; a missing first letter is a space worth 36."""
    total = sum((BASE_36 + " ").index(c) * w for c, w in zip(code.rjust(9), range(9, 0, -1), strict=True))
    return total % 11 == 0


def plain_tw_id(code: str) -> bool:
    """The letter becomes two digits; eleven digits then have the weights 1 9 8 7 6 5 4 3 2 1 1."""
    whole = str(COUNTIES[code[0]]) + code[1:]
    return sum(int(c) * w for c, w in zip(whole, (1, 9, 8, 7, 6, 5, 4, 3, 2, 1, 1), strict=True)) % 10 == 0


def plain_s10(code: str) -> bool:
    """UPU S10: 11 minus the rest; 10 is written 0 and 11 is written 5."""
    rest = 11 - sum(int(c) * w for c, w in zip(code[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return code[10] == str({10: 0, 11: 5}.get(rest, rest))


FORMS = [
    (checks.uscc, uscc.is_valid, r"[1-9][0-9]{7}[0-9A-HJ-NPQRTUWXY]{10}"),
    (checks.org_code, plain_org_code, r"[0-9A-Z]{8}[0-9X]"),
    (checks.vin, plain_vin, r"[0-9A-HJ-NPR-Z]{8}[0-9X][0-9A-HJ-NPR-Z]{8}"),
    (checks.hkid, plain_hkid, r"[A-Z]{1,2}[0-9]{6}[0-9A]"),
    (checks.tw_id, plain_tw_id, r"[A-Z][1289][0-9]{8}"),
    (checks.s10, plain_s10, r"[A-Z]{2}[0-9]{9}[A-Z]{2}"),
]


@pytest.mark.parametrize(("check", "plain", "form"), FORMS, ids=lambda part: getattr(part, "__name__", ""))
@given(data=st.data())
def test_equals_the_plain_check(check, plain, form: str, data: st.DataObject) -> None:  # type: ignore[no-untyped-def]
    code = data.draw(st.from_regex(form, fullmatch=True))
    # Few random codes are right; among those with one other sign a tenth or so are.
    near = {code[:at] + sign + code[at + 1 :] for at in range(len(code)) for sign in BASE_36}
    codes = [code, *(one for one in near if re.fullmatch(form, one))]
    assert check(chars(*codes)).tolist() == [plain(one) for one in codes]


PUBLISHED = [
    (checks.uscc, "91110000600037341L"),
    (checks.uscc, "91350100M000100Y43"),
    (checks.org_code, "D2143569X"),
    (checks.vin, "1M8GDM9AXKP042788"),
    (checks.hkid, "A1234563"),
    (checks.hkid, "G123456A"),
    (checks.hkid, "AB9876543"),
    (checks.tw_id, "A123456789"),
    (checks.tw_id, "A800000014"),
    (checks.s10, "RR473124829GB"),
]


@pytest.mark.parametrize(("check", "code"), PUBLISHED, ids=lambda part: getattr(part, "__name__", part))
def test_published_samples(check, code: str) -> None:  # type: ignore[no-untyped-def]
    assert check(chars(code)).tolist() == [True]
    if check is checks.tw_id:  # modulo 10 with even weights lets some wrong digits pass
        return
    for at in (at for at in range(len(code)) if code[at].isdigit()):
        wrong = [code[:at] + sign + code[at + 1 :] for sign in "0123456789" if sign != code[at]]
        assert not check(chars(*wrong)).any(), wrong


REFUSED = [
    (checks.uscc, "01110000600037341L"),  # no such registrar
    (checks.uscc, "9111000O600037341L"),  # a letter in the region
    (checks.uscc, "91110000600037341I"),
    (checks.org_code, "D2143569x"),
    (checks.vin, "1M8GDM9AXKPO42788"),
    (checks.vin, "IM8GDM9AXKP042788"),
    (checks.hkid, "11234563"),
    (checks.hkid, "A12345B3"),
    (checks.tw_id, "A323456789"),
    (checks.tw_id, "1123456789"),
    (checks.s10, "RR473124829G1"),
    (checks.s10, "R0473124829GB"),
]


@pytest.mark.parametrize(("check", "code"), REFUSED, ids=lambda part: getattr(part, "__name__", part))
def test_refused_forms(check, code: str) -> None:  # type: ignore[no-untyped-def]
    assert check(chars(code)).tolist() == [False]


def test_the_organisation_code_inside() -> None:
    """Both published unified codes hold a right organisation code."""
    codes = chars("91110000600037341L", "91350100M000100Y43")
    assert checks.org_code(codes[:, 8:17]).tolist() == [True, True]


@given(st.lists(digits(15), min_size=1, max_size=5))
def test_numbers_of_fifteen_digits(numbers: list[str]) -> None:
    assert checks.imei(matrix(*numbers)).tolist() == [imei_oracle.is_valid(n) for n in numbers]
    assert checks.old_business_number(matrix(*numbers)).tolist() == [mod_11_10.is_valid(n) for n in numbers]


@given(text("0123456789", 6), text(BASE_36, 8))
def test_old_tax_number(region: str, body: str) -> None:
    codes = [region + body + sign for sign in "0123456789X"]
    assert checks.old_tax_number(chars(*codes)).tolist() == [plain_org_code(code[6:]) for code in codes]
    assert checks.old_tax_number(chars(*codes)).sum() == 1

"""Cases of `bench.oracles`: what to make, and who judges it here and there.

>>> source = random.Random(1)
>>> ORACLES[0].theirs(make_id(source)) in (True, False)
True
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
import phonenumbers
from phonenumbers import PhoneNumberType
from stdnum import imei, luhn
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10

from bench.chance import IDS, TODAY
from bench.oracle_reasons import (
    ID_REASONS,
    LANDLINE_REASONS,
    MOBILE_REASONS,
    SERVICE_REASONS,
    SIGNS_31,
    USCC_REASONS,
    Reason,
    check_of_uscc,
)
from scanner import checks, rules, tables
from scanner.detectors import landlines, numbers
from scanner.digits import Planes
from scanner.schema import DAMAGED, KIND, SERVICE, WEAK, Bytes, Cells, Flags, Spans

Random = random.Random
Judge = Callable[[list[str]], Flags]
SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Oracle:
    """A kind of value, how to make a valid one, both judges, and the known causes of disagreement."""

    kind: str
    ours_is: str
    theirs_is: str
    make: Callable[[Random], str]
    ours: Judge
    theirs: Callable[[str], bool]
    signs: str = SIGNS[:10]
    reasons: tuple[Reason, ...] = ()


def digits(source: Random, count: int) -> str:
    """Random digits."""
    return "".join(source.choices(SIGNS[:10], k=count))


@cache
def known_regions() -> list[int]:
    """Six-digit codes that our table knows in full."""
    return [int(code) for code in np.flatnonzero(rules.region_level() == 6)]


def make_id(source: Random) -> str:
    """An ID with a right check character; one in five of an unknown region, one in ten a permit or a wild date."""
    region = f"{source.choice(known_regions())}"
    if source.random() < 0.2:
        region = source.choice(
            [region[:4] + digits(source, 2), region[:2] + digits(source, 4), digits(source, 6)]
        )
    if source.random() < 0.1:
        region = source.choice(["810000", "820000", "830000", "710000", "330113", "9" + digits(source, 5)])
    year = source.randint(1850, 2060) if source.random() < 0.1 else source.randint(1920, 2026)
    body = f"{region}{year}{source.randint(1, 12):02d}{source.randint(1, 31):02d}{digits(source, 3)}"
    return body + ric.calc_check_digit(body + "0")


def make_mobile(source: Random) -> str:
    """Eleven digits that begin with 13 to 19; every fifth in a code of its own rules."""
    special = ("1349", "146", "148", "149", "1610", "1619", "162", "1740", "1741", "1749", "170", "192")
    head = source.choice(special) if source.random() < 0.2 else f"1{source.randint(3, 9)}"
    return head + digits(source, 11 - len(head))


@cache
def known_areas() -> list[int]:
    """Area codes of our table, abolished ones too."""
    return [int(code) for code in np.flatnonzero(tables.area_lengths())]


def make_landline(source: Random) -> str:
    """0, an area code (one in ten is no real one), and seven or eight digits."""
    area = source.choice(known_areas()) if source.random() < 0.9 else source.randint(30, 999)
    return f"0{area}{digits(source, source.choice((7, 8)))}"


def make_service(source: Random) -> str:
    """A number that companies pay for, or a near one."""
    return source.choice(("400", "800", "600", "401")) + digits(source, 7)


def make_uscc(source: Random) -> str:
    """A code with a right check character."""
    body = source.choice("159ANY") + source.choice("1239A") + digits(source, 6)
    body += "".join(source.choices(SIGNS_31, k=9))
    return body + check_of_uscc(body)


def make_luhn(count: int) -> Callable[[Random], str]:
    """Digits with a right Luhn digit."""

    def make(source: Random) -> str:
        body = digits(source, count - 1)
        return body + luhn.calc_check_digit(body)

    return make


def make_business(source: Random) -> str:
    """A business register number with its check digit."""
    body = digits(source, 14)
    return body + mod_11_10.calc_check_digit(body)


def by_length(check: Callable[[Bytes], Flags], offset: int = 0) -> Judge:
    """A check of a matrix as a judge of texts; texts of one length are asked together."""

    def judge(texts: list[str]) -> Flags:
        size = np.array([len(text) for text in texts])
        out = np.zeros(len(texts), np.bool_)
        for length in set(size.tolist()):
            rows = np.flatnonzero(size == length)
            joined = "".join(texts[row] for row in rows).encode()
            out[rows] = check(np.frombuffer(joined, np.uint8).reshape(-1, length) - np.uint8(offset))
        return out

    return judge


def whole_cells(cells: Cells, found: Spans) -> Flags:
    """Which cells a span fills from end to end."""
    whole = (found.start == cells.starts[found.cell]) & (found.end == cells.ends[found.cell])
    out = np.zeros(len(cells), np.bool_)
    out[found.cell[whole]] = True
    return out


def by_detector(kinds: list[int]) -> Judge:
    """Whether the detector finds exactly the cell and is sure of it."""

    def judge(texts: list[str]) -> Flags:
        cells = Cells.from_strings(texts, 1)
        found = numbers.detect(cells, TODAY)
        sure = np.isin(found.kind, kinds) & ((found.flags & (WEAK | DAMAGED)) == 0)
        return whole_cells(cells, found.take(sure))

    return judge


def by_landlines(service: bool) -> Judge:
    """Whether the detector takes exactly the cell for a landline or for a service number.

    A bare number is doubtful to the detector and awaits its column; its form is what counts here.
    """

    def judge(texts: list[str]) -> Flags:
        cells = Cells.from_strings(texts, 1)
        found = landlines.detect(cells, Planes(cells.data))
        good = ((found.flags & SERVICE) > 0) == service
        return whole_cells(cells, found.take(good))

    return judge


def is_id(text: str) -> bool:
    """python-stdnum on an ID; its KeyError for an unknown county of a known province is a no."""
    try:
        return bool(ric.is_valid(text))
    except KeyError:
        return False


def is_number_of(types: set[int]) -> Callable[[str], bool]:
    """Whether phonenumbers takes a text for a number of China of one of these types."""

    def judge(text: str) -> bool:
        try:
            parsed = phonenumbers.parse(text, "CN")
        except phonenumbers.NumberParseException:
            return False
        ours = parsed.country_code == 86 and phonenumbers.number_type(parsed) in types
        return ours and phonenumbers.is_valid_number(parsed)

    return judge


ORACLES = (
    Oracle("resident ID, permit", "`numbers.detect`", "stdnum.cn.ric", make_id,
           by_detector(IDS), is_id, SIGNS[:10] + "X", ID_REASONS),
    Oracle("mobile", "`numbers.detect`", "phonenumbers", make_mobile, by_detector([KIND["CN_MOBILE_NUMBER"]]),
           is_number_of({PhoneNumberType.MOBILE}), reasons=MOBILE_REASONS),
    Oracle("landline", "`landlines.detect`", "phonenumbers", make_landline, by_landlines(service=False),
           is_number_of({PhoneNumberType.FIXED_LINE}), reasons=LANDLINE_REASONS),
    Oracle("400 and 800", "`landlines.detect`", "phonenumbers", make_service, by_landlines(service=True),
           is_number_of({PhoneNumberType.TOLL_FREE, PhoneNumberType.SHARED_COST}), reasons=SERVICE_REASONS),
    Oracle("social credit code", "`checks.uscc`", "stdnum.cn.uscc", make_uscc, by_length(checks.uscc),
           uscc.is_valid, SIGNS_31, USCC_REASONS),
    Oracle("card (Luhn), 16", "`checks.luhn`", "stdnum.luhn", make_luhn(16), by_length(checks.luhn, 48), luhn.is_valid),
    Oracle("card (Luhn), 19", "`checks.luhn`", "stdnum.luhn", make_luhn(19), by_length(checks.luhn, 48), luhn.is_valid),
    Oracle("IMEI", "`checks.imei`", "stdnum.imei", make_luhn(15), by_length(checks.imei, 48), imei.is_valid),
    Oracle("business register number", "`checks.old_business_number`", "stdnum.iso7064.mod_11_10", make_business,
           by_length(checks.old_business_number, 48), mod_11_10.is_valid),
)  # fmt: skip

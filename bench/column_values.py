"""Values for `bench/columns.py` that `bench/values.py` has not: numbers with check digits, blocks, remarks.

Every maker takes a source of chance and the number of the row.

>>> tw_id(Values(1), 0) == tw_id(Values(1), 5), len(imei(Values(1), 0))
(True, 15)
"""

from __future__ import annotations

from bench.lookalikes import fill
from bench.values import Values

_FAKER = (
    "134 135 136 137 138 139 147 150 151 152 157 158 159 182 187 188 130 131 132 145 155 156 185 186 145 133 153 180"
    " 181 189"
)
"""The prefixes of Faker's zh_CN provider, as its source lists them (145 twice)."""


def _weighed(body: str, weights: range | tuple[int, ...]) -> int:
    return sum(int(c) * w for c, w in zip(body, weights, strict=True))


def checked(body: str) -> str:
    """Seventeen digits with the check character of GB 11643.

    >>> checked("11010519491231002")
    '11010519491231002X'
    """
    return body + "0123456789X"[(1 - 2 * int(body, 13)) % 11]


def old_id(v: Values, row: int) -> str:
    """A resident ID of 15 digits, of a district that was abolished in 1986."""
    return fill("110110«60..80»«01..12»«01..28»«d3»", v.random)


def wrong_id(v: Values, row: int) -> str:
    """A resident ID whose check character is another digit, in no form that a rounded number has."""
    while True:
        body, right = (value := v.id_number())[:17], value[17]
        last = v.pick("0123456789".replace(right, ""))
        number = int(body + last)
        if number % 1000 and number % 16:
            return body + last


def card(v: Values) -> str:
    """A bank card of 19 digits, of the issuer of a published test card, with its check digit."""
    return fill("621626«d12»«luhn»", v.random)


def plate(v: Values, row: int) -> str:
    """A plate with two letters at most, as they are issued; every fifth is one of new energy."""
    forms = ("云B«d5»", "云B«A1»«d4»", "云B«d3»«A2»", "云B·«d4»«A1»", "云BD«d5»")
    return fill(v.pick(forms), v.random)


def business_number(v: Values, row: int) -> str:
    """A business register number of the form until 2015, by ISO 7064 MOD 11,10."""
    body, rest = fill("«region»«d8»", v.random), 10
    for c in body:
        rest = ((rest + int(c)) % 10 or 10) * 2 % 11
    return body + str((11 - rest) % 10)


def hkid(v: Values, row: int) -> str:
    """A Hong Kong identity card with its check character in brackets."""
    letter, body = v.pick("ABCDEFGHKPRSVYZ"), fill("«d6»", v.random)
    total = 9 * 36 + 8 * (ord(letter) - 55) + _weighed(body, range(7, 1, -1))
    return f"{letter}{body}({'0123456789A'[-total % 11]})"


def tw_id(v: Values, row: int) -> str:
    """A Taiwan identity card of one of the first eight counties."""
    letter, body = v.pick("ABCDEFGH"), fill("«1|2»«d7»", v.random)
    county = ord(letter) - 55
    total = county // 10 + county % 10 * 9 + _weighed(body, range(8, 0, -1))
    return f"{letter}{body}{-total % 10}"


def org_code(v: Values, row: int) -> str:
    """An organisation code with its dash."""
    body = fill("«d8»", v.random)
    return f"{body}-{'0123456789X'[-_weighed(body, (3, 7, 9, 10, 5, 8, 4, 2)) % 11]}"


def uscc(v: Values, row: int) -> str:
    """A unified social credit code of an enterprise."""
    return fill(f"91«region»{org_code(v, row).replace('-', '')}«uscc»", v.random)


def vin(v: Values, row: int) -> str:
    """A chassis number whose check is right; `Values.vin` makes wrong ones."""
    signs = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
    worth = dict(zip(signs, [*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)], strict=True))
    body = "L" + "".join(v.pick(signs) for _ in range(12)) + fill("«d4»", v.random)
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    check = "0123456789X"[sum(worth[c] * w for c, w in zip(body, weights, strict=True)) % 11]
    return body[:8] + check + body[9:]


def imei(v: Values, row: int) -> str:
    """An IMEI whose type code begins with 86."""
    return fill("86«d12»«luhn»", v.random)


def sequence(v: Values, row: int) -> str:
    """Phones that count up by one."""
    return str(19783370000 + row)


def faker(v: Values, row: int) -> str:
    """A phone as Faker makes it."""
    return v.pick(tuple(_FAKER.split())) + fill("«d8»", v.random)


def snowflake(v: Values, row: int) -> str:
    """Rising numbers of 19 digits: a time of milliseconds, a machine, a count."""
    return str(1_700_000_000_000_000_000 + row * 4_194_304_017 + v.random.randrange(10**6) * 4096)


def remark(v: Values, row: int) -> str:
    """A remark with a phone inside."""
    return fill(f"«客户要求晚上联系|机主不在，改打|加急，请拨»{v.phone()}«，谢谢|，勿打|。»", v.random)

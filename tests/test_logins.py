"""Lists of accounts and passwords without a header: found in every layout, and not where columns look alike."""

from __future__ import annotations

import random
import string
from collections.abc import Callable

import numpy as np
import pytest

from bench.values import Values
from scanner import analyse
from scanner.detectors import logins
from scanner.records import Tally
from scanner.schema import KIND, Cells
from scanner.sources.stdin import Stdin

Maker = Callable[[random.Random], str]
ROWS = 120


def password(r: random.Random) -> str:
    """What people type: a name and a year, digits, letters at random, letters with signs."""
    letters = string.ascii_letters + string.digits
    return r.choice(
        (
            r.choice(("zhang", "Wang", "love", "qq")) + str(r.randrange(10, 10 ** r.randrange(3, 6))),
            str(r.randrange(10**6, 10**8)),
            "".join(r.choices(letters, k=r.randrange(6, 14))),
            "".join(r.choices(string.ascii_lowercase, k=r.randrange(6, 12))),
            "".join(r.choices(letters + "!@#$_.", k=r.randrange(7, 14))),
        )
    )


def mail(r: random.Random) -> str:
    return f"u{r.randrange(10**7)}@yunmeng-mail.cn"


def user(r: random.Random) -> str:
    return r.choice(("li", "cool", "sun_")) + str(r.randrange(10**6))


def phone(r: random.Random) -> str:
    return Values(r.randrange(10**9)).phone()


def qq(r: random.Random) -> str:
    return str(r.randrange(10**6, 10**10))


def tally_of(text: str) -> Tally:
    raw = text.encode()
    return analyse.analyse(Stdin(raw, None, len(raw), "list.txt"), None, 20261124).tally


def found(text: str) -> int:
    """How many credentials a scan counts in a text."""
    return int(tally_of(text).count[KIND["CREDENTIAL"]])


@pytest.mark.parametrize("separator", [":", "----", "|", "\t", ",", ";"])
@pytest.mark.parametrize("account", [mail, user, phone, qq])
def test_lists_to_log_in_with(account: Maker, separator: str) -> None:
    r = random.Random(f"{account.__name__}{separator}")
    lines = [f"{account(r)}{separator}{password(r).replace(separator, 'x')}" for _ in range(ROWS)]
    assert found("\n".join(lines) + "\n") >= 0.97 * ROWS


def test_a_row_to_log_in_with_is_one_record() -> None:
    r = random.Random(5)
    names = [user(r) for _ in range(ROWS)]
    secrets = [password(r) for _ in range(ROWS)]
    for text in (
        "".join(f"{a}:{b}\n" for a, b in zip(names, secrets, strict=True)),
        "用户名,密码\n" + "".join(f"{a},{b}\n" for a, b in zip(names, secrets, strict=True)),
    ):
        tally = tally_of(text)
        assert sum(table.identified for table in tally.tables) == ROWS
        assert len(np.unique(np.concatenate(tally.keys["subject", ""]))) == len(set(secrets))


def test_a_password_in_settings_is_nobodys_record() -> None:
    tally = tally_of("server: a1\npassword=Yz8kq2LmP9\nport: 80\nretries: 3\n" * 5)
    assert int(tally.count[KIND["CREDENTIAL"]]) == 5
    assert not sum(table.identified for table in tally.tables)


OTHERS: dict[str, tuple[Maker, Maker]] = {
    "product codes": (mail, lambda r: f"SKU-{r.randrange(10**4):04d}"),
    "order numbers": (phone, lambda r: f"DD{r.randrange(10**12):012d}"),
    "amounts": (phone, lambda r: f"{r.randrange(10**5) / 100:.2f}"),
    "hashes": (mail, lambda r: f"{r.getrandbits(128):032x}"),
    "user names": (mail, user),
    "addresses in the net": (user, lambda r: f"https://yunmeng.cn/u/{r.randrange(10**6)}"),
    "times": (phone, lambda r: f"2024-05-{r.randrange(1, 29):02d}"),
    "ports": (lambda r: f"host{r.randrange(10**4)}", lambda r: str(r.randrange(1000, 65000))),
    "words": (user, lambda r: r.choice(("active", "blocked", "deleted", "unverified"))),
}


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("separator", [":", ","])
def test_other_columns_beside_accounts(name: str, separator: str) -> None:
    account, other = OTHERS[name]
    r = random.Random(name)
    assert found("".join(f"{account(r)}{separator}{other(r)}\n" for _ in range(ROWS))) == 0


def test_the_mail_name_again_is_no_password() -> None:
    r = random.Random(7)
    names = [password(r).lower() for _ in range(ROWS)]
    flat = [cell for one in names for cell in (f"{one}@yunmeng-mail.cn", one)]
    assert not logins.shares(Cells.from_strings(flat, 2)).any()


def test_five_rows_are_needed() -> None:
    rows = [("a1@yunmeng.cn", "zhang1990"), ("b2@yunmeng.cn", "Love#521"), ("c3@yunmeng.cn", "8813290"),
            ("d4@yunmeng.cn", "qwe123rty"), ("e5@yunmeng.cn", "moonlight7")]  # fmt: skip
    for count, share in ((5, 1.0), (4, 0.0)):
        cells = Cells.from_strings([cell for row in rows[:count] for cell in row], 2)
        assert logins.shares(cells).tolist() == [0.0, share]


@pytest.mark.parametrize(
    "text",
    [
        "姓名:张三\n电话:19783371234\n城市:云梦\n备注:无\n来源:网站\n" * 4,
        "name: a1\nport: 80\nuser: x\nhost: b\nmode: c\n" * 4,
        "10:20:30 start\n10:20:31 stop\n10:20:32 start\n10:20:33 stop\n10:20:34 end\n",
    ],
)
def test_colons_of_forms_settings_and_clocks_make_no_columns(text: str) -> None:
    assert all(len(table.filled) == 1 for table in tally_of(text).tables)

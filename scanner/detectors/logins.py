"""Columns of passwords in tables without a header: what credential stuffing lists are made of (撞库).

Such a list has an account a row (an e-mail address, a phone, a QQ number, a user name) and beside it what its
owner typed. Typed secrets differ in length and in make; order numbers and product codes look alike, and user
names hold no strong signs and are no bare numbers.

>>> from scanner.schema import Cells
>>> rows = [("a1@yunmeng.cn", "zhang1990"), ("b2@yunmeng.cn", "Love#521"), ("c3@yunmeng.cn", "8813290"),
...         ("d4@yunmeng.cn", "qwe123rty"), ("e5@yunmeng.cn", "moonlight7"), ("f6@yunmeng.cn", "x")]
>>> shares(Cells.from_strings([cell for row in rows for cell in row], 2)).round(2).tolist()
[0.0, 0.83]
"""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
from numpy.typing import NDArray

from scanner.schema import Cells

SAMPLE = 400
"""Rows that are looked at."""

LEAST = 5
"""Rows below which nothing is said."""

WIDEST = 8
"""Columns of the widest list; wider tables without a header are exports of something else."""

_ACCOUNT = re.compile(r"[\w.+-]{1,64}@[\w-]+(\.[\w-]+)+|\+?\d{5,13}|[A-Za-z][\w.-]{2,31}", re.ASCII)
_SECRET = re.compile(r"[!-~]{5,32}")
_HASH = re.compile(r"[0-9A-Fa-f]{32}")
_STRONG = re.compile(r"[^\w.\-]|\A\d+\Z", re.ASCII)
_OTHER = re.compile(r"\A(https?:|www\.|/)|[\w.]@\w+\.\w|\d[-/:]\d\d[-/:]\d\d")
_MIXED = re.compile(r"(?=.*\d)(?=.*\D)")
_RUNS = ((re.compile(r"\d"), "0"), (re.compile(r"[A-Z]"), "A"), (re.compile(r"[a-z]"), "a"))


def shares(cells: Cells) -> NDArray[np.float64]:
    """For each column of a table without a header, the share of secrets; 0 where it is none; shape (width,)."""
    out = np.zeros(cells.width)
    part = cells.take_rows(0, min(cells.rows, SAMPLE))
    if part.rows < LEAST or not 2 <= part.width <= WIDEST:
        return out
    columns = [[part.text(i) for i in range(column, len(part), part.width)] for column in range(part.width)]
    accounts = [i for i, texts in enumerate(columns) if _are_accounts(texts)]
    for i, texts in enumerate(columns):
        beside = [columns[j] for j in accounts if j != i]
        if beside and _are_typed(texts) and not any(_repeats(texts, other) for other in beside):
            out[i] = sum(1 for text in texts if _SECRET.fullmatch(text)) / max(
                len(list(filter(None, texts))), 1
            )
    return out


def _are_accounts(texts: list[str]) -> bool:
    """Nearly all of one make, and nearly all different."""
    fitting = sum(1 for text in texts if _ACCOUNT.fullmatch(text))
    return fitting >= 0.9 * len(texts) and len(set(texts)) >= 0.8 * len(texts)


def _are_typed(texts: list[str]) -> bool:
    """Whether people chose these texts: of many lengths and makes, some with strong signs or of digits alone."""
    secrets = [text for text in texts if _SECRET.fullmatch(text) and not _HASH.match(text)]
    if len(secrets) < max(0.8 * len(texts), LEAST):
        return False
    lengths, makes = Counter(map(len, secrets)), {_make(text) for text in secrets}
    mixed = sum(1 for text in secrets if _MIXED.match(text))
    strong = sum(1 for text in secrets if _STRONG.search(text))
    return (
        lengths.most_common(1)[0][1] <= 0.6 * len(secrets)
        and len(makes) >= min(0.15 * len(secrets), 20)
        and mixed >= 0.3 * len(secrets)
        and strong >= 0.05 * len(secrets)
        and sum(1 for text in secrets if _OTHER.search(text)) <= 0.3 * len(secrets)
    )


def _make(text: str) -> str:
    """The make of a text: zhang1990 is aaaaa0000."""
    for pattern, sign in _RUNS:
        text = pattern.sub(sign, text)
    return text


def _repeats(texts: list[str], accounts: list[str]) -> bool:
    """Whether the texts are the accounts again, as user names of mail addresses are."""
    same = sum(1 for text, account in zip(texts, accounts, strict=True) if text == account.partition("@")[0])
    return same >= 0.3 * len(texts)

"""Features of an item, each between 0 and 1, with what its reason sentence needs to be filled.

A feature is a function `(Material) -> Value`; its weight and its sentences are in
`rules/scoring/trade.toml` under the same name. What they rest on: FACTS A2 and C.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from scanner import rules
from scanner.profile import Column
from scanner.records import CARD, EMAIL, MOBILE, PERMIT, PERSON, RESIDENT, TableTally, Tally

MANY = 5000
"""People from which the volume says no more (the T3 line of the judicial interpretation)."""


@dataclass(frozen=True, slots=True)
class Material:
    """What the features look at: one item after counting."""

    path: str
    tally: Tally
    records: int
    subjects: int
    repeated_headers: int

    @property
    def tables(self) -> list[TableTally]:
        """Tables that hold records."""
        return [t for t in self.tally.tables if t.identified or t.is_contact_list]

    @property
    def columns(self) -> list[Column]:
        """Columns of these tables."""
        return [c for t in self.tables for c in t.profile.columns]


@dataclass(frozen=True, slots=True)
class Value:
    """A feature's value, 0 to 1, and the parameters of its sentence by language ("zh", "en")."""

    amount: float
    zh: dict[str, Any] = field(default_factory=dict)
    en: dict[str, Any] = field(default_factory=dict)


NOTHING = Value(0.0)


def _both(amount: float, **params: Any) -> Value:
    return Value(amount, params, params)


def _percent(share: float) -> str:
    return f"{share:.0%}" if share >= 0.01 or not share else f"{share:.2%}"


def volume(m: Material) -> Value:
    """Distinct people, on a logarithmic scale from 10 to 5,000."""
    amount = math.log10(max(m.subjects, 1) / 10) / math.log10(MANY / 10)
    return _both(min(max(amount, 0.0), 1.0), count=f"{m.subjects:,}")


def _share(m: Material) -> float:
    rows = sum(t.rows for t in m.tally.tables)
    return min(m.records / max(rows, 1), 1.0)


def density(m: Material) -> Value:
    """Share of rows that are records, from a half upward."""
    share = _share(m)
    return _both(max(0.0, share * 2 - 1), share=_percent(share))


def sparse(m: Material) -> Value:
    """A small share of rows that are records: a log, a text, a mixed export."""
    share = _share(m)
    return _both(max(0.0, 1 - share / 0.2) if m.records else 0.0, share=_percent(share))


_ELEMENTS = ((PERSON, "姓名", "a name"), (MOBILE, "手机号", "a mobile number"), (RESIDENT, "身份证号", "an ID number"),
             (PERMIT, "居住证号", "a residence permit"), (CARD, "银行卡号", "a bank card"), (EMAIL, "邮箱", "an e-mail address"))  # fmt: skip
_ADDRESS = ("地址", "an address")


def _elements(t: TableTally) -> list[tuple[str, str]]:
    rows = max(t.rows, 1)
    found = [(zh, en) for kind, zh, en in _ELEMENTS if t.hits[:, kind].max(initial=0) >= 0.3 * rows]
    roles = {c.role.name for c in t.profile.columns if c.role is not None}
    if t.with_address >= 0.3 * rows or "household" in roles:
        found.append(_ADDRESS)
    return found


def identity(m: Material) -> Value:
    """How many identifying elements stand together in the usual row: two 0.5, three 0.8, four 1."""
    best = max((_elements(t) for t in m.tables), key=len, default=[])
    amount = {0: 0.0, 1: 0.0, 2: 0.5, 3: 0.8}.get(len(best), 1.0)
    return Value(
        amount, {"elements": "、".join(zh for zh, _ in best)}, {"elements": ", ".join(en for _, en in best)}
    )


def profile(m: Material) -> Value:
    """Columns that describe a person's home, child, car, debts: what a buyer pays for."""
    names = _columns(m, "profile")
    sectors = [c for c in m.columns if c.role is not None and c.role.group == "profile" and c.role.sector]
    amount = min(len(names) / 3, 1.0) * (1.0 if sectors else 0.4)
    return _both(amount, columns=_listed(names))


def operation(m: Material) -> Value:
    """Columns that only the owner of a working system has; four and more count in full."""
    names = _columns(m, "operation")
    return _both(min(len(names) / 4, 1.0), columns=_listed(names))


def _columns(m: Material, group: str) -> list[str]:
    names = [c.name for c in m.columns if c.role is not None and c.role.group == group and c.name]
    return list(dict.fromkeys(names))


def _listed(names: list[str]) -> str:
    shown = [name[:16] for name in names[:5]]
    return "、".join(shown) + (" …" if len(names) > 5 else "")


def no_operation(m: Material) -> Value:
    """A table about people in which nothing belongs to a working system."""
    return _both(float(bool(m.tables) and not _columns(m, "operation") and _share(m) >= 0.5))


def headless(m: Material) -> Value:
    """A list of people in columns without a header."""
    tables = [t for t in m.tables if not t.columns and len(t.profile.columns) > 1]
    return _both(float(bool(tables) and _share(m) >= 0.5))


def bare_numbers(m: Material) -> Value:
    """Nothing but contact numbers."""
    bare = sum(t.bare for t in m.tables if t.is_contact_list)
    return _both(float(bare > 0.8 * max(m.records, 1) and m.records >= 20))


@cache
def _names() -> dict[str, Any]:
    return rules.load_toml("scoring/names.toml")


def _words(m: Material, key: str) -> list[str]:
    last = "/".join(re.split(r"[/!]", m.path)[-3:]).lower()
    return [word for word in _names()[key] if word in last]


def trade_name(m: Material) -> Value:
    """Words of the trade in the last three parts of the path; two words count in full."""
    words = _words(m, "trade")
    return _both(min(len(words) * 0.6, 1.0), words="、".join(words[:4]))


def ordinary_name(m: Material) -> Value:
    """Words of working files in the path."""
    words = _words(m, "ordinary")
    return _both(float(bool(words)), words="、".join(words[:4]))


def counted_name(m: Material) -> Value:
    """A number of records in the file name ("1.2万", "8000条")."""
    stem = re.split(r"[/!]", m.path)[-1].rsplit(".", 1)[0]
    return _both(float(bool(re.search(_names()["count"], stem))))


def worked(m: Material) -> Value:
    """Notes that are outcomes of calls."""
    return _both(min(max((t.profile.worked for t in m.tables), default=0.0) * 2, 1.0))


def merged(m: Material) -> Value:
    """Header rows in the middle of the data."""
    return _both(float(m.repeated_headers > 0))


def masked(m: Material) -> Value:
    """Share of masked values among all."""
    hidden, plain = int(m.tally.masked.sum()), int(m.tally.count.sum())
    share = hidden / max(hidden + plain, 1)
    return _both(min(share * 2, 1.0), share=_percent(share))


def placeholder(m: Material) -> Value:
    """Rows with placeholder values."""
    return _both(min(m.tally.placeholder_rows / max(m.records, 1), 1.0))


def few(m: Material) -> Value:
    """Fewer than 30 people; five and less count in full."""
    return _both(min(max((30 - m.subjects) / 25, 0.0), 1.0))


FEATURES: dict[str, Callable[[Material], Value]] = {
    f.__name__: f
    for f in (
        volume, density, identity, profile, no_operation, headless, bare_numbers, trade_name, counted_name,
        worked, merged, operation, sparse, masked, placeholder, ordinary_name, few,
    )
}  # fmt: skip
"""In the order in which reasons of equal points are shown."""

"""What a header says: the entity that its column holds, and what the column is for (its role).

>>> role_of("建筑面积(㎡)").name, entity_of("联系人电话") == KIND["CN_MOBILE_NUMBER"]
('household', True)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from scanner import labels, rules
from scanner.readers.headers import plain
from scanner.schema import KIND


@dataclass(frozen=True, slots=True)
class Role:
    """What a column is for, by its header: see `rules/headers.toml`."""

    name: str
    group: str
    sector: str | None
    tier: str | None


@cache
def _roles() -> tuple[dict[str, Role], list[tuple[str, Role]]]:
    exact: dict[str, Role] = {}
    parts: list[tuple[str, Role]] = []
    for name, raw in rules.load_toml("headers.toml").items():
        role = Role(name, raw["group"], raw.get("sector"), raw.get("tier"))
        for word in raw["words"]:
            exact.setdefault(plain(word), role)
        parts += [(plain(word), role) for word in raw.get("contains", ())]
    return exact, parts


@cache
def role_of(header: str) -> Role | None:
    """The role that a header names.

    >>> role_of("建筑面积(㎡)").name
    'household'
    """
    exact, parts = _roles()
    word = plain(header)
    return exact.get(word) or next((role for part, role in parts if part in word), None)


_ORDER = ("CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "EMAIL_ADDRESS", "CN_BANK_CARD")


@cache
def entity_of(header: str) -> int | None:
    """The entity type that a header names, as an index into `ENTITY_TYPES`.

    Where it contains the words of several, the last one says what it is: 联系人电话 is a phone.

    >>> entity_of("收货人手机号") == KIND["CN_MOBILE_NUMBER"]
    True
    """
    word = plain(header)
    all_ = sorted(rules.entities(), key=lambda e: _ORDER.index(e.type) if e.type in _ORDER else 9)
    for entity in all_:
        if any(word == plain(h) for h in entity.headers):
            return KIND[entity.type]
    best, found = (0, 0), None
    for entity in all_:
        for part in entity.contains:
            place = (word.rfind(part) + len(part), len(part))
            if part in word and place > best:
                best, found = place, KIND[entity.type]
    return found


@cache
def is_sex(header: str) -> bool:
    """Whether a header says that its column holds the sex."""
    return plain(header) in ("性别", "sex", "gender")


@cache
def is_code(header: str) -> bool:
    """Whether a header names a code, an amount or something else that is no contact or document.

    >>> is_code("goodsCode"), is_code("机身号"), is_code("tel_no")
    (True, True, False)
    """
    last = header.rsplit("/", 1)[-1].rsplit("#", 1)[-1]
    return entity_of(header) is None and labels.is_other(last.strip())

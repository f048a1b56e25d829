"""Which sector a list comes from: votes of columns and of words in its path."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from scanner import rules
from scanner.scoring.features import Material

NAME_VOTES = 2.0
"""A word in the path speaks as loudly as two columns: "车主数据.xls" is about owners of cars."""


@cache
def _sectors() -> dict[str, dict[str, Any]]:
    return rules.load_toml("scoring/sectors.toml")


def titles(code: str) -> dict[str, str]:
    """The names of a sector, by language."""
    raw = _sectors()[code]
    return {"zh": raw["zh"], "en": raw["en"]}


def sector(material: Material) -> tuple[str, float] | None:
    """Code and confidence (its share of the votes, 0-1); None where there are no records."""
    if not material.records:
        return None
    votes: dict[str, float] = {}
    for column in {(c.name, c.role) for c in material.columns if c.role is not None}:
        role = column[1]
        if role is not None and role.sector:
            votes[role.sector] = votes.get(role.sector, 0.0) + 1.0
    path = "/".join(re.split(r"[/!]", material.path)[-3:]).lower()
    for code, raw in _sectors().items():
        hits = sum(1 for word in raw["words"] if word in path)
        if hits:
            votes[code] = votes.get(code, 0.0) + NAME_VOTES * min(hits, 2)
    if not votes:
        return "other", 0.5
    order = list(_sectors())
    best = max(votes, key=lambda code: (votes[code], -order.index(code)))
    return best, round(votes[best] / (sum(votes.values()) + 0.5), 4)

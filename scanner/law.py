"""What the law counts (法释〔2017〕10号 art. 5; FACTS A1, A2): rows, people, tiers, distance from the line.

The interpretation leaves open what one 条 is and how to remove duplicates, so a set of counts is given,
each under its own name, and an arguable tier says so. Nothing here is legal advice.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scanner.records import TableTally

LINES = {"T1": 50, "T2": 500, "T3": 5000}
"""Records from which a case is 情节严重, by tier (art. 5(1)(3)-(5))."""

ARGUABLE = frozenset({"household", "child", "order", "loan"})
"""Roles whose tier courts do not agree on (owner lists above all, FACTS A2)."""


@dataclass(slots=True)
class LawCounts:
    """The counts of one item, or of a scan."""

    rows: int = 0
    identifiable: int = 0
    unique_by_phone: int = 0
    unique_by_id: int = 0
    unique_by_name_phone: int = 0
    duplicates: int = 0
    placeholders: int = 0
    damaged: int = 0
    bare_numbers: int = 0
    tiers: dict[str, int] = field(default_factory=lambda: {"T1": 0, "T2": 0, "T3": 0})
    arguable: bool = False

    @property
    def threshold_ratio(self) -> float:
        """Share of the line reached over the three tiers together (art. 5(1)(6)); 1 is the line."""
        return sum(self.tiers[tier] / line for tier, line in LINES.items())

    def to_dict(self) -> dict[str, Any]:
        """As the report writes it."""
        names = [
            "rows",
            "identifiable",
            "unique_by_phone",
            "unique_by_id",
            "unique_by_name_phone",
            "duplicates",
            "placeholders",
            "damaged",
            "bare_numbers",
        ]
        return {
            **{name: getattr(self, name) for name in names},
            "tiers": dict(self.tiers),
            "arguable": self.arguable,
            "threshold_ratio": round(self.threshold_ratio, 4),
        }


def tier_of(table: TableTally) -> tuple[str, bool]:
    """The most serious tier that the columns of a table name, and whether it is arguable."""
    roles = [c.role for c in table.profile.columns if c.role is not None and c.role.tier]
    if not roles:
        return "T3", False
    best = min(roles, key=lambda role: role.tier or "T3")
    return best.tier or "T3", best.name in ARGUABLE


def add_tiers(counts: LawCounts, tables: list[TableTally]) -> None:
    """Sort the records of each table into its tier."""
    for table in tables:
        records = table.identified + (table.bare if table.is_contact_list else 0)
        if records:
            tier, arguable = tier_of(table)
            counts.tiers[tier] += records
            counts.arguable |= arguable

"""`--fail-on`: when a scan should end with exit code 1.

>>> Condition.parse("score >= 60, CN_RESIDENT_ID>=1").terms
(('score', '>=', 60.0), ('CN_RESIDENT_ID', '>=', 1.0))
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.report import Report

_OPERATORS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge, ">": operator.gt, "<=": operator.le, "<": operator.lt, "==": operator.eq,
}  # fmt: skip
_SUMMARY = ("records", "subjects", "items", "partial", "failed", "skipped")


@dataclass(frozen=True, slots=True)
class Condition:
    """Terms of which one must hold: (name, operator, number)."""

    terms: tuple[tuple[str, str, float], ...]

    @classmethod
    def parse(cls, text: str) -> Condition:
        """A level ("high" means at least high), or comparisons, separated by commas."""
        from scanner.schema import ENTITY_TYPES
        from scanner.scoring.trade import LEVELS

        terms = []
        for part in text.split(","):
            part = part.strip()
            levels = {name: least for least, name in LEVELS}
            if part in levels and part != "low":
                terms.append(("score", ">=", float(levels[part])))
                continue
            match = re.fullmatch(r"(\w+)\s*(>=|<=|==|>|<)\s*(\d+(?:\.\d+)?)", part)
            if not match or match[1] not in ("score", *_SUMMARY, *ENTITY_TYPES):
                raise UsageError(
                    f"--fail-on does not understand {part!r}; write medium, high, very_high, or a comparison of "
                    f"score, {', '.join(_SUMMARY)} or an entity type, such as subjects>=20"
                )
            terms.append((match[1], match[2], float(match[3])))
        return cls(tuple(terms))

    def is_met(self, report: Report) -> bool:
        """Whether one of the terms holds; `score` is the highest of all items."""
        return any(_OPERATORS[sign](_value(name, report), number) for name, sign, number in self.terms)


def _value(name: str, report: Report) -> float:
    if name == "score":
        return max((item.trade.score for item in report.items), default=0)
    if name in _SUMMARY:
        return float(report.summary[name])
    return float(report.summary["entities"].get(name, {}).get("count", 0))

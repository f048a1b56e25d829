"""The trade score: weights times features, added, between 0 and 100. Every point has its reason."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import Any

from scanner import rules
from scanner.errors import RuleError
from scanner.scoring.features import FEATURES, Material, Value

LEVELS = ((85, "very_high"), (60, "high"), (25, "medium"), (0, "low"))


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score: points (with sign) and its sentence in both languages."""

    code: str
    points: int
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Trade:
    """The score of an item, 0 to 100, and how it came about, strongest reason first."""

    score: int
    reasons: tuple[Reason, ...]

    @property
    def probability(self) -> float:
        """A logistic reading of the score, 0.5 at the border of "high"; not calibrated on cases yet."""
        return round(1 / (1 + math.exp(-(self.score - 60) / 10)), 4) if self.score else 0.0

    @property
    def level(self) -> str:
        """low, medium, high or very_high."""
        return next(name for least, name in LEVELS if self.score >= least)


@cache
def _weights() -> dict[str, dict[str, Any]]:
    raw = rules.load_toml("scoring/trade.toml")
    for name in set(raw) ^ set(FEATURES):
        raise RuleError(
            f"rules/scoring/trade.toml: {name!r} must be both a weight there and a feature in code"
        )
    return raw


def score(material: Material) -> Trade:
    """Score an item; one without records has score 0 and no reasons."""
    if not material.records:
        return Trade(0, ())
    reasons = []
    for code, weight in _weights().items():
        value = FEATURES[code](material)
        points = round(weight["weight"] * value.amount)
        if points:
            reasons.append(_reason(code, points, weight, value))
    total = sum(reason.points for reason in reasons)
    return Trade(min(max(total, 0), 100), tuple(sorted(reasons, key=lambda r: -abs(r.points))))


def _reason(code: str, points: int, weight: dict[str, Any], value: Value) -> Reason:
    return Reason(code, points, weight["zh"].format(**value.zh), weight["en"].format(**value.en))

"""The result of a scan as data: `Report`, `Item`, `Finding`; `to_dict` gives the contract's JSON.

Values in here are already masked, unless the scan was asked to reveal them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from scanner.law import LawCounts
from scanner.scoring.trade import Trade

SCHEMA = "piitrace.report/1"


@dataclass(frozen=True, slots=True)
class Finding:
    """One value found; `start` and `end` are code points in the cell, row and column 1-based."""

    entity_type: str
    value: str
    fingerprint: str
    score: float
    checks: tuple[str, ...]
    flags: tuple[str, ...]
    table: str
    row: int
    column: int
    column_name: str
    pointer: str | None
    start: int
    end: int

    def to_dict(self) -> dict[str, Any]:
        """As the report writes it; masked, damaged and placeholder values say so."""
        origin = {"table": self.table, "row": self.row, "column": self.column_name or self.column,
                  "pointer": self.pointer, "start": self.start, "end": self.end}  # fmt: skip
        return {
            "entity_type": self.entity_type,
            "value": self.value,
            "fingerprint": self.fingerprint,
            "score": self.score,
            "checks": list(self.checks),
            **dict.fromkeys(self.flags, True),
            "origin": origin,
        }


@dataclass(slots=True)
class Item:
    """One file and what was found in it. `reason` and `notes` are sentences in the chosen language."""

    path: str
    size: int
    status: str
    reason: str | None = None
    notes: list[str] = field(default_factory=list)
    sha256: str | None = None
    media_type: str | None = None
    encoding: str | None = None
    tables: list[dict[str, Any]] = field(default_factory=list)
    records: int = 0
    subjects: int = 0
    entities: dict[str, dict[str, int]] = field(default_factory=dict)
    trade: Trade = field(default_factory=lambda: Trade(0, ()))
    sector: tuple[str, float] | None = None
    law: LawCounts = field(default_factory=LawCounts)
    findings: list[Finding] = field(default_factory=list)
    findings_omitted: int = 0

    def to_dict(self, lang: str) -> dict[str, Any]:
        """As the report writes it."""
        reasons = [{"code": r.code, "points": r.points, "text": getattr(r, lang)} for r in self.trade.reasons]
        return {
            "path": self.path,
            "size": self.size,
            "sha256": self.sha256,
            "media_type": self.media_type,
            "encoding": self.encoding,
            "status": self.status,
            "reason": self.reason,
            "notes": self.notes,
            "tables": self.tables,
            "records": self.records,
            "subjects": self.subjects,
            "entities": self.entities,
            "trade": {
                "score": self.trade.score,
                "probability": self.trade.probability,
                "level": self.trade.level,
                "reasons": reasons,
            },
            "sector": {"code": self.sector[0], "confidence": self.sector[1]} if self.sector else None,
            "law": self.law.to_dict(),
            "findings": [finding.to_dict() for finding in self.findings],
            "findings_omitted": self.findings_omitted,
        }


@dataclass(slots=True)
class Report:
    """A whole scan. `summary` and `config` are as the contract writes them."""

    tool: dict[str, Any]
    started_at: str
    finished_at: str
    config: dict[str, Any]
    summary: dict[str, Any]
    items: list[Item]
    lang: str

    def ranked(self) -> list[Item]:
        """Items by trade score, then people, then path."""
        return sorted(self.items, key=lambda i: (-i.trade.score, -i.subjects, i.path))

    def to_dict(self) -> dict[str, Any]:
        """The contract's JSON; items in the order in which they were scanned."""
        return {"schema": SCHEMA, **self.head(), "items": [item.to_dict(self.lang) for item in self.items]}

    def head(self) -> dict[str, Any]:
        """Everything but the items."""
        return {
            "tool": self.tool,
            "started_at": self.started_at,
            "finished_at": self.finished_at,
            "config": self.config,
            "summary": self.summary,
        }

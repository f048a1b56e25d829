"""One line per item, ranked; in UTF-8 with BOM, as spreadsheet programs expect for Chinese."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

from scanner.report import Item, Report
from scanner.reports.files import replacing

COLUMNS = [
    "rank",
    "path",
    "status",
    "reason",
    "size",
    "sha256",
    "score",
    "level",
    "sector",
    "records",
    "subjects",
    "phones",
    "ids",
    "cards",
    "names",
    "emails",
    "law_threshold_ratio",
    "reasons",
]


def write(report: Report, path: Path) -> None:
    """Write the ranked items."""
    text = io.StringIO()
    rows = csv.writer(text)
    rows.writerow(COLUMNS)
    for rank, item in enumerate(report.ranked(), 1):
        rows.writerow([_safe(value) for value in _row(rank, item, report.lang)])
    with replacing(path) as out:
        out.write(text.getvalue().encode("utf-8-sig"))


def _row(rank: int, item: Item, lang: str) -> list[Any]:
    count = [
        item.entities.get(name, {}).get("count", 0)
        for name in ("CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD", "PERSON", "EMAIL_ADDRESS")
    ]
    reasons = "; ".join(f"{r.points:+d} {getattr(r, lang)}" for r in item.trade.reasons)
    return [
        rank, item.path, item.status, item.reason or "", item.size, item.sha256 or "", item.trade.score,
        item.trade.level, item.sector[0] if item.sector else "", item.records, item.subjects, *count,
        round(item.law.threshold_ratio, 4), reasons,
    ]  # fmt: skip


def _safe(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe (CWE-1236)."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return value

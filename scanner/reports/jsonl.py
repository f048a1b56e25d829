"""JSON Lines: the first line is the report without items, then one item a line."""

from __future__ import annotations

from pathlib import Path

from scanner.report import SCHEMA, Report
from scanner.reports.files import replacing


def write(report: Report, path: Path) -> None:
    """Write head and items."""
    import orjson

    with replacing(path) as out:
        out.write(orjson.dumps({"schema": SCHEMA, **report.head()}, option=orjson.OPT_APPEND_NEWLINE))
        for item in report.items:
            out.write(orjson.dumps(item.to_dict(report.lang), option=orjson.OPT_APPEND_NEWLINE))

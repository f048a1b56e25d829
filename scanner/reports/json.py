"""The JSON report of the contract; its schema is `docs/report.schema.json`."""

from __future__ import annotations

from pathlib import Path

from scanner.report import Report
from scanner.reports.files import replacing


def write(report: Report, path: Path) -> None:
    """Write the whole report as one indented document."""
    import orjson

    with replacing(path) as out:
        out.write(orjson.dumps(report.to_dict(), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE))

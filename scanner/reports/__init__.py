"""Reports: `write(report, path)`, one module per format, chosen by the suffix of the path."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from scanner.errors import UsageError

if TYPE_CHECKING:
    from scanner.report import Report

FORMATS = {".json": "json", ".jsonl": "jsonl", ".csv": "csv"}


def writer_for(path: Path) -> Callable[[Report, Path], None]:
    """The writer for a path; raises `UsageError` for a suffix that no format has."""
    name = FORMATS.get(path.suffix.lower())
    if name is None:
        raise UsageError(
            f"no report format for {path.name!r}; the suffix must be one of {', '.join(FORMATS)}"
        )
    write: Callable[[Report, Path], None] = import_module(f"scanner.reports.{name}").write
    return write

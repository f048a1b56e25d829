"""`piitrace scan`: progress on the way, the ranked table at the end, reports to files."""

from __future__ import annotations

import contextlib
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from scanner.cli.condition import Condition
from scanner.errors import UsageError
from scanner.pipeline import Options, Progress, scan
from scanner.reports import writer_for
from scanner.reports.findings import FindingsFile
from scanner.sources.stdin import take

if TYPE_CHECKING:
    from collections.abc import Callable

    from scanner.executors import Workers


@dataclass(frozen=True, slots=True)
class Request:
    """The arguments of the command."""

    paths: list[str]
    reports: list[Path]
    findings: Path | None
    profile: str
    workers: int
    lang: str
    reveal: bool
    fail_on: str
    strict: bool
    key: Path | None
    presidio: Path | None
    top: int


def scan_command(request: Request, workers: Workers | None) -> int:
    """Scan, report, and return the exit code of the contract."""
    writers = [(path, writer_for(path)) for path in request.reports]
    condition = Condition.parse(request.fail_on) if request.fail_on else None
    for path in [*request.reports, *([request.findings] if request.findings else [])]:
        if not path.absolute().parent.is_dir():
            raise UsageError(f"the folder of {path} does not exist; create it first")
    every = FindingsFile(request.findings) if request.findings else None
    stdin = take(sys.stdin.buffer) if "-" in request.paths else None
    spare = threading.Timer(0.35, _load_console)  # while this process waits for its workers
    spare.daemon = True
    spare.start()
    with contextlib.ExitStack() as stack:
        keep_all = stack.enter_context(every).add if every else None
        options = Options(
            profile=request.profile, workers=request.workers, lang=request.lang, reveal=request.reveal,
            key_file=request.key, presidio=request.presidio, keep_all=keep_all, progress=stack.enter_context(_progress()),
        )  # fmt: skip
        report = scan(request.paths, options=options, workers=workers, stdin=stdin)
    spare.cancel()
    for path, write in writers:
        write(report, path)
    _load_console().print_report(report, request.top)
    if condition and condition.is_met(report):
        return 1
    unexamined = report.summary["partial"] + report.summary["failed"] + report.summary["skipped"]
    return 3 if request.strict and unexamined else 0


def _load_console() -> ModuleType:
    """The console report with `rich`, 0.07 s to import."""
    from scanner.reports import console

    return console


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[Progress], None] | None]:
    """A bar with bytes, rate and time left on a terminal; nothing on a pipe."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn, TransferSpeedColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn(),
        TextColumn("{task.fields[items]}  {task.fields[path]}"), console=Console(stderr=True), transient=True,
    )  # fmt: skip
    with bar:
        task = bar.add_task("", total=None, items="", path="")

        def tell(p: Progress) -> None:
            path = p.path if len(p.path) <= 40 else "…" + p.path[-39:]
            items = f"{p.items_done}/{p.items_total}"
            bar.update(task, completed=p.bytes_done, total=max(p.bytes_total, 1), items=items, path=path)

        yield tell

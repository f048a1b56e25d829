"""The composition root: sources to workers to counts to scores to a report.

Every file is a task for a worker process; a large text is cut into byte ranges of a fixed size, so that
results do not depend on how many workers there are. Outcomes are taken in the order of the files.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from scanner import __version__, rules, sources
from scanner.analyse import Outcome, analyse, mark_changed
from scanner.cuts import RANGE, Cutter
from scanner.errors import SkippedError, UnreadableError, UsageError
from scanner.executors import SECONDS, WorkerEnded, Workers, usable_cores
from scanner.items import Assembler
from scanner.messages import LANGUAGES, default_language
from scanner.readers import delimited, find_reader
from scanner.report import Finding, Report
from scanner.schema import Note
from scanner.sources.local import LocalFile, NotAFile, walk
from scanner.sources.stdin import Stdin
from scanner.values import load_key

PROFILES = ("quick", "standard", "deep")
QUICK_BYTES = 64 << 20
SHOWN = 1000
"""Findings per item in the report (contract)."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a scan has come."""

    bytes_done: int
    bytes_total: int
    items_done: int
    items_total: int
    path: str


@dataclass(frozen=True, slots=True)
class Options:
    """What a scan was asked for."""

    profile: str = "standard"
    workers: int = 0
    lang: str = ""
    reveal: bool = False
    today: int = 0
    key_file: Path | None = None
    keep_all: Callable[[str, Iterable[Finding]], None] | None = None
    progress: Callable[[Progress], None] | None = None


class _Meter:
    """Counts bytes and items done, and tells the caller."""

    def __init__(self, tell: Callable[[Progress], None] | None, size: int, items: int) -> None:
        self._tell, self._size, self._count = tell, size, items
        self._bytes = self._items = 0
        self._path = ""

    def part(self, source: LocalFile) -> None:
        """A file or a byte range has been examined."""
        self._bytes += source.span[1] - source.span[0] if source.span else source.size
        self._path = source.origin
        self._say()

    def item(self) -> None:
        """An item is complete."""
        self._items += 1
        self._say()

    def _say(self) -> None:
        if self._tell:
            self._tell(Progress(self._bytes, self._size, self._items, self._count, self._path))


@dataclass(slots=True)
class _Job:
    """A file and the outcomes that are still to come for it."""

    source: LocalFile | Stdin | NotAFile
    futures: deque[tuple[LocalFile, Future[Outcome]]] = field(default_factory=deque)
    outcome: Outcome | None = None
    cutter: Cutter | None = None
    parts_left: bool = False


def scan(
    paths: Sequence[Path | str],
    *,
    options: Options | None = None,
    workers: Workers | None = None,
    stdin: Stdin | None = None,
) -> Report:
    """Scan files and folders.

    `workers` are processes that the caller has started already; `stdin` stands for the path "-".
    Raises `UsageError` for a missing path or a wrong option; everything else becomes an item.
    """
    opts = _checked(options or Options())
    started = _now()
    given = [Path(p) for p in paths if str(p) != "-"]
    found: list[LocalFile | Stdin | NotAFile] = [*walk(given), *([stdin] if stdin else [])]
    own = Workers(opts.workers) if workers is None else None
    try:
        assembler = Assembler(opts.lang, opts.reveal, load_key(opts.key_file), opts.keep_all)
        meter = _Meter(opts.progress, sum(getattr(s, "size", 0) for s in found), len(found))
        for source, outcome in _outcomes(found, workers or own, opts, meter):
            assembler.add(source, outcome)
            meter.item()
    finally:
        if own:
            own.close()
    config = {
        "paths": [str(p) for p in paths],
        "profile": opts.profile,
        "lang": opts.lang,
        "reveal": opts.reveal,
    }
    tool = {
        "name": "piitrace",
        "version": __version__,
        "rules_sha256": rules.rules_sha256(),
        "models": {"names": "rules", "trade": "rules"},
    }
    return Report(tool, started, _now(), config, assembler.summary(), assembler.items, opts.lang)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _checked(opts: Options) -> Options:
    if opts.profile not in PROFILES:
        raise UsageError(f"unknown profile {opts.profile!r}; choose one of {', '.join(PROFILES)}")
    lang = opts.lang or default_language()
    if lang not in LANGUAGES:
        raise UsageError(f"unknown language {lang!r}; choose one of {', '.join(LANGUAGES)}")
    today = opts.today or int(datetime.now().strftime("%Y%m%d"))
    return replace(opts, lang=lang, today=today, workers=opts.workers or usable_cores())


# --- tasks out, outcomes in ------------------------------------------------------------------------


def _outcomes(
    found: list[LocalFile | Stdin | NotAFile], workers: Workers | None, opts: Options, meter: _Meter
) -> Iterator[tuple[LocalFile | Stdin | NotAFile, Outcome]]:
    """One outcome per source, in order; a few tasks per worker are under way."""
    assert workers is not None
    limit = None if opts.keep_all else SHOWN
    waiting: deque[_Job] = deque()
    ahead = workers.count * 3
    for source in found:
        job = _Job(source)
        waiting.append(job)
        for _ in _submit(job, workers, opts, limit):
            while sum(len(j.futures) for j in waiting) >= ahead:
                yield from _take(waiting, limit, meter)
        yield from _finished(waiting)
    while waiting:
        yield from _take(waiting, limit, meter)


def _submit(job: _Job, workers: Workers, opts: Options, limit: int | None) -> Iterator[None]:
    """Hand out the tasks of a job, one at each step."""
    source = job.source
    if isinstance(source, NotAFile):
        job.outcome = _refused(source.error)
    elif isinstance(source, Stdin):
        _merge(job, _stdin(source, limit, opts.today), limit)
    elif opts.profile == "quick" and source.size > QUICK_BYTES:
        yield from _quick(job, source, workers, opts, limit)
    elif source.size > RANGE and _is_splittable(source):
        job.parts_left, job.cutter = True, Cutter(source)
        job.outcome = Outcome(reader="delimited")
        try:
            for part in job.cutter:
                _add_task(job, part, workers, opts, limit)
                yield
        except UnreadableError as error:
            job.outcome.notes.append(Note(error.code, "partial", error.params))
            job.outcome.status = "partial"
        job.parts_left = False
    else:
        _add_task(job, source, workers, opts, limit)
        yield


def _add_task(job: _Job, part: LocalFile, workers: Workers, opts: Options, limit: int | None) -> None:
    size = part.span[1] - part.span[0] if part.span else part.size
    task = (part, limit, opts.today)
    job.futures.append((part, workers.submit(task, SECONDS + size / 100_000)))


def _quick(
    job: _Job, source: LocalFile, workers: Workers, opts: Options, limit: int | None
) -> Iterator[None]:
    job.outcome = Outcome(status="partial", reader="delimited")
    job.outcome.notes.append(Note("quick", "partial", {"megabytes": QUICK_BYTES >> 20}))
    if _is_splittable(source):
        _add_task(job, source.part(0, QUICK_BYTES), workers, opts, limit)
        yield


def _is_splittable(source: LocalFile) -> bool:
    try:
        head = source.head()
        return find_reader(source.name, head) is delimited and delimited.can_split(source)
    except UnreadableError:
        return False


def _take(
    waiting: deque[_Job], limit: int | None, meter: _Meter
) -> Iterator[tuple[LocalFile | Stdin | NotAFile, Outcome]]:
    """Wait for the oldest task, and give out the jobs that are complete with it."""
    for job in waiting:
        if job.futures:
            part, future = job.futures.popleft()
            _merge(job, _result(future, part), limit)
            meter.part(part)
            break
    yield from _finished(waiting)


def _finished(waiting: deque[_Job]) -> Iterator[tuple[LocalFile | Stdin | NotAFile, Outcome]]:
    while waiting and not waiting[0].futures and not waiting[0].parts_left and waiting[0].outcome is not None:
        job = waiting.popleft()
        assert job.outcome is not None
        if job.cutter is not None:
            job.outcome.sha256 = job.cutter.sha256
            if job.cutter.has_changed():
                mark_changed(job.outcome)
        yield job.source, job.outcome


def _result(future: Future[Outcome], part: LocalFile) -> Outcome:
    """The outcome of a task; a dead worker becomes a failed outcome."""
    try:
        return future.result()
    except WorkerEnded as ended:
        out = Outcome(status="failed")
        if ended.how == "time":
            out.notes.append(Note("time_limit", "failed", {"seconds": SECONDS + part.size // 100_000}))
        else:
            out.notes.append(Note("crashed", "failed", {"how": ended.how}))
        return out


def _merge(job: _Job, outcome: Outcome, limit: int | None) -> None:
    """Add the outcome of a task to its item; a failed range leaves the item partial."""
    whole = job.outcome
    if whole is None:
        whole = job.outcome = Outcome(status=outcome.status)
    elif outcome.status != "complete":
        whole.status = "partial"
    whole.merge(outcome, limit)


def _refused(error: UnreadableError) -> Outcome:
    status = "skipped" if isinstance(error, SkippedError) else "failed"
    return Outcome(notes=[Note(error.code, status, error.params)], status=status)


def _stdin(source: Stdin, limit: int | None, today: int) -> Outcome:
    """Standard input is examined in this process; it cannot be opened by another."""
    out = analyse(source, limit, today)
    out.sha256 = sources.sha256(source)
    return out

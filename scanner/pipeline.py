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
from typing import TYPE_CHECKING

from scanner import __version__
from scanner.cuts import RANGE, Cutter
from scanner.errors import SkippedError, UnreadableError, UsageError
from scanner.executors import SECONDS, WorkerEnded, Workers, usable_cores
from scanner.messages import LANGUAGES, default_language
from scanner.sources.local import LocalFile, NotAFile, walk
from scanner.sources.stdin import Stdin

# NumPy and what needs it are imported when the first tasks are under way: the workers begin 0.2 s earlier.
if TYPE_CHECKING:
    from scanner.analyse import Outcome
    from scanner.report import Finding, Report

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
    presidio: Path | None = None
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


Given = LocalFile | Stdin | NotAFile


@dataclass(slots=True)
class _Job:
    """A file, the tasks that are still to come for it, and what came of the others."""

    source: Given
    futures: deque[tuple[LocalFile, Future[Outcome]]] = field(default_factory=deque)
    outcome: Outcome | None = None
    cutter: Cutter | None = None
    troubles: list[UnreadableError] = field(default_factory=list)
    parts_left: bool = True


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
    found: list[Given] = [*walk(given), *([stdin] if stdin else [])]
    meter = _Meter(opts.progress, sum(getattr(s, "size", 0) for s in found), len(found))
    own = Workers(opts.workers) if workers is None else None
    try:
        queue = _Queue(found, workers or own, opts, meter)  # type: ignore[arg-type]
        queue.fill()
        from scanner import rules
        from scanner.items import Assembler
        from scanner.report import Report
        from scanner.values import load_key

        assembler = Assembler(opts.lang, opts.reveal, load_key(opts.key_file), SHOWN, opts.keep_all)
        for source, outcome in queue.outcomes():
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
    if opts.presidio:
        from scanner.detectors import presidio_load

        opts = replace(opts, presidio=Path(opts.presidio).resolve())
        presidio_load.load_file(Path(_path(opts)))  # what is wrong in it is said before anything is read
    return replace(opts, lang=lang, today=today, workers=opts.workers or usable_cores())


def _path(opts: Options) -> str:
    """The file of Presidio recognizers, empty where none was asked for."""
    return str(opts.presidio) if opts.presidio else ""


# --- tasks out, outcomes in ------------------------------------------------------------------------


class _Queue:
    """Hands out tasks a few ahead of the results, and gives outcomes in the order of the sources."""

    def __init__(self, found: list[Given], workers: Workers, opts: Options, meter: _Meter) -> None:
        self._workers, self._opts, self._meter = workers, opts, meter
        self._limit = None if opts.keep_all else SHOWN
        self._jobs: deque[_Job] = deque()
        self._tasks = self._submissions(found)
        self._is_done = False

    def fill(self) -> None:
        """Hand out tasks until a few per worker are under way."""
        while not self._is_done and sum(len(job.futures) for job in self._jobs) < self._workers.count * 3:
            self._is_done = next(self._tasks, None) is None

    def outcomes(self) -> Iterator[tuple[Given, Outcome]]:
        """One outcome per source."""
        while True:
            self.fill()
            while self._jobs and not self._jobs[0].futures and not self._jobs[0].parts_left:
                job = self._jobs.popleft()
                yield job.source, _finished(job, self._limit, self._opts)
            if not self._jobs and self._is_done:
                return
            self._take()

    def _take(self) -> None:
        """Wait for the oldest task."""
        for job in self._jobs:
            if job.futures:
                part, future = job.futures.popleft()
                _merge(job, _result(future, part), self._limit)
                self._meter.part(part)
                return

    def _submissions(self, found: list[Given]) -> Iterator[_Job]:
        """A step for each task and for each source without one."""
        for source in found:
            job = _Job(source)
            self._jobs.append(job)
            if isinstance(source, LocalFile):
                for part in self._parts(job, source):
                    task = (part, self._limit, self._opts.today, _path(self._opts))
                    size = part.span[1] - part.span[0] if part.span else part.size
                    job.futures.append((part, self._workers.submit(task, SECONDS + size / 100_000)))
                    yield job
            job.parts_left = False
            yield job

    def _parts(self, job: _Job, source: LocalFile) -> Iterator[LocalFile]:
        """The file, or its byte ranges; what stops the cutting is kept as trouble."""
        if source.size <= RANGE or not _is_splittable(source):
            if self._opts.profile != "quick" or source.size <= QUICK_BYTES:
                yield source
            else:
                job.troubles.append(SkippedError("quick_whole", megabytes=QUICK_BYTES >> 20))
            return
        if self._opts.profile == "quick" and source.size > QUICK_BYTES:
            job.troubles.append(UnreadableError("quick", megabytes=QUICK_BYTES >> 20))
            yield source.part(0, QUICK_BYTES)
            return
        job.cutter = Cutter(source)
        try:
            yield from job.cutter
        except UnreadableError as error:
            job.troubles.append(error)


def _is_splittable(source: LocalFile) -> bool:
    """Whether the file is a text whose byte ranges may be read on their own."""
    try:
        head = source.head()
    except UnreadableError:
        return False
    if head.startswith(b"PK\x03\x04") or b"\0" in head[:4096]:  # spares the import of the readers
        return False
    from scanner.readers import delimited, find_reader

    return find_reader(source.name, head) is delimited and delimited.can_split(source)


def _finished(job: _Job, limit: int | None, opts: Options) -> Outcome:
    """What became of a source when all its tasks have come back."""
    from scanner.analyse import Outcome, mark_changed
    from scanner.schema import Note

    source = job.source
    if isinstance(source, NotAFile):
        error = source.error
        status = "skipped" if isinstance(error, SkippedError) else "failed"
        return Outcome(notes=[Note(error.code, status, error.params)], status=status)
    if isinstance(source, Stdin):
        _merge(job, _examine_here(source, limit, opts), limit)
    out = job.outcome or Outcome(reader="delimited")
    for trouble in job.troubles:
        out.status = "skipped" if isinstance(trouble, SkippedError) else "partial"
        out.notes.insert(0, Note(trouble.code, out.status, trouble.params))
    if job.cutter is not None:
        out.sha256 = job.cutter.sha256
        if job.cutter.has_changed():
            mark_changed(out)
    return out


def _result(future: Future[Outcome], part: LocalFile) -> Outcome:
    """The outcome of a task; a dead worker becomes a failed outcome."""
    try:
        return future.result()
    except WorkerEnded as ended:
        from scanner.analyse import Outcome
        from scanner.schema import Note

        if ended.how == "time":
            note = Note("time_limit", "failed", {"seconds": SECONDS + part.size // 100_000})
        else:
            note = Note("crashed", "failed", {"how": ended.how})
        return Outcome(status="failed", notes=[note])


def _merge(job: _Job, outcome: Outcome, limit: int | None) -> None:
    """Add the outcome of a task to its item; a failed range leaves the item partial."""
    from scanner.analyse import Outcome

    whole = job.outcome
    if whole is None:
        whole = job.outcome = Outcome(status=outcome.status)
    elif outcome.status != whole.status:
        whole.status = "partial"
    whole.merge(outcome, limit)


def _examine_here(source: Stdin, limit: int | None, opts: Options) -> Outcome:
    """Standard input is examined in this process; it cannot be opened by another."""
    from scanner import sources
    from scanner.analyse import analyse

    out = analyse(source, limit, opts.today, _path(opts))
    out.sha256 = sources.sha256(source)
    return out

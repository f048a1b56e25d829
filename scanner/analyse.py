"""One item from bytes to counts: read, judge, detect, resolve, tally. Runs in a worker or in process."""

from __future__ import annotations

import os
import traceback
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scanner import detectors, sources
from scanner.distinct import Distinct
from scanner.errors import SkippedError, UnreadableError
from scanner.profile import Profile
from scanner.readers import find_reader
from scanner.records import Tally
from scanner.resolve import resolve
from scanner.schema import Batch, Cells, Note, Spans
from scanner.sources.stdin import Stdin


@dataclass(slots=True)
class Outcome:
    """What became of an item or a byte range: its tally, notes, and status.

    `sets` takes over the keys of the tally where outcomes are put together.
    """

    tally: Tally = field(default_factory=Tally)
    notes: list[Note] = field(default_factory=list)
    status: str = "complete"
    reader: str = ""
    encoding: str | None = None
    rows_read: int = 0
    sha256: str | None = None
    sets: dict[tuple[str, str | int], Distinct] = field(default_factory=dict)

    def set_of(self, what: str, which: str | int = "") -> Distinct:
        """One of the sets, empty where nothing was added."""
        return self.sets.setdefault((what, which), Distinct())

    def merge(self, other: Outcome, limit: int | None) -> None:
        """Add the outcome of the next byte range, or of the whole item to an empty one."""
        self.tally.merge(other.tally, self.rows_read, limit)
        for (what, which), parts in other.tally.keys.items():
            for keys in parts:
                self.set_of(what, which).add(keys)
        self.rows_read += other.rows_read
        self.encoding = self.encoding or other.encoding
        self.reader = self.reader or other.reader
        self.sha256 = self.sha256 or other.sha256
        for note in other.notes:
            self._merge_note(note)

    def _merge_note(self, note: Note) -> None:
        """A note that counts adds up over the ranges; another is said once."""
        for i, mine in enumerate(self.notes):
            if mine.code != note.code or mine.params.get("table") != note.params.get("table"):
                continue
            if "count" in note.params:
                total = int(mine.params["count"]) + int(note.params["count"])
                self.notes[i] = Note(note.code, note.status, {**mine.params, "count": total})
                return
            if mine == note:
                return
        self.notes.append(note)


def run(source: Any, limit: int | None, today: int, presidio: str = "") -> Outcome:
    """The task of a worker: a whole item with its hash, or a byte range without."""
    if source.span is not None:
        return analyse(source, limit, today, presidio)
    try:
        before = sources.stamp(source)
        digest = sources.sha256(source)
    except UnreadableError as error:
        out = Outcome()
        _fail(out, error)
        return out
    out = analyse(source, limit, today, presidio)
    out.sha256 = digest
    if sources.stamp(source) != before:
        mark_changed(out)
    return out


def warm_up() -> None:
    """Load the rules while the main process still starts: a made-up row runs through every detector."""
    text = "姓名,手机号,身份证号\n张三,19783371234,11010519491231002X\n"
    analyse(Stdin(text.encode(), None, len(text.encode()), "warm.csv"), 0, 20261124)


def mark_changed(out: Outcome) -> None:
    """Say that the item changed while it was read; what was counted stays."""
    out.notes.append(Note("changed", "partial"))
    out.status = "failed" if out.status == "failed" else "partial"


def analyse(source: Any, limit: int | None, today: int, presidio: str = "") -> Outcome:
    """Examine a source (or its byte range). Errors become notes; what was counted before stays.

    `presidio` is the file of recognizers to be asked too, if any.
    """
    out = Outcome()
    profiles: dict[tuple[str, bool], Profile] = {}
    try:
        head = source.head()
        if not head and not source.size:
            raise SkippedError("empty")
        reader = find_reader(source.name, head)
        if reader is None:
            raise SkippedError("unknown_format")
        out.reader = reader.__name__.rsplit(".", 1)[-1]
        if source.span and source.span[0]:
            profiles = _judge_ahead(reader, source, today)
        for piece in reader.read(source):
            if isinstance(piece, Batch):
                _add(out, piece, profiles, limit, today, presidio)
            else:
                _note(out, piece)
    except UnreadableError as error:
        _fail(out, error)
    except OSError as error:
        _fail(
            out, UnreadableError("os_error", detail=os.strerror(error.errno) if error.errno else "read error")
        )
    except MemoryError:
        _fail(out, UnreadableError("memory"))
    except Exception as error:  # the border of an item: a parser met what it did not foresee
        _fail(out, UnreadableError("internal", kind=type(error).__name__, place=_place(error)))
    out.tally.compact()
    return out


def _add(
    out: Outcome,
    batch: Batch,
    profiles: dict[tuple[str, bool], Profile],
    limit: int | None,
    today: int,
    presidio: str,
) -> None:
    if not batch.cells.rows:
        return
    out.encoding = out.encoding or batch.encoding
    key = batch.table, batch.lines
    judged = profiles.get(key)
    if judged is None or len(judged.columns) < batch.cells.width:
        judged = profiles[key] = detectors.judge(batch, today)
    cells = batch.cells
    spans = detectors.find(cells, judged, today)
    if presidio:
        spans = _ask_presidio(out, cells, judged, spans, today, presidio)
    out.tally.add(batch, resolve(cells, spans, judged), judged, limit)


def _ask_presidio(out: Outcome, cells: Cells, judged: Profile, spans: Spans, today: int, path: str) -> Spans:
    """What the user's recognizers find in free text and unknown columns, joined to our own findings."""
    from scanner.detectors import presidio, presidio_load

    enabled = presidio_load.load_file(Path(path))
    found, notes = presidio.detect(cells, enabled, presidio.open_columns(judged), today=today)
    for note in notes:
        _note(out, note)
    return Spans.concat([part for part in (spans, found) if len(part)])


_ahead: dict[tuple[str, int], dict[tuple[str, bool], Profile]] = {}
"""Profiles of the last large file, for its next range in this process."""


def _judge_ahead(reader: Any, source: Any, today: int) -> dict[tuple[str, bool], Profile]:
    """Judge the table by the beginning of the file, as the range that holds it does."""
    key = (source.origin, source.size)
    if key not in _ahead:
        profiles: dict[tuple[str, bool], Profile] = {}
        start = replace(source, span=(0, min(source.size, 1 << 16)))
        for piece in reader.read(start):
            if isinstance(piece, Batch) and piece.cells.rows:
                place = (piece.table, piece.lines)
                if place not in profiles:
                    profiles[place] = detectors.judge(piece, today)
        _ahead.clear()
        _ahead[key] = profiles
    return dict(_ahead[key])


def _note(out: Outcome, note: Note) -> None:
    if note.code == "rows_read":
        out.rows_read = int(note.params["rows"])
        return
    out.notes.append(note)
    if note.status == "partial":
        out.status = "partial"


def _place(error: Exception) -> str:
    """Where an error arose, as file and line; its message may hold a value and is not kept."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{os.path.basename(last.filename)}:{last.lineno}"


def _fail(out: Outcome, error: UnreadableError) -> None:
    """An error after some rows costs the rest of the item, not the rows."""
    begun = bool(out.tally.tables)
    out.status = "partial" if begun else "skipped" if isinstance(error, SkippedError) else "failed"
    out.notes.append(Note(error.code, out.status, error.params))

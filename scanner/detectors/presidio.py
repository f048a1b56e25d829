"""Recognizers of Presidio as a detector: what a site already knows how to find, found here too.

A recognizer sees one text at a time, at some thousand texts a second, so it is asked about the distinct
values of a table, and only about the columns that the caller names. Both bounds, the number of values and
their length, are told in notes where they leave something out. Results come back as code points of a value
and become bytes of the buffer in every cell that holds it. Source: presidio_analyzer 2.2,
`EntityRecognizer` and `AnalyzerEngine`.

>>> from presidio_analyzer.predefined_recognizers import EmailRecognizer
>>> from scanner.schema import Cells
>>> spans, notes = detect(Cells.from_strings(["邮箱 li@example.com", "无"], 1), enable([EmailRecognizer(supported_language="zh")]))
>>> spans.start.tolist(), spans.end.tolist(), notes
([7], [21], [])
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from scanner import detectors, rules
from scanner.detectors import names
from scanner.detectors.presidio_nlp import nlp_engine
from scanner.errors import UsageError
from scanner.profile import Profile
from scanner.schema import ENTITY_TYPES, KIND, SEPARATOR, WEAK, Cells, Index, Note, Spans
from scanner.text import hash_spans

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer
    from presidio_analyzer.nlp_engine import NlpEngine

VALUES = 2_000
"""Distinct values of one batch that are looked at: 2 s with two pattern recognizers, 0.4 s of them without words."""
LENGTH = 10_000
"""Bytes of the longest value that is looked at."""


@dataclass(frozen=True, slots=True)
class Enabled:
    """Recognizers in an engine of theirs, and what their names for things mean here.

    `kinds` maps the entity names that are asked for to indices into `ENTITY_TYPES`.
    """

    engine: AnalyzerEngine
    kinds: dict[str, int]
    language: str


def enable(
    recognizers: Sequence[EntityRecognizer],
    kinds: Mapping[str, str | None] | None = None,
    *,
    language: str = "zh",
    nlp: NlpEngine | None = None,
) -> Enabled:
    """Put recognizers to use.

    `kinds` says which of `ENTITY_TYPES` an entity name of Presidio means, and None that it is not wanted;
    equal names need no word. `nlp` is the engine that gives them words, by default `nlp_engine(language)`.
    Raises `UsageError` for a name that nobody has explained and for a recognizer of another language.
    """
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry

    for one in recognizers:
        if one.supported_language != language:
            raise UsageError(
                f"the Presidio recognizer {one.name} is for {one.supported_language!r}, not {language!r}; "
                f"make it with supported_language={language!r}"
            )
    known = _kinds(recognizers, kinds or {})
    if not known:
        raise UsageError("no Presidio recognizer that finds anything wanted was given; name at least one")
    registry = RecognizerRegistry(recognizers=list(recognizers), supported_languages=[language])
    engine = AnalyzerEngine(
        registry=registry, nlp_engine=nlp or nlp_engine(language), supported_languages=[language]
    )
    return Enabled(engine, known, language)


def _kinds(recognizers: Sequence[EntityRecognizer], table: Mapping[str, str | None]) -> dict[str, int]:
    known = {}
    for one in recognizers:
        for name in one.get_supported_entities():
            ours = table.get(name, name)
            if ours in KIND:
                known[name] = KIND[ours]
            elif ours:
                raise UsageError(
                    f"the Presidio recognizer {one.name} finds {name}, and {ours} is no entity type here; "
                    f"map it to one of {', '.join(ENTITY_TYPES)}, or to nothing if it is not wanted, "
                    "under [kinds] in a .toml file (docs/presidio.md)"
                )
    return known


def open_columns(judged: Profile) -> list[int]:
    """The columns whose content is not settled: free text, lines, and what no detector of ours knows."""
    return [i for i, c in enumerate(judged.columns) if judged.lines or (c.entity is None and not c.names)]


def detect(
    cells: Cells,
    enabled: Enabled,
    columns: Sequence[int] | None = None,
    *,
    values: int = VALUES,
    length: int = LENGTH,
    today: int | None = None,
) -> tuple[Spans, list[Note]]:
    """What the recognizers find in the cells of `columns` (all columns where None), and what was left out.

    At most the first `values` distinct values are looked at, and none of more than `length` bytes; the notes
    count the others, and those at which a recognizer failed. Spans are those of all cells with the value.
    """
    table = _Distinct.of(cells, columns, length)
    found, failed = _ask(enabled, table.values[:values])
    notes = _left_out(table, values, length, failed)
    if not found:
        return Spans.empty(), notes
    which, cell = table.spread(np.array([one[0] for one in found], np.int64))
    ours = _as_ours(found, table.values[:values], today).take(which)
    start, end = np.array([one[1:3] for one in found], np.int64).T
    score = np.array([one[4] for one in found], np.float32)[which]
    at = cells.starts[cell]
    spans = Spans.make(
        cell, at + start[which], at + end[which], ours.kind, ours.checks, score, ours.flags, ours.key
    )
    return Spans.concat([spans]), notes


@dataclass(frozen=True, slots=True)
class _Distinct:
    """The distinct values of some cells, first seen first.

    `cells` (int64) are the cells that hold one, `codes` which one; `long` counts the values that are too long.
    """

    values: list[bytes]
    cells: Index
    codes: Index
    long: int

    @classmethod
    def of(cls, cells: Cells, columns: Sequence[int] | None, length: int) -> _Distinct:
        """The values of the filled cells of `columns`, without those of more than `length` bytes."""
        size = cells.lengths()
        picked = np.flatnonzero(size > 0)
        if columns is not None:
            picked = picked[np.isin(picked % cells.width, list(columns))]
        short = size[picked] <= length
        long = _encode(cells, picked[~short])[0]
        values, codes = _encode(cells, picked[short])
        return cls(values, picked[short], codes, len(long))

    def spread(self, value: Index) -> tuple[Index, Index]:
        """For findings in values: all pairs of a finding and a cell with its value, as two int64 arrays."""
        order = np.argsort(self.codes, kind="stable")
        edge = np.searchsorted(self.codes[order], np.arange(len(self.values) + 1))
        count = (edge[1:] - edge[:-1])[value]
        which = np.repeat(np.arange(len(value)), count)
        nth = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
        return which, self.cells[order[edge[value][which] + nth]]


def _encode(cells: Cells, picked: Index) -> tuple[list[bytes], Index]:
    """The distinct values of the picked cells, and for each cell the place of its value; exact, no hashes."""
    import pyarrow as pa

    size = cells.lengths()[picked]
    offsets = np.concatenate(([0], np.cumsum(size))).astype(np.int64)
    places = np.arange(offsets[-1]) + np.repeat(cells.starts[picked] - offsets[:-1], size)
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(cells.data[places]))]
    coded = pa.LargeBinaryArray.from_buffers(pa.large_binary(), len(picked), buffers).dictionary_encode()
    return coded.dictionary.to_pylist(), coded.indices.to_numpy(zero_copy_only=False).astype(np.int64)


def _left_out(table: _Distinct, values: int, length: int, failed: Counter[str]) -> list[Note]:
    """What was not looked at, and why."""
    notes = []
    over = len(table.values) - values
    if over > 0:
        notes.append(Note("presidio_values", "partial", {"count": over, "limit": values}))
    if table.long:
        notes.append(Note("presidio_length", "partial", {"count": table.long, "limit": length}))
    for kind, count in sorted(failed.items()):
        notes.append(Note("presidio_failed", "partial", {"count": count, "kind": kind}))
    return notes


Found = tuple[int, int, int, int, float]
"""Number of the value, first and last byte in it, kind, score."""


def _ask(enabled: Enabled, values: list[bytes]) -> tuple[list[Found], Counter[str]]:
    """What the engine finds in each value, and how often it failed by the name of the error.

    The text of an error may hold the value, so it is not kept.
    """
    found: list[Found] = []
    failed: Counter[str] = Counter()
    zone = getattr(enabled.engine.nlp_engine, "memory_zone", nullcontext)
    with zone():
        for number, raw in enumerate(values):
            try:
                found += _ask_one(enabled, number, raw)
            except Exception as error:  # the border to code of others
                failed[type(error).__name__] += 1
    return found, failed


def _ask_one(enabled: Enabled, number: int, raw: bytes) -> list[Found]:
    """What the engine finds in one value; its code points as bytes, where bytes that are no text count one each."""
    text = raw.decode("utf-8", "surrogateescape")
    clean = text.encode("utf-8", "replace").decode()  # spaCy refuses a lone surrogate; same length
    out = []
    for r in enabled.engine.analyze(clean, enabled.language, entities=list(enabled.kinds)):
        start, end = (len(text[:at].encode("utf-8", "surrogateescape")) for at in (r.start, r.end))
        if start < end and r.entity_type in enabled.kinds:
            out.append((number, start, end, enabled.kinds[r.entity_type], float(r.score)))
    return out


def _as_ours(found: list[Found], values: list[bytes], today: int | None) -> Spans:
    """Checks, flags and keys of the found values, one span each, as our own detectors give them.

    A value that ours know, alone or where it stands, keeps their key, so that it is not counted twice, and
    their flags, so that a placeholder is not counted at all; the others get a hash as key.
    """
    alone, whole = _cells([values[number][start:end] for number, start, end, *_ in found]), _cells(values)
    kind = np.array([one[3] for one in found], np.int64)
    key = hash_spans(alone.data, alone.starts, alone.ends)
    out = Spans.make(np.arange(len(found)), alone.starts, alone.ends, kind, key=key)
    for own in (names.detect(alone, [0], [False]), detectors.find(alone, None, today)):
        own = own.take(own.kind == kind[own.cell])  # may be less than what was found: "+86 197..."
        _adopt(out, own.cell, own)
    own = detectors.find(whole, None, today)
    at = whole.starts[own.cell]
    spots = np.stack([own.cell, own.start - at, own.end - at, own.kind.astype(np.int64)], axis=1)
    place = {one[:4]: i for i, one in enumerate(found)}
    mine = np.array([place.get(spot, -1) for spot in map(tuple, spots.tolist())], np.int64)
    _adopt(out, mine[mine >= 0], own.take(mine >= 0))
    return out


def _cells(parts: list[bytes]) -> Cells:
    size = np.array([len(part) for part in parts], np.int64)
    ends = np.cumsum(size + 1) - 1
    return Cells(np.frombuffer(SEPARATOR.join(parts), np.uint8), ends - size, ends, 1)


def _adopt(out: Spans, mine: Index, own: Spans) -> None:
    """Take over what spans of our own detectors say; `mine` gives the place of each in `out`."""
    out.key[mine] = own.key
    out.flags[mine] = own.flags & ~own.flags.dtype.type(WEAK)
    out.checks[mine] = own.checks & ~own.checks.dtype.type(rules.BIT["column"])

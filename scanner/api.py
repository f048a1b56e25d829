"""The Python interface: `scan` files, `detect` in one text, `detect_column` in an Arrow array."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner import detectors, pipeline, rules
from scanner.errors import UsageError
from scanner.report import Report
from scanner.resolve import resolve
from scanner.schema import ENTITY_TYPES, Batch, Cells, Spans, flag_names
from scanner.values import mask

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class TextFinding:
    """A value in a short text; `start` and `end` are Unicode code points, `value` is masked unless revealed."""

    entity_type: str
    start: int
    end: int
    score: float
    value: str
    checks: tuple[str, ...]
    flags: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """As `piitrace detect --jsonl` writes it."""
        base = {"entity_type": self.entity_type, "start": self.start, "end": self.end, "score": self.score}
        return {**base, "value": self.value, **dict.fromkeys(self.flags, True)}


def scan(
    paths: Path | str | Sequence[Path | str],
    *,
    profile: str = "standard",
    workers: int = 0,
    lang: str = "",
    reveal: bool = False,
    **options: Any,
) -> Report:
    """Scan files and folders and return the report.

    `workers` 0 means one process per usable core; `lang` is "zh" or "en", by default the locale's.
    Raises `UsageError` for a missing path or a wrong option. Items that cannot be read are in the report.
    """
    if isinstance(paths, (str, Path)):
        paths = [paths]
    asked = pipeline.Options(profile=profile, workers=workers, lang=lang, reveal=reveal, **options)
    return pipeline.scan(paths, options=asked)


def detect(text: str, *, reveal: bool = False) -> list[TextFinding]:
    """Everything found in one short text, in order."""
    return next(iter(detect_many([text], reveal=reveal)))


def detect_many(texts: Iterable[str], *, reveal: bool = False) -> Iterable[list[TextFinding]]:
    """The findings of each text; many texts are examined at once."""
    batch: list[str] = []
    for text in texts:
        batch.append(text)
        if len(batch) == 10_000:
            yield from _detect(batch, reveal)
            batch = []
    if batch:
        yield from _detect(batch, reveal)


def _detect(texts: list[str], reveal: bool) -> list[list[TextFinding]]:
    cells = Cells.from_strings(texts, 1)
    spans = resolve(cells, detectors.find(cells), None)
    out: list[list[TextFinding]] = [[] for _ in texts]
    for i in range(len(spans)):
        cell, start, end = int(spans.cell[i]), int(spans.start[i]), int(spans.end[i])
        before = cells.data[cells.starts[cell] : start].tobytes().decode("utf-8", "surrogatepass")
        value = cells.data[start:end].tobytes().decode("utf-8", "surrogatepass")
        entity = ENTITY_TYPES[int(spans.kind[i])]
        flags = flag_names(int(spans.flags[i]))
        shown = value if reveal or "masked" in flags else mask(entity, value)
        checks = rules.check_names(int(spans.checks[i]))
        score = round(float(spans.score[i]), 3)
        out[cell].append(
            TextFinding(entity, len(before), len(before) + len(value), score, shown, checks, flags)
        )
    return out


def detect_column(array: pa.Array | pa.ChunkedArray, name: str | None = None) -> Spans:
    """Spans in an Arrow array, judged as a column with the header `name`.

    `cell` is the index in the array; `start` and `end` are UTF-8 bytes within the cell.
    """
    import pyarrow as pa

    if not isinstance(array, (pa.Array, pa.ChunkedArray)):
        raise UsageError(
            "detect_column takes a pyarrow Array or ChunkedArray; convert with pyarrow.array(...)"
        )
    cells = Cells.from_arrow([array])
    if not len(cells):
        return Spans.empty()
    batch = Batch("column", cells, (name,) if name else None)
    judged = detectors.judge(batch)
    found = resolve(cells, detectors.find(cells, judged), judged)
    at = cells.starts[found.cell]
    return Spans.make(
        found.cell,
        found.start - at,
        found.end - at,
        found.kind,
        found.checks,
        found.score,
        found.flags,
        found.key,
    )


__all__ = ["TextFinding", "detect", "detect_column", "detect_many", "scan"]

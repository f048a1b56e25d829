"""Where the time goes: `python -m bench.stages FILE`. One process, one text file, stage by stage."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scanner import detectors
from scanner.analyse import warm_up
from scanner.detectors import FINDERS, view
from scanner.readers import delimited
from scanner.records import Tally
from scanner.resolve import resolve
from scanner.schema import Batch, Spans
from scanner.sources.local import LocalFile
from scanner.text import needs_normalising

TODAY = 20261124


class Clock:
    """Seconds by stage."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = {}

    def run(self, stage: str, call: Callable[..., Any], *arguments: Any) -> Any:
        """Call and count."""
        start = time.perf_counter()
        try:
            return call(*arguments)
        finally:
            self.spent[stage] = self.spent.get(stage, 0.0) + time.perf_counter() - start


def measure(path: Path) -> Clock:
    """One pass over the file."""
    clock, tally, judged = Clock(), Tally(), None
    pieces = delimited.read(LocalFile(path, path.name, path.stat().st_size))
    while True:
        batch = clock.run("read, split into cells", next, pieces, None)
        if batch is None:
            break
        if not isinstance(batch, Batch):
            continue
        judged = judged or clock.run("judge columns", detectors.judge, batch, TODAY)
        cells = batch.cells
        clock.run("look for look-alikes", needs_normalising, cells.data)
        seen = clock.run("words, bit planes", view, cells, TODAY)
        found = [clock.run(name, find, seen) for name, find in FINDERS.items()]
        spans = clock.run("join, labels", Spans.concat, [part for part in found if len(part)])
        spans = clock.run("join, labels", detectors.announced, cells, spans, seen.hits)
        more = clock.run("columns", detectors.in_columns, cells, judged, TODAY)
        spans = clock.run("join, labels", Spans.concat, [part for part in (spans, more) if len(part)])
        spans = clock.run("resolve", resolve, cells, spans, judged)
        clock.run("records and counts", tally.add, batch, spans, judged, 1000)
    clock.run("sort keys", tally.compact)
    return clock


def main() -> None:
    """Print a table, best of three passes."""
    path = Path(sys.argv[1])
    warm_up()
    clock = min((measure(path) for _ in range(3)), key=lambda c: sum(c.spent.values()))
    size, total = path.stat().st_size / 1e6, sum(clock.spent.values())
    print("| stage | s | share | MB/s |\n|---|---:|---:|---:|")
    for stage, spent in clock.spent.items():
        print(f"| {stage} | {spent:.3f} | {spent / total:.0%} | {size / spent:,.0f} |")
    print(f"| all | {total:.3f} | | {size / total:,.0f} |")


if __name__ == "__main__":
    main()

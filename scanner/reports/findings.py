"""`--findings`: every finding of a scan, as Parquet or JSON Lines, written while the scan goes on."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.errors import UsageError
from scanner.reports.files import replacing

if TYPE_CHECKING:
    from scanner.report import Finding

_BATCH = 50_000


class FindingsFile:
    """A context around the scan; `add` takes the findings of an item.

    The file is put in its place at the end; after an error or an interruption nothing is left behind.
    """

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in (".parquet", ".jsonl"):
            raise UsageError(f"--findings writes .parquet or .jsonl, not {path.name!r}")
        self._is_parquet = path.suffix.lower() == ".parquet"
        self._file = replacing(path)

    def __enter__(self) -> FindingsFile:
        self._out = self._file.__enter__()
        self._parquet: Any = None
        if self._is_parquet:
            import pyarrow.parquet as pq

            self._parquet = pq.ParquetWriter(self._out, _schema())
        return self

    def add(self, path: str, findings: Iterable[Finding]) -> None:
        """Write the findings of one item."""
        rest = iter(findings)
        while part := [{"path": path, **_flat(one)} for one in islice(rest, _BATCH)]:
            if self._is_parquet:
                import pyarrow as pa

                self._parquet.write_table(pa.Table.from_pylist(part, _schema()))
            else:
                import orjson

                self._out.write(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in part))

    def __exit__(self, *error: Any) -> None:
        if self._parquet is not None:
            self._parquet.close()
        self._file.__exit__(*error)


def _flat(one: Finding) -> dict[str, Any]:
    return {
        "entity_type": one.entity_type, "value": one.value, "fingerprint": one.fingerprint,
        "score": one.score, "checks": list(one.checks), "flags": list(one.flags), "table": one.table,
        "row": one.row, "column": one.column, "column_name": one.column_name, "pointer": one.pointer,
        "start": one.start, "end": one.end,
    }  # fmt: skip


def _schema() -> Any:
    import pyarrow as pa

    text, number, words = pa.string(), pa.int64(), pa.list_(pa.string())
    fields = [
        ("path", text), ("entity_type", text), ("value", text), ("fingerprint", text), ("score", pa.float64()),
        ("checks", words), ("flags", words), ("table", text), ("row", number), ("column", number),
        ("column_name", text), ("pointer", text), ("start", number), ("end", number),
    ]  # fmt: skip
    return pa.schema(fields)

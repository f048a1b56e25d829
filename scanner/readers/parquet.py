"""Parquet, ORC, Arrow files (pyarrow) and Avro (fastavro): columns with names and types, block by block."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from scanner.errors import UnreadableError
from scanner.schema import Batch, Cells, Note, Source

if TYPE_CHECKING:
    import pyarrow as pa

ROWS = 16384
TABLE = "table"

_SIGNATURES = {b"PAR1": "parquet", b"PARE": "encrypted", b"ORC": "orc", b"Obj\x01": "avro", b"ARROW1": "arrow"}


def matches(name: str, head: bytes) -> bool:
    """By signature."""
    return _format(head) is not None


def _format(head: bytes) -> str | None:
    return next((kind for mark, kind in _SIGNATURES.items() if head.startswith(mark)), None)


def read(source: Source) -> Iterator[Batch | Note]:
    """All rows; nested values become columns `a.b` (structs) or JSON text (lists, maps)."""
    import pyarrow as pa

    kind = _format(source.head()) or ""
    if kind == "encrypted":
        raise UnreadableError("encrypted")
    first = 1
    try:
        with source.open() as stream:
            for batch in _avro(stream) if kind == "avro" else _arrow(stream, kind):
                columns, arrays = _flat(batch)
                if columns and batch.num_rows:
                    yield Batch(TABLE, Cells.from_arrow(arrays), tuple(columns), first)
                first += batch.num_rows
    except (pa.ArrowException, OSError, ValueError, EOFError, KeyError, TypeError) as error:
        raise UnreadableError("broken", detail=kind.upper()) from error


def _arrow(stream: Any, kind: str) -> Iterator[pa.RecordBatch]:
    if kind == "parquet":
        import pyarrow.parquet as pq

        yield from pq.ParquetFile(stream).iter_batches(ROWS)
    elif kind == "orc":
        from pyarrow import orc

        file = orc.ORCFile(stream)
        for stripe in range(file.nstripes):
            yield file.read_stripe(stripe)
    else:
        import pyarrow as pa

        with pa.ipc.open_file(stream) as file:
            for number in range(file.num_record_batches):
                yield file.get_batch(number)


def _avro(stream: Any) -> Iterator[pa.RecordBatch]:
    """Avro records, as text columns: unions and bytes need no common type then."""
    import fastavro
    import pyarrow as pa

    reader: Iterable[Any] = fastavro.reader(stream)
    while rows := list(itertools.islice(reader, ROWS)):
        flat = [_flat_record(row) for row in rows]
        names = list(dict.fromkeys(name for row in flat for name in row))
        arrays = [pa.array([row.get(name, "") for row in flat], pa.string()) for name in names]
        yield pa.RecordBatch.from_arrays(arrays, names)


def _flat_record(value: Any, name: str = "") -> dict[str, str]:
    if isinstance(value, dict):
        out: dict[str, str] = {}
        for key, inner in value.items():
            out |= _flat_record(inner, f"{name}.{key}" if name else str(key))
        return out
    return {name or "value": _text(value)}


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bytes):
        return _bytes_text(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=_text)
    return str(value)


def _bytes_text(value: bytes) -> str:
    """Bytes that are text; others are empty."""
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return ""


def _flat(batch: pa.RecordBatch) -> tuple[list[str], list[Any]]:
    """Names and text arrays of the columns, structs taken apart."""
    import pyarrow as pa

    names, arrays = [], []
    pending = list(zip(batch.schema.names, batch.columns, strict=True))
    while pending:
        name, array = pending.pop(0)
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        if pa.types.is_struct(array.type):
            inner = [(f"{name}.{array.type.field(i).name}", part) for i, part in enumerate(array.flatten())]
            pending = inner + pending
            continue
        names.append(name)
        arrays.append(_as_text(array))
    return names, arrays


def _as_text(array: Any) -> Any:
    import pyarrow as pa

    kind = array.type
    is_plain = pa.types.is_integer(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind)
    if is_plain or pa.types.is_temporal(kind) or pa.types.is_boolean(kind) or pa.types.is_decimal(kind):
        return array.cast(pa.string())
    return pa.array([_text(value) for value in array.to_pylist()], pa.string())

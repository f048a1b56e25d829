"""Parquet, ORC, Arrow files (pyarrow) and Avro (fastavro): named columns, read block by block.

Structs become columns `a.b`; lists and maps become JSON text. Numbers keep every digit: a telephone
number that a program stored as a float reads as it was written, not as `1.9e+10`.
"""

from __future__ import annotations

import json
import re
import struct
import zlib
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, BinaryIO

from scanner.errors import UnreadableError
from scanner.schema import Batch, Cells, Note, Source

if TYPE_CHECKING:
    import pyarrow as pa

ROWS, LEAST, AREA, BYTES = 65536, 256, 1 << 19, 1 << 26
"""A batch has at most ROWS rows, about AREA cells and about BYTES bytes, but not under LEAST rows."""
TABLE = "table"

_SIGNATURES = {
    b"PAR1": "parquet",
    b"PARE": "encrypted",
    b"ORC": "orc",
    b"Obj\x01": "avro",
    b"ARROW1\0\0": "arrow",
}
_CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a]")
_INT64 = 2.0**63
_BROKEN = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)


def matches(name: str, head: bytes) -> bool:
    """Whether one of the signatures begins something that is not plain text; `name` does not matter."""
    return _format(head) != ""


def read(source: Source) -> Iterator[Batch | Note]:
    """Batches of one table, rows numbered from 1.

    Notes: `blobs`; `table_failed` (partial), where damage comes after rows.

    Raises `UnreadableError`: `encrypted`, or `broken` (with `detail`, the format) where no row can be read.
    """
    import pyarrow as pa

    kind = _format(source.head())
    if kind == "encrypted":
        raise UnreadableError("encrypted")
    first, blobs, failed = 1, [0], False
    with source.open() as stream:
        blocks = _avro(stream, blobs) if kind == "avro" else _arrow(stream, kind)
        try:
            for block in blocks:
                names, arrays = _flat(block, blobs)
                if names and block.num_rows:
                    cells = Cells.from_arrow(arrays)
                    yield Batch(TABLE, cells, tuple(names), first, nbytes=len(cells.data))
                first += block.num_rows
        except (pa.ArrowException, *_BROKEN) as error:
            if first == 1:
                code = "encrypted" if re.search("decrypt|encrypt", str(error)) else "broken"
                raise UnreadableError(code, **({"detail": kind} if code == "broken" else {})) from error
            failed = True
    if failed:
        yield Note("table_failed", "partial", {"table": TABLE})
    if blobs[0]:
        yield Note("blobs", "", {"table": TABLE, "count": blobs[0]})


def _format(head: bytes) -> str:
    """The format, "encrypted" or ""; a text may begin with `ORC`, so a control byte must follow."""
    kind = next((kind for mark, kind in _SIGNATURES.items() if head.startswith(mark)), "")
    return kind if _CONTROL.search(head) else ""


def _arrow(stream: BinaryIO, kind: str) -> Iterator[pa.RecordBatch]:
    """Record batches of bounded size from Parquet row groups, ORC stripes or Arrow batches."""
    import pyarrow as pa

    file = pa.PythonFile(stream, "r")
    if kind == "parquet":
        import pyarrow.parquet as pq

        reader = pq.ParquetFile(file)
        most = _most_rows(len(reader.schema_arrow.names))
        blocks: Iterator[pa.RecordBatch] = reader.iter_batches(most, use_threads=False)
    elif kind == "orc":
        from pyarrow import orc

        stripes = orc.ORCFile(file)
        blocks = (stripes.read_stripe(i) for i in range(stripes.nstripes))
    else:
        arrow = pa.ipc.open_file(file)
        blocks = (arrow.get_batch(i) for i in range(arrow.num_record_batches))
    for block in blocks:
        each = max(block.nbytes // max(block.num_rows, 1), 1)
        step = max(1, min(_most_rows(block.num_columns), BYTES // each))
        for at in range(0, block.num_rows, step):
            yield block.slice(at, step)


def _most_rows(width: int) -> int:
    return max(LEAST, min(ROWS, AREA // max(width, 1)))


def _flat(block: pa.RecordBatch, blobs: list[int]) -> tuple[list[str], list[Any]]:
    """Names of the columns and their text arrays, structs taken apart.

    Values that are no text add to `blobs`, a list of one number.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    names, arrays = [], []
    left = list(zip(block.schema.names, block.columns, strict=True))[::-1]
    while left:
        name, array = left.pop()
        kind = array.type
        if isinstance(array, pa.ExtensionArray):
            left.append((name, array.storage))
        elif pa.types.is_dictionary(kind):
            left.append((name, array.dictionary_decode()))
        elif pa.types.is_run_end_encoded(kind):
            left.append((name, pc.run_end_decode(array)))
        elif pa.types.is_struct(kind):
            parts = [f"{name}.{kind.field(i).name}" for i in range(kind.num_fields)]
            left.extend(list(zip(parts, array.flatten(), strict=True))[::-1])
        else:
            names.append(name)
            arrays.append(_as_text(array, blobs))
    return names, arrays


def _as_text(array: Any, blobs: list[int]) -> Any:
    """One column as an Arrow string array of valid UTF-8."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = array.type
    types = pa.types
    if types.is_floating(kind):
        return _float_text(array.cast(pa.float64()) if types.is_float16(kind) else array)
    if types.is_decimal(kind):
        return pc.replace_substring_regex(array.cast(pa.string()), r"\.0+$", "")
    if types.is_nested(kind):
        return _slow_text(array, blobs)
    try:
        if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
            array.validate(full=True)
        return array.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return _slow_text(array, blobs)


def _float_text(array: Any) -> Any:
    """Whole numbers without exponent or `.0`, others as Arrow writes them."""
    import pyarrow as pa
    import pyarrow.compute as pc

    # Above 2**63 a float has lost its last digits anyway.
    is_whole = pc.and_(
        pc.equal(pc.floor(array), array), pc.less(pc.abs(array), pa.scalar(_INT64, array.type))
    )
    whole = pc.if_else(is_whole, array, pa.scalar(0, array.type)).cast(pa.int64())
    return pc.if_else(is_whole, whole.cast(pa.string()), array.cast(pa.string()))


def _slow_text(array: Any, blobs: list[int]) -> Any:
    """Cell by cell: strings that are not UTF-8 are read as GB18030, other binary as `_text` does."""
    import pyarrow as pa

    types, kind = pa.types, array.type
    if types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind):
        raw = array.cast(pa.large_binary()).to_pylist()
        return pa.array([None if v is None else _decoded(v) for v in raw], pa.string())
    if types.is_timestamp(kind):  # the time zone is not known here
        return array.cast(pa.timestamp(kind.unit)).cast(pa.string())
    return pa.array([None if v is None else _text(v, blobs) for v in array.to_pylist()], pa.string())


def _avro(stream: BinaryIO, blobs: list[int]) -> Iterator[pa.RecordBatch]:
    """Avro records as text columns, one for each leaf of the schema."""
    import fastavro
    import pyarrow as pa

    reader = fastavro.reader(stream)
    leaves = _leaves(fastavro.schema.expand_schema(reader.writer_schema or {}), (), 0)
    names = [".".join(leaf) or "value" for leaf in leaves]
    rows: list[Any] = []
    failed = None
    while failed is None:
        rows.clear()
        try:
            rows.extend(islice(reader, max(1, _most_rows(len(leaves)) // 8)))
        except _BROKEN as error:  # the rows before the damage go first
            failed = error
        if not rows:
            break
        texts = [[_text(_follow(row, leaf), blobs) for row in rows] for leaf in leaves]
        yield pa.RecordBatch.from_arrays([pa.array(t, pa.string()) for t in texts], names)
    if failed is not None:
        raise ValueError("damaged block") from failed


def _leaves(schema: Any, path: tuple[str, ...], depth: int) -> list[tuple[str, ...]]:
    """Paths of the fields that are no records; a record that may be null is a record."""
    if isinstance(schema, list):
        inner = [part for part in schema if part != "null"]
        schema = inner[0] if len(inner) == 1 else None
    if not isinstance(schema, dict) or schema.get("type") != "record" or depth > 16:
        return [path]
    parts = (_leaves(field["type"], (*path, field["name"]), depth + 1) for field in schema["fields"])
    return [leaf for part in parts for leaf in part]


def _follow(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _text(value: Any, blobs: list[int]) -> str:
    """A Python value as text; containers as JSON, binary that is no text as nothing."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bytes):
        try:
            return value.decode("utf-8")
        except UnicodeDecodeError:
            blobs[0] += 1
            return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < _INT64 else repr(value)
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, ensure_ascii=False, default=lambda inner: _text(inner, blobs))
    return str(value)


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")

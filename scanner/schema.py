"""The words that every layer shares: `Cells`, `Batch`, `Spans`, `Note`.

**Everything is a column of cells.** A `Cells` is the layout of an Arrow string view in NumPy: one
UTF-8 buffer and, for each cell, where it starts and ends in it. A row of a CSV file, an Excel sheet, a
JSON object and a line of a log all become cells of such a table, in reading order, so a detector runs
over one contiguous buffer and never over rows. `Cells.from_arrow` and `Cells.to_arrow` are the two ways
between this layout and Arrow; `docs/design.md` gives the measurements behind the choice.

>>> cells = Cells.from_strings(["a", "b", "c", "d"], width=2)
>>> cells.rows, cells.text(2)
(2, 'c')
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import pyarrow as pa

Bytes = NDArray[np.uint8]
Index = NDArray[np.int64]
Flags = NDArray[np.bool_]

ENTITY_TYPES = [
    "PERSON",
    "CN_MOBILE_NUMBER",
    "CN_LANDLINE_NUMBER",
    "CN_RESIDENT_ID",
    "CN_RESIDENCE_PERMIT",
    "CN_FOREIGN_PERMANENT_RESIDENT_ID",
    "CN_PASSPORT",
    "CN_HK_MACAO_PERMIT",
    "CN_TAIWAN_PERMIT",
    "HK_ID",
    "TW_ID",
    "CN_MILITARY_ID",
    "CN_BANK_CARD",
    "CN_ADDRESS",
    "CN_LICENSE_PLATE",
    "VIN",
    "EMAIL_ADDRESS",
    "CN_QQ",
    "CN_WECHAT_ID",
    "CN_WAYBILL",
    "CN_MEDICAL_RECORD",
    "BIRTH_DATE",
    "GEO_COORDINATE",
    "IP_ADDRESS",
    "MAC_ADDRESS",
    "IMEI",
    "IMSI",
    "CREDENTIAL",
    "CN_USCC",
    "CN_ORG_CODE",
    "ORGANIZATION",
]
"""Entity types in the order of the command and report contract; `Spans.kind` is an index into it."""

KIND = {name: number for number, name in enumerate(ENTITY_TYPES)}

IDENTITY = tuple(
    KIND[name] for name in (
        "CN_RESIDENT_ID", "CN_RESIDENCE_PERMIT", "CN_FOREIGN_PERMANENT_RESIDENT_ID", "CN_PASSPORT",
        "CN_HK_MACAO_PERMIT", "CN_TAIWAN_PERMIT", "HK_ID", "TW_ID", "CN_MILITARY_ID",
    )
)  # fmt: skip
"""Documents that identify a person by themselves, the strongest first."""

CONTACT = tuple(
    KIND[name] for name in (
        "CN_MOBILE_NUMBER", "CN_LANDLINE_NUMBER", "EMAIL_ADDRESS", "CN_WECHAT_ID", "CN_QQ",
    )
)  # fmt: skip
"""Ways to reach a person, the strongest key first."""

CONTEXT = tuple(KIND[name] for name in ("CN_USCC", "CN_ORG_CODE", "ORGANIZATION"))
"""Not personal: counted, and never a person's."""

SEPARATOR = b"\x1f"
"""Stands between two cells where a reader builds the buffer; never a letter, digit or Han byte."""


def number_text(value: float) -> str:
    """A float as a person would write it: whole numbers in full, never in scientific notation.

    >>> number_text(19783371234.0), number_text(0.5)
    ('19783371234', '0.5')
    """
    return str(int(value)) if value.is_integer() else repr(value)


def exact_text(number: str) -> str:
    """A number that an office program wrote as text, as the double that it is.

    Programs write the shortest form that reads back as the same double, which hides the rounding of a
    long number; the exact value shows it (FACTS G3).

    >>> exact_text("110105194912310020"), exact_text("1.9783371234E10"), exact_text("0.50")
    ('110105194912310016', '19783371234', '0.50')
    """
    if len(number) < 16 and "e" not in number.lower():
        return number
    try:
        value = float(number)
    except ValueError:
        return number
    return number_text(value) if abs(value) < 1e20 else number


def _floats_in_full(column: Any) -> Any:
    """A column of floats as text: Arrow's cast would write a phone as 1.9783371234e+10."""
    import pyarrow as pa

    return pa.array([None if v is None else number_text(v) for v in column.to_pylist()], pa.string())


def as_bytes(data: Bytes) -> bytes:
    """The buffer as `bytes`; without a copy where it came from `bytes`."""
    base = data.base
    return base if isinstance(base, bytes) and len(base) == len(data) else data.tobytes()


@dataclass(frozen=True, slots=True)
class Cells:
    """A table of text cells, row after row.

    `data` is uint8 UTF-8; `starts` and `ends` are int64 byte positions of shape (rows * width,), in
    memory order; the byte between two cells is never alphanumeric. Cell `i` is row `i // width`,
    column `i % width`.
    """

    data: Bytes
    starts: Index
    ends: Index
    width: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.starts) // self.width if self.width else 0

    def __len__(self) -> int:
        return len(self.starts)

    def raw(self, cell: int) -> bytes:
        """The UTF-8 bytes of one cell."""
        return self.data[self.starts[cell] : self.ends[cell]].tobytes()

    def text(self, cell: int) -> str:
        """The text of one cell; bytes that are not UTF-8 show as U+FFFD."""
        return self.raw(cell).decode("utf-8", "replace")

    def row_texts(self, row: int) -> list[str]:
        """The texts of one row."""
        return [self.text(i) for i in range(row * self.width, (row + 1) * self.width)]

    def column(self, index: int) -> Cells:
        """One column as a table of width 1 over the same buffer (no copy of text)."""
        part = slice(index, None, self.width)
        return Cells(self.data, self.starts[part], self.ends[part], 1)

    def take_rows(self, first: int, stop: int) -> Cells:
        """Rows `first` to `stop` over the same buffer."""
        part = slice(first * self.width, stop * self.width)
        return Cells(self.data, self.starts[part], self.ends[part], self.width)

    def lengths(self) -> Index:
        """Byte length of each cell."""
        return self.ends - self.starts

    def to_arrow(self) -> pa.StringArray:
        """All cells, in order, as one Arrow string array (invalid UTF-8 becomes U+FFFD)."""
        import pyarrow as pa

        return pa.array([self.text(i) for i in range(len(self))], pa.string())

    @classmethod
    def from_strings(cls, flat: Iterable[str], width: int) -> Cells:
        """Cells from texts in row order; `width` texts make a row."""
        texts = list(flat)
        joined = "\x1f".join(texts).encode("utf-8", "surrogatepass")
        data = np.frombuffer(joined, np.uint8)
        marks = np.flatnonzero(data == SEPARATOR[0])
        if len(marks) != max(len(texts) - 1, 0):  # a text holds the separator itself
            return cls.from_strings([t.replace("\x1f", " ") for t in texts], width)
        if not texts:
            return cls(data, np.empty(0, np.int64), np.empty(0, np.int64), width)
        starts = np.concatenate(([0], marks + 1)).astype(np.int64)
        ends = np.concatenate((marks, [len(data)])).astype(np.int64)
        return cls(data, starts, ends, width)

    @classmethod
    def from_arrow(cls, columns: Sequence[Any]) -> Cells:
        """Cells from Arrow arrays of equal length; every type is cast to text, null is empty."""
        import pyarrow as pa
        import pyarrow.compute as pc

        columns = [_floats_in_full(c) if pa.types.is_floating(c.type) else c for c in columns]
        texts = [pc.fill_null(pc.cast(c, pa.string()), "") for c in columns]
        texts = [t.combine_chunks() if isinstance(t, pa.ChunkedArray) else t for t in texts]
        if not texts or not len(texts[0]):
            none = np.empty(0, np.int64)
            return cls(np.empty(0, np.uint8), none, none, max(len(texts), 1))
        joined = pc.binary_join_element_wise(*texts, "\x1f") if len(texts) > 1 else texts[0]
        flat = pc.binary_join(pa.ListArray.from_arrays([0, len(joined)], joined), "\x1f")
        sizes = np.stack([np.asarray(pc.binary_length(t)) for t in texts], axis=1).ravel().astype(np.int64)
        ends = np.cumsum(sizes + 1) - 1
        data = np.frombuffer(flat[0].as_buffer(), np.uint8)
        return cls(data, ends - sizes, ends, len(texts))


# Flags of a span.
MASKED, DAMAGED, PLACEHOLDER, WEAK, HASHED, GENERATED, SERVICE = 1, 2, 4, 8, 16, 32, 64

NOT_REAL = MASKED | DAMAGED | PLACEHOLDER | HASHED | GENERATED | SERVICE
"""Flags of values that are reported as what they are and never counted as people."""

_FLAG_NAMES = (
    (MASKED, "masked"),
    (DAMAGED, "damaged"),
    (PLACEHOLDER, "placeholder"),
    (HASHED, "hashed"),
    (GENERATED, "generated"),
    (SERVICE, "service"),
)


def flag_names(bits: int) -> tuple[str, ...]:
    """The flags of a span as reports name them."""
    return tuple(name for bit, name in _FLAG_NAMES if bits & bit)


@dataclass(frozen=True, slots=True)
class Spans:
    """What a detector found: parallel arrays, one place each.

    `cell` int64 index into the cells, `start` and `end` int64 byte positions in `cells.data`, `kind`
    uint8 index into `ENTITY_TYPES`, `checks` uint32 bits (see `rules.CHECKS`), `score`
    float32 0-1, `flags` uint8, `key` uint64: the value as an exact number where one exists (phone, ID
    and card digits), else a 64-bit hash; equal values of one kind have equal keys.
    """

    cell: Index
    start: Index
    end: Index
    kind: NDArray[np.uint8]
    checks: NDArray[np.uint32]
    score: NDArray[np.float32]
    flags: NDArray[np.uint8]
    key: NDArray[np.uint64]

    def __len__(self) -> int:
        return len(self.cell)

    def take(self, index: NDArray[Any] | slice) -> Spans:
        """The spans at `index` (positions, a boolean mask or a slice)."""
        return Spans(*(getattr(self, name)[index] for name in SPAN_FIELDS))

    def marked(self, bits: int) -> Spans:
        """The same spans with more bits in `checks`."""
        return replace(self, checks=self.checks | np.uint32(bits))

    @classmethod
    def empty(cls) -> Spans:
        """No spans."""
        return cls.make([], [], [], 0)

    @classmethod
    def make(
        cls,
        cell: Any,
        start: Any,
        end: Any,
        kind: Any,
        checks: Any = 0,
        score: Any = 0.0,
        flags: Any = 0,
        key: Any = 0,
    ) -> Spans:
        """Spans from arrays; a scalar stands for every span."""
        size = len(cell)

        def full(value: Any, dtype: Any) -> NDArray[Any]:
            array = np.asarray(value, dtype)
            return np.full(size, array, dtype) if array.ndim == 0 else array

        return cls(
            full(cell, np.int64),
            full(start, np.int64),
            full(end, np.int64),
            full(kind, np.uint8),
            full(checks, np.uint32),
            full(score, np.float32),
            full(flags, np.uint8),
            full(key, np.uint64),
        )

    @classmethod
    def concat(cls, parts: Sequence[Spans]) -> Spans:
        """All spans of `parts`, in reading order (by start, then longest first)."""
        if not parts:
            return cls.empty()
        if len(parts) == 1:
            joined = parts[0]
        else:
            joined = cls(*(np.concatenate([getattr(p, f) for p in parts]) for f in SPAN_FIELDS))
        step = np.diff(joined.start)
        if not (step < 0).any():
            ordered = joined
        else:
            ordered = joined.take(np.argsort(joined.start, kind="stable"))  # merges the sorted parts
            step = np.diff(ordered.start)
        if (step == 0).any():
            return ordered.take(np.lexsort((-ordered.end, ordered.start)))
        return ordered


SPAN_FIELDS = ("cell", "start", "end", "kind", "checks", "score", "flags", "key")


@dataclass(frozen=True, slots=True)
class Batch:
    """A run of rows of one table, with what is needed to say exactly where a cell stood.

    `first_row` is the number of the first row as the user sees it (1-based); `row_numbers` (int64)
    overrides it where rows are not consecutive. `pointers` gives the JSON Pointer of each row, and a
    column name then is the rest of the pointer.
    """

    table: str
    cells: Cells
    columns: tuple[str, ...] | None = None
    first_row: int = 1
    row_numbers: Index | None = None
    header_row: int | None = None
    lines: bool = False
    pointers: Sequence[str] | None = None
    encoding: str | None = None
    nbytes: int = 0

    def row_number(self, row: int) -> int:
        """The user's number of row `row` of this batch."""
        return int(self.row_numbers[row]) if self.row_numbers is not None else self.first_row + row

    def pointer(self, row: int, column: int) -> str | None:
        """JSON Pointer of a cell, for tables that came from JSON."""
        if self.pointers is None:
            return None
        return self.pointers[row] + (self.columns[column] if self.columns else "")


@dataclass(frozen=True, slots=True)
class Note:
    """Something a reader must say about an item: a code in `rules/messages`, and its parameters.

    `status` "partial" means that a part of the item could not be examined; "" is information only.
    """

    code: str
    status: str = ""
    params: dict[str, str | int] = field(default_factory=dict)


class Source(Protocol):
    """Where bytes come from: a file, a member of an archive, standard input."""

    @property
    def name(self) -> str:
        """Last part of the origin, with its suffix."""

    @property
    def origin(self) -> str:
        """Forensic path: `dir/a.zip!b.csv`."""

    @property
    def size(self) -> int:
        """Size in bytes."""

    @property
    def span(self) -> tuple[int, int] | None:
        """Byte range to read where a large item is split, else None."""

    def open(self) -> BinaryIO:
        """A new binary stream from the beginning of the item."""

    def head(self) -> bytes:
        """The first 64 KiB."""


Read = Callable[[Source], Iterator[Batch | Note]]

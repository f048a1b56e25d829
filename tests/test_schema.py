"""Property tests of the shared words: cells hold what was put in, in the order it was put in."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from scanner.schema import SPAN_FIELDS, Cells, Spans

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
TEXTS = st.lists(TEXT, max_size=24)


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    """Rows of equal width, at least one column."""
    width = draw(st.integers(1, 5))
    return draw(st.lists(st.lists(TEXT, min_size=width, max_size=width), min_size=1, max_size=8))


def flat(rows: list[list[str]]) -> list[str]:
    return [text for row in rows for text in row]


@given(TEXTS)
def test_from_strings_keeps_texts(texts: list[str]) -> None:
    cells = Cells.from_strings(texts, 1)
    got = [cells.text(i) for i in range(len(cells))]
    if len(texts) > 1:
        texts = [text.replace("\x1f", " ") for text in texts]
    assert [text.replace("\x1f", " ") for text in got] == [text.replace("\x1f", " ") for text in texts]


@given(tables())
def test_from_arrow_equals_from_strings(rows: list[list[str]]) -> None:
    columns = [pa.array(column, pa.string()) for column in zip(*rows, strict=True)]
    cells = Cells.from_arrow(columns)
    assert (cells.rows, cells.width) == (len(rows), len(rows[0]))
    assert [cells.row_texts(i) for i in range(cells.rows)] == rows
    if not any("\x1f" in text for text in flat(rows)):
        other = Cells.from_strings(flat(rows), len(rows[0]))
        assert cells.data.tobytes() == other.data.tobytes()
        assert cells.starts.tolist() == other.starts.tolist()
        assert cells.ends.tolist() == other.ends.tolist()


@given(tables())
def test_from_arrow_takes_sliced_chunked_and_null(rows: list[list[str]]) -> None:
    columns = []
    for column in zip(*rows, strict=True):
        whole = pa.array(["x", *column, None], pa.large_string())
        columns.append(pa.chunked_array([whole.slice(1, 1), whole.slice(2)]))
    cells = Cells.from_arrow(columns)
    assert [cells.row_texts(i) for i in range(cells.rows)] == [*rows, [""] * len(rows[0])]


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1))
def test_from_arrow_keeps_integers_exact(numbers: list[int]) -> None:
    cells = Cells.from_arrow([pa.array(numbers, pa.int64())])
    assert [int(cells.text(i)) for i in range(len(cells))] == numbers


def test_from_arrow_keeps_a_telephone_number_stored_as_a_float() -> None:
    assert Cells.from_arrow([pa.array([19783371234.0])]).text(0) == "19783371234"


def test_from_arrow_of_nothing() -> None:
    cells = Cells.from_arrow([pa.array([], pa.string())] * 3)
    assert (len(cells), cells.rows, cells.width) == (0, 0, 3)
    assert len(Cells.from_arrow([])) == 0


@given(tables(), st.data())
def test_column_and_take_rows(rows: list[list[str]], data: st.DataObject) -> None:
    cells = Cells.from_arrow([pa.array(column, pa.string()) for column in zip(*rows, strict=True)])
    index = data.draw(st.integers(0, cells.width - 1))
    column = cells.column(index)
    assert [column.text(i) for i in range(len(column))] == [row[index] for row in rows]
    first = data.draw(st.integers(0, len(rows)))
    stop = data.draw(st.integers(first, len(rows)))
    part = cells.take_rows(first, stop)
    assert [part.row_texts(i) for i in range(part.rows)] == rows[first:stop]
    assert part.data is cells.data
    assert column.data is cells.data


@given(tables())
def test_to_arrow_gives_all_cells(rows: list[list[str]]) -> None:
    cells = Cells.from_arrow([pa.array(column, pa.string()) for column in zip(*rows, strict=True)])
    assert cells.to_arrow().to_pylist() == flat(rows)
    assert cells.lengths().tolist() == [len(text.encode()) for text in flat(rows)]


PLACES = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9), st.integers(0, 30)), max_size=12)


def spans(places: list[tuple[int, int, int]]) -> Spans:
    """Spans from (start, length, kind)."""
    starts = np.array([p[0] for p in places], np.int64)
    ends = starts + np.array([p[1] for p in places], np.int64)
    return Spans.make(starts // 7, starts, ends, [p[2] for p in places], key=np.arange(len(places)))


def as_rows(found: Spans) -> list[tuple[Any, ...]]:
    return list(zip(*(getattr(found, name).tolist() for name in SPAN_FIELDS), strict=True))


@given(st.lists(PLACES, max_size=4))
def test_concat_is_in_reading_order(parts: list[list[tuple[int, int, int]]]) -> None:
    given_ = [spans(part) for part in parts]
    joined = Spans.concat(given_)
    every = [row for part in given_ for row in as_rows(part)]
    assert as_rows(joined) == sorted(every, key=lambda row: (row[1], -row[2]))
    for name in SPAN_FIELDS:
        assert getattr(joined, name).dtype == getattr(Spans.empty(), name).dtype


@given(PLACES, st.data())
def test_take_by_mask_and_index(places: list[tuple[int, int, int]], data: st.DataObject) -> None:
    found = spans(places)
    mask = data.draw(st.lists(st.booleans(), min_size=len(places), max_size=len(places)))
    kept = [row for row, keep in zip(as_rows(found), mask, strict=True) if keep]
    assert as_rows(found.take(np.array(mask, np.bool_))) == kept
    assert as_rows(found.take(np.flatnonzero(mask))) == kept

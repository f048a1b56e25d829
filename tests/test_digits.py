"""Property tests of the digit kernels against regular expressions and naive loops."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from scanner import digits as d
from scanner.schema import Cells, Spans

ALPHABETS = (b"0123456789", b"0123456789-", b"019 -.", b"01x_.A", bytes(range(256)))
BUFFERS = st.sampled_from(ALPHABETS).flatmap(
    lambda letters: st.lists(st.sampled_from(list(letters)), max_size=300).map(bytes)
)
GROUPS = st.lists(st.integers(1, 6), min_size=1, max_size=4).map(tuple)


def array(data: bytes) -> NDArray[np.uint8]:
    return np.frombuffer(data, np.uint8)


def bits_of(plane: d.Plane) -> list[bool]:
    """The bits of a plane, one by one."""
    return [bool(b) for b in np.unpackbits(plane.view(np.uint8), bitorder="little")]


@given(BUFFERS, st.integers(0, 255), st.integers(0, 255))
def test_plane(data: bytes, one: int, two: int) -> None:
    low, high = sorted((one, two))
    got = bits_of(d.plane(array(data), low, high))
    assert got[: len(data)] == [low <= byte <= high for byte in data]
    assert not any(got[len(data) :])


@pytest.mark.parametrize("size", [d.CHUNK - 1, d.CHUNK, d.CHUNK + 1, 2 * d.CHUNK + 65])
def test_plane_over_chunks(size: int) -> None:
    data = np.random.default_rng(size).integers(0x2E, 0x3B, size).astype(np.uint8)
    data[d.CHUNK - 12 : d.CHUNK + 12] = 0x31
    expected = [(m.start(), m.end() - m.start()) for m in re.finditer(rb"\d{11,}", data.tobytes())]
    starts, lengths = d.runs(d.digit_plane(data), size, 11)
    assert list(zip(starts.tolist(), lengths.tolist(), strict=True)) == expected


@given(BUFFERS, st.integers(1, 64))
def test_runs(data: bytes, least: int) -> None:
    expected = [(m.start(), m.end() - m.start()) for m in re.finditer(rb"[0-9]{%d,}" % least, data)]
    starts, lengths = d.runs(d.digit_plane(array(data)), len(data), least)
    assert list(zip(starts.tolist(), lengths.tolist(), strict=True)) == expected
    assert starts.dtype == lengths.dtype == np.int64


@given(BUFFERS, st.integers(0, 200))
def test_ahead(data: bytes, k: int) -> None:
    plane = d.digit_plane(array(data))
    before = bits_of(plane)
    assert bits_of(d.ahead(plane, k)) == before[k:] + [False] * min(k, len(before))


@given(BUFFERS, st.integers(1, 63))
def test_behind(data: bytes, k: int) -> None:
    plane = d.digit_plane(array(data))
    before = bits_of(plane)
    assert bits_of(d.behind(plane, k)) == [False] * k + before[:-k]


@given(BUFFERS, st.integers(1, 70))
def test_window(data: bytes, k: int) -> None:
    plane = d.digit_plane(array(data))
    before = bits_of(plane)
    expected = [len(before[i : i + k]) == k and all(before[i : i + k]) for i in range(len(before))]
    assert bits_of(d.window(plane, k)) == expected


@given(BUFFERS, st.integers(0, 400))
def test_positions(data: bytes, size: int) -> None:
    plane = d.digit_plane(array(data))
    found = d.positions(plane, size)
    assert found.tolist() == [i for i, bit in enumerate(bits_of(plane)) if bit and i < size]
    assert found.dtype == np.int64


@given(BUFFERS, GROUPS)
def test_shape(data: bytes, groups: tuple[int, ...]) -> None:
    pattern = b"-".join(b"[0-9]{%d}" % n for n in groups)
    expected = [m.start() for m in re.finditer(rb"(?<![0-9])(?=" + pattern + rb"(?![0-9]))", data)]
    sep = d.plane(array(data), 0x2D, 0x2D)
    assert d.shape(d.digit_plane(array(data)), sep, groups, len(data)).tolist() == expected


@given(st.lists(st.text("0123456789", min_size=11, max_size=11), min_size=1, max_size=5))
def test_gather_and_to_number(numbers: list[str]) -> None:
    data = array(" ".join(numbers).encode())
    starts = np.arange(len(numbers)) * 12
    matrix = d.gather(data, starts, 11)
    assert ["".join(map(str, row)) for row in matrix.tolist()] == numbers
    assert d.to_number(matrix).tolist() == [int(n) for n in numbers]


def test_to_number_of_nineteen_digits() -> None:
    digits = np.full((1, 19), 9, np.uint8)
    assert d.to_number(digits).tolist() == [10**19 - 1]


def alone(text: bytes, start: int, end: int) -> bool:
    """The docstring of `is_alone`, one number at a time."""
    before, after = text[:start], text[end:]
    if re.search(rb"[A-Za-z0-9_]\Z", before) or re.match(rb"[A-Za-z0-9_]", after):
        return False
    if re.search(rb"[0-9]\.\Z", before):
        return False
    return not re.match(rb"\.[0-9]", after) or re.match(rb"\.0(?![A-Za-z0-9_.])", after) is not None


@given(
    st.text("019.x_ -", max_size=4),
    st.text("0123456789", min_size=1, max_size=4),
    st.text("019.x_ -", max_size=4),
)
def test_is_alone(before: str, number: str, after: str) -> None:
    data = (before + number + after).encode()
    start, end = len(before), len(before) + len(number)
    got = d.is_alone(array(data), np.array([start]), np.array([end]))
    assert got.tolist() == [alone(data, start, end)]


@given(st.lists(st.text("ab1", max_size=5), min_size=1, max_size=6), st.data())
def test_locate(texts: list[str], data: st.DataObject) -> None:
    cells = Cells.from_strings(texts, 1)
    size = len(cells.data)
    start = data.draw(st.integers(0, size))
    end = data.draw(st.integers(start, size))
    found = d.locate(cells, Spans.make([0], [start], [end], 0))
    # An empty span has no bytes, so only spans with bytes have one certain cell.
    if end > start:
        inside = [i for i in range(len(texts)) if cells.starts[i] <= start and end <= cells.ends[i]]
        assert found.cell.tolist() == inside


def test_locate_in_nothing() -> None:
    assert len(d.locate(Cells.from_strings([], 1), Spans.make([0], [0], [1], 0))) == 0
    assert len(d.locate(Cells.from_strings(["a"], 1), Spans.empty())) == 0

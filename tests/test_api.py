"""The Python functions of the contract."""

from __future__ import annotations

import pyarrow as pa
import pytest

import scanner
from scanner.errors import UsageError
from scanner.schema import KIND

PHONES = [f"1978337{i * 37:04d}" for i in range(20)]


def test_detect_gives_code_points_and_masks() -> None:
    text = "𠮷野 电话 19783371234"
    (found,) = scanner.detect(text)
    assert text[found.start : found.end] == "19783371234"
    assert (found.entity_type, found.value, found.flags) == ("CN_MOBILE_NUMBER", "197****1234", ())
    assert scanner.detect(text, reveal=True)[0].value == "19783371234"
    assert scanner.detect("") == []


def test_detect_column_gives_bytes_within_the_cell() -> None:
    spans = scanner.detect_column(pa.array(["号码１９７８３３７１２３４", None, "x"]), name="电话")
    assert spans.cell.tolist() == [0]
    cell = "号码１９７８３３７１２３４".encode()
    assert cell[spans.start[0] : spans.end[0]].decode() == "１９７８３３７１２３４"


@pytest.mark.parametrize(
    "array",
    [
        pa.array(PHONES), pa.array([int(p) for p in PHONES]), pa.array([float(p) for p in PHONES]),
        pa.chunked_array([PHONES[:7], PHONES[7:]]), pa.array(PHONES).dictionary_encode(), pa.array(PHONES, pa.large_string()),
    ],
)  # fmt: skip
def test_detect_column_takes_every_type(array: pa.Array) -> None:
    spans = scanner.detect_column(array)
    assert spans.cell.tolist() == list(range(20))
    assert set(spans.kind.tolist()) == {KIND["CN_MOBILE_NUMBER"]}
    assert spans.key.tolist() == [int(p) for p in PHONES]


def test_header_decides_doubtful_numbers() -> None:
    column = pa.array([f"1540000{i * 37:04d}" for i in range(20)])  # no allotted code
    assert len(scanner.detect_column(column)) == 0
    assert len(scanner.detect_column(column, name="手机号")) == 20
    assert len(scanner.detect_column(pa.array(PHONES), name="订单号")) == 0


def test_names_need_a_column() -> None:
    names = pa.array(["王小明", "李小红", "张伟", "刘洋", "陈静"])
    assert len(scanner.detect_column(names, name="姓名")) == 5
    assert scanner.detect("王小明") == []


def test_wrong_argument_is_told() -> None:
    with pytest.raises(UsageError, match="pyarrow"):
        scanner.detect_column(["19783371234"])  # type: ignore[arg-type]


def test_empty_column() -> None:
    assert len(scanner.detect_column(pa.array([], pa.string()))) == 0
    assert len(scanner.detect_column(pa.array([None, None], pa.string()))) == 0

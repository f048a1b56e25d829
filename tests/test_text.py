"""Tests of encodings and look-alikes."""

from __future__ import annotations

import codecs

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.schema import Cells
from scanner.text import decode, fold, guess_encoding, hash_spans, needs_normalising, normalise

CHINESE = "姓名,手机号,地址\n张三,19783371234,北京市朝阳区\n李四,19783371234,上海市浦东新区\n"
TRADITIONAL = (
    "姓名,電話,地址\n張三,19783371234,臺北市信義區忠孝東路五段\n李四,19783371234,臺灣省高雄市前鎮區\n" * 4
)
MIXED = st.text(
    st.sampled_from(list("1３Ａｚ，。（－．＠＊+ab中é \u00a0\u00ad\u200b\ufeff\u2013\u2212\u3000\u2028😀߿")),
    max_size=20,
)


@given(st.lists(MIXED, min_size=1, max_size=5))
def test_normalise_equals_fold(texts: list[str]) -> None:
    cells = Cells.from_strings(texts, 1)
    normal, back = normalise(cells)
    assert [normal.text(i) for i in range(len(normal))] == [fold(text) for text in texts]
    assert len(back) == len(normal.data) + 1
    assert back.dtype == np.int64


@given(st.lists(MIXED, min_size=1, max_size=5))
def test_normalise_maps_back_to_the_original(texts: list[str]) -> None:
    cells = Cells.from_strings(texts, 1)
    normal, back = normalise(cells)
    original = cells.data.tobytes()
    assert (np.diff(back) > 0).all()
    text = normal.data.tobytes().decode()
    at = 0
    for letter in text:
        width = len(letter.encode())
        piece = original[int(back[at]) : int(back[at + width])].decode()
        assert fold(piece) == letter
        at += width
    assert int(back[-1]) == len(original)


@given(MIXED)
def test_needs_normalising_misses_nothing(text: str) -> None:
    data = Cells.from_strings([text + "。"], 1).data
    assert needs_normalising(data) == (fold(text) != text)


@pytest.mark.parametrize("text", ["a\u00a0", "a\u00ad"])
def test_needs_normalising_at_the_end(text: str) -> None:
    assert needs_normalising(Cells.from_strings([text], 1).data)


@pytest.mark.parametrize("text", ["a", "ab", "", "é", "中"])
def test_short_buffers(text: str) -> None:
    cells = Cells.from_strings([text], 1)
    normal, _ = normalise(cells)
    assert normal.text(0) == text
    assert not needs_normalising(cells.data)


@pytest.mark.parametrize(
    ("text", "encoding", "expected"),
    [
        (CHINESE, "utf-8", "utf-8"),
        (CHINESE, "utf-8-sig", "utf-8-sig"),
        (CHINESE, "gb18030", "gb18030"),
        (CHINESE, "gbk", "gb18030"),
        (TRADITIONAL, "big5", "big5hkscs"),
        (CHINESE, "utf-16", "utf-16"),
        (CHINESE, "utf-32", "utf-32"),
        (CHINESE, "utf-16-le", "utf-16-le"),
        (CHINESE, "utf-16-be", "utf-16-be"),
        ("name,phone\nx,19783371234\n", "utf-16-le", "utf-16-le"),
        ("name,phone\nx,19783371234\n", "utf-16-be", "utf-16-be"),
        ("name,phone\nx,19783371234\n", "ascii", "utf-8"),
        ("", "ascii", "utf-8"),
    ],
)
def test_guess_encoding(text: str, encoding: str, expected: str) -> None:
    raw = text.encode(encoding)
    assert guess_encoding(raw) == expected
    assert decode(raw, expected) == text


def test_big_endian_mark() -> None:
    raw = codecs.BOM_UTF16_BE + CHINESE.encode("utf-16-be")
    assert decode(raw, guess_encoding(raw)) == CHINESE


@pytest.mark.parametrize("cut", range(1, 12))
def test_head_may_end_inside_a_letter(cut: int) -> None:
    assert guess_encoding(CHINESE.encode()[:-cut]) == "utf-8"
    assert guess_encoding(CHINESE.encode("gb18030")[:-cut]) == "gb18030"


@given(
    st.lists(st.tuples(st.text("张三李四ab1", min_size=1), st.sampled_from(["utf-8", "gb18030"])), max_size=6)
)
def test_decode_lines_of_mixed_encodings(lines: list[tuple[str, str]]) -> None:
    raw = b"".join(f"姓名{text}\n".encode(encoding) for text, encoding in lines)
    assert decode(raw, "utf-8") == "".join(f"姓名{text}\n" for text, _ in lines)


def test_decode_never_fails() -> None:
    assert decode(b"\xff\xff\na\n", "utf-8").endswith("\na\n")


@given(st.lists(st.text("aAbB中", max_size=6), min_size=2, max_size=6))
def test_equal_pieces_have_equal_hashes(texts: list[str]) -> None:
    cells = Cells.from_strings(texts, 1)
    plain = hash_spans(cells.data, cells.starts, cells.ends)
    lower = hash_spans(cells.data, cells.starts, cells.ends, lower=True)
    for i, one in enumerate(texts):
        for k, two in enumerate(texts):
            assert (plain[i] == plain[k]) == (one == two)
            assert (lower[i] == lower[k]) == (one.lower() == two.lower())

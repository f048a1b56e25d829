"""Values after a keyword, in the next cell of their row, and in columns: where they begin, and where not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import keywords, rules
from scanner.detectors import context
from scanner.schema import ENTITY_TYPES, KIND, Cells, Spans

TODAY = 20261124

SAMPLES = {
    "CN_PASSPORT": ("护照", "E19783371"),
    "CN_QQ": ("QQ", "19783371"),
    "CN_WECHAT_ID": ("微信", "lisi_1978"),
    "CN_HK_MACAO_PERMIT": ("回乡证", "H19783371"),
    "CN_TAIWAN_PERMIT": ("台胞证", "19783371"),
    "HK_ID": ("香港身份证", "A123456(3)"),
    "TW_ID": ("身分证", "A123456789"),
    "CN_MILITARY_ID": ("军官证", "军1978337"),
    "CN_MEDICAL_RECORD": ("病历号", "ZY0012345"),
    "CN_WAYBILL": ("运单", "78123456789012"),
    "CN_ORG_CODE": ("机构代码", "D2143569-X"),
    "VIN": ("车架号", "1M8GDM9AXKP042788"),
    "IMEI": ("串号", "354178036859789"),
    "IMSI": ("imsi", "460019783371234"),
    "BIRTH_DATE": ("出生", "1990-01-02"),
    "CN_LANDLINE_NUMBER": ("座机", "62345678"),
}
"""A keyword and a value of each type that is found after one."""

Row = tuple[int, str, str]


def rows(cells: Cells, spans: Spans) -> list[Row]:
    """(cell, type, text) of spans, each inside its cell and told by a keyword or column."""
    assert (spans.start >= cells.starts[spans.cell]).all() and (spans.end <= cells.ends[spans.cell]).all()
    texts = [cells.data[a:b].tobytes().decode() for a, b in zip(spans.start, spans.end, strict=True)]
    return [(int(c), ENTITY_TYPES[k], t) for c, k, t in zip(spans.cell, spans.kind, texts, strict=True)]


def after(texts: list[str], width: int = 1) -> list[Row]:
    """What stands after keywords in a table."""
    cells = Cells.from_strings(texts, width)
    spans = context.after_keywords(cells, keywords.scan(cells.data), TODAY)
    assert (spans.checks & rules.BIT["keyword"] > 0).all()
    return rows(cells, spans)


def of(kind: str, texts: list[str], width: int = 1) -> list[tuple[int, str]]:
    """The values of one type."""
    return [(cell, text) for cell, type_, text in after(texts, width) if type_ == kind]


@pytest.mark.parametrize(("kind", "sample"), SAMPLES.items())
def test_every_type_after_its_keyword_only(kind: str, sample: tuple[str, str]) -> None:
    word, value = sample
    assert of(kind, [f"{word}：{value}。"]) == [(0, value)]
    assert of(kind, [f"{word}： {value}"]) == [(0, value)]  # at the very end of the buffer
    assert of(kind, [value]) == of(kind, [f"{value}，{word}在此"]) == of(kind, [f"{word}不同{value}"]) == []


@pytest.mark.parametrize(
    "glue",
    ["", " ", "：", ":", "=", " = ", "号", "号码", "号码为：", "号是", "编号：", "证号 ", "（", "(", "【", "】", "[", "\t", "\n",
     '":"', '": "', "': '", "' : '", "=“", "_no=", " no. ", " No: ", "No：", "Number: ", "_number=", "_id=", " ID：", "_code:", ">", "){", "):",
     "）：", "|", "#", ".", "，", "\u3000：\u3000".replace("\u3000", " "), " " * 11, "件号：", "字"],
)  # fmt: skip
def test_glue(glue: str) -> None:
    """What people and programs put between a name and its value."""
    expected = [] if glue == "){" else [(0, "E19783371")]
    assert of("CN_PASSPORT", [f"护照{glue}E19783371"]) == expected
    assert of("CN_PASSPORT", [f"他的护照{glue}E19783371，有效"]) == expected


@pytest.mark.parametrize(
    "glue", ["办理", "→", "-", "；", "。", "和签证", "a", "1", " " * 40, "号\r号", "nob", "：、", "\u20ac"]
)
def test_no_glue(glue: str) -> None:
    assert of("CN_PASSPORT", [f"护照{glue}E19783371"]) == []


@pytest.mark.parametrize(
    ("texts", "width", "found"),
    [
        (["护照", "E19783371"], 2, [(1, "E19783371")]),
        (["护照号码：", " E19783371 "], 2, [(1, "E19783371")]),
        (["护照", '="E19783371"'], 2, [(1, "E19783371")]),
        (["姓名", "护照", "E19783371"], 3, [(2, "E19783371")]),
        (["姓名", "护照", "E19783371", "x"], 2, []),  # the next row
        (["护照", "E19783371"], 1, []),
        (["护照", "", "E19783371"], 3, []),
        (["护照", ""], 2, []),
        (["护照办理", "E19783371"], 2, []),
        (["护照", "号码E19783371"], 2, []),
        (["护照号E19783372", "E19783371"], 2, [(0, "E19783372")]),
        (["", "护照", "E19783371", ""], 4, [(2, "E19783371")]),
        (["QQ/护照", "E19783371"], 2, [(1, "E19783371")]),
    ],
)
def test_the_next_cell_of_the_row(texts: list[str], width: int, found: list[tuple[int, str]]) -> None:
    assert of("CN_PASSPORT", texts, width) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("QQ/微信：19783371", [(0, "CN_QQ", "19783371")]),
        ("QQ、微信：lisi1978", [(0, "CN_WECHAT_ID", "lisi1978")]),
        ("微信或QQ：19783371", [(0, "CN_QQ", "19783371")]),
        ("护照号护照号：E19783371", [(0, "CN_PASSPORT", "E19783371")]),
        ("IMEI/IMSI：460019783371234", [(0, "IMSI", "460019783371234")]),
        ("imei1: 354178036859789 imei2: 354178036859789", [(0, "IMEI", "354178036859789")] * 2),
        ("QQ：19783371，微信：lisi1978", [(0, "CN_QQ", "19783371"), (0, "CN_WECHAT_ID", "lisi1978")]),
        ("QQ群：19783371", []),
        ("qq19783371", [(0, "CN_QQ", "19783371")]),
        ("我的QQ19783371，", [(0, "CN_QQ", "19783371")]),
        ("aqq19783371", []),
        ("_qq19783371", []),
        ("userQQ19783371", []),
        ("qq19783371.5", []),
        ("seqq=19783371", []),
        ("userQQ=19783371", [(0, "CN_QQ", "19783371")]),
        ("passport:E19783371", [(0, "CN_PASSPORT", "E19783371")]),
        ("passportE19783371", [(0, "CN_PASSPORT", "E19783371")]),
        ("passporte19783371", []),
        ('{"passportNo":"E19783371"}', [(0, "CN_PASSPORT", "E19783371")]),
        ("护照：-E19783371", []),
    ],
)
def test_pairs_of_names(text: str, found: list[Row]) -> None:
    assert after([text]) == found


OTHERS = st.text("张三，。；！（）é€ \u3000😀xyz_", max_size=8)


@settings(max_examples=200)
@given(st.sampled_from(sorted(SAMPLES)), OTHERS, OTHERS, st.integers(0, 3), st.integers(0, 3))
def test_offsets_among_other_characters(kind: str, before: str, behind: str, left: int, right: int) -> None:
    """Wherever it stands, a value has the place where it was put."""
    word, value = SAMPLES[kind]
    texts = ["，"] * left + [f"{before}，{word}：{value}。{behind}"] + ["，"] * right
    cells = Cells.from_strings(texts, 1)
    spans = context.after_keywords(cells, keywords.scan(cells.data), TODAY)
    place = cells.starts[left] + len(f"{before}，{word}：".encode())
    pick = (spans.kind == KIND[kind]) & (spans.start == place) & (spans.cell == left)
    assert spans.end[pick].tolist() == [place + len(value.encode())]


@pytest.mark.parametrize(("kind", "sample"), SAMPLES.items())
@pytest.mark.parametrize("glued", ["7", "x", "_"])
def test_glued_signs_make_a_value_vanish(kind: str, sample: tuple[str, str], glued: str) -> None:
    """One letter, digit or underscore more behind it: nothing is found in its old borders."""
    word, value = sample
    assert value not in [text for _, text in of(kind, [f"{word}：{value}{glued}"])]


@given(
    st.lists(
        st.one_of(
            st.binary(max_size=8), st.sampled_from([b"\xe6\x8a\xa4\xe7\x85\xa7", b"E19783371", b"\xe6\x8a"])
        ),
        max_size=8,
    )
)
def test_any_bytes(parts: list[bytes]) -> None:
    """Broken UTF-8, also right after a keyword and at the end of the buffer."""
    data = np.frombuffer(b"\x1f".join(parts), np.uint8)
    ends = np.cumsum([len(part) + 1 for part in parts]).astype(np.int64) - 1
    starts = ends - np.array([len(part) for part in parts], np.int64)
    cells = Cells(data, starts, ends, 1)
    spans = context.after_keywords(cells, keywords.scan(data), TODAY)
    assert (spans.start >= starts[spans.cell]).all() and (spans.end <= ends[spans.cell]).all()


@pytest.mark.parametrize(("kind", "sample"), SAMPLES.items())
def test_columns_take_whole_cells(kind: str, sample: tuple[str, str]) -> None:
    """A cell counts as a whole, without blanks and quotes; the header is told apart from votes."""
    value = sample[1]
    texts = [
        value,
        f" {value}\t",
        f'="{value}"',
        f"'{value}",
        "",
        f"{value} {value}",
        f"无{value}",
        f"{value}。",
        "无",
    ]
    cells = Cells.from_strings([cell for text in texts for cell in ("空", text)], 2)
    for headed in (True, False):
        spans = context.in_columns(cells, [(1, KIND[kind], headed)], TODAY)
        assert rows(cells, spans) == [(i, kind, value) for i in (1, 3, 5, 7)]
        assert (spans.checks & rules.BIT["column"] > 0).all()
        assert ((spans.checks & rules.BIT["header"] > 0) == headed).all()


def test_columns_of_types_that_are_not_found_there() -> None:
    cells = Cells.from_strings(["张三"], 1)
    assert (
        len(context.in_columns(cells, [(0, KIND["PERSON"], True), (0, KIND["EMAIL_ADDRESS"], True)], TODAY))
        == 0
    )


def test_shares_are_of_the_filled_cells() -> None:
    texts = ["E19783371", "H19783371", "", "x", '="E19783372"', "H1978337", "", "H19783372"]
    shares = context.shares(Cells.from_strings(texts, 2))
    assert shares[KIND["CN_PASSPORT"]].tolist() == [1.0, 0.5]  # H is a passport of Hong Kong too
    assert shares[KIND["CN_HK_MACAO_PERMIT"]].tolist() == [0.0, 0.5]
    assert KIND["CN_QQ"] not in shares  # does not vote

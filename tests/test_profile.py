"""Tests of the judgement on columns: whole small tables through detection, profile and resolution."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest

from scanner import checks, detectors, rules
from scanner.columns import entity_of, role_of
from scanner.resolve import resolve
from scanner.schema import DAMAGED, ENTITY_TYPES, KIND, Batch, Cells

TODAY = 20261124
MOBILE, RESIDENT, PERSON, CARD = (
    KIND[k] for k in ("CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "PERSON", "CN_BANK_CARD")
)
PHONE, GB_ID = "19783371234", "11010519491231002X"
SURNAMES, GIVEN = "赵钱孙李周吴郑王冯陈", "伟芳娜敏静丽强磊军洋"


def check_char(seventeen: str) -> str:
    return "0123456789X"[(1 - 2 * int(seventeen, 13)) % 11]


def made_id(number: int) -> str:
    """An ID of a district abolished in 1986 with a birth in 1987 or later."""
    start = f"110110{1987 + number % 18}0{1 + number % 9}{10 + number % 19}{number % 1000:03}"
    return start + check_char(start)


def phone(number: int) -> str:
    return f"1978337{number % 10_000:04}"


def name(number: int) -> str:
    return SURNAMES[number % 10] + GIVEN[number // 10 % 10] + GIVEN[number // 100 % 10]


def table(columns: list[str] | None, rows: list[list[str]], lines: bool = False) -> Batch:
    cells = Cells.from_strings([text for row in rows for text in row], len(rows[0]))
    return Batch("t", cells, tuple(columns) if columns else None, 1, lines=lines)


def examined(batch: Batch) -> list[tuple[int, int, str, str]]:
    """What counts in a table: (row, column, kind, text)."""
    judged = detectors.judge(batch, TODAY)
    cells = batch.cells
    spans = detectors.find(cells, judged, TODAY)
    return [
        (int(c) // cells.width, int(c) % cells.width, ENTITY_TYPES[k], cells.data[a:b].tobytes().decode())
        for s in [resolve(cells, spans, judged)]
        for c, a, b, k in zip(s.cell, s.start, s.end, s.kind, strict=True)
    ]


def of_column(batch: Batch, column: int, kind: str) -> list[str]:
    return [text for _, c, k, text in examined(batch) if c == column and k == kind]


# --- one value stands on its own ------------------------------------------------------------------


@pytest.mark.parametrize("header", ["备注", "姓名", "x", "说明", None])
@pytest.mark.parametrize("filler", ["", "已处理", "12", "A-17"])
def test_one_id_among_other_cells(header: str | None, filler: str) -> None:
    rows = [[str(i), filler] for i in range(50)]
    rows[31][1] = GB_ID
    batch = table(["序号", header] if header else None, rows)
    assert examined(batch) == [(31, 1, "CN_RESIDENT_ID", GB_ID)]


@pytest.mark.parametrize("header", ["备注", "x", None])
def test_one_phone_among_other_cells(header: str | None) -> None:
    rows = [[str(i), ""] for i in range(50)]
    rows[7][1] = PHONE
    batch = table(["序号", header] if header else None, rows)
    assert examined(batch) == [(7, 1, "CN_MOBILE_NUMBER", PHONE)]


# --- order numbers --------------------------------------------------------------------------------


@pytest.mark.parametrize("header", ["订单号", "流水号", "交易号", None])
def test_chance_ids_among_order_numbers(header: str | None) -> None:
    """Eighteen digits each, three of which happen to be valid IDs."""
    r = random.Random(1)
    rows = [[f"2024{r.randrange(10**13, 10**14)}", "12.50"] for _ in range(200)]
    for i, at in enumerate((5, 90, 170)):
        rows[at][0] = next(v for v in map(made_id, range(i * 50, 999)) if v[17] != "X")
    batch = table([header, "金额"] if header else None, rows)
    assert of_column(batch, 0, "CN_RESIDENT_ID") == []


def codes(count: int) -> list[str]:
    """Codes of eleven digits that begin with 1, mostly outside the blocks and codes of mobiles."""
    r = random.Random(2)
    return [f"1{r.choice('0123456')}{r.randrange(10**8, 10**9)}" for _ in range(count)]


def test_order_codes_beside_phones() -> None:
    rows = [[code, phone(i)] for i, code in enumerate(codes(100))]
    batch = table(["订单号", "手机"], rows)
    assert of_column(batch, 0, "CN_MOBILE_NUMBER") == []
    assert of_column(batch, 1, "CN_MOBILE_NUMBER") == [phone(i) for i in range(100)]


def test_codes_under_an_unknown_header() -> None:
    rows = [[code, phone(i)] for i, code in enumerate(codes(100))]
    batch = table(["代号", "手机"], rows)
    assert of_column(batch, 0, "CN_MOBILE_NUMBER") == []
    assert len(of_column(batch, 1, "CN_MOBILE_NUMBER")) == 100


def test_phones_under_an_order_header() -> None:
    """The header says order number; whole cells there count for nothing, text around a number does."""
    rows = [[phone(i)] for i in range(20)] + [[f"改拨电话{PHONE}"]]
    assert of_column(table(["订单号"], rows), 0, "CN_MOBILE_NUMBER") == [PHONE]


def test_chance_cards_among_serial_numbers() -> None:
    r = random.Random(3)
    rows = [[f"62{r.randrange(10**13, 10**14)}{i % 10}", "x"] for i in range(200)]
    assert of_column(table(["a", "b"], rows), 0, "CN_BANK_CARD") == []


# --- columns of names -----------------------------------------------------------------------------

PRODUCTS = ["高级", "黄金", "白色", "方案", "金额", "单价", "商品", "红色外套", "蓝牙耳机", "台灯", "水壶"]
COMPANIES = ["华美科技有限公司", "远大贸易公司", "金龙物流", "万达广场管理处", "白云酒店", "东方学校"]
PLACES = ["江苏省", "温州", "安徽省", "常州", "石家庄", "宁波市", "成都市", "徐州", "金华", "安庆", "云南"]


@pytest.mark.parametrize("words", [PRODUCTS, COMPANIES, PLACES], ids=["products", "companies", "places"])
@pytest.mark.parametrize("header", ["姓名", "名称", "公司", None])
def test_columns_that_hold_no_names(header: str | None, words: list[str]) -> None:
    """Also under 姓名 the cells must look like names."""
    rows = [[words[i % len(words)], phone(i)] for i in range(60)]
    batch = table([header, "手机号"] if header else None, rows)
    assert of_column(batch, 0, "PERSON") == []
    assert not detectors.judge(batch, TODAY).columns[0].names


@pytest.mark.parametrize("columns", [["姓名", "手机号"], ["客户", "手机号"], ["称呼", "号码"], None])
def test_columns_of_names(columns: list[str] | None) -> None:
    rows = [[name(i), phone(i)] for i in range(60)]
    assert of_column(table(columns, rows), 0, "PERSON") == [name(i) for i in range(60)]


@pytest.mark.parametrize("header", ["公司", "订单号", "备注", "商品名称", "地址"])
def test_a_header_of_something_else_holds_no_names(header: str) -> None:
    """Texts like names under a header that says what they are."""
    rows = [[name(i), phone(i)] for i in range(60)]
    assert of_column(table([header, "手机号"], rows), 0, "PERSON") == []


def test_a_few_blanks_and_odd_names_keep_the_column() -> None:
    rows = [[name(i) if i % 4 else "", phone(i)] for i in range(60)]
    rows[1][0] = "阿依古丽·买买提"
    assert len(of_column(table(None, rows), 0, "PERSON")) == 44


def test_two_columns_of_names() -> None:
    rows = [[name(i), name(i + 300), phone(i)] for i in range(30)]
    batch = table(["学生姓名", "家长姓名", "家长电话"], rows)
    assert detectors.judge(batch, TODAY).name_columns == [0, 1]


def test_lines_of_text_have_no_columns() -> None:
    judged = detectors.judge(table(None, [[name(i)] for i in range(30)], lines=True), TODAY)
    assert judged.name_columns == []
    assert not judged.weak.any()
    assert not judged.refused.any()


# --- doubtful numbers -----------------------------------------------------------------------------

WEAK_PHONE, OLD_ID = "15400001234", "110110870101001"


@pytest.mark.parametrize(
    ("columns", "counts"),
    [(["手机号"], True), (["联系电话"], True), (["mobile"], True), (["数值"], False), (["编号"], False)],
)
def test_weak_phones_count_by_header(columns: list[str], counts: bool) -> None:
    rows = [[f"1540000{i:04}"] for i in range(20)]
    found = of_column(table(columns, rows), 0, "CN_MOBILE_NUMBER")
    assert found == ([row[0] for row in rows] if counts else [])


def test_weak_phones_count_among_sure_ones() -> None:
    rows = [[phone(i)] for i in range(10)] + [[WEAK_PHONE]]
    assert WEAK_PHONE in of_column(table(None, rows), 0, "CN_MOBILE_NUMBER")


def test_one_sure_phone_speaks_for_no_weak_ones() -> None:
    rows = [[phone(0)]] + [[f"1540000{i:04}"] for i in range(8)]
    assert of_column(table(None, rows), 0, "CN_MOBILE_NUMBER") == [phone(0)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (f"电话：{WEAK_PHONE}", True),
        (f"手机号 {WEAK_PHONE}", True),
        (f"Phone: {WEAK_PHONE}", True),
        (f"数值 {WEAK_PHONE} 个", False),
        (f"电话见下表；以上为本公司的全部产品及其说明书编号，共计 {WEAK_PHONE}", False),
        (WEAK_PHONE, False),
    ],
)
@pytest.mark.parametrize("how", ["table", "lines", "text"])
def test_weak_phones_after_a_keyword(text: str, found: bool, how: str) -> None:
    batch = table(None, [[text], ["其他"]], lines=how == "lines")
    judged = None if how == "text" else detectors.judge(batch, TODAY)
    spans = resolve(batch.cells, detectors.find(batch.cells, None, TODAY), judged)
    assert len(spans) == int(found)


@pytest.mark.parametrize(
    ("columns", "counts"),
    [
        (["身份证号"], True),
        (["证件号码"], True),
        (["id_card"], True),
        (["编码"], False),
        (["x"], True),
        (None, True),
    ],
)
def test_fifteen_digits_count_by_header_or_votes(columns: list[str] | None, counts: bool) -> None:
    rows = [[f"1101108701010{i * 37 % 100:02}"] for i in range(20)]
    found = of_column(table(columns, rows), 0, "CN_RESIDENT_ID")
    assert found == ([row[0] for row in rows] if counts else [])


@pytest.mark.parametrize("columns", [["证件号"], ["注册号"], ["x"], None])
def test_business_numbers_with_dates_are_no_old_ids(columns: list[str] | None) -> None:
    heads = [f"11011087{1 + i % 9:02}{10 + i * 7 % 19}{i * 13 % 100:02}" for i in range(20)]
    rows = [[head + str((11 - registered_rest(head)) % 10)] for head in heads]
    assert all(checks.old_business_number(np.array([list(map(int, row[0]))], np.uint8))[0] for row in rows)
    assert of_column(table(columns, rows), 0, "CN_RESIDENT_ID") == []


def registered_rest(fourteen: str) -> int:
    """What ISO 7064 MOD 11,10 has left after fourteen digits."""
    rest = 10
    for digit in map(int, fourteen):
        rest = ((rest + digit) % 10 or 10) * 2 % 11
    return rest


def test_fifteen_digits_count_among_full_ids() -> None:
    rows = [[made_id(i)] for i in range(10)] + [[OLD_ID]]
    assert OLD_ID in of_column(table(None, rows), 0, "CN_RESIDENT_ID")
    assert of_column(table(None, [[OLD_ID], ["x"]]), 0, "CN_RESIDENT_ID") == []


@pytest.mark.parametrize(("text", "found"), [(f"身份证号：{OLD_ID}", True), (f"批次 {OLD_ID}", False)])
def test_fifteen_digits_after_a_keyword(text: str, found: bool) -> None:
    got = [k for *_, k, _ in examined(table(None, [[text], ["其他"]]))]
    assert got == (["CN_RESIDENT_ID"] if found else [])


@pytest.mark.parametrize(
    ("columns", "wanted"), [(["身份证号"], {"header", "column"}), (["x"], {"column"}), (None, {"column"})]
)
def test_sure_values_tell_what_their_column_says(columns: list[str] | None, wanted: set[str]) -> None:
    batch = table(columns, [[made_id(i * 37)] for i in range(12)])
    judged = detectors.judge(batch, TODAY)
    spans = resolve(batch.cells, detectors.find(batch.cells, judged, TODAY), judged)
    assert len(spans) == 12
    for bits in spans.checks.tolist():
        assert {"header", "column"} & set(rules.check_names(bits)) == wanted
        assert {"checksum", "date"} < set(rules.check_names(bits))


def test_damaged_ids_count_in_their_column() -> None:
    rows = [[made_id(i)[:15] + "000"] for i in range(20)]
    batch = table(["身份证号"], rows)
    spans = resolve(batch.cells, detectors.find(batch.cells, None, TODAY), detectors.judge(batch, TODAY))
    hurt = spans.take((spans.flags & DAMAGED) != 0)
    assert len(hurt) >= 18  # one in eleven may be valid by chance
    assert of_column(table(["数量"], rows), 0, "CN_RESIDENT_ID") == []


def test_overlaps_leave_the_stronger() -> None:
    """A phone that is the local part of an address is no phone."""
    value = f"{PHONE}@example.com"
    assert examined(table(None, [[GB_ID], [value]])) == [
        (0, 0, "CN_RESIDENT_ID", GB_ID),
        (1, 0, "EMAIL_ADDRESS", value),
    ]


# --- headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("手机号", "CN_MOBILE_NUMBER"),
        ("收货人手机号", "CN_MOBILE_NUMBER"),
        ("联系电话1（必填）", "CN_MOBILE_NUMBER"),
        ("身份证号", "CN_RESIDENT_ID"),
        ("证件号码", "CN_RESIDENT_ID"),
        ("业主姓名", "PERSON"),
        ("姓名*", "PERSON"),
        ("银行卡号", "CN_BANK_CARD"),
        ("E-mail", "EMAIL_ADDRESS"),
        ("user/mobile", "CN_MOBILE_NUMBER"),
        ("金额", None),
        ("", None),
    ],
)
def test_entity_of(header: str, kind: str | None) -> None:
    got = entity_of(header)
    assert (None if got is None else ENTITY_TYPES[got]) == kind


@pytest.mark.parametrize(
    ("header", "role"),
    [
        ("订单号", "identifier"),
        ("详细地址", "address"),
        ("公司", "organization"),
        ("备注", "note"),
        ("哈哈", None),
    ],
)
def test_role_of(header: str, role: str | None) -> None:
    got: Any = role_of(header)
    assert (got and got.name) == role

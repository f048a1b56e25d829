"""Labels before numbers: whose they say that a number is, what stands between, and whom they cannot reach."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import detectors, labels
from scanner.detectors import numbers
from scanner.labels import is_other
from scanner.resolve import resolve
from scanner.schema import ENTITY_TYPES, KIND, WEAK, Cells, Spans

TODAY = 20261124
PHONE, ID, CARD = "19783371234", "11011019900307123", "6205500000000000004"

_OTHERS = """设备序列号 订单号 运单号 快递单号 货号 编号 流水号 批次号 学号 房间号 QQ号 病历号 车牌号 条码 商品条码 发票代码 订单号码 发票号码
    合同号码 对公账号 对公帐户号 金额 总金额 数量 版本号 合计 总价 文件大小 订单 order_no orderNo orderId order_id goodsCode sku isbn serial_no SN
    trade-no acct size data.len total_price amount seq timestamp ts trace_id sessionId msg_id itemid room.id key weight balance"""
_PEOPLES = """手机号 手机号码 电话 联系电话 客户编号 会员号 员工号码 用户编码 患者编号 号码 主叫号码 联系号码 卡号 银行卡号 账号 帐户号 身份证号 证件号码
    公民身份号码 微信号 我的号 新号 大号 热线 致电 传真 打给老板 tel tel_no phone phoneNo mobile_number contactNo user_id userId uid id_no idNo card_no
    customer_id customerNo member_code staff_no sms fax login_key no number m hotel whatsappId"""
OTHERS, PEOPLES = _OTHERS.split(), _PEOPLES.split()


@pytest.mark.parametrize("label", OTHERS)
def test_names_of_other_things(label: str) -> None:
    assert is_other(label) and is_other(f"，{label}")


@pytest.mark.parametrize("label", PEOPLES)
def test_names_of_what_is_peoples(label: str) -> None:
    assert not is_other(label)


@pytest.mark.parametrize(
    ("label", "other"),
    [
        ("", False), ("：", False), ("abc", False), ("手机号 订单号", True), ("订单号 手机号", False), ("order_no phone", False), ("phone order_no", True),
        ("页面.html?id=", True), ("?a=1&code=", True), ("?v", True), ("?phone=", False), ("?mobile_no=", True), ("电话?", False),
        ("CODE", True), ("Code", True), ("orderNO", True), ("ORDER_NO", True), ("barcode", False), ("bar_code", True), ("no", False), ("_no", False),
    ],
)  # fmt: skip
def test_the_last_word_decides(label: str, other: bool) -> None:
    assert is_other(label) == other


def spans_of(cells: Cells) -> Spans:
    return numbers.detect(cells, TODAY)


def taken_back(text: str) -> list[bool]:
    """For each number of one cell: does its label take it back?"""
    cells = Cells.from_strings([text], 1)
    out: list[bool] = labels.are_named_otherwise(cells, spans_of(cells)).tolist()
    return out


@pytest.mark.parametrize(
    "glue",
    [
        "：",
        ":",
        " ",
        "",
        "=",
        '":"',
        '": "',
        "为",
        "是",
        "（",
        "(",
        "【",
        "[",
        "#",
        "： ",
        " = ",
        "\t",
        "='",
        '\\"',
    ],
)
def test_glue_between_a_label_and_its_number(glue: str) -> None:
    assert taken_back(f"订单号{glue}{PHONE}") == [True]
    assert taken_back(f"手机号{glue}{PHONE}") == [False]
    assert taken_back(f"订单号{glue}86{PHONE}") == [True]  # the country code is trimmed from the span


@pytest.mark.parametrize(
    "glue", ["，", "。", "、", "已寄出，", "；", "\n\n\n\n\n\n\n", "-", "打", "和", "\u20ac"]
)
def test_no_glue(glue: str) -> None:
    assert taken_back(f"订单号{glue}{PHONE}") == [False]


@pytest.mark.parametrize(
    ("text", "back"),
    [
        (PHONE, [False]),
        (f"订单号：{PHONE}，手机号：{PHONE}", [True, False]),
        (f"手机号：{PHONE}，订单号：{PHONE}", [False, True]),
        (f"订单号：{PHONE} {PHONE}", [True, False]),
        (f"XS-{PHONE}", [True]),
        (f"ABCDEFGHIJK-{PHONE}", [True]),
        (f"TEL-{PHONE}", [False]),
        (f"xs-{PHONE}", [False]),
        (f"-{PHONE}", [False]),
        (f"订单-{PHONE}", [False]),
        (f".{PHONE}", [True]),
        (f"a.{PHONE}", [False]),
        (f"好。{PHONE}", [False]),
        (f"/{PHONE}.html", [True]),
        (f"/{PHONE}/", [True]),
        (f"/{PHONE}?a", [True]),
        (f"/{PHONE}", [False]),
        (f"/{PHONE}.", [False]),
        (f"/{PHONE}.5", []),
        (f"user/{PHONE},", [False]),
        (f"https://shop.example/a?id={PHONE}", [True]),
        (f"https://shop.example/a?mobile={PHONE}", [False]),
        (f"-rw-r--r-- 1 a b {PHONE} Jan 1 x", [True]),
        (f"drwxr-xr-x 1 a b {PHONE} Jan 1 x", [True]),
        (f" rw-r--r-- 1 a b {PHONE}", [False]),
        (f"订单号：{ID}8", [True]),
        (f"证件号：{ID}8", [False]),
        (f"流水号 {CARD}", [True]),
        (f"卡号 {CARD}", [False]),
    ],
)
def test_in_one_cell(text: str, back: list[bool]) -> None:
    text = text.replace(ID, _id())
    assert taken_back(text) == back


def _id() -> str:
    """17 digits of an ID whose check character is 8, of a district that fell away in 1986."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    bodies = (f"11011019900307{n:03}" for n in range(1000))
    return next(
        b
        for b in bodies
        if "10X98765432"[sum(int(c) * w for c, w in zip(b, weights, strict=True)) % 11] == "8"
    )


def test_a_label_does_not_reach_into_the_next_cell() -> None:
    cells = Cells.from_strings(["订单号：", PHONE, "XS-", PHONE, "/", f"{PHONE}/", "订单号", PHONE], 2)
    assert labels.are_named_otherwise(cells, spans_of(cells)).tolist() == [False] * 4


def test_only_numbers_that_a_label_can_take_back() -> None:
    cells = Cells.from_strings(["订单号：a@yunmeng-mail.cn", "订单号：91350100M000100Y43"], 1)
    spans = detectors.find(cells, None, TODAY)
    assert {ENTITY_TYPES[kind] for kind in spans.kind} == {"EMAIL_ADDRESS", "CN_USCC"}
    assert not labels.are_named_otherwise(cells, spans).any()
    assert KIND["IMEI"] not in labels.LABELLED


@pytest.mark.parametrize(("text", "found"), [(f"订单号：{PHONE}", 0), (f"电话：{PHONE}", 1), (f"电话 {PHONE} 订单号 {PHONE}", 1), (f"电话：订单号 {PHONE}", 0)])  # fmt: skip
def test_what_is_taken_back_is_not_reported(text: str, found: int) -> None:
    """Also where a keyword stands shortly before: the nearer label says what it is."""
    cells = Cells.from_strings([text], 1)
    spans = detectors.find(cells, None, TODAY)
    assert ((spans.flags & WEAK) == 0).sum() == found
    assert len(resolve(cells, spans, None)) == found


@settings(max_examples=100)
@given(
    st.lists(
        st.sampled_from([*OTHERS, *PEOPLES, "", "好"]), min_size=labels.FEW + 20, max_size=labels.FEW + 30
    ),
    st.randoms(use_true_random=False),
)
def test_many_labels_are_asked_like_few(words: list[str], random: object) -> None:
    """Past a bound equal labels are asked once; each answer stays that of its own text."""
    texts = [f"{word}：{PHONE}" for word in words]
    cells = Cells.from_strings(texts, 1)
    got = labels.are_named_otherwise(cells, spans_of(cells)).tolist()
    assert got == [is_other(word) for word in words]


@given(st.binary(max_size=12))
def test_any_bytes_before(raw: bytes) -> None:
    data = np.frombuffer(raw + b" " + PHONE.encode(), np.uint8)
    cells = Cells(data, np.array([0]), np.array([len(data)]), 1)
    spans = spans_of(cells)
    assert len(labels.are_named_otherwise(cells, spans)) == len(spans)

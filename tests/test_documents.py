"""Documents, vehicles, organisations and parcels: the forms of each in text and under a header.

The examples in `rules/entities/*.toml` are the common forms; here are all series, near misses, and who wins
where two types fit. Numbers are made up or printed as samples; check characters are computed here.
"""

from __future__ import annotations

from string import ascii_uppercase

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.values import Values
from scanner.api import detect, detect_column
from scanner.schema import ENTITY_TYPES, KIND

P, H, T, M, F = (
    "CN_PASSPORT",
    "CN_HK_MACAO_PERMIT",
    "CN_TAIWAN_PERMIT",
    "CN_MILITARY_ID",
    "CN_FOREIGN_PERMANENT_RESIDENT_ID",
)
CAR, WAY = "CN_LICENSE_PLATE", "CN_WAYBILL"


def values(kind: str, text: str) -> list[str]:
    """Values of one type in a text."""
    return [one.value for one in detect(text, reveal=True) if one.entity_type == kind]


TABLE: list[tuple[str, str, tuple[str, ...], tuple[str, ...]]] = [
    (P, "护照号：{}。",
     ("E19783371", "e19783371", "EA1978337", "EZ1978337", "G19783371", "S19783371", "K19783371", "H19783371", "147833712", "157833712",
      "SE1978337", "PE1978337", "DE1978337", "MA1978337", "KJ1978337", "S.1978337", "P.1978337", "S1978337", "P1978337", "Ｅ１９７８３３７１"),
     ("E1978337", "E197833712", "EI1978337", "EO1978337", "D19783371", "SE197833", "137833712", "14783371", "E1978337A", "E-19783371", "P..1978337")),
    (H, "通行证号码 {}，",
     ("H19783371", "M19783371", "H1978337101", "M1978337101", "C19783371", "CA1978337", "CZ1978337", "W19783371", "h19783371"),
     ("N19783371", "H1978337", "H197833710", "H19783371012", "CI1978337", "CO1978337", "CA197833", "W1978337101", "19783371")),
    (T, "台胞证：{}",
     ("19783371", "1978337101", "L19783371", "T19783371", "t19783371"),
     ("1978337", "197833710", "19783371012", "L1978337101", "K19783371", "LT9783371")),
    ("HK_ID", "香港身份证 {}",
     ("A123456(3)", "A1234563", "A123456（3）", "a123456(3)", "AB987654(3)"),
     ("A123456(4)", "A12345(3)", "A1234567(3)", "ABC123456(3)", "A123456[3]", "A123456(33)", "1A23456(3)")),
    ("TW_ID", "身分证字号：{}",
     ("A123456789", "a123456789", "A800000014"),
     ("A123456788", "A323456789", "A12345678", "A1234567890", "AA23456789", "1A23456789")),
    (F, "永居证号：{}",
     ("USA110119900101", "usa110119900101", "91100119900101001X"),
     ("US110119900101", "USA11011990010", "USA1101199001011", "USAA10119900101", "911001199001010014", "91100119901301001X")),
    (M, "军官证 {}",
     ("军1978337", "士19783371", "兵字第19783371号", "军字第1978337", "南字第0197833号", "政字第1978337号", "1978337", "19783371"),
     ("197833", "197833712", "军字第197号", "京字第1978337号", "军第1978337号")),
    ("CN_ORG_CODE", "组织机构代码：{}",
     ("D2143569-X", "D2143569X", "d2143569-x"),
     ("D2143569-1", "D2143568-X", "D214356-X", "D2143569--X", "D2143569-XX", "D2143569－")),
    ("CN_USCC", "代码{}有效",
     ("91350100M000100Y43", "91110000600037341L", "91350100m000100y43"),
     ("91350100M000100Y44", "91350100M000100Y4", "91350100M000100Y433", "91350100-M000100Y43", "91350100I000100Y43", "21350100M000100Y43")),
    ("VIN", "车架号{}",
     ("1M8GDM9AXKP042788", "1m8gdm9axkp042788", "LSVAM4181C2012345"),
     ("1M8GDM9AXKP042789", "1M8GDM9AXKP04278", "1M8GDM9AXKP0427888", "1M8GDM9AXKPO42788", "1M8GDM9A-XKP042788", "LSVAM4180C2012345")),
    (CAR, "停着{}一辆",
     ("云B12345", "云B·12345", "云B•12345", "云B.12345", "云B-12345", "云B 12345", "云b12345", "云BA1C34", "云B1234学", "云B1234警", "云B1234挂",
      "粤Z1234港", "粤ZA123澳", "云BD12345", "云BA12345", "云BK1234" + "5", "云BDA1234", "云B12345D", "云B12345F", "使014578", "使101001", "WJ云12345", "WJ云1234D",
      "云Ｂ１２３４５"),
     ("云B1234", "云B1234567", "云I12345", "云O12345", "云B1I345", "云BABCDE", "云BABCD1", "云BL12345", "云B12345L", "云B__1234", "国B12345", "使20000",
      "使200000", "使0145789", "WJ12345", "新A级123456", "云B··12345", "B12345")),
    (WAY, "寄出{}。",
     ("SF1234567890123", "SFA234567890123", "YT1234567890123", "JDVA12345678901", "JD0012345678901", "JT1234567890123", "DPK123456789012"),
     ("SF123456789012", "SF12345678901234", "YT123456789012", "JDVA1234567890", "JT12345678901234", "DPK1234567890123", "XSF1234567890123",
      "SF-1234567890123", "sf1234567890123", "78123456789012")),
    (WAY, "运单号：{}",
     ("SF123456789012", "78123456789012", "73123456789012", "4312345678901234", "77123456789012", "412345678901234", "5123456789012", "9123456789012",
      "8123456789012", "1123456789012", "621123456789012", "123456789012", "PA12345678901", "RR473124829CN", "sf1234567890123"),
     ("12345678901", "72123456789012", "12345", "PA1234567890", "RR473124829GB", "R1473124829CN", "6123456789012")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "value"), [(k, t, v) for k, t, good, _ in TABLE for v in good])
def test_forms(kind: str, text: str, value: str) -> None:
    assert values(kind, text.format(value)) == [value]


@pytest.mark.parametrize(("kind", "text", "value"), [(k, t, v) for k, t, _, bad in TABLE for v in bad])
def test_near_misses(kind: str, text: str, value: str) -> None:
    assert values(kind, text.format(value)) == []


NEED_CONTEXT = [
    (k, v) for k, _, good, _ in TABLE for v in good if k in (P, H, T, "HK_ID", "TW_ID", F, "CN_ORG_CODE")
]


@pytest.mark.parametrize(
    ("kind", "value"),
    [*NEED_CONTEXT, (M, "军1978337"), ("VIN", "1M8GDM9AXKP042788"), (WAY, "78123456789012")],
)
def test_context_is_needed(kind: str, value: str) -> None:
    for text in (value, f"登记{value}，", f"编号：{value}", f'{{"code":"{value}"}}'):
        assert values(kind, text) == []


@pytest.mark.parametrize(
    ("kind", "header", "cells", "hits"),
    [
        (P, "护照号码", ["E19783371", "EA1978337", "", "无", "E1978337", ' "G19783371"'], [0, 1, 5]),
        (H, "港澳通行证", ["C19783371", "H1978337101", "19783371"], [0, 1]),
        (T, "台胞证号", ["19783371", "1978337101", "L19783371", "1978"], [0, 1, 2]),
        ("HK_ID", "香港身份证", ["A123456(3)", "A123456(4)", "A1234563"], [0, 2]),
        ("TW_ID", "身分证字号", ["A123456789", "A123456788"], [0]),
        (M, "军官证号", ["军字第1978337号", "1978337", "无"], [0, 1]),
        ("CN_ORG_CODE", "组织机构代码", ["D2143569-X", "D2143569X", "D2143569-1"], [0, 1]),
        ("CN_USCC", "统一社会信用代码", ["91350100M000100Y43", "91350100M000100Y44"], [0]),
        ("VIN", "车架号", ["1M8GDM9AXKP042788", "1M8GDM9AXKP042789"], [0]),
        (CAR, "车牌号", ["云B12345", "云BD12345", "云I12345"], [0, 1]),
        (WAY, "运单号", ["78123456789012", "SF1234567890123", "12345"], [0, 1]),
        (F, "永居证号", ["USA110119900101", "USA11011990010"], [0]),
    ],
)
def test_under_a_header(kind: str, header: str, cells: list[str], hits: list[int]) -> None:
    """The header speaks for whole cells; without it those that need context are not found."""
    spans = detect_column(pa.array(cells), header)
    assert spans.cell[spans.kind == KIND[kind]].tolist() == hits
    if kind not in ("CN_USCC", CAR, WAY, M, "VIN"):
        assert KIND[kind] not in detect_column(pa.array([*cells, *["无"] * 9]), "备注").kind


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("身份证 A123456(3)", {("HK_ID", "A123456(3)")}),
        ("信用代码 91350100M000100Y43", {("CN_USCC", "91350100M000100Y43")}),
        ("运单号 SF1234567890123", {(WAY, "SF1234567890123")}),
        ("军官证军字第1978337号", {(M, "军字第1978337号")}),
        ("护照E19783371通行证C19783372", {(P, "E19783371"), (H, "C19783372")}),
        ("车牌云B12345车架号1M8GDM9AXKP042788", {(CAR, "云B12345"), ("VIN", "1M8GDM9AXKP042788")}),
        ("永居证 91100119900101001X", {(F, "91100119900101001X")}),
        ("税号：91110000600037341L", {("CN_USCC", "91110000600037341L")}),
    ],
)
def test_one_value_is_one_finding(text: str, found: set[tuple[str, str]]) -> None:
    got = [(one.entity_type, one.value) for one in detect(text, reveal=True)]
    assert set(got) == found and len(got) == len(found)


# --- check characters -----------------------------------------------------------------------------

USCC_SIGNS, USCC_WEIGHTS = (
    "0123456789ABCDEFGHJKLMNPQRTUWXY",
    (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28),
)


def org_check(body: str) -> str:
    """GB 11714: weights 3 7 9 10 5 8 4 2, 11 less the sum modulo 11."""
    rest = 11 - sum(w * int(c, 36) for w, c in zip((3, 7, 9, 10, 5, 8, 4, 2), body, strict=True)) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


BODIES = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=8, max_size=8)


@given(st.sampled_from(["91", "92", "93", "51", "12", "A1", "N1", "Y1"]), BODIES, st.integers(0, 30))
def test_credit_codes(head: str, body: str, other: int) -> None:
    """Only with the code of the organisation and the check modulo 31 both right (GB 32100)."""
    first = f"{head}110101{body}{org_check(body)}"
    right = USCC_SIGNS[-sum(w * USCC_SIGNS.index(c) for w, c in zip(USCC_WEIGHTS, first, strict=True)) % 31]
    assert values("CN_USCC", f"代码：{first}{right}") == [first + right]
    wrong = USCC_SIGNS[other]
    assert wrong == right or values("CN_USCC", f"代码：{first}{wrong}") == []


@given(BODIES, st.sampled_from("0123456789X"), st.sampled_from(["-", ""]))
def test_organisation_codes(body: str, check: str, dash: str) -> None:
    found = values("CN_ORG_CODE", f"组织机构代码：{body}{dash}{check}。")
    assert found == ([f"{body}{dash}{check}"] if check == org_check(body) else [])


@given(st.integers(0, 10_000))
def test_chassis_numbers_of_the_demo_are_wrong_on_purpose(seed: int) -> None:
    made = Values(seed)
    assert values("VIN", f"车架号：{made.vin()}") == []
    assert values(CAR, f"车牌：{(plate := made.plate())}") == [plate]


@given(st.sampled_from(ascii_uppercase), st.integers(0, 10**8 - 1), st.sampled_from("12"))
def test_taiwan_ids_have_one_check_digit_of_ten(letter: str, number: int, sex: str) -> None:
    body = f"{letter}{sex}{number % 10**7:07}"
    text = "，".join(f"身分证：{body}{digit}" for digit in "0123456789")
    assert len(values("TW_ID", text)) == 1


def test_types_are_of_the_contract() -> None:
    assert {kind for kind, *_ in TABLE} <= set(ENTITY_TYPES)

"""Five whole files as they are met, scanned as a user scans them: types by column, people, and quiet things.

An owner list (CSV in GB18030), an export of a courier whose phones are masked, an enrolment list with a title
(xlsx), events of an app (JSONL), and the orders of a shop. All values are made up (`bench/values.py`).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

import scanner
from bench.column_values import imei, snowflake
from bench.lookalikes import fill
from bench.values import ESTATES, OUTCOMES, SCHOOLS, Values

ROWS = 300
GOODS = (
    "红色外套",
    "蓝牙耳机",
    "保温水壶",
    "台灯",
    "高山茶叶",
    "白色衬衫",
    "金龙鱼油",
    "安全帽",
    "方便面",
    "洗衣液",
)
Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class File:
    """One file: its rows, the type of each column ("" of things), and how many people it is about."""

    name: str
    write: Callable[[Path, list[Row]], None]
    rows: list[Row]
    types: dict[str, str]
    people: int


def sheet(path: Path, rows: list[Row]) -> None:
    """A CSV file as a Chinese Excel saves it."""
    out = io.StringIO()
    csv.writer(out).writerows([list(rows[0]), *(list(row.values()) for row in rows)])
    path.write_bytes(out.getvalue().encode("gb18030"))


def book(path: Path, rows: list[Row]) -> None:
    """A workbook with a title over the header."""
    import xlsxwriter

    with xlsxwriter.Workbook(str(path)) as file:
        page = file.add_worksheet("一年级")
        page.merge_range(0, 0, 0, len(rows[0]) - 1, "2024年秋季一年级新生登记表")
        page.write_row(1, 0, list(rows[0]))
        for i, row in enumerate(rows):
            page.write_row(i + 2, 0, list(row.values()))


def events(path: Path, rows: list[Row]) -> None:
    """One nested JSON object a line; keys with a dot stand in an object of their own."""
    lines = []
    for row in rows:
        out: dict[str, Any] = {}
        for key, text in row.items():
            group, _, last = key.rpartition("/")
            (out.setdefault(group, {}) if group else out)[last] = int(text) if last in ("ts", "uid") else text
        lines.append(json.dumps(out, ensure_ascii=False))
    path.write_text("\n".join(lines), "utf-8")


def owners(v: Values) -> File:
    """Every flat has one owner; some remarks hold another phone."""
    rows, r = [], v.random
    for i in range(ROWS):
        remark = v.pick(OUTCOMES) if i % 5 else f"改打{v.phone()}"
        rows.append({
            "序号": str(i + 1), "楼盘": ESTATES[0], "楼号": str(r.randint(1, 30)), "单元": str(r.randint(1, 4)),
            "房号": f"{r.randint(1, 32)}{r.randint(1, 4):02d}", "业主姓名": v.name(), "联系电话": v.phone(),
            "身份证号": v.id_number(), "建筑面积": fill("«60..180».«d2»", r), "交房时间": v.date(), "备注": remark,
        })  # fmt: skip
    types = {"业主姓名": "PERSON", "联系电话": "CN_MOBILE_NUMBER", "身份证号": "CN_RESIDENT_ID"}
    return File("业主名单.csv", sheet, rows, types, ROWS)


def parcels(v: Values) -> File:
    """Senders are shops; receivers have a name and a home, and a phone with stars."""
    rows, r = [], v.random
    for _ in range(ROWS):
        phone, shop = v.phone(), v.phone()
        rows.append({
            "运单号": fill("SF1«d12»", r), "揽收时间": v.time(), "重量(kg)": fill("«0..9».«d2»", r),
            "寄件公司": fill("云梦«星河|云锦|翡翠»«科技|贸易|物流»有限公司", r), "寄件电话": shop[:3] + "****" + shop[7:],
            "收件人": v.name(), "收件电话": phone[:3] + "****" + phone[7:], "收件地址": v.address(),
            "运费": v.amount(), "网点编码": fill("«d6»", r), "状态": v.pick(("已签收", "派送中", "已揽收")),
        })  # fmt: skip
    types = {"运单号": "CN_WAYBILL", "寄件公司": "ORGANIZATION", "收件人": "PERSON", "收件地址": "CN_ADDRESS"}
    return File("快递导出.csv", sheet, rows, types, ROWS)


def pupils(v: Values) -> File:
    """Each row is about a child, by the child's own ID."""
    rows, r = [], v.random
    for i in range(ROWS):
        number, child = v.id_number(), v.name()
        rows.append({
            "序号": str(i + 1), "学籍号": fill("2024«d15»", r), "学生姓名": child, "性别": "女男"[int(number[16]) % 2],
            "出生日期": f"{number[6:10]}-{number[10:12]}-{number[12:14]}", "民族": v.pick(("汉族", "回族", "满族")),
            "身份证号": number, "班级": fill("«1..9»班", r), "家长姓名": child[0] + v.name()[1:],
            "家长电话": v.phone(), "家庭住址": v.address(), "毕业学校": v.pick(SCHOOLS), "报名时间": v.time(),
        })  # fmt: skip
    types = {
        "学生姓名": "PERSON", "出生日期": "BIRTH_DATE", "身份证号": "CN_RESIDENT_ID", "家长姓名": "PERSON",
        "家长电话": "CN_MOBILE_NUMBER", "家庭住址": "CN_ADDRESS", "毕业学校": "ORGANIZATION",
    }  # fmt: skip
    return File("新生登记表.xlsx", book, rows, types, ROWS)


def payload(v: Values) -> File:
    """Fifty users, six events each; the phone is in each event."""
    rows, r = [], v.random
    users = [(snowflake(v, i), v.phone(), imei(v, i), fill("«h16»", r)) for i in range(50)]
    for i in range(ROWS):
        uid, phone, device, android = users[i % len(users)]
        rows.append({
            "request_id": fill("«h8»-«h4»-4«h3»-a«h3»-«h12»", r), "ts": str(1_700_000_000_000 + i * 977),
            "event": v.pick(("page_view", "click", "pay")), "page": fill("/goods/«d11».html", r),
            "user/uid": uid, "user/mobile": phone, "user/level": v.pick(("gold", "silver")),
            "device/imei": device, "device/android_id": android, "device/mac": fill("3C:5A:B4:«H2»:«H2»:«H2»", r),
            "device/model": fill("«A2»-«d4»«A1»", r), "app/version": fill("«1..9».«0..30».«0..30»", r),
            "app/build": fill("1«d10»", r), "net/ip": fill("36.«1..250».«1..250».«1..250»", r), "sign": fill("«h32»", r),
        })  # fmt: skip
    types = {
        "user/mobile": "CN_MOBILE_NUMBER",
        "device/imei": "IMEI",
        "device/mac": "MAC_ADDRESS",
        "net/ip": "IP_ADDRESS",
    }
    return File("events.jsonl", events, rows, types, len(users))


def orders(v: Values) -> File:
    """Every third buyer comes again with the same phone, and receives at another place."""
    rows, r, seen = [], v.random, []
    for i in range(ROWS):
        name, phone = seen[i // 3] if i % 3 == 2 else (v.name(), v.phone())
        seen.append((name, phone))
        rows.append({
            "订单号": v.order_number(), "子订单号": fill("«1..4»«d18»", r), "支付宝交易号": fill("«date»22001«d15»", r),
            "商品编码": v.product_code(), "商品名称": v.pick(GOODS), "条码": fill("69«d10»«ean»", r),
            "数量": str(r.randint(1, 9)), "实付金额": v.amount(), "下单时间": v.time(),
            "支付时间戳": str(1_700_000_000_000 + r.randrange(10**10)), "收货人": name, "手机号": phone,
            "收货地址": v.address(), "快递公司": v.pick(("顺丰", "圆通", "中通")),
            "快递单号": fill("7«3|8»«d12»", r), "物流状态": v.pick(("已签收", "已发货", "退款中")),
            "卖家备注": v.pick(("加急", "", "送礼袋", "不要发票")), "发票号码": fill("«d8»", r),
        })  # fmt: skip
    types = {
        "收货人": "PERSON", "手机号": "CN_MOBILE_NUMBER", "收货地址": "CN_ADDRESS", "快递单号": "CN_WAYBILL",
    }  # fmt: skip
    return File("订单导出.csv", sheet, rows, types, len({phone for _, phone in seen}))


FILES = [make(Values(21)) for make in (owners, parcels, pupils, payload, orders)]
BY_NAME = pytest.mark.parametrize("file", FILES, ids=[file.name for file in FILES])


@pytest.fixture(scope="module")
def items(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """The items of the report on all five, by file name, with every finding."""
    out = tmp_path_factory.mktemp("whole")
    for file in FILES:
        file.write(out / file.name, file.rows)
    kept: dict[str, list[Any]] = {}
    report = scanner.scan(
        out, workers=1, lang="en", keep_all=lambda path, found: kept.setdefault(path, []).extend(found)
    )
    made = report.to_dict()
    for item in made["items"]:
        item["all"] = kept[item["path"]]
    return {Path(item["path"]).name: item for item in made["items"]}


FIRST_ROW = {"xlsx": 3, "jsonl": 1}
"""The user's number of the first row: behind the header, and a title."""


def table_of(item: dict[str, Any]) -> dict[str, Any]:
    """The table that is not the title."""
    [table] = [table for table in item["tables"] if table["rows"] == ROWS]
    found: dict[str, Any] = table
    return found


def cells_of(item: dict[str, Any], column: str, kind: str, flags: tuple[str, ...] = ()) -> list[int]:
    """Rows in which a column holds a finding of a kind and class."""
    return [
        f.row for f in item["all"]
        if f.column_name.strip("/") == column and f.entity_type == kind and f.flags == flags
    ]  # fmt: skip


@BY_NAME
def test_types_of_the_columns(items: dict[str, dict[str, Any]], file: File) -> None:
    columns = table_of(items[file.name])["columns"]
    assert [c["name"].strip("/") for c in columns] == list(file.rows[0])
    found = {c["name"].strip("/"): c["entity_type"] for c in columns if c["entity_type"]}
    assert found == file.types
    assert {c["share"] for c in columns if c["entity_type"]} == {1.0}


@BY_NAME
def test_people(items: dict[str, dict[str, Any]], file: File) -> None:
    item = items[file.name]
    assert item["status"] == "complete"
    assert (item["records"], item["subjects"]) == (ROWS, file.people)
    assert sum(item["law"]["tiers"].values()) == ROWS
    assert item["law"]["placeholders"] == item["law"]["damaged"] == 0


@BY_NAME
def test_every_cell_of_a_typed_column_is_found(items: dict[str, dict[str, Any]], file: File) -> None:
    first = FIRST_ROW.get(file.name.rpartition(".")[2], 2)
    for column, kind in file.types.items():
        assert cells_of(items[file.name], column, kind) == list(range(first, first + ROWS)), column


@BY_NAME
def test_columns_of_things_hold_no_finding(items: dict[str, dict[str, Any]], file: File) -> None:
    """Order numbers, timestamps, codes, amounts, builds: nothing, of no class."""
    open_ = {"备注", "寄件电话", "收件电话"}
    noisy = {f.column_name.strip("/") for f in items[file.name]["all"]} - set(file.types) - open_
    assert noisy == set()


@BY_NAME
def test_typed_columns_hold_their_type_only(items: dict[str, dict[str, Any]], file: File) -> None:
    for f in items[file.name]["all"]:
        column = f.column_name.strip("/")
        assert f.entity_type == file.types.get(column, "CN_MOBILE_NUMBER"), column


def test_phones_in_remarks(items: dict[str, dict[str, Any]]) -> None:
    item = items["业主名单.csv"]
    assert cells_of(item, "备注", "CN_MOBILE_NUMBER") == list(range(2, ROWS + 2, 5))
    assert item["law"]["unique_by_phone"] == ROWS + ROWS // 5
    assert item["sector"]["code"] == "real_estate"


def test_masked_phones_of_a_courier(items: dict[str, dict[str, Any]]) -> None:
    """Who received is told by name and home; the phones, all with stars, count nobody."""
    item = items["快递导出.csv"]
    for column in ("寄件电话", "收件电话"):
        assert cells_of(item, column, "CN_MOBILE_NUMBER", ("masked",)) == list(range(2, ROWS + 2))
    assert item["entities"]["CN_MOBILE_NUMBER"] == {"count": 0, "distinct": 0, "masked": 2 * ROWS}
    assert item["law"]["unique_by_phone"] == item["law"]["unique_by_name_phone"] == 0
    assert item["law"]["identifiable"] == ROWS


def test_fields_of_pupils_agree(items: dict[str, dict[str, Any]]) -> None:
    item = items["新生登记表.xlsx"]
    every = {"agree": ROWS, "differ": 0}
    assert table_of(item)["agreement"] == {"sex": every, "birth": every}
    ids = [f for f in item["all"] if f.entity_type == "CN_RESIDENT_ID"]
    assert all("agrees" in f.checks for f in ids)
    assert item["sector"]["code"] == "education"


def test_events_of_fifty_users(items: dict[str, dict[str, Any]]) -> None:
    """A phone in each event: bare numbers, repeated six times."""
    item = items["events.jsonl"]
    assert (item["law"]["identifiable"], item["law"]["bare_numbers"]) == (0, ROWS)
    assert item["entities"]["CN_MOBILE_NUMBER"] == {"count": ROWS, "distinct": 50}
    assert item["entities"]["IMEI"] == {"count": ROWS, "distinct": 50}
    assert {f.pointer for f in item["all"] if f.row == 1} == {
        "/user/mobile",
        "/device/imei",
        "/device/mac",
        "/net/ip",
    }


def test_buyers_who_come_again(items: dict[str, dict[str, Any]]) -> None:
    law = items["订单导出.csv"]["law"]
    assert law["identifiable"] == ROWS
    assert law["duplicates"] == ROWS - law["unique_by_phone"] == ROWS // 3
    assert law["unique_by_name_phone"] == law["unique_by_phone"]


def test_a_traded_list_ranks_above_ordinary_exports(items: dict[str, dict[str, Any]]) -> None:
    score = {name: item["trade"]["score"] for name, item in items.items()}
    assert score["业主名单.csv"] >= 60
    assert max(score["快递导出.csv"], score["events.jsonl"], score["订单导出.csv"]) < 25

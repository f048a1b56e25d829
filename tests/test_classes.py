"""Values that are not the real thing are findings of their class, and never people, records or law counts.

Each case is a file; all are scanned at once. A case stands beside its twin of real-looking values (made up, in
blocks that are not issued), in which every row counts. Classes: FACTS E (published), D1 and G6 (masked, hashed),
G3 (rounded), C7 (test data), D2 (service numbers).
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5, sha1, sha256
from pathlib import Path
from typing import Any

import pytest

from bench.column_values import checked
from bench.columns import values
from bench.values import Values
from scanner.api import scan

ROWS = 250
"""As many as it takes to tell a generator's phones from a market's."""

PHONE, ID, CARD, MAIL, LINE = (
    "CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD", "EMAIL_ADDRESS", "CN_LANDLINE_NUMBER",
)  # fmt: skip
REAL: dict[str, tuple[str, Callable[[Values], str]]] = {
    PHONE: ("手机号", Values.phone),
    ID: ("身份证号", Values.id_number),
    CARD: ("银行卡号", Values.card),
    MAIL: ("邮箱", Values.email),
    LINE: ("固定电话", lambda v: f"0571-8{v.random.randrange(10**7):07}"),
}
"""Header and real-looking values by type."""


@dataclass(frozen=True, slots=True)
class Case:
    """A column of one class: its type, class, header, and the cell of each row."""

    kind: str
    flag: str
    header: str
    cells: list[str]


def listed(*texts: str) -> list[str]:
    """Some values over and over."""
    return [texts[i % len(texts)] for i in range(ROWS)]


def made(method: Callable[[Values], str], form: Callable[[str], str] = str) -> list[str]:
    """Real-looking values in another form."""
    v = Values(11)
    return [form(method(v)) for _ in range(ROWS)]


def rounded() -> list[str]:
    """IDs that Excel rounded, without the one in eleven whose check holds by luck."""
    v, out = Values(12), []
    while len(out) < ROWS:
        text = v.id_number()[:15] + "000"
        if checked(text[:17]) != text:
            out.append(text)
    return out


CASES = {
    "phones published": Case(
        PHONE, "placeholder", "手机号", listed("13800138000", "13812345678", "13900139000", "13123456789")
    ),
    "phones of service centres": Case(PHONE, "placeholder", "手机号", listed("13800100500", "13800571500")),
    "ids printed in the standard": Case(ID, "placeholder", "身份证号", listed("11010519491231002X", "440524188001010014")),
    "cards of sandboxes": Case(
        CARD, "placeholder", "银行卡号", listed("6216261000000000018", "6226090000000048", "4111111111111111")
    ),
    "mail of reserved domains": Case(MAIL, "placeholder", "邮箱", [f"user{i}@example.{d}" for i, d in enumerate(listed("com", "org", "net"))]),
    "phones with stars": Case(PHONE, "masked", "手机号", made(Values.phone, lambda t: t[:3] + "****" + t[7:])),
    "phones with x": Case(PHONE, "masked", "手机号", made(Values.phone, lambda t: t[:3] + "xxxx" + t[7:])),
    "phones with dots": Case(PHONE, "masked", "手机号", made(Values.phone, lambda t: t[:3] + "····" + t[7:])),
    "ids with stars": Case(ID, "masked", "身份证号", made(Values.id_number, lambda t: t[:6] + "********" + t[14:])),
    "cards with stars": Case(CARD, "masked", "银行卡号", made(Values.card, lambda t: t[:6] + "*********" + t[15:])),
    "phones as MD5": Case(PHONE, "hashed", "手机号MD5", made(Values.phone, lambda t: md5(t.encode()).hexdigest())),
    "phones as SHA-256": Case(PHONE, "hashed", "手机号", made(Values.phone, lambda t: sha256(t.encode()).hexdigest())),
    "ids as SHA-1": Case(ID, "hashed", "身份证号", made(Values.id_number, lambda t: sha1(t.encode()).hexdigest().upper())),
    "phones counting up": Case(PHONE, "generated", "手机号", [str(19783370000 + i) for i in range(ROWS)]),
    "phones counting down": Case(PHONE, "generated", "手机号", [str(19783379999 - 3 * i) for i in range(ROWS)]),
    "phones counting up with gaps": Case(
        PHONE, "generated", "手机号", [str(19783370000 + i) for i in range(2 * ROWS) if i % 3][:ROWS]
    ),
    "ids counting up": Case(ID, "generated", "身份证号", [checked(f"11011019900101{i:03}") for i in range(ROWS)]),
    "phones of Faker": Case(PHONE, "generated", "手机号", values("mobile_faker", ROWS, 1)),
    "service lines": Case(LINE, "service", "固定电话", values("service", ROWS, 1)),
    "ids that Excel rounded": Case(ID, "damaged", "身份证号", rounded()),
}  # fmt: skip

MADE_UP_NAMES = ("张三", "李四", "王五", "赵六", "测试")
NOBODY = {
    "none": [f"{i:02}" for i in range(ROWS)],
    "no phone": listed("00000000000", "11111111111", "12345678901", "无", "-"),
    "no id": listed("110101199003071234", "123456789012345678", "000000000000000000", "无"),
}
"""Columns in which nothing is found that counts."""


def write(path: Path, headers: list[str], *columns: list[str]) -> None:
    """A CSV file of these columns."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([headers, *zip(*columns, strict=True)])


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The report on a folder with one file for each case; each with names, and by itself."""
    out, v = tmp_path_factory.mktemp("classes"), Values(13)
    names = [v.name() for _ in range(ROWS)]
    for name, case in CASES.items():
        write(out / f"{name}.csv", ["姓名", case.header], names, case.cells)
        write(out / f"{name}, no names.csv", ["序号", case.header], NOBODY["none"], case.cells)
    for kind, (header, method) in REAL.items():
        write(out / f"real {kind}.csv", ["姓名", header], names, [method(v) for _ in range(ROWS)])
    phones = [v.phone() for _ in range(ROWS)]
    write(out / "made-up names.csv", ["姓名", "手机号"], listed(*MADE_UP_NAMES), phones)
    write(out / "masked names.csv", ["姓名", "手机号"], [name[0] + "**" for name in names], phones)
    write(out / "no phones.csv", ["姓名", "手机号"], names, NOBODY["no phone"])
    write(out / "no ids.csv", ["姓名", "身份证号"], names, NOBODY["no id"])
    stars = [t if i % 5 else t[:3] + "****" + t[7:] for i, t in enumerate(phones)]
    write(out / "half masked.csv", ["姓名", "手机号"], names, stars)
    mixed = ["13800138000" if i % 10 == 0 else t for i, t in enumerate(phones)]
    write(out / "some placeholders.csv", ["姓名", "手机号"], names, mixed)
    write(out / "one phone for all.csv", ["姓名", "手机号"], names, listed(phones[0]))
    write(out / "nine in a row.csv", ["姓名", "手机号"], names[:9], CASES["phones counting up"].cells[:9])
    write(
        out / "block beside a phone.csv",
        ["姓名", "手机号", "备用手机"],
        names,
        phones,
        CASES["phones counting up"].cells,
    )
    return scan(out, workers=1, lang="en").to_dict()


def item_of(report: dict[str, Any], name: str) -> dict[str, Any]:
    """The item of a file."""
    [item] = [item for item in report["items"] if Path(item["path"]).name == f"{name}.csv"]
    assert item["status"] == "complete"
    assert item["findings_omitted"] == 0
    return item


def count_of(item: dict[str, Any], kind: str) -> dict[str, int]:
    found: dict[str, int] = item["entities"].get(kind, {})
    return found


NOBODYS = {"identifiable": 0, "unique_by_phone": 0, "unique_by_id": 0, "unique_by_name_phone": 0, "duplicates": 0,
           "bare_numbers": 0, "tiers": {"T1": 0, "T2": 0, "T3": 0}, "threshold_ratio": 0.0}  # fmt: skip


def law(item: dict[str, Any]) -> dict[str, Any]:
    """Its law counts that are about people."""
    return {name: item["law"][name] for name in NOBODYS}


# --- every class ------------------------------------------------------------------------------------


@pytest.mark.parametrize("tail", ["", ", no names"])
@pytest.mark.parametrize("name", CASES)
def test_a_class_counts_nobody(report: dict[str, Any], name: str, tail: str) -> None:
    case, item = CASES[name], item_of(report, name + tail)
    assert count_of(item, case.kind) == {"count": 0, "distinct": 0, case.flag: ROWS}
    assert (item["records"], item["subjects"]) == (0, 0)
    assert law(item) == NOBODYS
    assert item["law"]["placeholders"] == (ROWS if case.flag == "placeholder" else 0)
    assert item["law"]["damaged"] == (ROWS if case.flag == "damaged" else 0)


@pytest.mark.parametrize("name", CASES)
def test_each_finding_says_its_class(report: dict[str, Any], name: str) -> None:
    case = CASES[name]
    mine = [f for f in item_of(report, name)["findings"] if f["entity_type"] == case.kind]
    assert len(mine) == ROWS
    assert all(f.get(case.flag) is True for f in mine)
    flags = {"masked", "damaged", "placeholder", "hashed", "generated", "service"} - {case.flag}
    assert not any(flags & f.keys() for f in mine)
    assert [f["origin"]["row"] for f in mine] == list(range(2, ROWS + 2))


@pytest.mark.parametrize("name", CASES)
def test_names_beside_a_class_are_found_and_count_nobody(report: dict[str, Any], name: str) -> None:
    """A name without a contact, a document, a card or a home is no record."""
    assert count_of(item_of(report, name), "PERSON")["count"] == ROWS


@pytest.mark.parametrize("name", CASES)
def test_a_column_of_a_class_has_no_type_in_the_report(report: dict[str, Any], name: str) -> None:
    [table] = item_of(report, name)["tables"]
    assert [c["entity_type"] for c in table["columns"]] == ["PERSON", None]
    assert table["columns"][1]["share"] == 0.0


# --- the twins --------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", REAL)
def test_real_looking_values_are_counted(report: dict[str, Any], kind: str) -> None:
    item = item_of(report, f"real {kind}")
    assert count_of(item, kind) == {"count": ROWS, "distinct": ROWS}
    assert (item["records"], item["subjects"]) == (ROWS, ROWS)
    assert item["law"]["identifiable"] == ROWS
    assert item["law"]["tiers"] == {"T1": 0, "T2": 0, "T3": ROWS}
    assert item["law"]["unique_by_phone"] == (ROWS if kind == PHONE else 0)
    assert item["law"]["unique_by_id"] == (ROWS if kind == ID else 0)
    assert item["law"]["unique_by_name_phone"] == (ROWS if kind == PHONE else 0)
    assert item["law"]["placeholders"] == item["law"]["damaged"] == 0
    assert [c["entity_type"] for c in item["tables"][0]["columns"]] == ["PERSON", kind]


def test_every_case_has_a_twin() -> None:
    assert {case.kind for case in CASES.values()} == set(REAL)
    flags = {case.flag for case in CASES.values()}
    assert flags == {"masked", "damaged", "placeholder", "hashed", "generated", "service"}
    assert all(len(case.cells) == ROWS for case in CASES.values())


# --- tables of both ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "flag"), [("made-up names", "placeholder"), ("masked names", "masked")])
def test_names_that_are_none_leave_bare_numbers(report: dict[str, Any], name: str, flag: str) -> None:
    """The phones are real: a list of numbers, of nobody by name."""
    item = item_of(report, name)
    assert count_of(item, "PERSON")["count"] == 0
    assert count_of(item, "PERSON")[flag] > 0
    assert (item["law"]["identifiable"], item["law"]["bare_numbers"]) == (0, ROWS)
    assert (item["records"], item["subjects"]) == (ROWS, ROWS)
    assert item["law"]["unique_by_name_phone"] == 0


@pytest.mark.parametrize(("name", "kind"), [("no phones", PHONE), ("no ids", ID)])
def test_defaults_and_numbers_that_fail_are_nobody(report: dict[str, Any], name: str, kind: str) -> None:
    item = item_of(report, name)
    assert count_of(item, kind).get("count", 0) == 0
    assert (item["records"], item["subjects"]) == (0, 0)
    assert law(item) == NOBODYS


@pytest.mark.parametrize(
    ("name", "flag", "share"), [("half masked", "masked", 5), ("some placeholders", "placeholder", 10)]
)
def test_rows_of_both(report: dict[str, Any], name: str, flag: str, share: int) -> None:
    item, some = item_of(report, name), ROWS // share
    assert count_of(item, PHONE) == {"count": ROWS - some, "distinct": ROWS - some, flag: some}
    assert (item["records"], item["subjects"]) == (ROWS - some, ROWS - some)
    assert item["law"]["identifiable"] == item["law"]["unique_by_phone"] == ROWS - some


def test_one_phone_for_all_is_one_person(report: dict[str, Any]) -> None:
    """A default that somebody typed, or one customer: rows are said, people are one."""
    item = item_of(report, "one phone for all")
    assert count_of(item, PHONE) == {"count": ROWS, "distinct": 1}
    assert (item["records"], item["subjects"]) == (ROWS, 1)
    assert item["law"]["duplicates"] == ROWS - 1
    assert item["law"]["unique_by_phone"] == 1


def test_few_numbers_in_a_row_are_no_block(report: dict[str, Any]) -> None:
    item = item_of(report, "nine in a row")
    assert count_of(item, PHONE) == {"count": 9, "distinct": 9}
    assert item["subjects"] == 9


def test_a_block_beside_real_phones(report: dict[str, Any]) -> None:
    item = item_of(report, "block beside a phone")
    assert count_of(item, PHONE) == {"count": ROWS, "distinct": ROWS, "generated": ROWS}
    assert (item["records"], item["subjects"]) == (ROWS, ROWS)
    assert [c["share"] for c in item["tables"][0]["columns"]] == [1.0, 1.0, 0.0]


# --- the whole scan ---------------------------------------------------------------------------------


def test_the_summary_counts_the_twins_only(report: dict[str, Any]) -> None:
    summary = report["summary"]
    assert summary["items"] == summary["complete"] == len(report["items"])
    assert summary["records"] == sum(item["records"] for item in report["items"])
    for flag in ("masked", "damaged", "placeholder", "hashed", "generated", "service"):
        mine = [case.kind for case in CASES.values() if case.flag == flag]
        assert all(summary["entities"][kind][flag] >= 2 * ROWS for kind in mine)
    nobody = [item for item in report["items"] if Path(item["path"]).stem.split(",")[0] in CASES]
    assert len(nobody) == 2 * len(CASES)
    assert summary["law"]["placeholders"] == sum(item["law"]["placeholders"] for item in report["items"])
    assert summary["law"]["damaged"] == 2 * ROWS

"""Agreement of the fields of a row: sex and birth in an ID against columns, its region and the phone against places.

IDs are of a district that was abolished in 1986; phones whose place is known are the service centres of cities
(13800571500), which nobody owns and which a scan never counts.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import scanner
from bench.column_values import checked
from bench.values import Values
from scanner import agreement, detectors, rules
from scanner.agreement import PAIRS, SAMPLE, birth, compare, is_male, region
from scanner.analyse import Outcome, analyse
from scanner.items import Assembler
from scanner.records import Tally
from scanner.report import Item
from scanner.resolve import resolve
from scanner.schema import KIND, Batch, Cells, Spans
from scanner.sources.stdin import Stdin

TODAY = 20261124
HEADERS = ("姓名", "身份证号", "性别", "出生日期")
AGREES = np.uint32(rules.BIT["agrees"])
Row = tuple[str, ...]


def sex(id_number: str) -> str:
    return "男" if int(id_number[16]) % 2 else "女"


def day(id_number: str, form: str = "{}-{}-{}") -> str:
    return form.format(id_number[6:10], id_number[10:12], id_number[12:14])


def people(rows: int, seed: int = 1) -> list[Row]:
    """Names, IDs, and the sexes and birth dates in them."""
    v, out = Values(seed), []
    for _ in range(rows):
        number = v.id_number()
        out.append((v.name(), number, sex(number), day(number)))
    return out


def item_of(name: str, text: str) -> Item:
    """The item that a scan makes of a file, in this process (a worker takes half a second to start)."""
    data = text.encode()
    source = Stdin(data, None, len(data), name)
    assembler = Assembler("en", False, b"a key for tests only, 32 bytes!!", 1000)
    outcome = Outcome()
    outcome.merge(analyse(source, None, TODAY), None)
    assembler.add(source, outcome)
    return assembler.items[0]


def scan(headers: Row, rows: list[Row]) -> Item:
    """The item of a CSV file, with all its findings."""
    sheet = io.StringIO()
    csv.writer(sheet).writerows([headers, *rows])
    return item_of("list.csv", sheet.getvalue())


def counts(item: Item) -> dict[str, tuple[int, int]]:
    """(agree, differ) by pair, as the report has it."""
    [table] = item.to_dict("en")["tables"]
    return {pair: (n["agree"], n["differ"]) for pair, n in table.get("agreement", {}).items()}


def agreeing_rows(item: Item) -> list[int]:
    """Rows whose ID has the check, the first row below the header being 0."""
    return [f.row - 2 for f in item.findings if f.entity_type == "CN_RESIDENT_ID" and "agrees" in f.checks]


# --- what an ID says --------------------------------------------------------------------------------


@given(st.integers(0, 10**6))
def test_parts_of_an_id(seed: int) -> None:
    number = Values(seed).id_number()
    key = np.array([int(number[:17])], np.uint64)
    assert is_male(key).tolist() == [sex(number) == "男"]
    assert birth(key).tolist() == [int(number[6:14])]
    assert region(key).tolist() == [110110]


def test_parts_of_an_old_id() -> None:
    keys = np.array([110110870102003, 110110680229004], np.uint64)
    assert is_male(keys).tolist() == [True, False]
    assert birth(keys).tolist() == [19870102, 19680229]
    assert region(keys).tolist() == [110110, 110110]


# --- sex and birth ----------------------------------------------------------------------------------


def test_a_list_that_agrees() -> None:
    item = scan(HEADERS, people(40))
    assert counts(item) == {"sex": (40, 0), "birth": (40, 0)}
    assert agreeing_rows(item) == list(range(40))
    assert item.subjects == 40


def test_a_list_in_a_whole_scan(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("\n".join(",".join(row) for row in [HEADERS, *people(40)]), "utf-8")
    report = scanner.scan(path, workers=1, lang="en").to_dict()
    [item] = report["items"]
    assert item["tables"][0]["agreement"] == {
        "sex": {"agree": 40, "differ": 0}, "birth": {"agree": 40, "differ": 0},
    }  # fmt: skip
    ids = [f for f in item["findings"] if f["entity_type"] == "CN_RESIDENT_ID"]
    assert len(ids) == 40
    assert all("agrees" in f["checks"] for f in ids)


def test_a_list_of_which_rows_differ() -> None:
    """In every fourth row the sex is wrong, in every fifth the birth date; an ID that differs in one is not vouched for."""
    rows = []
    for i, (name, number, word, date) in enumerate(people(40)):
        word = "女男"[word == "女"] if i % 4 == 0 else word
        rows.append((name, number, word, "1970-01-01" if i % 5 == 0 else date))
    item = scan(HEADERS, rows)
    assert counts(item) == {"sex": (30, 10), "birth": (32, 8)}
    assert agreeing_rows(item) == [i for i in range(40) if i % 4 and i % 5]


def test_a_list_that_was_shuffled() -> None:
    """Columns of different people: sexes agree by chance, dates hardly ever."""
    rows, others = people(200, 1), people(200, 2)
    mixed = [
        (name, number, other[2], other[3]) for (name, number, *_), other in zip(rows, others, strict=True)
    ]
    got = counts(scan(HEADERS, mixed))
    assert sum(got["sex"]) == sum(got["birth"]) == 200
    assert 70 <= got["sex"][0] <= 130
    assert got["birth"][0] <= 2


@pytest.mark.parametrize(
    ("male", "female", "header"),
    [("男", "女", "性别"), ("男性", "女性", "性别"), ("M", "F", "sex"), ("male", "FEMALE", "Gender"), ("先生", "女士", "性别"),
     (" 男", "女 ", "性别*")],
)  # fmt: skip
def test_words_for_the_sexes(male: str, female: str, header: str) -> None:
    rows = [(name, number, male if word == "男" else female, "") for name, number, word, _ in people(20)]
    item = scan(("姓名", "身份证号", header, "备注"), rows)
    assert counts(item) == {"sex": (20, 0)}
    assert len(agreeing_rows(item)) == 20


@pytest.mark.parametrize("word", ["", "1", "未知", "男/女", "男孩子", "mm", "femal", "-"])
def test_words_that_tell_no_sex(word: str) -> None:
    rows = [(name, number, word, "x") for name, number, *_ in people(20)]
    item = scan(("姓名", "身份证号", "性别", "备注"), rows)
    assert counts(item) == {}
    assert agreeing_rows(item) == []


@pytest.mark.parametrize(
    "form", ["{}-{}-{}", "{}/{}/{}", "{}.{}.{}", "{}{}{}", "{}年{}月{}日", "{}-{}-{} 00:00:00"]
)
def test_forms_of_birth_dates(form: str) -> None:
    rows = [(name, number, "x", day(number, form)) for name, number, *_ in people(20)]
    item = scan(("姓名", "身份证号", "备注", "出生日期"), rows)
    assert counts(item) == {"birth": (20, 0)}
    assert len(agreeing_rows(item)) == 20


def test_other_dates_are_not_compared() -> None:
    rows = [(name, number, "x", day(number)) for name, number, *_ in people(20)]
    for header in ("下单时间", "入职日期", "到期日"):
        assert counts(scan(("姓名", "身份证号", "备注", header), rows)) == {}


def test_old_ids() -> None:
    rows = []
    for i, (name, number, *_) in enumerate(people(20)):
        old = number[:6] + number[8:16] + str(i % 10)
        rows.append(
            (name, old, "女男"[i % 2], "19" + number[8:10] + "-" + number[10:12] + "-" + number[12:14])
        )
    item = scan(HEADERS, rows)
    assert counts(item) == {"sex": (20, 0), "birth": (20, 0)}


def test_permits_of_hong_kong_residents() -> None:
    rows = []
    for name, number, word, date in people(20):
        rows.append((name, checked("810000" + number[6:17]), word, date))
    item = scan(("姓名", "居住证号", "性别", "出生日期"), rows)
    assert counts(item) == {"sex": (20, 0), "birth": (20, 0)}
    assert all("agrees" in f.checks for f in item.findings if f.entity_type == "CN_RESIDENCE_PERMIT")


# --- rows without both sides ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda n: "", id="empty"),
        pytest.param(lambda n: n[:6] + "********" + n[14:], id="masked"),
        pytest.param(lambda n: n[:15] + "000", id="rounded"),
        pytest.param(lambda n: "11010519491231002X", id="printed in the standard"),
        pytest.param(lambda n: n[:17] + ("1" if n[17] != "1" else "2"), id="wrong"),
    ],
)
def test_ids_that_are_not_real_agree_with_nothing(change: Callable[[str], str]) -> None:
    """Two rows of real ones stay, so that the columns are what they were."""
    rows = [
        (n, change(number) if i > 1 else number, word, date)
        for i, (n, number, word, date) in enumerate(people(12))
    ]
    rows = [row for row in rows if not (row[1].endswith("000") and _passes(row[1]))]
    item = scan(HEADERS, rows)
    assert counts(item) == {"sex": (2, 0), "birth": (2, 0)}
    assert agreeing_rows(item) == [0, 1]


def _passes(number: str) -> bool:
    return checked(number[:17]) == number


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_few_rows_are_compared_too(rows: int) -> None:
    """A count is no share: one row that agrees is said to be one."""
    item = scan(HEADERS, people(rows))
    assert counts(item) == {"sex": (rows, 0), "birth": (rows, 0)}


def test_tables_without_rows_or_columns_to_compare() -> None:
    assert scan(HEADERS, []).to_dict("en")["tables"] == []
    item = scan(HEADERS[:2], [row[:2] for row in people(20)])
    assert "agreement" not in item.tables[0]
    assert agreeing_rows(item) == []


def test_lines_of_text_are_not_compared() -> None:
    item = item_of("a.log", "\n".join(f"客户{number}，性别{word}" for _, number, word, _ in people(20)))
    assert item.entities["CN_RESIDENT_ID"]["count"] == 20
    assert all("agreement" not in table for table in item.tables)


def test_the_first_of_two_ids_in_a_row_is_compared() -> None:
    """Husband and wife, of whom the columns describe one."""
    one, two = people(20, 1), people(20, 2)
    rows = [(*mine, other[1]) for mine, other in zip(one, two, strict=True)]
    item = scan((*HEADERS, "配偶身份证号"), rows)
    assert counts(item) == {"sex": (20, 0), "birth": (20, 0)}
    assert sum("agrees" in f.checks for f in item.findings) == 20
    assert {f.column for f in item.findings if "agrees" in f.checks} == {2}


def test_ranges_of_a_file_add_up() -> None:
    """Two batches of a table count what one does."""
    rows = people(60)
    whole, halves = Tally(), Tally()
    for tally, parts in ((whole, [rows]), (halves, [rows[:30], rows[30:]])):
        for part in parts:
            batch = Batch("t", Cells.from_strings([t for row in part for t in row], 4), HEADERS)
            judged = detectors.judge(batch, TODAY)
            tally.add(
                batch, resolve(batch.cells, detectors.find(batch.cells, judged, TODAY), judged), judged, None
            )
    assert whole.tables[0].agreement.tolist() == halves.tables[0].agreement.tolist()
    assert whole.tables[0].agreement[:2].tolist() == [[60, 0], [60, 0]]


# --- region and place -------------------------------------------------------------------------------

HOME = "{}望江路1号云锦花园3栋2单元501室"


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("北京市海淀区", (20, 0)),
        ("北京", (20, 0)),
        ("河北省石家庄市长安区", (0, 20)),
        ("上海市黄浦区", (0, 20)),
        ("", None),  # no province is known
    ],
)
def test_region_of_the_id_and_province_of_the_address(place: str, expected: tuple[int, int] | None) -> None:
    """Of 北京's former district 燕山; only provinces are compared, for many have moved within one."""
    rows = [(name, number, HOME.format(place)) for name, number, *_ in people(20)]
    item = scan(("姓名", "身份证号", "家庭住址"), rows)
    assert counts(item).get("region") == expected
    assert agreeing_rows(item) == []  # many have moved: it is no check of one ID


def placed(rows: list[Row]) -> dict[str, list[int]]:
    """Agreement in a table of names, phones and addresses, where service centres count as phones."""
    cells = Cells.from_strings([text for row in rows for text in row], 3)
    judged = detectors.judge(Batch("t", cells, ("姓名", "手机号", "地址")), TODAY)
    spans = resolve(cells, detectors.find(cells, judged, TODAY), judged)
    spans = replace(spans, flags=np.zeros_like(spans.flags))
    same, found = compare(cells, spans, judged, True)
    assert (same.checks == spans.checks).all()
    return dict(zip(PAIRS, found.tolist(), strict=True))


CENTRES = {"北京": "13800100500", "上海": "13800210500", "杭州": "13800571500", "成都": "13800280500"}


@pytest.mark.parametrize(
    ("city", "place", "expected"),
    [
        ("杭州", "浙江省杭州市西湖区", [30, 0]),
        ("杭州", "杭州市", [30, 0]),
        ("杭州", "浙江省宁波市", [0, 30]),
        ("杭州", "浙江省", [30, 0]),  # only the province is known
        ("杭州", "江苏省", [0, 30]),
        ("成都", "四川省成都市武侯区", [30, 0]),
        ("北京", "北京市朝阳区", [30, 0]),  # a municipality
        ("上海", "北京市朝阳区", [0, 30]),
        ("上海", "", [0, 0]),
    ],
)
def test_place_of_the_phone_and_city_of_the_address(city: str, place: str, expected: list[int]) -> None:
    v = Values(1)
    rows = [(v.name(), CENTRES[city], HOME.format(place)) for _ in range(30)]
    assert placed(rows) == {"sex": [0, 0], "birth": [0, 0], "region": [0, 0], "place": expected}


def test_phones_of_unknown_blocks_are_not_compared() -> None:
    v = Values(1)
    rows = [(v.name(), v.phone(), HOME.format("杭州市")) for _ in range(30)]
    assert placed(rows)["place"] == [0, 0]


def test_service_centres_are_not_compared_in_a_scan() -> None:
    """They are placeholders there."""
    v = Values(1)
    rows = [(v.name(), CENTRES["杭州"] if i else v.phone(), HOME.format("杭州市")) for i in range(30)]
    item = scan(("姓名", "手机号", "地址"), rows)
    assert "place" not in counts(item)
    assert item.entities["CN_MOBILE_NUMBER"] == {"count": 1, "distinct": 1, "placeholder": 29}


def test_places_are_compared_in_the_first_rows_only() -> None:
    """Sexes and birth dates, which become checks of findings, in all."""
    v = Values(1)
    rows = [(v.name(), v.id_number(), HOME.format("北京市")) for _ in range(SAMPLE + 50)]
    rows = [(name, number, sex(number), address) for name, number, address in rows]
    cells = Cells.from_strings([text for row in rows for text in row], 4)
    judged = detectors.judge(Batch("t", cells, ("姓名", "身份证号", "性别", "地址")), TODAY)
    spans = resolve(cells, detectors.find(cells, judged, TODAY), judged)
    spans, found = compare(cells, spans, judged, True)
    assert found.tolist() == [[SAMPLE + 50, 0], [0, 0], [SAMPLE, 0], [0, 0]]
    assert int(((spans.checks & AGREES) != 0).sum()) == SAMPLE + 50
    assert compare(cells, spans, judged, False)[1].tolist() == [[SAMPLE + 50, 0], [0, 0], [0, 0], [0, 0]]


# --- edges ------------------------------------------------------------------------------------------


def test_no_spans_no_agreement() -> None:
    cells = Cells.from_strings(["", "", "", ""], 4)
    judged = detectors.judge(Batch("t", cells, HEADERS), TODAY)
    spans, found = compare(cells, Spans.empty(), judged, True)
    assert len(spans) == 0
    assert found.tolist() == [[0, 0]] * 4


def test_no_ids_beside_sexes_and_dates() -> None:
    rows = [(name, "", word, date) for name, _, word, date in people(20)]
    item = scan(HEADERS, rows)
    assert counts(item) == {}
    assert item.entities["BIRTH_DATE"]["count"] == 20


def test_names_of_the_pairs_and_kinds() -> None:
    kinds: Any = (agreement.RESIDENT, agreement.PERMIT)
    assert kinds == (KIND["CN_RESIDENT_ID"], KIND["CN_RESIDENCE_PERMIT"])
    assert PAIRS == ("sex", "birth", "region", "place")

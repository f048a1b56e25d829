"""Lookalikes: nothing is found where nothing is, and real values among them are all found.

The kinds and their honesty (what they must hold, check digits, valid files) are tested too, so that the
scanner is not praised for easy material.
"""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from random import Random

import pytest
from stdnum import ean, isbn, luhn
from stdnum.cn import ric, uscc

from bench import false_alarms, lookalikes
from bench.values import Values
from scanner.analyse import analyse
from scanner.schema import ENTITY_TYPES
from scanner.sources.stdin import Stdin

KINDS = lookalikes.kinds()
SEED = 2
SAMPLE = 3000
"""Bytes of one kind in one format: thirty lines or more."""


def found(name: str, text: str) -> list[str]:
    """The phones and IDs that a scan finds in a file of this name, in order of columns and rows."""
    data = text.encode()
    outcome = analyse(Stdin(data, None, len(data), name), None, false_alarms.TODAY)
    assert outcome.status == "complete", outcome.notes
    return [
        value.decode()
        for part in outcome.tally.found
        for value, kind in zip(part.values, part.spans.kind, strict=True)
        if ENTITY_TYPES[kind] in false_alarms.NUMBERS
    ]


# --- nothing is found ------------------------------------------------------------------------------


def test_at_most_one_false_number_in_a_megabyte(tmp_path: Path) -> None:
    alarms = [a for a in false_alarms.among_lookalikes(tmp_path, 1, SEED) if false_alarms.is_number(a)]
    shown = [f"{alarm.file}: {alarm.around}" for alarm in alarms[:40]]
    assert len(alarms) <= 1, f"{len(alarms)} in all\n" + "\n".join(shown)


@pytest.mark.parametrize("kind", KINDS)
def test_no_number_in_a_kind(kind: str) -> None:
    for form in KINDS[kind].formats:
        assert found(f"{kind}.{form}", lookalikes.document(kind, form, SAMPLE, SEED)) == [], form
    assert found(f"{kind}.txt", lookalikes.text(kind, SAMPLE / 1e6, SEED)) == []


# --- real values among them are found --------------------------------------------------------------

LINES = (
    "{v} 联系电话 {phone}",
    "{v}，收件人手机：{phone}，身份证号{id}",
    "订单号 2024011500{n}，电话 {phone}，证件号码：{id}",
    "流水号：{n}\t{name}\t{phone}\t{id}",
    "2024-01-15 10:11:12.345 INFO order_id={n} size={n} mobile={phone} id_card={id}",
    '{{"sku":"{n}","serial_no":{n},"phone":"{phone}","idcard":"{id}"}}',
    'a.sku="{n}";n({{phone:"{phone}",t:1}});',
    "单号{n}已签收，有问题请拨打{phone}",
    "货号 {n} 买家 {name} {phone}",
    "https://shop.example/order.html?id={n}&mobile={phone}&t=1",
    "{name} {phone}",
    "{phone}",
    "{id}",
    "1.78 {phone} 备注{n}",
    "编号{n}：{name}，{id}",
)
"""Lines with real values; `v` is a lookalike, `n` some digits."""


@pytest.mark.parametrize("kind", KINDS)
def test_planted_values_in_text_are_found(kind: str) -> None:
    values, random = Values(len(kind)), Random(kind)
    planted, lines = [], []
    for number, line in enumerate(lookalikes.text(kind, 0.004, SEED).splitlines()):
        template = LINES[number % len(LINES)]
        phone, person = values.phone(), values.id_number()
        planted += [phone] if "{phone}" in template else []
        planted += [person] if "{id}" in template else []
        v, n = lookalikes.fill(KINDS[kind].values[0], random), str(random.randrange(10**8, 10**9))
        lines += [line, template.format(v=v, n=n, phone=phone, id=person, name=values.name())]
    hits = set(found("planted.log", "\n".join(lines)))
    assert [value for value in planted if value not in hits] == []


@pytest.mark.parametrize("kind", KINDS)
def test_planted_columns_are_found(kind: str) -> None:
    one, values, random = KINDS[kind], Values(len(kind)), Random(kind)
    rows = [
        (lookalikes.fill(one.values[i % len(one.values)], random), values.name(), values.phone(),
         values.id_number())
        for i in range(40)
    ]  # fmt: skip
    sheet = io.StringIO()
    csv.writer(sheet).writerows([(one.column, "姓名", "手机号", "身份证号"), *rows])
    records = [dict(zip((one.key, "name", "phone", "id_card"), row, strict=True)) for row in rows]
    planted = {value for row in rows for value in row[2:]}
    assert planted <= set(found("list.csv", sheet.getvalue()))
    assert planted <= set(found("list.json", json.dumps(records, ensure_ascii=False)))


def test_one_real_value_in_a_file_of_lookalikes_is_found() -> None:
    """A single phone and ID in a hundred lines of eleven-digit serials, which look like phones."""
    values = Values(9)
    phone, person = values.phone(), values.id_number()
    lines = list(lookalikes.lines("serial_eleven", "log", 8000, SEED))
    lines[50:50] = [f"INFO callback to customer tel {phone}", f"INFO verified {person}"]
    assert {phone, person} <= set(found("app.log", "\n".join(lines)))


# --- the material is honest ------------------------------------------------------------------------


def test_same_seed_same_text_and_another_seed_another() -> None:
    for kind in KINDS:
        assert lookalikes.text(kind, 0.002, 1) == lookalikes.text(kind, 0.002, 1)
    assert lookalikes.text("uuid", 0.002, 1) != lookalikes.text("uuid", 0.002, 2)


def test_kinds_are_many_and_stand_in_every_format() -> None:
    assert len(KINDS) >= 30
    for one in KINDS.values():
        assert set(lookalikes.FORMATS) <= set(one.formats)
        assert one.values and one.key and one.column and "«" not in one.key + one.column


REAL = re.compile(r"(?<!\d)(?:86)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)")


@pytest.mark.parametrize("kind", KINDS)
def test_kinds_that_may_be_real_sometimes_are(kind: str) -> None:
    """Nothing is taken out: where the table says that chance may spell a real number, it does."""
    if not KINDS[kind].may_be_real:
        return
    text = lookalikes.text(kind, 0.3, SEED)
    ids = [found for found in re.findall(r"(?<!\d)\d{18}(?!\d)", text) if ric.is_valid(found)]
    assert REAL.search(text) or ids


@pytest.mark.parametrize("kind", KINDS)
def test_files_are_what_their_suffix_says(kind: str) -> None:
    rows = list(csv.reader(io.StringIO(lookalikes.document(kind, "csv", SAMPLE, SEED))))
    assert {len(row) for row in rows} == {5} and rows[0][1] == KINDS[kind].column
    assert len(json.loads(lookalikes.document(kind, "json", SAMPLE, SEED))) >= 10


def test_sizes_are_kept() -> None:
    assert len(lookalikes.text("gps", 0.1, SEED).encode()) == pytest.approx(100_000, rel=0.02)
    assert len(lookalikes.document("gps", "csv", 50_000, SEED).encode()) == pytest.approx(50_000, rel=0.02)


@pytest.mark.parametrize(
    ("kind", "form", "is_valid"),
    [("ean13", 0, ean.is_valid), ("isbn", 0, isbn.is_valid), ("isbn", 1, isbn.is_valid), ("isbn", 2, isbn.is_valid),
     ("iccid", 0, luhn.is_valid), ("imei", 0, luhn.is_valid), ("uscc", 0, uscc.is_valid), ("uscc", 1, uscc.is_valid)],
)  # fmt: skip
def test_check_digits_are_right(kind: str, form: int, is_valid: object) -> None:
    random = Random(SEED)
    assert callable(is_valid)
    for _ in range(50):
        value = lookalikes.fill(KINDS[kind].values[form], random)
        assert is_valid(value), value


def test_page_names_kinds_alarms_and_what_is_not_judged() -> None:
    """The page of docs/lookalikes.md, from made-up alarms."""
    finding = false_alarms.Finding(
        "CN_MOBILE_NUMBER", "197****1234", "f", 0.9, ("code",), (), "text", 1, 1, "", None, 0, 11
    )
    made = [false_alarms.Alarm("sha1/log.log", finding, "sha1=x|y")]
    page = false_alarms.page(made, [false_alarms.Alarm("new|file.txt", finding)], 10, 1)
    assert "| sha1 | SHA-1 | 1 | 0 |  |" in page and "**1**" in page and "sha1=x\\|y" in page
    assert "| new\\|file.txt | CN_MOBILE_NUMBER | 1 | `197****1234` | **not judged** |" in page
    assert false_alarms.listing(made).split("\t")[:3] == ["sha1/log.log", "CN_MOBILE_NUMBER", "197****1234"]

"""Dates as people write them against the calendar of Python, and dates of birth in text and columns."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner import detectors
from scanner.detectors import dates
from scanner.schema import KIND, Cells

TODAY = 20261124
BIRTH = KIND["BIRTH_DATE"]

FORMS = (
    "{y}-{m:02}-{d:02}", "{y}/{m}/{d}", "{y}/{m:02}/{d:02}", "{y}.{m}.{d}", "{y}年{m}月{d}日", "{y}年{m:02}月{d:02}日", "{y}年{m}月{d}号",
    "{y}年{m}月{d}", "{y}{m:02}{d:02}", "{y}-{m:02}-{d:02}T08:00:00", "{y}-{m:02}-{d:02}T00:00:00.000Z", "{y}-{m:02}-{d:02}T00:00:00+08:00", "{y}-{m:02}-{d:02}T08:30Z", "{y}-{m:02}-{d:02}T08:30:00.123456",
)  # fmt: skip
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


def read(text: str, whole: bool = False) -> tuple[int, int]:
    """End and number of the date at the beginning of a text; (-1, 0) where there is none."""
    data = np.frombuffer(text.encode(), np.uint8)
    end, stamp = dates.read(data, np.zeros(1, np.int64), np.array([len(data)]), whole)
    return int(end[0]), int(stamp[0])


def births(text: str) -> list[str]:
    """Dates of birth that are found in one cell."""
    cells = Cells.from_strings([text], 1)
    spans = detectors.find(cells, None, TODAY)
    spans = spans.take(spans.kind == BIRTH)
    return [cells.data[a:b].tobytes().decode() for a, b in zip(spans.start, spans.end, strict=True)]


@settings(max_examples=300)
@given(DAYS, st.sampled_from(FORMS), st.sampled_from(["", " ", "，", "生", "\u20ac", "。"]))
def test_every_form_of_every_day(day: date, form: str, behind: str) -> None:
    text = form.format(y=day.year, m=day.month, d=day.day)
    assert read(text + behind) == (len(text.encode()), int(f"{day:%Y%m%d}"))
    assert read(text, True) == (len(text.encode()), int(f"{day:%Y%m%d}"))


@settings(max_examples=300)
@given(st.text("0129-/.年月日号T: ", max_size=14))
def test_other_signs_against_re(tail: str) -> None:
    """One date and the longest; year 19 or 20, months and days of one or two digits."""
    text = "19" + tail
    day = r"(?:19|20)[0-9]{2}(?:[-/.][0-9]{1,2}[-/.][0-9]{1,2}|年[0-9]{1,2}月[0-9]{1,2}[日号]?|[0-9]{4})"
    found = [
        text[:n]
        for n in range(len(text), 0, -1)
        if re.fullmatch(day, text[:n]) and not re.match("[0-9A-Za-z]", text[n:])
    ]
    end, stamp = read(text)
    assert end == (len(found[0].encode()) if found else -1)
    if found:
        fields = re.findall("[0-9]+", found[0])
        fields = [found[0][:4], found[0][4:6], found[0][6:]] if len(fields) == 1 else fields
        assert stamp == int(fields[0]) * 10_000 + int(fields[1]) * 100 + int(fields[2])


@pytest.mark.parametrize(
    ("clock", "is_date"),
    [
        ("", True), (" 0:00", True), (" 00:00:00", True), ("T00:00:00", True), (" 08:30", True), (" 00:00:00.000", True), ("T08:30", True),
        (" ", False), (" 1990-01-02", False), (" 上午", False), (" 无记录", False), ("，08:30", False), (" 8", False), (" ab:cd", False),
        (" 00:00:00.000 UTC", False), ("08:30", False),
    ],
)  # fmt: skip
def test_a_time_of_day_may_follow_in_a_column(clock: str, is_date: bool) -> None:
    assert (read(f"1990-01-02{clock}", True)[1] == 19900102) == is_date
    if clock[:1] != "T":
        assert (read(f"1990年1月2日{clock}", True)[1] == 19900102) == is_date


@settings(max_examples=200)
@given(st.integers(1800, 2199), st.integers(0, 13), st.integers(0, 32), st.sampled_from(FORMS[:6]))
def test_births_are_real_days_until_today(year: int, month: int, day: int, form: str) -> None:
    text = form.format(y=year, m=month, d=day)
    try:
        real = int(f"{date(year, month, day):%Y%m%d}")
    except ValueError:
        real = 0
    good = year >= 1900 and TODAY - 1_500_000 <= real <= TODAY
    assert births(f"出生日期：{text}") == ([text] if good else [])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("生日 2024-02-29", ["2024-02-29"]),
        ("生日 2023-02-29", []),
        ("生日 1900-02-29", []),
        ("生日 2000-02-29", ["2000-02-29"]),
        ("生日 2026-11-24", ["2026-11-24"]),
        ("生日 2026-11-25", []),
        ("生日 90-01-02", []),
        ("生日 1990-1", []),
        ("生日1990年1月", []),
        ("生日 199001021", []),
        ("生日 1990-01-023", []),
        ("生日 1990-01/02", ["1990-01/02"]),
        ("1990-01-02", []),
        ("登记日期 1990-01-02", []),
        ("出生年月日：1990-01-02", ["1990-01-02"]),
        ("birth_date=1990-01-02", ["1990-01-02"]),
        ('"birthDate":"1990-01-02"', ["1990-01-02"]),
        ('"dateOfBirth":"19900102"', ["19900102"]),
        ("Date of Birth: 1990/1/2", ["1990/1/2"]),
        ("DOB 1990.1.2,", ["1990.1.2"]),
        ("dob19900102", ["19900102"]),
        ("rebirth 1990-01-02", []),
        ("出生日期（1990-01-02）", ["1990-01-02"]),
        ("男，1990年1月2日出生，汉族", ["1990年1月2日"]),
        ("男，1990年1月2日 出生", ["1990年1月2日"]),
        ("男，1990年1月2日生，汉族", ["1990年1月2日"]),
        ("1990年1月2日生于云梦", ["1990年1月2日"]),
        ("1990年1月2日生。", ["1990年1月2日"]),
        ("19900102出生", ["19900102"]),
        ("a1990-01-02出生", []),
        ("21990-01-02出生", []),
        ("1990年13月2日出生", []),
        ("本规定自2019年3月5日生效", []),
        ("2019年3月5日生产", []),
        ("出生1990年1月2日，1991年1月2日登记", ["1990年1月2日"]),
        ("１９９０－０１－０２出生", ["１９９０－０１－０２"]),
    ],
)
def test_births_in_text(text: str, found: list[str]) -> None:
    assert births(text) == found


def test_a_date_is_not_taken_from_the_cell_before() -> None:
    cells = Cells.from_strings(["1990年1月2日", "出生", "生日", "1990-01-02"], 2)
    spans = detectors.find(cells, None, TODAY)
    assert spans.cell.tolist() == [3]


def test_equal_days_have_equal_keys() -> None:
    texts = ["生日1990-01-02", "生日1990年1月2日", "生日19900102", "1990.1.2出生", "生日1990-01-03"]
    spans = detectors.find(Cells.from_strings(texts, 1), None, TODAY)
    assert spans.key.tolist() == [19900102] * 4 + [19900103]


@given(st.binary(max_size=16), st.booleans())
def test_any_bytes(raw: bytes, whole: bool) -> None:
    """Cut characters behind a year neither raise nor reach beyond the limit."""
    data = np.frombuffer(b"1990" + raw, np.uint8)
    end, _ = dates.read(data, np.zeros(1, np.int64), np.array([len(data)]), whole)
    assert end[0] == -1 or 8 <= end[0] <= len(data)
    assert (min(dates.widths()), max(dates.widths())) == (8, 32)

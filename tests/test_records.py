"""Tests of counting: records, subjects and pairs against loops over rows, and distinct sets."""

from __future__ import annotations

import copy
import itertools
from collections import defaultdict
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scanner import detectors, distinct
from scanner.analyse import Outcome
from scanner.distinct import Distinct, unique
from scanner.profile import Profile
from scanner.records import KINDS, Tally
from scanner.resolve import resolve
from scanner.schema import DAMAGED, KIND, MASKED, PLACEHOLDER, Batch, Cells, Spans

TODAY = 20261124
PERSON, MOBILE, RESIDENT, CARD, EMAIL, PERMIT = (
    KIND[k]
    for k in (
        "PERSON", "CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD", "EMAIL_ADDRESS", "CN_RESIDENCE_PERMIT"
    )
)  # fmt: skip
COLUMNS = ("姓名", "手机号", "身份证号", "邮箱", "地址", "备注")
NOT_PEOPLE = MASKED | DAMAGED | PLACEHOLDER


def check_char(seventeen: str) -> str:
    return "0123456789X"[(1 - 2 * int(seventeen, 13)) % 11]


def made_id(number: int) -> str:
    start = f"110110{1987 + number % 18}0{1 + number % 9}{10 + number % 19}{number % 1000:03}"
    return start + check_char(start)


# Few people, so that they come again.
NAMES = st.sampled_from(["林若溪", "周明远", "赵文轩", "李梅", "张三", "林*", "", "", "测试"])
PHONES = st.sampled_from(
    [*(f"1978337{i:04}" for i in range(6)), "13800138000", "197****1234", "", "", "15400001234"]
)
IDS = st.sampled_from(
    [
        *map(made_id, range(3)),
        made_id(50)[:15] + "000",
        "110110********002X",
        "",
        "",
        "",
        "",
        "810000199408230021",
    ]
)
MAILS = st.sampled_from(["a@yunmeng-mail.cn", "A@YUNMENG-MAIL.CN", "b@yunmeng-mail.cn", "", "", ""])
PLACES = st.sampled_from(["翡翠湾3栋2单元501室", "翡翠湾3栋2单元502室", "北京", "", ""])
REMARKS = st.sampled_from(
    [
        "",
        "",
        "回访",
        "改拨19783370009",
        "6216261000000000018",
        "19783370003或19783370004",
        "c@yunmeng-mail.cn",
    ]
)
ROWS = st.lists(st.tuples(NAMES, PHONES, IDS, MAILS, PLACES, REMARKS), min_size=1, max_size=25)
# Begins every table, so that the columns are judged alike.
LEAD = [("王小明", f"197833711{i:02}", made_id(900 + i), f"u{i}@yunmeng-mail.cn", "", "") for i in range(4)]
Row = tuple[str, ...]


def batch_of(rows: list[Row], first: int = 1, columns: tuple[str, ...] | None = COLUMNS) -> Batch:
    return Batch("t", Cells.from_strings([t for row in rows for t in row], len(rows[0])), columns, first)


def resolved(batch: Batch, judged: Profile) -> Spans:
    return resolve(batch.cells, detectors.find(batch.cells, judged, TODAY), judged)


def tally_of(batch: Batch, judged: Profile, limit: int | None = None) -> Tally:
    out = Tally()
    out.add(batch, resolved(batch, judged), judged, limit)
    return out


def outcome(*tallies: Tally) -> Outcome:
    """Byte ranges put together as a scan does."""
    out = Outcome()
    for tally in tallies:
        tally.compact()
        out.merge(Outcome(tally=tally, rows_read=sum(t.rows for t in tally.tables)), None)
    return out


# --- the naive reference ------------------------------------------------------------------------


def naive(batch: Batch, spans: Spans, judged: Profile) -> dict[str, Any]:
    """One row after the other, with sets of what makes up each key."""
    width = batch.cells.width
    held: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for cell, kind, flags, key in zip(
        spans.cell.tolist(), spans.kind.tolist(), spans.flags.tolist(), spans.key.tolist(), strict=True
    ):
        if not flags & NOT_PEOPLE:
            held[cell // width][kind].append(key)
    address = [i for i, c in enumerate(judged.columns) if c.role is not None and c.role.name == "address"]
    subjects, pairs, bare_keys = set(), set(), set()
    out = dict.fromkeys(("identified", "bare", "with_phone", "with_id", "with_name", "with_address"), 0)
    for row in range(batch.cells.rows):
        has = held[row]
        texts = batch.cells.row_texts(row)
        home = any(len(texts[i].encode()) >= 15 for i in address)
        identity = [("id", v) for v in has[RESIDENT][:1] or has[PERMIT][:1]]
        name = has[PERSON]
        identified = bool(identity) or bool(name and (has[MOBILE] or has[EMAIL] or has[CARD] or home))
        bare = bool(has[MOBILE]) and not identified
        out["identified"] += identified
        out["bare"] += bare
        out["with_phone"] += bool(has[MOBILE])
        out["with_id"] += bool(identity)
        out["with_name"] += bool(name)
        out["with_address"] += home
        if identified:
            subjects.add(
                identity[0] if identity
                else ("phone", has[MOBILE][0]) if has[MOBILE]
                else ("mail", has[EMAIL][0]) if has[EMAIL]
                else ("home", name[0], *(texts[i] for i in address))
            )  # fmt: skip
            if name and has[MOBILE]:
                pairs.add((name[0], has[MOBILE][0]))
        if bare:
            bare_keys.add(has[MOBILE][0])
    return {**out, "subjects": len(subjects), "pairs": len(pairs), "bare_keys": len(bare_keys)}


def counted(out: Outcome) -> dict[str, Any]:
    """The same numbers from an outcome."""
    names = ("identified", "bare", "with_phone", "with_id", "with_name", "with_address")
    return {
        **{n: sum(getattr(t, n) for t in out.tally.tables) for n in names},
        "subjects": out.set_of("subject").count(),
        "pairs": out.set_of("name_phone").count(),
        "bare_keys": out.set_of("bare", "t").count(),
    }


@settings(max_examples=300)
@given(ROWS)
def test_rows_against_reference(rows: list[Row]) -> None:
    batch = batch_of([*LEAD, *rows])
    judged = detectors.judge(batch, TODAY)
    spans = resolved(batch, judged)
    assert counted(outcome(tally_of(batch, judged))) == naive(batch, spans, judged)


@settings(max_examples=100)
@given(ROWS)
def test_values_against_reference(rows: list[Row]) -> None:
    batch = batch_of([*LEAD, *rows])
    judged = detectors.judge(batch, TODAY)
    spans = resolved(batch, judged)
    values: dict[int, set[int]] = defaultdict(set)
    counts, flagged = [0] * KINDS, {MASKED: [0] * KINDS, DAMAGED: [0] * KINDS, PLACEHOLDER: [0] * KINDS}
    rows_of: dict[int, set[int]] = defaultdict(set)
    for cell, kind, flags, key in zip(
        spans.cell.tolist(), spans.kind.tolist(), spans.flags.tolist(), spans.key.tolist(), strict=True
    ):
        for flag, per_kind in flagged.items():
            per_kind[kind] += bool(flags & flag)
            if flags & flag:
                rows_of[flag].add(cell // 6)
        if not flags & NOT_PEOPLE:
            counts[kind] += 1
            values[kind].add(key)
    tally = tally_of(batch, judged)
    out = outcome(copy.deepcopy(tally))
    assert tally.count.tolist() == counts
    assert [tally.masked.tolist(), tally.damaged.tolist(), tally.placeholder.tolist()] == list(
        flagged.values()
    )
    assert [tally.masked_rows, tally.damaged_rows, tally.placeholder_rows] == [
        len(rows_of[f]) for f in flagged
    ]
    for kind in range(KINDS):
        assert out.set_of("value", kind).count() == len(values[kind])
    table = tally.tables[0]
    assert table.hits.sum(axis=0).tolist() == counts
    assert table.filled.tolist() == [sum(1 for row in [*LEAD, *rows] if row[i]) for i in range(6)]
    assert table.rows == len(rows) + 4


@settings(max_examples=150)
@given(ROWS, st.data())
def test_merging_parts_is_the_whole(rows: list[Row], data: st.DataObject) -> None:
    rows = [*LEAD, *rows]
    cuts = sorted(data.draw(st.lists(st.integers(1, len(rows)), max_size=3)))
    whole = batch_of(rows)
    judged = detectors.judge(whole, TODAY)
    edges = [0, *cuts, len(rows)]
    parts = [batch_of(rows[a:b]) for a, b in itertools.pairwise(edges) if b > a]
    one, many = outcome(tally_of(whole, judged)), outcome(*(tally_of(p, judged) for p in parts))
    assert counted(many) == counted(one)
    for field in ("count", "masked", "damaged", "placeholder"):
        assert getattr(many.tally, field).tolist() == getattr(one.tally, field).tolist()
    for field in ("placeholder_rows", "damaged_rows", "masked_rows", "omitted", "kept"):
        assert getattr(many.tally, field) == getattr(one.tally, field)
    for key in one.sets.keys() | many.sets.keys():
        assert many.set_of(*key).count() == one.set_of(*key).count()
    for name in ("rows", "hits", "filled"):
        got, expected = (np.asarray(getattr(o.tally.tables[0], name)).tolist() for o in (many, one))
        assert got == expected
    assert findings(many) == findings(one)


def findings(out: Outcome) -> list[tuple[Any, ...]]:
    return [
        item
        for f in out.tally.found
        for item in zip(f.rows, f.columns, f.spans.kind.tolist(), f.before, f.values, strict=True)
    ]


@pytest.mark.parametrize("limit", [0, 1, 7, 1000])
def test_findings_are_kept_up_to_the_limit(limit: int) -> None:
    rows = [("林若溪", f"1978337{i * 37:04}", "", "", "", "") for i in range(20)]
    judged = detectors.judge(batch_of(rows), TODAY)
    first, second = (tally_of(batch_of(part), judged, limit) for part in (rows[:10], rows[10:]))
    all_ = findings(outcome(tally_of(batch_of(rows), judged)))
    out = Outcome()
    for tally in (first, second):
        out.merge(Outcome(tally=tally, rows_read=10), limit)
    assert findings(out) == all_[:limit]
    assert out.tally.omitted == max(40 - limit, 0)
    assert out.tally.count.sum() == 40


# --- what is no person ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "row",
    [
        ("张三", "19783371234", "", "", "", ""),
        ("林若溪", "13800138000", "", "", "", ""),
        ("林*", "19783371234", "", "", "", ""),
        ("林若溪", "197****1234", "", "", "", ""),
        ("", "", "110110********002X", "", "", ""),
        ("", "", made_id(50)[:15] + "000", "", "", ""),
        ("林若溪", "", "", "", "", ""),
        ("林若溪", "", "", "", "北京", ""),
        ("", "19783371234", "", "a@yunmeng-mail.cn", "翡翠湾3栋2单元501室", ""),
    ],
)
def test_no_person_in_a_row(row: Row) -> None:
    judged = detectors.judge(batch_of(LEAD), TODAY)
    out = counted(outcome(tally_of(batch_of([row]), judged)))
    assert (out["identified"], out["subjects"], out["pairs"]) == (0, 0, 0)


@pytest.mark.parametrize(
    "row",
    [
        ("林若溪", "19783371234", "", "", "", ""),
        ("林若溪", "", "", "a@yunmeng-mail.cn", "", ""),
        ("林若溪", "", "", "", "翡翠湾3栋2单元501室", ""),
        ("林若溪", "", "", "", "", "6216261000000000778"),
        ("", "", made_id(1), "", "", ""),
        ("", "", "810000198711307314", "", "", ""),
        ("张三", "13800138000", made_id(1), "", "", ""),
    ],
)
def test_a_person_in_a_row(row: Row) -> None:
    judged = detectors.judge(batch_of(LEAD), TODAY)
    out = counted(outcome(tally_of(batch_of([row, row]), judged)))
    assert (out["identified"], out["subjects"], out["bare"]) == (2, 1, 0)


@pytest.mark.parametrize(("phones", "is_list"), [(10, True), (5, True), (4, False), (0, False)])
def test_lists_of_contact_numbers(phones: int, is_list: bool) -> None:
    rows = [(f"1978337{i * 37:04}" if i < phones else "", "x") for i in range(10)]
    batch = batch_of(rows, columns=("手机号", "备注"))
    table = tally_of(batch, detectors.judge(batch, TODAY)).tables[0]
    assert (table.bare, table.is_contact_list) == (phones, is_list)


# --- distinct sets --------------------------------------------------------------------------------

KEYS = st.lists(
    st.one_of(st.integers(0, 40), st.integers(0, (1 << 64) - 1), st.integers(0, 40).map(lambda n: n << 58)),
    max_size=40,
)


@given(KEYS)
def test_unique(keys: list[int]) -> None:
    array = np.array(keys, np.uint64)
    assert unique(array).tolist() == unique(array, in_runs=True).tolist() == sorted(set(keys))


@pytest.mark.parametrize("limit", [1, 5, 50, 1 << 20])
@settings(max_examples=100)
@given(parts=st.lists(KEYS, max_size=12), ask=st.booleans())
def test_distinct_against_a_set(limit: int, parts: list[list[int]], ask: bool) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "LIMIT", limit)
        keys, expected = Distinct(), set()
        for part in parts:
            keys.add(np.array(part, np.uint64))
            expected |= set(part)
            if ask:
                assert keys.count() == len(expected)
        assert keys.count() == len(expected)
        assert keys.count() == len(expected)


@pytest.mark.parametrize("limit", [3, 1 << 20])
@settings(max_examples=100)
@given(one=st.lists(KEYS, max_size=5), two=st.lists(KEYS, max_size=5), more=KEYS)
def test_absorbing_against_sets(
    limit: int, one: list[list[int]], two: list[list[int]], more: list[int]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "LIMIT", limit)
        first, second = Distinct(), Distinct()
        for keys, parts in ((first, one), (second, two)):
            for part in parts:
                keys.add(np.array(part, np.uint64))
        first.absorb(second)
        expected = {k for part in (*one, *two) for k in part}
        assert first.count() == len(expected)
        first.add(np.array(more, np.uint64))
        assert first.count() == len(expected | set(more))


@settings(max_examples=50)
@given(st.lists(KEYS, min_size=3, max_size=8))
def test_spilling_happens(parts: list[list[int]]) -> None:
    """The small limit of these tests does bring keys to files, and never as they are."""
    flat = {k for part in parts for k in part}
    assume(len(flat) > 30)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "LIMIT", 5)
        keys = Distinct()
        for part in parts:
            keys.add(np.array(part, np.uint64))
        assert keys._files
        kept = set()
        for file in keys._files:
            file.seek(0)
            kept |= set(np.frombuffer(file.read(), np.uint64).tolist())
            file.seek(0, 2)
        assert len(kept & flat) <= 1  # by chance one key may map to another
        assert keys.count() == len(flat)

"""What a sample votes: counts by column, shares by length, made-up blocks and generators, and empty tables."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.columns import values
from bench.values import Values
from scanner import detectors, rules
from scanner.schema import KIND, WEAK, Batch, Cells, Spans
from scanner.votes import LEAST_BLOCK, LEAST_FAKER, MANY, MOST_STEP, Votes, is_block, is_faker

TODAY = 20261124
MOBILE, RESIDENT, CARD, LANDLINE, COMPANY = (
    KIND[name] for name in (
        "CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD", "CN_LANDLINE_NUMBER", "CN_USCC",
    )
)  # fmt: skip
LUHN = rules.BIT["luhn"]


def keys(*numbers: int) -> np.ndarray[Any, np.dtype[np.uint64]]:
    return np.array(numbers, np.uint64)


def votes(*columns: list[str]) -> Votes:
    """The votes of a table without headers, by what its values' own form says."""
    cells = Cells.from_strings([text for row in zip(*columns, strict=True) for text in row], len(columns))
    seen = detectors.view(cells, TODAY)
    return Votes(cells, Spans.concat(detectors.by_form(seen)))


def lengths(column: list[str]) -> dict[int, tuple[int, int, float]]:
    """What `by_length` says of a column, by kind."""
    return {kind: (alike, good, least) for kind, alike, good, least in votes(column).by_length(0)}


# --- filled cells -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["", "-", "--", "—", "——", "/", "\\", "\\N", "无", "暂无", "未知", "未填", "空", "N/A", "n/a", "NA", "NULL", "null",
     "None", "NaN", " ", "\t-", " 无 ", "'NULL'", '"-"'],
)  # fmt: skip
def test_cells_that_hold_nothing(text: str) -> None:
    assert votes([text, "x"]).filled.tolist() == [1]


@pytest.mark.parametrize(
    "text", ["0", "无名", "空号", "x", "是", "--a", "N", "否", "nul", "Nan Li", "-1", "//"]
)
def test_cells_that_hold_something(text: str) -> None:
    assert votes([text, "x"]).filled.tolist() == [2]


def test_fewer_makes_shares_of_what_is_filled() -> None:
    """Three names, two 无 and an empty cell: a share of 3 in 5 cells is one of 3 in 3."""
    judged = votes(["王伟", "李娜", "张敏", "无", "无", ""])
    assert judged.filled.tolist() == [3]
    assert (judged.fewer * 3 / 5).tolist() == pytest.approx([1.0])


@given(
    st.lists(
        st.lists(st.sampled_from(["", "-", "无", "王伟", "NULL", "1"]), min_size=2, max_size=2), max_size=20
    )
)
def test_filled_by_column(rows: list[list[str]]) -> None:
    cells = Cells.from_strings([text for row in rows for text in row], 2)
    expected = [sum(row[i] in ("王伟", "1") for row in rows) for i in range(2)]
    assert Votes(cells, Spans.empty()).filled.tolist() == expected


# --- counts by kind ---------------------------------------------------------------------------------


def test_strong_weak_whole() -> None:
    """Three phones that fill their cells, one in a sentence, one of a code that is not allotted."""
    v = Values(1)
    got = votes([v.phone(), "+86" + v.phone(), v.phone() + ".0", f"改打{v.phone()}。", "15400001234"])
    column = [int(a[0, MOBILE]) for a in (got.all, got.strong, got.whole, got.weak_whole)]
    assert column == [5, 4, 3, 1]
    assert got.share(0, MOBILE) == 1.0
    assert got.share(0, CARD) == 0.0


def test_doubtful_cards_vote_with_their_check_digit_only() -> None:
    """A legacy issuer without Luhn is a doubtful card and no vote."""
    texts = ["4000000000000002", "4000000000000010"]
    cells = Cells.from_strings(texts, 1)
    both = Spans.make(
        np.arange(2), cells.starts, cells.ends, CARD, np.array([LUHN, 0]), 0.4, WEAK, np.arange(2)
    )
    got = Votes(cells, both)
    assert int(got.all[0, CARD]) == 2
    assert int(got.weak_whole[0, CARD]) == 1


def test_columns_are_counted_apart() -> None:
    v = Values(2)
    rows = 12
    got = votes([v.phone() for _ in range(rows)], ["x"] * rows, [v.id_number() for _ in range(rows)])
    assert got.whole[:, MOBILE].tolist() == [rows, 0, 0]
    assert got.whole[:, RESIDENT].tolist() == [0, 0, rows]
    assert got.filled.tolist() == [rows] * 3


def test_a_share_may_pass_one() -> None:
    """Two phones in each cell."""
    v = Values(3)
    assert votes([f"{v.phone()}/{v.phone()}" for _ in range(4)]).share(0, MOBILE) == 2.0


# --- by length --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind", "alike"),
    [
        ("15400001234", MOBILE, 1),
        (" 15400001234\t", MOBILE, 1),
        ('="15400001234"', MOBILE, 1),
        ("05718123456", MOBILE, 0),  # a landline begins with 0
        ("1540000123", LANDLINE, 1),
        ("0310312345", LANDLINE, 0),
        ("154000012345", MOBILE, 0),
        ("110110199001010019", RESIDENT, 1),
        ("11011019900101001X", RESIDENT, 1),
        ("110110199001010019", COMPANY, 1),
        ("1101101990010100XX", RESIDENT, 0),
        ("123456789012345", CARD, 1),
        ("1234567890123456", CARD, 1),
        ("1234567890123456789", CARD, 1),
        ("12345678901234", CARD, 0),
        ("12345678901234567890", CARD, 0),
    ],
)
def test_cells_of_a_length(text: str, kind: int, alike: int) -> None:
    assert lengths([text, "x"])[kind][0] == alike


@pytest.mark.parametrize(("rows", "least"), [(MANY - 1, 0.5), (MANY, 0.8)])
def test_many_numbers_of_eleven_digits_must_be_more_often_phones(rows: int, least: float) -> None:
    v = Values(4)
    assert lengths([v.phone() for _ in range(rows)])[MOBILE] == (rows, rows, least)


def test_ids_and_credit_codes_do_not_count_against_each_other() -> None:
    ids = [text for text in values("id", 40, 1) if text.isdigit()]
    wrong = [text for text in values("id_wrong", 40, 1) if text.isdigit()]
    codes = [text for text in values("uscc", 200, 1) if text.isdigit()][:30]
    assert len(codes) == 30
    got = lengths([*ids[:4], *codes, *wrong[:3]])
    assert got[RESIDENT] == (4 + 3, 4, 0.3)
    assert got[COMPANY] == (30 + 3, 30, 0.3)


def test_rounded_ids_fit() -> None:
    alike, good, _ = lengths(values("id_rounded", 30, 1))[RESIDENT]
    assert alike == good == 30


def test_doubtful_cards_fit_their_length() -> None:
    """Of 16 random digits that begin with 4, one number in ten passes Luhn."""
    assert lengths(values("card_foreign", 30, 1))[CARD] == (30, 30, 0.5)
    alike, good, _ = lengths(values("random_16", 400, 1))[CARD]
    assert alike == 400
    assert good <= 40


# --- doubtful values --------------------------------------------------------------------------------

OLD = [f"1101108701010{i:02}" for i in range(20)]


@pytest.mark.parametrize(
    ("texts", "kinds"),
    [
        (OLD[:4], set()),
        (OLD[:5], {RESIDENT}),
        ([*OLD[:5], "x", "x", "x"], {RESIDENT}),  # 5 in 8
        ([*OLD[:5], "x", "x", "x", "x"], set()),  # 5 in 9
        ([*OLD[:5], "-", "无", "NULL", "", "/"], {RESIDENT}),  # these hold nothing
        (values("card_foreign", 9, 1), set()),
        (values("card_foreign", 10, 1), {CARD}),
        ([*values("card_foreign", 10, 1), "x"], {CARD}),
        ([*values("card_foreign", 10, 1), "x", "x"], set()),
        (values("landline_plain", 4, 1), set()),
        (values("landline_plain", 5, 1), {LANDLINE}),
        (values("mobile", 3, 1), {MOBILE}),
        (values("mobile", 2, 1), set()),
        ([*values("mobile", 3, 1), *"abcdefg"], {MOBILE}),
        ([*values("mobile", 3, 1), *"abcdefgh"], set()),
        ([*values("id", 2, 1), *"abcdefgh"], {RESIDENT}),  # a passed check is no chance
        (["", "-"], set()),
    ],
)
def test_vouched(texts: list[str], kinds: set[int]) -> None:
    assert votes(texts).vouched(0) == kinds


# --- blocks -----------------------------------------------------------------------------------------

FIRST = 19783370000


@pytest.mark.parametrize(
    ("numbers", "block"),
    [
        ([FIRST + i for i in range(LEAST_BLOCK)], True),
        ([FIRST + i for i in range(LEAST_BLOCK - 1)], False),
        ([FIRST - i for i in range(20)], True),
        ([FIRST + 7 * i for i in range(20)], True),
        ([FIRST - MOST_STEP * i for i in range(20)], True),
        ([FIRST + (MOST_STEP + 1) * i for i in range(20)], False),
        ([FIRST] * 20, False),  # one number for all: a default, and one person
        ([FIRST + i // 3 for i in range(30)], False),
        ([FIRST + i for i in range(60) if i % 3], True),  # every third is missing
        ([FIRST + 2 * i for i in range(60) if i % 4], True),
        ([FIRST - i for i in range(60) if i % 3], True),
        ([FIRST + i * i for i in range(30)], False),
        ([FIRST + i * i % 41 for i in range(40)], False),  # out of order
        ([FIRST + i for i in range(19)] + [18012345678], True),  # 18 of 19 steps
        ([FIRST + i for i in range(10)] + [FIRST + 1000 * i for i in range(10)], False),
        ([], False),
        ([FIRST], False),
    ],
)
def test_is_block(numbers: list[int], block: bool) -> None:
    assert is_block(keys(*numbers)) is block


@given(
    st.integers(0, 10**9),
    st.sampled_from([*range(-MOST_STEP, 0), *range(1, MOST_STEP + 1)]),
    st.integers(10, 60),
)
def test_every_small_step_is_a_block(first: int, step: int, count: int) -> None:
    assert is_block(keys(*(first + 10**6 + step * i for i in range(count))))


@given(st.lists(st.integers(13000000000, 19999999999), min_size=LEAST_BLOCK, max_size=200, unique=True))
def test_sorted_lists_of_real_phones_are_no_block(numbers: list[int]) -> None:
    """Ten numbers of the seven billion that phones may have stand far apart, sorted or not."""
    near = sum(b - a <= MOST_STEP**2 for a, b in zip(sorted(numbers), sorted(numbers)[1:], strict=False))
    if near < 0.5 * len(numbers):  # hypothesis likes neighbours
        assert not is_block(keys(*numbers))
        assert not is_block(keys(*sorted(numbers)))


def test_cards_of_one_batch_are_no_block() -> None:
    """A payroll: the numbers of an employer's cards follow each other, their check digits do not."""

    def card(number: int) -> int:
        body = [int(c) for c in str(number)]
        total = sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(reversed(body)))
        return number * 10 + -total % 10

    cards = [card(621626000000000000 + i) for i in range(40)]
    assert not is_block(keys(*cards))


# --- generators -------------------------------------------------------------------------------------


def test_faker_is_told_from_real_lists() -> None:
    made = [int(text) for text in values("mobile_faker", 2000, 1)]
    real = [int(text) for text in values("mobile", 2000, 1)]
    assert is_faker(keys(*made))
    assert is_faker(keys(*made[:LEAST_FAKER]))
    assert not is_faker(keys(*made[: LEAST_FAKER - 1]))
    assert not is_faker(keys(*real))
    assert not is_faker(keys())


@pytest.mark.parametrize("seed", range(20))
def test_faker_is_told_in_nearly_every_list(seed: int) -> None:
    """The bound of 70 lets one even spread in 50,000 pass for uneven."""
    assert is_faker(keys(*(int(text) for text in values("mobile_faker", 500, seed))))


def test_one_prefix_of_a_newer_code_is_no_faker() -> None:
    made = [int(text) for text in values("mobile_faker", 400, 1)]
    assert not is_faker(keys(*made[:-1], 19783370000))


@pytest.mark.parametrize("favourite", [138, 186, 133])
def test_a_market_leans_on_few_prefixes(favourite: int) -> None:
    """A list in which one number in six has the same code is a place's, not a generator's."""
    made = [int(text) for text in values("mobile_faker", 600, 2)]
    leaning = [favourite * 10**8 + n % 10**8 if i % 6 == 0 else n for i, n in enumerate(made)]
    assert not is_faker(keys(*leaning))


def test_generated_by_column_and_kind() -> None:
    """Only the column that counts is made up, and only of the kind that does."""
    v, rows = Values(5), 30
    block = [str(FIRST + i) for i in range(rows)]
    got = votes(
        block, [v.phone() for _ in range(rows)], [f"{FIRST + i} {v.id_number()}" for i in range(rows)]
    )
    assert got.generated[:, MOBILE].tolist() == [True, False, False]
    assert not got.generated[:, RESIDENT].any()


# --- edges ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("width", [1, 3])
def test_an_empty_table(width: int) -> None:
    got = Votes(Cells.from_strings([], width), Spans.empty())
    for counts in (got.filled, got.ten, got.eleven, got.eighteen, got.card_like, got.fewer):
        assert counts.tolist() == [0] * width
    for table in (got.all, got.strong, got.whole, got.weak_whole, got.generated):
        assert table.shape == (width, len(KIND))
        assert not table.any()
    assert got.share(0, MOBILE) == 0.0
    assert all(alike == good == 0 for _, alike, good, _ in got.by_length(0))


def test_one_row() -> None:
    got = votes([Values(6).phone()], [""])
    assert got.filled.tolist() == [1, 0]
    assert got.whole[:, MOBILE].tolist() == [1, 0]
    assert got.share(1, MOBILE) == 0.0
    assert not got.generated.any()


def test_empty_columns_beside_full_ones() -> None:
    v, rows = Values(7), 15
    got = votes([""] * rows, [v.phone() for _ in range(rows)], ["-"] * rows)
    assert got.filled.tolist() == [0, rows, 0]
    assert got.fewer.tolist() == [0.0, 1.0, float(rows)]
    judged = detectors.judge(Batch("t", Cells.from_strings(["", v.phone(), "-"] * rows, 3), None), TODAY)
    assert [c.entity for c in judged.columns] == [None, MOBILE, None]

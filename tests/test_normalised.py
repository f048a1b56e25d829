"""Numbers as people and programs spoil them are found, and their places are those of the original text.

In one text, in cells, and in files of each encoding: full-width signs, other spaces and dashes, invisible
characters, what spreadsheets put around a value, country codes, separators, written digits, letters for digits.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.values import Values
from scanner import detectors, rules
from scanner.analyse import analyse
from scanner.api import detect
from scanner.schema import ENTITY_TYPES, WEAK, Cells, Spans
from scanner.sources.stdin import Stdin

TODAY = 20261124
PHONE, ID, CARD = "19783371234", "11010519491231002X", "6216261000000000018"
WIDE = {ord(c): ord(c) + 0xFEE0 for c in "0123456789-+*.@XxEQ"}
INVISIBLE = "\u200b\u200c\u200d\u200e\u200f\u202d\u202c\u2060\ufeff\u00ad"
SPACES, DASHES = "\u00a0\u2002\u2003\u2009\u202f\u3000", "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\uff0d"
HAN = str.maketrans("0123456789", "零一二三四五六七八九")
ORAL = str.maketrans("0123456789", "〇幺两三四五六七八九")
FORMAL = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")


def grouped(value: str, sign: str, *ends: int) -> str:
    return sign.join(value[a:b] for a, b in zip((0, *ends), (*ends, None), strict=True))


MOBILE, RESIDENT, BANK = "CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD"
WRITTEN: list[tuple[str, str, str, str, str]] = [
    # type, plain value, before it, the value as written, behind it
    *((kind, value, "", value.translate(WIDE), "") for kind, value in ((MOBILE, PHONE), (RESIDENT, ID), (BANK, CARD))),
    *((MOBILE, PHONE, "", PHONE[:n].translate(WIDE) + PHONE[n:], "") for n in (1, 5, 10)),
    *((MOBILE, PHONE, "", PHONE[:n] + PHONE[n:].translate(WIDE), "") for n in (1, 5, 10)),
    *((MOBILE, PHONE, "", PHONE[:4] + sign + PHONE[4:], "") for sign in INVISIBLE),
    *((RESIDENT, ID, "", ID[:6] + sign + ID[6:], "") for sign in INVISIBLE),
    *((BANK, CARD, sign, CARD, sign) for sign in INVISIBLE),
    *((MOBILE, PHONE, space, PHONE, space) for space in SPACES),
    *((MOBILE, PHONE, "", grouped(PHONE, space, 3, 7), "") for space in SPACES),
    *((MOBILE, PHONE, "", grouped(PHONE, dash, 3, 7), "") for dash in (*DASHES, "-", " ")),
    *((MOBILE, PHONE, "", grouped(PHONE, dash, 3, 6), "") for dash in (*DASHES[:3], "-", " ")),
    *((RESIDENT, ID, "", grouped(ID, sign, 6, 14), "") for sign in (*SPACES, *DASHES, "-", " ")),
    *((BANK, CARD, "", grouped(CARD, sign, 4, 8, 12, 16), "") for sign in (*SPACES, *DASHES, "-", " ")),
    (BANK, "6226090000000048", "", grouped("6226090000000048", "\u3000", 4, 8, 12).translate(WIDE), ""),
    (RESIDENT, ID, "", ID.lower(), ""), (RESIDENT, ID, "", ID[:-1] + "Ｘ", ""), (RESIDENT, ID, "", ID[:-1] + "ｘ", ""),
    *((kind, value, '="', value, '"') for kind, value in ((MOBILE, PHONE), (RESIDENT, ID), (BANK, CARD))),
    *((kind, value, "'", value, "") for kind, value in ((MOBILE, PHONE), (RESIDENT, ID), (BANK, CARD))),
    (MOBILE, PHONE, '"', PHONE, '\t"'), (MOBILE, PHONE, "\t", PHONE, ""), (MOBILE, PHONE, "`", PHONE, ""), (MOBILE, PHONE, "", PHONE, ".0"),
    *((MOBILE, PHONE, before, PHONE, "") for before in ("+86", "+86 ", "+86-", "86", "0086", "0086-", "0086 ", "(+86)", "（+86）", "(86)", "＋８６", "+86\u00a0")),
    (MOBILE, PHONE, "+86 ", grouped(PHONE, " ", 3, 7), ""), (MOBILE, PHONE, "＋８６　", grouped(PHONE, "　", 3, 7).translate(WIDE), ""),
    *((MOBILE, PHONE, "", PHONE.translate(table), "") for table in (HAN, ORAL, FORMAL)),
    (MOBILE, PHONE, "", grouped(PHONE.translate(HAN), "-", 3, 7), ""), (MOBILE, PHONE, "", grouped(PHONE.translate(HAN), " ", 3, 7), ""),
    *((MOBILE, PHONE, "", spoilt, "") for spoilt in ("l9783371234", "I978337l234", "1978337l234", "l97833712３4")),
    (MOBILE, "19783370104", "", "l97833701O4", ""), (MOBILE, "19783370104", "", "1978337olo4", ""),
    ("EMAIL_ADDRESS", "li.si@yunmeng-mail.cn", "", "li．si＠yunmeng－mail．cn", ""),
    ("EMAIL_ADDRESS", "li.si@yunmeng-mail.cn", "", "li.si\u200b@yunmeng-mail.cn", ""),
    ("CN_PASSPORT", "E19783371", "护照：", "Ｅ１９７８３３７１", ""), ("CN_PASSPORT", "E19783371", "护照\u3000：\u00a0", "E19783371", ""),
    ("CN_QQ", "19783371", "ＱＱ：", "１９７８３３７１", ""), ("CN_QQ", "19783371", "QQ\u200b：", "1978\u200b3371", ""),
    ("CN_LICENSE_PLATE", "云B12345", "", "云Ｂ１２３４５", ""), ("IP_ADDRESS", "203.119.25.1", "", "２０３．１１９．２５．１", ""),
    ("CN_LANDLINE_NUMBER", "010-62345678", "", "０１０－６２３４５６７８", ""), ("CN_LANDLINE_NUMBER", "010-62345678", "", "010—62345678", ""),
    ("BIRTH_DATE", "1990-01-02", "生日：", "１９９０－０１－０２", ""),
    (MOBILE, "197****1234", "", "１９７＊＊＊＊１２３４", ""), (MOBILE, "197****1234", "", "197＊＊＊＊1234", ""),
]  # fmt: skip
CASES = st.sampled_from(WRITTEN)


def found(cells: Cells) -> Spans:
    spans = detectors.find(cells, None, TODAY)
    return spans.take((spans.flags & WEAK) == 0)


def key(kind: str, before: str, value: str) -> int:
    """The key of a plain value."""
    spans = found(Cells.from_strings([before + value], 1))
    return next(int(k) for k, t in zip(spans.key, spans.kind, strict=True) if ENTITY_TYPES[t] == kind)


CONTEXT = {"CN_PASSPORT": "护照：", "CN_QQ": "QQ：", "BIRTH_DATE": "生日："}


@pytest.mark.parametrize(("kind", "plain", "before", "written", "behind"), WRITTEN)
def test_the_place_is_exact_and_the_key_that_of_the_plain_value(
    kind: str, plain: str, before: str, written: str, behind: str
) -> None:
    """At the first and last byte of a buffer, and between other characters."""
    wanted = key(kind, CONTEXT.get(kind, ""), plain)
    for left, right in (("", ""), ("张三，", "；好"), ("é😀 ", "\u3000")):
        text = f"{left}{before}{written}{behind}{right}"
        cells = Cells.from_strings(["，", text, "，"], 1)
        spans = found(cells)
        assert [ENTITY_TYPES[k] for k in spans.kind] == [kind] and spans.cell.tolist() == [1]
        start = int(cells.starts[1]) + len((left + before).encode())
        assert (spans.start.tolist(), spans.end.tolist()) == ([start], [start + len(written.encode())])
        assert "masked" in str(detect(text)) or spans.key.tolist() == [wanted]
    assert [(one.start, one.end) for one in detect(before + written + behind)] == [
        (len(before), len(before + written))
    ]


@settings(max_examples=100)
@given(st.lists(CASES, min_size=2, max_size=8), st.integers(1, 3))
def test_neighbours_in_a_table_change_nothing(
    cases: list[tuple[str, str, str, str, str]], width: int
) -> None:
    texts = [cell for case in cases for cell in ["".join(case[2:]), *[""] * (width - 1)]]
    cells = Cells.from_strings(texts, width)
    spans = found(cells)
    got = [cells.data[a:b].tobytes().decode() for a, b in zip(spans.start, spans.end, strict=True)]
    assert got == [case[3] for case in cases]
    assert spans.cell.tolist() == [i * width for i in range(len(cases))]


ANY = st.lists(st.sampled_from(["", "", "wide", *INVISIBLE[:4]]), min_size=11, max_size=11)


@settings(max_examples=200)
@given(st.integers(0, 999), ANY, st.text("张，é\u00a0\u3000\u200b😀：", max_size=5))
def test_every_mixture_of_signs(seed: int, how: list[str], before: str) -> None:
    """Each digit full-width or not, with or without an invisible character before it."""
    phone = Values(seed).phone()
    parts = [c.translate(WIDE) if sign == "wide" else sign + c for c, sign in zip(phone, how, strict=True)]
    written = "".join(parts).lstrip(INVISIBLE)
    one = detect(f"{before}，{written}。", reveal=True)
    assert [(o.entity_type, o.value, o.start) for o in one] == [(MOBILE, written, len(before) + 1)]


# --- files ----------------------------------------------------------------------------------------

ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be")


def scanned(text: str, encoding: str, name: str) -> list[tuple[str, str, int, int]]:
    """(type, value, row, code points before it in its cell) of every finding of a file."""
    raw = text.encode(encoding)
    outcome = analyse(Stdin(raw, None, len(raw), name), None, TODAY)
    assert outcome.status == "complete" and not outcome.notes
    return [
        (ENTITY_TYPES[kind], value.decode(), row, before)
        for part in outcome.tally.found
        for kind, value, row, before in zip(part.spans.kind, part.values, part.rows, part.before, strict=True)
    ]


def in_encoding(encoding: str) -> list[tuple[str, str, str, str, str]]:
    """The cases that an encoding can write."""
    return [
        case
        for case in WRITTEN
        if "".join(case[2:]).encode(encoding, "ignore").decode(encoding) == "".join(case[2:])
    ]


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_places_in_text_files(encoding: str) -> None:
    cases = in_encoding(encoding)
    assert len(cases) > 60
    lines = [f"第{n}行，客户说{''.join(case[2:])}，谢谢" for n, case in enumerate(cases, 1)]
    got = scanned("\n".join(lines) + "\n", encoding, "notes.txt")
    wanted = [
        (case[0], case[3], n, len(f"第{n}行，客户说") + len(case[2])) for n, case in enumerate(cases, 1)
    ]
    assert sorted(got, key=lambda one: one[2]) == wanted


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_values_in_cells_of_files(encoding: str) -> None:
    """Under a header that says nothing; rows are counted as a spreadsheet shows them."""
    cases = [case for case in in_encoding(encoding) if not {'"', "'", "\t", "`"} & set("".join(case[2:]))]
    rows = [f"{n},{''.join(case[2:])},甲" for n, case in enumerate(cases, 1)]
    got = [one[:3] for one in scanned("序号,内容,备注\n" + "\n".join(rows) + "\n", encoding, "list.csv")]
    assert sorted(got, key=lambda one: one[2]) == [(case[0], case[3], n) for n, case in enumerate(cases, 2)]


@pytest.mark.parametrize(
    "cell", ['="{}"', '"=""{}"""', "'{}", '"\'{}"', '"\t{}"', "\u00a0{}\u00a0", '" {} "']
)
def test_what_spreadsheets_put_around_a_value(cell: str) -> None:
    values = Values(5)
    people = [(values.name(), values.phone(), values.id_number()) for _ in range(12)]
    rows = [",".join((name, cell.format(phone), cell.format(number))) for name, phone, number in people]
    got = scanned("姓名,手机号,身份证号\n" + "\n".join(rows) + "\n", "utf-8", "list.csv")
    assert {value for kind, value, *_ in got if kind == MOBILE} == {phone for _, phone, _ in people}
    assert {value for kind, value, *_ in got if kind == RESIDENT} == {number for _, _, number in people}


# --- confidence, and what is no number ------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [PHONE.translate(HAN), PHONE.translate(FORMAL), PHONE.translate(ORAL), "l978337l234", "I9783371234"],
)
def test_guessed_digits_are_trusted_less(written: str) -> None:
    plain, guessed = detect(PHONE)[0], detect(written)[0]
    assert guessed.score < plain.score
    name = "letters" if written.isascii() else "written"
    assert name in guessed.checks and name not in plain.checks and "code" in guessed.checks
    assert rules.BIT[name]


@pytest.mark.parametrize(
    "written", [PHONE.translate(WIDE), grouped(PHONE, "\u2013", 3, 7), "\ufeff" + PHONE, f'="{PHONE}"']
)
def test_other_spoilt_values_are_trusted_as_plain_ones(written: str) -> None:
    assert [one.score for one in detect(written)] == [one.score for one in detect(PHONE)]


@pytest.mark.parametrize(
    "text",
    ["一九九九年", "二〇二六年十一月二十四日", "一二三四五六七八九十", "三三两两", "一一零", "一九七八三三七一二三四五", "一二九七八三三七一二三", "九九九九九九九九九九九",
     "１９７８３３７１２３", "１９７８３３７１２３４５", "a１９７８３３７１２３４", "ａ１９７８３３７１２３４", "１９７８３３７１２３４＿".replace("＿", "_"), "1.１９７８３３７１２３４",
     "197\u200b833712345", "197－8337-12345", "4-197\u20118337", "ｏ９７８３３７１２３４", "1101051949123100２Ｙ", "197\u000083371234"],
)  # fmt: skip
def test_no_numbers(text: str) -> None:
    assert detect(text) == []


def test_written_digits_are_trusted_less() -> None:
    for plain, written in (
        ("19783371234", "一九七八三三七一二三四"),
        ("16012345678", "一六〇一二三四五六七八"),
    ):
        one, two = (
            detectors.find(Cells.from_strings([f"电话：{text}"], 1), None, TODAY) for text in (plain, written)
        )
        assert one.key.tolist() == two.key.tolist()
        assert two.score[0] == min(one.score[0], np.float32(0.6))

"""Tests of the address parser against tables, naive references and its own fast path."""

from __future__ import annotations

import random
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.values import Values
from scanner import division_trie, divisions, rules
from scanner.detectors import address
from scanner.detectors.address_components import PARTS
from scanner.detectors.address_parts import read
from scanner.detectors.address_sieve import hash_words, sieve
from scanner.detectors.address_text import LONGEST, pack
from scanner.schema import KIND, Cells

HOUSEHOLDS = [
    "浙江省杭州市西湖区文三路123号翡翠湾3栋2单元501室",
    "云梦市翡翠区星河路12号星河湾一期12栋3单元1203室",
    "北京市朝阳区建国路88号院3号楼2单元1203",
    "北京市西城区三里河一区5号楼3门502号",
    "上海市徐汇区漕溪北路1088弄12号302室",
    "浙江杭州西湖文三路12号3-2-501",
    "北京市海淀区学院路30号3号宿舍楼402",
    "北京市海淀区学院路12号15层1502",
    "上海市静安区南京西路1266号15楼1502室",
    "重庆市江北区洋河一路12号附3号5-4",
    "310000",
    "浙江省杭州市西湖区文三路1号2幢301",
    "地址：浙江省杭州市西湖区文三路1号2幢301",
    "中国浙江省杭州市西湖区文三路1号2幢301室",
    "北京市朝阳区建国路88号3号楼1203室（放门口）",
    "北京市朝阳区建国路88号3号楼1203室",
    "张先生收",
    "19783371234",
    "翡翠湾12栋3单元1203",
    "阳光大厦A座1203",
    "翡翠湾十二栋三单元502",
    "翡翠湾小区3-2-501",
    "张家村3组12号",
    "李家屯5号",
    "湖北省云梦县城关镇张家村王家湾12号",
    "12栋501",
    "A座1203室",
    "5号楼2单元301",
    "2单元301",
    "三单元502室",
    "3栋2单元12号",
]  # the postal code's blank splits too: its rest is a household as well

STREETS = [
    "建国路88号",
    "浙江省杭州市西湖区文三路",
    "浙江省杭州市西湖区灵隐街道",
    "浙江省杭州市西湖区翡翠小区",
    "上海市愚园路1088弄12号",
    "湖北省云梦县城关镇张家村",
    "帽儿胡同甲12号",
    "12栋",
    "3号楼",
    "3号楼2单元",
    "3栋2单元",
]

CITIES = [
    "杭州",
    "浙江省杭州市",
    "朝阳区",
    "浙江杭州西湖",
    "北京市 朝阳区",
    "上海",
    "湖北省孝感市云梦县（老家）",
]

NOTHING = [
    "北京某某科技有限公司",
    "北京大学",
    "张三",
    "第一中学",
    "云锦实验小学",
    "上海3号幼儿园",
    "销售部",
    "2024-01-12",
    "2024-1-12",
    "1/2/2021",
    "19783371234",
    "3室2厅",
    "三室一厅",
    "V3.2.1",
    "空号",
    "已装修",
    "红富士苹果5斤装",
    "一年级3班",
    "第3单元测试卷",
    "第3单元",
    "5月3号",
    "3号线",
    "7座SUV",
    "深圳市南山区教育局",
    "城关镇中心小学",
    "人民路",
    "1203室",
    "301",
    "翡翠湾",
    "北京400-820-8820",
    "上海100-200万",
]

SHORT_FORMS = ["3-2-501", "3#2-501", "3/2/501", "B1-1203", "A-1203", "12-3-1203", "3-2-501室", "1203室"]


def levels(texts: list[str], headed: bool = False) -> dict[str, int]:
    """The level of each text."""
    return dict(zip(texts, address.parse(Cells.from_strings(texts, 1), headed).level.tolist(), strict=True))


@pytest.mark.parametrize("headed", [False, True])
@pytest.mark.parametrize(("texts", "level"), [(STREETS, 2), (CITIES, 1)])
def test_levels(texts: list[str], level: int, headed: bool) -> None:
    assert levels(texts, headed) == dict.fromkeys(texts, level)


@pytest.mark.parametrize("headed", [False, True])
def test_households(headed: bool) -> None:
    texts = [text for text in HOUSEHOLDS if text not in ("310000", "张先生收", "19783371234")]
    assert levels(texts, headed) == dict.fromkeys(texts, 3)
    whole = "北京市朝阳区建国路88号3号楼1203室 张先生收 19783371234"
    assert levels([whole, "310000 " + HOUSEHOLDS[0]], headed) == {whole: 3, "310000 " + HOUSEHOLDS[0]: 3}


def test_no_addresses() -> None:
    assert levels(NOTHING) == dict.fromkeys(NOTHING, 0)


def test_short_forms_need_their_header() -> None:
    assert levels(SHORT_FORMS) == dict.fromkeys(SHORT_FORMS, 0)
    assert levels(SHORT_FORMS, headed=True) == dict.fromkeys(SHORT_FORMS, 3)
    assert levels(["501", "2021-01-12", "1/2/2021", "翡翠湾"], headed=True) == dict.fromkeys(
        ["501", "2021-01-12", "1/2/2021", "翡翠湾"], 0
    )
    assert levels(["人民路", "云锦花园"], headed=True) == {"人民路": 2, "云锦花园": 2}


COMPONENTS = {
    "浙江省杭州市西湖区灵隐街道文三路123号翡翠湾小区3栋2单元501室": "浙江省|杭州市|西湖区|灵隐街道|文三路123号|翡翠湾小区|3栋|2单元||501室",
    "云梦市翡翠区星河路12号星河湾一期12栋3单元1203室": "|云梦市|翡翠区||星河路12号|星河湾一期|12栋|3单元||1203室",
    "上海市徐汇区漕溪北路1088弄12号302室": "上海市||徐汇区||漕溪北路1088弄12号||||||302室".replace(
        "||||||", "|||||"
    ),
    "北京市朝阳区望京街道望京西园3区12号楼5门301": "北京市||朝阳区|望京街道||望京西园3区|12号楼|5门||301",
    "湖北省孝感市云梦县城关镇张家村王家湾12号": "湖北省|孝感市|云梦县|城关镇张家村|王家湾12号|||||",
    "杭州文三路88号院3号楼15层1502": "|杭州|||文三路88号院||3号楼||15层|1502",
    "建国路88-3号2单元5": "||||建国路88-3号|||2单元||5",
    "翡翠湾3#2-501（放门口）": "|||||翡翠湾|3#|2||501",
    "云锦花园6-1-1203 张先生": "|||||云锦花园|6|1||1203",
    "浙江省杭州市": "浙江省|杭州市||||||||",
    "": "|||||||||",
}


@pytest.mark.parametrize(("text", "wanted"), COMPONENTS.items())
def test_components(text: str, wanted: str) -> None:
    cells = Cells.from_strings(["前", text, "后"], 1)
    parsed = address.parse(cells)
    got = [cells.data[parsed.part(n)[0][1] : parsed.part(n)[1][1]].tobytes().decode() for n in PARTS]
    assert got == wanted.split("|")


def test_an_address_ends_before_its_notes() -> None:
    texts = [
        "建国路88号3号楼1203室（放门口）",
        " 建国路88号3号楼1203室 张先生收",
        "地址：建国路88号3号楼1203室",
    ]
    cells = Cells.from_strings(texts, 1)
    parsed = address.parse(cells)
    spans = [cells.data[a:b].tobytes().decode() for a, b in zip(parsed.start, parsed.end, strict=True)]
    assert spans == ["建国路88号3号楼1203室"] * 3


# --- divisions ------------------------------------------------------------------------------------


@cache
def rows() -> list[tuple[int, str, int, bool]]:
    """Code, name, length of the short form, and whether the name is of today."""
    lines = [line.split("\t") for line in rules.table_lines("tables/divisions.tsv")]
    return [(int(c), name, int(short), not last) for c, name, short, last in lines]


def codes(texts: list[str]) -> list[int]:
    """The code of each text."""
    cells = Cells.from_strings(texts, 1)
    return address.division_of(cells, cells.starts, cells.ends).tolist()


def test_every_division_below_its_province_and_city() -> None:
    now = {code: name for code, name, _, is_now in reversed(rows()) if is_now}
    full, wanted = [], []
    for code, name, _, is_now in rows():
        if is_now and len(name) > 1:
            above = [now.get(c, "") for c in (code // 10000 * 10000, code // 100 * 100) if c != code]
            full.append("".join(above) + name + "星河路12号")
            wanted.append(code)
    got = codes(full)
    wrong = [(t, g, w) for t, g, w in zip(full, got, wanted, strict=True) if g != w]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("杭州", 330100), ("杭州西湖", 330106), ("浙江杭州西湖区", 330106), ("长春朝阳区", 220104), ("北京市市辖区朝阳区", 110105),
        ("上海市上海市浦东新区", 310115), ("朝阳区建国路", 0), ("鼓楼区", 0), ("仙桃市", 429004), ("新疆石河子市", 659001),
        ("恩施州利川市", 422802), ("萧山市", 330181), ("上海市卢湾区", 310103), ("襄樊市樊城区", 420606), ("内蒙古锡林郭勒盟", 152500),
        ("吉林", 220000), ("吉林吉林市", 220200), ("湖南道县", 431124), ("江苏镇江京口区", 321102), ("昆山", 320583), ("成都高新区", 510100),
        ("南京路12号", 0), ("南京东路", 0), ("朝阳小区", 0), ("昆山路", 0), ("东方明珠苑", 0), ("云梦市翡翠区", 0), ("", 0), ("张三", 0),
    ],
)  # fmt: skip
def test_division_of(text: str, code: int) -> None:
    assert codes([text, "前" + text])[0] == code


@given(
    st.lists(
        st.tuples(st.integers(0, 4000), st.integers(1, 6), st.sampled_from("路东小花市省区县镇12号新大 ")),
        min_size=1,
        max_size=30,
    )
)
def test_peek_agrees_with_match(drawn: list[tuple[int, int, str]]) -> None:
    texts = [(rows()[i % len(rows())][1][:cut] + more + "路楼12号").ljust(3) for i, cut, more in drawn]
    code = np.zeros(len(texts) * 24 + 24, np.uint16)
    for i, text in enumerate(texts):
        code[24 * i : 24 * i + len(text)] = [ord(c) for c in text]
    at = np.arange(len(texts)) * 24
    sure = divisions.peek(code[at], code[at + 1], code[at + 2])
    found = divisions.match(code, at).found
    for text, answer, truth in zip(texts, sure.tolist(), found.tolist(), strict=True):
        assert answer == -1 or bool(answer) == truth, text


def test_the_trie_knows_its_names() -> None:
    trie = division_trie.table()
    for _, name, _, _ in rows()[::50]:
        state = np.array([division_trie.START], np.int32)
        for letter in name:
            state = trie.step(state, np.array([ord(letter)], np.uint16))
        assert len(name) < 3 or trie.form[state[0]] == division_trie.FULL


# --- the short way --------------------------------------------------------------------------------

_MIDDLES = [
    "",
    "文三路12号",
    "翡翠湾",
    "路12号翡翠湾",
    "小区",
    "花园",
    "东路1号",
    "市场",
    "大厦",
    "新村",
    "（东）",
    "，",
    "3期",
    " ",
]
_TAILS = [
    "12栋3单元1203室", "3号楼501", "3座1203", "第3单元1203", "12幢301室", "A座1203", "3单元501", "号12栋12345室", "3室1栋201室", "3-2单元1203室",
    "19783371234单元501室", "5月3号楼301室", "B3栋1203", "12栋3单元123456室", "3单元12室", "十二栋301", "12元301", "3单 元301室", "12栋", "12栋 501",
    "1栋501室（后门）", "2年3栋301", "15层1502", "1088弄12号302室", "3-2-501", "3组12号",
]  # fmt: skip
_HEADS = ["", "", "", "地址：", "住址:", "中国", "地", "(", "310000"]


def addresses(seed: int, count: int) -> list[str]:
    """Divisions, whole and cut, with every kind of middle and end; and made-up ordinary ones."""
    r, v = random.Random(seed), Values(seed)
    names = [name for _, name, _, _ in rows()]
    out = [v.address() for _ in range(count // 10)]
    while len(out) < count:
        one, two = r.choice(names), r.choice(names)
        head = one[: r.randint(1, len(one))] + two[: r.randint(0, len(two))]
        out.append(r.choice(_HEADS) + head + r.choice(_MIDDLES) + r.choice(_TAILS))
    return out


@pytest.mark.parametrize("seed", range(3))
def test_the_sieve_never_disagrees_with_the_parser(seed: int) -> None:
    cells = Cells.from_strings(addresses(seed, 6000), 1)
    sure, found = sieve(cells)
    assert 0.2 < sure.mean() < 0.8
    for headed in (False, True):
        parsed = address.parse(cells, headed)
        assert (parsed.level[sure] == 3).all()
        assert (parsed.found[sure] == found[sure]).all()
        assert (parsed.start[sure] == cells.starts[sure]).all()
        assert (parsed.end[sure] == cells.ends[sure]).all()


def test_cells_know_nothing_of_their_neighbours() -> None:
    texts = [*addresses(9, 300), *NOTHING, *SHORT_FORMS, *HOUSEHOLDS]
    random.Random(9).shuffle(texts)
    cells = Cells.from_strings(texts, 1)
    together = address.parse(cells)
    for i, text in enumerate(texts):
        alone = address.parse(Cells.from_strings([text], 1))
        assert (together.starts[:, i] - cells.starts[i]).tolist() == alone.starts[:, 0].tolist(), text
        assert (together.ends[:, i] - cells.starts[i]).tolist() == alone.ends[:, 0].tolist(), text
        assert (together.level[i], together.code[i]) == (alone.level[0], alone.code[0]), text


def test_the_sieve_decides_ordinary_columns() -> None:
    values = Values(3)
    assert sieve(Cells.from_strings([values.address() for _ in range(500)], 1))[0].all()


@given(
    st.lists(
        st.text(st.sampled_from("浙江杭州市西湖区路号栋单元室楼层村组3一12-/#A （x😀é\0"), max_size=40),
        min_size=1,
        max_size=12,
    )
)
def test_any_text_is_read_inside_its_cell(texts: list[str]) -> None:
    cells = Cells.from_strings(texts, 1)
    for headed in (False, True):
        parsed = address.parse(cells, headed)
        assert (
            (parsed.starts >= cells.starts) & (parsed.starts <= parsed.ends) & (parsed.ends <= cells.ends)
        ).all()
        assert (
            (parsed.start >= cells.starts) & (parsed.start <= parsed.end) & (parsed.end <= cells.ends)
        ).all()
        spans = address.detect(cells, [0], [headed])
        assert (spans.cell == np.flatnonzero(parsed.level >= 2)).all()
    found = address.search(cells)
    assert ((found.start >= cells.starts[found.cell]) & (found.end <= cells.ends[found.cell])).all()


@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
def test_packed_characters_are_those_of_python(texts: list[str]) -> None:
    cells = Cells.from_strings([t.encode("utf-8", "replace").decode() for t in texts], 1)
    packed = pack(cells)
    for i in range(len(cells)):
        text = cells.raw(i)[:LONGEST].decode("utf-8", "ignore").replace("\0", "")
        narrow = [ord(c) if ord(c) < 0x80 or 0x800 <= ord(c) <= 0xFFFF else 0xFFFD for c in text]
        got = packed.code[packed.first[i] : packed.last[i]].tolist()
        assert got[: len(narrow)] == narrow
        assert len(got) - len(narrow) in (0, 1)  # the last character may be cut


@given(st.binary(min_size=8, max_size=200), st.integers(1, 6))
def test_bytes_that_are_no_text_are_no_trouble(raw: bytes, count: int) -> None:
    data = np.frombuffer("市号".encode() + raw + b"3\xe5\x8f\xb7\xe0\x80\x80", np.uint8)
    edges = np.linspace(0, len(data), count + 1).astype(np.int64)
    cells = Cells(data, edges[:-1], edges[1:] - 1, 1)
    parsed = address.parse(cells)
    assert ((parsed.start >= cells.starts) & (parsed.end <= cells.ends)).all()
    assert len(address.search(cells)) <= len(data)
    assert len(address.division_of(cells, cells.starts, cells.ends)) == count


def test_a_buffer_of_any_length() -> None:
    for size in range(1, 40):
        cells = Cells.from_strings(["楼" * size], 1)
        assert read(pack(cells)).level.tolist() == [0]
        assert not len(address.detect(cells, [0], [True]))


@given(st.lists(st.binary(max_size=40), min_size=2, max_size=10))
def test_equal_pieces_have_equal_hashes(pieces: list[bytes]) -> None:
    data = np.frombuffer(b"-".join(pieces + pieces) + b"-", np.uint8)
    ends = np.cumsum([len(p) + 1 for p in pieces + pieces]) - 1
    starts = ends - np.array([len(p) for p in pieces + pieces])
    key = hash_words(data, starts, ends)
    half = len(pieces)
    assert (key[:half] == key[half:]).all()
    assert (hash_words(data, starts[:1], ends[:1]) == key[0]).all()  # not a matter of what else is hashed
    assert len(set(key.tolist())) == len(set(pieces))


# --- columns and texts ----------------------------------------------------------------------------


def test_spans_of_columns() -> None:
    home, street = "浙江省杭州市西湖区文三路12号3栋2单元501室", "建国路88号"
    flat = [
        "张三",
        home,
        "3-2-501",
        "李四",
        street,
        "501",
        "王五",
        "杭州",
        "",
        "赵六",
        "翡翠湾3栋501",
        "3-2-501",
    ]
    cells = Cells.from_strings(flat, 3)
    spans = address.detect(cells, [1, 2], [False, True])
    assert spans.cell.tolist() == [1, 2, 4, 10, 11]
    assert (spans.kind == KIND["CN_ADDRESS"]).all()
    assert spans.score.round(1).tolist() == pytest.approx([0.9, 0.8, 0.5, 0.8, 0.8])
    names = [set(rules.check_names(int(bits))) for bits in spans.checks]
    assert names == [
        {"column", "household", "division"}, {"column", "household", "header"}, {"column"}, {"column", "household"},
        {"column", "household", "header"},
    ]  # fmt: skip
    assert spans.key[1] == spans.key[4] and len(set(spans.key.tolist())) == 4
    assert len(address.detect(cells, [], [])) == 0


def test_shares_tell_columns_of_addresses() -> None:
    values = Values(5)
    flat = [
        t
        for _ in range(60)
        for t in (values.name(), values.address(), "杭州市", values.phone(), "", "3-2-501")
    ]
    assert address.shares(Cells.from_strings(flat, 6)).tolist() == [0, 1, 0.5, 0, 0, 0]
    assert address.shares(Cells.from_strings([], 2)).tolist() == [0, 0]


@pytest.mark.parametrize(
    "words",
    [
        [
            "北京星河科技有限公司",
            "上海大街餐饮管理有限公司",
            "广州路桥建设集团",
            "杭州花园酒店",
            "翡翠物业",
            "红旗路超市",
        ],
        ["第一中学", "云锦实验小学", "上海3号幼儿园", "城关镇中心小学", "北京市第101中学", "东街小学"],
        ["销售部", "市场一部", "3组", "1号门店", "研发中心"],
        [
            "红富士5斤",
            "3层蛋糕",
            "5号充电电池",
            "2门冰箱",
            "3室2厅",
            "7座SUV",
            "五年级上册第3单元测试卷",
            "402胶水",
        ],
        ["2024-01-12", "2024年1月3日", "5月3号", "12:30", "3-2", "3-2-1"],
        ["已经装修完了", "下周再联系", "在301室开会", "5号线附近", "3楼有人", "12号再打"],
    ],
)
def test_other_columns_have_no_share(words: list[str]) -> None:
    assert address.shares(Cells.from_strings(words, 1)).tolist() == [0]


def sought(text: str) -> list[str]:
    """The addresses found in a text."""
    cells = Cells.from_strings(["前", text, "后"], 1)
    spans = address.search(cells)
    assert (spans.cell == 1).all()
    return [cells.data[a:b].tobytes().decode() for a, b in zip(spans.start, spans.end, strict=True)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("请寄到北京市朝阳区建国路88号3号楼1203室，谢谢", ["北京市朝阳区建国路88号3号楼1203室"]),
        ("我从上海搬到北京市朝阳区建国路88号3号楼1203室", ["北京市朝阳区建国路88号3号楼1203室"]),
        ("送货地址:杭州市西湖区文三路12号3-2-501 周末送", ["杭州市西湖区文三路12号3-2-501"]),
        ("客户说寄到翡翠湾12栋3单元1203室。再联系", ["翡翠湾12栋3单元1203室"]),
        ("请把东西送到建国路88号3号楼1203室张先生收", ["建国路88号3号楼1203室"]),
        ("张三 19783371234 湖北省云梦县城关镇张家村3组12号", ["湖北省云梦县城关镇张家村3组12号"]),
        ("住翡翠小区3栋501，或上海市徐汇区漕溪北路1088弄12号302室", ["翡翠小区3栋501", "上海市徐汇区漕溪北路1088弄12号302室"]),
        ("在301室开会", []), ("3栋501漏水了", []), ("北京400-820-8820", []), ("比分3-2-501", []), ("三室一厅，120平", []),
        ("位于南京西路1266号恒隆广场5楼506室", []), ("位于海淀区五塔寺村24号", []), ("room 301, building 3", []), ("", []),
    ],
)  # fmt: skip
def test_search(text: str, found: list[str]) -> None:
    assert sought(text) == found


def test_search_gives_every_made_up_address_in_a_line() -> None:
    values = Values(11)
    for _ in range(50):
        one = values.address()
        assert sought(f"{values.name()}，{values.phone()}，住{one}。") == [one]
        assert sought(f'{{"addr":"{one}","n":1}}') == [one]


def test_search_in_some_columns() -> None:
    home, other = "杭州市西湖区文三路12号3栋2单元501室", "浙江省杭州市西湖区星河路9988号3号楼1203"
    flat = ["张三", f"住{home}，谢谢", other, "李四", "", f"（{home}）", "王五", f"{home}\n{other}", "无"]
    cells = Cells.from_strings(flat, 3)
    whole = address.search(cells)
    assert whole.cell.tolist() == [1, 2, 5, 7, 7]
    for columns in ([1], [2, 1], [0], []):
        part = address.search(cells, columns)
        wanted = whole.take(np.isin(whole.cell % 3, columns))
        for name in ("cell", "start", "end", "checks", "key"):
            assert getattr(part, name).tolist() == getattr(wanted, name).tolist()


def test_ordinary_prose_has_none(shared: Path) -> None:
    for path in sorted((shared / "data" / "text").glob("*.txt")):
        assert len(address.search(Cells.from_strings(path.read_text("utf-8").splitlines(), 1))) == 0, (
            path.name
        )

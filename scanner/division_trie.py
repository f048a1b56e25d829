"""The names of divisions as a finite automaton in arrays, built from `rules/tables/divisions.tsv`.

A state and a character give the next state by a hash table. There is a root for the beginning of a text, one
for zones that any city may have, and one for each province and city with all that lies in it.

>>> trie = table()
>>> state = np.array([START], np.int32)
>>> for letter in "浙江省":
...     state = trie.step(state, np.array([ord(letter)], np.uint16))
>>> int(trie.code[state[0]]), int(trie.form[state[0]]) == FULL
(330000, True)
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scanner import rules
from scanner.distinct import unique
from scanner.schema import Flags, Index

Codes = NDArray[np.uint16]
Ints = NDArray[np.int32]

PROVINCE, CITY, COUNTY = 1, 2, 3
FULL, SHORT, DOUBTFUL = 1, 2, 3
START, ZONE = 1, 2  # roots: the beginning of a text, zones of any city; state 0 is no state

_ALSO_WORDS = frozenset({
    "朝阳", "中山", "大同", "安康", "长春", "长治", "白银", "黄山", "泰安", "延安", "吉安", "铁岭", "来宾", "三明", "嘉兴", "金华",
    "金昌", "中卫", "东营", "新乡", "保山", "海东", "兴安", "山南", "广安", "巴中", "东方", "平安", "玉树", "文山", "红河", "普洱",
    "丽水", "永州", "大理",
})  # fmt: skip
"""Short names that estates and roads bear all over the country (朝阳小区, 中山路): they need support."""

_ZONES = (
    "高新区", "高新技术开发区", "高新技术产业开发区", "经开区", "经济开发区", "经济技术开发区", "开发区", "工业园区", "保税区", "市辖区",
)  # fmt: skip
"""County-level places that most cities have: a root of their own, and the code stays that of the city."""
_BETWEEN = ("省直辖县级行政区划", "省直辖县级行政单位", "省直辖", "自治区直辖县级行政区划", "市辖区")


@dataclass(frozen=True, slots=True)
class Trie:
    """The names as a finite automaton.

    `tables` are hash tables, tried one after the other, of uint64: state * 65536 + character in the upper
    half, the next state in the lower. `code`, `level` and `form` of shape (states,) tell which name ends in a state, `goes_on` whether a longer one may, and
    `root` of shape (10000,) where names below a division (its first four digits) begin, 0 nowhere.
    """

    tables: tuple[NDArray[np.uint64], ...]
    code: Ints
    level: NDArray[np.uint8]
    form: NDArray[np.uint8]
    goes_on: Flags
    root: Ints

    def step(self, state: Ints, character: Codes) -> Ints:
        """The state after one more character; 0 where no name goes on."""
        key = (state.astype(np.uint32) << np.uint32(16)) | character
        out, taken = _look_up(self.tables[0], 0, key)
        rest = np.flatnonzero(taken)
        for i, table in enumerate(self.tables[1:], 1):
            if len(rest):
                out[rest], taken = _look_up(table, i, key.take(rest))
                rest = rest.take(np.flatnonzero(taken))
        return out


def _look_up(table: NDArray[np.uint64], number: int, key: NDArray[np.uint32]) -> tuple[Ints, Flags]:
    """The next state of each key, 0 where the table does not have it; and whether another has its place."""
    entry = table.take(_slot(key, number, len(table)))
    hit = (entry >> np.uint64(32)) == key
    state = (entry & np.uint64(0xFFFFFFFF)).astype(np.int32) * hit
    return np.asarray(state, np.int32), np.asarray(~hit & (entry > 0))


def _slot(key: NDArray[np.uint32], number: int, size: int) -> Index:
    """Place of a key in table `number`, whose size is a power of two (multiplicative hashing)."""
    factor = (0x9E3779B1, 0x85EBCA6B, 0xC2B2AE35, 0x27D4EB2F)[number]
    return np.asarray((key * np.uint32(factor)) >> np.uint32(33 - size.bit_length()), np.int64)


@cache
def table() -> Trie:
    """The trie of `rules/tables/divisions.tsv`, built at first use (20 ms)."""
    lines = [line.split("\t") for line in rules.table_lines("tables/divisions.tsv")]
    names = [line[1] for line in lines]
    code = np.array([int(line[0]) for line in lines], np.int32)
    short = np.array([int(line[2]) for line in lines], np.int64)
    is_now = np.array([not line[3] for line in lines])
    return _build(_entries(names, code, short, is_now))


@dataclass(frozen=True, slots=True)
class _Entries:
    """Names to enter: characters (uint16, zero-padded), and for each name its root (four digits, -2 the
    beginning of a text, -1 zones), code, level, form and rank (the highest wins where two names are equal)."""

    letters: NDArray[np.uint16]
    root: Index
    code: Ints
    level: Index
    form: Index
    rank: Index


def _entries(names: list[str], code: Ints, short: Index, is_now: Flags) -> _Entries:
    letters = np.array(names, "U16").view(np.uint32).reshape(len(names), 16).astype(np.uint16)
    length = np.array([len(name) for name in names], np.int64)
    level = np.where(code % 10000 == 0, PROVINCE, np.where(code % 100 == 0, CITY, COUNTY))
    is_city = (level == COUNTY) & (letters[np.arange(len(names)), length - 1] == ord("市")) & is_now
    word = np.array([name[:cut] in _ALSO_WORDS for name, cut in zip(names, short.tolist(), strict=True)])
    at_start = np.where(word | is_city, DOUBTFUL, SHORT)
    province, city = code // 10000 * 100, code // 100
    root_code = np.full(len(names), -2)
    clear = (level < COUNTY) | (length > 2) | (letters[:, 1] == ord("县"))
    sets = [
        (clear, length, root_code, FULL),
        ((short > 0) & ((level < COUNTY) | is_city), short, root_code, at_start),
        (level > PROVINCE, length, province, FULL),
        ((level > PROVINCE) & (short > 0), short, province, SHORT),
        (level == COUNTY, length, city, FULL),
        ((level == COUNTY) & (short > 0), short, city, SHORT),
    ]
    rank = is_now * 64 + (3 - level) * 16
    parts = [_extra(code, level)]
    for chosen, size, root, form in sets:
        at = np.flatnonzero(chosen)
        cut = np.where(np.arange(16) < size[at, None], letters[at], 0).astype(np.uint16)
        forms = np.broadcast_to(np.asarray(form), len(names))[at]
        parts.append(_Entries(cut, root[at], code[at], level[at], forms, rank[at] + (forms == FULL)))
    return _Entries(*(np.concatenate([getattr(p, f) for p in parts]) for f in _Entries.__slots__))


def _extra(code: Ints, level: Index) -> _Entries:
    """Zones of every city, and what stands between a province and its counties: 北京市北京市, 市辖区."""
    provinces = unique(code[level == PROVINCE])
    own = [(name, 110000 + 10000 * i) for i, name in enumerate(("北京", "天津"))] + [
        ("上海", 310000),
        ("重庆", 500000),
    ]
    words = [*_ZONES, *_BETWEEN, *(name + end for name, _ in own for end in ("市", ""))]
    shape = np.array(words, "U16").view(np.uint32).reshape(len(words), 16).astype(np.uint16)
    pairs = [(w, -100, CITY if words[w] == "市辖区" else COUNTY) for w in range(len(_ZONES))]
    pairs += [(len(_ZONES) + w, c, CITY) for w in range(len(_BETWEEN)) for c in provinces.tolist()]
    pairs += [(len(words) - 2 * len(own) + i, own[i // 2][1], CITY) for i in range(2 * len(own))]
    word, of, levels = (np.array(column, np.int64) for column in zip(*pairs, strict=True))
    form = np.full(len(word), FULL)
    return _Entries(
        shape[word], of // 100, np.maximum(of, 0).astype(np.int32), levels, form, np.full(len(word), 32)
    )


def _build(entries: _Entries) -> Trie:
    """The automaton, one depth at a time."""
    heads, state = np.unique(entries.root, return_inverse=True)  # -2 and -1 come first
    state = state + START
    root = np.zeros(10000, np.int32)
    root[heads[2:]] = np.arange(2, len(heads)) + START
    count, rows = START + len(heads), np.arange(len(state))
    all_keys, all_next, last = [], [], np.zeros(len(state), np.int64)
    for depth in range(16):
        rows = rows[entries.letters[rows, depth] > 0]
        key = state[rows] * 0x10000 + entries.letters[rows, depth]
        keys, inverse = np.unique(key, return_inverse=True)
        state[rows] = last[rows] = inverse + count
        all_keys.append(keys)
        all_next.append(np.arange(len(keys)) + count)
        count += len(keys)
    assert count <= 0x10000, "states no longer fit in 16 bits"
    code, level, form = _names(entries, last, count)
    tables = _tables(np.concatenate(all_keys).astype(np.uint32), np.concatenate(all_next))
    goes_on = np.zeros(count, np.bool_)
    goes_on[np.concatenate(all_keys) >> 16] = True
    return Trie(tables, code, level, form, goes_on, root)


def _names(entries: _Entries, last: Index, count: int) -> tuple[Ints, NDArray[np.uint8], NDArray[np.uint8]]:
    """For each state the name that ends there; equal names of one rank share what their codes share."""
    order = np.lexsort((entries.code, -entries.rank, last))
    last, code = last[order], entries.code[order]
    rank = entries.rank[order]
    first = np.flatnonzero(np.diff(last, prepend=-1))
    group = np.repeat(np.arange(len(first)), np.diff(first, append=len(last)))
    best = np.add.reduceat(rank == rank[first][group], first, dtype=np.int64)
    low, high = code[first], code[first + best - 1]
    shared = np.where(low == high, low, np.where(low // 10000 == high // 10000, low // 10000 * 10000, 0))
    codes, levels, forms = np.zeros(count, np.int32), np.zeros(count, np.uint8), np.zeros(count, np.uint8)
    codes[last[first]] = shared
    levels[last[first]], forms[last[first]] = entries.level[order][first], entries.form[order][first]
    return codes, levels, forms


def _tables(keys: NDArray[np.uint32], follow: Index) -> tuple[NDArray[np.uint64], ...]:
    """Hash tables: what finds its place taken goes to the next table."""
    out: list[NDArray[np.uint64]] = []
    size = 1 << 17
    while len(keys):
        at = _slot(keys, len(out), size)
        table = np.zeros(size, np.uint64)
        table[at] = (keys.astype(np.uint64) << np.uint64(32)) | follow.astype(np.uint64)
        lost = (table[at] >> np.uint64(32)) != keys
        out.append(table)
        keys, follow, size = keys[lost], follow[lost], max(size >> 2, 1 << 12)
    return tuple(out)

"""Provinces, cities and counties of China: their names at the beginning of many texts at once.

The names of GB/T 2260 since 1980 are read in full and short (浙江省, 浙江), one division below the other, so
that 朝阳区 after 长春 is another district than after 北京; alone it is a county whose code is not sure.
Sources and licences stand in `rules/tables/divisions.tsv`.

>>> text = np.frombuffer("杭州西湖区灵隐".encode("utf-16-le") + bytes(8), np.uint16)
>>> found = match(text, np.array([0])); found.code.tolist(), found.stop.tolist()
([330106], [5])
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner.division_trie import COUNTY, DOUBTFUL, FULL, SHORT, START, ZONE, Codes, Ints, Trie, table
from scanner.schema import Flags, Index

# After a short name these make it the name of something else: 南京路, 上海南站, 杭州大厦, 大同新村.
_AFTER = "路街道巷弄桥站店镇乡市省区县州盟旗场馆苑城里湾村屯庄港厂"
_AFTER_PAIRS = (
    ("东西南北中一二三四五环", "路街道巷门站桥村苑城区里环一二三四大"),
    ("大", "道街厦桥楼学酒"),
    ("新", "村城区街路"),
    ("小花公广家", "区学园寓场"),
)


def _marks(characters: str) -> Flags:
    table = np.zeros(0x10000, np.bool_)
    table[[ord(c) for c in characters]] = True
    return table


def _bits(side: int) -> NDArray[np.uint8]:
    """For each character the pairs of `_AFTER_PAIRS` on whose side it stands, one bit each."""
    return np.asarray(
        sum(_marks(pair[side]).astype(np.uint8) << i for i, pair in enumerate(_AFTER_PAIRS)), np.uint8
    )


_STOPS, _FIRST, _SECOND = _marks(_AFTER), _bits(0), _bits(1)
_BLANK = _marks(" \t-/,，、·|_.>—\u3000")
_ENDS = _marks("\0 \t-/,，、·|_.>—\u3000()（）;；。")


@dataclass(frozen=True, slots=True)
class Match:
    """What `match` found, for n texts; places are indices of characters, -1 where there is none.

    `starts` and `ends` have shape (3, n): province, city, county. `stop` is where the text goes on, `code`
    (int32) the deepest division whose code is sure, 0 where none is; `found` says that any name was read.
    """

    starts: Index
    ends: Index
    stop: Index
    code: Ints
    found: Flags


def match(text: Codes, at: Index) -> Match:
    """The divisions that begin at each place of `text`.

    `text` is uint16 code points, in which 0 ends a text, with at least 8 zeros after the last; `at` is int64,
    shape (n,). A short name needs support where it could begin another name (南京路, 朝阳小区).
    """
    trie, n = table(), len(at)
    out = Match(
        np.full((3, n), -1), np.full((3, n), -1), at.copy(), np.zeros(n, np.int32), np.zeros(n, np.bool_)
    )
    rows, root = np.arange(n), np.full(n, START, np.int32)
    waiting = _Waiting(np.zeros(n, np.int8), np.zeros(n, np.int32))
    for _ in range(4):
        begin = _skip(text, out.stop[rows])
        end, state = _longest(trie, text, begin, root)
        zone = np.flatnonzero((end == 0) & (root > START) & (out.code[rows] % 10000 > 0))
        end[zone], state[zone] = _longest(trie, text, begin[zone], np.full(len(zone), ZONE, np.int32))
        good = end > 0
        _withdraw(out, waiting, rows[~good], text, at)
        rows, begin, end, state = rows[good], begin[good], end[good], state[good]
        if not len(rows):
            break
        _enter(out, waiting, rows, begin, end, state, text)
        root = np.where(trie.level[state] < COUNTY, trie.root[trie.code[state] // 100], 0).astype(np.int32)
        rows, root = rows[root > 0], root[root > 0]
    _withdraw(out, waiting, np.arange(n), text, at)
    return out


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Short names that wait for a division after them: `level` of the name (0 none, 4 more where it may also be
    a word), and `code` without it."""

    level: NDArray[np.int8]
    code: Ints


def _enter(
    out: Match, waiting: _Waiting, rows: Index, begin: Index, end: Index, state: Ints, text: Codes
) -> None:
    """Write down the names that were read; one after another supports it."""
    trie = table()
    level, form, code = trie.level[state].astype(np.int64), trie.form[state], trie.code[state]
    out.starts[level - 1, rows], out.ends[level - 1, rows], out.found[rows] = begin, end, True
    waiting.code[rows] = out.code[rows]
    out.code[rows] = np.where(code > 0, code, out.code[rows])
    out.stop[rows] = end
    weak = (form == DOUBTFUL) | ((form == SHORT) & _is_other(text, end))
    waiting.level[rows] = np.where(weak, level + 4 * (form == DOUBTFUL), 0)


def _skip(text: Codes, at: Index) -> Index:
    """Over at most three signs that stand between divisions."""
    for _ in range(3):
        step = _BLANK[text[at]]
        if not step.any():
            break
        at = at + step
    return at


def _longest(trie: Trie, text: Codes, at: Index, root: Ints) -> tuple[Index, Ints]:
    """End of the longest name that begins at each place (0 where none does), and its state."""
    end, best = np.zeros(len(at), np.int64), np.zeros(len(at), np.int32)
    rows = np.flatnonzero(root)
    state, place = root[rows], at[rows]
    while len(rows):
        state = trie.step(state, text.take(place))
        on = np.flatnonzero(state)
        rows, state, place = rows.take(on), state.take(on), place.take(on) + 1
        name = np.flatnonzero(trie.form.take(state))
        end[rows.take(name)], best[rows.take(name)] = place.take(name), state.take(name)
        on = np.flatnonzero(trie.goes_on.take(state))
        rows, state, place = rows.take(on), state.take(on), place.take(on)
    return end, best


def _is_other(text: Codes, end: Index) -> Flags:
    """Whether what follows a short name makes it a road, a station, an estate."""
    next_ = text[end]
    return np.asarray(_STOPS[next_] | ((_FIRST[next_] & _SECOND[text[end + 1]]) > 0))


def _withdraw(out: Match, waiting: _Waiting, rows: Index, text: Codes, at: Index) -> None:
    """Take back names that found no support; one that may also be a word stays where it ends its text."""
    rows = rows[waiting.level[rows] > 0]
    if not len(rows):
        return
    level = waiting.level[rows].astype(np.int64)
    gone = (level < 4) | ~_ENDS[text[out.stop[rows]]]
    waiting.level[rows] = 0
    rows, level = rows[gone], level[gone] & 3
    out.starts[level - 1, rows] = out.ends[level - 1, rows] = -1
    out.code[rows] = waiting.code[rows]
    last = out.ends[:, rows].max(axis=0, initial=-1)
    out.stop[rows] = np.where(last < 0, at[rows], last)
    out.found[rows] = last >= 0


def peek(first: Codes, second: Codes, third: Codes) -> NDArray[np.int8]:
    """Whether a division begins with three characters: 1 yes, 0 no, -1 where only `match` can tell.

    All are uint16 of shape (n,), and so is the int8 answer.
    """
    trie = table()
    two = trie.step(trie.step(np.full(len(first), START, np.int32), first), second)
    three = trie.step(two, third)
    out = np.where(two == 0, 0, -1).astype(np.int8)
    form = trie.form[two]
    out[(form == FULL) | (trie.form[three] == FULL)] = 1
    out[(three == 0) & (two > 0) & (form == 0)] = 0
    out[(three == 0) & (form == SHORT) & ~_STOPS[third] & (_FIRST[third] == 0)] = 1
    return out


def heads(text: Codes) -> Index:
    """Places of `text` at which the first two characters of a name stand: where `match` may find one."""
    trie = table()
    one = trie.step(np.full(max(len(text) - 1, 0), START, np.int32), text[:-1])
    at = np.flatnonzero(one)
    return at.take(np.flatnonzero(trie.step(one.take(at), text.take(at + 1))))

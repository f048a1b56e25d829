"""What the label before a number, or the header above it, says that it is: "序列号：", `"sku":`, `goods_code=`.

A number that somebody has named is what its name says. Names are open-ended, so their endings decide (号, 码,
单, 额, 量; code, no, sn, size), unless the name speaks of people or phones (手机号, 客户编号, tel_no). The
endings are in `rules/lexicons/labels.toml`.

>>> [is_other(word) for word in ("设备序列号", "手机号", "goodsCode", "tel_no", "打给老板")]
[True, False, True, False, False]
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

import numpy as np

from scanner import rules
from scanner.digits import byte_at
from scanner.schema import KIND, Cells, Flags, Index, Spans
from scanner.text import hash_spans

LABELLED = tuple(
    KIND[name] for name in (
        "CN_MOBILE_NUMBER", "CN_LANDLINE_NUMBER", "CN_RESIDENT_ID", "CN_RESIDENCE_PERMIT", "CN_BANK_CARD",
    )
)  # fmt: skip
"""Types whose numbers a label can take back."""

FEW = 100
"""Labels from which sorting out the equal ones takes less time than asking for each (2 us)."""

REACH = 30
"""Bytes of a label that are looked at."""


@cache
def _expressions() -> tuple[re.Pattern[str], ...]:
    raw = rules.load_toml("lexicons/labels.toml")
    return tuple(re.compile(raw[name], re.IGNORECASE) for name in ("han", "ascii", "id", "own", "page"))


_HAN = re.compile(r"[\u4e00-\u9fff]{1,8}$")
_ASCII = re.compile(r"[A-Za-z][A-Za-z0-9_.\-]*$")
_PARTS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_.\-]")


@lru_cache(maxsize=1 << 15)
def is_other(label: str) -> bool:
    """Whether a label ends as the name of something that is no phone, document or card."""
    han, plain, identifier, own, page = _expressions()
    if page.search(label):
        return True
    word = _HAN.search(label)
    if word:
        return bool(han.search(word[0])) and not own.search(word[0])
    word = _ASCII.search(label)
    if not word or own.search(word[0]):
        return False
    last = _PARTS.split(word[0])[-1]
    return bool(plain.fullmatch(last) or identifier.search(word[0]))


@cache
def _is_labelled() -> Flags:
    out = np.zeros(len(KIND), np.bool_)
    out[list(LABELLED)] = True
    return out


def are_named_otherwise(cells: Cells, spans: Spans) -> Flags:
    """Which spans a label before them, a code that they are the end of, or a path takes back; bool (n,)."""
    out = np.zeros(len(spans), np.bool_)
    floor = cells.starts[spans.cell]
    pick = np.flatnonzero(_is_labelled()[spans.kind] & (spans.start > floor))
    if not len(pick):
        return out
    start, end, floor = _before_country(cells, spans.start[pick]), spans.end[pick], floor[pick]
    out[pick] = (
        _is_end_of_code(cells, start, floor) | _is_in_path(cells, start, end) | _is_listed(cells, floor)
    )
    at = _label_end(cells, start, floor)
    out[pick] |= _ask(cells, np.maximum(at - REACH, floor), at)
    return out


def _ask(cells: Cells, left: Index, right: Index) -> Flags:
    """`is_other` of each label; of many labels, equal ones are asked once."""
    first, back = np.arange(len(left)), np.arange(len(left))
    if len(left) > FEW:
        key = hash_spans(cells.data, left, right)
        _, first, back = np.unique(key, return_index=True, return_inverse=True)
    texts = (cells.data[left[i] : right[i]].tobytes().decode("utf-8", "ignore") for i in first)
    return np.fromiter(map(is_other, texts), np.bool_, len(first))[back]


def _before_country(cells: Cells, start: Index) -> Index:
    """Starts with a trimmed 86 or 0086, which are digits, put back."""
    for _ in range(4):
        byte = byte_at(cells.data, start - 1)
        start = start - ((byte >= 0x30) & (byte <= 0x39))
    return start


_GLUE = np.zeros(256, np.bool_)
_GLUE[list(b" \t:=\"'(#[\\.")] = True
_GLUE_HAN = np.zeros(0x10000, np.bool_)
_GLUE_HAN[[ord(c) for c in "：（＝“为是【"]] = True


def _label_end(cells: Cells, start: Index, floor: Index) -> Index:
    """Where the label before each number ends."""
    at = start.copy()
    for _ in range(6):
        byte = byte_at(cells.data, at - 1)
        code = (byte_at(cells.data, at - 3).astype(np.int64) & 15) << 12
        code |= (byte_at(cells.data, at - 2).astype(np.int64) & 63) << 6 | (byte.astype(np.int64) & 63)
        step = np.where(_GLUE[byte], 1, np.where((byte >= 0x80) & _GLUE_HAN[code & 0xFFFF], 3, 0))
        step = np.where(at - step >= floor, step, 0)
        if not step.any():
            break
        at = at - step
    return at


def _is_end_of_code(cells: Cells, start: Index, floor: Index) -> Flags:
    """Capitals and a dash directly before (`XS-150…`), or a dot that no word stands before (`.156…`)."""
    data = cells.data
    before, one = byte_at(data, start - 1), byte_at(data, start - 2)
    letter = ((one | 0x20) >= 0x61) & ((one | 0x20) <= 0x7A)
    out: Flags = (before == 0x2E) & ~letter & (one < 0x80)
    dash = np.flatnonzero((before == 0x2D) & (one >= 0x41) & (one <= 0x5A))
    for i in dash.tolist():
        word = _ASCII.search(
            data[max(int(floor[i]), int(start[i]) - 13) : start[i] - 1].tobytes().decode("ascii", "replace")
        )
        out[i] = bool(word and word[0].isupper() and not _expressions()[3].search(word[0]))
    return out


def _is_in_path(cells: Cells, start: Index, end: Index) -> Flags:
    """A number between "/" and "/", "." and a letter, or "?" is the name of a page."""
    before, after, next_ = (byte_at(cells.data, at) for at in (start - 1, end, end + 1))
    letter = ((next_ | 0x20) >= 0x61) & ((next_ | 0x20) <= 0x7A)
    return np.asarray((before == 0x2F) & ((after == 0x3F) | (after == 0x2F) | (after == 0x2E) & letter))


_MODES = np.zeros(256, np.bool_)
_MODES[list(b"-bcdlprswxST t")] = True


def _is_listed(cells: Cells, floor: Index) -> Flags:
    """Lines of a listing of files begin with ten signs such as -rw-r--r--; the number is a size."""
    out = byte_at(cells.data, floor + 1) != 0x20
    for i in range(10):
        out &= _MODES[byte_at(cells.data, floor + i)]
    return np.asarray(out & (byte_at(cells.data, floor + 10) == 0x20) & (byte_at(cells.data, floor) != 0x20))

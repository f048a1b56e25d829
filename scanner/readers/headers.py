"""Which row is the header: shared by every reader of tables.

A header is a row of short texts without numbers, most of which are known words, or under which other
kinds of value stand. Rows above it are titles.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from scanner import rules

LOOK = 12
"""A header stands among the first rows; a title block of more lines is not seen in practice."""

_TAIL = re.compile(r"[\s\d*:：_#]+$|[(（\[【].*?[)）\]】]|\s+")
_SURE_VALUE = re.compile(r"\d{7}|@\w")
_LONG_NUMBER = re.compile(r"\d{3}|@")
_VALUE = re.compile(r"^[\s'\"]*[+-]?[\d.,:/年月日%\-*\s]+[Xx]?$|@|\d{5,}")


def plain(header: str) -> str:
    """A header as rules write it: lower case, no brackets, spaces, or counting digits at the end.

    >>> plain("联系电话1（必填）")
    '联系电话'
    """
    text = header.strip().strip("\ufeff\"'").lower().replace("-", "_")
    text = text.rsplit("/", 1)[-1].rsplit("#", 1)[-1] or text
    return _TAIL.sub("", _TAIL.sub("", text))


@cache
def known_words() -> frozenset[str]:
    """Every header word of every entity and role, in plain form."""
    words = {plain(w) for e in rules.entities() for w in e.headers}
    for role in rules.load_toml("headers.toml").values():
        words |= {plain(w) for w in role["words"]}
    return frozenset(words - {""})


@lru_cache(maxsize=1 << 14)
def is_known(header: str) -> bool:
    """Whether a cell is one of the known header words, or a short text that contains one of their stems."""
    if _LONG_NUMBER.search(header):  # "电话19783371234" is a label with its value
        return False
    word = plain(header)
    return word in known_words() or (1 < len(word) <= 8 and any(stem in word for stem in _stems()))


@cache
def _stems() -> tuple[str, ...]:
    return tuple(stem for entity in rules.entities() for stem in entity.contains)


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Index of the header among the first rows, or None where the table has none."""
    width = max((sum(1 for c in row if c.strip()) for row in rows[:200]), default=0)
    for i, row in enumerate(rows[:LOOK]):
        cells = [c.strip() for c in row if c.strip()]
        if not cells or len(cells) < max(1, min(2, width), round(width * 0.5)):
            continue
        known = sum(map(is_known, cells))
        values = sum(1 for c in cells if _VALUE.search(c))
        if any(_SURE_VALUE.search(c) for c in cells):
            return None
        if known >= max(1, len(cells) * 0.3) and values <= len(cells) // 4:
            return i
        if values or any(len(c) > 30 for c in cells):
            return None
        return i if _differs([c.strip() for c in row], rows[i + 1 : i + 20], width) else None
    return None


def _differs(row: Sequence[str], below: Sequence[Sequence[str]], width: int) -> bool:
    """Whether the rows below hold values where an unknown header holds none."""
    header = [c for c in row if c]
    filled = [[c.strip() for c in one] for one in below if any(c.strip() for c in one)]
    if not filled or len(set(header)) < len(header):
        return False
    if any(
        _is_alike(c, [one[i] for one in filled if i < len(one) and one[i]]) for i, c in enumerate(row) if c
    ):
        return False
    with_values = sum(1 for one in filled if any(_VALUE.search(c) for c in one if c))
    latin = all(re.fullmatch(r"[A-Za-z_][\w .()%/\-]*", c) for c in header)
    return with_values >= max(1, len(filled) * 0.6) and (latin or width > 1)


_SHORT_HAN = re.compile(r"[\u3400-\u9fff·]{2,4}")


def _is_alike(cell: str, below: Sequence[str]) -> bool:
    """Whether a cell is of the kind that fills its column: a name above names is a first row, no header."""
    if not _SHORT_HAN.fullmatch(cell) or not below:
        return False
    return sum(1 for c in below if _SHORT_HAN.fullmatch(c)) >= 0.6 * len(below)

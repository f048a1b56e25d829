"""Which sign separates the columns of a text, judged from its beginning."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

MOST_COLUMNS = 256


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a text is laid out: its encoding, its delimiter byte (None: lines), and the least run of it.

    `least` 0 means that every delimiter byte separates; 4 means a run of four or more ("----").
    """

    encoding: str
    delimiter: int | None
    least: int
    width: int


@lru_cache(maxsize=2)
def sniff(text: str, encoding: str = "utf-8") -> Dialect:
    """The dialect of a text, from its beginning.

    >>> sniff("张三----19783371234\\n李四----19783371235\\n")
    Dialect(encoding='utf-8', delimiter=45, least=3, width=2)
    """
    plain = (
        re.sub(r'(?<![^\s,;|"])"(?:[^"]|"")*"', "_", text.lstrip("\ufeff"))
        if '"' in text
        else text.lstrip("\ufeff")
    )
    lines = [line.strip("\r ") for line in plain.split("\n")[:400]]
    lines = [line for line in lines if line]
    best: tuple[float, int, int, int] | None = None
    for sign, least, pattern in _CANDIDATES:
        width = _common_width(lines, pattern, least)
        if width and _MAY_BE.get(sign, _always)(lines, width):
            score = width[1] - (0.3 if sign in _MAY_BE else 0.0)
            if best is None or score > best[0] + 0.05 or (score > best[0] - 0.05 and width[0] > best[3] + 1):
                best = (score, ord(sign), least, width[0])
    if best is None:
        return Dialect(encoding, None, 0, 1)
    pattern = next(p for s, n, p in _CANDIDATES if ord(s) == best[1] and n == best[2])
    widest = max(len(pattern.findall(line)) + 1 for line in lines)
    return Dialect(encoding, best[1], best[2], min(max(widest, best[3]), MOST_COLUMNS, best[3] * 2 + 8))


_CANDIDATES = tuple(
    (sign, least, re.compile(pattern))
    for sign, least, pattern in (
        ("-", 3, r"-{3,}"),
        ("\t", 0, r"\t"),
        (",", 0, r","),
        (";", 0, r";"),
        ("|", 0, r"\|"),
        ("=", 3, r"={3,}"),
        (":", 0, r":"),
        (" ", 1, r" +"),
    )
)


def _common_width(lines: list[str], pattern: re.Pattern[str], least: int) -> tuple[int, float] | None:
    """The usual number of columns and the share of lines that have it; None where lines disagree."""
    counts = Counter(len(pattern.findall(line)) for line in lines)
    split = len(lines) - counts.pop(0, 0)
    if not split or (split < len(lines) * 0.7 and split < len(lines) - 3):
        return None
    count, times = max(counts.items(), key=lambda item: (item[1], item[0]))
    share = times / len(lines)
    return (count + 1, share) if share >= 0.5 or (share >= 0.3 and count >= 4 and least == 0) else None


_STAMP = re.compile(
    r"^[\[(]?\d{4}[-/]\d\d?[-/]\d\d?|^[\[(]?\d\d:\d\d|^\w{3} +\d+ \d\d:|^\d{1,3}(\.\d{1,3}){3} "
)


def _may_be_spaced(lines: list[str], width: tuple[int, float]) -> bool:
    """Spaces separate columns only in short, regular lines that are no log and no prose."""
    if width[0] > 12 or width[1] < 0.9 or len(lines) < 2:
        return False
    stamped = sum(1 for line in lines[:50] if _STAMP.match(line))
    digits = sum(1 for line in lines[:50] if re.search(r"\d{5,}", line))
    return (
        stamped * 3 < min(len(lines), 50) and digits * 2 >= min(len(lines), 50) and max(map(len, lines)) < 200
    )


_PAIR = re.compile(r"[\w.+@-]{3,64}:[^\s:]+", re.ASCII)


def _may_be_pairs(lines: list[str], width: tuple[int, float]) -> bool:
    """Colons separate an account and its password where nearly every line is such a pair; a log or a form has blanks."""
    pairs = sum(1 for line in lines if _PAIR.fullmatch(line))
    return width[0] == 2 and len(lines) >= 5 and pairs >= 0.95 * len(lines)


def _always(lines: list[str], width: tuple[int, float]) -> bool:
    return True


_MAY_BE = {" ": _may_be_spaced, ":": _may_be_pairs}

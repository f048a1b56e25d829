"""Patterns of rules as fixed shapes, matched as matrices and never by a regular expression per row.

A pattern is a small regular expression without open ends: literals, classes `[A-HJ-NP-Z0-9京津]`, `\\d`,
groups with `|`, and `?`, `{m}`, `{m,n}`. It is unfolded into *shapes*: sequences of character classes, each
of a fixed UTF-8 width. A shape of `w` bytes is then tried at many places at once: the bytes are gathered as
a matrix and looked up in tables. ASCII letters match in either case.

>>> data = np.frombuffer("E1978337 e19783371".encode(), np.uint8)
>>> Pattern(r"E\\d{8}").match(data, np.array([0, 9]), np.array([18, 18])).tolist()
[-1, 18]
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product

import numpy as np
from numpy.typing import NDArray

from scanner.digits import byte_at
from scanner.schema import Bytes, Flags, Index

MOST_SHAPES = 400
"""Shapes into which one pattern may unfold."""

_TOO_MANY = f"it unfolds into more than {MOST_SHAPES} shapes"

Chars = frozenset[str]


@dataclass(frozen=True, slots=True)
class Element:
    """A class of characters of one UTF-8 width; `table` is indexed by byte, or by code point.

    `plain` says whether it has an ASCII letter or digit.
    """

    width: int
    table: Flags
    plain: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """Elements in a row; `plain` are the byte places that may hold an ASCII letter or digit."""

    elements: tuple[Element, ...]
    width: int
    plain: tuple[int, ...]


class Pattern:
    """A pattern, unfolded. Raises `ValueError` with a plain reason where it is wrong or too wide."""

    def __init__(self, text: str) -> None:
        self.text = text
        every = (shape for sequence in _Parser(text).whole() for shape in _shapes(sequence))
        shapes = list(islice(every, MOST_SHAPES + 1))
        if len(shapes) > MOST_SHAPES:
            raise ValueError(_TOO_MANY)
        if any(not shape.width for shape in shapes):
            raise ValueError("it matches where nothing stands; let at least one character be there")
        self.shapes = tuple(sorted(shapes, key=lambda shape: -shape.width))
        self.widths = tuple(sorted({shape.width for shape in self.shapes}))

    def match(self, data: Bytes, start: Index, limit: Index, whole: bool = False) -> Index:
        """End of the longest match that begins at each `start` and ends at or before `limit`, else -1.

        A match ends at a border: no ASCII letter, digit or underscore follows. `whole` asks that it ends at
        `limit`. Shapes: `start`, `limit` and the result are int64 (n,).
        """
        end = np.full(len(start), -1, np.int64)
        for shape in self.shapes:
            room = limit - start
            open_ = np.flatnonzero((end < 0) & (room == shape.width if whole else room >= shape.width))
            if len(open_):
                hit = open_[_fits(shape, data, start[open_])]
                end[hit] = start[hit] + shape.width
        return end

    def plain(self, data: Bytes, start: Index, end: Index) -> Iterator[tuple[Index, Bytes]]:
        """The letters and digits of matches as upper-case matrices, one for each shape met.

        Yields (which matches, uint8 matrix); a match is given once, by the first shape that it fits.
        """
        left = np.arange(len(start))
        for shape in self.shapes:
            pick = left[(end[left] - start[left]) == shape.width]
            pick = pick[_fits(shape, data, start[pick])]
            if len(pick):
                matrix = data[start[pick][:, None] + np.array(shape.plain, np.int64)]
                lower = (matrix >= 0x61) & (matrix <= 0x7A)
                yield pick, matrix - lower * np.uint8(0x20)
                left = np.setdiff1d(left, pick, assume_unique=True)


_WORD = np.zeros(256, np.bool_)
_ALNUM = [*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B)]
_WORD[[*_ALNUM, 0x5F]] = True


def _fits(shape: Shape, data: Bytes, start: Index) -> Flags:
    """Whether a shape stands at each place, with a border after it."""
    ok = ~_WORD[byte_at(data, start + shape.width)]
    at = 0
    for element in shape.elements:
        left = np.flatnonzero(ok)
        if not len(left):
            break
        ok[left] = element.table[_code(data, start[left] + at, element.width)]
        at += element.width
    return ok


def _code(data: Bytes, at: Index, width: int) -> NDArray[np.int64]:
    """The byte (width 1) or code point (2, 3) at each place; 0 where no character of that width stands."""
    first = byte_at(data, at).astype(np.int64)
    if width == 1:
        return first
    second = byte_at(data, at + 1).astype(np.int64) - 0x80
    good = (second >= 0) & (second < 64)
    if width == 2:
        return np.where(good & (first >= 0xC2) & (first <= 0xDF), (first & 31) << 6 | second, 0)
    third = byte_at(data, at + 2).astype(np.int64) - 0x80
    good &= (third >= 0) & (third < 64) & (first >= 0xE0) & (first <= 0xEF)
    return np.where(good, (first & 15) << 12 | second << 6 | third, 0)


def _shapes(sequence: tuple[Chars, ...]) -> Iterator[Shape]:
    """One sequence of classes as shapes: a class of mixed widths is taken apart."""
    for elements in product(*(_elements(chars) for chars in sequence)):
        widths = [element.width for element in elements]
        places = np.cumsum([0, *widths])
        plain = tuple(int(place) for place, element in zip(places, elements, strict=False) if element.plain)
        yield Shape(tuple(elements), int(places[-1]), plain)


@lru_cache(maxsize=256)
def _elements(chars: Chars) -> list[Element]:
    out = []
    for width, size in ((1, 256), (2, 0x800), (3, 0x10000)):
        mine = [c for c in chars if len(c.encode()) == width]
        table = np.zeros(size if mine else 0, np.bool_)
        for char in mine:
            table[[ord(char), ord(char.lower()), ord(char.upper())] if char.isascii() else ord(char)] = True
        if mine:
            out.append(Element(width, table, width == 1 and bool(table[_ALNUM].any())))
    if any(ord(char) > 0xFFFF for char in chars):
        raise ValueError("characters beyond U+FFFF are not supported")
    return out


class _Parser:
    """Unfolds a pattern into sequences of classes, by recursive descent."""

    def __init__(self, text: str) -> None:
        self._text, self._at = text, 0

    def whole(self) -> list[tuple[Chars, ...]]:
        out = self._either()
        if self._at < len(self._text):
            raise ValueError(f"{self._text[self._at]!r} at place {self._at + 1} is not expected there")
        return list(dict.fromkeys(out))

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _take(self) -> str:
        if self._at >= len(self._text):
            raise ValueError("it ends too early")
        self._at += 1
        return self._text[self._at - 1]

    def _either(self) -> list[tuple[Chars, ...]]:
        out = self._sequence()
        while self._peek() == "|":
            self._at += 1
            out += self._sequence()
        return out

    def _sequence(self) -> list[tuple[Chars, ...]]:
        out: list[tuple[Chars, ...]] = [()]
        while self._peek() not in ("", "|", ")"):
            part = self._repeated(self._atom())
            out = [a + b for a in out for b in part]
            if len(out) > MOST_SHAPES:
                raise ValueError(_TOO_MANY)
        return out

    def _atom(self) -> list[tuple[Chars, ...]]:
        char = self._take()
        if char == "(":
            inner = self._either()
            if self._take() != ")":
                raise ValueError("a bracket is not closed")
            return inner
        if char == "[":
            return [(self._class(),)]
        if char in "?{}]":
            raise ValueError(f"{char!r} at place {self._at} is not expected there")
        if char in "*+.^$":
            raise ValueError(f"{char!r} is not allowed: a pattern has no open ends; use a class and {{m,n}}")
        return [(self._escaped() if char == "\\" else frozenset(char),)]

    def _escaped(self) -> Chars:
        char = self._take()
        if char.isascii() and char.isalnum() and char != "d":
            raise ValueError(f"\\{char} is not allowed; write the class out in brackets")
        return frozenset("0123456789") if char == "d" else frozenset(char)

    def _class(self) -> Chars:
        chars: set[str] = set()
        if self._peek() in ("^", "]"):
            raise ValueError("a class names the characters that it has: [^...] and [] are not allowed")
        while self._peek() != "]":
            char = self._take()
            if char == "\\":
                chars |= self._escaped()
            elif self._peek() == "-" and self._text[self._at + 1 : self._at + 2] not in ("]", ""):
                self._at += 1
                last = self._take()
                if last < char:
                    raise ValueError(f"{char}-{last} runs backwards")
                chars |= {chr(code) for code in range(ord(char), ord(last) + 1)}
            else:
                chars.add(char)
        self._at += 1
        return frozenset(chars)

    def _repeated(self, part: list[tuple[Chars, ...]]) -> list[tuple[Chars, ...]]:
        least, most = self._times()
        if most > 1 and len(part) ** most > MOST_SHAPES:
            raise ValueError(_TOO_MANY)
        return [sum(parts, ()) for times in range(least, most + 1) for parts in product(part, repeat=times)]

    def _times(self) -> tuple[int, int]:
        """How often the part before stands, at least and at most."""
        found = _TIMES.match(self._text, self._at)
        if not found:
            return 1, 1
        self._at = found.end()
        if found[0] == "?":
            return 0, 1
        least, most = int(found[1]), int(found[2] or found[1])
        if most < least:
            raise ValueError(f"{found[0]} asks for more at least than at most")
        if most > MOST_SHAPES:  # it would be written out before it is counted
            raise ValueError(f"{found[0]} asks for more than {MOST_SHAPES} times")
        return least, most


_TIMES = re.compile(r"\?|\{(\d+)(?:,(\d+))?\}")

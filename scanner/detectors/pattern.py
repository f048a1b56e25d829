"""Entities that are data: the patterns of `rules/entities/*.toml`, tried where something points to them.

    type = "CN_PASSPORT"
    kind = "pattern"
    pattern = "E\\\\d{8}"         # in a column that `headers` name, and after one of `keywords`
    anywhere = "..."            # a stronger form that stands on its own,
    anchors = ["SF"]            # sought where one of these literals stands, or
    sieve = "token"             # at whole runs of letters and digits of its length (or "plate")
    checks = ["vin"]            # names in CHECKS below, all of which must hold
    score = 0.7

A pattern is matched as a matrix over all candidates at once (`scanner/shapes.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scanner import checks, digits, rules, tables
from scanner.digits import Planes
from scanner.distinct import unique
from scanner.errors import RuleError
from scanner.keywords import Hits
from scanner.rules import Entity
from scanner.schema import KIND, PLACEHOLDER, SERVICE, Bytes, Cells, Flags, Index, Spans, as_bytes
from scanner.shapes import Pattern
from scanner.text import hash_spans

Chars = NDArray[np.uint8]


def _luhn(chars: Chars) -> Flags:
    return checks.luhn(chars - np.uint8(48))


def _imei(chars: Chars) -> Flags:
    """Not one digit over and over; the first two digits are of a body that allots them."""
    varied = (chars != chars[:, :1]).sum(axis=1) >= 3
    return np.asarray(tables.is_tac(chars - np.uint8(48)) & varied)


def _imsi(chars: Chars) -> Flags:
    return tables.is_imsi(chars - np.uint8(48))


def _plate(chars: Chars) -> Flags:
    """At least two digits: without them a plate is a word with a letter before it.

    Six digits and no letter are of an embassy; the last three number its cars from 001 on, so that
    使200000户 is a sentence.
    """
    digit = (chars >= 0x30) & (chars <= 0x39)
    round_ = digit.all(axis=1) & (chars[:, -3:] == 0x30).all(axis=1)
    return np.asarray((digit.sum(axis=1) >= 2) & ~round_)


def _local(chars: Chars) -> Flags:
    """Eight digits that are a day of this century are no number of a landline."""
    if chars.shape[1] != 8:
        return np.ones(len(chars), np.bool_)
    d = chars - np.uint8(48)
    year, month, day = (checks.number(part) for part in (d[:, :4], d[:, 4:6], d[:, 6:]))
    return ~checks.is_date(year, month, day, _LAST_DAY)


_LAST_DAY = 2099_12_31


def _wechat(chars: Chars) -> Flags:
    """No plain word: a digit is in it, or it is longer than most words."""
    digit = ((chars >= 0x30) & (chars <= 0x39)).any(axis=1)
    return np.asarray(digit | (chars.shape[1] >= 14))


CHECKS: dict[str, Callable[[Chars], Flags]] = {
    "luhn": _luhn,
    "imei": _imei,
    "imsi": _imsi,
    "vin": checks.vin,
    "uscc": lambda chars: checks.uscc(chars) & checks.org_code(chars[:, 8:17]),
    "org_code": checks.org_code,
    "hkid": checks.hkid,
    "tw_id": checks.tw_id,
    "plate": _plate,
    "local": _local,
    "wechat": _wechat,
}
"""Checks that a pattern may ask for: each takes the letters and digits as upper-case bytes, (n, k)."""

_BITS = {"luhn": "luhn", **dict.fromkeys(("vin", "uscc", "org_code", "hkid", "tw_id"), "checksum")}


@dataclass(frozen=True, slots=True)
class Rule:
    """An entity with its patterns unfolded."""

    entity: Entity
    kind: int
    pattern: Pattern | None
    anywhere: Pattern | None
    service: Pattern | None
    bits: int

    def match(self, data: Bytes, start: Index, limit: Index, whole: bool = False) -> Index:
        """Ends of the matches of `pattern` at `start` that pass the checks, else -1; see `Pattern.match`."""
        return self._confirmed(self.pattern, data, start, limit, whole)

    def match_anywhere(self, data: Bytes, start: Index, limit: Index) -> Index:
        """The same with `anywhere`."""
        return self._confirmed(self.anywhere, data, start, limit, False)

    def _confirmed(
        self, pattern: Pattern | None, data: Bytes, start: Index, limit: Index, whole: bool
    ) -> Index:
        if pattern is None:
            return np.full(len(start), -1, np.int64)
        end = pattern.match(data, start, limit, whole)
        hit = np.flatnonzero(end >= 0)
        if not len(hit) or not self.entity.checks:
            return end
        good = np.zeros(len(hit), np.bool_)
        for which, chars in pattern.plain(data, start[hit], end[hit]):
            good[which] = np.logical_and.reduce([CHECKS[name](chars) for name in self.entity.checks])
        end[hit[~good]] = -1
        return end


@cache
def patterns() -> tuple[Rule, ...]:
    """Every entity that has a pattern. Raises `RuleError`, naming the file of a wrong one."""
    return tuple(_rule(e) for e in rules.entities() if e.pattern or e.anywhere or e.kind == "pattern")


@cache
def rule(kind: int) -> Rule | None:
    """The patterns of a type, if it has any."""
    return next((one for one in patterns() if one.kind == kind), None)


def _rule(entity: Entity) -> Rule:
    if entity.type not in KIND:
        raise RuleError(f"{entity.file}: {entity.type!r} is no entity type of the contract")
    if not entity.pattern and not entity.anywhere:
        raise RuleError(f'{entity.file}: kind "pattern" needs `pattern` or `anywhere`')
    for name in entity.checks:
        if name not in CHECKS:
            raise RuleError(f"{entity.file}: unknown check {name!r}; choose from {', '.join(CHECKS)}")
    if entity.anywhere and not entity.anchors and entity.sieve not in ("token", "plate"):
        raise RuleError(f'{entity.file}: `anywhere` needs `anchors`, or sieve = "token"')
    try:
        pattern, anywhere, service = (
            Pattern(text) if text else None for text in (entity.pattern, entity.anywhere, entity.service)
        )
    except ValueError as error:
        raise RuleError(f"{entity.file}: the pattern is wrong: {error}") from error
    names = {_BITS[name] for name in entity.checks if name in _BITS} | {"form"}
    return Rule(entity, KIND[entity.type], pattern, anywhere, service, sum(rules.BIT[name] for name in names))


def spans(rule: Rule, data: Bytes, cell: Index, start: Index, end: Index, bit: str = "") -> Spans:
    """Spans of matches (an `end` of -1 is none), with `bit` added to their checks."""
    good = end >= 0
    cell, start, end = cell[good], start[good], end[good]
    bits = rule.bits | (rules.BIT[bit] if bit else 0)
    flags = np.where(_is_placeholder(rule, data, start, end), PLACEHOLDER, 0)
    if rule.service is not None:
        flags |= np.where(rule.service.match(data, start, end, whole=True) >= 0, SERVICE, 0)
    key = hash_spans(data, start, end, lower=True)
    return Spans.make(cell, start, end, rule.kind, bits, rule.entity.score, flags, key)


def _is_placeholder(rule: Rule, data: Bytes, start: Index, end: Index) -> Flags:
    """Listed values, without separators; one digit over and over."""
    out = np.zeros(len(start), np.bool_)
    pattern = rule.pattern or rule.anywhere
    if pattern is None or not len(start):
        return out
    for which, chars in pattern.plain(data, start, end):
        out[which] |= (chars == chars[:, :1]).all(axis=1) & (chars.shape[1] > 1)
        for value in rule.entity.placeholders:
            if len(value) == chars.shape[1]:
                wanted = np.frombuffer(value.upper().encode(), np.uint8)
                out[which] |= (chars == wanted).all(axis=1)
    return out


def search(cells: Cells, hits: Hits, planes: Planes) -> Spans:
    """Spans of every `anywhere` pattern."""
    parts = []
    anchors = hits.anchors()
    for one in patterns():
        if one.anywhere is None:
            continue
        start = _starts(one, cells.data, anchors, planes)
        if len(start):
            parts.append(_search(one, cells, start))
    return Spans.concat([part for part in parts if len(part)])


def _search(one: Rule, cells: Cells, start: Index) -> Spans:
    cell = np.searchsorted(cells.starts, start, "right") - 1
    inside = (cell >= 0) & (start < cells.ends[cell])
    start, cell = start[inside], cell[inside]
    end = one.match_anywhere(cells.data, start, cells.ends[cell])
    # A Han character has no border before it: in VIP京A12345 a plate begins.
    han = digits.byte_at(cells.data, start) >= 0x80
    alone = digits.is_alone(cells.data, start + han, np.maximum(end, start + han))
    return spans(one, cells.data, cell, start, np.where(alone, end, -1))


def _starts(one: Rule, data: Bytes, anchors: Hits, planes: Planes) -> Index:
    """Places where a pattern may begin."""
    found = [anchors.start[anchors.kind == one.kind]]
    if one.entity.sieve == "plate":
        found.append(_plate_starts(data, planes))
    elif one.entity.sieve and one.anywhere is not None:
        found += [planes.tokens(width) for width in one.anywhere.widths]
    found = [places for places in found if len(places)]
    return unique(np.concatenate(found)) if found else np.empty(0, np.int64)


def _plate_starts(data: Bytes, planes: Planes) -> Index:
    """Places of a Han character that a letter follows: one at the head of five signs or more, or alone."""
    if as_bytes(data).isascii():
        return np.empty(0, np.int64)
    word = planes.word
    head = planes.letter & ~digits.behind(word, 1)
    at = digits.positions(head & (digits.window(word, 5) | ~digits.ahead(word, 1)), planes.size)
    return at[digits.byte_at(data, at - 1) >= 0x80] - 3

"""Entities that are data: `kind = "pattern"` in `rules/entities/*.toml`.

    type = "CN_WAYBILL"
    kind = "pattern"
    anchors = ["SF"]              # the pattern is tried only where one of these stands
    pattern = "SF[0-9]{13}"       # over UTF-8 bytes; ASCII borders are asked for
    checks = []                   # names in CHECKS below, all of which must hold
    score = 0.7
    doubtful = true               # counts only in a column or after a keyword of its `headers`

A regular expression runs at a few MB/s over a whole file, so it is tried at the anchors only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

import numpy as np

from scanner import checks, digits, rules
from scanner.errors import RuleError
from scanner.rules import Entity
from scanner.schema import KIND, WEAK, Cells, Spans, as_bytes
from scanner.text import hash_spans


def _luhn(text: bytes) -> bool:
    figures = np.array([[b - 48 for b in text if 48 <= b < 58]], np.uint8)
    return bool(checks.luhn(figures)[0])


CHECKS: dict[str, Callable[[bytes], bool]] = {"luhn": _luhn}
"""Checks that a pattern may ask for, by name."""


@cache
def _compiled() -> tuple[tuple[Entity, re.Pattern[bytes], re.Pattern[bytes]], ...]:
    out = []
    for entity in rules.entities():
        if entity.kind == "code":
            continue
        if entity.kind != "pattern" or not entity.pattern or not entity.anchors or entity.type not in KIND:
            raise RuleError(
                f'{entity.file}: kind must be "code", or "pattern" with a contract type, pattern and anchors'
            )
        for name in entity.checks:
            if name not in CHECKS:
                raise RuleError(f"{entity.file}: unknown check {name!r}; choose from {', '.join(CHECKS)}")
        anchors = b"|".join(re.escape(anchor.encode()) for anchor in entity.anchors)
        try:
            out.append((entity, re.compile(anchors), re.compile(entity.pattern.encode())))
        except re.error as error:
            raise RuleError(f"{entity.file}: the pattern is wrong: {error}") from error
    return tuple(out)


def detect(cells: Cells) -> Spans:
    """Spans of every entity that is a pattern."""
    parts = [_find(cells, *rule) for rule in _compiled()] if len(cells) else []
    return Spans.concat(parts)


def _find(cells: Cells, entity: Entity, anchors: re.Pattern[bytes], pattern: re.Pattern[bytes]) -> Spans:
    raw = as_bytes(cells.data)
    hits = []
    for anchor in anchors.finditer(raw):
        found = pattern.match(raw, anchor.start())
        if found and all(CHECKS[name](found[0]) for name in entity.checks):
            hits.append(found.span())
    if not hits:
        return Spans.empty()
    start, end = np.array(hits, np.int64).T
    alone = digits.is_alone(cells.data, start, end)
    start, end = start[alone], end[alone]
    bits = sum(rules.BIT[name] for name in entity.checks if name in rules.BIT)
    key = hash_spans(cells.data, start, end)
    flags = WEAK if entity.doubtful else 0
    return digits.locate(
        cells, Spans.make(start, start, end, KIND[entity.type], bits, entity.score, flags, key)
    )

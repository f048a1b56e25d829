"""From spans to findings: doubtful ones decided by column and context, overlaps by strength."""

from __future__ import annotations

from functools import cache

import numpy as np

from scanner import rules
from scanner.profile import Profile
from scanner.schema import ENTITY_TYPES, WEAK, Cells, Flags, Spans

REACH = 36
"""Bytes before a number in which a keyword speaks for it: about twelve Han characters."""


def resolve(cells: Cells, spans: Spans, judged: Profile | None) -> Spans:
    """The spans that count, in reading order and without overlaps.

    Without a profile (short texts) a doubtful number needs a keyword before it.
    """
    if not len(spans):
        return spans
    keep = np.ones(len(spans), np.bool_)
    weak = (spans.flags & WEAK) != 0
    bits = spans.checks.copy()
    if judged is not None and not judged.lines:
        column = spans.cell % cells.width
        whole = (cells.starts[spans.cell] == spans.start) & (cells.ends[spans.cell] == spans.end)
        keep &= ~(whole & judged.refused[column, spans.kind])
        agreed = judged.weak[column, spans.kind]
        bits[weak & agreed] |= rules.BIT["column"]
        keep &= ~weak | agreed
        open_ = weak & ~agreed & ~whole
    else:
        open_ = weak
        keep &= ~weak
    for i in np.flatnonzero(open_):
        if _has_keyword(cells, spans, int(i)):
            keep[i] = True
            bits[i] |= rules.BIT["header"]
    kept = Spans(
        spans.cell,
        spans.start,
        spans.end,
        spans.kind,
        bits,
        spans.score,
        spans.flags & ~np.uint8(WEAK),
        spans.key,
    ).take(keep)
    return _apart(kept)


@cache
def _keywords(kind: int) -> tuple[str, ...]:
    entity = rules.entity(ENTITY_TYPES[kind])
    return tuple(word.lower() for word in (*entity.headers, *entity.contains) if len(word) > 1)


def _has_keyword(cells: Cells, spans: Spans, i: int) -> bool:
    start = int(spans.start[i])
    before = cells.data[max(int(cells.starts[spans.cell[i]]), start - REACH) : start]
    text = before.tobytes().decode("utf-8", "ignore").lower()
    return any(word in text for word in _keywords(int(spans.kind[i])))


def _apart(spans: Spans) -> Spans:
    """Where spans overlap, the stronger stays: higher score, then longer, then earlier."""
    clash = np.flatnonzero(spans.start[1:] < spans.end[:-1])
    if not len(clash):
        return spans
    keep: Flags = np.ones(len(spans), np.bool_)
    for i in clash.tolist():  # few: one pass over the clashing neighbours, in reading order
        last, at = i, i + 1
        while not keep[last] and last:
            last -= 1
        while at < len(spans) and spans.start[at] < spans.end[last]:
            if _strength(spans, at) > _strength(spans, last):
                keep[last], last = False, at
            else:
                keep[at] = False
            at += 1
    return spans.take(keep)


def _strength(spans: Spans, i: int) -> tuple[float, int]:
    return float(spans.score[i]), int(spans.end[i] - spans.start[i])

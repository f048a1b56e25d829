"""From spans to findings: doubtful ones decided by column and context, overlaps by strength."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from scanner import rules
from scanner.profile import Profile
from scanner.schema import GENERATED, WEAK, Cells, Flags, Spans
from scanner.text import is_whole


def resolve(cells: Cells, spans: Spans, judged: Profile | None) -> Spans:
    """The spans that count, in reading order and without overlaps.

    A doubtful value counts where its column agrees or a keyword stands before it; without a profile (short
    texts) only the keyword speaks.
    """
    if not len(spans):
        return spans
    weak = (spans.flags & WEAK) != 0
    keep = ~weak | ((spans.checks & np.uint32(rules.BIT["keyword"])) != 0)
    bits, flags = spans.checks.copy(), spans.flags & ~np.uint8(WEAK)
    if judged is not None:
        column = np.minimum(spans.cell % cells.width, len(judged.columns) - 1)
        bits |= judged.bits[column, spans.kind]
        agreed = judged.weak[column, spans.kind]
        bits[weak & agreed] |= np.uint32(rules.BIT["column"])
        keep |= weak & agreed
        refused = judged.refused[column, spans.kind]
        if refused.any():
            at = np.flatnonzero(refused)
            whole = is_whole(cells, spans.cell[at], spans.start[at], spans.end[at])
            named = (bits[at] & np.uint32(rules.BIT["keyword"])) != 0
            keep[at[whole & ~named]] = False
        flags = np.where(judged.generated[column, spans.kind], flags | np.uint8(GENERATED), flags)
    return _apart(replace(spans, checks=bits, flags=flags).take(keep))


def _apart(spans: Spans) -> Spans:
    """Where spans overlap, the stronger stays: higher score, longer, named by the header, earlier."""
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


def _strength(spans: Spans, i: int) -> tuple[float, int, bool]:
    headed = bool(spans.checks[i] & np.uint32(rules.BIT["header"]))
    return float(spans.score[i]), int(spans.end[i] - spans.start[i]), headed

"""E-mail addresses: every "@" is a candidate; its neighbours decide.

Found by gathering 64 bytes on either side of each "@", as matrices; no regular expression per row.

>>> found = detect(Cells.from_strings(["mail: li.si@example.com."], 1))
>>> found.start.tolist(), found.end.tolist()
([6], [23])
"""

from __future__ import annotations

import re
from functools import cache

import numpy as np

from scanner import rules
from scanner.schema import KIND, PLACEHOLDER, Bytes, Cells, Flags, Index, Spans
from scanner.text import hash_spans

REACH = 64  # RFC 5321: a local part has at most 64 bytes; longer domains are not seen in practice

_LOCAL = np.zeros(256, np.bool_)
_LOCAL[[*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B), *b"._%+-"]] = True
_DOMAIN = _LOCAL.copy()
_DOMAIN[list(b"_%+")] = False


_RESERVED = re.compile(rb"(^|\.)example\.(com|org|net|cn)$|\.(example|test|invalid)$")
"""Domains kept for examples (RFC 2606), and the one that Chinese manuals use: nobody's."""


@cache
def _tlds() -> frozenset[bytes]:
    return frozenset(w.encode() for line in rules.table_lines("lexicons/tlds.txt") for w in line.split())


def detect(cells: Cells) -> Spans:
    """All e-mail addresses of a table."""
    data = cells.data
    at = np.flatnonzero(data == 0x40)
    if not len(at) or not len(cells):
        return Spans.empty()
    cell = np.searchsorted(cells.starts, at, "right") - 1
    inside = (cell >= 0) & (at < cells.ends[cell])
    at, cell = at[inside], cell[inside]
    left = np.minimum(_run(data, at, _LOCAL, -1), at - cells.starts[cell])
    right = np.minimum(_run(data, at, _DOMAIN, 1), cells.ends[cell] - at - 1)
    rows = np.flatnonzero((left > 0) & (right > 3))
    found = []
    for r in rows:
        domain = data[at[r] + 1 : at[r] + 1 + right[r]].tobytes().rstrip(b".-")
        name, dot, tld = domain.rpartition(b".")
        if (
            dot
            and name
            and tld.lower() in _tlds()
            and not name.startswith((b".", b"-"))
            and b".." not in domain
        ):
            local = data[at[r] - left[r] : at[r]].tobytes().lstrip(b".-%+")
            if local and not local.endswith(b"."):
                flag = PLACEHOLDER if _RESERVED.search(domain.lower()) else 0
                found.append((cell[r], at[r] - len(local), at[r] + 1 + len(domain), flag))
    if not found:
        return Spans.empty()
    c, start, end, flags = np.array(found, np.int64).T
    return Spans.make(
        c,
        start,
        end,
        KIND["EMAIL_ADDRESS"],
        rules.BIT["tld"],
        0.95,
        flags,
        hash_spans(data, start, end, True),
    )


def _run(data: Bytes, at: Index, allowed: Flags, step: int) -> Index:
    """How many allowed bytes in a row stand before (-1) or after (1) each place, at most REACH."""
    places = at[:, None] + step * np.arange(1, REACH + 1)
    good = (places >= 0) & (places < len(data))
    good &= allowed[data[np.where(good, places, 0)]]
    return np.asarray(np.where(good.all(axis=1), REACH, np.argmin(good, axis=1)), np.int64)

"""What each column of a table holds: header words and content votes, judged once per table.

The judgement comes from the first batch of a table, so that a byte range further on is judged alike. It
decides four things: which columns hold names, which doubtful numbers may count, in which columns whole
numbers are order numbers or chance hits, and what the columns are for (their role). A column never
outvotes a number that stands on its own: one real ID among 50 empty or other cells still counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from scanner import rules
from scanner.readers.headers import plain
from scanner.schema import KIND, WEAK, Batch, Cells, Flags, Spans

SAMPLE = 2000
"""Rows of the first batch that vote."""

MOBILE, RESIDENT, CARD, PERSON = (
    KIND[n] for n in ("CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD", "PERSON")
)
_CHANCE = 10
"""Cells of one length that must be there before a low share of valid ones speaks of chance."""


@dataclass(frozen=True, slots=True)
class Role:
    """What a column is for, by its header: see `rules/headers.toml`."""

    name: str
    group: str
    sector: str | None
    tier: str | None


@dataclass(frozen=True, slots=True)
class Column:
    """The judgement on one column.

    `entity` is the type it holds (by header or votes), `headed` whether the header says so, `share`
    the part of the sampled filled cells that hold it; `weak` and `refused` are bit sets of kinds.
    """

    name: str
    role: Role | None = None
    entity: int | None = None
    headed: bool = False
    share: float = 0.0
    weak: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()
    names: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """The judgement on one table.

    `weak` and `refused` have shape (width, number of kinds); `worked` is the share of sampled rows whose
    note is the outcome of a call.
    """

    columns: tuple[Column, ...]
    lines: bool
    weak: Flags
    refused: Flags
    worked: float = 0.0

    @property
    def name_columns(self) -> list[int]:
        """Columns that hold names of people."""
        return [i for i, c in enumerate(self.columns) if c.names]


@cache
def _roles() -> tuple[dict[str, Role], list[tuple[str, Role]]]:
    exact: dict[str, Role] = {}
    parts: list[tuple[str, Role]] = []
    for name, raw in rules.load_toml("headers.toml").items():
        role = Role(name, raw["group"], raw.get("sector"), raw.get("tier"))
        for word in raw["words"]:
            exact.setdefault(plain(word), role)
        parts += [(plain(word), role) for word in raw.get("contains", ())]
    return exact, parts


@cache
def role_of(header: str) -> Role | None:
    """The role that a header names.

    >>> role_of("建筑面积(㎡)").name
    'household'
    """
    exact, parts = _roles()
    word = plain(header)
    return exact.get(word) or next((role for part, role in parts if part in word), None)


_ORDER = ("CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "EMAIL_ADDRESS", "CN_BANK_CARD")


@cache
def entity_of(header: str) -> int | None:
    """The entity type that a header names, as an index into `ENTITY_TYPES`.

    >>> entity_of("收货人手机号") == KIND["CN_MOBILE_NUMBER"]
    True
    """
    word = plain(header)
    all_ = sorted(rules.entities(), key=lambda e: _ORDER.index(e.type) if e.type in _ORDER else 9)
    for entity in all_:
        if any(word == plain(h) for h in entity.headers):
            return KIND[entity.type]
    for entity in all_:
        if any(part in word for part in entity.contains):
            return KIND[entity.type]
    return None


def profile(batch: Batch, spans: Spans, name_shares: Sequence[float]) -> Profile:
    """Judge a table by its first batch.

    `spans` are the undecided spans of the first `SAMPLE` rows, and `name_shares` the share of
    name-like cells of each column (shape (width,)).
    """
    cells = batch.cells.take_rows(0, min(batch.cells.rows, SAMPLE))
    votes = _Votes(cells, spans)
    names = list(batch.columns or ())[: cells.width]
    names += [""] * (cells.width - len(names))
    has_numbers = bool(len(spans))
    columns = tuple(
        _judge(name, i, votes, float(name_shares[i]), batch.lines, has_numbers, bool(batch.columns))
        for i, name in enumerate(names)
    )
    kinds = len(KIND)
    weak, refused = np.zeros((cells.width, kinds), np.bool_), np.zeros((cells.width, kinds), np.bool_)
    for i, column in enumerate(columns):
        weak[i, list(column.weak)] = True
        refused[i, list(column.refused)] = True
    return Profile(columns, batch.lines, weak, refused, 0.0 if batch.lines else _worked(cells, columns))


@cache
def _outcomes() -> tuple[str, ...]:
    return tuple(rules.load_toml("scoring/names.toml")["outcomes"])


def _worked(cells: Cells, columns: Sequence[Column]) -> float:
    """Share of rows with a call outcome among the first 300, in note columns and unnamed ones."""
    rows, hits = min(cells.rows, 300), 0
    wanted = [
        i for i, c in enumerate(columns)
        if c.entity is None and (not c.name or (c.role is not None and c.role.name in ("note", "telemarketing")))
    ]  # fmt: skip
    for row in range(rows):
        texts = [cells.text(row * cells.width + i) for i in wanted]
        hits += any(word in text for text in texts if 0 < len(text) <= 20 for word in _outcomes())
    return hits / max(rows, 1)


class _Votes:
    """Counts over the sampled cells, each of shape (width,) or (width, kinds)."""

    def __init__(self, cells: Cells, spans: Spans) -> None:
        width = cells.width
        lengths = cells.lengths().reshape(-1, width)
        self.filled = (lengths > 0).sum(axis=0)
        self.strong = np.zeros((width, len(KIND)), np.int64)
        self.all = np.zeros((width, len(KIND)), np.int64)
        self.whole = np.zeros((width, len(KIND)), np.int64)
        column = spans.cell % width
        np.add.at(self.all, (column, spans.kind), 1)
        strong = (spans.flags & WEAK) == 0
        np.add.at(self.strong, (column[strong], spans.kind[strong]), 1)
        fits = (cells.starts[spans.cell] == spans.start) & (cells.ends[spans.cell] == spans.end)
        np.add.at(self.whole, (column[fits & strong], spans.kind[fits & strong]), 1)
        digit = np.concatenate(([0], np.cumsum((cells.data >= 0x30) & (cells.data <= 0x39), dtype=np.int64)))
        numeric = (digit[cells.ends] - digit[cells.starts] >= cells.lengths() - 1).reshape(-1, width)
        zero = (cells.data[np.minimum(cells.starts, max(len(cells.data) - 1, 0))] == 0x30).reshape(-1, width)
        self.eleven = (numeric & (lengths == 11) & ~zero).sum(axis=0)
        self.eighteen = (numeric & (lengths == 18)).sum(axis=0)
        self.card_like = (numeric & (lengths >= 15) & (lengths <= 19)).sum(axis=0)

    def share(self, column: int, kind: int, votes: NDArray[np.int64]) -> float:
        """Votes for a kind as a part of the filled cells."""
        return float(votes[column, kind]) / max(int(self.filled[column]), 1)


def _judge(
    name: str, i: int, votes: _Votes, name_share: float, lines: bool, has_numbers: bool, headed_table: bool
) -> Column:
    role, said = (role_of(name), entity_of(name)) if name else (None, None)
    refused = frozenset() if lines else _refused(i, votes, said, role)
    weak = frozenset(k for k in (MOBILE, RESIDENT, CARD) if _votes_for(i, votes, k))
    weak |= frozenset() if said is None else {said}
    weak = frozenset() if lines else weak - refused
    if _is_names(said, role, name, name_share, int(votes.filled[i]), has_numbers, headed_table) and not lines:
        return Column(name, role, PERSON, said == PERSON, name_share, weak, refused, True)
    best = int(votes.all[i].argmax())
    kind = (
        said if said not in (None, PERSON) else best if votes.all[i, best] and best not in refused else None
    )
    share = votes.share(i, kind, votes.all) if kind is not None else 0.0
    if kind is not None and kind != said and share < 0.5:
        kind, share = None, 0.0
    return Column(name, role, kind, kind == said and kind is not None, min(share, 1.0), weak, refused)


def _votes_for(i: int, votes: _Votes, kind: int) -> bool:
    """Whether the sure values of a column vouch for its doubtful ones."""
    sure = votes.strong[i, kind]
    return bool((sure >= 3 and sure >= 0.3 * votes.filled[i]) or (kind == RESIDENT and sure >= 2))


def _refused(i: int, votes: _Votes, said: int | None, role: Role | None) -> frozenset[int]:
    """Kinds whose whole-cell hits in this column are order numbers or chance."""
    out = set()
    identifier = role is not None and role.name == "identifier"
    for kind, alike, least in (
        (MOBILE, votes.eleven[i], 0.5),
        (RESIDENT, votes.eighteen[i], 0.3),
        (CARD, votes.card_like[i], 0.5),
    ):
        if said == kind:
            continue
        chance = alike >= _CHANCE and votes.whole[i, kind] < least * alike
        if chance or (identifier and (kind != RESIDENT or votes.whole[i, kind] < 0.9 * alike)):
            out.add(kind)
    return frozenset(out)


def _is_names(
    said: int | None, role: Role | None, name: str, share: float, filled: int, has_numbers: bool, headed: bool
) -> bool:
    if said == PERSON:
        return share >= 0.3
    if said is not None or (
        role is not None and role.name not in ("household", "child", "vehicle", "maternity")
    ):
        return False
    if headed and name and role is not None:
        return False
    if filled < 3:
        return share == 1.0 and has_numbers and not name
    return share >= 0.7

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
from scanner.columns import Role, entity_of, is_code, role_of
from scanner.schema import CONTACT, ENTITY_TYPES, KIND, Batch, Cells, Flags, Spans
from scanner.votes import FOREIGN, LEAST_LIKE, MANY, Votes

Shares = NDArray[np.float64]

SAMPLE = 2000
"""Rows of the first batch that vote."""

MOBILE, RESIDENT, CARD, PERSON, ADDRESS, ORGANIZATION, LANDLINE, GEO, CREDENTIAL, COMPANY = (
    KIND[n] for n in (
        "CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD", "PERSON", "CN_ADDRESS", "ORGANIZATION",
        "CN_LANDLINE_NUMBER", "GEO_COORDINATE", "CREDENTIAL", "CN_USCC",
    )
)  # fmt: skip
_DOCUMENTS = frozenset(
    KIND[n] for n in ("CN_PASSPORT", "CN_HK_MACAO_PERMIT", "HK_ID", "TW_ID", "CN_MILITARY_ID")
) | {FOREIGN}
_NUMBERED = frozenset(
    KIND[n]
    for n in ("IMEI", "IMSI", "CN_WAYBILL", "CN_ORG_CODE", "CN_USCC", "CN_MEDICAL_RECORD", "CN_TAIWAN_PERMIT")
)
_SERIES = 5
"""Coordinates from which a column is a series."""


@dataclass(frozen=True, slots=True)
class Column:
    """The judgement on one column.

    `entity` is the type it holds (by header or votes), `headed` whether the header says so, `share` the part
    of the sampled filled cells that hold it. Sets of kinds: `weak` ones whose doubtful values count,
    `refused` ones whose whole-cell values do not, `tried` ones whose values are sought cell by cell,
    `generated` ones that are made-up blocks. `hashed` columns hold hashes of `entity`.
    """

    name: str
    role: Role | None = None
    entity: int | None = None
    headed: bool = False
    share: float = 0.0
    weak: frozenset[int] = frozenset()
    refused: frozenset[int] = frozenset()
    tried: frozenset[int] = frozenset()
    generated: frozenset[int] = frozenset()
    hashed: bool = False

    @property
    def names(self) -> bool:
        """Whether it holds names of people."""
        return self.entity == PERSON


@dataclass(frozen=True, slots=True)
class Profile:
    """The judgement on one table.

    `weak`, `refused` and `generated` have shape (width, number of kinds), as have `bits`, the checks "header" and
    "column" that a value of a kind passes there; `worked` is the share of sampled rows whose note is the
    outcome of a call.
    """

    columns: tuple[Column, ...]
    lines: bool
    weak: Flags
    refused: Flags
    generated: Flags
    bits: NDArray[np.uint32]
    worked: float = 0.0

    @property
    def name_columns(self) -> list[int]:
        """Columns that hold names of people."""
        return [i for i, c in enumerate(self.columns) if c.names]


def profile(batch: Batch, spans: Spans, shares: Shares, hashes: NDArray[np.float64]) -> Profile:
    """Judge a table by its first batch.

    `spans` are the undecided spans of the first `SAMPLE` rows, `shares` (kinds, width) tells for the types
    that vote by form (names, addresses, organisations, patterns) which part of a column's filled cells they
    fill, and `hashes` (width,) the part that are hashes.
    """
    cells = batch.cells.take_rows(0, min(batch.cells.rows, SAMPLE))
    names = list(batch.columns or ())[: cells.width]
    names += [""] * (cells.width - len(names))
    votes = Votes(cells, spans)
    shares, hashes = (np.minimum(share * votes.fewer, 1.0) for share in (shares, hashes))
    table = _Table(votes, shares, hashes, names, batch.lines, bool(len(spans)), bool(batch.columns))
    columns = tuple(_judge(table, i) for i in range(cells.width))
    weak, refused, generated = (np.zeros((cells.width, len(KIND)), np.bool_) for _ in range(3))
    bits = np.zeros((cells.width, len(KIND)), np.uint32)
    for i, column in enumerate(columns):
        weak[i, list(column.weak)] = True
        refused[i, list(column.refused)] = True
        generated[i, list(column.generated)] = True
        if column.entity is not None and not column.hashed:
            bits[i, column.entity] |= rules.BIT["header"] * column.headed
            bits[i, column.entity] |= rules.BIT["column"] * (column.share >= 0.3)
    worked = 0.0 if batch.lines else _worked(cells, columns)
    return Profile(columns, batch.lines, weak, refused, generated, bits, worked)


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


@dataclass(frozen=True, slots=True)
class _Table:
    """What is known of a table while its columns are judged."""

    votes: Votes
    shares: Shares
    hashes: NDArray[np.float64]
    names: list[str]
    lines: bool
    has_numbers: bool
    headed: bool

    def said(self, i: int) -> int | None:
        """The entity that the header of a column names."""
        return entity_of(self.names[i]) if self.names[i] else None

    def role(self, i: int) -> Role | None:
        """The role that the header of a column names."""
        return role_of(self.names[i]) if self.names[i] else None

    def has_beside(self, i: int, words: tuple[str, ...], kinds: tuple[int, ...]) -> bool:
        """Whether another column is headed by one of the words, or holds one of the kinds."""
        for j, name in enumerate(self.names):
            if j == i:
                continue
            said = self.said(j)
            if any(word in name.lower() for word in words) or (said in kinds and said != PERSON):
                return True
            people = self.shares[PERSON, j] >= 0.3 and self.shares[ADDRESS, j] <= 0.3
            if PERSON in kinds and people and (said == PERSON or not name):
                return True
        others = np.arange(len(self.names)) != i
        return any(self.votes.strong[others, kind].sum() >= 3 for kind in kinds)


def _judge(table: _Table, i: int) -> Column:
    name, votes, role, said = table.names[i], table.votes, table.role(i), table.said(i)
    if table.lines:
        weak = frozenset({GEO}) if votes.all[i, GEO] >= _SERIES else frozenset()
        return Column(name, weak=weak, generated=frozenset(np.flatnonzero(votes.generated[i]).tolist()))
    refused = _refused(i, votes, said, role, is_code(name) if name else False)
    weak = (_vouched(table, i) | _agreed(table, i, said)) - refused
    generated = frozenset(np.flatnonzero(votes.generated[i]).tolist())
    if said is not None and table.hashes[i] >= 0.5:
        return Column(name, role, said, True, float(table.hashes[i]), refused=refused, hashed=True)
    if _is_names(table, i, said, role):
        share = float(table.shares[PERSON, i])
        return Column(name, role, PERSON, said == PERSON, share, weak, refused, generated=generated)
    tried = _tried(table, i, said, role) - refused
    kind, share = _entity(table, i, said, tried, refused)
    headed = kind == said and kind is not None
    return Column(name, role, kind, headed, min(share, 1.0), weak, refused, tried, generated)


def _entity(
    table: _Table, i: int, said: int | None, tried: frozenset[int], refused: frozenset[int]
) -> tuple[int | None, float]:
    """The type a column holds, and the share of its cells that do."""
    votes, shares = table.votes, table.shares[:, i]
    best, role = int(votes.all[i].argmax()), table.role(i)
    found = best not in refused and votes.share(i, best) >= 0.5
    if said not in (None, PERSON):
        share = max(votes.share(i, said), float(shares[said]))
        return (best, votes.share(i, best)) if found and not share else (said, share)
    for kind, least in ((ADDRESS, 0.5), (ORGANIZATION, 0.6)):
        free = role is None or (kind == ORGANIZATION and role.group == "profile")
        free |= kind == ADDRESS and role is not None and role.name == "address" and shares[kind] > least
        if shares[kind] >= least and (free or not table.names[i]):
            return kind, float(shares[kind])
    if found:
        return best, votes.share(i, best)
    return next(((kind, float(shares[kind])) for kind in sorted(tried)), (None, 0.0))


def _tried(table: _Table, i: int, said: int | None, role: Role | None) -> frozenset[int]:
    """Kinds whose values are sought in every cell of a column: by header, or by votes of the cells."""
    out = set()
    share, filled, name = table.shares[:, i], int(table.votes.filled[i]), table.names[i]
    if said == CREDENTIAL:
        accounts = ("user", "account", "login", "账号", "账户", "用户名", "登录名", "mail", "qq")
        return frozenset({said}) if table.has_beside(i, accounts, (MOBILE, *CONTACT)) else frozenset()
    if said is not None:
        known = said not in _voting() or filled < LEAST_LIKE or share[said] >= 0.3
        out |= {said} - {PERSON, ADDRESS, ORGANIZATION} if known else set()
        if said == RESIDENT and "证件" in name:
            out |= _DOCUMENTS
        if said == MOBILE and "手机" not in name:
            out.add(LANDLINE)
        return frozenset(out)
    if share[CREDENTIAL] >= 0.7:
        return frozenset({CREDENTIAL})
    for kind in _voting():
        checked = bool(rules.entity(ENTITY_TYPES[kind]).checks)
        alone = filled >= (5 if not name else 2 * LEAST_LIKE) and share[kind] >= (0.9 if not name else 0.95)
        free = role is None or role.name == "vehicle"
        if alone and ((checked and free) or (not name and table.has_beside(i, (), (MOBILE, RESIDENT)))):
            out.add(kind)
    return frozenset(out)


@cache
def _voting() -> frozenset[int]:
    """Types whose patterns may vote."""
    return frozenset(KIND[entity.type] for entity in rules.entities() if entity.votes)


def _vouched(table: _Table, i: int) -> frozenset[int]:
    """Kinds whose doubtful values the column vouches for; of landlines the rows must be about people too."""
    out = table.votes.vouched(i)
    alone = not table.said(i) and not table.has_beside(i, (), (PERSON, MOBILE, RESIDENT))
    return out - {LANDLINE} if alone else out


def _agreed(table: _Table, i: int, said: int | None) -> frozenset[int]:
    """Kinds whose doubtful values the header speaks for."""
    if said is None:
        return frozenset()
    if said == GEO:
        times = ("时间", "日期", "time", "date", "_at", "设备", "device")
        series = table.votes.filled[i] >= _SERIES and table.has_beside(i, times, (PERSON, MOBILE, RESIDENT))
        return frozenset({said}) if series else frozenset()
    extra = {LANDLINE} if said == MOBILE else {FOREIGN} if said == RESIDENT else set()
    return frozenset({said} | extra)


def _refused(i: int, votes: Votes, said: int | None, role: Role | None, code: bool) -> frozenset[int]:
    """Kinds whose whole-cell hits in this column are order numbers or chance.

    Under a header that names a `code`, only a column that holds nothing else is believed.
    """
    out = set()
    other = said in _NUMBERED or (role is not None and role.name == "identifier")
    if votes.registered[i]:
        out.add(RESIDENT)
    for kind, alike, good, least in votes.by_length(i):
        if said == kind:
            continue
        chance = alike >= LEAST_LIKE and good < least * alike
        if kind == COMPANY:  # no person's: only chance speaks against it
            out |= {kind} if chance else set()
            continue
        chance |= code and kind != LANDLINE and (alike < MANY or votes.whole[i, kind] < 0.95 * alike)
        if chance or (other and (kind != RESIDENT or not alike or good < 0.9 * alike)):
            out.add(kind)
    return frozenset(out)


def _is_names(table: _Table, i: int, said: int | None, role: Role | None) -> bool:
    share, filled, name = table.shares[PERSON, i], int(table.votes.filled[i]), table.names[i]
    if said == PERSON:
        return bool(share >= 0.3 and table.shares[ADDRESS, i] <= 0.3)
    if (
        said is not None
        or table.shares[ORGANIZATION, i] > 0.3
        or table.shares[ADDRESS, i] > 0.3
        or (role is not None and role.name not in ("household", "child", "vehicle", "maternity"))
    ):
        return False
    if table.headed and name and role is not None:
        return False
    if filled < 3:
        return bool(share == 1.0 and table.has_numbers and not name)
    if filled < LEAST_LIKE and not table.has_beside(i, (), (MOBILE, RESIDENT)):
        return bool(share == 1.0)  # 高中, 博士, 中专: a few words pass for names sooner than many
    return bool(share >= 0.7)

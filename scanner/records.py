"""Records and subjects: what stands in one row is about one person.

A row *identifies* someone by an ID number, or by a name together with a contact, a card or an address.
A row that only holds a contact number is a *bare number*; it counts as a record where its table is a
list of contact numbers (FACTS A2 keeps the two classes apart). Everything is counted with boolean and
key arrays per batch, never with objects per row.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from scanner import rules
from scanner.agreement import compare
from scanner.distinct import Keys, is_one_of, unique
from scanner.profile import Profile
from scanner.schema import (
    CONTACT,
    CONTEXT,
    DAMAGED,
    GENERATED,
    HASHED,
    IDENTITY,
    KIND,
    MASKED,
    NOT_REAL,
    PLACEHOLDER,
    SERVICE,
    Batch,
    Bytes,
    Cells,
    Flags,
    Index,
    Spans,
    as_bytes,
)

KINDS = len(KIND)

PERSON, MOBILE, RESIDENT, CARD, EMAIL, PERMIT, ADDRESS, CREDENTIAL = (
    KIND[name]
    for name in (
        "PERSON", "CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD", "EMAIL_ADDRESS", "CN_RESIDENCE_PERMIT",
        "CN_ADDRESS", "CREDENTIAL",
    )
)  # fmt: skip
OTHER_DOCUMENTS = tuple(kind for kind in IDENTITY if kind not in (RESIDENT, PERMIT))
OTHER_CONTACTS = tuple(kind for kind in CONTACT if kind not in (MOBILE, EMAIL))

HOUSEHOLD = rules.BIT["household"]
"""Check of an address that leads to a home and not only to a street."""

COUNTS = ("count", "masked", "damaged", "placeholder", "hashed", "generated", "service")
"""Counts of a `Tally` by kind: real values, and the classes that are never counted as people."""

BARE_SHARE = 0.5
"""Share of rows with a contact number from which a table is a list of contact numbers."""


@dataclass(slots=True)
class Found:
    """Kept findings of one batch, column by column, as they travel between processes.

    Values are still plain here and are masked where a report is made; `before` is the number of code
    points in the cell before the value.
    """

    table: int
    spans: Spans
    rows: list[int]
    columns: list[int]
    pointers: list[str | None]
    before: list[int]
    values: list[bytes]


@dataclass(slots=True)
class TableTally:
    """Counts of one table. `hits` has shape (width, kinds); `filled` (width,) counts non-empty cells."""

    name: str
    profile: Profile
    header_row: int | None
    columns: tuple[str, ...]
    rows: int = 0
    hits: NDArray[np.int64] = field(default_factory=lambda: np.zeros((0, KINDS), np.int64))
    filled: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    identified: int = 0
    bare: int = 0
    with_phone: int = 0
    with_id: int = 0
    with_name: int = 0
    with_address: int = 0
    agreement: NDArray[np.int64] = field(default_factory=lambda: np.zeros((4, 2), np.int64))

    @property
    def is_contact_list(self) -> bool:
        """Whether rows with a phone are the rule, so that bare numbers are records."""
        return self.bare > 0 and self.with_phone >= BARE_SHARE * self.rows

    def add(self, other: TableTally) -> None:
        """Add the counts of a later part of the same table."""
        for name in ("rows", "identified", "bare", "with_phone", "with_id", "with_name", "with_address"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.hits = _sum(self.hits, other.hits)
        self.agreement = self.agreement + other.agreement
        self.filled = _sum(self.filled, other.filled)


def _sum(one: NDArray[np.int64], two: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sum of two arrays that may differ in their first length."""
    if len(one) < len(two):
        one, two = two, one
    out = one.copy()
    out[: len(two)] += two
    return out


@dataclass(slots=True)
class Tally:
    """Everything counted in an item, or in a byte range of one.

    `keys` holds what is to be counted without repeats: ("value", kind) for each kind of value,
    ("subject", "") and ("name_phone", "") for identified rows, ("bare", table) for bare numbers.
    """

    tables: list[TableTally] = field(default_factory=list)
    count: NDArray[np.int64] = field(default_factory=lambda: np.zeros(KINDS, np.int64))
    masked: NDArray[np.int64] = field(default_factory=lambda: np.zeros(KINDS, np.int64))
    damaged: NDArray[np.int64] = field(default_factory=lambda: np.zeros(KINDS, np.int64))
    placeholder: NDArray[np.int64] = field(default_factory=lambda: np.zeros(KINDS, np.int64))
    hashed: NDArray[np.int64] = field(default_factory=lambda: np.zeros(KINDS, np.int64))
    generated: NDArray[np.int64] = field(default_factory=lambda: np.zeros(KINDS, np.int64))
    service: NDArray[np.int64] = field(default_factory=lambda: np.zeros(KINDS, np.int64))
    keys: dict[tuple[str, str | int], list[Keys]] = field(default_factory=dict)
    placeholder_rows: int = 0
    damaged_rows: int = 0
    masked_rows: int = 0
    found: list[Found] = field(default_factory=list)
    kept: int = 0
    omitted: int = 0

    def table(self, batch: Batch, judged: Profile) -> int:
        """Number of the table that a batch belongs to; a new one is begun where needed."""
        for i, table in enumerate(self.tables):
            if table.name == batch.table and table.profile.lines == batch.lines:
                return i
        columns = tuple(batch.columns or ())
        self.tables.append(TableTally(batch.table, judged, batch.header_row, columns))
        return len(self.tables) - 1

    def add(self, batch: Batch, spans: Spans, judged: Profile, limit: int | None) -> None:
        """Count one batch; `limit` is how many findings to keep in all (None: all)."""
        number = self.table(batch, judged)
        spans, agreement = compare(batch.cells, spans, judged, self.tables[number].rows == 0)
        table, cells = self.tables[number], batch.cells
        valid = spans.take((spans.flags & NOT_REAL) == 0)
        self.count += np.bincount(valid.kind, minlength=KINDS)
        self._add_flagged(spans, cells)
        for kind in np.flatnonzero(np.bincount(valid.kind)).tolist():
            self._key("value", kind, valid.key[valid.kind == kind])
        column = valid.cell % cells.width
        hits = np.bincount(column * KINDS + valid.kind, minlength=cells.width * KINDS)
        part = TableTally(batch.table, judged, batch.header_row, table.columns, cells.rows)
        part.agreement = agreement
        part.hits = hits.reshape(cells.width, KINDS)
        part.filled = (cells.lengths() > 0).reshape(-1, cells.width).sum(axis=0)
        self._add_rows(part, cells, valid)
        table.add(part)
        self._keep(number, batch, spans, limit)

    def _add_flagged(self, spans: Spans, cells: Cells) -> None:
        if not spans.flags.any():
            return
        rows = spans.cell // cells.width
        for flag, counts, name in (
            (MASKED, self.masked, "masked_rows"),
            (DAMAGED, self.damaged, "damaged_rows"),
            (PLACEHOLDER, self.placeholder, "placeholder_rows"),
            (HASHED, self.hashed, ""),
            (GENERATED, self.generated, ""),
            (SERVICE, self.service, ""),
        ):
            hit = (spans.flags & flag) != 0
            counts += np.bincount(spans.kind[hit], minlength=KINDS)
            if name and hit.any():
                setattr(self, name, getattr(self, name) + int((np.bincount(rows[hit]) > 0).sum()))

    def _add_rows(self, part: TableTally, cells: Cells, valid: Spans) -> None:
        row = _Rows(cells, valid)
        has_id, phone, name = row.any(IDENTITY), row.has(MOBILE), row.has(PERSON)
        has_address = row.has(ADDRESS, HOUSEHOLD)
        contact = phone | row.any(CONTACT)
        identified = has_id | name & (contact | row.has(CARD) | has_address)
        if any(column.entity == CREDENTIAL for column in part.profile.columns):
            identified = identified | row.has(CREDENTIAL)  # the set that logs in once is one record (law.py)
        bare = phone & ~identified
        part.identified, part.bare = int(identified.sum()), int(bare.sum())
        part.with_phone, part.with_id, part.with_name = int(phone.sum()), int(has_id.sum()), int(name.sum())
        part.with_address = int(has_address.sum())
        if identified.any():
            self._key("subject", "", _subject_keys(row)[identified])
            both = np.flatnonzero(name & phone)
            if len(both):
                pair = row.key(PERSON)[both] * np.uint64(0x9E3779B97F4A7C15) ^ row.key(MOBILE)[both]
                self._key("name_phone", "", pair)
        if bare.any():
            self._key("bare", part.name, row.key(MOBILE)[bare] << np.uint64(3) | np.uint64(1))

    def _key(self, what: str, which: str | int, keys: Keys) -> None:
        self.keys.setdefault((what, which), []).append(keys)

    def _keep(self, number: int, batch: Batch, spans: Spans, limit: int | None) -> None:
        total = len(spans)
        if limit is not None:  # what is only context would push people out of the report
            spans = spans.take(~is_one_of(spans.kind, CONTEXT))
        room = len(spans) if limit is None else min(max(limit - self.kept, 0), len(spans))
        self.omitted += total - room
        self.kept += room
        if room:
            self.found.append(_found(number, batch, spans.take(np.arange(room))))

    def merge(self, other: Tally, rows_before: int, limit: int | None) -> None:
        """Add the counts and findings of the next byte range, whose rows begin after `rows_before`.

        Keys are left to the caller, who keeps them in bounded memory.
        """
        places = [self._place(table) for table in other.tables]
        for name in COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("placeholder_rows", "damaged_rows", "masked_rows", "omitted"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for found in other.found:
            room = len(found.rows) if limit is None else min(max(limit - self.kept, 0), len(found.rows))
            self.omitted += len(found.rows) - room
            self.kept += room
            if room:
                self.found.append(_moved(found, places[found.table], rows_before, room))

    def _place(self, table: TableTally) -> int:
        for i, mine in enumerate(self.tables):
            if mine.name == table.name and mine.profile.lines == table.profile.lines:
                mine.add(table)
                return i
        self.tables.append(table)
        return len(self.tables) - 1

    def compact(self) -> None:
        """Make the key lists one unique array each, for the way to another process."""
        whole = {name: np.concatenate(parts) for name, parts in self.keys.items()}
        done = {name: [unique(keys)] for name, keys in whole.items() if name != ("subject", "")}
        subjects, ids = whole.get(("subject", "")), ("value", RESIDENT)
        if subjects is not None:
            if ids in whole and np.array_equal(subjects, whole[ids] << np.uint64(3)):
                done["subject", ""] = [done[ids][0] << np.uint64(3)]  # an ID in every row: one sort less
            else:
                done["subject", ""] = [unique(subjects)]
        self.keys = done


def _moved(found: Found, table: int, rows_before: int, room: int) -> Found:
    return Found(
        table,
        found.spans.take(np.arange(room)),
        [row + rows_before for row in found.rows[:room]],
        found.columns[:room],
        found.pointers[:room],
        found.before[:room],
        found.values[:room],
    )


class _Rows:
    """For each kind, which rows hold it and the key of the first one in the row."""

    def __init__(self, cells: Cells, valid: Spans) -> None:
        self.rows, self._valid, self._of = cells.rows, valid, valid.cell // cells.width
        self.kinds = frozenset(np.flatnonzero(np.bincount(valid.kind)).tolist())

    def has(self, kind: int, check: int = 0) -> Flags:
        """Rows with a value of a kind, and with a check passed where one is asked for."""
        out = np.zeros(self.rows, np.bool_)
        if kind in self.kinds:
            pick = self._valid.kind == kind
            if check:
                pick &= (self._valid.checks & np.uint32(check)) != 0
            out[self._of[pick]] = True
        return out

    def any(self, kinds: tuple[int, ...]) -> Flags:
        """Rows with a value of one of the kinds."""
        out = np.zeros(self.rows, np.bool_)
        for kind in self.kinds & set(kinds):
            out |= self.has(kind)
        return out

    def key(self, kind: int) -> Keys:
        """Key of the first value of a kind in each row, 0 where there is none."""
        out = np.zeros(self.rows, np.uint64)
        pick = np.flatnonzero(self._valid.kind == kind)[::-1]
        out[self._of[pick]] = self._valid.key[pick]
        return out


def _subject_keys(row: _Rows) -> Keys:
    """The best key of each row; the low three bits tell which it is.

    0 a resident ID or permit, 4 another document, 1 a mobile, 2 an e-mail address, 5 another contact,
    3 a name with an address or a card, and 6 a password where nothing but a user name is beside it.
    """
    out = (row.key(PERSON) * np.uint64(31) ^ (row.key(ADDRESS) + row.key(CARD))) << np.uint64(3) | np.uint64(
        3
    )
    if CREDENTIAL in row.kinds:
        out = np.where(row.has(PERSON), out, row.key(CREDENTIAL) << np.uint64(3) | np.uint64(6))
    ladder = [(kind, 5) for kind in reversed(OTHER_CONTACTS)] + [(EMAIL, 2), (MOBILE, 1)]
    ladder += [(kind, 4) for kind in reversed(OTHER_DOCUMENTS)] + [(PERMIT, 0), (RESIDENT, 0)]
    for kind, tail in ladder:
        if kind in row.kinds:
            out = np.where(row.has(kind), row.key(kind) << np.uint64(3) | np.uint64(tail), out)
    if (out == 3).any():
        name = row.key(PERSON) * np.uint64(31) ^ (row.key(ADDRESS) + row.key(CARD))
        out = np.where(out == 3, name << np.uint64(3) | np.uint64(3), out)
    return np.asarray(out)


def _found(number: int, batch: Batch, spans: Spans) -> Found:
    cells = batch.cells
    raw = as_bytes(cells.data)
    first = cells.starts[spans.cell]
    start, end = spans.start.tolist(), spans.end.tolist()
    rows, columns = (part.tolist() for part in np.divmod(spans.cell, cells.width))
    return Found(
        number,
        spans,
        [batch.row_number(row) for row in rows],
        columns,
        [batch.pointer(row, column) for row, column in zip(rows, columns, strict=True)],
        _code_points(raw, cells.data, first, spans.start),
        [raw[a:b] for a, b in zip(start, end, strict=True)],
    )


def _code_points(raw: bytes, data: Bytes, start: Index, end: Index) -> list[int]:
    """Code points between places of one buffer.

    A few short pieces are decoded; many pieces of a long cell share one count over the buffer, for their
    sum grows with the square of the cell.
    """
    if int((end - start).sum()) < len(data) // 4:
        return [
            len(raw[a:b].decode("utf-8", "replace"))
            for a, b in zip(start.tolist(), end.tolist(), strict=True)
        ]
    count = np.concatenate((np.zeros(1, np.int64), np.cumsum((data & 0xC0) != 0x80)))
    counts: list[int] = (count[end] - count[start]).tolist()
    return counts

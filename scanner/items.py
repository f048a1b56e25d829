"""From an outcome to an item of the report, and from items to the summary of the scan."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from scanner import law, rules
from scanner.agreement import PAIRS
from scanner.analyse import Outcome
from scanner.distinct import Distinct
from scanner.law import LawCounts
from scanner.messages import say
from scanner.records import COUNTS, KINDS, MOBILE, PERMIT, RESIDENT, Found, Tally
from scanner.report import Finding, Item
from scanner.schema import ENTITY_TYPES, flag_names
from scanner.scoring.features import Material
from scanner.scoring.sector import sector
from scanner.scoring.trade import score
from scanner.values import fingerprint, mask

_MEDIA = {
    "sqlite": "application/vnd.sqlite3",
    "parquet": "application/vnd.apache.parquet",
    "excel": "application/vnd.ms-excel",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "html": "text/html",
    "sqldump": "application/sql",
    "json": "application/json",
}


class Assembler:
    """Takes outcomes in order; holds the items, and the sets that count over the whole scan."""

    def __init__(
        self,
        lang: str,
        reveal: bool,
        key: bytes,
        shown: int,
        keep_all: Callable[[str, Iterable[Finding]], None] | None = None,
    ) -> None:
        self.items: list[Item] = []
        self._lang, self._reveal, self._key, self._shown, self._keep_all = lang, reveal, key, shown, keep_all
        self._subjects = Distinct()
        self._name_phone = Distinct()
        self._distinct = {kind: Distinct() for kind in range(KINDS)}

    def add(self, source: Any, outcome: Outcome) -> None:
        """Make the item of a source."""
        tally = outcome.tally
        item = Item(source.origin, getattr(source, "size", 0), outcome.status)
        item.sha256, item.encoding = outcome.sha256, outcome.encoding
        item.media_type = self._media_type(outcome)
        self._say(item, outcome)
        lists = [t for t in tally.tables if t.is_contact_list]
        item.records = sum(t.identified for t in tally.tables) + sum(t.bare for t in lists)
        item.tables = [_table(t) for t in tally.tables]
        item.law = self._count_law(outcome)
        item.subjects = self._count_subjects(outcome, [t.name for t in lists])
        item.entities = self._entities(outcome)
        repeated = sum(int(n.params["count"]) for n in outcome.notes if n.code == "repeated_header")
        material = Material(item.path, tally, item.records, item.subjects, repeated)
        item.trade, item.sector = score(material), sector(material)
        if self._keep_all:
            self._keep_all(item.path, self._findings(tally, None))
        item.findings = list(self._findings(tally, self._shown))
        item.findings_omitted = tally.omitted + tally.kept - len(item.findings)
        self.items.append(item)

    def _say(self, item: Item, outcome: Outcome) -> None:
        """The reason is the first note that cost something; the others are notes."""
        for note in outcome.notes:
            sentence = say(note.code, self._lang, note.params)
            if item.reason is None and note.status:
                item.reason = sentence
            else:
                item.notes.append(sentence)

    def _media_type(self, outcome: Outcome) -> str | None:
        if outcome.reader == "delimited":
            return "text/csv" if any(not t.profile.lines for t in outcome.tally.tables) else "text/plain"
        return _MEDIA.get(outcome.reader)

    def _count_subjects(self, outcome: Outcome, lists: list[str]) -> int:
        """Distinct people of an item; bare numbers count where they are a list of contact numbers."""
        people = outcome.set_of("subject")
        for name in lists:
            people.absorb(outcome.set_of("bare", name))
        count = people.count()
        self._subjects.absorb(people)
        return count

    def _count_law(self, outcome: Outcome) -> LawCounts:
        tally = outcome.tally
        counts = LawCounts(
            rows=sum(t.rows for t in tally.tables),
            identifiable=sum(t.identified for t in tally.tables),
            placeholders=tally.placeholder_rows,
            damaged=tally.damaged_rows,
            bare_numbers=sum(t.bare for t in tally.tables if t.is_contact_list),
        )
        counts.duplicates = counts.identifiable - outcome.set_of("subject").count()
        counts.unique_by_phone = outcome.set_of("value", MOBILE).count()
        counts.unique_by_id = (
            outcome.set_of("value", RESIDENT).count() + outcome.set_of("value", PERMIT).count()
        )
        pairs = outcome.set_of("name_phone")
        counts.unique_by_name_phone = pairs.count()
        self._name_phone.absorb(pairs)
        law.add_tiers(counts, tally.tables)
        return counts

    def _entities(self, outcome: Outcome) -> dict[str, dict[str, int]]:
        out = {}
        tally = outcome.tally
        for kind in range(KINDS):
            extra = {
                name: int(getattr(tally, name)[kind]) for name in COUNTS[1:] if getattr(tally, name)[kind]
            }
            if not tally.count[kind] and not extra:
                continue
            values = outcome.set_of("value", kind)
            out[ENTITY_TYPES[kind]] = {"count": int(tally.count[kind]), "distinct": values.count(), **extra}
            self._distinct[kind].absorb(values)
        return out

    def _findings(self, tally: Tally, limit: int | None) -> Iterator[Finding]:
        left = limit
        for found in tally.found:
            count = len(found.rows) if left is None else min(left, len(found.rows))
            for i in range(count):
                yield self._finding(tally, found, i)
            if left is not None:
                left -= count
                if not left:
                    return

    def _finding(self, tally: Tally, found: Found, i: int) -> Finding:
        table, spans = tally.tables[found.table], found.spans
        entity = ENTITY_TYPES[int(spans.kind[i])]
        text = found.values[i].decode("utf-8", "replace")
        start = found.before[i]
        flags = flag_names(int(spans.flags[i]))
        column = found.columns[i]
        shown = text if self._reveal or "masked" in flags else mask(entity, text)
        return Finding(
            entity,
            shown,
            fingerprint(self._key, entity, text),
            round(float(spans.score[i]), 3),
            rules.check_names(int(spans.checks[i])),
            flags,
            table.name,
            found.rows[i],
            column + 1,
            table.columns[column] if column < len(table.columns) else "",
            found.pointers[i],
            start,
            start + len(text),
        )

    def summary(self) -> dict[str, Any]:
        """Totals of the scan; distinct counts are over all items together."""
        states = [item.status for item in self.items]
        entities: dict[str, dict[str, int]] = {}
        for item in self.items:
            for name, counts in item.entities.items():
                mine = entities.setdefault(name, {"count": 0, "distinct": 0})
                for key, number in counts.items():
                    mine[key] = mine.get(key, 0) + number
        for kind, distinct in self._distinct.items():
            if ENTITY_TYPES[kind] in entities:
                entities[ENTITY_TYPES[kind]]["distinct"] = distinct.count()
        return {
            "items": len(self.items),
            **{state: states.count(state) for state in ("complete", "partial", "failed", "skipped")},
            "bytes": sum(item.size for item in self.items),
            "records": sum(item.records for item in self.items),
            "subjects": self._subjects.count(),
            "entities": {name: entities[name] for name in ENTITY_TYPES if name in entities},
            "by_sector": _by_sector(self.items),
            "law": self._summary_law(),
        }

    def _summary_law(self) -> dict[str, Any]:
        total = LawCounts()
        for item in self.items:
            one = item.law
            for name in ("rows", "identifiable", "placeholders", "damaged", "bare_numbers", "duplicates"):
                setattr(total, name, getattr(total, name) + getattr(one, name))
            for tier, number in one.tiers.items():
                total.tiers[tier] += number
            total.arguable |= one.arguable
        total.unique_by_phone = self._distinct[MOBILE].count()
        total.unique_by_id = self._distinct[RESIDENT].count() + self._distinct[PERMIT].count()
        total.unique_by_name_phone = self._name_phone.count()
        return total.to_dict()


def _by_sector(items: list[Item]) -> list[dict[str, Any]]:
    """Items and records by sector, most records first, as the regulator's table."""
    counted = [item for item in items if item.sector is not None]
    records = sum(item.records for item in counted)
    codes = sorted({item.sector[0] for item in counted if item.sector})
    rows = []
    for code in codes:
        mine = [item for item in counted if item.sector and item.sector[0] == code]
        number = sum(item.records for item in mine)
        rows.append(
            {
                "sector": code,
                "items": len(mine),
                "items_share": round(len(mine) / len(counted), 4),
                "records": number,
                "records_share": round(number / max(records, 1), 4),
            }
        )
    return sorted(rows, key=lambda row: -row["records"])


def _table(table: Any) -> dict[str, Any]:
    columns = []
    for i, column in enumerate(table.profile.columns):
        filled = int(table.filled[i]) if i < len(table.filled) else 0
        kind = column.entity
        hits = int(table.hits[i, kind]) if kind is not None and i < len(table.hits) else 0
        columns.append(
            {
                "name": column.name or None,
                "entity_type": ENTITY_TYPES[kind] if kind is not None and hits else None,
                "share": round(min(hits / filled, 1.0), 4) if filled else 0.0,
            }
        )
    agreement = {
        pair: {"agree": int(agree), "differ": int(differ)}
        for pair, (agree, differ) in zip(PAIRS, table.agreement, strict=True)
        if agree or differ
    }
    out = {"name": table.name, "rows": table.rows, "header_row": table.header_row, "columns": columns}
    return {**out, "agreement": agreement} if agreement else out

"""What the scanner finds where nothing is: `python -m bench.false_alarms` writes `docs/lookalikes.md`.

Two measurements. Ten megabytes of made-up lookalikes (`bench/lookalikes.py`), evenly over their kinds, as
files of every format; every phone and ID found there is a false alarm. And every finding in the ordinary
files beside the repository, each with a judgement; a finding nobody has judged says so.

    python -m bench.false_alarms [--megabytes 10] [--seed 1] [--corpus FOLDER] [--list FILE]
"""

from __future__ import annotations

import argparse
import re
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from bench import lookalikes
from scanner import pipeline
from scanner.pipeline import Options
from scanner.report import Finding
from scanner.values import mask

ROOT = Path(__file__).parent.parent
TODAY = 20261124
NUMBERS = ("CN_MOBILE_NUMBER", "CN_RESIDENT_ID", "CN_RESIDENCE_PERMIT")
"""The types that count as false alarms among lookalikes; others are counted and shown."""
TARGET = 1
"""False phones and IDs in ten megabytes."""
SHOWN = 3
"""Examples of a kind, and values of a file, that the page prints."""

JUDGED = {
    ("admin_division/DQinYuan__adcodes.csv", "PERSON"): "false: names of places in a column `name`",
    (
        "admin_division/DQinYuan__adcodes.csv",
        "GEO_COORDINATE",
    ): "right in form: centres of districts, no person's place",
    ("admin_division/modood__areas.json", "PERSON"): "false: names of districts under the key `name`",
    ("admin_division/modood__pca-code.json", "PERSON"): "false: names of districts under the key `name`",
    ("admin_division/modood__provinces.json", "PERSON"): "false: names of provinces under the key `name`",
    (
        "api_collection/macrozheng__mall-portal.postman_collection.json",
        "CN_MOBILE_NUMBER",
    ): "right: one number, twice, as `phoneNumber` of a receiver in a sample request of a public shop demo",
    (
        "api_collection/macrozheng__mall-portal.postman_collection.json",
        "PERSON",
    ): "half right: a receiver's nickname in two sample requests; two titles of requests are false",
    ("covid_counts/canghailan__CountryCode.csv", "PERSON"): "false: names of countries in a column `name`",
    ("geojson/npm-surbowl__world.zh.json", "PERSON"): "false: names of countries under the key `name`",
    ("poems/Werneror__唐末宋初.csv", "PERSON"): "right in form: poets of the tenth century, nobody's data today",
    (
        "log/makcyun__Scrapy 框架爬取分析豌豆荚 7 万款 App_wandoujia_wandoujia.log",
        "IP_ADDRESS",
    ): "false: the version of a library, lxml 4.2.1.0",
    (
        "log/makcyun__Scrapy 框架爬取分析酷安网 6000 款App_kuan_kuan2_kuan.log",
        "IP_ADDRESS",
    ): "false: the version of a library, lxml 4.2.1.0",
    ("ranking/makcyun__get_stock_basics.csv", "PERSON"): "false: names of listed companies in a column `name`",
    ("ranking/makcyun__salary.csv", "ORGANIZATION"): "right in form: universities in a published ranking",
    ("ranking/makcyun__unicorn_china.csv", "ORGANIZATION"): "right in form: a company in a published ranking",
    ("ranking/makcyun__university.csv", "ORGANIZATION"): "right in form: universities in a published ranking",
    ("ranking/makcyun__unicorn_china.csv", "PERSON"): "right: heads of companies in a published ranking",
}  # fmt: skip
"""What people found on looking: (file under the corpus, entity type) to a sentence."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """A finding and the file it was in; `around` is the made-up text about it, empty for real files."""

    file: str
    finding: Finding
    around: str = ""


def scan(folder: Path, reveal: bool = False) -> list[Alarm]:
    """Every finding under a folder, by one worker; values are masked unless `reveal`."""
    found: list[Alarm] = []

    def keep(path: str, findings: Iterable[Finding]) -> None:
        file = Path(path).relative_to(folder).as_posix()
        found.extend(Alarm(file, one) for one in findings)

    options = Options(workers=1, lang="en", today=TODAY, reveal=reveal, keep_all=keep)
    report = pipeline.scan([folder], options=options)
    for item in report.items:
        if item.status == "failed":
            raise RuntimeError(f"{item.path} was not read: {item.reason}")
    return found


def among_lookalikes(folder: Path, megabytes: float, seed: int) -> list[Alarm]:
    """Findings among made-up lookalikes written to `folder`, masked, with the text around each."""
    lookalikes.write(folder, megabytes, seed)
    texts: dict[str, str] = {}  # file to its content
    out = []
    for alarm in scan(folder, reveal=True):
        text = texts.setdefault(alarm.file, (folder / alarm.file).read_text("utf-8"))
        value, entity = alarm.finding.value, alarm.finding.entity_type
        hidden = replace(alarm.finding, value=mask(entity, value))
        out.append(Alarm(alarm.file, hidden, _around(text, value, hidden.value)))
    return out


def is_number(alarm: Alarm) -> bool:
    """Whether the finding is a phone or an ID."""
    return alarm.finding.entity_type in NUMBERS


def _around(text: str, value: str, hidden: str) -> str:
    """The text about a value; long numbers are masked, because chance may have spelt somebody's."""
    at = text.find(value)
    first = max(text.rfind("\n", 0, at) + 1, at - 30)
    before, after = text[first:at], text[at + len(value) : at + len(value) + 12].split("\n")[0]
    return _LONG.sub(r"\1****\2", before) + hidden + _LONG.sub(r"\1****\2", after)


_LONG = re.compile(r"(?<!\d)(\d{3})\d{4,}(\d{4})(?!\d)")


# --- the page --------------------------------------------------------------------------------------


def page(made: list[Alarm], corpus: list[Alarm], megabytes: float, seed: int) -> str:
    """The whole of `docs/lookalikes.md`."""
    numbers = [alarm for alarm in made if is_number(alarm)]
    verdict = "met" if len(numbers) <= TARGET * max(megabytes / 10, 1) else "**not met**"
    parts = [
        "# Lookalikes\n",
        "What the scanner finds where nothing is. Written by `python -m bench.false_alarms`; do not edit.\n",
        f"## Made-up lookalikes\n\n{megabytes:g} MB, seed {seed}, evenly over {len(lookalikes.kinds())} kinds"
        " of `bench/lookalikes.py`, half of it as files of each format and half as mixed running text."
        " In a kind with `*` chance may spell a valid phone or ID; it always stands under a header, behind a"
        " key or word, or in the fixed form of a listing. These words are those of one table: a rule that knows"
        " them and no others does well here and nowhere else.\n",
        f"False phones and IDs: **{len(numbers)}** (target: at most {TARGET} in 10 MB, {verdict}).\n",
        _kinds_table(made),
        _examples(numbers),
        f"## Ordinary files\n\nEvery finding in the ordinary files (`corpus/ordinary`): {len(corpus)}.\n",
        _corpus_table(corpus),
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _kinds_table(made: list[Alarm]) -> str:
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for alarm in made:
        counts[alarm.file.split("/")[0]][alarm.finding.entity_type] += 1
    rows = ["| kind | what | phones | IDs | other types |", "|---|---|---:|---:|---|"]
    for name, kind in lookalikes.kinds().items():
        mine = counts[name]
        ids = mine["CN_RESIDENT_ID"] + mine["CN_RESIDENCE_PERMIT"]
        other = ", ".join(f"{entity} {n}" for entity, n in sorted(mine.items()) if entity not in NUMBERS)
        star = "*" if kind.may_be_real else ""
        rows.append(f"| {name}{star} | {kind.title} | {mine['CN_MOBILE_NUMBER']} | {ids} | {other} |")
    return "\n".join(rows) + "\n"


def _examples(numbers: list[Alarm]) -> str:
    """A few false alarms of each kind and file."""
    groups: dict[tuple[str, str], list[Alarm]] = defaultdict(list)
    for alarm in numbers:
        kind, file = alarm.file.split("/")
        groups[kind, file].append(alarm)
    if not groups:
        return ""
    rows = ["### The false alarms\n", "| kind | file | number | examples |", "|---|---|---:|---|"]
    for (kind, file), alarms in groups.items():
        shown = "; ".join(f"`{_cell(alarm.around)}`" for alarm in alarms[:SHOWN])
        rows.append(f"| {kind} | {file} | {len(alarms)} | {shown} |")
    return "\n".join(rows) + "\n"


def _corpus_table(corpus: list[Alarm]) -> str:
    groups: dict[tuple[str, str], list[Alarm]] = defaultdict(list)
    for alarm in corpus:
        groups[alarm.file, alarm.finding.entity_type].append(alarm)
    rows = ["| file | type | number | values | judgement |", "|---|---|---:|---|---|"]
    for (file, entity), alarms in groups.items():
        values = list(dict.fromkeys(alarm.finding.value for alarm in alarms))
        shown = ", ".join(f"`{_cell(value)}`" for value in values[:SHOWN])
        more = f" and {len(values) - SHOWN} more" if len(values) > SHOWN else ""
        judgement = JUDGED.get((file, entity), "**not judged**")
        rows.append(f"| {_cell(file)} | {entity} | {len(alarms)} | {shown}{more} | {judgement} |")
    return "\n".join(rows) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("`", "'")


def listing(alarms: list[Alarm]) -> str:
    """Every finding as a line: file, type, value, place, checks."""
    lines = []
    for alarm in alarms:
        one = alarm.finding
        place = one.pointer or f"row {one.row}, {one.column_name or f'column {one.column}'}"
        fields = [alarm.file, one.entity_type, one.value, place, " ".join(one.checks), alarm.around]
        lines.append("\t".join(field.replace("\t", " ") for field in fields) + "\n")
    return "".join(lines)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description="Count false alarms and write docs/lookalikes.md.")
    parser.add_argument("--megabytes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--corpus", type=Path, default=ROOT.parent / "shared" / "corpus" / "ordinary")
    parser.add_argument("--list", type=Path, help="write every finding to this file, tabs between fields")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "lookalikes.md")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = among_lookalikes(Path(folder), asked.megabytes, asked.seed)
    corpus = scan(asked.corpus) if asked.corpus.is_dir() else []
    asked.out.write_text(page(made, corpus, asked.megabytes, asked.seed), "utf-8")
    if asked.list:
        asked.list.write_text(listing(made + corpus), "utf-8")
    numbers = sum(map(is_number, made))
    unjudged = sorted({(a.file, a.finding.entity_type) for a in corpus} - JUDGED.keys())
    print(f"{numbers} false phones and IDs among lookalikes; {len(corpus)} findings in ordinary files")
    for file, entity in unjudged:
        print(f"not judged: {file}, {entity}")


if __name__ == "__main__":
    main()

"""What looks like Chinese phones, IDs and cards and is none: seeded text of some eighty kinds.

Each kind stands as it occurs in real files: log lines, JSON, minified JavaScript, style sheets, lock files,
SQL, Chinese sentences, columns with a header. Digits that are random in life are random here, so chance may
spell a valid phone or ID; only what a kind's own definition forbids is left out (a bit operation of
JavaScript is 32 bits wide, a barcode of China begins with 69). Where chance may spell a valid phone or ID
(`may_be_real`), the value always has what tells a reader that it is none: a header, a key, a word before it,
or the fixed form of a listing. A number of eleven digits with nothing around it is in no kind, because
nobody could judge it. The kinds are a table in `tests/fixtures/lookalikes/kinds.txt`.

Forms: FACTS D2 (service numbers), D5 to D9 (banks, companies, devices, waybills), G1 to G7 (pitfalls).

>>> fill("SF«d13», «a|b»-«3..5»", Random(1))
'SF1343642441124, b-3'
>>> text("uuid", 0.001, 7) == text("uuid", 0.001, 7)
True
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

Maker = Callable[[Random, str], str]
"""Makes a part of a text from a source of chance and the text so far (for check digits)."""

KINDS = Path(__file__).parent.parent / "tests" / "fixtures" / "lookalikes" / "kinds.txt"
"""The table of kinds; it explains itself."""

FORMATS = ("txt", "log", "json", "js", "csv")
"""Every kind is written in these; some also as css, html, sql or lock, where they are at home."""

GENERIC = {
    "txt": ("«col»：«v»", "请核对«col»«v»，数量«1..99»。", "«col» «v» 已登记于«day»"),
    "log": (
        '«stamp» INFO [worker-«1..9»] «key»=«v» status=200 cost=«1..999»ms',
        '«stamp» DEBUG {"«key»":"«v»","ok":true}',
    ),
    "json": ('{"seq": «1..99999», "«key»": «v», "state": "«ok|done|new»"}',),
    "js": ('a.«key»="«v»";', 'n({«key»:"«v»",t:«1..9»});'),
    "csv": ("«1..99999»,«v»,«day»,«1..99»,«正常|完成|取消»",),
}  # fmt: skip
CSV_HEADER = "序号,«col»,日期,数量,情况"
REGIONS = ("110101", "310115", "440305", "330106", "320106", "510107", "420106", "370102", "350203", "610113")
_SIGNS = {
    "A": "ABCDEFGHJKLMNPQRSTUVWXYZ", "w": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
    "N": "0123456789ABCDEFGHJKLMNPQRTUWXY",
}  # fmt: skip
_SIGNS["b"], _SIGNS["u"] = _SIGNS["w"] + "+/", _SIGNS["w"] + "-_"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of lookalike: the forms of its value, and the lines in which it stands, by format.

    `may_be_real` says that chance may spell a valid phone or ID.
    """

    name: str
    title: str
    key: str
    column: str
    values: tuple[str, ...]
    may_be_real: bool
    lines: dict[str, list[str]] = field(default_factory=dict)

    def templates(self, form: str) -> tuple[str, ...]:
        """The lines of one format, with the kind's key and header in them."""
        lines = tuple(self.lines.get(form, ())) or GENERIC[form]
        return tuple(line.replace("«key»", self.key).replace("«col»", self.column) for line in lines)

    @property
    def formats(self) -> tuple[str, ...]:
        """The formats in which the kind is written."""
        return FORMATS + tuple(form for form in self.lines if form not in FORMATS)


@cache
def kinds() -> dict[str, Kind]:
    """All kinds by name, in the order of the table."""
    out: dict[str, Kind] = {}
    for line in KINDS.read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        if line.startswith("["):
            head, _, rest = line[1:].partition("] ")
            title, key, column, *values = rest.split(" | ")
            name = head.rstrip("*")
            kind = out[name] = Kind(name, title, key, column, tuple(values), head != name)
        else:
            form, _, template = line.partition(" ")
            kind.lines.setdefault(form, []).append(template)
    return out


def fill(
    template: str, random: Random, values: tuple[str, ...] = (), quote: Callable[[str], str] = str
) -> str:
    """A template with its marks replaced; `«v»` is one of the forms in `values`, as `quote` writes it."""
    out = ""
    for part in _compiled(template):
        if isinstance(part, str):
            out += part
        elif part is None:
            out += quote(fill(values[int(random.random() * len(values))], random))
        else:
            out += part(random, out)
    return out


@cache
def _compiled(template: str) -> tuple[str | Maker | None, ...]:
    pieces = re.split("«(.*?)»", template)
    return tuple(
        piece if i % 2 == 0 else None if piece == "v" else _maker(piece) for i, piece in enumerate(pieces)
    )


def _maker(mark: str) -> Maker:
    """What a mark makes: «d6..14» digits, «h8» hex, «1..99» and «1~99» numbers, «a|b» a choice, or a name."""
    if found := re.fullmatch(r"(d|h|H|A|w|N|b|u|pi)(\d+)(?:\.\.(\d+))?", mark):
        return _signs(found[1], int(found[2]), int(found[3] or found[2]))
    if found := re.fullmatch(r"(\d+)(\.\.|~)(\d+)", mark):
        low, high, wide = int(found[1]), int(found[3]), len(found[1])
        if found[2] == "~":  # as many between 10 and 100 as between 100 and 1000
            return lambda random, _: str(int(low * (high / low) ** random.random()))
        return lambda random, _: f"{random.randint(low, high):0{wide}d}"
    if mark in _NAMED:
        return _NAMED[mark]
    choices = mark.split("|") if "|" in mark else list(mark)
    return lambda random, _: choices[int(random.random() * len(choices))]


def _signs(sort: str, low: int, high: int) -> Maker:
    """Between `low` and `high` random signs of one sort."""

    def make(random: Random, _: str) -> str:
        size = low if low == high else random.randint(low, high)
        if sort == "d":
            return f"{int(random.random() * 10**size) if size < 15 else random.randrange(10**size):0{size}d}"
        if sort in "hH":
            return format(random.getrandbits(4 * size), f"0{size}{'x' if sort == 'h' else 'X'}")
        if sort == "pi":
            at = random.randrange(len(_pi()) - size)
            return _pi()[at : at + size]
        return "".join(random.choices(_SIGNS[sort], k=size))

    return make


@cache
def _pi(digits: int = 4_000) -> str:
    """Decimals of pi, by Machin's formula in whole numbers (Python writes numbers of up to 4,300 digits)."""
    one = int("1" + "0" * (digits + 10))

    def arctan(x: int) -> int:
        term, total, n = one // x, one // x, 3
        while term:
            term //= -x * x
            total += term // n
            n += 2
        return total

    return str(4 * (4 * arctan(5) - arctan(239)) // 10**10)[1:]


def _luhn(random: Random, body: str) -> str:
    figures = [int(c) for c in reversed(body)]
    return str(-sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(figures)) % 10)


def _ean(random: Random, body: str) -> str:
    """Check digit of EAN, UPC, ITF-14 and ISBN-13: weights 3 and 1 from the right."""
    figures = [int(c) for c in reversed(body) if c.isdigit()]
    return str(-sum(d * (1 if i % 2 else 3) for i, d in enumerate(figures)) % 10)


def _uscc(random: Random, body: str) -> str:
    """Check character of GB 32100-2015: powers of 3 modulo 31."""
    return _SIGNS["N"][-sum(_SIGNS["N"].index(c) * 3**i for i, c in enumerate(body)) % 31]


def _date(form: str, first: int = 2013, last: int = 2026) -> Maker:
    def make(random: Random, _: str) -> str:
        return form.format(random.randint(first, last), random.randint(1, 12), random.randint(1, 28))

    return make


def _hms(random: Random, _: str) -> str:
    return f"{random.randrange(24):02d}{random.randrange(60):02d}{random.randrange(60):02d}"


_day = _date("{:04d}-{:02d}-{:02d}")
_NAMED: dict[str, Maker] = {
    "luhn": _luhn,
    "ean": _ean,
    "uscc": _uscc,
    "hms": _hms,
    "day": _day,
    "date": _date("{:04d}{:02d}{:02d}"),
    "ymd": lambda random, _: _date("{:04d}{:02d}{:02d}")(random, _)[2:],
    "today": _date("{:04d}{:02d}{:02d}", 2019, 2025),
    "region": lambda random, _: REGIONS[int(random.random() * len(REGIONS))],
    "stamp": lambda random, _: f"{_day(random, _)} 10:{random.randint(10, 59)}:{random.randint(10, 59)}.{random.randrange(1000):03d}",
}  # fmt: skip


def _json(value: str) -> str:
    """Numbers that JavaScript can hold stand bare."""
    return value if re.fullmatch(r"-?(0|[1-9]\d{0,14})(\.\d{1,14})?", value) else json.dumps(value)


def _csv(value: str) -> str:
    return '"' + value.replace('"', '""') + '"' if "," in value or '"' in value else value


_QUOTED: dict[str, Callable[[str], str]] = {"json": _json, "csv": _csv}


def lines(kind: str, form: str, size: int, seed: int) -> Iterator[str]:
    """Lines of one kind in one format, until they hold `size` bytes."""
    one, random = kinds()[kind], Random(f"{kind} {form} {seed}")
    templates, quote = one.templates(form), _QUOTED.get(form, str)
    while size > 0:
        line = fill(templates[int(random.random() * len(templates))], random, one.values, quote)
        size -= len(line.encode()) + 1
        yield line


def text(kind: str, megabytes: float, seed: int) -> str:
    """Running text of one kind: sentences, log lines and code in turn, about `megabytes` of UTF-8."""
    forms = [form for form in kinds()[kind].formats if form != "csv"]
    size = int(megabytes * 1e6 / len(forms))
    parts = [list(lines(kind, form, size, seed)) for form in forms]
    longest = max(map(len, parts))
    return "\n".join(part[i] for i in range(longest) for part in parts if i < len(part)) + "\n"


def document(kind: str, form: str, size: int, seed: int) -> str:
    """A file of one kind in one format, about `size` bytes of UTF-8."""
    body = list(lines(kind, form, size, seed))
    if form == "json":
        return "[\n" + ",\n".join(body) + "\n]\n"
    if form == "csv":
        return "\n".join([CSV_HEADER.replace("«col»", kinds()[kind].column), *body]) + "\n"
    if form == "js":  # minified: many statements to a line
        return "\n".join("".join(body[i : i + 200]) for i in range(0, len(body), 200)) + "\n"
    return "\n".join(body) + "\n"


def write(folder: Path, megabytes: float, seed: int) -> dict[Path, str]:
    """Files `KIND/FORMAT.FORMAT` and the running text `KIND/mixed.txt`, evenly over kinds; path to kind."""
    out = {}
    for name, kind in kinds().items():
        size = megabytes * 1e6 / len(kinds()) / 2
        (folder / name).mkdir(parents=True, exist_ok=True)
        texts = {f"{f}.{f}": document(name, f, int(size / len(kind.formats)), seed) for f in kind.formats}
        for file, content in {**texts, "mixed.txt": text(name, size / 1e6, seed + 1)}.items():
            (folder / name / file).write_text(content, "utf-8", newline="")
            out[folder / name / file] = name
    return out

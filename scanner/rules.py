"""The only opener of `rules/`: entities, header words, tables, weights, messages.

The folder lies beside the package in a checkout and inside it in a wheel; `data_root` finds both.
A rule that is wrong is refused here, naming its file.
"""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from scanner.errors import RuleError
from scanner.schema import Flags

CHECKS = (
    "block", "code", "prefix", "checksum", "region", "date", "luhn", "bin", "header", "column", "tld",
    "area", "keyword", "division", "household", "country", "inside_china", "agrees", "form", "series",
    "written", "letters", "length",
)  # fmt: skip
"""Names of the bits of `Spans.checks`, lowest first."""

BIT = {name: 1 << i for i, name in enumerate(CHECKS)}


def check_names(bits: int) -> tuple[str, ...]:
    """The checks that a span passed, by name."""
    return tuple(name for name, bit in BIT.items() if bits & bit)


@dataclass(frozen=True, slots=True)
class Entity:
    """One kind of personal information, as `rules/entities/*.toml` describes it.

    `kind` is "pattern", or "code" where a module in `scanner/detectors` finds it too. `anywhere` is a pattern
    that stands on its own; `pattern` counts in a column that a header names, after one of `keywords`, and,
    with `votes`, in a column without a header that is full of it. `checks` hold for both; matches of `service`
    are numbers of companies and nobody's; `passes` names the checks of a type found by code. `personal` is
    false for what is only context.
    """

    type: str
    kind: str
    title: dict[str, str]
    format: dict[str, str]
    source: str
    match: tuple[str, ...]
    reject: tuple[str, ...]
    file: str
    headers: tuple[str, ...] = ()
    contains: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    placeholders: tuple[str, ...] = ()
    pattern: str = ""
    service: str = ""
    anywhere: str = ""
    sieve: str = ""
    anchors: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    passes: tuple[str, ...] = ()
    score: float = 0.6
    votes: bool = False
    personal: bool = True
    levels: dict[str, str] = field(default_factory=dict)


@cache
def data_root() -> Path:
    """The folder that holds `rules` and `models`."""
    inside = Path(__file__).parent / "_data"
    return inside if inside.is_dir() else Path(__file__).parent.parent


def load_toml(relative: str) -> dict[str, Any]:
    """One TOML file under `rules/`; a syntax error names the file and line."""
    path = data_root() / "rules" / relative
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise RuleError(
            f"rules/{relative}: {error}; correct the file and run `piitrace rules test`"
        ) from error


@cache
def entities() -> tuple[Entity, ...]:
    """Every entity, in the order of the file names."""
    folder = data_root() / "rules" / "entities"
    return tuple(_entity(f"entities/{path.name}") for path in sorted(folder.glob("*.toml")))


def _entity(relative: str) -> Entity:
    raw = load_toml(relative)
    known = {one.name for one in fields(Entity)} - {"file"}
    for key in raw:
        if key not in known:
            raise RuleError(f"rules/{relative}: unknown key {key!r}; choose from {', '.join(sorted(known))}")
    for key in ("type", "kind", "title", "format", "source", "match", "reject"):
        if key not in raw:
            raise RuleError(f"rules/{relative}: the key {key!r} is missing; every entity needs it")
    if raw["kind"] not in ("code", "pattern"):
        raise RuleError(f'rules/{relative}: kind must be "code" or "pattern", not {raw["kind"]!r}')
    frozen: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in raw.items()
    }
    return Entity(**frozen, file=f"rules/{relative}")


@cache
def entity(type_name: str) -> Entity:
    """The entity of a type; raises `RuleError` for an unknown one."""
    for one in entities():
        if one.type == type_name:
            return one
    raise RuleError(f"no file in rules/entities describes {type_name}")


def table_lines(name: str) -> list[str]:
    """Lines of a text table under `rules/`, without comments and blanks."""
    text = (data_root() / "rules" / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


@cache
def mobile_blocks() -> Flags:
    """Which seven-digit blocks are known: index `block - 1300000`, shape (700000,)."""
    known = np.zeros(700_000, np.bool_)
    for line in table_lines("tables/mobile_blocks.txt"):
        first, _, last = line.partition("-")
        known[int(first) - 1_300_000 : int(last or first) - 1_299_999] = True
    return known


@cache
def mobile_codes() -> Flags:
    """Which three-digit network codes are allotted as a whole (FACTS D1); shape (1000,)."""
    allotted = np.zeros(1000, np.bool_)
    allotted[[*range(130, 140), *range(145, 154), *range(155, 160), 162, 165, 166, 167]] = True
    allotted[[170, 171, 172, 173, 175, 176, 177, 178, *range(180, 194), *range(195, 200)]] = True
    return allotted


@cache
def region_level() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """How much of a six-digit region code is known: 0, 2, 4 or 6 digits; shape (1000000,)."""
    level = np.zeros(1_000_000, np.uint8)
    for line in table_lines("tables/regions.txt"):
        head, *rest = line.split()
        province = level[int(head[:2]) * 10_000 : int(head[:2]) * 10_000 + 10_000]
        province[province == 0] = 2
        city = level[int(head) * 100 : int(head) * 100 + 100]
        city[city < 4] = 4
        for tail in rest:
            level[int(head + tail)] = 6
    return level


@cache
def rules_sha256() -> str:
    """One hash over every file under `rules/` (names and contents, sorted)."""
    root = data_root() / "rules"
    digest = hashlib.sha256()
    for path in sorted(p for p in root.rglob("*") if p.is_file() and p.suffix in {".toml", ".txt", ".tsv"}):
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()

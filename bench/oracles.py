"""Compares our checks with independent ones: python-stdnum and phonenumbers, on generated values.

Values are a mix of valid ones, ones with a wrong character, with two neighbours swapped, and random ones.
Every disagreement must fall into a named class that says why; one that does not is a failure.

    python -m bench.oracles [VALUES [TRIES]]    # writes docs/oracles.md

>>> [result.unexplained for result in compare(50)] == [()] * len(ORACLES)
True
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from bench import chance
from bench.chance import SEED
from bench.oracle_cases import ORACLES, Oracle

PAGE = Path(__file__).parent.parent / "docs" / "oracles.md"


@dataclass(frozen=True, slots=True)
class Result:
    """How often both accept and both refuse, how often each reason held, and the values of no reason."""

    oracle: Oracle
    both: int
    neither: int
    explained: Counter[str]
    unexplained: tuple[str, ...]


def spoil(make: Callable[[random.Random], str], signs: str, source: random.Random) -> str:
    """A valid value (40 %), one with another character, with neighbours swapped, or all random (20 % each)."""
    text, turn = make(source), source.random()
    at = source.randrange(len(text) - 1)
    if turn < 0.4:
        return text
    if turn < 0.6:
        return text[:at] + source.choice(signs) + text[at + 1 :]
    if turn < 0.8:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    return text[0] + "".join(source.choices(signs, k=len(text) - 1))


def compare(count: int, seed: int = SEED) -> list[Result]:
    """Both sides of every oracle on `count` values."""
    return [compare_one(oracle, count, seed) for oracle in ORACLES]


def compare_one(oracle: Oracle, count: int, seed: int) -> Result:
    """Both sides of one oracle."""
    source = random.Random(f"{oracle.kind} {seed}")
    texts = [spoil(oracle.make, oracle.signs, source) for _ in range(count)]
    ours, theirs = oracle.ours(texts).tolist(), [oracle.theirs(text) for text in texts]
    explained: Counter[str] = Counter()
    unexplained = []
    for text, here, there in zip(texts, ours, theirs, strict=True):
        if here != there:
            why = [r.why for r in oracle.reasons if r.ours == here and r.holds(text)]
            explained.update(why[:1])
            unexplained += [] if why else [text]
    both = sum(here and there for here, there in zip(ours, theirs, strict=True))
    neither = count - both - explained.total() - len(unexplained)
    return Result(oracle, both, neither, explained, tuple(unexplained))


def agreement(results: list[Result]) -> list[str]:
    """The table of agreement."""
    lines = [
        "| value | ours | theirs | both accept | both refuse | explained | unexplained |",
        "|---|---|---|--:|--:|--:|--:|",
    ]
    for r in results:
        figures = (r.both, r.neither, r.explained.total(), len(r.unexplained))
        sides = f"{r.oracle.kind} | {r.oracle.ours_is} | {r.oracle.theirs_is}"
        lines.append(f"| {sides} | {' | '.join(f'{n:,}' for n in figures)} |")
    return lines


def reasons(results: list[Result]) -> list[str]:
    """The table of reasons, those that came up."""
    lines = ["| value | why they disagree | who accepts | values |", "|---|---|---|--:|"]
    for r in results:
        for reason in r.oracle.reasons:
            if r.explained[reason.why]:
                who = "ours" if reason.ours else "theirs"
                lines.append(f"| {r.oracle.kind} | {reason.why} | {who} | {r.explained[reason.why]:,} |")
    return lines


def chances(measured: list[chance.Chance]) -> list[str]:
    """The table of chance."""
    lines = ["| random digits | tries | accepted | rate |", "|---|--:|--:|--:|"]
    return lines + [f"| {c.what} | {c.tries:,} | {c.hits:,} | {c.one_in()} |" for c in measured]


def page(count: int, results: list[Result], measured: list[chance.Chance]) -> str:
    """The whole of docs/oracles.md."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("python-stdnum", "phonenumbers"))
    parts = [
        "# Oracles\n\n<!-- Written by `python -m bench.oracles`; do not edit. -->",
        f"Our checks against independent ones ({versions}): {count:,} generated\n"
        "values of each kind, 40 % valid, 20 % with a wrong character, 20 % with two neighbours swapped, 20 %\n"
        f"random; seed {SEED}. `tests/test_oracles.py` repeats this with 3,000 values each and fails on\n"
        "a disagreement without a reason.",
        "\n".join(agreement(results)),
        "## Why they disagree",
        "\n".join(reasons(results)),
        "python-stdnum raises KeyError for an unknown county of a known province (330113); that counts as a"
        "\nrefusal. It has no check for VIN, UPU S10, organisation codes, Hong Kong and Taiwan cards;\n"
        "`tests/test_checks.py` holds ours to plain versions and published samples.",
        "## What chance passes",
        "Uniformly random digits, one string to a cell, without header or column (`bench/chance.py`).",
        "\n".join(chances(measured)),
    ]
    return "\n\n".join(parts) + "\n"


def main() -> None:
    """Compare, print, write the page; exit with 1 where a disagreement has no reason."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    results = compare(count)
    print("\n".join([*agreement(results), "", *reasons(results)]))
    for result in results:
        print(
            *(f"no reason: {result.oracle.kind} {text}" for text in result.unexplained[:10]), sep="\n", end=""
        )
    measured = chance.measure(int(sys.argv[2]) if len(sys.argv) > 2 else 100_000_000)
    print("\n".join(["", *chances(measured)]))
    PAGE.write_text(page(count, results, measured), "utf-8")
    raise SystemExit(any(result.unexplained for result in results))


if __name__ == "__main__":
    main()

"""How often chance makes a number of personal information: random digit strings through the real detectors.

A scanner of a million order numbers must know this rate. Strings of uniformly random digits stand one to a
cell and are judged by their form alone, without a header or a column.

    python -m bench.chance [TRIES]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from scanner import checks, rules, tables
from scanner.detectors import numbers
from scanner.schema import DAMAGED, KIND, WEAK, Cells

SEED, TODAY = 20261124, 20261124
CHUNK = 200_000  # rows; the buffer of a chunk stays in the cache
IDS = [KIND[name] for name in ("CN_RESIDENT_ID", "CN_RESIDENCE_PERMIT", "CN_FOREIGN_PERMANENT_RESIDENT_ID")]

Digits = NDArray[np.uint8]
Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Chance:
    """`hits` of `tries` random strings passed."""

    what: str
    tries: int
    hits: int

    def one_in(self) -> str:
        """The rate as a person would say it."""
        return f"1 in {self.tries / self.hits:,.0f}" if self.hits else f"none in {self.tries:,}"


def random_digits(tries: int, size: int) -> Iterator[Digits]:
    """Chunks of rows of random digit values, the same every time."""
    source = np.random.default_rng(SEED)
    for done in range(0, tries, CHUNK):
        yield source.integers(0, 10, (min(CHUNK, tries - done), size), np.uint8)


def as_cells(digits: Digits) -> Cells:
    """One string of digits a cell."""
    rows, size = digits.shape
    line = np.full((rows, size + 1), 0x1F, np.uint8)
    line[:, :size] = digits + np.uint8(48)
    starts = np.arange(rows, dtype=np.int64) * (size + 1)
    return Cells(line.ravel(), starts, starts + size, 1)


def ids(digits: Digits) -> Counts:
    """How many the detector takes for IDs without asking the column, by how much of the region is known."""
    found = numbers.detect(as_cells(digits), TODAY)
    sure = np.isin(found.kind, IDS) & ((found.flags & (WEAK | DAMAGED)) == 0)
    level = rules.region_level()[checks.number(digits[found.cell[sure], :6])]
    return np.bincount(level, minlength=7)[[6, 4, 2, 0]]


def cards(digits: Digits) -> Counts:
    """How many have an issuer, its length and Luhn; an old issuer and its length; a scheme, its length, Luhn."""
    agrees, legacy, luhn = tables.card_issuer(digits) == 2, tables.is_legacy_card(digits), checks.luhn(digits)
    return np.array(
        [
            (agrees & luhn & ~legacy).sum(),
            (agrees & legacy).sum(),
            (luhn & tables.has_scheme_length(digits)).sum(),
        ]
    )


IDS_BY = (
    "region known in full",
    "first four digits of the region known",
    "first two digits of the region known",
    "another beginning (permits, foreigners)",
)
CARDS_BY = (
    "issuer, its length and Luhn agree",
    "old issuer without a scheme and its length, no Luhn (needs a header)",
    "any scheme, its length and Luhn (needs a header)",
)


def totals(count: Callable[[Digits], Counts], tries: int, size: int) -> list[int]:
    """The counts of all chunks together."""
    return [int(n) for n in np.sum([count(digits) for digits in random_digits(tries, size)], axis=0)]


def measure(tries: int) -> list[Chance]:
    """The chance of each case; a tenth of the tries is enough for cards, which are less rare than IDs."""
    out = [
        Chance(f"18 digits taken for an ID, {what}", tries, hits)
        for what, hits in zip(IDS_BY, totals(ids, tries, 18), strict=True)
    ]
    out.insert(0, Chance("18 digits taken for an ID by `numbers.detect`", tries, sum(c.hits for c in out)))
    for size in (16, 19):
        found = totals(cards, tries // 10, size)
        out += [
            Chance(f"{size} digits: {what}", tries // 10, hits)
            for what, hits in zip(CARDS_BY, found, strict=True)
        ]
    return out


def main() -> None:
    """Print the table."""
    for chance in measure(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000_000):
        print(f"{chance.what}: {chance.hits:,} of {chance.tries:,}, {chance.one_in()}")


if __name__ == "__main__":
    main()

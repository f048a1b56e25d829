"""Our checks against python-stdnum and phonenumbers: no disagreement without a reason (docs/oracles.md)."""

from __future__ import annotations

import dataclasses
import random

import pytest

from bench import chance, oracles
from bench.oracle_cases import ORACLES, Oracle

VALUES = 3_000


@pytest.mark.parametrize("oracle", ORACLES, ids=lambda oracle: oracle.kind)
def test_every_disagreement_has_a_reason(oracle: Oracle) -> None:
    result = oracles.compare_one(oracle, VALUES, oracles.SEED)
    assert result.unexplained == ()
    assert result.both + result.neither + result.explained.total() == VALUES
    # Both sides say yes and no often enough for the comparison to mean something.
    assert result.both > VALUES / 10 and result.neither > VALUES / 10


@pytest.mark.parametrize("oracle", ORACLES, ids=lambda oracle: oracle.kind)
def test_a_judge_that_is_wrong_is_noticed(oracle: Oracle) -> None:
    """The reasons do not explain everything: with our answers turned round, most values have none."""
    turned = dataclasses.replace(oracle, ours=lambda texts: ~oracle.ours(texts))
    assert len(oracles.compare_one(turned, 300, 1).unexplained) > 100


def test_values_are_the_same_every_time() -> None:
    first, second = (oracles.spoil(ORACLES[0].make, "0", random.Random(7)) for _ in range(2))
    assert first == second


def test_chance_of_a_card_is_below_one_in_two_hundred() -> None:
    measured = {c.what: c for c in chance.measure(1_000_000)}
    for size in (16, 19):
        found = measured[f"{size} digits: issuer, its length and Luhn agree"]
        assert found.hits * 200 < found.tries


def test_page_is_written_by_the_program() -> None:
    """docs/oracles.md holds the reasons that the code names, and no other."""
    text = oracles.PAGE.read_text("utf-8")
    named = {reason.why for oracle in ORACLES for reason in oracle.reasons}
    table = text.split("## Why they disagree")[1].split("\n\n")[1].splitlines()[2:]
    assert {line.split(" | ")[1] for line in table} <= named
    assert all(line.endswith("| 0 |") for line in text.split("\n\n")[3].splitlines()[2:])

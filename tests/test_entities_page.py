"""The pages on entities are those that the rules give, and every rule says what a page needs."""

from __future__ import annotations

import pytest

from bench import entities
from scanner import rules
from scanner.schema import ENTITY_TYPES


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_page_is_current(lang: str) -> None:
    written = (entities.DOCS / entities.PAGES[lang]).read_text("utf-8")
    assert written == entities.page(lang), "run `make entities` and commit the pages"


def test_every_type_of_the_contract_has_a_rule() -> None:
    assert sorted(e.type for e in rules.entities()) == sorted(ENTITY_TYPES)


@pytest.mark.parametrize("entity", rules.entities(), ids=lambda e: e.type)
def test_every_rule_is_whole(entity: rules.Entity) -> None:
    assert set(entity.title) == set(entity.format) == {"zh", "en"}
    assert set(entity.levels) == {"gbt_35273_2020", "gbt_45574_2025", "law_2017"}
    assert entity.source
    assert set(entity.passes) <= set(rules.CHECKS)
    assert entity.passes or entity.kind == "pattern"
    if entity.type not in ("PERSON", "ORGANIZATION", "GEO_COORDINATE"):  # decided by column only
        assert entity.match and entity.reject


def test_every_check_is_explained() -> None:
    assert set(rules.load_toml("checks.toml")) == set(rules.CHECKS)

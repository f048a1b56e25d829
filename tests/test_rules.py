"""The rules folder: found everywhere, examples hold, mistakes are named with file and line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from scanner import keywords, messages, rulecheck, rules
from scanner.api import detect
from scanner.detectors import pattern
from scanner.errors import RuleError
from scanner.schema import ENTITY_TYPES, Note
from scanner.scoring import features, trade

ROOT = Path(__file__).parent.parent


def _forget() -> None:
    """Drop everything that was read from the rules."""
    for cache in (
        rules.entities, rules.entity, rules.rules_sha256, messages._all, trade._weights,
        pattern.patterns, pattern.rule, keywords._groups,
    ):  # fmt: skip
        cache.cache_clear()


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of the rules that a test may spoil."""
    shutil.copytree(ROOT / "rules", tmp_path / "rules")
    rules.data_root.cache_clear()
    _forget()
    monkeypatch.setattr(rules, "data_root", lambda: tmp_path)
    yield tmp_path / "rules"
    monkeypatch.undo()
    _forget()


def test_every_example_holds() -> None:
    assert rulecheck.failures() == []


def test_every_entity_is_in_the_contract() -> None:
    assert {entity.type for entity in rules.entities()} <= set(ENTITY_TYPES)


def test_failing_example_is_named_with_its_line(copy: Path) -> None:
    path = copy / "entities" / "email_address.toml"
    path.write_text(path.read_text("utf-8").replace('"a@b"', '"a@example.com"'), "utf-8")
    line = next(
        i for i, text in enumerate(path.read_text("utf-8").splitlines(), 1) if "a@example.com" in text
    )
    assert rulecheck.failures() == [
        f"rules/entities/email_address.toml:{line}: the reject example is found as EMAIL_ADDRESS"
    ]
    with pytest.raises(RuleError, match="email_address"):
        rulecheck.require()


def test_syntax_error_names_file_and_place(copy: Path) -> None:
    (copy / "entities" / "broken.toml").write_text("type = \n", "utf-8")
    with pytest.raises(RuleError, match=r"rules/entities/broken\.toml.*line 1"):
        rules.entities()


def test_missing_key_is_named(copy: Path) -> None:
    (copy / "entities" / "thin.toml").write_text('type = "VIN"\n', "utf-8")
    with pytest.raises(RuleError, match=r"thin\.toml: the key 'kind' is missing"):
        rules.entities()


WAYBILL = """
type = "CN_WAYBILL"
kind = "pattern"
title = { zh = "运单号", en = "waybill" }
format = { zh = "SF 加 13 位数字", en = "SF and 13 digits" }
source = "an example of this test"
headers = ["运单号"]
anchors = ["SF"]
anywhere = "SF[0-9]{13}"
match = ["快递 SF1234567890123"]
reject = ["XSF1234567890123", "SF12345678901234"]
"""


def test_an_entity_is_one_file(copy: Path) -> None:
    """A newcomer adds an entity by one TOML: it is found, and its examples are checked."""
    path = copy / "entities" / "cn_waybill.toml"
    path.write_text(WAYBILL, "utf-8")
    _forget()
    (found,) = detect("单号SF1234567890123，已签收", reveal=True)
    assert (found.entity_type, found.start, found.end, found.value) == (
        "CN_WAYBILL",
        2,
        17,
        "SF1234567890123",
    )
    assert rulecheck.failures() == []
    path.write_text(WAYBILL.replace("match = [", 'match = ["SF12", '), "utf-8")
    _forget()
    assert rulecheck.failures() == [
        "rules/entities/cn_waybill.toml:10: the match example is not found as CN_WAYBILL"
    ]
    for wrong in (
        "anchors = []",
        'anywhere = "SF["',
        'anywhere = "SF.*"',
        'checks = ["moon"]',
        'kind = "magic"',
        "pattrn = 1",
    ):
        key = wrong.split(" ")[0]
        lines = [line for line in WAYBILL.splitlines() if not line.startswith(f"{key} =")]
        path.write_text("\n".join([*lines, wrong]), "utf-8")
        _forget()
        with pytest.raises(RuleError, match=r"cn_waybill\.toml"):
            detect("SF1234567890123")


def test_weight_without_feature_is_named(copy: Path) -> None:
    with (copy / "scoring" / "trade.toml").open("a", encoding="utf-8") as file:
        file.write('\n[moonphase]\nweight = 3\nzh = "月相"\nen = "moon"\n')
    material = features.Material("x", __import__("scanner.records").records.Tally(), 1, 1, 0)
    with pytest.raises(RuleError, match="moonphase"):
        trade.score(material)


def test_hash_changes_with_any_rule(copy: Path) -> None:
    before = rules.rules_sha256()
    rules.rules_sha256.cache_clear()
    with (copy / "headers.toml").open("a", encoding="utf-8") as file:
        file.write("\n# a comment\n")
    assert rules.rules_sha256() != before


def test_every_message_is_said_in_both_languages() -> None:
    for code, sentences in messages._all().items():
        assert set(sentences) == set(messages.LANGUAGES), code
        fields = [{part.split("}")[0] for part in sentences[lang].split("{")[1:]} for lang in ("zh", "en")]
        assert fields[0] == fields[1], code


def test_every_note_in_the_code_has_its_message() -> None:
    import re

    for path in (ROOT / "scanner").rglob("*.py"):
        pattern = r'(?:Note|UnreadableError|SkippedError)\(\s*"([a-z_]+)"'
        for code in re.findall(pattern, path.read_text("utf-8")):
            assert code == "rows_read" or code in messages._all(), f"{path.name}: {code}"
    assert Note("empty").code in messages._all()

"""`piitrace rules list` and `piitrace rules test`."""

from __future__ import annotations

from scanner import rules
from scanner.messages import default_language
from scanner.rulecheck import failures


def list_command(lang: str) -> int:
    """A table of entities with their source; exit code 0."""
    from rich.console import Console
    from rich.table import Table

    lang = lang or default_language()
    table = Table(
        "type", "实体" if lang == "zh" else "what", "来源" if lang == "zh" else "source", "file", box=None
    )
    for entity in rules.entities():
        table.add_row(entity.type, entity.title.get(lang, ""), entity.source, entity.file)
    Console().print(table)
    return 0


def test_command() -> int:
    """Say which examples fail; exit code 0 where none does, else 1."""
    problems = failures()
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{len(rules.entities())} entities: every example holds")
    return 1 if problems else 0

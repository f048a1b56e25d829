"""`piitrace rules list` and `piitrace rules test`."""

from __future__ import annotations

import sys

from scanner import rules
from scanner.messages import default_language
from scanner.rulecheck import failures


def list_command(lang: str) -> int:
    """A table of entities with their source; exit code 0."""
    from rich.console import Console
    from rich.table import Table

    lang = lang or default_language()
    heads = ("类型", "实体", "来源", "文件") if lang == "zh" else ("type", "what", "source", "file")
    table = Table(*heads, box=None)
    for column in table.columns:
        column.overflow = "fold"
    for entity in rules.entities():
        table.add_row(entity.type, entity.title.get(lang, ""), entity.source, entity.file.rsplit("/", 1)[-1])
    Console(width=None if sys.stdout.isatty() else 160).print(table)
    return 0


def test_command() -> int:
    """Say which examples fail; exit code 0 where none does, else 1."""
    problems = failures()
    for problem in problems:
        print(problem)
    if not problems:
        print(f"{len(rules.entities())} entities: every example holds")
    return 1 if problems else 0

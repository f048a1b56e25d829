"""Rules against their own examples: a rule whose examples fail is refused, naming its file and line."""

from __future__ import annotations

from scanner import rules
from scanner.api import detect
from scanner.errors import RuleError
from scanner.messages import LANGUAGES
from scanner.rules import Entity


def failures() -> list[str]:
    """One sentence for each example that does not hold; empty where all is well."""
    out = []
    for entity in rules.entities():
        for language in LANGUAGES:
            if not entity.title.get(language):
                out.append(f"{entity.file}: the title in {language!r} is missing")
        for text in entity.match:
            if not _finds(entity, text):
                out.append(f"{_place(entity, text)}: the match example is not found as {entity.type}")
        for text in entity.reject:
            if _finds(entity, text):
                out.append(f"{_place(entity, text)}: the reject example is found as {entity.type}")
    return out


def require() -> None:
    """Raise `RuleError` with the first failure."""
    problems = failures()
    if problems:
        raise RuleError(problems[0])


def _finds(entity: Entity, text: str) -> bool:
    return any(found.entity_type == entity.type for found in detect(text))


def _place(entity: Entity, text: str) -> str:
    lines = (rules.data_root() / entity.file).read_text("utf-8").splitlines()
    number = next((i for i, line in enumerate(lines, 1) if text in line), 1)
    return f"{entity.file}:{number}"

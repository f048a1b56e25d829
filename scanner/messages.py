"""Sentences for codes, in Chinese and English, from `rules/`."""

from __future__ import annotations

import locale
import os
from functools import cache
from typing import Any

from scanner.errors import RuleError

LANGUAGES = ("zh", "en")


@cache
def _all() -> dict[str, dict[str, str]]:
    from scanner import rules  # not at the top: it needs NumPy, and the language is asked for earlier

    return rules.load_toml("messages.toml")


def say(code: str, lang: str, params: dict[str, Any] | None = None) -> str:
    """The sentence for a code.

    >>> say("empty", "en")
    'the file is empty'
    """
    try:
        return _all()[code][lang].format(**(params or {}))
    except KeyError as error:
        raise RuleError(
            f"rules/messages.toml: {error} is missing for {code!r} in {lang!r}; add it"
        ) from error


def default_language() -> str:
    """The language of the user's locale: Chinese where it says so, else English."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name, "")
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"

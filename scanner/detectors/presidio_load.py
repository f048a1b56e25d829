"""Recognizers of Presidio by name: a class, a registry in YAML, or a settings file that names both.

    recognizers = ["acme.recognizers:StaffNumber", "registry.yaml"]   # settings file, TOML
    language = "zh"

    [kinds]                                # what their names mean here; "" for what is not wanted
    PHONE_NUMBER = "CN_MOBILE_NUMBER"
    DATE_TIME = ""

A registry is the file of Presidio's own `RecognizerRegistryProvider`. It is loaded as it is; where its
names are entity types here too, nothing else is needed. A relative path is looked for beside the
settings file.

>>> [one.name for one in load("presidio_analyzer.predefined_recognizers:IpRecognizer")]
['IpRecognizer']
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scanner.detectors.presidio import Enabled, enable
from scanner.errors import PiitraceError, RuleError, UsageError

if TYPE_CHECKING:
    from presidio_analyzer import EntityRecognizer

_REGISTRY = (".yaml", ".yml")
_SETTINGS: dict[str, type[Any]] = {"recognizers": list, "language": str, "kinds": dict}


@cache
def load_file(path: Path) -> Enabled:
    """The recognizers of a registry (.yaml) or a settings file (.toml), put to use; loaded once in a process.

    Raises `RuleError`, which names the file and what is wrong in it.
    """
    try:
        settings: dict[str, Any] = (
            {"recognizers": [path.name]} if path.suffix in _REGISTRY else _settings(path)
        )
        language = settings.get("language", "zh")
        found = [one for name in settings["recognizers"] for one in load(name, language, path.parent)]
        return enable(found, settings.get("kinds"), language=language)
    except PiitraceError as error:
        raise RuleError(str(error) if str(path) in str(error) else f"{path}: {error}") from error


def _settings(path: Path) -> dict[str, Any]:
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleError(f"{path}: {error}") from error
    for key, value in settings.items():
        if not _is_right(key, value):
            raise RuleError(
                f"{path}: {key!r} is wrong; the keys are recognizers (a list), language and [kinds]"
            )
    if not settings.get("recognizers"):
        raise RuleError(f'{path}: name the recognizers: recognizers = ["package.module:Class"]')
    return settings


def _is_right(key: str, value: Any) -> bool:
    kind = _SETTINGS.get(key)
    if kind is None or not isinstance(value, kind):
        return False
    return all(isinstance(one, str) for one in (value.values() if kind is dict else value))


def load(name: str, language: str = "zh", folder: Path | None = None) -> list[EntityRecognizer]:
    """The recognizers that `name` stands for: "package.module:Class", or the path of a registry.

    A class is made with `supported_language=language`; of a registry, the recognizers of that language are
    taken. `folder` is where a relative path begins. Raises `UsageError` or `RuleError`.
    """
    if name.endswith(_REGISTRY):
        return _registry((folder or Path()) / name, language)
    return [_recognizer(name, language)]


def _recognizer(name: str, language: str) -> EntityRecognizer:
    """The instance that a dotted path leads to, or one of the class that it leads to."""
    from presidio_analyzer import EntityRecognizer

    module, _, attribute = name.partition(":")
    if not module or not attribute:
        raise UsageError(
            f'{name!r} is no recognizer; write "package.module:Class" or the path of a .yaml file'
        )
    try:
        found = getattr(import_module(module), attribute)
    except (ImportError, AttributeError) as error:
        raise UsageError(f"{name}: {error}; is the package installed where piitrace runs?") from error
    if isinstance(found, type) and issubclass(found, EntityRecognizer):
        try:
            found = found(supported_language=language)
        except Exception as error:  # the border to code of others
            raise UsageError(
                f"{name} cannot be made with supported_language={language!r}: {error}; "
                "make an instance in a module of yours and name that"
            ) from error
    if not isinstance(found, EntityRecognizer):
        raise UsageError(f"{name} is neither a Presidio EntityRecognizer nor a class of them")
    return found


def _registry(path: Path, language: str) -> list[EntityRecognizer]:
    """The recognizers of a registry file. Presidio itself takes its default registry for a missing file."""
    from presidio_analyzer.recognizer_registry import RecognizerRegistryProvider

    if not path.is_file():
        raise RuleError(f"{path}: there is no such file; give the path of a Presidio recognizer registry")
    try:
        registry = RecognizerRegistryProvider(conf_file=path).create_recognizer_registry()
    except Exception as error:  # Presidio's checks, its loader, and the constructors of recognizers
        reason = " ".join(str(error.__cause__ or error).split())
        raise RuleError(f"{path}: Presidio refuses this registry: {reason}") from error
    found = [one for one in registry.recognizers if one.supported_language == language]
    if not found:
        has = sorted({str(one.supported_language) for one in registry.recognizers})
        raise RuleError(
            f"{path}: no recognizer for {language!r}, only for {', '.join(has)}; add it to supported_languages"
        )
    return found

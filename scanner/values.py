"""Values at the edge: masked for the eye, and as keyed fingerprints for comparing.

A fingerprint is HMAC-SHA-256 over type and canonical value, cut to 64 bits, under a key that belongs to
the user: an eleven-digit number can be guessed from a plain hash in seconds.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import sys
from pathlib import Path

from scanner.errors import UsageError
from scanner.schema import CONTEXT, ENTITY_TYPES
from scanner.text import WRITTEN_DIGITS, fold

_OPEN = tuple(ENTITY_TYPES[kind] for kind in CONTEXT)
_LOOKALIKES = {ord("O"): "0", ord("o"): "0", ord("l"): "1", ord("I"): "1", **WRITTEN_DIGITS}


def canonical(entity_type: str, text: str) -> str:
    """The form in which equal values are equal: look-alikes folded, separators and country code gone.

    >>> canonical("CN_MOBILE_NUMBER", "+86 197-8337-1234")
    '19783371234'
    """
    plain = fold(text).strip()
    if entity_type in ("CREDENTIAL", "CN_ADDRESS", "ORGANIZATION"):
        return plain
    if entity_type in ("EMAIL_ADDRESS", "CN_WECHAT_ID"):
        return plain.lower()
    if entity_type == "PERSON":
        return re.sub(r"\s+", "", plain.upper())
    if entity_type == "CN_MOBILE_NUMBER":
        return _figures(plain)[-11:]
    if entity_type == "CN_LANDLINE_NUMBER":
        return re.sub(r"\D", "", plain)
    return re.sub(r"[\s\-.·•()（）:]", "", plain.upper())


def _figures(text: str) -> str:
    """The digits of a phone, written ones and look-alike letters read as digits; stars stay."""
    return re.sub(r"[\s\-.+]", "", text.translate(_LOOKALIKES))


def mask(entity_type: str, text: str) -> str:
    """A value with its middle hidden; never more than seven characters of a number stay.

    >>> mask("CN_MOBILE_NUMBER", "19783371234"), mask("PERSON", "张三"), mask("EMAIL_ADDRESS", "li@example.com")
    ('197****1234', '张*', 'l***@example.com')
    """
    value = canonical(entity_type, text)
    if entity_type in _OPEN:
        return value
    if entity_type == "CREDENTIAL":
        return "******"
    if entity_type == "PERSON":
        return value[:1] + "*" * max(len(value) - 1, 1)
    if entity_type == "EMAIL_ADDRESS":
        local, _, domain = value.partition("@")
        return f"{local[:1]}***@{domain}"
    if entity_type == "CN_ADDRESS":
        return value[: 6 if len(value) >= 12 else 1] + "***"
    if entity_type in ("CN_RESIDENT_ID", "CN_RESIDENCE_PERMIT"):
        return value[:6] + "*" * (len(value) - 7) + value[-1:]
    if len(value) >= 11:
        return value[:3] + "*" * (len(value) - 7) + value[-4:]
    return value[:1] + "*" * max(len(value) - 1, 1)


def fingerprint(key: bytes, entity_type: str, text: str) -> str:
    """Sixteen hex digits that are equal for equal values under the same key."""
    message = f"{entity_type}\0{canonical(entity_type, text)}".encode("utf-8", "replace")
    return hmac.new(key, message, hashlib.sha256).hexdigest()[:16]


def key_file() -> Path:
    """Where the user's key is kept; `PIITRACE_KEY_FILE` overrides it."""
    given = os.environ.get("PIITRACE_KEY_FILE")
    if given:
        return Path(given)
    if sys.platform == "win32":
        base = Path(os.environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    else:
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "piitrace" / "fingerprint.key"


def load_key(path: Path | None = None) -> bytes:
    """The key, made at first use with mode 0600; where no file can be kept, a key for this run only."""
    path = path or key_file()
    try:
        key = path.read_bytes()
    except FileNotFoundError:
        return _new_key(path)
    except OSError as error:
        raise UsageError(
            f"the fingerprint key {path} cannot be read ({error.strerror}); correct its mode"
        ) from error
    if len(key) < 16:
        raise UsageError(
            f"the fingerprint key {path} is shorter than 16 bytes; remove the file to have a new one"
        )
    return key


def _new_key(path: Path) -> bytes:
    key = secrets.token_bytes(32)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another scan made it meanwhile
        return path.read_bytes()
    except OSError:
        return key
    with os.fdopen(handle, "wb") as file:
        file.write(key)
    return key

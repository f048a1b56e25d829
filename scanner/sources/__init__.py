"""Sources give bytes and say where they came from; nothing here writes, not even an access time."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scanner.schema import Source

_BLOCK = 1 << 20


def sha256(source: Source) -> str:
    """Hash of the whole item, as lower-case hex."""
    digest = hashlib.sha256()
    with source.open() as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def stamp(source: Source) -> tuple[int, int] | None:
    """Size and time of change (ns) of a file, to see whether it changes while it is read."""
    path: Path | None = getattr(source, "path", None)
    if path is None:
        return None
    try:
        info = os.stat(path)
    except OSError:
        return (-1, -1)
    return info.st_size, info.st_mtime_ns

"""What the tests of readers share: a source that is a file."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO


class FileSource:
    """A file on disk as a `scanner.schema.Source`."""

    def __init__(self, path: str | Path, span: tuple[int, int] | None = None) -> None:
        self.path = Path(path)
        self.name = self.path.name
        self.origin = str(self.path)
        self.size = self.path.stat().st_size
        self.span = span

    def open(self) -> BinaryIO:
        """A new stream from the beginning."""
        return self.path.open("rb")

    def head(self) -> bytes:
        """The first 64 KiB."""
        with self.open() as stream:
            return stream.read(1 << 16)

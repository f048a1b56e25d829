"""Standard input as one source: kept in memory, or beyond 64 MiB in an unnamed temporary file."""

from __future__ import annotations

import io
import shutil
import tempfile
from dataclasses import dataclass
from typing import IO, Any, BinaryIO, cast

HEAD = 1 << 16
IN_MEMORY = 64 << 20


@dataclass(frozen=True, slots=True)
class Stdin:
    """What came through a pipe; `origin` is "-"."""

    data: bytes | None
    file: IO[bytes] | None
    size: int
    name: str = "-"
    origin: str = "-"
    span: tuple[int, int] | None = None

    def open(self) -> BinaryIO:
        """A new stream from the beginning."""
        if self.file is None:
            return io.BytesIO(self.data or b"")
        return cast(BinaryIO, io.BufferedReader(_Again(self.file)))

    def head(self) -> bytes:
        """The first 64 KiB."""
        return self.open().read(HEAD)


class _Again(io.RawIOBase):
    """A view of the shared temporary file with a position of its own."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__()
        self._file, self._at = file, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = 0) -> int:
        base = (0, self._at)[whence] if whence < 2 else self._file.seek(0, 2)
        self._at = base + offset
        return self._at

    def readinto(self, buffer: Any) -> int:
        self._file.seek(self._at)
        data = self._file.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def take(stream: BinaryIO) -> Stdin:
    """Read everything from `stream`."""
    first = stream.read(IN_MEMORY)
    if len(first) < IN_MEMORY:
        return Stdin(first, None, len(first))
    file = tempfile.TemporaryFile()
    file.write(first)
    shutil.copyfileobj(stream, file)
    return Stdin(None, file, file.tell())

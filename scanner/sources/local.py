"""Files and folders of this machine, in a fixed order, opened read-only.

What is no file to read (a symbolic link, a FIFO, a device) still comes out, as an item with its reason.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from scanner.errors import SkippedError, UnreadableError, UsageError

HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class LocalFile:
    """A file, or a byte range of one. `origin` is its path as the user wrote it, with "/" between parts."""

    path: Path
    origin: str
    size: int
    span: tuple[int, int] | None = None

    @property
    def name(self) -> str:
        """Last part of the path."""
        return self.path.name

    def open(self) -> BinaryIO:
        """A new stream; raises `UnreadableError` where the system refuses."""
        try:
            return open(self.path, "rb", opener=_open_quietly)
        except OSError as error:
            raise unreadable(error) from error

    def head(self) -> bytes:
        """The first 64 KiB."""
        with self.open() as stream:
            return stream.read(HEAD)

    def part(self, first: int, stop: int) -> LocalFile:
        """The bytes from `first` to `stop` of the same file."""
        return replace(self, span=(first, stop))


@dataclass(frozen=True, slots=True)
class NotAFile:
    """Something met on the way that cannot be scanned, with the error that says why."""

    origin: str
    error: UnreadableError


def _open_quietly(path: str, flags: int) -> int:
    """Open without touching the access time where the system allows (owner or root on Linux)."""
    quiet = getattr(os, "O_NOATIME", 0)
    try:
        return os.open(path, flags | quiet | getattr(os, "O_NONBLOCK", 0))
    except PermissionError:
        if not quiet:
            raise
        return os.open(path, flags)


def unreadable(error: OSError) -> UnreadableError:
    """The precise error for a refusal of the operating system."""
    if isinstance(error, PermissionError):
        return UnreadableError("no_permission")
    if isinstance(error, FileNotFoundError):
        return UnreadableError("vanished")
    return UnreadableError(
        "os_error", detail=(os.strerror(error.errno) if error.errno else type(error).__name__)
    )


def show(path: Path) -> str:
    """A path as text for reports: names in GBK bytes are read as such, other bytes and controls escaped.

    A file may be named so that it moves the cursor or turns the writing direction of a terminal.
    """
    text = path.as_posix()
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        raw = os.fsencode(text)
        try:
            text = raw.decode("gb18030")
        except UnicodeDecodeError:
            text = raw.decode("utf-8", "backslashreplace")
    return _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def walk(paths: Sequence[Path]) -> Iterator[LocalFile | NotAFile]:
    """Every file under `paths`, each folder in the order of its names; a missing path is a `UsageError`."""
    for path in paths:
        if not os.path.lexists(path):
            raise UsageError(f"no such file or folder: {show(path)}; check the path")
    seen: set[tuple[int, int]] = set()
    for path in paths:
        yield from _visit(path, seen, given=True)


def _visit(path: Path, seen: set[tuple[int, int]], given: bool = False) -> Iterator[LocalFile | NotAFile]:
    try:
        info = path.stat() if given else path.lstat()
    except OSError as error:
        yield NotAFile(show(path), unreadable(error))
        return
    if stat.S_ISDIR(info.st_mode):
        yield from _folder(path, info, seen)
    elif stat.S_ISREG(info.st_mode):
        yield LocalFile(path, show(path), info.st_size)
    else:
        yield NotAFile(show(path), SkippedError("special_file", kind=_kind(info.st_mode)))


def _folder(path: Path, info: os.stat_result, seen: set[tuple[int, int]]) -> Iterator[LocalFile | NotAFile]:
    here = (info.st_dev, info.st_ino)
    if info.st_ino and here in seen:
        yield NotAFile(show(path), SkippedError("seen_before"))
        return
    if getattr(info, "st_reparse_tag", 0):  # a junction on Windows may lead back up
        yield NotAFile(show(path), SkippedError("special_file", kind="junction"))
        return
    seen.add(here)
    try:
        names = sorted(os.listdir(path))
    except OSError as error:
        yield NotAFile(show(path), unreadable(error))
        return
    for name in names:
        yield from _visit(path / name, seen)


def _kind(mode: int) -> str:
    for test, kind in (
        (stat.S_ISLNK, "symbolic link"),
        (stat.S_ISFIFO, "FIFO"),
        (stat.S_ISSOCK, "socket"),
        (stat.S_ISCHR, "device"),
        (stat.S_ISBLK, "device"),
    ):
        if test(mode):
            return kind
    return "special file"

"""Byte ranges of a large text, cut at line ends outside quotes, while the whole is hashed.

The size of a range is fixed: results must not depend on the number of workers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from scanner import sources
from scanner.sources.local import LocalFile

RANGE = 4 << 20
"""Bytes of a range: 0.1 s of work for a worker; the end of a scan waits for one at most."""
_BLOCK = 1 << 20


class Cutter:
    """Iterate to get the ranges; afterwards `sha256` is the hash of the file."""

    def __init__(self, source: LocalFile) -> None:
        self.source = source
        self.sha256: str | None = None
        self._before = sources.stamp(source)

    def has_changed(self) -> bool:
        """Whether size or time of the file are not what they were at the start."""
        return sources.stamp(self.source) != self._before

    def __iter__(self) -> Iterator[LocalFile]:
        digest = hashlib.sha256()
        first, at, odd = 0, 0, False
        with self.source.open() as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
                if at + len(block) - first >= RANGE:
                    cut = _line_end(block, max(first + RANGE - at, 0), odd)
                    if cut:
                        yield self.source.part(first, at + cut)
                        first = at + cut
                odd ^= block.count(b'"') & 1 == 1
                at += len(block)
        if at > first:
            yield self.source.part(first, at)
        self.sha256 = digest.hexdigest()


def _line_end(block: bytes, at: int, odd: bool) -> int:
    """Place after the first line end from `at` on that no open quote encloses; 0 where there is none."""
    odd ^= block.count(b'"', 0, at) & 1 == 1
    while True:
        end = block.find(b"\n", at) + 1
        if not end:
            return 0
        odd ^= block.count(b'"', at, end) & 1 == 1
        if not odd:
            return end
        at = end

"""A text as UTF-8 blocks of whole lines, whatever its encoding."""

from __future__ import annotations

import codecs
from collections.abc import Iterator

from scanner.schema import Source
from scanner.text import decode

BLOCK = 1 << 21
HEAD = 1 << 16
LONGEST = 8 << 20
"""A record longer than this is no record but a stray quote, or a file without line ends."""


def whole_lines(head: bytes, size: int, encoding: str) -> bytes:
    if size <= len(head) and len(head) < HEAD:
        return head
    if encoding.startswith("utf-16"):
        mark = "\n".encode("utf-16-be" if encoding == "utf-16-be" or head[:2] == b"\xfe\xff" else "utf-16-le")
        at = head.rfind(mark)
        while at > 0 and at % 2:
            at = head.rfind(mark, 0, at)
        return head[: at + 2] if at > 0 else head[: len(head) & ~1]
    at = head.rfind(b"\n")
    return head[: at + 1] if at >= 0 else head


def blocks(source: Source, encoding: str) -> Iterator[bytes]:
    """UTF-8 blocks that end at a line end (the last may not); the first is the head's whole lines."""
    first, last = source.span or (0, source.size)
    if encoding.startswith(("utf-16", "utf-32")):
        yield from _transcoded(source, encoding)
        return
    with source.open() as stream:
        if first:
            stream.seek(first)
        left = last - first if source.span else None
        rest, want = b"", HEAD if first == 0 else BLOCK
        while True:
            raw = stream.read(want if left is None else min(want, left))
            if left is not None:
                left -= len(raw)
            if not raw:
                break
            at = raw.rfind(b"\n") + 1
            want = BLOCK
            if not at:
                rest += raw
                if len(rest) > LONGEST:
                    cut = _between_words(rest)
                    yield to_utf8(rest[:cut], encoding)
                    rest = rest[cut:]
                continue
            yield to_utf8(rest + raw[:at], encoding)
            rest = raw[at:]
        if rest:
            yield to_utf8(rest, encoding)


def _between_words(raw: bytes) -> int:
    """A place near the end of a very long line where no number or word is cut."""
    for sign in b' ,;|\t"':
        at = raw.rfind(bytes([sign]), len(raw) - (1 << 12))
        if at > 0:
            return at + 1
    return len(raw)


def to_utf8(raw: bytes, encoding: str) -> bytes:
    if encoding in ("utf-8", "utf-8-sig"):
        if raw.startswith(codecs.BOM_UTF8):
            raw = raw[3:]
        if raw.isascii():
            return raw
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return decode(raw, "utf-8").encode("utf-8", "replace")
        return raw
    if raw.isascii():
        return raw
    return decode(raw, encoding).encode("utf-8", "replace")


def _transcoded(source: Source, encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    with source.open() as stream:
        rest, want = "", HEAD
        while raw := stream.read(want):
            text = rest + decoder.decode(raw)
            want = BLOCK
            at = text.rfind("\n") + 1
            if at:
                yield text[:at].encode("utf-8", "replace")
            rest = text[at:]
        rest += decoder.decode(b"", True)
        if rest:
            yield rest.lstrip("\ufeff").encode("utf-8", "replace")

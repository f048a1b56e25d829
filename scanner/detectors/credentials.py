"""Secrets that log somebody in: what follows "密码：" or `password=`, and cells of a column of passwords.

In code such a word is followed by a type, a variable or a sentence; these are no secrets. What a person
types has no blank and mixes letters with digits or signs, or is at least six digits.

>>> data = np.frombuffer(b"Yz8#kq2LmP string ", np.uint8)
>>> secrets(data, np.array([0, 0]), np.array([0, 11]), np.array([18, 18]), False, 0).end.tolist()
[10]
"""

from __future__ import annotations

from functools import cache

import numpy as np

from scanner import rules
from scanner.digits import byte_at
from scanner.distinct import is_one_of
from scanner.schema import HASHED, KIND, PLACEHOLDER, Bytes, Flags, Index, Spans
from scanner.text import hash_spans

LONGEST = 64
"""Bytes of the longest secret; 128 hex digits of a SHA-512 are longer and no secret to type."""

_STOP = np.ones(256, np.bool_)
_STOP[0x21:0x7F] = False
_STOP[list(b"\"'`,;<>(){}[]|")] = True


def secrets(data: Bytes, cell: Index, start: Index, limit: Index, whole: bool, today: int) -> Spans:
    """Spans of secrets that begin at `start`; `today` is not asked."""
    end = _end(data, start, limit, whole)
    size = end - start
    kinds = _classes(data, start, end)
    digits_only = kinds == 1
    good = (size >= 4) & (size <= LONGEST)
    if whole:
        good &= end == limit
    else:
        good &= ((kinds & 1 > 0) & (kinds & ~1 > 0) | (kinds & 4 > 0) & (kinds & 3 > 0) | digits_only) & (
            size >= 6
        )
        good &= ~_is_code(data, start, end)
    cell, start, end, size = cell[good], start[good], end[good], size[good]
    flags = np.where(_is_listed(data, start, end), PLACEHOLDER, 0)
    flags = np.where(_is_hex(data, start, end), HASHED, flags)
    key = hash_spans(data, start, end)
    score = rules.entity("CREDENTIAL").score
    return Spans.make(cell, start, end, KIND["CREDENTIAL"], rules.BIT["form"], score, flags, key)


def _end(data: Bytes, start: Index, limit: Index, whole: bool) -> Index:
    """Where the run of signs ends that a secret may have; in a cell it may hold quotes and brackets."""
    end = start.copy()
    for i in range(LONGEST + 1):
        byte = byte_at(data, start + i)
        stop = (byte < 0x21) | (byte > 0x7E) if whole else _STOP[byte]
        more = (end == start + i) & (end < limit) & ~stop
        if not more.any():
            break
        end[more] += 1
    return end


def _classes(data: Bytes, start: Index, end: Index) -> Index:
    """Bits of what is in each run: 1 digits, 2 letters, 4 signs."""
    out = np.zeros(len(start), np.int64)
    for i in range(int((end - start).max(initial=0))):
        byte = byte_at(data, start + i)
        inside = start + i < end
        digit = (byte >= 0x30) & (byte <= 0x39)
        letter = ((byte | 0x20) >= 0x61) & ((byte | 0x20) <= 0x7A)
        out |= inside * np.where(digit, 1, np.where(letter, 2, 4))
    return out


def _is_code(data: Bytes, start: Index, end: Index) -> Flags:
    """Variables, masks and paths: `${PASS}`, `os.environ`, `******`, `user.password`, `/etc/x`."""
    first = byte_at(data, start)
    out = is_one_of(first, b"$*%/\\&=!-")
    for i in np.flatnonzero(~out):
        text = data[start[i] : end[i]].tobytes()
        figures = any(48 <= b < 58 for b in text)
        out[i] = b"**" in text or text.startswith(b"http") or (not figures and (b"." in text or b"_" in text))
    return np.asarray(out)


@cache
def _listed() -> frozenset[bytes]:
    return frozenset(value.encode() for value in rules.entity("CREDENTIAL").placeholders)


def _is_listed(data: Bytes, start: Index, end: Index) -> Flags:
    short = np.flatnonzero(end - start <= 10)
    out = np.zeros(len(start), np.bool_)
    for i in short:
        out[i] = data[start[i] : end[i]].tobytes().lower() in _listed()
    return out


def _is_hex(data: Bytes, start: Index, end: Index) -> Flags:
    """Runs of 32, 40 or 64 hex digits: hashes."""
    ok = is_one_of(end - start, (32, 40, 64))
    for i in range(64):
        at = np.flatnonzero(ok & (start + i < end))
        if not len(at):
            break
        byte = byte_at(data, start[at] + i) | 0x20
        ok[at] = ((byte >= 0x30) & (byte <= 0x39)) | ((byte >= 0x61) & (byte <= 0x66))
    return ok

"""Public IP addresses and MAC addresses.

IPv4 and MAC addresses are read as matrices at chains of dots or colons, IPv6 (rare) one by one. Addresses that
belong to no one in particular are not reported: private, loopback, link-local, multicast, documentation and
other special ranges (IANA registries, RFC 6890), and four-part version numbers after "v" or "version".

>>> from scanner import keywords
>>> cells = Cells.from_strings(["203.119.25.1 and 192.168.1.1, 3C:5A:B4:12:34:56"], 1)
>>> found = detect(cells, Planes(cells.data), keywords.scan(cells.data))
>>> found.start.tolist(), found.end.tolist()
([0, 30], [12, 47])
"""

from __future__ import annotations

from functools import cache

import numpy as np

from scanner import digits, rules
from scanner.digits import Plane, Planes, ahead, behind, byte_at
from scanner.keywords import Hits
from scanner.schema import KIND, Bytes, Cells, Flags, Index, Spans
from scanner.text import hash_spans

_SPECIAL = (
    ("0.0.0.0", 8), ("10.0.0.0", 8), ("100.64.0.0", 10), ("127.0.0.0", 8), ("169.254.0.0", 16),
    ("172.16.0.0", 12), ("192.0.0.0", 24), ("192.0.2.0", 24), ("192.88.99.0", 24), ("192.168.0.0", 16),
    ("198.18.0.0", 15), ("198.51.100.0", 24), ("203.0.113.0", 24), ("224.0.0.0", 3),
)  # fmt: skip
"""IPv4 ranges that are nobody's (RFC 6890); the last is multicast, reserved and broadcast together."""


def detect(cells: Cells, planes: Planes, hits: Hits) -> Spans:
    """All public addresses of a table."""
    if not len(cells):
        return Spans.empty()
    anchors = hits.anchors()
    parts = [_ipv4(cells.data, planes), _mac(cells.data, planes), _ipv6(cells.data, planes, anchors)]
    return digits.locate(cells, Spans.concat([part for part in parts if len(part)]))


def _next(bits: Plane) -> Plane:
    """Another bit two to four places further on."""
    return ahead(bits, 2) | ahead(bits, 3) | ahead(bits, 4)


def _ipv4(data: Bytes, planes: Planes) -> Spans:
    dots = planes.dot & behind(planes.digit, 1) & ahead(planes.digit, 1)
    for _ in range(2):
        dots = dots & _next(dots)
        if not dots.any():
            return Spans.empty()
    first = digits.positions(dots, planes.size)
    start = first.copy()
    for back in (1, 2, 3):
        byte = byte_at(data, first - back)
        start -= (start == first - back + 1) & (byte >= 0x30) & (byte <= 0x39)
    end, value = _octets(data, start)
    good = (end > start) & digits.is_alone(data, start, end) & ~_special(value) & ~_is_version(data, start)
    after = byte_at(data, end + 1)
    good &= (byte_at(data, end) != 0x2E) | (after < 0x30) | (after > 0x39)  # 1.2.3.4.0 has five parts
    start, end, value = start[good], end[good], value[good]
    bits = rules.BIT["form"]
    return Spans.make(start, start, end, KIND["IP_ADDRESS"], bits, 0.7, 0, value.astype(np.uint64))


def _octets(data: Bytes, start: Index) -> tuple[Index, Index]:
    """Ends and values of dotted quads; an end equal to `start` is none."""
    value, part, octet, size = (np.zeros(len(start), np.int64) for _ in range(4))
    good, live = np.ones(len(start), np.bool_), np.ones(len(start), np.bool_)
    end = start.copy()
    for i in range(16):
        byte = byte_at(data, start + i).astype(np.int64)
        digit, dot = live & (byte >= 0x30) & (byte <= 0x39), live & (byte == 0x2E) & (part < 3) & (size > 0)
        good &= ~(digit & (size == 1) & (octet == 0))  # no leading zeros
        octet = np.where(digit, octet * 10 + byte - 48, octet)
        size = np.where(digit, size + 1, size)
        good &= octet <= 255
        value = np.where(dot, value * 256 + octet, value)
        part, octet, size = part + dot, np.where(dot, 0, octet), np.where(dot, 0, size)
        live = digit | dot
        end = np.where(live, start + i + 1, end)
    good &= (part == 3) & (size > 0)
    return np.where(good, end, start), value * 256 + octet


@cache
def _ranges() -> list[tuple[int, int]]:
    out = []
    for address, bits in _SPECIAL:
        low = int.from_bytes(bytes(int(part) for part in address.split(".")), "big")
        out.append((low, low + (1 << (32 - bits)) - 1))
    return out


def _special(value: Index) -> Flags:
    out = np.zeros(len(value), np.bool_)
    for low, high in _ranges():
        out |= (value >= low) & (value <= high)
    return out


def _is_version(data: Bytes, start: Index) -> Flags:
    """Whether "version" or "ver" stands before, with one sign or none between."""
    out = np.zeros(len(start), np.bool_)
    for i, at in enumerate(start.tolist()):
        before = data[max(at - 12, 0) : at].tobytes().lower().rstrip(b" :=\"'/")
        out[i] = before.endswith((b"version", b"ver", b"build", b"chrome", b"safari", b"firefox", b"edge"))
    return out


def _mac(data: Bytes, planes: Planes) -> Spans:
    """Five signs, three places from each other, between letters and digits."""
    sign = planes.sign
    chain = sign
    for step in (3, 6, 9, 12):
        chain = chain & ahead(sign, step)
        if not chain.any():
            return Spans.empty()
    at = digits.positions(chain, planes.size)
    byte = data[at]
    at = at[((byte == 0x3A) | (byte == 0x2D)) & (at >= 2) & (at + 15 <= len(data))]
    return _mac_at(data, at - 2) if len(at) else Spans.empty()


_NO_MAC = np.uint64(0x02_00_00_00_00_00)
"""What Android tells every app since version 6 instead of the address."""


def _mac_at(data: Bytes, start: Index) -> Spans:
    pairs = data[start[:, None] + np.arange(17)]
    hexes = np.delete(pairs, [2, 5, 8, 11, 14], axis=1)
    folded = hexes | 0x20
    digit, letter = (hexes >= 0x30) & (hexes <= 0x39), (folded >= 0x61) & (folded <= 0x66)
    nibble = np.where(digit, hexes - np.uint8(48), folded - np.uint8(87)).astype(np.uint64)
    value = np.zeros(len(start), np.uint64)
    for i in range(12):
        value = value << np.uint64(4) | nibble[:, i]
    same = (pairs[:, [2, 5, 8, 11, 14]] == pairs[:, 2:3]).all(axis=1)
    good = (digit | letter).all(axis=1) & same & digits.is_alone(data, start, start + 17)
    for side in (byte_at(data, start - 1), byte_at(data, start + 17)):
        good &= side != pairs[:, 2]
    good &= (value != 0) & (value != _NO_MAC)
    good &= nibble[:, 1] & np.uint64(1) == 0  # not multicast or broadcast
    start, value = start[good], value[good]
    return Spans.make(start, start, start + 17, KIND["MAC_ADDRESS"], rules.BIT["form"], 0.7, 0, value)


def _full(data: Bytes, planes: Planes) -> Index:
    """Places of colons with three more, five places from each other."""
    sign = planes.sign
    chain = sign & ahead(sign, 5)
    if not chain.any():
        return np.empty(0, np.int64)
    chain = chain & ahead(sign, 10)
    if not chain.any():
        return np.empty(0, np.int64)
    at = digits.positions(chain & ahead(sign, 15), planes.size)
    return np.asarray(at[data[at] == 0x3A])


_HEX = frozenset(b"0123456789abcdefABCDEF:.")


def _ipv6(data: Bytes, planes: Planes, hits: Hits) -> Spans:
    """Global addresses that are shortened by "::", and those of eight groups of four digits."""
    at = np.concatenate([hits.start[hits.kind == KIND["IP_ADDRESS"]], _full(data, planes)])
    found = []
    last = -1
    for place in np.sort(at).tolist():
        if place < last:
            continue
        start, end = place, place
        while start > 0 and data[start - 1] in _HEX and place - start < 40:
            start -= 1
        while end < len(data) and data[end] in _HEX and end - place < 40:
            end += 1
        last = end
        if _is_global(data[start:end].tobytes().rstrip(b".:")):
            found.append((start, start + len(data[start:end].tobytes().rstrip(b".:"))))
    if not found:
        return Spans.empty()
    start_, end_ = np.array(found, np.int64).T
    alone = digits.is_alone(data, start_, end_)
    start_, end_ = start_[alone], end_[alone]
    key = hash_spans(data, start_, end_, lower=True)
    return Spans.make(start_, start_, end_, KIND["IP_ADDRESS"], rules.BIT["form"], 0.7, 0, key)


def _is_global(raw: bytes) -> bool:
    """An IPv6 address of the global unicast range 2000::/3 that is not special."""
    from ipaddress import IPv6Address

    try:
        address = IPv6Address(raw.decode())
    except ValueError:
        return False
    return address.is_global and int(address) >> 125 == 1

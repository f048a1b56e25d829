"""Made-up values for demos, tests and benchmarks: well-formed, and nobody's.

Phones come from seven-digit blocks that no published table knows (FACTS E), IDs from a district that was
abolished in 1986 (燕山区 110110) with later birth dates, cards from the range of a published test card with
a valid check digit, plates of a letter that is no longer issued, chassis numbers whose check fails, mail
addresses of made-up domains. The same seed gives the same values.

>>> Values(1).phone() == Values(1).phone()
True
"""

from __future__ import annotations

import random

BLOCKS = ((1978337, 1979999), (1628999, 1629983), (1493017, 1493964), (1934000, 1934835), (1908033, 1908656),
          (1961380, 1962009), (1925577, 1926150))  # fmt: skip
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰红梅鑫宇浩然子轩雨涵梓欣怡佳琪晨阳思远文博天佑嘉诚雅婷诗琳俊峰志远建国海燕晓东春梅立新"
ESTATES = ("翡翠湾", "云锦花园", "星河湾一期", "金色阳光城", "御景华庭", "碧水云天", "东方明珠苑", "紫荆名都")
SCHOOLS = ("星河小学", "云锦实验小学", "第一中学", "育才学校", "东湖小学", "晨光中学")
ROADS = ("星河路", "云锦大道", "翡翠街", "东湖路", "明月巷", "望江路", "文汇街")
CARS = ("大众朗逸", "丰田卡罗拉", "本田雅阁", "比亚迪秦", "别克英朗", "宝马320", "奥迪A4L")
OUTCOMES = (
    "空号",
    "挂了",
    "不需要",
    "已装修",
    "有意向",
    "无人接听",
    "停机",
    "再联系",
    "加微信",
    "关机",
    "不用",
)
_VIN_SIGNS = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
_VIN_VALUES = dict(
    zip(_VIN_SIGNS, [*range(10), *range(1, 9), 1, 2, 3, 4, 5, 7, 9, *range(2, 10)], strict=True)
)
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Values:
    """A seeded source of made-up values."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)

    def pick(self, options: tuple[str, ...] | str) -> str:
        """One of the options."""
        return options[self.random.randrange(len(options))]

    def name(self) -> str:
        """A name of two or three characters."""
        given = self.pick(GIVEN) + (self.pick(GIVEN) if self.random.random() < 0.8 else "")
        return self.pick(SURNAMES) + given

    def phone(self) -> str:
        """Eleven digits, in an allotted code and an unknown block."""
        low, high = BLOCKS[self.random.randrange(len(BLOCKS))]
        return f"{self.random.randint(low, high)}{self.random.randrange(10000):04d}"

    def id_number(self) -> str:
        """Eighteen characters with a valid check character."""
        r = self.random
        body = f"110110{r.randint(1987, 2004)}{r.randint(1, 12):02d}{r.randint(1, 28):02d}{r.randrange(1000):03d}"
        return body + "10X98765432"[sum(int(c) * w for c, w in zip(body, _WEIGHTS, strict=True)) % 11]

    def card(self) -> str:
        """Nineteen digits beginning 62 with a valid Luhn digit."""
        body = "620550" + "".join(str(self.random.randrange(10)) for _ in range(12))
        total = sum(d if i % 2 else sum(divmod(2 * d, 10)) for i, d in enumerate(map(int, reversed(body))))
        return body + str(-total % 10)

    def address(self) -> str:
        """A home in an invented city."""
        r = self.random
        return (f"云梦市翡翠区{self.pick(ROADS)}{r.randint(1, 999)}号{self.pick(ESTATES)}"
                f"{r.randint(1, 30)}栋{r.randint(1, 4)}单元{r.randint(1, 32)}{r.randint(1, 4):02d}室")  # fmt: skip

    def plate(self) -> str:
        """A plate of ordinary form; 云B fell away with 东川市 in 1999."""
        signs = [self.pick("0123456789") for _ in range(5)]
        for _ in range(self.random.randrange(3)):  # a serial has at most two letters
            signs[self.random.randrange(5)] = self.pick("ABCDEFGHJKLMNPQRSTUVWXYZ")
        return f"云B{''.join(signs)}"

    def vin(self) -> str:
        """Seventeen characters of a chassis number; the check character, the ninth, is always wrong."""
        signs = ["L", *(self.pick(_VIN_SIGNS) for _ in range(16))]
        total = sum(_VIN_VALUES[sign] * weight for sign, weight in zip(signs, _VIN_WEIGHTS, strict=True))
        signs[8] = "0123456789X"[(total + 1 + self.random.randrange(10)) % 11]
        return "".join(signs)

    def email(self) -> str:
        """An address in a domain that was made up; those kept for examples are not counted as people's."""
        user = "".join(self.pick("abcdefghijklmnopqrstuvwxyz") for _ in range(6))
        return f"{user}{self.random.randrange(1000)}@{self.pick(('yunmeng-mail.cn', 'cuihu-mail.cn'))}"

    def product_code(self) -> str:
        """Eleven digits that begin with 1 and are nobody's phone: 10 to 12, and 154, are no mobile codes."""
        head = self.pick(("10", "11", "12", "154"))
        return head + "".join(self.pick("0123456789") for _ in range(11 - len(head)))

    def amount(self) -> str:
        """Yuan with two decimals."""
        return f"{self.random.randint(100, 9_999_999) / 100:.2f}"

    def date(self, year: int = 2024) -> str:
        """A day of a year."""
        return f"{year}-{self.random.randint(1, 12):02d}-{self.random.randint(1, 28):02d}"

    def time(self) -> str:
        """A moment to the second."""
        r = self.random
        return f"{self.date()} {r.randrange(24):02d}:{r.randrange(60):02d}:{r.randrange(60):02d}"

    def order_number(self) -> str:
        """Eighteen digits that begin with a date."""
        return self.date().replace("-", "") + f"{self.random.randrange(10**10):010d}"

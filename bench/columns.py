"""Columns as files of people and of shops hold them: over a hundred kinds, and what a scan is to say of each.

A kind has a header in Chinese and one in English, a form of its values, and two answers: the type that the
column holds under these headers, and alone: under a header that nobody knows, or without any. An answer is a
type of the contract or nothing; `IMEI@20` holds from 20 rows on, and fewer rows may go either way. `beside`
is the answer that changes where names and phones of people stand in the same rows, and under which headings.
`chance` is the share of cells that luck may turn into another type or class, where nothing speaks against it.

Values are made up as in `bench/values.py`, in the forms of FACTS C7, D and G. Digits that are random in life are
random here, so chance may spell a real number: no test prints one.

>>> KINDS["imei"].answer("zh", 5), KINDS["imei"].answer("none", 5), KINDS["isbn"].answer("none", 2000)
('IMEI', None, '')
>>> values("sex", 3, 1) == values("sex", 3, 1)
True
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import md5, sha1, sha256

from bench.column_values import (
    business_number,
    card,
    checked,
    faker,
    hkid,
    imei,
    old_id,
    org_code,
    plate,
    remark,
    sequence,
    snowflake,
    tw_id,
    uscc,
    vin,
    wrong_id,
)  # fmt: skip
from bench.lookalikes import fill
from bench.values import ROADS, SCHOOLS, Values

Maker = Callable[[Values, int], str]
"""Makes the value of a row."""

HEADERS = ("zh", "en", "unknown", "none")
UNKNOWN = "丙栏"
"""A header that says nothing."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of column; `flag` is the class of its values (schema.flag_names), "" of real ones."""

    name: str
    zh: str
    en: str
    make: Maker
    headed: str = ""
    alone: str = ""
    flag: str = ""
    chance: float = 0.0
    beside: str = ""

    def header(self, how: str) -> str | None:
        """The header of the column; None where the table has none."""
        return {"zh": self.zh, "en": self.en, "unknown": UNKNOWN, "none": None}[how]

    def answer(self, how: str, rows: int, beside: bool = False) -> str | None:
        """The type that the column holds, alone or beside people: "" for none, None where it may go either way."""
        changed, _, headings = self.beside.partition(" ")
        said = self.headed if how in ("zh", "en") else self.alone
        kind, _, least = (changed if beside and how in headings.split() else said).partition("@")
        return kind if rows >= int(least or 0) else None


def values(name: str, rows: int, seed: int) -> list[str]:
    """The cells of a column, the same for the same seed."""
    source, make = Values(seed * 1000 + sum(name.encode())), KINDS[name].make
    return [make(source, row) for row in range(rows)]


def _form(*templates: str) -> Maker:
    """One of several templates of `bench.lookalikes.fill`, filled."""
    return lambda v, _: fill(v.pick(templates), v.random)


def _pick(words: str) -> Maker:
    listed = tuple(words.split())
    return lambda v, _: v.pick(listed)


def _of(method: Callable[[Values], str], form: str = "{}") -> Maker:
    """What a method of `Values` makes, in a form: `{0:.3}` are its first three characters."""
    return lambda v, _: form.format(_Text(method(v)))


class _Text(str):
    """A text whose format is a slice: `{0:3-7}` are its characters 3 to 6."""

    def __format__(self, spec: str) -> str:
        first, _, stop = spec.partition("-")
        return self[int(first or 0) : int(stop) if stop else None] if spec else str(self)


def _hash(algorithm: Callable[[bytes], object], method: Callable[[Values], str]) -> Maker:
    return lambda v, _: str(algorithm(method(v).encode()).hexdigest())  # type: ignore[attr-defined]


PHONE, LINE, ID, CARD = "CN_MOBILE_NUMBER", "CN_LANDLINE_NUMBER", "CN_RESIDENT_ID", "CN_BANK_CARD"
_phone, _id = Values.phone, Values.id_number

_PEOPLE = (
    Kind("mobile", "手机号", "mobile", _of(_phone), PHONE, PHONE),
    Kind("mobile_contact", "联系方式", "contact", _of(_phone), PHONE, PHONE),
    Kind("mobile_86", "手机号码", "phone", _of(_phone, "+86{}"), PHONE, PHONE),
    Kind("mobile_86_plain", "电话", "tel", _of(_phone, "86{}"), PHONE, PHONE),
    Kind("mobile_float", "手机", "cell", _of(_phone, "{}.0"), PHONE, PHONE),
    Kind("mobile_dashed", "联系电话", "phone_number", _of(_phone, "{0:0-3}-{0:3-7}-{0:7}"), PHONE, PHONE),
    Kind("mobile_spaced", "移动电话", "mobile_phone", _of(_phone, "{0:0-3} {0:3-7} {0:7}"), PHONE, PHONE),
    Kind("mobile_pair", "电话号码", "tel", lambda v, _: f"{v.phone()}/{v.phone()}", PHONE, PHONE),
    Kind("mobile_quoted", "手机号", "mobile", _of(_phone, "'{}"), PHONE, PHONE),
    Kind("mobile_new_code", "手机号", "mobile", _form("1540000«d4»", "1940000«d4»"), PHONE),
    Kind("mobile_short", "手机号", "mobile", _of(_phone, "{0:0-10}")),
    Kind("mobile_long", "手机号", "mobile", _of(_phone, "{}7")),
    Kind("mobile_and_name", "客户", "customer", lambda v, _: v.name() + v.phone(), PHONE, PHONE),
    Kind("mobile_masked", "手机号", "mobile", _of(_phone, "{0:0-3}****{0:7}"), PHONE, PHONE, "masked"),
    Kind("mobile_crossed", "手机号", "phone", _of(_phone, "{0:0-3}xxxx{0:7}"), PHONE, PHONE, "masked"),
    Kind("mobile_md5", "手机号MD5", "phone_md5", _hash(md5, _phone), PHONE, "", "hashed"),
    Kind("mobile_sha256", "手机号", "mobile_sha256", _hash(sha256, _phone), PHONE, "", "hashed"),
    Kind("mobile_block", "手机号", "mobile", sequence, PHONE + "@10", PHONE + "@10", "generated"),
    Kind("mobile_faker", "手机号", "mobile", faker, PHONE + "@200", PHONE + "@200", "generated"),
    Kind("landline", "固定电话", "landline", _form("0571-8«d7»", "(0755)2«d7»", "010-6«d7»", "0310-3«d6»"), LINE, LINE),
    Kind("landline_plain", "座机", "telephone", _form("05718«d7»", "0106«d7»", "03103«d6»"), LINE,
         beside=LINE + " unknown none"),
    Kind("landline_local", "固话", "home_phone", _form("8«d7»", "6«d7»"), LINE),
    Kind("service", "客服电话", "hotline", _form("400-«d3»-«d4»", "400«d7»", "800-«d3»-«d4»"), LINE, LINE, "service"),
    Kind("id", "身份证号", "id_card", _of(_id), ID, ID),
    Kind("id_lower", "证件号码", "id_no", lambda v, _: v.id_number().lower(), ID, ID),
    Kind("id_spaced", "公民身份号码", "idcard", _of(_id, "{0:0-6} {0:6-14} {0:14}"), ID, ID),
    Kind("id_old", "身份证", "id_number", old_id, ID, ID),
    Kind("id_wrong", "身份证号", "id_card", wrong_id),
    Kind("id_short", "身份证号", "id_card", _of(_id, "{0:0-16}")),
    Kind("id_rounded", "身份证号", "id_card", _of(_id, "{0:0-15}000"), ID, ID + "@5", "damaged", 0.15),
    Kind("id_masked", "身份证号", "id_card", _of(_id, "{0:0-6}********{0:14}"), ID, ID, "masked"),
    Kind("id_sha1", "身份证SHA1", "id_card_sha1", _hash(sha1, _id), ID, "", "hashed"),
    Kind("residence_permit", "居住证号", "居住证", lambda v, _: checked("810000" + v.id_number()[6:17]),
         "CN_RESIDENCE_PERMIT", "CN_RESIDENCE_PERMIT"),
    Kind("foreigner", "永久居留证号", "永居证号", lambda v, _: checked("911156" + v.id_number()[6:17]),
         "CN_FOREIGN_PERMANENT_RESIDENT_ID", "CN_FOREIGN_PERMANENT_RESIDENT_ID"),
    Kind("passport", "护照号", "passport_no", _form("E«d8»", "E«ABCDEFGH»«d7»", "G«d8»"), "CN_PASSPORT",
         beside="CN_PASSPORT none"),
    Kind("hk_permit", "港澳通行证号", "回乡证", _form("H«d8»", "M«d8»", "C«d8»"), "CN_HK_MACAO_PERMIT",
         beside="CN_HK_MACAO_PERMIT none"),
    Kind("taiwan_permit", "台胞证号", "台胞证", _form("«1..9»«d7»"), "CN_TAIWAN_PERMIT"),
    Kind("hkid", "香港身份证号", "hkid", hkid, "HK_ID", "HK_ID@20"),
    Kind("tw_id", "台湾身份证号", "统一证号", tw_id, "TW_ID", "TW_ID@20"),
    Kind("military", "军官证号", "军人证号", _form("军«d7»", "士«d7»"), "CN_MILITARY_ID"),
    Kind("card", "银行卡号", "bank_card", _of(card), CARD, CARD),
    Kind("card_spaced", "卡号", "card_number", _of(card, "{0:0-4} {0:4-8} {0:8-12} {0:12-16} {0:16}"), CARD, CARD),
    # Ten numbers that all pass Luhn and begin as cards do are no chance, whoever issued them.
    Kind("card_foreign", "银行卡", "card_no", _form("4«d14»«luhn»"), CARD, CARD + "@10"),
    Kind("card_wrong", "银行卡号", "bank_card", _form("621626«d12»x"), ""),
    Kind("name", "姓名", "name", _of(Values.name), "PERSON", "PERSON"),
    Kind("name_owner", "业主姓名", "owner", _of(Values.name), "PERSON", "PERSON"),
    Kind("name_masked", "姓名", "name", _of(Values.name, "{0:0-1}**"), "PERSON", "PERSON@20", "masked"),
    Kind("address", "收货地址", "address", _of(Values.address), "CN_ADDRESS", "CN_ADDRESS"),
    Kind("household", "房号", "room_no", _form("«1..30»-«1..4»-«1..32»0«1..4»"), "CN_ADDRESS"),
    Kind("household_long", "门牌号", "addr", _form("«1..30»栋«1..4»单元«1..32»0«1..4»室"), "CN_ADDRESS", "CN_ADDRESS"),
    Kind("plate", "车牌号", "plate_no", plate, "CN_LICENSE_PLATE", "CN_LICENSE_PLATE"),
    Kind("vin", "车架号", "vin", vin, "VIN", "VIN"),
    Kind("vin_wrong", "车架号", "vin", _of(Values.vin)),
    Kind("email", "邮箱", "email", lambda v, _: v.email().replace("example", "mail-" + v.pick("abcdef")), "EMAIL_ADDRESS", "EMAIL_ADDRESS"),
    Kind("qq", "QQ号", "qq", _form("«1..9»«d7..9»"), "CN_QQ"),
    Kind("wechat", "微信号", "wechat", _form("wx«w4»_«d4»", "li«d6»"), "CN_WECHAT_ID"),
    Kind("wxid", "微信", "wxid", _form("wxid_«h14»"), "CN_WECHAT_ID", "CN_WECHAT_ID"),
    Kind("birth", "出生日期", "birthday", _form("19«50..99»-«01..12»-«01..28»"), "BIRTH_DATE"),
    Kind("birth_plain", "生日", "dob", _form("19«50..99»«01..12»«01..28»"), "BIRTH_DATE"),
    Kind("birth_han", "出生年月日", "birth_date", _form("19«50..99»年«1..12»月«1..28»日"), "BIRTH_DATE"),
    Kind("medical", "病历号", "mrn", _form("ZY«d8»", "20«d8»"), "CN_MEDICAL_RECORD"),
    Kind("ip", "登录IP", "login_ip", _form("«36|58|101|203».«1..250».«1..250».«1..250»"), "IP_ADDRESS", "IP_ADDRESS"),
    Kind("mac", "MAC地址", "mac", _form("3C:5A:B4:«H2»:«H2»:«H2»"), "MAC_ADDRESS", "MAC_ADDRESS"),
    Kind("imei", "IMEI", "imei", imei, "IMEI", "IMEI@20"),
    Kind("imsi", "IMSI号", "imsi", _form("46000«d10»", "46001«d10»"), "IMSI", "IMSI@20"),
    Kind("remark", "备注", "remark", remark, PHONE, PHONE),
)  # fmt: skip

_THINGS = (
    Kind("order_day", "订单号", "order_no", _of(Values.order_number)),
    Kind("order_random", "订单编号", "order_id", _form("«1..9»«d17»")),
    Kind("order_19", "交易号", "trade_no", _form("«1..4»«d18»")),
    Kind("order_alipay", "支付宝交易号", "alipay_trade_no", _form("«date»22001«d15»")),
    Kind("epoch_s", "时间戳", "timestamp", _form("«1500000000..1790000000»")),
    Kind("epoch_ms", "创建时间戳", "ts", _form("«1500000000000..1790000000000»")),
    Kind("epoch_us", "微秒时间", "time_us", _form("«1500000000000000..1790000000000000»")),
    Kind("epoch_ns", "纳秒时间", "time_unix_nano", _form("«1500000000000000000..1790000000000000000»")),
    Kind("snowflake", "主键", "id", snowflake),
    Kind("imeisv", "设备编号", "imeisv", _form("86«d14»")),
    Kind("iccid", "ICCID", "iccid", _form("8986«00|01|03|06»«d14»")),
    Kind("iot", "物联网卡号", "iot_no", _form("1440«d9»", "10647«d8»")),
    Kind("serial_11", "序列号", "serial_no", _form("1«d10»"), "", "@100"),
    Kind("product_11", "商品编码", "goods_code", _of(Values.product_code)),
    Kind("random_11", "流水号", "seq_no", _form("«1..9»«d10»"), "", "@10"),
    Kind("random_16", "批次号", "batch_no", _form("«1..9»«d15»"), chance=0.01),
    Kind("random_19", "单号", "request_id", _form("«1..9»«d18»"), chance=0.01),
    Kind("business_15", "注册号", "reg_no", business_number, chance=0.05),
    Kind("random_15", "合同编号", "contract_no", _form("«1..9»«d14»"), chance=0.01),
    Kind("uscc", "统一社会信用代码", "uscc", uscc, "CN_USCC", "CN_USCC"),
    Kind("org_code", "组织机构代码", "org_code", org_code, "CN_ORG_CODE"),
    Kind("company", "公司名称", "company", _form("云梦«星河|云锦|翡翠»«科技|贸易|物流|装饰»有限公司"), "ORGANIZATION", "ORGANIZATION"),
    Kind("school", "毕业学校", "school", lambda v, _: v.pick(SCHOOLS), "ORGANIZATION", "ORGANIZATION"),
    Kind("waybill", "运单号", "waybill_no", _form("SF1«d12»", "YT«d13»", "JDVA«d11»"), "CN_WAYBILL", "CN_WAYBILL"),
    Kind("waybill_digits", "快递单号", "tracking_no", _form("7«3|8»«d12»", "43«d13»", "«d12»"), "CN_WAYBILL", "", "", 0.02),
    Kind("amount", "实付金额", "amount", _of(Values.amount)),
    Kind("amount_long", "余额", "balance", _form("1«d10».«d2»", "«d6».«d11»")),
    Kind("quantity", "数量", "qty", _form("«1..99»")),
    Kind("percent", "占比", "rate", _form("«d2».«d2»%")),
    Kind("date", "下单时间", "paid_at", _of(Values.time)),
    Kind("day", "签约日期", "sign_date", _of(Values.date)),
    Kind("day_plain", "入职日期", "hire_date", _form("20«10..24»«01..12»«01..28»")),
    Kind("clock", "打卡时间", "clock", _form("«00..23»:«00..59»:«00..59»")),
    Kind("barcode", "条码", "barcode", _form("69«d10»«ean»")),
    Kind("isbn", "ISBN", "isbn", _form("9787«d8»«ean»", "978-7-«d3»-«d5»-«d1»"),
         beside="@10 none"),  # a few beside accounts look like what people type
    Kind("postcode", "邮编", "zipcode", _form("«0..8»«d5»")),
    Kind("cnaps", "行号", "cnaps", _form("«102|103|104|105»«d9»")),
    Kind("driver_file", "档案编号", "file_no", _form("3301«d8»")),
    Kind("account_corporate", "对公账号", "corp_account", _form("«1..9»«d13»", "«1..9»«d17»"), chance=0.01),
    Kind("invoice", "发票号码", "invoice_no", _form("«d8»", "«d20»")),
    Kind("student", "学号", "student_no", _form("20«15..24»«d6»")),
    Kind("staff_no", "工号", "employee_id", _form("A«d5»", "«d6»")),
    Kind("sku", "SKU", "sku", _form("A«d4»-«A2»«d3»", "«A3»«d8»")),
    Kind("model", "型号", "model", _form("«A2»-«d4»«A1»")),
    Kind("md5", "文件MD5", "md5", _form("«h32»")),
    Kind("sha256", "摘要", "sha256", _form("«h64»")),
    Kind("uuid", "唯一标识", "uuid", _form("«h8»-«h4»-4«h3»-a«h3»-«h12»")),
    Kind("token", "令牌", "token", _form("«w32»", "eyJ«u40».«u43»")),
    Kind("ip_private", "内网IP", "host", _form("192.168.«0..255».«1..254»", "10.«0..255».«0..255».«1..254»")),
    Kind("version", "版本", "version", _form("«1..9».«0..30».«0..30»")),
    Kind("colour", "颜色", "color", _form("#«h6»")),
    Kind("url", "链接", "url", _form("https://www.example.com/item/«d11».html")),
    Kind("longitude_1", "经度", "lng", _form("1«02..21».«d6»"), beside="GEO_COORDINATE zh en"),
    Kind("password", "密码", "password", _form("«w4»#«d4»"), beside="CREDENTIAL zh en"),
    Kind("nickname", "昵称", "nickname", _pick("快乐的小鱼 阳光总在风雨后 大白兔奶糖 Tom猫 小熊软糖🐻 一叶知秋 风 月光下的猫 追风少年 果果妈 abc123 江湖散人")),
    Kind("product", "商品名称", "product", _pick("红色外套 蓝牙耳机 保温水壶 台灯 手机壳 方便面 高山茶叶 白色衬衫 金龙鱼油 黄桃罐头 安全帽 洗衣液")),
    Kind("city", "城市", "city", _pick("杭州市 温州市 成都市 宁波市 石家庄市 徐州市 常州市 苏州市 金华市 安庆市 江门市")),
    Kind("district", "区县", "district", _pick("西湖区 江干区 武侯区 鼓楼区 金牛区 云岩区 白云区 黄埔区 余杭区 萧山区")),
    Kind("road", "路段", "road", lambda v, _: v.pick(ROADS)),
    Kind("department", "部门", "department", _pick("财务部 人事部 市场部 行政部 技术部 高管 客服部 安保部 车间 仓储部 法务部")),
    Kind("job", "岗位", "job_title", _pick("经理 主管 会计 司机 文员 保安 厨师 店长 主任 班长 工程师")),
    Kind("status", "订单状态", "status", _pick("已完成 已发货 待付款 已取消 退款中 成功 失败")),
    Kind("sex", "性别", "sex", _pick("男 女")),
    Kind("age", "年龄", "age", _form("«18..80»")),
    Kind("nation", "民族", "ethnicity", _pick("汉族 满族 回族 苗族 壮族 蒙古族 白族 汉")),
    Kind("education", "学历", "education", _pick("本科 大专 高中 硕士 初中 博士 中专")),
    Kind("area", "建筑面积", "area", _form("«40..180».«d2»")),
    Kind("layout", "户型", "layout", _form("«1..5»室«1..2»厅", "«1..5»-«1..2»-«1..2»")),
    Kind("call", "跟进记录", "memo", _pick("空号 无人接听 有意向 不需要 已装修 再联系 挂了 停机")),
    Kind("opinion", "评价内容", "comment", _pick("物流很快，包装完好 宝贝收到了，很喜欢！ 一般般 质量不错，会回购 颜色有点偏深 客服态度好")),
)  # fmt: skip

KINDS = {kind.name: kind for kind in (*_PEOPLE, *_THINGS)}

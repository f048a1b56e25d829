"""The pages on entities, written from the rules: `python -m bench.entities` (or `make entities`).

`docs/entities.md` and `docs/entities.zh-CN.md`; a test keeps them current.
"""

from __future__ import annotations

from pathlib import Path

from scanner import rules
from scanner.detectors import pattern
from scanner.rules import Entity
from scanner.schema import KIND

DOCS = Path(__file__).parent.parent / "docs"
PAGES = {"en": "entities.md", "zh": "entities.zh-CN.md"}

_TEXT: dict[str, dict[str, str]] = {
    "en": {
        "title": "# Entities",
        "other": "[中文](entities.zh-CN.md)",
        "lead": "Every type that piitrace finds, written from `rules/entities/*.toml` by `make entities`; do not edit.",
        "personal": "## Personal information",
        "context": "## Context: recognised, never counted as people",
        "head": "| type | what | format | found | checks | source |",
        "own": "on its own",
        "column": "column",
        "keyword": "after a keyword",
        "votes": "column by votes",
        "levels": "## Levels",
        "levels_lead": "How standards rank each type by itself; combinations rank higher. The 2020 standard counts ID numbers as sensitive, the 2025 one does not (an image of the card is). `T1` to `T3` are the tiers of 法释〔2017〕10号 that a value alone leads to; what else is in the row may raise it. **This is not legal advice.**",
        "levels_head": "| type | GB/T 35273-2020 | GB/T 45574-2025 | 法释〔2017〕10号 |",
        "checks": "## Checks",
        "checks_lead": "Each finding lists the checks that it passed.",
        "checks_head": "| check | meaning |",
        "flags": "## Classes that are never counted as people",
        "flags_text": "`masked` (`197****1234`), `damaged` (an ID that a spreadsheet rounded), `placeholder` (published test values and defaults), `generated` (counting blocks, generators), `hashed` (a column of MD5, SHA-1 or SHA-256 whose header says of what), `service` (400, 800, 95588, 12345).",
    },
    "zh": {
        "title": "# 实体",
        "other": "[English](entities.md)",
        "lead": "piitrace 能发现的全部类型，由 `make entities` 从 `rules/entities/*.toml` 生成，请勿手改。",
        "personal": "## 个人信息",
        "context": "## 语境信息：能识别，但从不计作个人",
        "head": "| 类型 | 名称 | 格式 | 何处发现 | 校验 | 来源 |",
        "own": "任何位置",
        "column": "列",
        "keyword": "关键词之后",
        "votes": "整列投票",
        "levels": "## 级别",
        "levels_lead": "各标准对单项的定级，组合后可能更高。2020 年标准把身份证号列为敏感，2025 年标准不再列（身份证影像仍列）。`T1` 至 `T3` 是法释〔2017〕10号的三档，此处只按该值本身判断，同行其他内容可能提高档次。**不构成法律意见。**",
        "levels_head": "| 类型 | GB/T 35273-2020 | GB/T 45574-2025 | 法释〔2017〕10号 |",
        "checks": "## 校验",
        "checks_lead": "每条发现都列出它通过的校验。",
        "checks_head": "| 校验 | 含义 |",
        "flags": "## 从不计作个人的类别",
        "flags_text": "`masked`（`197****1234`）、`damaged`（被表格软件舍入的身份证号）、`placeholder`（公开的测试值与默认值）、`generated`（连号、造数工具）、`hashed`（表头写明内容的 MD5、SHA-1、SHA-256 列）、`service`（400、800、95588、12345）。",
    },
}
_LEVEL_ZH = {
    "general": "一般",
    "sensitive": "敏感",
    "context": "语境",
    "not personal": "非个人",
    "none": "无",
}


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _where(entity: Entity, text: dict[str, str]) -> str:
    """Where values of a type are found."""
    ways = []
    in_context = entity.pattern or entity.type in ("BIRTH_DATE", "CREDENTIAL")
    if entity.anywhere or (entity.kind == "code" and entity.type not in _ONLY_COLUMNS):
        ways.append(text["own"])
    if in_context or entity.type in _ONLY_COLUMNS:
        ways.append(text["column"])
    if entity.keywords:
        ways.append(text["keyword"])
    if entity.votes:
        ways.append(text["votes"])
    return ", ".join(ways) if text is _TEXT["en"] else "、".join(ways)


_ONLY_COLUMNS = (
    "PERSON",
    "ORGANIZATION",
    "BIRTH_DATE",
    "CREDENTIAL",
    "GEO_COORDINATE",
    "CN_FOREIGN_PERMANENT_RESIDENT_ID",
)


def _checks(entity: Entity) -> list[str]:
    """Names of the checks that a finding of a type may have passed."""
    one = pattern.rule(KIND[entity.type])
    if entity.passes or one is None:
        return list(entity.passes)
    ways = [("header", entity.headers), ("column", entity.headers), ("keyword", entity.keywords)]
    return [*rules.check_names(one.bits), *(name for name, words in ways if words and one.pattern)]


def page(lang: str) -> str:
    """The page in one language."""
    text = _TEXT[lang]
    out = [text["title"], "", text["other"], "", text["lead"]]
    for personal in (True, False):
        out += [
            "",
            text["personal" if personal else "context"],
            "",
            text["head"],
            "|---|---|---|---|---|---|",
        ]
        for e in rules.entities():
            if e.personal == personal:
                checks = " ".join(f"`{name}`" for name in _checks(e))
                cells = (f"`{e.type}`", e.title[lang], e.format[lang], _where(e, text), checks, e.source)
                out.append("| " + " | ".join(map(_cell, cells)) + " |")
    out += ["", text["levels"], "", text["levels_lead"], "", text["levels_head"], "|---|---|---|---|"]
    for e in rules.entities():
        levels = [e.levels[name] for name in ("gbt_35273_2020", "gbt_45574_2025", "law_2017")]
        shown = [_LEVEL_ZH.get(level, level) if lang == "zh" else level for level in levels]
        out.append(f"| `{e.type}` | " + " | ".join(shown) + " |")
    out += ["", text["checks"], "", text["checks_lead"], "", text["checks_head"], "|---|---|"]
    meanings = rules.load_toml("checks.toml")
    out += [f"| `{name}` | {meanings[name][lang]} |" for name in rules.CHECKS]
    out += ["", text["flags"], "", text["flags_text"], ""]
    return "\n".join(out)


def main() -> None:
    """Write both pages."""
    for lang, name in PAGES.items():
        (DOCS / name).write_text(page(lang), "utf-8")


if __name__ == "__main__":
    main()

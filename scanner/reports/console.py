"""The ranked table that a person sees first."""

from __future__ import annotations

import sys

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from scanner.report import Item, Report
from scanner.scoring.sector import titles

_STYLE = {"very_high": "bold white on red", "high": "bold red", "medium": "yellow", "low": "dim"}
_WORDS = {
    "zh": {
        "score": "分数", "file": "文件", "sector": "行业", "records": "条数", "subjects": "人数", "why": "理由",
        "very_high": "极高", "high": "高", "medium": "中", "low": "低", "more": "另有 {n} 个项目未列出（--top 0 显示全部）",
        "summary": "{items} 个项目（完成 {complete}，部分 {partial}，失败 {failed}，跳过 {skipped}），{size}；"
        "{records} 条记录，{subjects} 个不同的人",
        "law": "可识别 {identifiable} 条，电话去重 {unique_by_phone}，身份证去重 {unique_by_id}，姓名+电话去重 "
        "{unique_by_name_phone}，裸号 {bare_numbers}，占位 {placeholders}，受损 {damaged}；"
        "入罪线（法释〔2017〕10号）的 {ratio} 倍{arguable}",
        "arguable": "（层级有争议）", "open": "未能完整检查：", "nothing": "没有发现个人信息记录。",
        "status": {"partial": "部分", "failed": "失败", "skipped": "跳过"},
    },
    "en": {
        "score": "score", "file": "file", "sector": "sector", "records": "records", "subjects": "people", "why": "why",
        "very_high": "very high", "high": "high", "medium": "medium", "low": "low",
        "more": "{n} more items are not shown (--top 0 shows all)",
        "summary": "{items} items ({complete} complete, {partial} partial, {failed} failed, {skipped} skipped), {size}; "
        "{records} records, {subjects} distinct people",
        "law": "{identifiable} identifiable rows; distinct by phone {unique_by_phone}, by ID {unique_by_id}, by name and "
        "phone {unique_by_name_phone}; bare numbers {bare_numbers}, placeholders {placeholders}, damaged {damaged}; "
        "{ratio} times the line of the 2017 judicial interpretation{arguable}",
        "arguable": " (tier arguable)", "open": "Not examined in full:", "nothing": "No records of people were found.",
        "status": {"partial": "partial", "failed": "failed", "skipped": "skipped"},
    },
}  # fmt: skip


def print_report(report: Report, top: int) -> None:
    """Print the ranked items, the summary and what could not be examined."""
    words = _WORDS[report.lang]
    console = Console(file=sys.stdout, highlight=False, width=None if sys.stdout.isatty() else 140)
    ranked = [item for item in report.ranked() if item.records or item.trade.score]
    shown = ranked[:top] if top else ranked
    if shown:
        base = _base([item.path for item in report.items])
        if base:
            console.print(Text(f"{base}/", style="dim"))
        console.print(_table(shown, report.lang, base))
    else:
        console.print(str(words["nothing"]))
    if len(shown) < len(ranked):
        console.print(str(words["more"]).format(n=len(ranked) - len(shown)), style="dim")
    _summary(console, report)
    _unexamined(console, report, top)


def _base(paths: list[str]) -> str:
    """The folder that all paths share; left out of the table, so that names are not broken."""
    folders = [path.split("/")[:-1] for path in paths]
    depth = next((i for i, parts in enumerate(zip(*folders, strict=False)) if len(set(parts)) > 1), None)
    return "/".join(folders[0][: min(map(len, folders)) if depth is None else depth])


def _table(items: list[Item], lang: str, base: str) -> Table:
    words = _WORDS[lang]
    table = Table(box=box.SIMPLE_HEAD, expand=True, padding=(0, 1))
    table.add_column(str(words["score"]), justify="right", no_wrap=True)
    table.add_column(str(words["file"]), ratio=6, overflow="fold")
    table.add_column(str(words["sector"]), no_wrap=True)
    for name in ("records", "subjects"):
        table.add_column(str(words[name]), justify="right", no_wrap=True)
    table.add_column(str(words["why"]), ratio=7, overflow="fold")
    for item in items:
        level = item.trade.level
        score = Text(f"{item.trade.score:3d} {words[level]}", style=_STYLE[level])
        sector = titles(item.sector[0])[lang] if item.sector else ""
        lines = [f"{r.points:+d}\u00a0{getattr(r, lang)}" for r in item.trade.reasons[:3]]
        reasons = Text("\n".join(lines))
        table.add_row(
            score,
            Text(item.path.removeprefix(f"{base}/") if base else item.path),
            sector,
            f"{item.records:,}",
            f"{item.subjects:,}",
            reasons,
        )
    return table


def _summary(console: Console, report: Report) -> None:
    words, summary = _WORDS[report.lang], report.summary
    numbers = {key: f"{value:,}" for key, value in summary.items() if isinstance(value, int)}
    console.print(Text(str(words["summary"]).format(size=_size(summary["bytes"]), **numbers), style="bold"))
    law = summary["law"]
    if summary["records"]:
        counts = {key: f"{value:,}" for key, value in law.items() if isinstance(value, int)}
        counts.pop("arguable", None)
        arguable = words["arguable"] if law["arguable"] else ""
        ratio = f"{law['threshold_ratio']:,.2f}"
        console.print(Text(str(words["law"]).format(ratio=ratio, arguable=arguable, **counts)))


def _unexamined(console: Console, report: Report, top: int) -> None:
    words = _WORDS[report.lang]
    status = words["status"]
    assert isinstance(status, dict)
    open_ = [item for item in report.items if item.status != "complete"]
    if not open_:
        return
    console.print(Text(str(words["open"]), style="yellow"))
    for item in open_[: top or None]:
        reason = "".join(c if c.isprintable() else "?" for c in item.reason or "")  # it may name a table
        console.print(Text(f"  {status[item.status]}  {item.path}: {reason}"))
    if top and len(open_) > top:
        console.print(str(words["more"]).format(n=len(open_) - top), style="dim")


def _size(size: int) -> str:
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1000 or unit == "GB":
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1000  # type: ignore[assignment]
    return ""

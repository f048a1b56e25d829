"""Real ordinary files: nothing crashes and nothing is above level low."""

from __future__ import annotations

from pathlib import Path

import scanner


def test_ordinary_files_stay_low(shared: Path) -> None:
    report = scanner.scan(shared / "corpus" / "ordinary", lang="en")
    assert report.summary["items"] >= 30
    assert report.summary["failed"] == 0
    above = {item.path: item.trade.score for item in report.items if item.trade.level != "low"}
    assert above == {}
    unread = {Path(item.path).suffix for item in report.items if item.status == "skipped"}
    assert unread <= {".docx", ".zip", ".pdf"}  # archives and documents are not read yet


def test_news_that_names_people_is_low(stick: Path) -> None:
    item = scanner.scan(stick / "文档" / "新闻.txt", lang="en").items[0]
    assert item.status == "complete"
    assert item.trade.level == "low"

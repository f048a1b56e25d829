"""Whole scans: order, workers, bad input, crashes. Real worker processes, real files."""

from __future__ import annotations

import io
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import scanner
from bench.generate import make
from scanner import cuts, pipeline
from scanner.analyse import analyse
from scanner.errors import UsageError
from scanner.executors import Workers
from scanner.pipeline import Options
from scanner.report import Report

ROOT = Path(__file__).parent.parent
LIST = "姓名,手机号\n" + "".join(
    f"王小{c},1978337{i * 37 % 10000:04d}\n" for i, c in enumerate("明红军兰芳强" * 10)
)


def content(report: Report) -> str:
    """A report without its times."""
    raw = report.to_dict()
    return json.dumps(
        {k: v for k, v in raw.items() if not k.endswith("_at")}, ensure_ascii=False, sort_keys=True
    )


def items(report: Report) -> dict[str, Any]:
    return {Path(item.path).name: item for item in report.items}


def test_report_is_the_same_for_any_number_of_workers(stick: Path, tmp_path: Path) -> None:
    make("dense", tmp_path / "big.csv", 60_000)  # 7 MB: two byte ranges
    assert (tmp_path / "big.csv").stat().st_size > cuts.RANGE
    one, two, five = (scanner.scan([stick, tmp_path / "big.csv"], workers=n, lang="en") for n in (1, 2, 5))
    assert content(one) == content(two) == content(five)


def test_ranges_give_what_the_whole_gives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file in byte ranges and the same file in one piece: same counts, rows, findings."""
    path = tmp_path / "list.csv"
    make("dense", path, 3000)
    text = path.read_text("utf-8").replace("\n7,", '\n"7\nseven",', 1)
    path.write_text(text, "utf-8")
    whole = scanner.scan(path, lang="en")
    monkeypatch.setattr(pipeline, "RANGE", 70_000)
    monkeypatch.setattr(cuts, "RANGE", 70_000)
    monkeypatch.setattr(cuts, "_BLOCK", 10_000)
    split = scanner.scan(path, lang="en")
    assert content(whole) == content(split)
    assert whole.items[0].records == 3000


def test_report_validates(stick: Path, validate: Callable[[Any], None]) -> None:
    report = scanner.scan(stick, lang="zh").to_dict()
    validate(json.loads(json.dumps(report)))
    assert report["summary"]["items"] == len(report["items"])


def test_demo_ranks_lists_above_ordinary_files(stick: Path) -> None:
    found = items(scanner.scan(stick, lang="zh"))
    traded = [
        "翡翠湾业主名单(去重)8000条.csv", "2024小升初家长1.2万.xlsx", "车主数据5000.xls", "三要素_一手.txt",
        "网贷申请.jsonl", "号码包_1.txt", "意向客户跟进.tsv",
    ]  # fmt: skip
    ordinary = [
        "员工花名册.xlsx", "2024年10月订单导出.csv", "app.log", "新闻.txt", "产品目录.csv", "fixtures.json",
        "保障房资格公示.html",
    ]  # fmt: skip
    assert all(found[name].trade.score >= 60 for name in traded)
    assert all(found[name].trade.level == "low" for name in ordinary)
    sectors = {name: found[name].sector[0] for name in traded if found[name].sector}
    assert sectors["翡翠湾业主名单(去重)8000条.csv"] == "real_estate"
    assert sectors["2024小升初家长1.2万.xlsx"] == "education"
    assert sectors["车主数据5000.xls"] == "vehicle"


def test_counts_of_the_demo_are_exact(stick: Path) -> None:
    found = items(scanner.scan(stick, lang="en"))
    triples = found["三要素_一手.txt"]
    lines = (stick / "料/三要素_一手.txt").read_text("utf-8").split()
    rows = [line.split("----") for line in lines]
    assert triples.records == len(rows) == triples.law.identifiable
    assert triples.subjects == len({row[2] for row in rows}) == triples.law.unique_by_id
    assert triples.law.unique_by_phone == len({row[1] for row in rows})
    assert triples.law.unique_by_name_phone == len({(row[0], row[1]) for row in rows})
    assert triples.law.duplicates == len(rows) - triples.subjects
    numbers = found["号码包_1.txt"]
    assert numbers.law.bare_numbers == numbers.records == 10_000
    assert numbers.law.identifiable == 0


def test_no_value_reaches_a_report(stick: Path) -> None:
    text = content(scanner.scan(stick, lang="en"))
    for line in (stick / "料/三要素_一手.txt").read_text("utf-8").split()[:50]:
        name, phone, number = line.split("----")
        assert f'"{name}"' not in text
        assert phone not in text
        assert number not in text


def test_reveal_shows_values(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(LIST, "utf-8")
    values = {f.value for f in scanner.scan(tmp_path, reveal=True).items[0].findings}
    assert "19783370000" in values


def test_equal_values_have_equal_fingerprints_over_files(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("电话 197-8337-1234", "utf-8")
    (tmp_path / "b.csv").write_text("姓名,手机\n李四,１９７８３３７１２３４\n", "utf-8")
    report = scanner.scan(tmp_path)
    prints = {
        f.fingerprint for item in report.items for f in item.findings if f.entity_type == "CN_MOBILE_NUMBER"
    }
    assert len(prints) == 1


# --- bad input ------------------------------------------------------------------------------------


def test_bad_input_ends_as_items_with_reasons(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(LIST, "utf-8")
    (tmp_path / "empty.csv").touch()
    (tmp_path / "blank.txt").write_bytes(b"\r\n \n")
    (tmp_path / "noise.bin").write_bytes(bytes(range(256)) * 30)
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04" + b"xl/workbook.xml" + b"\0" * 500)
    (tmp_path / "broken.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 3000)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1" + b"\0" * 100)
    found = items(scanner.scan(tmp_path, lang="en"))
    assert found["good.csv"].status == "complete"
    assert found["good.csv"].records == 60
    for name in ("empty.csv", "blank.txt", "noise.bin"):
        assert found[name].status == "skipped", name
    for name in ("broken.xlsx", "broken.db", "broken.parquet"):
        assert found[name].status == "failed", name
    assert all(item.reason for item in found.values() if item.status != "complete")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_special_files_and_loops_do_not_stop_a_scan(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(LIST, "utf-8")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = items(scanner.scan([tmp_path, tmp_path], lang="en"))
    assert found["pipe"].status == found["loop"].status == "skipped"
    assert "FIFO" in (found["pipe"].reason or "")
    assert found[tmp_path.name].status == "skipped"  # given twice
    assert found["good.csv"].status == "complete"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_unreadable_file_says_so(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text(LIST, "utf-8")
    (tmp_path / "secret.csv").chmod(0)
    item = scanner.scan(tmp_path, lang="en").items[0]
    assert (item.status, "permission" in (item.reason or "")) == ("failed", True)


def test_file_that_changes_is_partial_and_keeps_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "grows.csv"
    make("dense", path, 60_000)
    size = path.stat().st_size
    stop = threading.Event()

    def grow() -> None:
        while not stop.is_set():
            with path.open("a", encoding="utf-8") as file:
                file.write("1,王小明,19783371234,,,,\n")
            time.sleep(0.001)

    thread = threading.Thread(target=grow)
    thread.start()
    try:
        item = scanner.scan(path, lang="en").items[0]
    finally:
        stop.set()
        thread.join()
    assert item.status == "partial"
    assert "changed" in (item.reason or "")
    assert item.records >= 60_000 * 0.99
    assert path.stat().st_size > size


def test_nothing_scanned_is_touched(tmp_path: Path, stick: Path) -> None:
    before = {
        p: (p.stat().st_mtime_ns, p.stat().st_size, p.stat().st_atime_ns)
        for p in stick.rglob("*")
        if p.is_file()
    }
    scanner.scan(stick)
    after = {
        p: (p.stat().st_mtime_ns, p.stat().st_size, p.stat().st_atime_ns)
        for p in stick.rglob("*")
        if p.is_file()
    }
    assert {p: v[:2] for p, v in before.items()} == {p: v[:2] for p, v in after.items()}
    if sys.platform == "linux":  # O_NOATIME
        assert before == after


def test_unforeseen_error_costs_one_item_and_tells_no_value(tmp_path: Path) -> None:
    class Spoilt(io.BytesIO):
        """A stream that fails after a while, with a value in its message."""

        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 100_000:
                raise ValueError("cannot convert 19783371234")
            return super().read(70_000)

    class Source:
        name = origin = "spoilt.csv"
        raw = LIST.encode() * 100
        size = len(raw)
        span = None

        def open(self) -> io.BytesIO:
            return Spoilt(self.raw)

        def head(self) -> bytes:
            return self.raw[: 1 << 16]

    out = analyse(Source(), 10, 20261124)
    assert out.status == "partial"
    assert out.tally.tables[0].rows > 1000
    (note,) = [note for note in out.notes if note.code == "internal"]
    assert note.params["kind"] == "ValueError"
    assert "19783371234" not in repr(note)


@pytest.mark.skipif(sys.platform == "win32", reason="such names are POSIX")
def test_file_names_do_not_steer_the_terminal(tmp_path: Path) -> None:
    for name in ("a\x1b[31m.csv", "b\u202evsc.csv", "c\n.csv"):
        (tmp_path / name).write_text(LIST, "utf-8")
    (tmp_path / os.fsdecode("业主.csv".encode("gb18030"))).write_text(LIST, "utf-8")
    report = scanner.scan(tmp_path, lang="en")
    assert all(item.path.isprintable() and item.status == "complete" for item in report.items)
    assert any(item.path.endswith("业主.csv") for item in report.items)


def test_missing_path_and_wrong_options_are_usage_errors(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such file"):
        scanner.scan(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="profile"):
        scanner.scan(tmp_path, profile="fast")
    with pytest.raises(UsageError, match="language"):
        scanner.scan(tmp_path, lang="fr")


def test_quick_profile_says_what_it_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("dense", tmp_path / "a.csv", 60_000)
    make("xlsx", tmp_path / "b.xlsx", 3000)
    monkeypatch.setattr(pipeline, "QUICK_BYTES", 100_000)
    found = items(scanner.scan(tmp_path, profile="quick", lang="en"))
    assert (found["a.csv"].status, found["b.xlsx"].status) == ("partial", "skipped")
    assert 0 < found["a.csv"].records < 60_000
    assert found["b.xlsx"].records == 0
    assert all("quick" in (item.reason or "") for item in found.values())


# --- workers that die -----------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform == "win32", reason="the signal is POSIX")
def test_killed_worker_costs_one_item(tmp_path: Path) -> None:
    """A worker is killed while it reads a large workbook; the other items are complete."""
    make("xlsx", tmp_path / "b.xlsx", 30_000)
    for name in ("a.csv", "c.csv"):
        (tmp_path / name).write_text(LIST, "utf-8")
    with Workers(1) as workers:

        def kill_in_time() -> None:
            time.sleep(0.1)
            while not told:
                time.sleep(0.005)
            os.kill(workers._all[0]._started.pid, signal.SIGKILL)

        told: list[str] = []
        thread = threading.Thread(target=kill_in_time)
        thread.start()
        options = Options(lang="en", progress=lambda p: told.append(p.path))
        found = items(pipeline.scan([tmp_path], options=options, workers=workers))
        thread.join()
    assert found["b.xlsx"].status == "failed"
    assert "signal 9" in (found["b.xlsx"].reason or "")
    assert found["a.csv"].status == found["c.csv"].status == "complete"
    assert found["c.csv"].records == 60


def test_task_that_takes_too_long_is_stopped() -> None:
    from scanner.executors import WorkerEnded
    from scanner.sources.local import LocalFile

    with Workers(1) as workers:
        source = LocalFile(Path(__file__), "x", 1)
        with pytest.raises(WorkerEnded, match="time"):
            workers.submit((source, 10, 20260101), seconds=0.0).result()
        out = workers.submit((source, 10, 20260101)).result()
        assert out.status == "complete"


def test_scan_from_a_script_without_main_guard(tmp_path: Path) -> None:
    """Workers are new interpreters that do not import the caller's script, as with spawn on Windows."""
    (tmp_path / "a.csv").write_text(LIST, "utf-8")
    script = tmp_path / "script.py"
    script.write_text("import scanner\nprint(scanner.scan('a.csv', workers=2).summary['records'])\n")
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, str(script)], cwd=tmp_path, env=env, capture_output=True, text=True
    )
    assert done.stdout.strip() == "60", done.stderr


def test_modules_in_the_scanned_folder_are_not_imported(tmp_path: Path) -> None:
    """A seized folder with a numpy.py of its own must not run code."""
    (tmp_path / "numpy.py").write_text("open('pwned', 'w')\n")
    (tmp_path / "a.csv").write_text(LIST, "utf-8")
    code = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import scanner; scanner.scan('a.csv')"
    done = subprocess.run([sys.executable, "-P", "-c", code], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "pwned").exists()

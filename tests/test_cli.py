"""The command line as another program meets it: exit codes, streams, files."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent
LIST = "姓名,手机号,身份证号\n" + "".join(
    f"王小{c},1978337{i * 37:04d},11011020030712501X\n" for i, c in enumerate("明红军" * 10)
)


def run(
    *arguments: str, cwd: Path | None = None, stdin: bytes = b"", **env: str
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scanner.cli.entry", *arguments]
    full = {**os.environ, "PYTHONPATH": str(ROOT), "LANG": "en_US.UTF-8", "LC_ALL": "", **env}
    done = subprocess.run(command, cwd=cwd or ROOT, input=stdin, env=full, capture_output=True)
    return subprocess.CompletedProcess(command, done.returncode, done.stdout.decode(), done.stderr.decode())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "业主名单.csv").write_bytes(LIST.encode("gb18030"))
    (tmp_path / "in" / "note.txt").write_text("nothing here\n")
    return tmp_path


def test_reports_of_every_format(folder: Path, validate: Callable[[Any], None]) -> None:
    names = ["r.json", "r.jsonl", "r.csv"]
    options = [part for name in names for part in ("--report", str(folder / name))]
    done = run("scan", str(folder / "in"), *options, "--lang", "zh")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    report = json.loads((folder / "r.json").read_text("utf-8"))
    validate(report)
    lines = [json.loads(line) for line in (folder / "r.jsonl").read_text("utf-8").splitlines()]
    assert lines[0]["summary"] == report["summary"]
    assert lines[1:] == report["items"]
    rows = list(csv.DictReader((folder / "r.csv").read_text("utf-8-sig").splitlines()))
    assert [row["path"].rsplit("/", 1)[-1] for row in rows] == ["业主名单.csv", "note.txt"]
    assert int(rows[0]["records"]) == report["summary"]["records"] == 30
    if os.name == "posix":
        assert (folder / "r.json").stat().st_mode & 0o077 == 0


def test_console_is_ranked_and_in_the_language_asked_for(folder: Path) -> None:
    zh, en = (run("scan", str(folder / "in"), "--lang", lang).stdout for lang in ("zh", "en"))
    assert "业主名单.csv" in zh
    assert "人数" in zh
    assert "people" in en
    assert "19783370001" not in zh + en


def test_language_follows_the_locale(folder: Path) -> None:
    assert "条记录" in run("scan", str(folder / "in"), LANG="zh_CN.UTF-8").stdout
    assert "records" in run("scan", str(folder / "in"), LANG="en_GB.UTF-8").stdout


def test_findings_file_holds_all(folder: Path) -> None:
    import pyarrow.parquet as pq

    for name in ("f.jsonl", "f.parquet"):
        done = run("scan", str(folder / "in"), "--findings", str(folder / name))
        assert done.returncode == 0, done.stderr
    rows = [json.loads(line) for line in (folder / "f.jsonl").read_text("utf-8").splitlines()]
    assert rows == pq.read_table(folder / "f.parquet").to_pylist()
    assert len(rows) == 90
    assert {row["entity_type"] for row in rows} == {"PERSON", "CN_MOBILE_NUMBER", "CN_RESIDENT_ID"}
    assert rows[0]["row"] == 2
    assert rows[0]["column_name"] == "姓名"


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ("records>=30", 1), ("records>30", 0), ("CN_RESIDENT_ID>=1", 1), ("CN_BANK_CARD>=1", 0),
        ("score>=101", 0), ("very_high,subjects>=1", 1),
    ],
)  # fmt: skip
def test_fail_on(folder: Path, condition: str, code: int) -> None:
    assert run("scan", str(folder / "in"), "--fail-on", condition).returncode == code


@pytest.mark.parametrize(
    "arguments",
    [
        ("scan",), ("scan", "/no/such/folder"), ("scan", ".", "--bogus"), ("scan", ".", "--report", "x.docx"),
        ("scan", ".", "--fail-on", "bogus>1"), ("scan", ".", "--findings", "x.txt"), ("scan", ".", "--profile", "x"),
        ("scan", ".", "--report", "/no/such/folder/r.json"), ("nonsense",), ("scan", ".", "--workers", "-1"),
    ],
)  # fmt: skip
def test_wrong_usage_is_one_line_and_exit_2(arguments: tuple[str, ...], tmp_path: Path) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stderr.startswith("piitrace: ")


def test_strict_tells_of_what_was_not_examined(folder: Path) -> None:
    (folder / "in" / "empty.csv").touch()
    assert run("scan", str(folder / "in")).returncode == 0
    assert run("scan", str(folder / "in"), "--strict").returncode == 3


def test_scan_of_standard_input() -> None:
    done = run("scan", "-", "--fail-on", "records>=30", stdin=LIST.encode("gb18030"))
    assert done.returncode == 1, done.stderr


def test_detect_gives_code_point_offsets() -> None:
    text = "𠮷野家 电话：197-8337-1234，身份证11010519491231002X"
    done = run("detect", "--jsonl", "--reveal", stdin=(text + "\n无\n").encode())
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert second == {"text_index": 1, "findings": []}
    for found in first["findings"]:
        assert text[found["start"] : found["end"]] == found["value"]
    assert [f["entity_type"] for f in first["findings"]] == ["CN_MOBILE_NUMBER", "CN_RESIDENT_ID"]


def test_detect_masks() -> None:
    assert "19783371234" not in run("detect", "19783371234").stdout


def test_rules_list_and_test() -> None:
    assert "CN_RESIDENT_ID" in run("rules", "list", "--lang", "en").stdout
    assert run("rules", "test").returncode == 0


def test_help_and_version_load_nothing_heavy() -> None:
    for arguments in (["--help"], ["--version"]):
        code = "import sys; from scanner.cli.entry import main; main()"
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-c", code, *arguments],
            cwd=ROOT, capture_output=True, text=True,
        )  # fmt: skip
        assert done.returncode == 0
        heavy = re.findall(r"\b(numpy|pyarrow|spacy|jieba|presidio_analyzer)\b", done.stderr)
        assert heavy == []


def test_csv_report_is_safe_for_spreadsheets(tmp_path: Path) -> None:
    (tmp_path / "=cmd.csv").write_text(LIST, "utf-8")
    done = run("scan", "=cmd.csv", "--report", "r.csv", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = list(csv.DictReader((tmp_path / "r.csv").read_text("utf-8-sig").splitlines()))
    assert rows[0]["path"] == "'=cmd.csv"
    assert not any(value.startswith(("=", "+", "-", "@")) for value in rows[0].values())


@pytest.mark.skipif(os.name != "posix", reason="the signal is POSIX")
def test_interrupted_scan_leaves_nothing_behind(tmp_path: Path) -> None:
    import signal
    import time

    from bench.generate import make

    make("dense", tmp_path / "big.csv", 200_000)
    (tmp_path / "out").mkdir()
    command = [sys.executable, "-m", "scanner.cli.entry", "scan", "big.csv", "--findings", "out/f.jsonl"]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(command, cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    while not list((tmp_path / "out").iterdir()):
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == 130
    assert "stopped by the user" in errors
    assert "Traceback" not in errors
    assert list((tmp_path / "out").iterdir()) == []

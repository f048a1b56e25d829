"""Measure piitrace against rivals: `make bench`. Results go to `bench/results/`.

Whole processes, wall time, best of three, rival and piitrace by turns in the same run, on made-up data
from `bench.generate`. Ratios are what counts; the seconds belong to one machine.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.generate import make

ROOT = Path(__file__).parent.parent
RESULTS = Path(__file__).parent / "results"
PIITRACE = [str(Path(sys.executable).with_name("piitrace"))]
PATTERNS = ["-e", "1[3-9][0-9]{9}", "-e", "[1-9][0-9]{16}[0-9X]"]
CALAMINE = (
    "import sys; from python_calamine import CalamineWorkbook as W\n"
    "for row in W.from_path(sys.argv[1]).get_sheet_by_index(0).iter_rows(): pass"
)


@dataclass(frozen=True, slots=True)
class Result:
    """One comparison; `ratio` is piitrace to rival in seconds, or rival to piitrace per MB where `per_mb`."""

    name: str
    target: str
    ours: float
    rival: float
    ratio: float
    unit: str
    passed: bool


def seconds(command: Sequence[str], out: Path) -> float:
    """Wall time of one run, its output into a file."""
    with out.open("wb") as file:
        start = time.perf_counter()
        subprocess.run(command, stdout=file, stderr=subprocess.DEVNULL, check=True)
        return time.perf_counter() - start


def by_turns(ours: Sequence[str], rival: Sequence[str], out: Path, times: int) -> tuple[float, float]:
    """Best times of both, run by turns so that both meet the same machine."""
    pairs = [(seconds(ours, out), seconds(rival, out)) for _ in range(times)]
    return min(a for a, _ in pairs), min(b for _, b in pairs)


def scan(path: Path) -> list[str]:
    """The command that scans one file."""
    return [*PIITRACE, "scan", str(path), "--lang", "en"]


def compare(name: str, path: Path, rival: Sequence[str], limit: float, out: Path, times: int) -> Result:
    """A scan against a rival on the same file."""
    ours, theirs = by_turns(scan(path), rival, out, times)
    ratio = ours / theirs
    return Result(
        name, f"<= {limit}x", round(ours, 3), round(theirs, 3), round(ratio, 2), "s", ratio <= limit
    )


def against_presidio(path: Path, out: Path, times: int) -> Result:
    """MB/s against Presidio with two pattern recognizers on the first rows."""
    ours = min(seconds(scan(path), out) for _ in range(times))
    ours_rate = path.stat().st_size / 1e6 / ours
    done = subprocess.run(
        [sys.executable, "-m", "bench.presidio", str(path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    rate = float(done.stdout)
    ratio = ours_rate / rate
    return Result(
        "Presidio, dense rows",
        ">= 200x per MB",
        round(ours_rate, 1),
        round(rate, 3),
        round(ratio),
        "MB/s",
        ratio >= 200,
    )


def memory(path: Path, out: Path) -> Result:
    """Peak resident memory of a scan: all processes together, sampled every 20 ms."""
    process = subprocess.Popen(scan(path), stdout=out.open("wb"))
    peak, largest = 0, 0
    while process.poll() is None:
        sizes = _resident(process.pid)
        peak, largest = max(peak, sum(sizes)), max([largest, *sizes])
        time.sleep(0.02)
    mb = path.stat().st_size / 1e6
    return Result(
        f"peak memory, {mb:.0f} MB CSV",
        "<= 500 MB",
        round(peak / 1e6),
        round(largest / 1e6),
        round(peak / 1e6),
        "MB all / MB largest process",
        peak <= 500e6,
    )


def _resident(pid: int) -> list[int]:
    """Resident bytes of a process and its children (Linux), shared pages counted once for each."""
    pids = [pid]
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            pids += [int(child) for child in (task / "children").read_text().split()]
    except OSError:
        return []
    sizes = []
    for one in pids:
        try:
            sizes.append(int(Path(f"/proc/{one}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE"))
        except OSError:
            continue
    return sizes


def machine() -> dict[str, Any]:
    """What the numbers were measured on."""
    names = ("numpy", "pyarrow", "python-calamine", "presidio-analyzer")
    rg = subprocess.run(["rg", "--version"], capture_output=True, text=True, check=True).stdout.splitlines()[
        0
    ]
    return {
        "python": platform.python_version(),
        "system": platform.system(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
        "ripgrep": rg,
        **{name: version(name) for name in names},
    }


def run(folder: Path, times: int, big: bool, say: Callable[[str], None]) -> list[Result]:
    """Everything, in order."""
    files = {kind: folder / name for kind, name in (
        ("dense", "dense.csv"), ("dense-gbk", "dense-gbk.csv"), ("log", "app.log"), ("xlsx", "sheet.xlsx"))}  # fmt: skip
    for kind, path in files.items():
        if not path.exists():
            say(f"making {path.name}")
            make(kind, path)
    out = folder / "out.txt"
    rg = ["rg", "-o", "-b", *PATTERNS]
    results = []

    def done(result: Result) -> None:
        results.append(result)
        mark = "ok " if result.passed else "NOT"
        say(
            f"{mark} {result.name}: {result.ours} / {result.rival} {result.unit}, ratio {result.ratio} (target {result.target})"
        )

    done(compare("ripgrep -o -b, dense CSV", files["dense"], [*rg, str(files["dense"])], 3.0, out, times))
    done(compare("GBK against UTF-8", files["dense-gbk"], scan(files["dense"]), 1.4, out, times))
    done(compare("ripgrep -o -b, sparse log", files["log"], [*rg, str(files["log"])], 3.0, out, times))
    calamine = [sys.executable, "-c", CALAMINE, str(files["xlsx"])]
    done(compare("python-calamine alone, xlsx", files["xlsx"], calamine, 1.6, out, times))
    done(against_presidio(files["dense"], out, times))
    help_time = min(seconds([*PIITRACE, "--help"], out) for _ in range(times))
    done(
        Result(
            "piitrace --help",
            "<= 0.35 s",
            round(help_time, 3),
            0.35,
            round(help_time, 3),
            "s",
            help_time <= 0.35,
        )
    )
    if big:
        path = folder / "big.csv"
        if not path.exists():
            say("making big.csv (1 GB)")
            make("dense", path, 7_600_000)
        done(memory(path, out))
    return results


def write(results: list[Result], where: Path) -> None:
    """As JSON and as a table."""
    where.mkdir(exist_ok=True)
    facts = machine()
    text = json.dumps(
        {"machine": facts, "results": [asdict(r) for r in results]}, indent=1, ensure_ascii=False
    )
    (where / "latest.json").write_text(text + "\n", "utf-8")
    lines = ["| what | piitrace | rival | unit | ratio | target | |", "|---|---:|---:|---|---:|---|---|"]
    for r in results:
        lines.append(
            f"| {r.name} | {r.ours} | {r.rival} | {r.unit} | {r.ratio} | {r.target} | {'met' if r.passed else 'not met'} |"
        )
    lines += ["", "Measured with " + ", ".join(f"{k} {v}" for k, v in facts.items()) + "."]
    (where / "latest.md").write_text("\n".join(lines) + "\n", "utf-8")


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, help="folder that keeps the generated files")
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--no-big", action="store_true", help="leave out the 1 GB file")
    asked = parser.parse_args()
    if not shutil.which("rg"):
        sys.exit("ripgrep is needed as the rival: install it (Debian: apt-get install ripgrep)")
    folder = asked.data or Path(tempfile.mkdtemp(prefix="piitrace-bench-"))
    folder.mkdir(exist_ok=True)
    compileall.compile_dir(ROOT / "scanner", quiet=2)  # as pip does when it installs; the rivals' are, too
    try:
        write(run(folder, asked.times, not asked.no_big, lambda text: print(text, flush=True)), RESULTS)
    finally:
        if asked.data is None:
            shutil.rmtree(folder)


if __name__ == "__main__":
    main()

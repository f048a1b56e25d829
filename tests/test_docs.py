"""The documents: links lead somewhere, the Python example runs, both languages tell the same."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_python_example_runs(name: str, stick: Path, tmp_path: Path) -> None:
    (tmp_path / "demo-stick").symlink_to(stick)
    (code,) = re.findall(r"```python\n(.*?)```", (ROOT / name).read_text("utf-8"), re.DOTALL)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "CN_MOBILE_NUMBER 3 14 197****1234" in done.stdout
    assert "[0] [0] [11]" in done.stdout


def test_both_languages_name_the_same_options() -> None:
    pages = [(ROOT / name).read_text("utf-8") for name in ("README.md", "README.zh-CN.md")]
    options = [set(re.findall(r"`(--[a-z-]+)", page)) for page in pages]
    assert options[0] == options[1] != set()
    types = [set(re.findall(r"`([A-Z]+(?:_[A-Z]+)+)`", page)) for page in pages]
    assert types[0] == types[1] != set()

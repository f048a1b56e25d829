#!/bin/sh
# Builds the wheel, installs it into an empty environment, and scans from another folder.
# Usage: smoke.sh [PYTHON]; wants .venv, which `make smoke` sees to.
set -eu
repo=$(cd "$(dirname "$0")/.." && pwd)
python=${1:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# With the pinned hatchling of .venv, not with whatever is newest today.
"$repo/.venv/bin/python" -m build --wheel --no-isolation --outdir "$work/dist" "$repo" >/dev/null
"$python" -m venv "$work/venv"
"$work/venv/bin/python" -m pip install --quiet --disable-pip-version-check -c "$repo/constraints.txt" "$work"/dist/piitrace-*.whl
mkdir "$work/stick" "$work/home"
"$work/venv/bin/python" - "$work/stick/list.csv" <<'PYTHON'
import sys
rows = ["姓名,手机号,身份证号"] + [f"王小明,1978337{n * 37:04d},11011020030712501X" for n in range(50)]
open(sys.argv[1], "wb").write("\n".join(rows).encode("gb18030"))
PYTHON
cd "$work"
XDG_CONFIG_HOME="$work/home" "$work/venv/bin/piitrace" rules test
XDG_CONFIG_HOME="$work/home" "$work/venv/bin/piitrace" scan stick --report report.json --lang en
"$work/venv/bin/python" - <<'PYTHON'
import json
report = json.load(open("report.json", encoding="utf-8"))
summary = report["summary"]
assert summary["records"] == 50 and summary["subjects"] == 1, summary
assert summary["entities"]["CN_MOBILE_NUMBER"] == {"count": 50, "distinct": 50}, summary
text = json.dumps(report, ensure_ascii=False)
assert "19783370037" not in text and "11011020030712501X" not in text and "王小明" not in text
from pathlib import Path
from scanner.presidio_plugin import registry_file
assert Path(registry_file()).is_file()
PYTHON
echo "smoke: the wheel scans from an empty environment"

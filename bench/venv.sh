#!/bin/sh
# Makes .venv with the project and its development tools at the versions of constraints.txt.
# Usage: venv.sh PYTHON
set -eu
"$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "piitrace needs Python 3.11 or newer"; exit 2; }
echo "setting up .venv (once, a few minutes)"
if ! "$1" -m venv .venv; then
    # Debian splits venv from Python; take it where we may.
    command -v apt-get >/dev/null || { echo "$1 cannot make a virtual environment: install its venv module" >&2; exit 2; }
    echo "installing python3-venv"
    rm -rf .venv
    apt-get update -qq && apt-get install -y -qq python3-venv
    "$1" -m venv .venv
fi
.venv/bin/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'

"""The command `piitrace`. It starts the worker processes of a scan first, and only then imports the rest:
both take about 0.3 s and go on side by side.
"""

from __future__ import annotations

import os
import sys

STOPPED = 130
"""Exit code after an interruption; typer turns the exception into it."""


def main() -> None:
    """Run the command line; ends the process with the contract's exit codes."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--version"]:
        from scanner import __version__

        print(f"piitrace {__version__}")
        return
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a Chinese path must not end a scan on a console in cp1252
            stream.reconfigure(errors="backslashreplace")
    workers = _workers(arguments)
    try:
        from scanner.cli.app import run

        code = run(arguments, workers)
    except KeyboardInterrupt:
        code = STOPPED
    finally:
        if workers is not None:
            workers.close()
    if code == STOPPED:
        print("piitrace: stopped by the user; no report was written", file=sys.stderr)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)  # everything is written; taking the interpreter apart would cost 0.05 s


def _workers(arguments: list[str]):  # type: ignore[no-untyped-def]
    """Worker processes for `scan`, as many as its option says; None for every other command."""
    if arguments[:1] != ["scan"] or "--help" in arguments or len(arguments) < 2:
        return None
    from scanner.executors import Workers, usable_cores

    count = usable_cores()
    for i, argument in enumerate(arguments):
        value = arguments[i + 1] if argument == "--workers" and i + 1 < len(arguments) else ""
        value = argument[10:] if argument.startswith("--workers=") else value
        if value.isdigit() and int(value):
            count = int(value)
    return Workers(count, at_once=_first_tasks(arguments))


def _first_tasks(arguments: list[str]) -> int:
    """How many workers are sure to have work: a single small file or workbook needs one."""
    paths = [a for a in arguments[1:] if os.path.isfile(a)]
    if len(paths) == 1 and not any(os.path.isdir(a) for a in arguments[1:]):
        is_workbook = paths[0].lower().endswith((".xlsx", ".xls", ".xlsm", ".xlsb", ".et"))
        return 1 if is_workbook or os.path.getsize(paths[0]) < 4 << 20 else 2
    return 1 << 10


if __name__ == "__main__":
    main()

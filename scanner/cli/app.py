"""Commands and options. Every command imports what it needs when it runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scanner.errors import PiitraceError

if TYPE_CHECKING:
    from scanner.executors import Workers

app = typer.Typer(
    name="piitrace",
    help="Find Chinese personal information in files, and tell how likely it is traded consumer data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
rules_app = typer.Typer(help="What is detected, as data.", no_args_is_help=True)
app.add_typer(rules_app, name="rules")

_state: dict[str, Any] = {}

_WRONG_USAGE: type[Exception] = typer.BadParameter.__mro__[1]
"""Base of every complaint about arguments; typer carries its own click and exports only the subclass."""


def run(arguments: list[str], workers: Workers | None) -> int:
    """Run a command and return its exit code; an error of usage is one line and 2."""
    _state["workers"] = workers
    try:
        code = app(arguments, standalone_mode=False)
    except PiitraceError as error:
        print(f"piitrace: {error}", file=sys.stderr)
        return 2
    except typer.Abort:
        raise KeyboardInterrupt from None
    except _WRONG_USAGE as error:
        message = error.format_message()  # type: ignore[attr-defined]
        print(message if "\n" in message else f"piitrace: {message} (see piitrace --help)", file=sys.stderr)
        return 2
    return code if isinstance(code, int) else 0


@app.command()
def scan(
    paths: Annotated[
        list[str], typer.Argument(help="Files, folders, or - for standard input.", show_default=False)
    ],
    report: Annotated[
        list[Path] | None, typer.Option(help="Write a report: .json .jsonl .csv (may be repeated).")
    ] = None,
    findings: Annotated[Path | None, typer.Option(help="Write every finding: .parquet or .jsonl.")] = None,
    profile: Annotated[str, typer.Option(help="quick, standard or deep.")] = "standard",
    workers: Annotated[int, typer.Option(help="Worker processes; 0 is one per core.", min=0)] = 0,
    lang: Annotated[str, typer.Option(help="zh or en; default from the locale.")] = "",
    reveal: Annotated[
        bool, typer.Option("--reveal", help="Show values in full. Take care where they go.")
    ] = False,
    fail_on: Annotated[
        str, typer.Option(help="Exit 1 when met: high, score>=60, subjects>=20, CN_RESIDENT_ID>=1.")
    ] = "",
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit 3 when something could not be examined.")
    ] = False,
    key: Annotated[Path | None, typer.Option(help="File with the key of the fingerprints.")] = None,
    presidio: Annotated[
        Path | None, typer.Option(help="Presidio recognizers to ask too: a registry .yaml, or .toml.")
    ] = None,
    top: Annotated[int, typer.Option(help="Rows of the table on the console; 0 shows all.", min=0)] = 30,
) -> int:
    """Scan files and folders, and rank them by how likely they are traded consumer data."""
    from scanner.cli.scan import Request, scan_command

    request = Request(
        paths, report or [], findings, profile, workers, lang, reveal, fail_on, strict, key, presidio, top
    )
    return scan_command(request, _state.get("workers"))


@app.command()
def detect(
    texts: Annotated[
        list[str] | None, typer.Argument(help="Texts; without any, each line of standard input.")
    ] = None,
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = False,
    reveal: Annotated[bool, typer.Option("--reveal", help="Show values in full.")] = False,
) -> int:
    """Find personal information in short texts."""
    from scanner.cli.detect import detect_command

    return detect_command(texts, jsonl, reveal)


@rules_app.command("list")
def rules_list(lang: Annotated[str, typer.Option(help="zh or en.")] = "") -> int:
    """List the entities that are detected."""
    from scanner.cli.rules import list_command

    return list_command(lang)


@rules_app.command("test")
def rules_test() -> int:
    """Check every rule against its own examples."""
    from scanner.cli.rules import test_command

    return test_command()

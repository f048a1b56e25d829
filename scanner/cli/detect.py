"""`piitrace detect`: findings in short texts."""

from __future__ import annotations

import sys
from collections.abc import Iterable

from scanner.api import detect_many


def detect_command(texts: list[str] | None, jsonl: bool, reveal: bool) -> int:
    """Print what is found in each text; exit code 0."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for index, found in enumerate(detect_many(texts or _lines(), reveal=reveal)):
        if jsonl:
            import orjson

            row = {"text_index": index, "findings": [one.to_dict() for one in found]}
            sys.stdout.write(orjson.dumps(row).decode() + "\n")
            continue
        for one in found:
            flags = f" ({', '.join(one.flags)})" if one.flags else ""
            line = Text(f"{index}:{one.start}-{one.end} ", style="dim")
            line.append(one.entity_type, style="bold cyan").append(f" {one.score:.2f} ").append(one.value)
            console.print(line.append(flags, style="yellow"))
    return 0


def _lines() -> Iterable[str]:
    for raw in sys.stdin.buffer:
        try:
            yield raw.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            yield raw.decode("gb18030", "replace").rstrip("\r\n")

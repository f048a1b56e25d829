"""Imports go down the layers only (docs/design.md); sideways within a layer where a package shares a file."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "scanner"
LAYERS = [
    {"scanner", "schema", "errors"},
    {
        "digits",
        "checks",
        "text",
        "rules",
        "tables",
        "divisions",
        "division_trie",
        "distinct",
        "messages",
        "shapes",
        "keywords",
        "labels",
    },
    {"sources", "readers", "profile", "columns", "votes", "cuts"},
    {"detectors"},
    {"resolve", "agreement", "records", "law", "scoring", "values"},
    {"report", "reports"},
    {"analyse", "items", "worker", "executors", "pipeline", "api", "rulecheck", "presidio_plugin"},
    {"cli"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if "_data" not in path.parts)


def top(module: str) -> str:
    """The part of a module's name that has a place in the table: `scanner.readers.json` is `readers`."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else parts[0]


def imports(path: Path) -> set[str]:
    """The modules of ours that a file imports, wherever in the file."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "scanner":
            whole = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= set(whole) if node.module == "scanner" else {node.module}
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "scanner"}
    return {top(module) for module in found} - {"__version__"}


def test_every_module_has_a_layer() -> None:
    names = {top(".".join(p.relative_to(PACKAGE.parent).with_suffix("").parts)) for p in MODULES} - {
        "__init__"
    }
    assert names <= set(LEVEL)


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_imports_go_down(path: Path) -> None:
    own = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    if own == "__init__":  # the package itself offers `api`, imported at first use
        return
    upward = {name for name in imports(path) if LEVEL[name] > LEVEL[own]}
    assert not upward, f"{path.name} (layer {LEVEL[own]}) imports {upward} from above"


def test_core_does_not_import_heavy_libraries_at_the_top() -> None:
    heavy = {
        "pyarrow",
        "spacy",
        "jieba",
        "presidio_analyzer",
        "regex",
        "lxml",
        "selectolax",
        "python_calamine",
    }
    for path in MODULES:
        tree = ast.parse(path.read_text("utf-8"))
        for node in tree.body:
            names = {a.name.split(".")[0] for a in node.names} if isinstance(node, ast.Import) else set()
            if isinstance(node, ast.ImportFrom):
                names = {(node.module or "").split(".")[0]}
            assert not names & heavy, f"{path.name} imports {names & heavy} at the top"

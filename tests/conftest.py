"""What tests share: the demo stick, the report schema, and the material beside the repository."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from bench.demo import build

settings.register_profile("untimed", deadline=None)  # no test measures time
settings.load_profile("untimed")

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"


@pytest.fixture(autouse=True)
def _own_key(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fingerprints under a key of the test's own, never the user's."""
    key = tmp_path_factory.getbasetemp() / "fingerprint.key"
    key.write_bytes(b"a key for tests only, 32 bytes!!")
    monkeypatch.setenv("PIITRACE_KEY_FILE", str(key))


@pytest.fixture(scope="session")
def stick(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo stick."""
    out = tmp_path_factory.mktemp("demo") / "stick"
    build(out)
    return out


@pytest.fixture(scope="session")
def validate() -> Callable[[Any], None]:
    """Checks a report against `docs/report.schema.json`."""
    from jsonschema import Draft202012Validator

    schema = json.loads((ROOT / "docs" / "report.schema.json").read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema).validate


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of shared material; the test is skipped where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared material is not beside this checkout")
    return SHARED

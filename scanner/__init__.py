"""piitrace: find Chinese personal information in files, and tell how likely it is traded consumer data.

>>> import scanner
>>> [(f.entity_type, f.value) for f in scanner.detect("电话 19783371234")]
[('CN_MOBILE_NUMBER', '197****1234')]
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

__all__ = ["__version__", "detect", "detect_column", "scan"]

if TYPE_CHECKING:
    from scanner.api import detect, detect_column, scan


def __getattr__(name: str) -> Any:
    """The functions of `scanner.api`, imported at first use: `piitrace --help` needs none of them."""
    if name in ("detect", "detect_column", "scan"):
        from scanner import api

        return getattr(api, name)
    raise AttributeError(f"module 'scanner' has no attribute {name!r}")

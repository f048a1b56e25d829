"""piitrace: find Chinese personal data in files and say how likely it is a traded list."""

from __future__ import annotations

__version__ = "0.1.0"

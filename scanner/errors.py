"""Errors of piitrace: each says what happened, where, and what to do next.

No message ever holds a scanned value; a place (path, table, row) is enough to find it again.
"""

from __future__ import annotations


class PiitraceError(Exception):
    """Base of every error that piitrace raises on purpose."""


class UsageError(PiitraceError):
    """A wrong argument or configuration; the command line ends with exit code 2."""


class RuleError(PiitraceError):
    """A file under `rules/` is wrong; the message names the file and, where known, the line."""


class UnreadableError(PiitraceError):
    """An item cannot be read at all; `code` names a sentence in `rules/messages`.

    >>> UnreadableError("encrypted").code
    'encrypted'
    """

    def __init__(self, code: str, **params: str | int) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, str | int] = dict(params)

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class SkippedError(UnreadableError):
    """An item was left out on purpose (a FIFO, a symbolic link, an unknown kind of file)."""

"""Readers turn a source into batches of cells. The list is ordered: the first that matches reads.

A reader is a module with `matches(name: str, head: bytes) -> bool` and
`read(source: Source) -> Iterator[Batch | Note]`; it is imported only when asked. Content decides, the
suffix is a hint, so readers that know a signature come before the ones that guess.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

READERS = (
    "sqlite",  # signature
    "parquet",  # signatures of Parquet, ORC and Avro
    "ods",  # before excel: the same container, another content
    "excel",  # zip and OLE containers that hold a workbook
    "html",  # HTML tables, often named .xls
    "sqldump",  # before json and delimited: INSERT rows look like both
    "json",
    "delimited",  # text with columns; falls back to lines; last, because it takes every text
)


def find_reader(name: str, head: bytes) -> ModuleType | None:
    """The first reader that takes an item with this name and these first bytes."""
    for reader in READERS:
        module = import_module(f"scanner.readers.{reader}")
        if module.matches(name, head):
            return module
    return None

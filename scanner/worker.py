"""A worker process: takes tasks as pickle frames on standard input, answers on standard output.

Each frame is an 8-byte big-endian length and a pickle. Native parsers run here, so that a crash costs
one item. Nothing else may write to the pipe: what libraries print goes to standard error.
"""

from __future__ import annotations

import gc
import os
import pickle
import struct
import threading
from typing import Any, BinaryIO


def send(stream: BinaryIO, value: Any) -> None:
    """Write one frame."""
    raw = pickle.dumps(value, protocol=5)
    stream.write(struct.pack(">Q", len(raw)))
    stream.write(raw)
    stream.flush()


def receive(stream: BinaryIO) -> Any:
    """Read one frame; raises `EOFError` where the other side has ended."""
    size = stream.read(8)
    if len(size) < 8:
        raise EOFError
    length = struct.unpack(">Q", size)[0]
    raw = stream.read(length)
    if len(raw) < length:
        raise EOFError
    return pickle.loads(raw)


def main() -> None:
    """Answer tasks until standard input ends."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    inside = os.fdopen(os.dup(0), "rb")
    from scanner.analyse import run, warm_up

    # In a thread: the first task may begin, and a workbook is unpacked without the interpreter lock.
    threading.Thread(target=warm_up, daemon=True).start()
    gc.set_threshold(50_000, 20, 50)  # tables are long lists of lists, and hold no cycles
    while True:
        try:
            task = receive(inside)
        except EOFError:
            break
        send(out, run(*task))


if __name__ == "__main__":
    main()

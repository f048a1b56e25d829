"""Worker processes that may die: each is owned by a thread, which hands it one task at a time.

The processes are new interpreters (no fork, so it is alike on Windows), and each task's result, or the
way its worker ended, comes back in the order of submission.
"""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

from scanner import worker

SECONDS = 600
"""Longest time for one task before its worker is stopped; beside it a second per 100 kB of input."""


class WorkerEnded(Exception):
    """A worker process died during a task: `signal` is its number, negative exit status, or "time"."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class _Process:
    """One worker process, started again when it has died."""

    def __init__(self) -> None:
        self._started = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        env = dict(os.environ)
        here = str(Path(__file__).parent.parent)
        env["PYTHONPATH"] = os.pathsep.join(p for p in (here, env.get("PYTHONPATH", "")) if p)
        # glibc gives blocks of 1 MB back to the system and takes them again, page fault by page fault;
        # keeping them saves a fifth of the time on a dense file (docs/performance.md).
        env.setdefault("MALLOC_MMAP_THRESHOLD_", str(1 << 28))
        env.setdefault("MALLOC_TRIM_THRESHOLD_", str(1 << 28))
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            env.setdefault(name, "1")
        # -P: a scanned folder that is the working directory must not lend its modules.
        command = [sys.executable, "-P", "-m", "scanner.worker"]
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=env)

    def call(self, task: Any, seconds: float) -> Any:
        """The result of one task; raises `WorkerEnded` where the process died of it."""
        if self._started.poll() is not None:
            self._started = self._start()
        process = self._started
        late = threading.Event()

        def stop() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            assert process.stdin is not None and process.stdout is not None
            worker.send(process.stdin, task)  # type: ignore[arg-type]
            return worker.receive(process.stdout)  # type: ignore[arg-type]
        except (EOFError, OSError) as error:
            process.kill()
            code = process.wait()
            raise WorkerEnded(
                "time" if late.is_set() else f"signal {-code}" if code < 0 else f"exit {code}"
            ) from error
        finally:
            timer.cancel()

    def close(self) -> None:
        """End the process."""
        self._started.kill()
        self._started.wait()
        for pipe in (self._started.stdin, self._started.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):  # the other end is gone with what was still buffered
                    pipe.close()


class Workers:
    """Up to `count` worker processes behind the `submit` of `concurrent.futures`.

    `at_once` of them start now, so that they load while the caller does; the others when there is work.
    """

    def __init__(self, count: int, at_once: int | None = None) -> None:
        self.count = count
        self._all = [_Process() for _ in range(min(count, count if at_once is None else at_once))]
        self._free = list(self._all)
        self._lock = threading.Lock()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="worker")

    def submit(self, task: Any, seconds: float = SECONDS) -> Future[Any]:
        """Do a task in the next free process."""
        return self._threads.submit(self._run, task, seconds)

    def _take(self) -> _Process:
        with self._lock:
            if self._free:
                return self._free.pop()
            process = _Process()  # there are as many threads as processes, so never too many
            self._all.append(process)
            return process

    def _run(self, task: Any, seconds: float) -> Any:
        process = self._take()
        try:
            return process.call(task, seconds)
        finally:
            with self._lock:
                self._free.append(process)

    def close(self) -> None:
        """Stop everything, finished or not."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        for process in self._all:
            process.close()

    def __enter__(self) -> Workers:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def usable_cores() -> int:
    """Cores that this process may use."""
    affinity: Callable[[int], Any] | None = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity else os.cpu_count() or 1

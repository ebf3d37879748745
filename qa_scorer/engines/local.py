"""Worker processes on this machine."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from itertools import islice
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from qa_scorer.errors import WorkerDied

Item = TypeVar("Item")
Result = TypeVar("Result")

# A fresh process now and then gives back what native libraries leak; loading the models again costs seconds.
TASKS_PER_PROCESS = 250


class LocalEngine:
    """A pool of spawned processes: a crash or a hang costs only the call it happened in."""

    def __init__(self, workers: int) -> None:
        """Start ``workers`` processes. They are spawned: forking a process with torch threads can deadlock."""
        self._workers = workers
        self._pool = ProcessPool(
            max_workers=workers, max_tasks=TASKS_PER_PROCESS, context=multiprocessing.get_context("spawn")
        )

    def as_completed(
        self, function: Callable[[Item], Result], items: Iterable[Item], timeout_s: float
    ) -> Iterator[tuple[Item, Result | Exception]]:
        """Yield results as they complete, with at most two items a worker waiting."""
        remaining = iter(items)
        in_flight: dict[Future[Result], Item] = {}
        while True:
            for item in islice(remaining, 2 * self._workers - len(in_flight)):
                in_flight[self._pool.schedule(function, args=(item,), timeout=timeout_s)] = item
            if not in_flight:
                return
            done, _ = wait(in_flight, return_when=FIRST_COMPLETED)
            for future in done:
                yield in_flight.pop(future), _outcome(future, timeout_s)

    def close(self) -> None:
        """Stop the processes at once."""
        self._pool.stop()  # type: ignore[no-untyped-call]
        self._pool.join()


def _outcome(future: Future[Any], timeout_s: float) -> Any:
    try:
        return future.result()
    except TimeoutError:
        return TimeoutError(f"took longer than {timeout_s:.0f} s")
    except ProcessExpired as error:
        return WorkerDied(f"the worker process died (exit code {error.exitcode}); out of memory, or a damaged file")
    except Exception as error:
        return error

"""A Ray cluster: the same tasks on many machines. A lost node costs only its calls in flight, which run again."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from qa_scorer.errors import UsageError, WorkerDied

Item = TypeVar("Item")
Result = TypeVar("Result")

# A task whose node is lost runs again this often before its call counts as failed.
RETRIES = 3
KNOCK_TIMEOUT_S = 5.0


class RayEngine:
    """Tasks on a Ray cluster, one a processor; ``address=None`` starts one on this machine."""

    def __init__(self, address: str | None) -> None:
        """Connect. Raises ``UsageError`` when Ray is not installed or the cluster does not answer."""
        try:
            import ray
        except ImportError as error:
            raise UsageError("--engine ray needs Ray: pip install 'qa-scorer[ray]'.") from error
        _reach(address)
        try:
            ray.init(address=address, log_to_driver=False, include_dashboard=False, ignore_reinit_error=True)
        except (ConnectionError, ValueError, RuntimeError) as error:
            raise _unreachable(address) from error
        self._ray: Any = ray

    def as_completed(
        self, function: Callable[[Item], Result], items: Iterable[Item], timeout_s: float
    ) -> Iterator[tuple[Item, Result | Exception]]:
        """Yield results as they complete, with at most two items a processor waiting."""
        remote: Any = self._ray.remote(_call).options(max_retries=RETRIES, retry_exceptions=False)
        window = 2 * max(1, int(self._ray.cluster_resources().get("CPU", 1)))
        remaining = iter(items)
        in_flight: dict[Any, Item] = {}
        while True:
            for item in islice(remaining, window - len(in_flight)):
                in_flight[remote.remote(function, item)] = item
            if not in_flight:
                return
            done, _ = self._ray.wait(list(in_flight), num_returns=1, timeout=timeout_s)
            if not done:
                # Nothing completed for so long: the oldest task is the one that hangs.
                reference = next(iter(in_flight))
                self._ray.cancel(reference, force=True)
                yield in_flight.pop(reference), TimeoutError(f"took longer than {timeout_s:.0f} s")
            for reference in done:
                yield in_flight.pop(reference), self._outcome(reference)

    def close(self) -> None:
        """Disconnect from the cluster."""
        self._ray.shutdown()

    def _outcome(self, reference: Any) -> Any:
        try:
            return self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            return error.cause if isinstance(error.cause, Exception) else error
        except self._ray.exceptions.RayError as error:
            return WorkerDied(f"its machine was lost {RETRIES + 1} times ({type(error).__name__})")


def _call(function: Callable[[Item], Result], item: Item) -> Result:
    return function(item)


def _reach(address: str | None) -> None:
    """Knock before Ray does: it would go on for minutes where nobody answers."""
    host, _, port = (address or "").removeprefix("ray://").rpartition(":")
    if not (host and port.isdigit()):
        return
    try:
        socket.create_connection((host, int(port)), KNOCK_TIMEOUT_S).close()
    except OSError as error:
        raise _unreachable(address) from error


def _unreachable(address: str | None) -> UsageError:
    return UsageError(f"no Ray cluster answers at {address}: start one with `ray start --head`.")

"""Map a stage over many calls: every call ends as ``Done`` or ``Failed``, whatever happens to the others."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from qa_scorer.errors import CallError, QaScorerError

log = logging.getLogger(__name__)

Item = TypeVar("Item")
Result = TypeVar("Result")


class Engine(Protocol):
    """Runs one function over many items, each in a process that may die without harm to the others."""

    def as_completed(
        self, function: Callable[[Item], Result], items: Iterable[Item], timeout_s: float
    ) -> Iterator[tuple[Item, Result | Exception]]:
        """Yield each item with its result, or with the exception that ended it, in order of completion.

        An item that runs longer than ``timeout_s`` gives a ``TimeoutError``, one whose process dies a ``WorkerDied``.
        """
        ...

    def close(self) -> None:
        """Stop the workers; what is in flight is dropped."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Done(Generic[Item, Result]):
    """An item and what came of it."""

    item: Item
    result: Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Generic[Item]):
    """An item that could not be done, and why, in one sentence without a word of the call."""

    item: Item
    reason: str


@dataclass(frozen=True, slots=True)
class _Guarded(Generic[Item, Result]):
    """A function that names the place of an error no one foresaw, in the worker, where the traceback is still whole."""

    function: Callable[[Item], Result]

    def __call__(self, item: Item) -> Result:
        try:
            return self.function(item)
        except QaScorerError:
            raise
        except Exception as error:
            log.debug("unforeseen error in a call", exc_info=error)
            # The message may quote the call; the type and the place never do.
            frame = traceback.extract_tb(error.__traceback__)[-1]
            place = f"{Path(frame.filename).name}:{frame.lineno}"
            raise CallError(
                f"unexpected {type(error).__name__} in {place}; please report it with the output of `qa-scorer doctor`."
            ) from None


def map_calls(
    engine: Engine, function: Callable[[Item], Result], items: Iterable[Item], timeout_s: float
) -> Iterator[Done[Item, Result] | Failed[Item]]:
    """Yield ``Done`` or ``Failed`` for every item, in order of completion."""
    for item, outcome in engine.as_completed(_Guarded(function), items, timeout_s):
        if isinstance(outcome, Exception):
            yield Failed(item=item, reason=str(outcome) or type(outcome).__name__)
        else:
            yield Done(item=item, result=outcome)

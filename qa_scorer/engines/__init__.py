"""Where the work is done: worker processes on this machine, or a Ray cluster. Both fit ``batch.Engine``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa_scorer.errors import UsageError

if TYPE_CHECKING:
    from qa_scorer.engines.local import LocalEngine
    from qa_scorer.engines.ray import RayEngine
    from qa_scorer.settings import Settings


def make_engine(settings: Settings, workers: int) -> LocalEngine | RayEngine:
    """Return the engine the settings ask for, with ``workers`` processes where the engine lets us choose."""
    if settings.engine == "ray":
        from qa_scorer.engines.ray import RayEngine

        return RayEngine(settings.address)
    if settings.address is not None:
        raise UsageError("--address names a Ray cluster: add --engine ray.")
    from qa_scorer.engines.local import LocalEngine

    return LocalEngine(workers)

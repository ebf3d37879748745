"""The night's job: find the calls, hear them, judge them, write the reports, and say what happened."""

from __future__ import annotations

import platform
import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from qa_scorer import __version__, store
from qa_scorer.calls import CallSource, find_calls
from qa_scorer.pipeline import Listener, Tally, check_models, score_calls, transcribe_calls
from qa_scorer.rubric import Rubric, load_rubric
from qa_scorer.settings import Settings
from qa_scorer.store import Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """What a run did. ``failures`` are calls that gave no transcript or no scorecard."""

    tallies: tuple[Tally, ...]
    failures: tuple[Failure, ...]


def choose(sources: Sequence[CallSource], *, limit: int | None, per_agent: int | None) -> list[CallSource]:
    """Return at most ``per_agent`` calls of each agent, then at most ``limit``: the same ones every time.

    The sample is drawn with a fixed seed, so that nobody can be suspected of having picked the calls.
    """
    chosen = list(sources)
    if per_agent is not None:
        by_agent: dict[str, list[CallSource]] = defaultdict(list)
        for source in sources:
            by_agent[source.info.agent_id or source.info.agent_name or ""].append(source)
        drawn = {
            source.info.call_id
            for agent, own in by_agent.items()
            for source in random.Random(agent).sample(own, min(per_agent, len(own)))  # noqa: S311 - no secret
        }
        chosen = [source for source in sources if source.info.call_id in drawn]
    return chosen[:limit]


def find_transcripts(
    directory: Path, out: Path, settings: Settings, manifest: Path | None
) -> tuple[list[CallSource], list[CallSource]]:
    """Return the transcripts of a folder: those to be read in first, and all that will be scored in ``out``.

    ``directory`` is a folder of results or one of transcripts. Another engine's file that lies where this tool keeps
    its own is first moved to ``out/originals``, so that reading it in never overwrites it.
    Raises ``UsageError`` when there is none.
    """
    inside = directory / "transcripts"
    found = find_calls(str(inside if inside.is_dir() else directory), settings, manifest, kind="transcript")
    sources = [_set_aside(source, out) for source in found]
    foreign = [source for source in sources if source.path != store.transcript_path(out, source.info.call_id)]
    return foreign, sources


def _set_aside(source: CallSource, out: Path) -> CallSource:
    home = store.transcript_path(out, source.info.call_id)
    if source.path.resolve() != home.resolve():
        return source
    if store.is_transcript(home):
        return replace(source, path=home)
    aside = out / "originals" / home.name
    aside.parent.mkdir(parents=True, exist_ok=True)
    home.replace(aside)
    return replace(source, path=aside)


def run_night(
    sources: Sequence[CallSource],
    out: Path,
    settings: Settings,
    *,
    force: bool = False,
    listen: Listener = lambda event: None,
    hear: Sequence[CallSource] | None = None,
    score: bool = True,
) -> Night:
    """Take the calls through the stages and write the reports.

    ``hear`` limits the first stage to some of the sources: the others have their transcript already.

    One bad call never stops the others; it stands in ``failures.csv``. Raises ``UsageError``, ``RubricError`` or
    ``ModelError`` before the first call when the night could not succeed.
    """
    rubric = load_rubric(settings.rubric)
    hashes = check_models(sources if hear is None else hear, settings)
    out.mkdir(parents=True, exist_ok=True)
    began = _now()
    call_ids = tuple(source.info.call_id for source in sources)
    account = _Account(out=out, call_ids=call_ids, rubric=rubric, settings=settings, models=hashes, began=began)
    account.write("running", [])
    tallies: list[Tally] = []
    to_hear = sources if hear is None else hear
    if to_hear:
        tallies.append(transcribe_calls(to_hear, out, settings, force=force, listen=listen))
    if score:
        tallies.append(score_calls(sources, out, settings, rubric, force=force, listen=listen))
    failures = tuple(failure for tally in tallies for failure in tally.failures)
    store.write_failures(out, failures)
    if score:
        from qa_scorer.report import write_report

        write_report(out, settings)
    account.write("finished", tallies)
    return Night(tallies=tuple(tallies), failures=failures)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Account:
    """Writes ``run.json``: what ran, with what, when, and how it went."""

    out: Path
    call_ids: tuple[str, ...]
    rubric: Rubric
    settings: Settings
    models: dict[str, str]
    began: str

    def write(self, state: str, tallies: Sequence[Tally]) -> None:
        value: dict[str, Any] = {
            "schema": 1,
            "version": __version__,
            "state": state,
            "started_at": self.began,
            "finished_at": _now() if state == "finished" else None,
            "calls": len(self.call_ids),
            "call_ids": list(self.call_ids),
            "stages": {tally.stage: {**tally.counts, "seconds": tally.seconds} for tally in tallies},
            "rubric": {"name": self.rubric.name, "version": self.rubric.version, "sha256": self.rubric.sha256},
            "models": self.models,
            "settings": self.settings.model_dump(mode="json", exclude={"models_dir"}),
            "python": platform.python_version(),
            "platform": platform.platform(),
        }
        store.write_json(self.out / "run.json", value)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

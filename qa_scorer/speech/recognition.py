"""Hear a whole call: every side in shared batches, then once more what came out doubtful or not at all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from qa_scorer.speech.asr import RATE_HZ, VOICE_FRAME_S, Job, Recognizer, Session, Side
from qa_scorer.speech.doubts import doubtful, missing, second_choice, sparse
from qa_scorer.speech.passages import Passage
from qa_scorer.speech.windows import Window, pack

# Second hearings are bounded by the first, so that a noisy line cannot take many times the time of a clean one.
SHARE_HEARD_AGAIN, LEAST_HEARD_AGAIN = 0.5, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognition:
    """What was heard: passages per side, in time order, and the language of the call."""

    sides: tuple[tuple[Passage, ...], ...]
    language: str | None
    language_confidence: float | None


def recognize(sides: Sequence[Side], recognizer: Recognizer, language: str | None, hints: Sequence[str]) -> Recognition:
    """Recognize every side.

    Batches lose words at times, mostly to voice detection and to long windows: so stretches with voice but no word are
    heard again by themselves. Raises ``CallError`` when the smallest batch does not fit into memory.
    """
    jobs = [Job(side=i, window=window) for i, side in enumerate(sides) for window in pack(side.regions)]
    if not jobs:
        return Recognition(sides=tuple(() for _ in sides), language=language, language_confidence=None)
    session = Session(recognizer=recognizer, sides=sides, hints=hints, language=language)
    jobs = spread_first(jobs, recognizer.plan.batch_size)
    heard = dict(zip(jobs, session.hear(jobs), strict=True))
    bare = replace(session, hints=())
    if hints:
        heard |= _without_hints(heard, bare)
    found: list[list[Passage]] = [[] for _ in sides]
    for job, passage in heard.items():
        found[job.side].append(bare.again(job) if doubtful(passage) else passage)
    again = _to_hear_again(sides, found, len(jobs))
    for job, passage in zip(again, bare.hear(again), strict=True):
        found[job.side] = second_choice(found[job.side], passage)
    ordered = tuple(
        tuple(sorted((p for p in side if p.words), key=lambda p: p.words[0].start or 0.0)) for side in found
    )
    return Recognition(sides=ordered, language=session.language, language_confidence=session.language_confidence)


def _without_hints(heard: Mapping[Job, Passage], bare: Session) -> dict[Job, Passage]:
    """Hear suspect windows once more without hints: after a prompt a small model may skip sentences, or to the end."""
    suspect = [job for job, passage in heard.items() if _suspect(job, passage, bare.sides[job.side])]
    plain = zip(suspect, bare.hear(suspect), strict=True)
    return {
        job: passage
        for job, passage in plain
        if not doubtful(passage) and (doubtful(heard[job]) or len(passage.words) > len(heard[job].words))
    }


def _suspect(job: Job, passage: Passage, side: Side) -> bool:
    if doubtful(passage) or sparse(passage, job.window, side.voice, VOICE_FRAME_S):
        return True
    gaps = missing([passage], side.voice, VOICE_FRAME_S, len(side.samples) / RATE_HZ)
    return any(gap.start < piece.end and piece.start < gap.end for gap in gaps for piece in job.window.pieces)


def spread_first(jobs: Sequence[Job], batch_size: int) -> list[Job]:
    """Order the windows so that the first batch, in which the language is found, comes from the whole call."""
    if len(jobs) <= batch_size:
        return list(jobs)
    first = {round(i * (len(jobs) - 1) / max(1, batch_size - 1)) for i in range(batch_size)}
    return [jobs[i] for i in sorted(first)] + [job for i, job in enumerate(jobs) if i not in first]


def _to_hear_again(sides: Sequence[Side], found: Sequence[Sequence[Passage]], n_windows: int) -> list[Job]:
    gaps = [
        Job(side=i, window=Window(pieces=(gap,)))
        for i, side in enumerate(sides)
        for gap in missing(found[i], side.voice, VOICE_FRAME_S, len(side.samples) / RATE_HZ)
    ]
    longest = sorted(gaps, key=lambda job: job.window.duration, reverse=True)
    return longest[: max(LEAST_HEARD_AGAIN, round(SHARE_HEARD_AGAIN * n_windows))]

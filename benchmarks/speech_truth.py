"""What was really said in a recording and by whom, and how far from it a transcript or a diarization is."""

from __future__ import annotations

import csv
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import jiwer
import numpy as np
from whisper_normalizer.english import EnglishTextNormalizer

from qa_scorer.audio import Audio, decode
from qa_scorer.records import Transcript, Turn
from qa_scorer.settings import Settings

NORMALIZE = EnglishTextNormalizer()
BOUNDARY_S = 0.15  # how exact an rttm made from energy is


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One recording with its truth; ``roles`` maps rttm labels to roles."""

    name: str
    audio: Audio
    turns: tuple[Turn, ...]
    rttm: tuple[tuple[float, float, str], ...]
    roles: dict[str, str]


def read_manifest(path: Path, settings: Settings, *, mono: bool) -> list[Case]:
    """Decode every call of the manifest."""
    cases = []
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            audio = decode(path.parent / row["audio"], settings)
            case = Case(
                name=Path(row["audio"]).stem,
                audio=audio,
                turns=_read_turns(path.parent / row["reference"]) if row["reference"] else (),
                rttm=_read_rttm(path.parent / row["rttm"]) if row["rttm"] else (),
                roles=dict(pair.split("=") for pair in row["roles"].split()),
            )
            cases.append(case)
            if mono and len(audio.samples) == 2:
                mixed = Audio(
                    samples=audio.samples.mean(axis=0, keepdims=True), info=replace(audio.info, channels=1), kept=(0,)
                )
                cases.append(replace(case, name=f"{case.name} (mono mix)", audio=mixed))
    return cases


def _read_turns(path: Path) -> tuple[Turn, ...]:
    return tuple(Turn(**turn) for turn in json.loads(path.read_text(encoding="utf-8")))


def _read_rttm(path: Path) -> tuple[tuple[float, float, str], ...]:
    rows = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    return tuple((float(row[3]), float(row[3]) + float(row[4]), row[7]) for row in rows)


def word_errors(case: Case, heard: Sequence[str]) -> tuple[int, int]:
    """Return (errors, words) against the reference: per side on two channels, in order of time on one."""
    if not case.turns:
        return 0, 0
    if len(heard) == 1:
        return _errors(" ".join(turn.text for turn in case.turns), heard[0])
    sides = [
        " ".join(turn.text for turn in case.turns if turn.role == "agent"),
        " ".join(turn.text for turn in case.turns if turn.role != "agent"),
    ]
    orders = [list(heard), list(heard)[::-1]]
    totals = [[_errors(side, text) for side, text in zip(sides, order, strict=True)] for order in orders]
    best = min(totals, key=lambda pairs: sum(errors for errors, _ in pairs))
    return sum(errors for errors, _ in best), sum(words for _, words in best)


def _errors(reference: str, heard: str) -> tuple[int, int]:
    output = jiwer.process_words(NORMALIZE(reference), NORMALIZE(heard) or "nothing")
    return output.substitutions + output.deletions + output.insertions, len(output.references[0])


def role_accuracy(case: Case, transcript: Transcript) -> float | None:
    """Return the share of words that have the role of whoever said them.

    Against a text the words are aligned; where there is only an rttm, whoever talks at the middle of the word counts.
    """
    heard = [
        (word, turn.role, word_time)
        for turn in transcript.turns
        for word in turn.words
        if (word_time := ((word.start or 0.0) + (word.end or 0.0)) / 2) is not None
    ]
    heard.sort(key=lambda item: item[2])
    if case.turns:
        truth = [(part, turn.role) for turn in case.turns for part in NORMALIZE(turn.text).split()]
        said = [(part, role) for word, role, _ in heard for part in NORMALIZE(word.text).split()]
        if not said:
            return 0.0
        aligned = jiwer.process_words(" ".join(w for w, _ in truth), " ".join(w for w, _ in said)).alignments[0]
        pairs = [
            (truth[a.ref_start_idx + i][1], said[a.hyp_start_idx + i][1])
            for a in aligned
            if a.type in ("equal", "substitute")
            for i in range(a.ref_end_idx - a.ref_start_idx)
        ]
        return sum(a == b for a, b in pairs) / max(1, len(pairs))
    if not case.roles:
        return None
    judged = []
    for _, role, middle in heard:
        there = {case.roles[label] for a, b, label in case.rttm if a - BOUNDARY_S <= middle <= b + BOUNDARY_S}
        if there:
            judged.append(role in there)
    return sum(judged) / len(judged) if judged else None


def diarization_errors(case: Case, found: Any) -> tuple[str, str, str]:
    """Return DER, its confusion, and DER with a collar of 0.25 s on each side, in percent."""
    from pyannote.core import Annotation, Segment
    from pyannote.metrics.diarization import DiarizationErrorRate

    reference, heard = Annotation(), Annotation()
    for i, (start, end, label) in enumerate(case.rttm):
        reference[Segment(start, end), i] = label
    for speaker in range(found.talks.shape[1]):
        edges = np.flatnonzero(np.diff(np.concatenate([[0], found.talks[:, speaker].astype(int), [0]])))
        for a, b in zip(edges[::2], edges[1::2], strict=True):
            heard[Segment(a * found.frame_s, b * found.frame_s), f"{speaker}-{a}"] = str(speaker)
    duration = Segment(0, case.audio.info.duration)
    exact = DiarizationErrorRate()(reference, heard, uem=duration, detailed=True)
    collar = DiarizationErrorRate(collar=0.5)(reference, heard, uem=duration)
    total = exact["total"]
    return (
        f"{100 * exact['diarization error rate']:.1f}",
        f"{100 * exact['confusion'] / total:.2f}",
        f"{100 * collar:.1f}",
    )

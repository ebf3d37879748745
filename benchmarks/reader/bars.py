"""Set the reader's bars on dialogues it was not trained on.

Two probabilities: from which the reader counts by itself, and from which where a phrase was heard too. They are the
pair with the best F1 over all signals. Then for the signals to avoid the one from which it counts by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from benchmarks.reader.examples import load
from qa_scorer import dialogues
from qa_scorer.language import Call, Spoken
from qa_scorer.reader import AVOIDED, Bar, Outputs, Reader, open_reader
from qa_scorer.settings import Settings

ALONE = (0.2, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 2.0)
HEARD = (0.0, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5)
SILENT = Bar(alone=2.0, heard=0.0, avoided=2.0)

Flags = NDArray[np.bool_]


@dataclass(slots=True)
class _Recorder:
    """A reader that says what it thinks but never has a say, and remembers it by turn."""

    reader: Reader
    said: dict[int, list[dict[str, float]]]
    bar: Bar = SILENT

    def read(self, call: Call, turn: Spoken) -> list[dict[str, float]]:
        self.said[turn.index] = self.reader.read(call, turn)
        return self.said[turn.index]

    def read_ending(self, call: Call) -> dict[str, float]:
        return self.reader.read_ending(call)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """By agent turn and signal, all ``(n_turns, n_signals)``: probability, phrase heard, label (nan: either way)."""

    probability: NDArray[np.float64]
    phrase: Flags
    label: NDArray[np.float64]


def gather(paths: Sequence[Path], weights: Path, outputs: Outputs) -> Evidence:
    """Read dialogues with phrases and with the reader, apart from each other."""
    settings, signals = Settings(), outputs.signals
    recorder = _Recorder(open_reader(weights, outputs, SILENT, settings.models_dir), {})
    rows: list[tuple[list[float], list[bool], list[float]]] = []
    with mock.patch("qa_scorer.hearing.load_reader", return_value=recorder):
        for row in (row for path in paths for row in load(path)):
            recorder.said = {}
            heard = dialogues.labels(dialogues.apply(dialogues.from_row(row), settings))
            rows += [_of_turn(row, index, heard, said, signals) for index, said in recorder.said.items()]
    probability, phrase, label = (np.array(column) for column in zip(*rows, strict=True))
    return Evidence(probability=probability, phrase=phrase, label=label)


def _of_turn(
    row: Mapping[str, Any],
    index: int,
    heard: Mapping[str, list[str]],
    said: list[dict[str, float]],
    signals: Sequence[str],
) -> tuple[list[float], list[bool], list[float]]:
    key = str(index)
    gold, either = row["labels"].get(key, ()), row.get("either_way", {}).get(key, ())
    return (
        [max((clause.get(signal, 0.0) for clause in said), default=0.0) for signal in signals],
        [signal in heard.get(key, ()) for signal in signals],
        [1.0 if signal in gold else np.nan if signal in either else 0.0 for signal in signals],
    )


def fit_bar(paths: Sequence[Path], weights: Path, outputs: Outputs) -> Bar:
    """Return the best bar."""
    evidence = gather(paths, weights, outputs)
    pairs = [Bar(alone=alone, heard=heard, avoided=alone) for alone in ALONE for heard in HEARD if heard <= alone]
    pair = max(pairs, key=lambda bar: _f1(evidence, bar, outputs.signals))
    bars = [replace(pair, avoided=avoided) for avoided in ALONE if avoided >= pair.heard]
    best = max(bars, key=lambda bar: _f1(evidence, bar, outputs.signals))
    for bar in (pair, best):
        f1 = _f1(evidence, bar, outputs.signals)
        print(f"alone {bar.alone}, heard {bar.heard}, avoided {bar.avoided}: F1 {f1:.3f}")
    return best


def _f1(evidence: Evidence, bar: Bar, signals: Sequence[str]) -> float:
    alone = np.array([bar.avoided if signal.startswith(AVOIDED) else bar.alone for signal in signals])
    told = (evidence.probability >= alone) | (evidence.phrase & (evidence.probability >= bar.heard))
    hits = float((told & (evidence.label == 1)).sum())
    wrong = float((told & (evidence.label == 0)).sum()) + float((~told & (evidence.label == 1)).sum())
    return 2 * hits / (2 * hits + wrong) if hits else 0.0

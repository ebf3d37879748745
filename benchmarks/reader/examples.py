"""Labelled dialogues, exchanges and pack sentences as training examples: a page and what each of its clauses shows."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from benchmarks.degrade import heard_as
from qa_scorer.checks import CHECKS
from qa_scorer.dialogues import from_row
from qa_scorer.language import Clause, read
from qa_scorer.packs import load_packs
from qa_scorer.reader import AVOIDED, Outputs, Page, ending, pages
from qa_scorer.settings import Settings

COVERED = 0.5  # of a clause or of a marked stretch, whichever is shorter: then the mark is the clause's
UNKNOWN = np.nan
PACK_WEIGHT = 0.7  # a sentence without a call around it teaches less
END = -1
CALL_TURNS = 5  # what has fewer is an exchange and has no ending
WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

Labels = NDArray[np.float32]
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A page and its labels (1, 0, or nan where readers could disagree or the output is not asked).

    ``clauses`` is ``(n_clauses, n_outputs)``, all nan where only the turn was labelled; ``turn`` is ``(n_outputs,)``.
    ``bare`` is the same page as a recognizer without marks may hear it. ``index`` is the turn's, of an ending ``END``.
    """

    call: str
    index: int
    page: Page
    clauses: Labels
    turn: Labels
    weight: float = 1.0
    bare: Example | None = None


def load(path: Path) -> list[dict[str, Any]]:
    """Read labelled rows, one JSON object a line."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def pack_rows(signals: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the packs' examples, counter-examples and better sentences as rows of which some signals are known."""
    avoided = tuple(signal for signal in signals if signal.startswith(AVOIDED))
    for pack in load_packs(tuple(check.name for check in CHECKS), "en"):
        for signal in pack.signals:
            if signal.name not in signals:
                continue
            better = [reframe.say for reframe in signal.reframe] + [signal.better] * bool(signal.better)
            for known, shown, sentences in (
                ((signal.name,), [signal.name], signal.examples),
                ((signal.name,), [], signal.counter),
                (avoided, [], better),
            ):
                for sentence in sentences:
                    turns = [{"role": "customer", "text": "Okay."}, {"role": "agent", "text": sentence}]
                    name = f"{signal.name}: {sentence}"
                    yield {"id": name, "only": known, "turns": turns, "labels": {"1": shown}}


def examples(rows: Iterable[Row], outputs: Outputs, tokenizer: Tokenizer, *, bare_rate: float = 0.0) -> list[Example]:
    """Return an example for every page of every agent turn, and for the ending of every call.

    With ``bare_rate`` each has a twin so much misheard.
    """
    found: list[Example] = []
    for row in rows:
        weight = PACK_WEIGHT if "only" in row else 1.0
        misheard_row = _of_row(_bare(row, bare_rate), outputs, tokenizer) if bare_rate else ()
        twins = {example.index: example for example in misheard_row}
        written = _of_row(row, outputs, tokenizer)
        found += [replace(example, weight=weight, bare=twins.get(example.index)) for example in written]
    return found


def _of_row(row: Row, outputs: Outputs, tokenizer: Tokenizer) -> Iterator[Example]:
    call = read(from_row(row), Settings())
    # A single exchange or sentence stands nowhere in a call.
    place = "anywhere" if len(call.turns) <= 2 else ""
    not_asked = len(outputs.endings)
    for turn in call.by("agent"):
        whole = _of_turn(row, turn.index, outputs.signals)
        for numbers, page in pages(call, turn, tokenizer, place):
            clauses = _of_clauses(row, turn.index, [turn.clauses[n] for n in numbers], outputs.signals)
            marked = not np.isnan(clauses).all()
            label = np.where(np.isnan(whole), UNKNOWN, clauses.max(axis=0)) if marked else whole
            yield Example(
                call=row["id"],
                index=turn.index,
                page=page,
                clauses=np.pad(clauses, ((0, 0), (0, not_asked)), constant_values=UNKNOWN),
                turn=np.pad(label.astype(np.float32), (0, not_asked), constant_values=UNKNOWN),
            )
    if "call" in row and len(call.turns) >= CALL_TURNS and outputs.endings:
        label = _of_ending(row["call"], outputs)
        yield Example(call=row["id"], index=END, page=ending(call, tokenizer), clauses=label[None], turn=label)


def _of_ending(told: Mapping[str, str], outputs: Outputs) -> Labels:
    """Label how a call ended: ``outcome`` and ``customer_end`` of a row's ``call``."""
    label = np.full(len(outputs.signals) + len(outputs.endings), UNKNOWN, np.float32)
    for column, name in enumerate(outputs.endings, start=len(outputs.signals)):
        what, _, value = name.partition(".")
        if told.get(what):
            label[column] = float(told[what] == value)
    return label


def _of_turn(row: Row, index: int, signals: Sequence[str]) -> Labels:
    label = np.zeros(len(signals), np.float32)
    if "only" in row:
        label[[signal not in row["only"] for signal in signals]] = UNKNOWN
    for signal in row.get("either_way", {}).get(str(index), ()):
        label[signals.index(signal)] = UNKNOWN
    for signal in row["labels"].get(str(index), ()):
        label[signals.index(signal)] = 1.0
    return label


def _of_clauses(row: Row, index: int, clauses: Sequence[Clause], signals: Sequence[str]) -> Labels:
    if "spans" not in row:
        return np.full((len(clauses), len(signals)), UNKNOWN, np.float32)
    label = np.zeros((len(clauses), len(signals)), np.float32)
    for start, end, mark in row["spans"].get(str(index), ()):
        if not mark:
            continue
        column = signals.index(mark.lstrip("?"))
        for line, clause in zip(label, clauses, strict=True):
            first, last = clause.starts[0], clause.ends[-1]
            if min(end, last) - max(start, first) >= COVERED * min(end - start, last - first) and line[column] != 1.0:
                line[column] = UNKNOWN if mark.startswith("?") else 1.0
    return label


def _bare(row: Row, rate: float) -> dict[str, Any]:
    """Return a row as bare, partly misheard words, its marks moved along."""
    rng = np.random.default_rng(zlib.crc32(row["id"].encode()))
    turns, spans = [], {}
    for index, turn in enumerate(row["turns"]):
        text, places = _degrade(turn["text"], rate, rng)
        turns.append({**turn, "text": text})
        moved = (_moved(span, places) for span in row.get("spans", {}).get(str(index), ()))
        spans[str(index)] = [span for span in moved if span is not None]
    return {**row, "turns": turns} | ({"spans": spans} if "spans" in row else {})


def _degrade(text: str, rate: float, rng: np.random.Generator) -> tuple[str, list[tuple[int, int, int, int]]]:
    """Return bare words and, for each that is left, where it stood and where it stands (characters)."""
    bare, places = "", []
    for match in WORD.finditer(text):
        heard = heard_as(match[0].lower().replace("’", "'"), rate, rng)
        if not heard:
            continue
        start = len(bare) + bool(bare)
        bare = f"{bare} {heard}" if bare else heard
        places.append((match.start(), match.end(), start, len(bare)))
    return (bare, places) if bare else (text.lower(), [(0, len(text), 0, len(text))])


def _moved(span: Sequence[Any], places: Sequence[tuple[int, int, int, int]]) -> list[Any] | None:
    inside = [place for place in places if place[0] >= span[0] and place[1] <= span[1] + 1]
    return [inside[0][2], inside[-1][3], span[2]] if inside else None

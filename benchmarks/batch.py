"""Measure how many transcripts a minute the checks read and judge, model loading aside.

    python benchmarks/batch.py DIALOGUES.jsonl [--calls 120] [--processes 2]

Dialogues are strung together to calls of 750 words, about five minutes at 150 words a minute, each another mix of
turns, so that nothing is remembered from the call before.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from benchmarks.reader.examples import load
from qa_scorer.dialogues import apply, from_row
from qa_scorer.records import Transcript
from qa_scorer.settings import Settings

WORDS = 750
SETTINGS = Settings(threads=1)
WARM_UP = {"id": "warm", "turns": [{"role": "agent", "text": "Good morning, I'm so sorry about that."}] * 2}


def main() -> None:
    """Judge the calls and print the rate."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("dialogues", type=Path)
    parser.add_argument("--calls", type=int, default=120)
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args()
    calls = list(strung_together(load(chosen.dialogues), chosen.calls))
    with ProcessPoolExecutor(chosen.processes, mp_context=get_context("spawn"), initializer=judge_one) as pool:
        list(pool.map(judge_one, [from_row(WARM_UP)] * 4 * chosen.processes))
        started = time.perf_counter()
        seconds = list(pool.map(judge_one, calls))
        wall = time.perf_counter() - started
    turns = sum(len(call.turns) for call in calls)
    print(f"{len(calls)} calls of {WORDS} words, {turns / len(calls):.0f} turns each, {chosen.processes} processes")
    print(f"{60 * len(calls) / wall:.0f} calls a minute; {1000 * sum(seconds) / turns:.1f} CPU seconds per 1,000 turns")


def judge_one(call: Transcript | None = None) -> float:
    """Read and judge one call; return the CPU seconds it took."""
    started = time.process_time()
    apply(call or from_row(WARM_UP), SETTINGS)
    return time.process_time() - started


def strung_together(rows: Sequence[dict[str, Any]], n_calls: int) -> Iterator[Transcript]:
    """Yield calls of ``WORDS`` words from dialogues in random order."""
    rng = random.Random(1)  # noqa: S311  # an order, no secret
    for number in range(n_calls):
        turns: list[dict[str, str]] = []
        while sum(len(turn["text"].split()) for turn in turns) < WORDS:
            turns += rng.choice(rows)["turns"]
        yield from_row({"id": str(number), "turns": turns})


if __name__ == "__main__":
    main()

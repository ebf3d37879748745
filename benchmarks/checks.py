"""Measure the checks against labelled dialogues or sentences.

    python benchmarks/checks.py LABELLED.jsonl [--misses] [--rows]

Prints precision, recall and F1 by signal, by group and over all (micro), the outcome's accuracy and the seconds per
1,000 turns. Labels under ``either_way`` count neither way. The labels judged are those that ``qa-scorer checks apply``
writes. A row with ``text`` instead of ``turns`` is a sentence: it is judged as an agent's turn in the middle of a call.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

QA_SCORER = Path(sys.executable).with_name("qa-scorer")
FILLER = [{"role": "agent", "text": "Hello."}, {"role": "customer", "text": "Hi."}] * 3
"""Turns put before a sentence, so that it stands in no opening."""


def main() -> None:
    """Measure one labelled file and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("labelled", type=Path)
    parser.add_argument("--misses", action="store_true", help="list what was missed and what was heard wrongly")
    parser.add_argument("--rows", action="store_true", help="micro-F1 of every call, the worst first")
    arguments = parser.parse_args()
    rows = [
        as_dialogue(json.loads(line)) for line in arguments.labelled.read_text(encoding="utf-8").splitlines() if line
    ]
    started = time.perf_counter()
    answers = apply(rows)
    seconds = time.perf_counter() - started
    print(report(rows, answers, seconds))
    if arguments.rows:
        for score, name in sorted((f1(*sum_counts(count([row], answers))), row["id"]) for row in rows):
            print(f"{score:6.2f}  {name}")
    if arguments.misses:
        print("\n".join(misses(rows, answers)))


def as_dialogue(row: dict[str, Any]) -> dict[str, Any]:
    """Return a labelled sentence as a dialogue; a dialogue as it is."""
    if "turns" in row:
        return row
    turns = [*FILLER, *([{"role": "customer", "text": row["customer"]}] if row.get("customer") else [])]
    turns.append({"role": "agent", "text": row["text"]})
    last = str(len(turns) - 1)
    # Only the family's own signal is asked of a sentence; what else it may carry is not what it was written for.
    others = {signal for signal in row["signals"] if signal != row["family"]} | set(row.get("either_way", ()))
    return {
        "id": row.get("id", row["text"]),
        "turns": turns,
        "labels": {last: [signal for signal in row["signals"] if signal == row["family"]]},
        "either_way": {last: sorted(others - {row["family"]} | ({row["family"]} & set(row.get("either_way", ()))))},
        "only": row["family"],
    }


def apply(rows: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    """Run ``qa-scorer checks apply`` over the rows; return its answers by id."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "dialogues.jsonl"
        bare = ({"id": row["id"], "turns": row["turns"]} for row in rows)
        path.write_text("".join(json.dumps(row) + "\n" for row in bare), encoding="utf-8")
        done = subprocess.run([QA_SCORER, "checks", "apply", path], capture_output=True, text=True, check=True)
    answers = (json.loads(line) for line in done.stdout.splitlines())
    return {answer["id"]: answer for answer in answers}


def judged(row: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterable[tuple[int, str, str]]:
    """Yield (turn, signal, "hit" | "false" | "miss") for every label that counts."""
    for index, turn in enumerate(row["turns"]):
        if turn["role"] != "agent":
            continue
        key = str(index)
        gold, said = set(row["labels"].get(key, ())), set(answer["labels"].get(key, ()))
        if "only" in row:
            said &= {row["only"]}
        for signal in sorted((gold | said) - set(row.get("either_way", {}).get(key, ()))):
            yield index, signal, "hit" if signal in gold & said else "miss" if signal in gold else "false"


def count(rows: Iterable[Mapping[str, Any]], answers: Mapping[str, Mapping[str, Any]]) -> dict[str, Counter[str]]:
    """Return hits, false alarms and misses by signal."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for _, signal, verdict in judged(row, answers[row["id"]]):
            counts[signal][verdict] += 1
    return counts


def sum_counts(counts: Mapping[str, Counter[str]]) -> tuple[int, int, int]:
    """Return hits, false alarms and misses over all signals."""
    total = sum(counts.values(), Counter())
    return total["hit"], total["false"], total["miss"]


def f1(hits: int, false: int, missed: int) -> float:
    """Return the F1 of the counts; 0 where nothing was hit."""
    return 2 * hits / (2 * hits + false + missed) if hits else 0.0


def report(rows: list[dict[str, Any]], answers: Mapping[str, Mapping[str, Any]], seconds: float) -> str:
    """Return the tables by signal and by group, the outcome's accuracy and the speed."""
    counts = count(rows, answers)
    lines = [f"{'signal':27}{'labels':>7}{'P':>7}{'R':>7}{'F1':>7}"]
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for signal in sorted(counts):
        groups[signal.partition(".")[0]] += counts[signal]
        lines.append(_line(signal, counts[signal]))
    lines.append("")
    lines += [_line(group, groups[group]) for group in sorted(groups)]
    lines.append(_line("micro", sum(counts.values(), Counter())))
    known = [row for row in rows if "call" in row]
    for key in ("outcome", "customer_end"):
        right = sum(row["call"].get(key) == answers[row["id"]]["call"].get(key) for row in known)
        lines.append(f"{key}: {right} of {len(known)} right" + (f" ({right / len(known):.2f})" if known else ""))
    turns = sum(len(row["turns"]) for row in rows)
    lines.append(f"{1000 * seconds / turns:.1f} s per 1,000 turns, starting and loading included")
    return "\n".join(lines)


def misses(rows: Iterable[Mapping[str, Any]], answers: Mapping[str, Mapping[str, Any]]) -> Iterable[str]:
    """Yield what was missed and what was heard wrongly, the signals with the most first."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        for index, signal, verdict in judged(row, answers[row["id"]]):
            if verdict != "hit":
                before = row["turns"][index - 1]["text"][:80] if index else ""
                found[signal].append(f"  {verdict:6}{row['id']} {index}: [{before}] {row['turns'][index]['text']}")
    for signal, places in sorted(found.items(), key=lambda item: -len(item[1])):
        yield f"\n{signal}: {len(places)}"
        yield from places


def _line(name: str, counted: Counter[str]) -> str:
    hits, false, missed = counted["hit"], counted["false"], counted["miss"]
    precision = hits / (hits + false) if hits else 0.0
    recall = hits / (hits + missed) if hits else 0.0
    return f"{name:27}{hits + missed:7}{precision:7.2f}{recall:7.2f}{f1(hits, false, missed):7.2f}"


if __name__ == "__main__":
    main()

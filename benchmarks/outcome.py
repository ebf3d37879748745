"""Set the weights by which a call's outcome is judged, on labelled dialogues that the reader was not trained on.

    python benchmarks/outcome.py LABELLED.jsonl …

Writes ``qa_scorer/weights/outcome.toml`` and prints how often the labels are right in ten-fold cross-validation.
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.reader.examples import load
from qa_scorer.checks import CHECKS, find_all
from qa_scorer.checks.ending import describe
from qa_scorer.dialogues import from_row
from qa_scorer.hearing import listen
from qa_scorer.language import read
from qa_scorer.reader import WEIGHTS
from qa_scorer.settings import Settings

STRENGTH = 0.03  # inverse of the penalty on large weights: few calls, many features
TARGETS = ("outcome", "customer_end")


def main() -> None:
    """Read the dialogues, measure, and write the weights."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("labelled", type=Path, nargs="+")
    rows = [row for path in parser.parse_args().labelled for row in load(path)]
    described = [features(row) for row in rows]
    names = list(described[0])
    x = np.array([[call[name] for name in names] for call in described])
    lines = [
        "# How much each feature of a call's ending (`checks/ending.py`) speaks for each label: made by",
        "# `benchmarks/outcome.py`. The label with the greatest sum wins.",
    ]
    for target in TARGETS:
        labels = np.array([row["call"][target] for row in rows])
        model = make_pipeline(StandardScaler(), LogisticRegression(C=STRENGTH, max_iter=5000))
        guessed = cross_val_predict(model, x, labels, cv=StratifiedKFold(10, shuffle=True, random_state=1))
        print(f"{target}: {(guessed == labels).mean():.3f} right in ten-fold cross-validation over {len(rows)} calls")
        model.fit(x, labels)
        lines += table(target, names, model[0], model[1])
    (WEIGHTS / "outcome.toml").write_text("\n".join(lines) + "\n", encoding="utf-8")


def features(row: dict[str, Any]) -> dict[str, float]:
    """Return the features of one dialogue's ending."""
    heard = listen(read(from_row(row), Settings()), tuple(check.name for check in CHECKS))
    return describe(heard, find_all(heard))


def table(target: str, names: list[str], scaler: StandardScaler, model: LogisticRegression) -> list[str]:
    """Write a fitted model as sums of the features as they are, not as scaled for fitting."""
    lines = []
    for label, weights, always in zip(model.classes_, model.coef_, model.intercept_, strict=True):
        scaled = weights / scaler.scale_
        lines += ["", f"[{target}.{label}]", f"always = {always - scaled @ scaler.mean_:.4f}"]
        lines += [f'"{name}" = {weight:.4f}' for name, weight in zip(names, scaled, strict=True) if abs(weight) >= 5e-5]
    return lines


if __name__ == "__main__":
    main()

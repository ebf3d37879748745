import json
import re
from pathlib import Path

import jiwer
import numpy as np
import pytest

from benchmarks.degrade import SOUNDS_LIKE, degrade_row, degrade_text, main

SPEECH = (
    "I sincerely apologize for the inconvenience, Mr. O'Brien. I'll transfer you to billing; "
    "they're open until 5:30 today and will refund the charge. Is there anything else I can help you with? "
)
DIALOGUE = {
    "id": "one",
    "turns": [
        {"i": 0, "role": "agent", "text": SPEECH},
        {"i": 1, "role": "customer", "text": "No, that's FINE!"},
        {"i": 2, "role": "agent", "text": "Bye."},
    ],
    "labels": {"0": ["empathy.apology"], "2": ["closing.farewell"]},
    "call": {"outcome": "transferred"},
}


def test_without_errors_only_case_and_punctuation_go() -> None:
    rng = np.random.default_rng(1)
    assert degrade_text("No, that’s FINE! 5:30 — O'Brien 😊", 0.0, rng) == "no that's fine 5 30 o'brien"


@pytest.mark.parametrize("rate", [0.05, 0.10, 0.25])
def test_word_error_rate_is_about_what_was_asked_for(rate: float) -> None:
    reference = degrade_text(SPEECH * 200, 0.0, np.random.default_rng(1))
    measured = jiwer.wer(reference, degrade_text(SPEECH * 200, rate, np.random.default_rng(1)))
    assert measured == pytest.approx(rate, rel=0.25)


def test_labels_roles_and_turns_stay() -> None:
    damaged = degrade_row(DIALOGUE, 0.5, 3)
    assert {key: damaged[key] for key in ("id", "labels", "call")} == {
        key: DIALOGUE[key] for key in ("id", "labels", "call")
    }
    assert [(turn["i"], turn["role"]) for turn in damaged["turns"]] == [(0, "agent"), (1, "customer"), (2, "agent")]


def test_a_turn_of_one_word_is_never_lost() -> None:
    assert all(degrade_text("Bye.", 1.0, np.random.default_rng(seed)) for seed in range(200))


def test_the_seed_decides_the_damage() -> None:
    assert degrade_row(DIALOGUE, 0.3, 3) == degrade_row(DIALOGUE, 0.3, 3)
    assert degrade_row(DIALOGUE, 0.3, 3) != degrade_row(DIALOGUE, 0.3, 4)


def test_a_row_is_damaged_the_same_wherever_it_stands(tmp_path: Path) -> None:
    sentence = {"id": "two", "customer": "Why?", "text": SPEECH, "signals": ["empathy.apology"]}
    source, target = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    written = []
    for rows in ([DIALOGUE, sentence], [sentence, DIALOGUE]):
        source.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
        main([str(source), str(target), "--word-error-rate", "0.2", "--seed", "5"])
        written.append([json.loads(line) for line in target.read_text("utf-8").splitlines()])
    assert written[0] == written[1][::-1]
    assert written[0][1]["signals"] == sentence["signals"]


def test_a_rate_above_one_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SystemExit):
        main([str(tmp_path / "in.jsonl"), str(tmp_path / "out.jsonl"), "--word-error-rate", "10"])


def test_confusions_are_bare_lower_case_and_change_the_word() -> None:
    for word, confusions in SOUNDS_LIKE.items():
        for confusion in confusions:
            assert confusion != word
            assert re.fullmatch(r"[a-z' ]+", confusion)

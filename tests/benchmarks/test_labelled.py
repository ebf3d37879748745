import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[2] / "benchmarks" / "labelled"
GROUPS = {
    "greeting": {"salutation", "brand", "name", "offer"},
    "rapport": {"name", "personal", "appreciation", "affirmation"},
    "empathy": {"feeling", "apology", "ownership"},
    "negative": {"refusal", "demand", "blame", "dismissive", "uncertain", "policy"},
    "listening": {"paraphrase", "probe"},
    "expectation": {"timeframe", "overpromise"},
    "resolution": {"action", "nextstep", "confirm"},
    "hold": {"permission"},
    "closing": {"anything_else", "thanks", "farewell"},
    "escalation": {"offer"},
}
SIGNALS = {f"{group}.{name}" for group, names in GROUPS.items() for name in names}


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{name}.jsonl").read_text("utf-8").splitlines()]


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("dialogues-*.jsonl")))
def test_dialogues_label_agent_turns_with_known_signals(name: str) -> None:
    for call in rows(name):
        agent_turns = {str(turn["i"]) for turn in call["turns"] if turn["role"] == "agent"}
        assert [turn["i"] for turn in call["turns"]] == list(range(len(call["turns"]))), call["id"]
        either_way = call.get("either_way", {})
        assert {*call["labels"], *either_way} <= agent_turns, call["id"]
        for turn in agent_turns:
            certain, open_to_doubt = call["labels"].get(turn, []), either_way.get(turn, [])
            assert SIGNALS.issuperset([*certain, *open_to_doubt]), (call["id"], turn)
            assert not set(certain) & set(open_to_doubt), (call["id"], turn)
        assert call["call"]["outcome"] in {"resolved", "follow_up", "unresolved", "transferred", "unclear"}
        assert call["call"]["customer_end"] in {"satisfied", "neutral", "dissatisfied"}


@pytest.mark.parametrize("half", ["tune", "test"])
def test_sentences_are_what_their_kind_says(half: str) -> None:
    for row in rows(f"sentences-{half}"):
        assert SIGNALS.issuperset([row["family"], *row["signals"], *row.get("either_way", [])]), row["id"]
        assert (row["family"] in row["signals"]) == (row["kind"] == "positive"), row["id"]


def test_halves_share_no_text_and_hold_as_much_of_everything() -> None:
    agent_texts = {
        half: {turn["text"] for call in rows(f"dialogues-{half}") for turn in call["turns"] if len(turn["text"]) > 40}
        | {row["text"] for row in rows(f"sentences-{half}")}
        for half in ("tune", "test")
    }
    assert not agent_texts["tune"] & agent_texts["test"]
    spread = [Counter((row["family"], row["kind"]) for row in rows(f"sentences-{half}")) for half in ("tune", "test")]
    assert spread[0] == spread[1]

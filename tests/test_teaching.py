from __future__ import annotations

from pathlib import Path

import pytest

from qa_scorer.errors import PackError, UsageError
from qa_scorer.settings import Settings
from qa_scorer.teaching import check_of, compare, insert, sample_dialogues, teach, without
from tests.build import transcript


def test_a_signal_belongs_to_a_check() -> None:
    assert check_of("negative.refusal") == "negative_phrasing"
    with pytest.raises(UsageError, match=r"known are greeting\.salutation"):
        check_of("negative.refusals")


def test_a_lesson_is_written_into_the_users_pack(tmp_path: Path) -> None:
    settings = Settings(packs_dir=tmp_path / "own")
    path = teach("empathy.apology", "We hate that  this happened.", settings)
    assert path.read_text() == '[signal."empathy.apology"]\nexamples = [\n  "We hate that this happened.",\n]\n'
    teach("empathy.apology", 'He said "sorry".', settings)
    teach("empathy.apology", "Sorry, come again?", settings, counter=True)
    assert path.read_text() == (
        '[signal."empathy.apology"]\ncounter = [\n  "Sorry, come again?",\n]\nexamples = [\n'
        '  "He said \\"sorry\\".",\n  "We hate that this happened.",\n]\n'
    )


def test_what_stood_in_the_pack_stays() -> None:
    before = '# ours\n[signal."empathy.feeling"]\nexamples = ["Oh dear."]  # kept\n'
    after = insert(before, "empathy.feeling", "examples", "Poor you.")
    assert after.startswith('# ours\n[signal."empathy.feeling"]\nexamples = [\n  "Poor you.",\n')
    assert '"Oh dear."]  # kept' in after


def test_a_broken_pack_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "empathy.en.toml"
    path.write_text('[signal."empathy.apology"]\nphrases = ["(sorry"]\n')
    with pytest.raises(PackError, match=r"empathy\.en\.toml:\d+: "):
        teach("empathy.apology", "We hate this.", Settings(packs_dir=tmp_path))
    assert path.read_text() == '[signal."empathy.apology"]\nphrases = ["(sorry"]\n'


@pytest.mark.parametrize(
    ("settings", "language", "sentence", "says"),
    [
        (Settings(), "en", "x", "packs_dir"),
        (Settings(packs_dir=Path("own")), "xx", "x", "no pack for language"),
        (Settings(packs_dir=Path("own")), "en", " ", "empty"),
    ],
)
def test_a_lesson_that_cannot_be_given_says_why(settings: Settings, language: str, sentence: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        teach("empathy.apology", sentence, settings, language=language)


def test_what_is_measured_has_no_sentence_to_teach(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="is measured on the times of a call"):
        teach("talk.dead_air", "One moment.", Settings(packs_dir=tmp_path))
    assert not [call for call in sample_dialogues("en") if call.call.call_id.startswith("talk.")]


@pytest.mark.e2e
def test_a_taught_sentence_is_heard_from_then_on(tmp_path: Path) -> None:
    settings = Settings(packs_dir=tmp_path)
    sentence = "Your cake deserved better than us."
    path = teach("empathy.feeling", sentence, settings)
    call = transcript("C: The cake never came.", f"A: {sentence}", "C: Right.", "A: Your order number, please?")
    (change,) = compare([call], "empathy.feeling", without(settings, path, sentence), settings)
    assert (change.turn, change.gained, change.rule) == (1, True, sentence.lower().rstrip("."))


@pytest.mark.e2e
def test_a_taught_near_miss_is_no_longer_heard(tmp_path: Path) -> None:
    settings = Settings(packs_dir=tmp_path)
    sentence = "Sorry about that noise, my dog is barking."
    path = teach("empathy.apology", sentence, settings, counter=True)
    call = transcript("C: Hello?", f"A: {sentence}")
    (change,) = compare([call], "empathy.apology", without(settings, path, sentence), settings)
    assert not change.gained


def test_the_samples_are_the_shipped_sentences() -> None:
    calls = {call.call.call_id: call for call in sample_dialogues("en")}
    assert "I'm so sorry about the delay." in {turn.text for turn in calls["empathy.apology"].turns}

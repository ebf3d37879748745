"""The same words judge the same, whichever engine wrote them down."""

from pathlib import Path

import pytest

from qa_scorer.adoption import adopt
from qa_scorer.checks import analyse
from qa_scorer.language import read
from qa_scorer.records import Analysis, CallInfo
from qa_scorer.settings import Settings

pytestmark = pytest.mark.e2e

FILES = sorted((Path(__file__).parents[1] / "foreign" / "samples").iterdir())
OWN = next(path for path in FILES if path.stem == "own")
# Engines name speakers as they like; whose each is, the settings of a user who scores their files say.
SETTINGS = Settings(roles={"spk_0": "agent", "spk_1": "customer", "SPEAKER_00": "customer", "SPEAKER_01": "agent"})


def judged(path: Path) -> Analysis:
    transcript = adopt(path, CallInfo(call_id="a"), SETTINGS)
    return analyse(read(transcript, SETTINGS))


def signals(analysis: Analysis) -> list[tuple[int | None, str]]:
    return sorted((finding.turn, finding.signal) for finding in analysis.findings)


def test_there_is_something_to_find() -> None:
    assert len(signals(judged(OWN))) >= 5


@pytest.mark.parametrize("path", [path for path in FILES if path != OWN], ids=lambda path: path.name)
def test_a_format_gives_the_signals_and_the_outcome_of_our_own(path: Path) -> None:
    own, foreign = judged(OWN), judged(path)
    assert signals(foreign) == signals(own)
    assert foreign.outcome.label == own.outcome.label

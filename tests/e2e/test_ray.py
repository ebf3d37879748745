"""The same calls on a Ray cluster of this one machine: results, crashes and errors end as they do locally."""

from collections.abc import Iterator
from contextlib import closing

import pytest

from qa_scorer.batch import Done, Failed, map_calls
from qa_scorer.engines.ray import RayEngine
from qa_scorer.errors import UsageError
from tests.test_batch import work

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def engine() -> Iterator[RayEngine]:
    with closing(RayEngine(None)) as engine:
        yield engine


def test_one_bad_call_never_stops_the_others(engine: RayEngine) -> None:
    items = ["one", "crash", "two", "bad file", "bug", "three"]
    outcomes = {outcome.item: outcome for outcome in map_calls(engine, work, items, timeout_s=120)}
    assert {item: outcome.result for item, outcome in outcomes.items() if isinstance(outcome, Done)} == {
        "one": "ONE",
        "two": "TWO",
        "three": "THREE",
    }
    reasons = {item: outcome.reason for item, outcome in outcomes.items() if isinstance(outcome, Failed)}
    assert reasons["bad file"] == "a.wav: no audio."
    assert "KeyError" in reasons["bug"]
    assert "private" not in reasons["bug"]
    assert "lost" in reasons["crash"]


def test_a_call_that_hangs_is_given_up(engine: RayEngine) -> None:
    [outcome] = map_calls(engine, work, ["hang"], timeout_s=3)
    assert isinstance(outcome, Failed)
    assert "longer than 3 s" in outcome.reason


def test_a_cluster_that_does_not_answer_is_one_sentence(engine: RayEngine) -> None:
    engine.close()
    with pytest.raises(UsageError, match="no Ray cluster answers at 127"):
        RayEngine("127.0.0.1:1")

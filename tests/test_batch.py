"""Every call ends as Done or Failed, in real worker processes that crash, hang and raise."""

import os
import time
from collections.abc import Iterator
from contextlib import closing

import pytest

from qa_scorer.batch import Done, Failed, map_calls
from qa_scorer.engines import make_engine
from qa_scorer.engines.local import LocalEngine
from qa_scorer.errors import AudioError, UsageError
from qa_scorer.settings import Settings


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    with closing(LocalEngine(1)) as engine:
        yield engine


def work(item: str) -> str:
    if item == "crash":
        os._exit(11)
    if item == "hang":
        time.sleep(60)
    if item == "bad file":
        raise AudioError("a.wav: no audio.")
    if item == "bug":
        raise KeyError("the customer said something private")
    return item.upper()


def test_one_bad_call_never_stops_the_others(engine: LocalEngine) -> None:
    items = ["one", "crash", "two", "hang", "bad file", "bug", "three"]
    outcomes = {outcome.item: outcome for outcome in map_calls(engine, work, items, timeout_s=2)}
    assert sorted(outcomes) == sorted(items)
    for item in ("one", "two", "three"):
        done = outcomes[item]
        assert isinstance(done, Done)
        assert done.result == item.upper()
    reasons = {item: outcome.reason for item, outcome in outcomes.items() if isinstance(outcome, Failed)}
    assert set(reasons) == {"crash", "hang", "bad file", "bug"}
    assert "exit code 11" in reasons["crash"]
    assert "longer than 2 s" in reasons["hang"]
    assert reasons["bad file"] == "a.wav: no audio."
    assert "KeyError" in reasons["bug"]
    assert "private" not in reasons["bug"]


def test_an_address_needs_the_engine_it_is_for() -> None:
    with pytest.raises(UsageError, match="--engine ray"):
        make_engine(Settings(address="ray://somewhere:10001"), 1)

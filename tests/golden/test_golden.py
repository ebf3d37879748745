"""The golden pages: what each shipped rubric makes of real evidence, line by line."""

from __future__ import annotations

import pytest

from qa_scorer import store
from tests.golden import CALLS, FOLDER, RUBRICS, judge, page


@pytest.mark.parametrize("call_id", CALLS)
def test_rubrics_and_arithmetic_give_what_was_reviewed(call_id: str) -> None:
    reviewed = (FOLDER / f"{call_id}.txt").read_text(encoding="utf-8")
    assert page(call_id) == reviewed, "wanted? then run: python -m tests.golden, and read the difference"


@pytest.mark.parametrize("call_id", CALLS)
@pytest.mark.parametrize("rubric", RUBRICS)
def test_the_same_evidence_gives_the_same_bytes(call_id: str, rubric: str) -> None:
    assert store.encode(judge(call_id, rubric)) == store.encode(judge(call_id, rubric))

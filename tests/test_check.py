from __future__ import annotations

import pytest

from qa_scorer.check import Heard, Hit
from qa_scorer.language import Call, Clause, Spoken
from qa_scorer.names import Names
from qa_scorer.packs import Reframe, SignalPack
from qa_scorer.phrases import compile_phrase
from qa_scorer.settings import Settings
from tests.build import transcript

REFRAMES = (("weekend", "Friday is free."), ("refund", "I can offer you a credit."), ("(we|i)", "Let me see."))


def clause(text: str) -> Clause:
    """Write a clause as language would, every word its own lemma."""
    line = " " + "".join(f"{word}/{word}/X " for word in text.split())
    keys = frozenset(text.split())
    return Clause(turn=0, sentence=0, text=text, line=line, starts=(), ends=(), keys=keys, question=False)


def better(*clauses: str) -> str:
    """Return what to say instead of the first of the clauses, which are a turn."""
    said = tuple(clause(text) for text in clauses)
    call = transcript(f"A: {' '.join(clauses)}")
    turn = Spoken(index=0, role="agent", turn=call.turns[0], clauses=said, capitals=(), nth=0)
    pack = SignalPack(
        name="negative.refusal",
        better="What I can do is …",
        reframe=tuple(Reframe(heard=compile_phrase(heard), say=say) for heard, say in REFRAMES),
    )
    heard = Heard(
        call=Call(transcript=call, turns=(turn,), language="en", settings=Settings()),
        names=Names(customer=frozenset(), agent=frozenset()),
        packs={pack.name: pack},
    )
    return heard.better(Hit(signal=pack.name, clause=said[0], rule="", how="phrase", confidence=1.0))


@pytest.mark.parametrize(
    ("clauses", "say"),
    [
        (("no refund on a weekend",), "Friday is free."),
        (("no refund", "on a weekend"), "I can offer you a credit."),
        (("no", "on a weekend we do not"), "Friday is free."),
        (("no", "not possible"), "What I can do is …"),
    ],
)
def test_the_first_reframe_heard_in_the_clause_then_in_the_turn_is_the_better_sentence(
    clauses: tuple[str, ...], say: str
) -> None:
    assert better(*clauses) == say

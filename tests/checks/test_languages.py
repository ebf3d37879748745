"""The pack mechanism with a second language: a tokenizer, a lemma table, phrases; no trained model."""

from __future__ import annotations

import importlib.util

import pytest

from qa_scorer import checks
from qa_scorer.hearing import listen
from qa_scorer.language import read
from qa_scorer.packs import SignalPack, has_pack, load_packs
from qa_scorer.records import Transcript
from qa_scorer.settings import Settings
from tests.build import dialogue, transcript

NAMES = tuple(check.name for check in checks.CHECKS)
SPANISH = [signal for pack in load_packs(NAMES, "es") for signal in pack.signals]
needs_lemmas = pytest.mark.skipif(
    importlib.util.find_spec("spacy_lookups_data") is None,
    reason="the lemma tables are an extra: pip install '.[languages]'",
)


def call() -> Transcript:
    return dialogue(
        """
        A: Buenos días, gracias por llamar a Contoso, le atiende Marta. ¿En qué puedo ayudarle?
        C: Llevo dos semanas sin internet y nadie me contesta.
        A: Lo siento mucho, entiendo su frustración. Yo me encargo de esto.
        C: Gracias.
        A: ¿Le puedo ayudar en algo más?
        C: No, eso es todo.
        A: Gracias por su llamada, que tenga un buen día.
        """,
        language="es",
    )


@needs_lemmas
def test_a_spanish_call_is_heard() -> None:
    findings = checks.analyse(read(call(), Settings())).findings
    by_turn = {turn: {f.signal for f in findings if f.turn == turn and f.role == "agent"} for turn in (0, 2, 4, 6)}
    assert by_turn[0] >= {"greeting.salutation", "greeting.brand", "greeting.offer"}
    assert by_turn[2] == {"empathy.apology", "empathy.feeling", "empathy.ownership"}
    assert by_turn[4] == {"closing.anything_else"}
    assert by_turn[6] == {"closing.thanks", "closing.farewell"}


@needs_lemmas
@pytest.mark.parametrize("signal", SPANISH, ids=lambda signal: signal.name)
def test_every_spanish_example_is_a_test(signal: SignalPack) -> None:
    for sentences, expected in ((signal.examples, True), (signal.counter, False)):
        lines = [line for sentence in sentences for line in ("C: Dígame.", f"A: {sentence}")]
        heard = listen(read(transcript(*lines, language="es"), Settings()), NAMES)
        wrong = [s for i, s in enumerate(sentences) if heard.has(signal.name, 2 * i + 1) != expected]
        assert not wrong


def test_a_language_without_a_pack_is_known_to_have_none() -> None:
    assert has_pack("en")
    assert has_pack("es")
    assert not has_pack("fi")

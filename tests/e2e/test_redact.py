"""Redaction with Presidio and the language model: the same sentences, and the time it takes."""

import socket
import time

import pytest

from qa_scorer.redact import redact
from qa_scorer.settings import Settings
from tests.build import transcript
from tests.redact.cases import HARMLESS, PERSONAL
from tests.redact.test_redact import MARKED

pytestmark = pytest.mark.e2e


@pytest.mark.parametrize("case", PERSONAL + HARMLESS, ids=lambda case: case[-1][3:60])
def test_both_nets_agree(case: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("redaction opened a network connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    said = transcript(*(MARKED.sub(r"\2", line) for line in case))
    expected = [MARKED.sub(lambda match: f"[{match[1].upper()}]", line)[3:] for line in case]
    redacted = redact(said, Settings())
    assert [turn.text for turn in redacted.turns] == expected
    assert [" ".join(word.text for word in turn.words) for turn in redacted.turns] == expected
    assert redact(redacted, Settings()).turns == redacted.turns


def test_presidio_finds_what_has_no_cue() -> None:
    redacted = redact(transcript("C: you have my old one, it was GB 29 NWBK 60161331926819 with the bank"), Settings())
    assert "60161331926819" not in redacted.turns[0].text


def test_a_five_minute_call_takes_a_tenth_of_a_second() -> None:
    # Five minutes are some 60 turns; these hold more numbers than any call.
    turns = [line for case in PERSONAL for line in case]
    call = transcript(
        *(MARKED.sub(r"\2", line) for line in turns[:20]), *[line for case in HARMLESS[:40] for line in case]
    )
    redact(call, Settings())
    began = time.process_time()
    redact(call, Settings())
    assert time.process_time() - began < 0.5  # measured 0.10 s; a slow machine may take some times as long

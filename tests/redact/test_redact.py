import re

import pytest

from qa_scorer.redact import find_entities
from qa_scorer.redact.lines import listen
from qa_scorer.redact.names import name_entities
from qa_scorer.redact.rewriting import merged, replaced
from qa_scorer.redact.words import load_words
from tests.build import transcript
from tests.redact.cases import HARMLESS, NAMED, PERSONAL

MARKED = re.compile(r"\{(\w+):([^}]*)\}")


def own_recognizers(lines: list[str], names: bool = False) -> list[str]:
    """Redact a dialogue with the recognizers that need no model."""
    turns = transcript(*lines).turns
    heard = listen([(turn.role, turn.speaker, turn.text) for turn in turns], load_words())
    found = find_entities(heard) + (name_entities(heard, load_words(), None) if names else [])
    return [
        replaced(turn.text, merged([entity for entity in found if entity.line == index], turn.text))
        for index, turn in enumerate(turns)
    ]


@pytest.mark.parametrize("case", PERSONAL, ids=lambda case: case[-1][3:60])
def test_personal_data_becomes_a_tag(case: list[str]) -> None:
    said = [MARKED.sub(r"\2", line) for line in case]
    expected = [MARKED.sub(lambda match: f"[{match[1].upper()}]", line)[3:] for line in case]
    assert own_recognizers(said) == expected


@pytest.mark.parametrize("case", NAMED, ids=lambda case: case[-1][3:60])
def test_surnames_where_the_settings_ask_for_it(case: list[str]) -> None:
    said = [MARKED.sub(r"\2", line) for line in case]
    expected = [MARKED.sub(lambda match: f"[{match[1].upper()}]", line)[3:] for line in case]
    assert own_recognizers(said, names=True) == expected


@pytest.mark.parametrize("case", HARMLESS, ids=lambda case: case[-1][3:60])
def test_what_is_not_personal_stays(case: list[str]) -> None:
    assert own_recognizers(case) == [line[3:] for line in case]

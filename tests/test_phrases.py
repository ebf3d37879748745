from __future__ import annotations

import pytest

from qa_scorer.errors import PackError
from qa_scorer.language import Clause
from qa_scorer.phrases import PhraseIndex, compile_phrase, find, spell_out


def clause(line: str) -> Clause:
    """Build a clause from ``surface/lemma/TAG`` words; a bare word is its own base form."""
    words = [word if "/" in word else f"{word}/{word}/NN" for word in line.split()]
    rendered = " " + "".join(f"{word} " for word in words)
    keys = frozenset(part for word in words for part in word.split("/")[:2])
    places = tuple(range(len(words)))
    return Clause(turn=0, sentence=0, text=line, line=rendered, starts=places, ends=places, keys=keys, question=False)


@pytest.mark.parametrize(
    ("phrase", "line"),
    [
        ("apologize", "apologized/apologize/VBD"),
        ("i be sorry", "i am/be/VBP sorry"),
        ("i be <very>? sorry", "i am/be/VBP so sorry"),
        ("i be <very>? sorry", "i am/be/VBP sorry"),
        ("(thank|appreciate) ... patience", "thank you for your patience"),
        ("i ...2 refunded", "i have just refunded/refund/VBN"),
        ("^ sorry $", "sorry"),
        ("can't help", "can not help"),
        ("<number> <unit>", "three/three/CD# days/day/NNS"),
        ("has been <done>", "has been refunded/refund/VBN"),
        ("=call", "call/call/VB"),
    ],
)
def test_a_phrase_matches(phrase: str, line: str) -> None:
    lists = {"very": ["so", "really"], "unit": ["day"]}
    assert find(compile_phrase(phrase, lists), clause(line)) is not None


@pytest.mark.parametrize(
    ("phrase", "line"),
    [
        ("apologized", "apologize/apologize/VB"),
        ("=call", "calling/call/VBG"),
        ("^ sorry", "so sorry"),
        ("sorry $", "sorry again"),
        ("i ...1 refunded", "i have just now refunded/refund/VBN"),
        ("sorry", "sorrythough"),
        ("has been <done>", "has been great/great/JJ"),
    ],
)
def test_a_phrase_does_not_match(phrase: str, line: str) -> None:
    assert find(compile_phrase(phrase), clause(line)) is None


def test_the_place_of_a_match_is_counted_in_words() -> None:
    match = find(compile_phrase("so sorry"), clause("i am so sorry about that"))
    assert match is not None
    assert (match.start, match.end) == (2, 4)


@pytest.mark.parametrize(
    ("phrase", "says"),
    [
        ("(sorry", "bracket is not closed"),
        ("sorry)", "unexpected ')'"),
        ("?", "unexpected '?'"),
        ("<nosuch>", "unknown word list <nosuch>"),
        ("", "empty phrase"),
        ("sorry; twice", "cannot read"),
    ],
)
def test_a_broken_phrase_says_what_is_wrong(phrase: str, says: str) -> None:
    with pytest.raises(PackError, match=says.replace("?", r"\?").replace(")", r"\)")):
        compile_phrase(phrase)


def test_a_phrase_is_tried_only_where_its_rarest_word_stands() -> None:
    assert compile_phrase("i be sorry").anchors == {"sorry"}
    assert compile_phrase("(sorry|apologize) ... delay?").anchors == {"sorry", "apologize"}
    assert not compile_phrase("^ <word> $").anchors


def test_an_index_finds_what_a_search_of_every_phrase_finds() -> None:
    phrases = [compile_phrase(text) for text in ("so sorry", "be sorry", "delay", "^ <word>", "never")]
    said = clause("i am/be/VBP so sorry about the delay")
    found = {label for label, _ in PhraseIndex((p.text, p) for p in phrases).find(said)}
    assert found == {p.text for p in phrases if find(p, said)} == {"so sorry", "delay", "^ <word>"}


def test_contractions_are_spelled_out() -> None:
    assert spell_out("i'm sure we won't, it's mix-up") == "i am sure we will not, it is mix up"

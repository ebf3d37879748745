"""Compliance: the phrases a rubric asks to listen for, wherever they are said."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from qa_scorer.check import Heard, Hit, found
from qa_scorer.language import read_sentence
from qa_scorer.phrases import Phrase, compile_phrase, find
from qa_scorer.records import Finding, PhraseRule
from qa_scorer.settings import Settings

FILLERS_BETWEEN = 2  # words that may slip between those of a phrase, as ``PhraseRule`` says


def listen_for(rules: Sequence[PhraseRule], heard: Heard) -> list[Finding]:
    """Report every occurrence of every rule's phrases; windows, counts and absence are the rubric's business."""
    findings = []
    for rule in rules:
        for text in rule.phrases:
            phrase = _compiled(text, rule.exact, heard.call.language, heard.call.settings)
            for turn in heard.call.by(rule.role):
                for clause in turn.clauses:
                    match = find(phrase, clause)
                    if match is not None:
                        hit = Hit(signal=rule.signal, clause=clause, rule=text, how="phrase", confidence=0.95)
                        findings.append(found(hit, heard.call))
    return findings


@lru_cache(maxsize=512)
def _compiled(text: str, exact: bool, language: str, settings: Settings) -> Phrase:
    """Compile a plain sentence of a rubric into a phrase: its words, or their base forms with room for fillers."""
    words = [
        word.split("/") for clause in read_sentence(text, language, settings.models_dir) for word in clause.line.split()
    ]
    if exact:
        return compile_phrase(" ".join(f"={surface}" for surface, _, _ in words))
    return compile_phrase(f" ...{FILLERS_BETWEEN} ".join(lemma for _, lemma, _ in words))

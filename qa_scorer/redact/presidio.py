"""Presidio as the second net: its recognizers of written identifiers, over the lines that hold enough digits.

Presidio's own e-mail recognizer stays out: it asks ``tldextract``, which would look for its suffix list on the network.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_scorer.errors import ModelError
from qa_scorer.redact.lines import Entity, Line
from qa_scorer.redact.sequences import is_public

_KINDS = {
    "CREDIT_CARD": "card",
    "IBAN_CODE": "account",
    "US_BANK_NUMBER": "account",
    "PHONE_NUMBER": "phone",
    "US_SSN": "id",
    "US_ITIN": "id",
    "US_PASSPORT": "id",
    "US_DRIVER_LICENSE": "id",
    "UK_NHS": "id",
    "UK_NINO": "id",
}
# Presidio scores a bare pattern far lower and lifts it to 0.4 when a word of its context stands near.
_MIN_SCORE = 0.4
_MIN_DIGITS = 6


def presidio_entities(lines: Sequence[Line], language: str, models_dir: Path) -> list[Entity]:
    """Find identifiers in written digits. Raises ``ModelError`` where the language's model is missing."""
    candidates = [index for index, line in enumerate(lines) if len(re.findall(r"\d", line.text)) >= _MIN_DIGITS]
    if not candidates:
        return []
    analyzer = _analyzer(language, models_dir)
    entities = []
    for index in candidates:
        line = lines[index]
        found = analyzer.analyze(
            line.text,
            language=language,
            entities=list(_KINDS),
            score_threshold=_MIN_SCORE,
            context=_question(lines, index),
        )
        entities += [
            Entity(line=index, start=result.start, end=result.end, kind=_KINDS[result.entity_type])
            for result in found
            if not _counts_things(line, result.start)
            and not is_public(line, re.sub(r"\D", "", line.text[result.start : result.end]))
        ]
    return entities


def _question(lines: Sequence[Line], index: int) -> list[str]:
    """Return the words of the line before as context: the question names what the answer only numbers."""
    return [token.text for token in lines[index - 1].tokens if token.text.isalpha()] if index else []


def _counts_things(line: Line, start: int) -> bool:
    """Tell order, ticket and model numbers, which are not personal, by the nearest cue before them."""
    before = [cue for cue in line.cues if cue.strong and cue.end <= start]
    return bool(before) and before[-1].kind == "thing"


@lru_cache(maxsize=2)
def _analyzer(language: str, models_dir: Path) -> Any:
    """Build the analyzer for a language, once per process (loading takes seconds)."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry, predefined_recognizers
    from presidio_analyzer.nlp_engine import SpacyNlpEngine

    recognizers = (
        predefined_recognizers.CreditCardRecognizer,
        predefined_recognizers.IbanRecognizer,
        predefined_recognizers.UsBankRecognizer,
        predefined_recognizers.PhoneRecognizer,
        predefined_recognizers.UsSsnRecognizer,
        predefined_recognizers.UsItinRecognizer,
        predefined_recognizers.UsPassportRecognizer,
        predefined_recognizers.UsLicenseRecognizer,
        predefined_recognizers.NhsRecognizer,
        predefined_recognizers.UkNinoRecognizer,
    )
    registry = RecognizerRegistry(supported_languages=[language])
    for recognizer in recognizers:
        registry.add_recognizer(recognizer(supported_language=language))
    # The engine's own loader would fetch a missing model from the network: it is given ours instead.
    engine: Any = SpacyNlpEngine(models=[{"lang_code": language, "model_name": "given"}])
    engine.nlp = {language: _pipeline(language, models_dir)}
    return AnalyzerEngine(registry=registry, nlp_engine=engine, supported_languages=[language])


def _pipeline(language: str, models_dir: Path) -> Any:
    from qa_scorer.language import load_nlp

    try:
        return load_nlp(language, models_dir)
    except ModelError:
        if language == "en":
            raise
        # Lemmas only sharpen Presidio's context words: a bare tokenizer does for other languages.
        import spacy

        return spacy.blank("xx")

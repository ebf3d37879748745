"""Personal data out of a transcript, before anything is written.

Cards, bank and ID numbers, telephone numbers, e-mail and postal addresses, dates of birth and PINs become tags such
as ``[CARD]``; written, spoken or spelled, in one turn or read out over several. Amounts, durations, order and model
numbers and dates in general stay, because the checks need them; so do names, unless ``redact_names`` asks for
customers' surnames. ``call.customer_id`` and file paths stay: they are what a result is filed under.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace

from qa_scorer.records import CallInfo, Role, Transcript, Turn
from qa_scorer.redact.codes import code_entities
from qa_scorer.redact.dates import date_entities
from qa_scorer.redact.emails import email_entities
from qa_scorer.redact.lines import Entity, Line, listen
from qa_scorer.redact.names import name_entities
from qa_scorer.redact.places import place_entities
from qa_scorer.redact.presidio import presidio_entities
from qa_scorer.redact.rewriting import merged, replaced, rewritten_words, word_places
from qa_scorer.redact.sequences import number_entities
from qa_scorer.redact.words import load_words
from qa_scorer.settings import Settings

# Columns that name a call, and so stay whatever they hold.
_KEPT_COLUMNS = frozenset({"original_call_id"})


def redact(transcript: Transcript, settings: Settings) -> Transcript:
    """Replace personal data by tags in texts, words and unknown metadata columns, and count it by kind.

    An entity becomes one word that lasts as long as its words did. Doing it twice changes nothing.
    Raises ``ModelError`` where the language's model is missing.
    """
    if not settings.redact:
        return transcript
    language = (transcript.language or transcript.call.language or settings.language or "en").split("-")[0].lower()

    def find(texts: Sequence[tuple[Role, str, str]]) -> list[list[Entity]]:
        lines = listen(texts, load_words(language))
        own = find_entities(lines, language)
        if settings.redact_names:
            own += name_entities(lines, load_words(language), transcript.call.agent_name)
        # What both find has the bounds and the kind that the whole dialogue gave it.
        more = [
            entity
            for entity in presidio_entities(lines, language, settings.models_dir)
            if not any(_overlap(entity, other) for other in own)
        ]
        return _by_line(lines, own + more)

    turns = transcript.turns
    places = [word_places(turn) for turn in turns]
    texts = [(turn.role, turn.speaker, turn.text) for turn in turns]
    entities = find(texts)
    # Where an engine's words are not its text (other punctuation, numbers in figures), each is searched by itself.
    by_words = entities
    joined = [turn.text if place is not None else _joined(turn) for turn, place in zip(turns, places, strict=True)]
    if any(place is None for place in places):
        by_words = find([(role, speaker, text) for (role, speaker, _), text in zip(texts, joined, strict=True)])
    rewritten = tuple(
        replace(
            turn,
            text=replaced(turn.text, found),
            words=rewritten_words(turn.words, place if place is not None else _places(turn), found_in_words),
        )
        for turn, place, found, found_in_words in zip(turns, places, entities, by_words, strict=True)
    )
    counts = Counter(entity.kind for found in entities for entity in found)
    call, in_columns = _redacted_columns(transcript.call)
    total = Counter(transcript.removed.pii) + counts + in_columns
    removed = replace(transcript.removed, pii=dict(sorted(total.items())))
    return replace(transcript, call=call, turns=rewritten, removed=removed)


def redact_metadata(call: CallInfo, settings: Settings) -> CallInfo:
    """Replace personal data in the metadata columns that the tool has no field for."""
    return _redacted_columns(call)[0] if settings.redact else call


def find_entities(lines: Sequence[Line], language: str = "en") -> list[Entity]:
    """Find personal data with this tool's own recognizers alone: no model is needed."""
    words = load_words(language)
    return [
        *email_entities(lines, words),
        *number_entities(lines),
        *code_entities(lines, words),
        *date_entities(lines, words),
        *place_entities(lines, words),
    ]


def _overlap(first: Entity, second: Entity) -> bool:
    return first.line == second.line and first.start < second.end and second.start < first.end


def _by_line(lines: Sequence[Line], entities: Sequence[Entity]) -> list[list[Entity]]:
    grouped: dict[int, list[Entity]] = defaultdict(list)
    for entity in entities:
        grouped[entity.line].append(entity)
    return [merged(grouped[index], line.text) for index, line in enumerate(lines)]


def _redacted_columns(call: CallInfo) -> tuple[CallInfo, Counter[str]]:
    """Redact the columns the tool does not know, each by its name and value: "customer_phone: 555-0142"."""
    counts: Counter[str] = Counter()
    extra: dict[str, str] = {}
    for name, value in call.extra.items():
        label = f"{name.replace('_', ' ')}: "
        lines = listen([("unknown", "", label + value)], load_words())
        found = [
            replace(entity, start=max(0, entity.start - len(label)), end=entity.end - len(label))
            for entity in _by_line(lines, find_entities(lines))[0]
            if entity.end > len(label) and name not in _KEPT_COLUMNS
        ]
        extra[name] = replaced(value, found)
        counts.update(entity.kind for entity in found)
    return replace(call, extra=extra), counts


def _joined(turn: Turn) -> str:
    return " ".join(word.text.strip() for word in turn.words)


def _places(turn: Turn) -> tuple[tuple[int, int], ...]:
    places: list[tuple[int, int]] = []
    position = 0
    for word in turn.words:
        end = position + len(word.text.strip())
        places.append((position, end))
        position = end + 1
    return tuple(places)

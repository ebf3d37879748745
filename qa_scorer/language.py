"""Read a transcript as language: turns become clauses, clauses become lines that phrases can be matched against.

A *line* is a clause written word by word as ``surface/lemma/TAGS``, without punctuation, fillers and repeats, so that
written dialogue, chat and recognized speech look alike: "I'm, uh, sorry" is ``i/i/PRP am/be/VBP sorry/sorry/JJ``.
This is the only module that loads spaCy.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from qa_scorer.errors import ModelError
from qa_scorer.records import Role, Transcript, Turn
from qa_scorer.segments import is_question, split
from qa_scorer.settings import Settings
from qa_scorer.words import words

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Span

ENGLISH_MODEL = "en_core_web_sm"
FILLERS = words("en", "language", "fillers")
SURFACES = {
    **{"'m": "am", "m": "am", "'re": "are", "re": "are", "'ve": "have", "ve": "have", "'ll": "will", "ll": "will"},
    **{"n't": "not", "nt": "not", "ca": "can", "wo": "will", "'d": "would", "d": "would", "gon": "going", "na": "to"},
    **{"u": "you", "ur": "your", "pls": "please", "plz": "please", "thx": "thanks", "ok": "okay", "k": "okay"},
    **{"ta": "to", "y'": "you", "ya": "you", "ai": "is", "'em": "them", "alrighty": "alright", "yeah": "yes"},
}
LEMMAS = {"am": "be", "are": "be", "is": "be", "have": "have", "not": "not", "going": "go", "thanks": "thank"}
BRITISH = {"apologise": "apologize", "realise": "realize", "recognise": "recognize", "favour": "favor"}
ASIDES = re.compile(r"\[[^\]]{1,80}\]|\([^)]{1,60}\)|\b\d{1,2}:\d{2}:\d{2}\b|<[a-z/ _]{1,20}>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """A stretch of a turn that says one thing.

    ``text`` is as said; ``line`` its words as ``surface/lemma/TAGS ``; ``starts`` and ``ends`` give each word's place
    in the turn's text (characters); ``keys`` are its surfaces and lemmas; ``sentence`` numbers the sentence it is in.
    """

    turn: int
    sentence: int
    text: str
    line: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]
    keys: frozenset[str]
    question: bool

    @property
    def words(self) -> tuple[str, ...]:
        """The words in lower case, as rendered."""
        return tuple(word.split("/", 1)[0] for word in self.line.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A turn, read: its clauses, and ``nth``, its number among the turns of the same role."""

    index: int
    role: Role
    turn: Turn
    clauses: tuple[Clause, ...]
    capitals: tuple[str, ...]
    nth: int

    @property
    def n_words(self) -> int:
        """Number of words, fillers not counted."""
        return sum(len(clause.starts) for clause in self.clauses)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A transcript, read. ``turns`` are indexed as in the transcript."""

    transcript: Transcript
    turns: tuple[Spoken, ...]
    language: str
    settings: Settings

    def by(self, role: Role) -> tuple[Spoken, ...]:
        """Return the turns of one role, in order."""
        return tuple(turn for turn in self.turns if turn.role == role)

    def after(self, index: int, role: Role, count: int) -> tuple[Spoken, ...]:
        """Return the next ``count`` turns of ``role`` after turn ``index``."""
        return tuple(turn for turn in self.turns[index + 1 :] if turn.role == role)[:count]

    def before(self, index: int, role: Role) -> Spoken | None:
        """Return the last turn of ``role`` before turn ``index``."""
        return next((turn for turn in reversed(self.turns[:index]) if turn.role == role), None)


@lru_cache(maxsize=4)
def load_nlp(language: str, models_dir: Path) -> Language:
    """Load the spaCy pipeline of a language, once per process.

    English has a trained pipeline (without its parser, which phrases do not need); any other language gets spaCy's
    tokenizer with the lemma table of ``spacy-lookups-data``. Raises ``ModelError`` where neither is installed.
    """
    import spacy

    if language == "en":
        path = models_dir / ENGLISH_MODEL
        if not path.exists():
            raise ModelError(f"The language model '{ENGLISH_MODEL}' is not installed; run `qa-scorer models pull`.")
        return spacy.load(path, exclude=["parser", "senter", "ner"])
    try:
        nlp = spacy.blank(language)
        nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
        nlp.initialize()
    except (ImportError, ValueError) as error:
        raise ModelError(
            f"No lemma table for language '{language}'; `pip install spacy-lookups-data` brings it."
        ) from error
    return nlp


def read(transcript: Transcript, settings: Settings) -> Call:
    """Parse a transcript into a ``Call``. Raises ``ModelError`` where the language's resources are missing."""
    language = (transcript.language or transcript.call.language or settings.language or "en").split("-")[0].lower()
    nlp = load_nlp(language, settings.models_dir)
    docs = nlp.pipe([plain(turn.text) for turn in transcript.turns], batch_size=128)
    punctuated = is_punctuated([turn.text for turn in transcript.turns])
    counts: dict[str, int] = {}
    turns = []
    for index, (turn, doc) in enumerate(zip(transcript.turns, docs, strict=True)):
        counts[turn.role] = counts.get(turn.role, -1) + 1
        turns.append(
            Spoken(
                index=index,
                role=turn.role,
                turn=turn,
                clauses=tuple(_clauses(doc, index, punctuated)),
                capitals=tuple(_capitals(doc)),
                nth=counts[turn.role],
            )
        )
    return Call(transcript=transcript, turns=tuple(turns), language=language, settings=settings)


def read_sentence(text: str, language: str, models_dir: Path) -> tuple[Clause, ...]:
    """Parse one sentence by itself, as the packs' examples are."""
    doc = load_nlp(language, models_dir)(plain(text))
    return tuple(_clauses(doc, 0, True))


def plain(text: str) -> str:
    """Blank out stage directions and clock times and straighten quotes, keeping every character's place."""
    text = text.replace("’", "'").replace("‘", "'").replace("“", '"').replace("”", '"').replace("`", "'")
    return ASIDES.sub(lambda match: " " * len(match[0]), text)


def is_punctuated(texts: Sequence[str]) -> bool:
    """Tell whether a call is written with sentence punctuation: most turns of six words or more end with a mark."""
    longer = [text.strip() for text in texts if len(text.split()) >= 6]
    ended = sum(text[-1] in ".?!\"')]…" or bool(re.search(r"[.?!] ", text)) for text in longer)
    return not longer or ended > len(longer) / 2


def _clauses(doc: Doc, turn: int, punctuated: bool) -> Iterator[Clause]:
    for sentence, start, end in split(doc, punctuated):
        span = doc[start:end]
        words = list(_words(span))
        if not words:
            continue
        yield Clause(
            turn=turn,
            sentence=sentence,
            text=span.text.strip(" ,;-–—"),
            line=" " + "".join(f"{surface}/{lemma}/{tag} " for surface, lemma, tag, _, _ in words),
            starts=tuple(word[3] for word in words),
            ends=tuple(word[4] for word in words),
            keys=frozenset(key for word in words for key in word[:2]),
            question=is_question(doc, start, end, [word[0] for word in words]),
        )


def _words(span: Span) -> Iterator[tuple[str, str, str, int, int]]:
    """Yield surface, lemma, tags and place of each word; leave out punctuation, fillers and stutters."""
    previous = ""
    for token in span:
        surface = token.lower_
        if token.is_punct or token.is_space or surface in FILLERS or not re.search(r"\w|[$£€#*]", surface):
            continue
        surface = SURFACES.get(surface, surface)
        if surface == "'s":
            surface = "'s" if token.tag_ == "POS" else "us" if previous == "let" else "is"
        elif surface == "s" and previous in {"that", "what", "it", "here", "there", "how", "where", "who", "let"}:
            surface = "us" if previous == "let" else "is"
        elif surface == "lets" and not previous:
            surface = "let"
        surface = surface.replace("/", "-").strip(".") or surface
        if surface == previous and surface not in {"that", "had", "bye", "very"}:
            continue
        lemma = LEMMAS.get(surface) or token.lemma_.lower().replace("/", "-") or surface
        lemma = BRITISH.get(lemma, lemma)
        tag = token.tag_ or "X"
        if token.like_num or surface[0].isdigit():
            tag += "#"
        if surface == "is" and lemma != "be":
            lemma = "be"
        yield surface, lemma, tag, token.idx, token.idx + len(token)
        previous = surface


def _capitals(doc: Doc) -> Iterator[str]:
    """Yield the words written with a capital that cannot come from the start of a sentence alone."""
    for token in doc:
        first = token.i == 0 or doc[token.i - 1].text in {".", "?", "!", '"'}
        if token.is_title and token.is_alpha and len(token) > 1 and not (first and token.tag_ not in {"NNP"}):
            yield token.text

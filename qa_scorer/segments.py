"""Split what was said into clauses, with punctuation or without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING

from qa_scorer.words import words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

ENDS = frozenset({".", "?", "!", "…", "...", ";", "\n"})
DASHES = frozenset({"-", "–", "—", "--"})
MIN_WORDS = 3
LONG_WITHOUT_COMMA = 20  # tokens: people who write marks put one sooner, so here the recognizer put none

# Words that open a clause whatever stands before them.
FILLERS = words("en", "language", "fillers")
OPENERS = words("en", "segments", "openers")
COURTESIES = words("en", "segments", "courtesies")
# Pairs that open one, unless the word before ties them to it ("how can I" but "tell me how I can").
SUBJECTS = words("en", "segments", "subjects")
INVERTED = words("en", "segments", "inverted")
ASKING = words("en", "segments", "asking")
CLOSERS = words("en", "segments", "closers")
TELLING = words("en", "segments", "telling")
JOINS = words("en", "segments", "joins")
TIES = words("en", "segments", "ties")
COURTEOUS_OPENERS = frozenset({"sure", "please", "great", "perfect", "thank", "thanks", "sorry"})


def split(doc: Doc, punctuated: bool) -> Iterator[tuple[int, int, int]]:
    """Yield (sentence number, first token, end token) for each clause of a turn.

    Marks end a sentence. A clause also ends where a new one plainly opens: after a comma or a dash, and, in speech
    that came without marks, anywhere that the words before do not reach into what follows.
    """
    sentence = start = 0
    for token in doc:
        if token.i < start:
            continue
        last = token.i == len(doc) - 1
        if last or ((token.text in ENDS or token.text[-1] in "?!") and not _mid_number(doc, token.i)):
            for first, end in _cut(doc, start, token.i + 1, punctuated):
                yield sentence, first, end
            sentence += 1
            start = token.i + 1


def _cut(doc: Doc, start: int, end: int, punctuated: bool) -> Iterator[tuple[int, int]]:
    first = start
    unmarked = end - start > LONG_WITHOUT_COMMA and not any(token.text == "," for token in doc[start:end])
    bare = not punctuated or unmarked
    n_words = [0, *accumulate(_counts(token) for token in doc[start:end])]  # before each token of the stretch
    for i in range(start + 1, end - 1):
        here = n_words[i - start]
        long_enough = here - n_words[first - start] >= MIN_WORDS and n_words[-1] - here >= MIN_WORDS
        before = doc[i - 1]
        if _courtesy(doc, first, i) and _opens(doc, i):
            yield first, i
            first = i
            continue
        if not long_enough:
            continue
        if (
            (before.text in DASHES and doc[i - 2].whitespace_ and before.whitespace_)
            or (before.text == "," and _opens(doc, i))
            or (bare and _opens_bare(doc, i))
            or (doc[i].text[0].isupper() and _asks(doc[i].lower_, doc[i + 1].lower_))  # a mark went unheard
        ):
            yield first, i
            first = i
    yield first, end


def _courtesy(doc: Doc, start: int, end: int) -> bool:
    """Tell whether all that was said so far is a word or two of courtesy, which stands by itself."""
    return end - start <= 4 and all(token.is_punct or token.lower_ in COURTESIES for token in doc[start:end])


def _opens(doc: Doc, i: int) -> bool:
    word, after = doc[i].lower_, doc[i + 1].lower_
    if word in JOINS:
        return after in SUBJECTS or after in INVERTED or after in ASKING or after == "please"
    return word in OPENERS or word in SUBJECTS or (word in INVERTED and after in SUBJECTS) or _asks(word, after)


def _opens_bare(doc: Doc, i: int) -> bool:
    word, after, before = doc[i].lower_, doc[i + 1].lower_, doc[i - 1].lower_
    if word in COURTEOUS_OPENERS and before in TIES - {"me", "it", "us"}:
        return False
    joined = word in JOINS and after in SUBJECTS and i + 2 < len(doc) and doc[i + 2].tag_.startswith(("V", "MD"))
    if word in OPENERS or joined or (before in CLOSERS and word in INVERTED and after in SUBJECTS):
        return True
    if before in TIES or (word in SUBJECTS and not doc[i + 1].tag_.startswith(("V", "MD", "RB"))):
        return False
    if word in JOINS:
        return after in SUBJECTS or (after in INVERTED and word != "if")
    tied = word in SUBJECTS and doc[i - 1].tag_.startswith("V")
    opens = word in SUBJECTS - {"that", "this", "it"} or (word in INVERTED and after in SUBJECTS)
    return not tied and (opens or _asks(word, after))


def _asks(word: str, after: str) -> bool:
    return word in ASKING and (after in INVERTED or after in {"'s", "s", "else"})


def _mid_number(doc: Doc, i: int) -> bool:
    return doc[i].text == "." and i + 1 < len(doc) and not doc[i].whitespace_ and doc[i + 1].like_num


def _counts(token: Token) -> bool:
    return not token.is_punct and token.lower_ not in FILLERS


def is_question(doc: Doc, start: int, end: int, said: Sequence[str]) -> bool:
    """Tell whether a clause asks: by its mark, or by the order of its words where there is none."""
    if "?" in doc[end - 1].text:
        return True
    first = [
        word for word in said[:6] if word not in OPENERS and word not in {"and", "so", "now", "then", "but", "well"}
    ]
    if len(first) < 2:
        return False
    following: Token | None = doc[end] if end < len(doc) else None
    closed = doc[end - 1].text in {".", "!"} or (following is not None and following.text in {".", "!"})
    inverted = first[0] in INVERTED and first[1] in SUBJECTS | {"your", "the", "my", "not", "anything", "anyone"}
    if first[0] in TELLING:
        return True
    if closed:
        return first[0] in {"can", "could", "would", "may", "will"} and first[1] in {"you", "i", "we"}
    return (
        inverted
        or _asks(first[0], first[1])
        or (first[0] in {"what", "which", "how"} and first[1] not in SUBJECTS and len(first) > 3)
    )

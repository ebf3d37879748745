"""Split what was said into clauses, with punctuation or without it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

ENDS = frozenset({".", "?", "!", "…", "...", ";", "\n"})
DASHES = frozenset({"-", "–", "—", "--"})
MIN_WORDS = 3

# Words that open a clause whatever stands before them.
OPENERS = frozenset(
    [
        "okay",
        "ok",
        "alright",
        "unfortunately",
        "hello",
        "hi",
        "hey",
        "goodbye",
        "bye",
        "absolutely",
        "certainly",
        "sure",
        "actually",
        "anyway",
        "however",
        "please",
        "thanks",
        "thank",
        "sorry",
        "perfect",
        "great",
        "yes",
        "yeah",
        "yep",
        "nope",
    ]
)
COURTESIES = frozenset(
    "absolutely sure of course certainly definitely no problem worries yes okay ok alright great perfect hi hello "
    "good morning afternoon evening fine right oh ah".split()
)
# Pairs that open one, unless the word before ties them to it ("how can I" but "tell me how I can").
SUBJECTS = frozenset(["i", "we", "you", "it", "that", "there", "they", "this", "he", "she", "let", "lets"])
INVERTED = frozenset(
    [
        "can",
        "could",
        "would",
        "may",
        "do",
        "did",
        "does",
        "have",
        "has",
        "are",
        "is",
        "was",
        "were",
        "will",
        "shall",
        "should",
    ]
)
ASKING = frozenset(["what", "when", "where", "which", "why", "how", "who"])
TELLING = frozenset({"tell", "describe", "explain"})  # "tell me more" asks, whatever its mark
JOINS = frozenset(["and", "but", "so", "because", "then", "or", "if", "once", "while"])
TIES = frozenset(
    [
        "that",
        "if",
        "when",
        "because",
        "what",
        "how",
        "which",
        "as",
        "since",
        "than",
        "sorry",
        "glad",
        "happy",
        "know",
        "think",
        "hope",
        "see",
        "sure",
        "the",
        "a",
        "and",
        "so",
        "but",
        "or",
        "afraid",
        "believe",
        "assume",
        "said",
        "wish",
        "where",
        "why",
        "who",
        "while",
        "until",
        "before",
        "after",
        "once",
        "unless",
        "though",
        "whether",
        "let",
        "to",
        "for",
        "of",
        "in",
        "on",
        "at",
        "with",
        "about",
        "from",
        "can",
        "could",
        "would",
        "may",
        "do",
        "did",
        "does",
        "have",
        "has",
        "are",
        "is",
        "was",
        "were",
        "will",
        "shall",
        "should",
        "am",
        "be",
        "i",
        "we",
        "you",
        "they",
        "he",
        "she",
        "it",
        "not",
        "just",
        "really",
        "also",
        "always",
        "still",
        "only",
        "never",
        "ever",
        "even",
        "even",
        "understand",
        "tell",
        "me",
        "us",
        "him",
        "her",
        "if",
        "like",
        "mean",
        "say",
        "guess",
        "bet",
        "promise",
        "else",
        "anything",
        "everything",
        "something",
        "nothing",
        "anyone",
        "anytime",
        "way",
        "time",
        "thing",
        "all",
        "one",
        "moment",
        "day",
        "more",
        "very",
        "so",
        "'m",
        "'re",
        "'ve",
        "'ll",
        "'d",
        "n't",
        "m",
        "re",
        "ve",
        "ll",
        "d",
        "nt",
        "s",
        "'s",
        "my",
        "your",
        "our",
        "this",
        "these",
        "those",
    ]
)


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
    bare = not punctuated or (end - start > 30 and not any(token.text == "," for token in doc[start:end]))
    for i in range(start + 1, end - 1):
        long_enough = _n_words(doc, first, i) >= MIN_WORDS and _n_words(doc, i, end) >= MIN_WORDS
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
    if word in {"sure", "please", "great", "perfect", "thank", "thanks", "sorry"} and before in TIES - {
        "me",
        "it",
        "us",
    }:
        return False
    if word in OPENERS:
        return True
    if before in TIES or (word in SUBJECTS and not doc[i + 1].tag_.startswith(("V", "MD", "RB"))):
        return False
    if word in JOINS:
        return after in SUBJECTS or (after in INVERTED and word != "if")
    if word in SUBJECTS and doc[i - 1].tag_.startswith("V"):
        return False
    return word in SUBJECTS - {"that", "this", "it"} or (word in INVERTED and after in SUBJECTS) or _asks(word, after)


def _asks(word: str, after: str) -> bool:
    return word in ASKING and (after in INVERTED or after in {"'s", "s", "else"})


def _mid_number(doc: Doc, i: int) -> bool:
    return doc[i].text == "." and i + 1 < len(doc) and not doc[i].whitespace_ and doc[i + 1].like_num


def _n_words(doc: Doc, start: int, end: int) -> int:
    return sum(1 for token in doc[start:end] if not token.is_punct)


def is_question(doc: Doc, start: int, end: int, words: Sequence[str]) -> bool:
    """Tell whether a clause asks: by its mark, or by the order of its words where there is none."""
    if "?" in doc[end - 1].text:
        return True
    words = [
        word for word in words[:6] if word not in OPENERS and word not in {"and", "so", "now", "then", "but", "well"}
    ]
    if len(words) < 2:
        return False
    following: Token | None = doc[end] if end < len(doc) else None
    closed = doc[end - 1].text in {".", "!"} or (following is not None and following.text in {".", "!"})
    inverted = words[0] in INVERTED and words[1] in SUBJECTS | {"your", "the", "my", "not", "anything", "anyone"}
    if words[0] in TELLING:
        return True
    if closed:
        return words[0] in {"can", "could", "would", "may", "will"} and words[1] in {"you", "i", "we"}
    return inverted or _asks(words[0], words[1]) or (words[0] in {"what", "which", "how"} and len(words) > 3)

"""The phrase language: how a coach writes what to listen for.

==================  =====================================================================================
``apologize``       a word in its base form matches all its forms: apologize, apologized, apologizing
``apologized``      a word in any other form matches only itself (``=apologize``: only the base form)
``sorry?``          may be missing
``(a|b c|d)``       one of these; ``(a|b)?`` one of these or none
``...``             up to four words, whatever they are; ``...8`` up to eight
``<very>``          one of a word list of the pack (``[lists]``), or one of the built-in kinds of words:
                    ``<number>``, ``<done>`` (a past participle), ``<doing>``, ``<do>``, ``<noun>``, ``<named>``
                    (a word that can be a name), ``<word>``
``^`` and ``$``     the clause begins or ends here
==================  =====================================================================================

Contractions are read as whole words: "I'll" is ``i will``, "can't" is ``can not``, "let's" is ``let us``.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from qa_scorer.errors import PackError
from qa_scorer.language import Clause

KINDS = {
    "number": r"[^ ]+#[^ ]* ",
    "done": r"[^ ]+/VB[ND][^ ]* ",
    "doing": r"[^ ]+/VBG[^ ]* ",
    "do": r"[^ ]+/VB[P]?[^ ]* ",
    "noun": r"[^ ]+/NN[^ ]* ",
    "word": r"[^ ]+ ",
    # A word that can be a name, recognized or written: anything but the small words that follow in its place.
    "named": r"(?!(?:us|in|today|back|this|that|my|how|and|i|we|you|me|your|it|again|with|about|a|an|is|to|for|at|out|"
    r"what|may|can|so|on|regarding|from|sir|ma'am|not|just|good|or|by|there|here|now|very|okay|because|if)/)[^ ]+ ",
}
GAP = 4
CONTRACTIONS = (
    *(("can't", "can not"), ("cannot", "can not"), ("won't", "will not"), ("n't", " not"), ("'ll", " will")),
    *(("'re", " are"), ("'ve", " have"), ("i'm", "i am"), ("it's", "it is"), ("that's", "that is"), ("-", " ")),
    *(("there's", "there is"), ("let's", "let us"), ("%", "")),
)
SCAN = re.compile(r"\s*(\.\.\.\d*|[()|?^$]|<[a-z_]+>|=?[\w'£€%&#*.-]+)")
COMMON = frozenset(
    [
        "i",
        "you",
        "we",
        "it",
        "the",
        "a",
        "an",
        "to",
        "be",
        "do",
        "have",
        "will",
        "can",
        "would",
        "that",
        "this",
        "for",
        "of",
        "in",
        "on",
        "with",
        "and",
        "or",
        "not",
        "my",
        "your",
        "our",
        "me",
        "us",
        "is",
        "are",
        "was",
        "am",
        "there",
        "so",
        "at",
        "as",
        "if",
        "get",
        "let",
        "go",
        "know",
    ]
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A compiled phrase. ``anchors`` are words of which one must be there for it to match (empty: no such words)."""

    text: str
    pattern: re.Pattern[str]
    anchors: frozenset[str]


@dataclass(frozen=True, slots=True)
class Match:
    """Where a phrase matched: ``start`` and ``end`` count the words of the clause."""

    phrase: Phrase
    start: int
    end: int


Lists = Mapping[str, Sequence[str]]


def compile_phrase(text: str, lists: Lists | None = None) -> Phrase:
    """Compile a phrase. Raises ``PackError`` saying what is wrong and at which character."""
    parser = _Parser(text, lists or {})
    pattern, anchors = parser.sequence()
    if parser.at < len(parser.tokens):
        raise PackError(f"unexpected '{parser.tokens[parser.at]}' in the phrase \"{text}\"")
    if not pattern:
        raise PackError("an empty phrase matches everything")
    return Phrase(text, re.compile("(?<= )" + pattern), anchors or frozenset())


class PhraseIndex:
    """Finds many labelled phrases in a clause quickly: a phrase is tried only where one of its anchor words stands."""

    def __init__(self, phrases: Iterable[tuple[str, Phrase]]) -> None:
        self._always: list[tuple[str, Phrase]] = []
        self._by_anchor: dict[str, list[tuple[str, Phrase]]] = defaultdict(list)
        for label, phrase in phrases:
            for anchor in phrase.anchors:
                self._by_anchor[anchor].append((label, phrase))
            if not phrase.anchors:
                self._always.append((label, phrase))

    def find(self, clause: Clause) -> Iterator[tuple[str, Match]]:
        """Yield (label, match) for every phrase that is found, each phrase once."""
        tried: set[int] = set()
        for key in sorted(clause.keys & self._by_anchor.keys()):
            for label, phrase in self._by_anchor[key]:
                if id(phrase) not in tried:
                    tried.add(id(phrase))
                    if (match := find(phrase, clause)) is not None:
                        yield label, match
        for label, phrase in self._always:
            if (match := find(phrase, clause)) is not None:
                yield label, match


def find(phrase: Phrase, clause: Clause) -> Match | None:
    """Return the first match of a phrase in a clause."""
    found = phrase.pattern.search(clause.line)
    if found is None:
        return None
    start = clause.line.count(" ", 0, found.start()) - 1
    return Match(phrase, start, start + found[0].count(" "))


def spell_out(text: str) -> str:
    """Write contractions and hyphens of a phrase as the separate words that a line has."""
    for short, long in CONTRACTIONS:
        text = text.replace(short, long)
    return text


class _Parser:
    """Recursive descent over the tokens of a phrase; every method returns (regular expression, anchor words)."""

    def __init__(self, text: str, lists: Lists) -> None:
        self.text, self.lists, self.at = text, lists, 0
        text = spell_out(text)
        self.tokens: list[str] = []
        place = 0
        while text[place:].strip():
            match = SCAN.match(text, place)
            if match is None:
                raise PackError(f'cannot read the phrase "{text}" at character {place + 1}')
            self.tokens.append(match[1])
            place = match.end()

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def sequence(self) -> tuple[str, frozenset[str] | None]:
        parts, best = [], None
        while self.peek() not in ("", ")", "|"):
            part, anchors = self.item()
            parts.append(part)
            if anchors is not None and (best is None or _cost(anchors) < _cost(best)):
                best = anchors
        return "".join(parts), best

    def item(self) -> tuple[str, frozenset[str] | None]:
        pattern, anchors = self.atom()
        if self.peek() == "?":
            self.at += 1
            return f"(?:{pattern})?", None
        return pattern, anchors

    def atom(self) -> tuple[str, frozenset[str] | None]:
        word = self.peek()
        self.at += 1
        if word == "(":
            return self.group()
        if word == "^":
            return r"(?<=^ )", None
        if word == "$":
            return r"$", None
        if word.startswith("..."):
            return rf"(?:[^ ]+ ){{0,{int(word[3:] or GAP)}}}?", None
        if word.startswith("<"):
            return self.slot(word[1:-1])
        if word in {"?", "|", ")"}:
            raise PackError(f"unexpected '{word}' in the phrase \"{self.text}\"")
        return _word(word)

    def group(self) -> tuple[str, frozenset[str] | None]:
        branches = [self.sequence()]
        while self.peek() == "|":
            self.at += 1
            branches.append(self.sequence())
        if self.peek() != ")":
            raise PackError(f'a bracket is not closed in the phrase "{self.text}"')
        self.at += 1
        return _either(branches)

    def slot(self, name: str) -> tuple[str, frozenset[str] | None]:
        if name in KINDS:
            return KINDS[name], None
        if name not in self.lists:
            known = ", ".join(sorted({*KINDS, *self.lists}))
            raise PackError(f'unknown word list <{name}> in the phrase "{self.text}"; known are {known}')
        inner = {key: value for key, value in self.lists.items() if key != name}
        branches = []
        for entry in self.lists[name]:
            phrase = _Parser(entry, inner)
            branches.append(phrase.sequence())
        return _either(branches)


def _word(text: str) -> tuple[str, frozenset[str]]:
    text = text.lower()
    word = re.escape(text.removeprefix("="))
    if text.startswith("="):
        return rf"{word}/[^ ]+ ", frozenset({text[1:]})
    return rf"(?:{word}/[^ ]+ |[^ /]+/{word}/[^ ]+ )", frozenset({text})


def _either(branches: Sequence[tuple[str, frozenset[str] | None]]) -> tuple[str, frozenset[str] | None]:
    anchors: frozenset[str] | None = frozenset()
    for _, found in branches:
        anchors = None if anchors is None or found is None else anchors | found
    return "(?:" + "|".join(pattern for pattern, _ in branches) + ")", anchors


def _cost(anchors: frozenset[str]) -> int:
    return sum(20 if anchor in COMMON else 1 for anchor in anchors)

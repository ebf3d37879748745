"""Make a labelled set look like poor speech recognition, keeping its labels.

    python benchmarks/degrade.py IN.jsonl OUT.jsonl --word-error-rate 0.10 --seed 7

Works on dialogues (``turns``) and on single sentences (``text``, ``customer``). Case and punctuation go first, then
words are hit one by one: taken for similar-sounding ones, lost, or joined by a filler. The same seed, row and rate give
the same words, wherever the row stands in its file. Labels are kept as they are: a reader of the damaged text may no
longer be able to see all of them, so a score on the result is a lower bound of what the checks understand.
"""

import argparse
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

SUBSTITUTION_SHARE = 0.55
DELETION_SHARE = 0.25
"""Shares of an error's kind, insertions being the rest: substitutions lead and short words are lost more often than
made up, the order usual for conversational telephone speech. Chosen, not measured."""

FILLERS = ("uh", "um", "like", "the", "you know", "a", "and", "so")

SOUNDS_LIKE: Mapping[str, tuple[str, ...]] = {
    "a": ("the", "uh"),
    "absolutely": ("absolute lee", "absolutely the"),
    "account": ("a count", "amount"),
    "agent": ("asian", "aging"),
    "an": ("and", "in"),
    "and": ("in", "an"),
    "any": ("many", "and he"),
    "anything": ("any thing", "everything"),
    "apologies": ("apology is", "a policies"),
    "apologize": ("a policy", "apologized", "apologizing"),
    "appointment": ("a point meant", "appointments"),
    "appreciate": ("a preach it", "appreciated"),
    "are": ("our", "or"),
    "as": ("has", "is"),
    "assist": ("a sister", "a cyst", "assisted"),
    "assistance": ("assistants", "a sistance"),
    "at": ("that", "it"),
    "back": ("pack", "bag"),
    "be": ("me", "we"),
    "been": ("bin", "being"),
    "billing": ("building", "filling"),
    "but": ("bad", "put"),
    "bye": ("by", "buy"),
    "call": ("car", "called"),
    "calling": ("falling", "call in"),
    "can": ("can't", "and"),
    "can't": ("can", "count"),
    "card": ("car", "guard"),
    "certainly": ("certain lee", "certain"),
    "charge": ("large", "charged"),
    "check": ("jack", "checked"),
    "choosing": ("using", "shoes in"),
    "could": ("good", "cut"),
    "customer": ("custom or", "customers"),
    "day": ("they", "date"),
    "delay": ("the lay", "daily"),
    "do": ("to", "the"),
    "don't": ("done", "do"),
    "else": ("less", "elves"),
    "escalate": ("as late", "escalator"),
    "feel": ("fill", "field"),
    "for": ("four", "from"),
    "from": ("form", "for"),
    "frustrated": ("for straighted", "frustrate"),
    "frustrating": ("frost rating", "frustrated"),
    "frustration": ("first ration", "for station"),
    "get": ("got", "kit"),
    "glad": ("clad", "lad"),
    "go": ("goal", "so"),
    "goodbye": ("good buy", "could buy"),
    "great": ("grade", "greet"),
    "guarantee": ("guaranty", "garden tea"),
    "happy": ("happen", "hoppy"),
    "have": ("of", "had"),
    "he": ("hey", "the"),
    "hear": ("here", "her"),
    "hello": ("hullo", "yellow"),
    "help": ("health", "held", "helped"),
    "here": ("hear", "her"),
    "hesitate": ("has a tape", "hesitated"),
    "hold": ("old", "hole"),
    "how": ("hi", "our"),
    "i": ("i'd", "a"),
    "i'd": ("i", "eyed"),
    "i'll": ("all", "i"),
    "i'm": ("im", "and"),
    "i've": ("i", "of"),
    "if": ("of", "it"),
    "in": ("and", "an"),
    "inconvenience": ("in convenience", "inconvenient"),
    "is": ("his", "as"),
    "issue": ("is you", "tissue"),
    "it": ("at", "that"),
    "it's": ("is", "its"),
    "just": ("jest", "does"),
    "know": ("no", "now"),
    "let": ("led", "that"),
    "manager": ("manage her", "managers"),
    "may": ("make", "my"),
    "me": ("my", "be"),
    "minute": ("men it", "minutes"),
    "morning": ("mourning", "warning"),
    "my": ("by", "mine"),
    "name": ("same", "main"),
    "need": ("knee", "meat"),
    "no": ("know", "now"),
    "not": ("knot", "that"),
    "now": ("no", "know"),
    "number": ("numb her", "numbers"),
    "of": ("have", "off"),
    "okay": ("kay", "ok a"),
    "on": ("in", "an"),
    "one": ("won", "when"),
    "or": ("are", "our"),
    "order": ("are there", "orders"),
    "our": ("are", "hour"),
    "out": ("our", "a"),
    "patience": ("patients", "patient"),
    "phone": ("fun", "phones"),
    "please": ("police", "pleas"),
    "policy": ("police he", "policies"),
    "problem": ("program", "probably"),
    "receive": ("receipt", "received"),
    "refund": ("re fund", "we found"),
    "resolve": ("result", "resolved"),
    "right": ("write", "light"),
    "see": ("sea", "c"),
    "send": ("sent", "sand"),
    "she": ("he", "see"),
    "sincerely": ("since early", "sincere"),
    "so": ("saw", "also"),
    "sorry": ("story", "sari"),
    "supervisor": ("super visor", "super advisor"),
    "sure": ("shore", "sir"),
    "system": ("sister", "systems"),
    "take": ("make", "taken"),
    "tell": ("tall", "dell"),
    "thank": ("think", "bank"),
    "thanks": ("banks", "thinks"),
    "that": ("at", "the"),
    "that's": ("that", "its"),
    "the": ("a", "this"),
    "them": ("then", "him"),
    "there": ("their", "they're"),
    "this": ("the", "his"),
    "ticket": ("take it", "tickets"),
    "time": ("dime", "times"),
    "to": ("two", "the"),
    "today": ("to day", "two day"),
    "transfer": ("trance for", "transferred"),
    "understand": ("under stand", "understood"),
    "up": ("app", "of"),
    "wait": ("weight", "way"),
    "was": ("is", "what's"),
    "we": ("he", "be"),
    "we'll": ("well", "will"),
    "welcome": ("well come", "well"),
    "what": ("but", "one"),
    "when": ("one", "then"),
    "will": ("well", "we'll"),
    "with": ("what", "width"),
    "wonderful": ("wonder full", "wonder"),
    "would": ("wood", "good"),
    "yeah": ("ya", "here"),
    "yes": ("yet", "as"),
    "you": ("ya", "he"),
    "you'll": ("you", "yule"),
    "you're": ("your", "or"),
    "you've": ("you", "of"),
    "your": ("you're", "or"),
}
"""Words recognizers confuse in such calls, each with what they write instead."""

ENDINGS = (("ing", "in"), ("ed", ""), ("ies", "y"), ("s", ""), ("ly", ""))
"""What a recognizer loses at the end of a word it otherwise got right."""


def bare_words(text: str) -> list[str]:
    """Split a text into lower-case words without punctuation, apostrophes inside words kept."""
    return re.findall(r"[^\W_]+(?:'[^\W_]+)*", text.lower().replace("’", "'"))


def misheard(word: str, rng: np.random.Generator) -> str:
    """Return what a recognizer may have written for a word: a known confusion, else another ending of it."""
    if word in SOUNDS_LIKE:
        return str(rng.choice(SOUNDS_LIKE[word]))
    for ending, other in ENDINGS:
        if word.endswith(ending) and len(word) > len(ending) + 2:
            return word.removesuffix(ending) + other
    return word + "s"


def heard_as(word: str, rate: float, rng: np.random.Generator, *, kept: bool = False) -> str:
    """Return what a recognizer writes for a word: itself, another, a filler before it, or nothing unless ``kept``."""
    if rng.random() >= rate:
        return word
    kind = rng.random()
    if kind < SUBSTITUTION_SHARE or (kind < SUBSTITUTION_SHARE + DELETION_SHARE and kept):
        return misheard(word, rng)
    return f"{rng.choice(FILLERS)} {word}" if kind >= SUBSTITUTION_SHARE + DELETION_SHARE else ""


def degrade_text(text: str, rate: float, rng: np.random.Generator) -> str:
    """Return a text as bare words, about ``rate`` (0..1) of them wrong.

    The only word of a text is never lost, so that a turn stays a turn.
    """
    words = bare_words(text)
    return " ".join(filter(None, (heard_as(word, rate, rng, kept=len(words) == 1) for word in words)))


def degrade_row(row: Mapping[str, Any], rate: float, seed: int) -> dict[str, Any]:
    """Return a labelled dialogue or sentence with every text degraded and all else untouched."""
    rng = np.random.default_rng([seed, zlib.crc32(row["id"].encode())])
    if "turns" in row:
        return {**row, "turns": [{**turn, "text": degrade_text(turn["text"], rate, rng)} for turn in row["turns"]]}
    return {**row, "customer": degrade_text(row["customer"], rate, rng), "text": degrade_text(row["text"], rate, rng)}


def main(arguments: Sequence[str] | None = None) -> None:
    """Degrade one file of labelled rows into another."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("source", type=Path, help="labelled rows, one JSON object a line")
    parser.add_argument("target", type=Path, help="where to write the degraded rows")
    parser.add_argument("--word-error-rate", type=float, default=0.10, help="share of the words to damage (0..1)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same damage")
    chosen = parser.parse_args(arguments)
    if not 0 <= chosen.word_error_rate <= 1:
        parser.error("--word-error-rate is a share, between 0 and 1")
    rows = [json.loads(line) for line in chosen.source.read_text("utf-8").splitlines() if line.strip()]
    degraded = (degrade_row(row, chosen.word_error_rate, chosen.seed) for row in rows)
    chosen.target.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in degraded), "utf-8")


if __name__ == "__main__":
    main()

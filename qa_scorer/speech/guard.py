"""The hallucination guard: words nobody said, taken out before any courtesy is credited. Pure.

Whisper invents text on silence, music and noise (about 1 % of recordings: Koenecke et al. 2024, arXiv 2402.08021),
mostly video phrases such as "thanks for watching" and loops. Each rule below needs evidence beside the text itself,
except where no caller would ever say it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from qa_scorer.records import Span, Word
from qa_scorer.speech.passages import Passage
from qa_scorer.speech.windows import SPEECH_ON

# What video subtitles left in the training data; nobody says these on a service line.
NEVER_SAID = (
    "thanks for watching", "thank you for watching", "thank you so much for watching", "please subscribe",
    "subscribe to my channel", "subscribe to our channel", "like and subscribe", "don't forget to subscribe",
    "see you in the next video", "see you next video", "subtitles by", "subtitled by", "transcribed by",
    "captions by", "translated by", "amara org", "www", "silence", "music playing", "applause", "foreign",
)  # fmt: skip
# Said on calls too, but also what silence and music turn into: dropped only alone and without a voice under it.
OFTEN_INVENTED = frozenset(
    ("thank you", "thanks", "thank you very much", "thank you so much", "bye", "bye bye", "you", "okay", "ok", "so",
     "oh", "yeah", "hmm", "um", "uh", "the", "i", "a", "and", "no", "yes", "hello", "please", "beep", "the end",
     "i'm sorry", "we'll be right back", "see you next time", "good night", "mm hmm", "ah", "huh")
)  # fmt: skip
"""Passages of one of these alone need a clear voice."""

VOICE_NEEDED = 0.25  # share of a word's time with voice; a real word at a region's edge has more than half
CLEAR = 0.5
LEAST_BEGUN = 3  # digits that are a number begun
FASTEST_DIGIT_S = 0.1  # six digits a second are hard to say, ten impossible
RESTART_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded:
    """Words believed, and how many were not."""

    words: tuple[Word, ...]
    removed: int


def guard(passages: Sequence[Passage], voice: Sequence[float], frame_s: float, hints: Sequence[str] = ()) -> Guarded:
    """Keep the words of one side that somebody said.

    ``voice`` is the probability of voice per frame of ``frame_s``. Removes words beyond the end, words without voice,
    loops, phrases nobody says on a call, vocabulary hints read back, and unsure words over near silence.
    """
    total = sum(len(passage.words) for passage in passages)
    clear = clear_voice(voice)
    kept: list[Word] = []
    for passage in passages:
        words = _with_voice(passage.words, voice, frame_s)
        words = _without_loops(words)
        words = _without_phrases(words, NEVER_SAID)
        words = _without_echo(words, hints)
        for group in _groups(words):
            if not _invented(group, passage, voice, frame_s, clear):
                kept.extend(group)
    kept.sort(key=lambda word: (word.start or 0.0, word.end or 0.0))
    kept = _without_restarts(kept)
    return Guarded(words=tuple(kept), removed=total - len(kept))


def plain(text: str) -> str:
    """Return the text in lower case without punctuation."""
    return " ".join(re.findall(r"[^\W_]+(?:['’][^\W_]+)*", text.lower())).replace("’", "'")


def voice_share(start: float, end: float, voice: Sequence[float], frame_s: float, threshold: float = 0.3) -> float:
    """Return the share of frames between two times with voice."""
    first = max(0, int(start / frame_s))
    frames = voice[first : max(first + 1, int(end / frame_s) + 1)]
    return sum(1 for p in frames if p >= threshold) / len(frames) if len(frames) else 0.0


def clear_voice(voice: Sequence[float]) -> float:
    """Return the probability above which this side's voice is clear: the detector is less sure of some lines."""
    speech = sorted(p for p in voice if p >= SPEECH_ON)
    return min(CLEAR, 0.85 * speech[len(speech) // 2]) if speech else CLEAR


def _with_voice(words: Sequence[Word], voice: Sequence[float], frame_s: float) -> list[Word]:
    """Drop words without voice, but not up to three within the flow of speech: word times err by that much."""
    voiced = [_voiced(word, voice, frame_s) for word in words]
    kept: list[Word] = []
    i = 0
    while i < len(words):
        j = i
        while j < len(words) and not voiced[j]:
            j += 1
        flows_on = (j < len(words) and _close(words[j - 1], words[j])) or (i > 0 and _close(words[i - 1], words[i]))
        within = all((word.start or 0.0) < len(voice) * frame_s for word in words[i:j])
        if j > i and j - i <= 3 and flows_on and within:
            kept += words[i:j]
        if j < len(words):
            kept.append(words[j])
        i = j + 1
    return kept


def _close(before: Word, after: Word) -> bool:
    return (after.start or 0.0) - (before.end or 0.0) <= 0.3


def _voiced(word: Word, voice: Sequence[float], frame_s: float) -> bool:
    if word.start is None or word.end is None:
        return True
    if word.start >= len(voice) * frame_s:
        return False
    return voice_share(word.start - 0.1, word.end + 0.1, voice, frame_s) >= VOICE_NEEDED


def _groups(words: Iterable[Word], gap_s: float = 1.5) -> list[list[Word]]:
    """Split into stretches without a pause longer than ``gap_s``."""
    groups: list[list[Word]] = []
    for word in words:
        if groups and (word.start or 0.0) - (groups[-1][-1].end or 0.0) <= gap_s:
            groups[-1].append(word)
        else:
            groups.append([word])
    return groups


def _invented(group: list[Word], passage: Passage, voice: Sequence[float], frame_s: float, threshold: float) -> bool:
    start, end = group[0].start, group[-1].end
    if start is None or end is None:
        return False
    sure = sum(word.confidence or 0.0 for word in group) / len(group)
    clear = voice_share(start, end, voice, frame_s, threshold)
    if plain(" ".join(word.text for word in group)) in OFTEN_INVENTED:
        unsure = sure < 0.6 or passage.no_speech > 0.5
        return clear < 0.15 or (unsure and clear < 0.5) or (sure < 0.3 and passage.no_speech > 0.6)
    return sure < 0.25 and clear < 0.35


def _without_loops(words: list[Word], longest: int = 8) -> list[Word]:
    """Cut a phrase repeated without pause: single words from the fifth time, longer phrases from the third."""
    keys = [plain(word.text) for word in words]
    kept: list[int] = []
    i = 0
    while i < len(words):
        for size in range(1, longest + 1):
            phrase = keys[i : i + size]
            times = 1
            while len(phrase) == size and keys[i + times * size : i + (times + 1) * size] == phrase:
                times += 1
            allowed = 4 if size == 1 else 2
            # digits are read in groups that do repeat: "double zero, zero zero zero"
            if times > allowed and not all(key.isdigit() for key in phrase):
                kept.extend(range(i, i + size))
                i += times * size
                break
        else:
            kept.append(i)
            i += 1
    return [words[k] for k in kept]


def _without_restarts(words: Sequence[Word]) -> list[Word]:
    """Drop the beginning of a number that is written again whole, faster than anyone can say it.

    The small model does so with numbers read aloud. Who really repeats a number takes the time to.
    """
    kept: list[Word] = []
    for word in words:
        begun = kept[-1] if kept else None
        if begun is not None and _restarts(begun, word):
            kept[-1] = replace(word, start=begun.start)
        else:
            kept.append(word)
    return kept


def _restarts(begun: Word, word: Word) -> bool:
    first, whole = re.sub(r"\D", "", begun.text), re.sub(r"\D", "", word.text)
    if begun.start is None or begun.end is None or word.start is None or word.end is None:
        return False
    hurried = word.end - word.start < len(whole) * FASTEST_DIGIT_S
    return len(first) >= LEAST_BEGUN and whole.startswith(first) and hurried and word.start - begun.end < RESTART_S


def _without_phrases(words: list[Word], phrases: Iterable[str]) -> list[Word]:
    keys = [plain(word.text) for word in words]
    drop: set[int] = set()
    for phrase in phrases:
        parts = phrase.split()
        for i in range(len(keys) - len(parts) + 1):
            if keys[i : i + len(parts)] == parts:
                alone = len(parts) > 1 or len(keys) <= 2
                drop |= set(range(i, i + len(parts))) if alone else set()
    return [word for i, word in enumerate(words) if i not in drop]


def _without_echo(words: list[Word], hints: Sequence[str]) -> list[Word]:
    """Drop vocabulary hints read back as a list: two or more of them in the given order with nothing between."""
    keys = [plain(word.text) for word in words]
    parts = [plain(hint).split() for hint in hints]
    drop: set[int] = set()
    for i in range(len(keys)):
        for h in range(len(parts)):
            at, count = i, 0
            for hint in parts[h:]:
                if not hint or keys[at : at + len(hint)] != hint:
                    break
                at, count = at + len(hint), count + 1
            if count >= min(3, len(parts)) and count >= 2:
                drop |= set(range(i, at))
    return [word for i, word in enumerate(words) if i not in drop]


def spoken(words: Sequence[Word], gap_s: float = 0.5) -> tuple[Span, ...]:
    """Return the stretches covered by words, joined over short pauses."""
    spans: list[Span] = []
    for word in words:
        if word.start is None or word.end is None:
            continue
        if spans and word.start - spans[-1].end <= gap_s:
            spans[-1] = Span(start=spans[-1].start, end=max(spans[-1].end, word.end))
        else:
            spans.append(Span(start=word.start, end=word.end))
    return tuple(spans)

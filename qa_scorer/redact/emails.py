"""E-mail addresses: written ("j.smith@example.com"), said ("john dot smith at example dot com") or spelled out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from qa_scorer.redact.lines import Entity, Line, asked
from qa_scorer.redact.numbers import Token
from qa_scorer.redact.words import Words

_WRITTEN = re.compile(r"(?<![\w.+%-])[\w.+%-]+@(?:[\w-]+(?:\.[\w-]+)+|[\w-]{2,})")
_MAX_LOCAL_WORDS = 6
_MIN_SPELLED = 3


def email_entities(lines: Sequence[Line], words: Words) -> list[Entity]:
    """Find e-mail addresses, and the letters that somebody spells when asked for one."""
    entities: list[Entity] = []
    for index, line in enumerate(lines):
        wanted = "email" in {cue.kind for cue in (*line.cues, *asked(lines, index))}
        entities += [
            Entity(line=index, start=match.start(), end=match.end(), kind="email")
            for match in _WRITTEN.finditer(line.text)
        ]
        for at, token in enumerate(line.tokens):
            if token.text != "@" and token.text not in words.email["at"]:
                continue
            end = _domain_end(line.tokens, at + 1, words)
            if end is None:
                continue
            first = _local_start(line, at, words, wanted)
            if first < at:
                start, stop = line.tokens[first].start, line.tokens[end - 1].end
                entities.append(Entity(line=index, start=start, end=stop, kind="email"))
            elif at <= 1:
                entities += _split_address(lines, index, line.tokens[end - 1].end, words)
        if wanted:
            spelled = spelled_runs(line.tokens, words, _MIN_SPELLED)
            entities += [Entity(line=index, start=start, end=end, kind="email") for start, end in spelled]
    return entities


def _domain_end(tokens: Sequence[Token], first: int, words: Words) -> int | None:
    """Return the token after "example dot com" (or "gmail"), ``None`` when no domain begins at ``first``."""
    index = first
    letters = 0
    while index < len(tokens) and not _is_dot(tokens, index, words):
        text = tokens[index].text
        letters += len(text) == 1 and text.isalpha()
        if not (text.isalnum() or text in ("-", *words.email_marks)) or index - first - letters > 3:
            break
        index += 1
    known = first < len(tokens) and tokens[first].text in words.email["providers"] - {"web", "mail", "live"}
    end = None
    while index + 1 < len(tokens) and index > first and _is_dot(tokens, index, words):
        if tokens[index + 1].text not in words.email["top_levels"]:
            break
        index = end = index + 2
    return end if end is not None else first + 1 if known else None


def _local_start(line: Line, at: int, words: Words, wanted: bool) -> int:
    """Return the first token of what is said before "at"; ``at`` itself when that is no address."""
    tokens = line.tokens
    first = index = at
    spoken = 0
    joined = True  # whether the token to the right asks for one to its left
    while index > 0:
        index -= 1
        text = tokens[index].text
        if _is_mark(tokens, index, words) or (wanted and _is_misheard_dot(line, index, words)):
            joined = True
            continue
        phonetic = _phonetic_start(tokens, index, words)
        if phonetic is not None:
            index = first = phonetic
            joined = True
            continue
        if not text.isalnum() and text not in (",", "-"):
            break
        single = len(text) == 1 or text.isdecimal() or words.is_number(text)
        if text == ",":
            if index and len(tokens[index - 1].text) > 1 and tokens[index - 1].text.isdecimal():
                break  # "… 0130 00, max at example.com": another number ends there
            continue
        if not single:
            spoken += 1
            stop = text in words.email["openers"] or (text in words.email["not_names"] and not wanted)
            if stop or spoken > _MAX_LOCAL_WORDS or not (joined or wanted):
                break
        elif text in ("a", "i") and not joined:
            break
        first = index
        joined = single
    return first


def _split_address(lines: Sequence[Line], index: int, end: int, words: Words) -> list[Entity]:
    """Find an address that was begun in the turn before: "john smith forty two" – "uh-huh" – "at example dot com"."""
    entities = [Entity(line=index, start=lines[index].tokens[0].start, end=end, kind="email")]
    for before in range(index - 1, max(-1, index - 4), -1):
        line = lines[before]
        if line.side != lines[index].side:
            continue
        if line.tokens and "email" in {cue.kind for cue in (*line.cues, *asked(lines, before))}:
            last = len(line.tokens)
            while last and not line.tokens[last - 1].text.isalnum():
                last -= 1
            first = _local_start(line, last, words, True)
            if first < last:
                start, stop = line.tokens[first].start, line.tokens[last - 1].end
                entities.append(Entity(line=before, start=start, end=stop, kind="email"))
        break
    return entities


def spelled_runs(tokens: Sequence[Token], words: Words, shortest: int) -> Iterator[tuple[int, int]]:
    """Yield where somebody says letters one by one: "j o h n", "S-M-I-T-H", "b as in bravo, r as in romeo"."""
    position = 0
    while position < len(tokens):
        letters, end = _read_letters(tokens, position, words)
        if letters >= shortest:
            yield tokens[position].start, tokens[end - 1].end
        position = max(end, position + 1)


def _read_letters(tokens: Sequence[Token], first: int, words: Words) -> tuple[int, int]:
    """Return how many letters are spelled from ``first`` on, and the token after them."""
    letters, end, index = 0, first, first
    while index < len(tokens):
        text = tokens[index].text
        if len(text) == 1 and text.isalpha():
            letters += 1
            end = index = _past_phonetic(tokens, index + 1, words)
        elif letters and (text in words.repeats or text in ("-", ",", ".")):
            index += 1
        else:
            break
    return letters, end


def _past_phonetic(tokens: Sequence[Token], index: int, words: Words) -> int:
    """Return the token after "as in bravo" (or "as in x-ray"), ``index`` itself where no letter is explained."""
    for phrase in words.spelled_by:
        parts = phrase.split()
        after = index + len(parts)
        if after < len(tokens) and _says(tokens, index, parts):
            hyphen = after + 2 < len(tokens) and tokens[after + 1].text == "-" and _is_joined(tokens, after + 1)
            return after + 3 if hyphen else after + 1
    return index


def _is_joined(tokens: Sequence[Token], mark: int) -> bool:
    return tokens[mark - 1].end == tokens[mark].start and tokens[mark].end == tokens[mark + 1].start


def _says(tokens: Sequence[Token], index: int, phrase: Sequence[str]) -> bool:
    return [token.text for token in tokens[index : index + len(phrase)]] == list(phrase)


def _phonetic_start(tokens: Sequence[Token], index: int, words: Words) -> int | None:
    """Return where "b as in bravo" begins when ``index`` is its last word."""
    for phrase in words.spelled_by:
        parts = phrase.split()
        start = index - len(parts) - 1
        if start >= 0 and len(tokens[start].text) == 1 and _says(tokens, start + 1, parts):
            return start
    return None


def _is_dot(tokens: Sequence[Token], index: int, words: Words) -> bool:
    text = tokens[index].text
    if text in words.email["dot"]:
        return True
    return text == "." and index + 1 < len(tokens) and tokens[index + 1].start == tokens[index].end


def _is_misheard_dot(line: Line, index: int, words: Words) -> bool:
    """Tell the dot in "Walter. Young at example.com", which recognition took for the end of a sentence."""
    if line.tokens[index].text != "." or not 0 < index < len(line.tokens) - 1:
        return False
    before, after = line.tokens[index - 1], line.tokens[index + 1]
    named = line.text[before.start].isupper() and line.text[after.start].isupper()
    return named and before.text not in words.email["openers"]


def _is_mark(tokens: Sequence[Token], index: int, words: Words) -> bool:
    text = tokens[index].text
    if text in words.email["dot"] or text in words.email_marks or text in ("_", "-", "+"):
        return True
    glued = index + 1 < len(tokens) and tokens[index + 1].start == tokens[index].end
    spelled = (
        index and len(tokens[index - 1].text) == 1 and index + 1 < len(tokens) and len(tokens[index + 1].text) == 1
    )
    return text == "." and bool(glued or spelled)

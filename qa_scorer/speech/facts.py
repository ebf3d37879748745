"""Conversation facts from the timeline: who talks how much, over whom, and when nobody does. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from qa_scorer.records import Facts, Role, Span, Turn

# Thresholds in use on service floors: silence > 3 s, overlap > 1 s (MiiTel); see benchmarks for holds.
SILENCE_S, OVERTALK_S = 3.0, 1.0
PAUSE_S = 0.7  # words of one speaker closer than this are one stretch of speech
ANNOUNCED_HOLD_S = 6.0  # announced, and nobody talks for longer than it takes to type
UNANNOUNCED_HOLD_S = 20.0
INTERRUPTION_WORDS = 4  # fewer are a back-channel
HOLD_WORDS = re.compile(
    r"\b(?:(?:on|a|brief|short|quick) hold|hold (?:on|the line|please|for)|please hold|bear with me"
    r"|(?:one|a|just a|give me a) (?:quick |short |brief )?(?:moment|second|minute)"
    r"|(?:couple|few) (?:of )?(?:moments|minutes|seconds)|let me (?:check|look|pull|see)"
    r"|(?:i'll|i will) (?:be right back|check|go and check)|transfer you|put you through|connect you"
    r"|while i (?:check|look|pull))\b",
    re.IGNORECASE,
)
VOICES: tuple[Role, ...] = ("agent", "customer", "other", "unknown")


def conversation_facts(turns: Sequence[Turn], duration_s: float, sound: Sequence[Span] = ()) -> Facts:
    """Read the facts off the timeline.

    ``sound`` are stretches without a voice but with sound (music, a tone). Without times everything is ``None``.
    """
    timed = [turn for turn in turns if turn.start is not None and turn.end is not None]
    if not timed or len(timed) < len(turns):
        return Facts()
    speech = {role: _stretches(timed, role) for role in VOICES}
    seconds = {role: sum(s.end - s.start for s in spans) for role, spans in speech.items()}
    everyone = sum(seconds.values())
    gaps = _gaps([s for spans in speech.values() for s in spans], duration_s)
    holds = tuple(hold for gap in gaps if (hold := _hold(gap, timed, sound)))
    silences = tuple(
        Span(start=g.start, end=g.end)
        for g in gaps
        if g.end - g.start > SILENCE_S and not any(h.start == g.start for h in holds)
    )
    overtalk = _overtalk(speech)
    known = bool(speech["agent"] or speech["customer"])
    first = speech["agent"][0].start if speech["agent"] else None
    return Facts(
        agent_talk_share=_rounded(seconds["agent"] / everyone, 4) if known and everyone else None,
        customer_talk_share=_rounded(seconds["customer"] / everyone, 4) if known and everyone else None,
        agent_words_per_minute=_pace(timed, "agent", seconds["agent"]),
        customer_words_per_minute=_pace(timed, "customer", seconds["customer"]),
        longest_agent_monologue_s=_monologue(timed) if speech["agent"] else None,
        first_agent_word_s=first,
        interruptions_by_agent=_interruptions(timed, "agent", "customer") if known else None,
        interruptions_by_customer=_interruptions(timed, "customer", "agent") if known else None,
        silence_s=_total(silences),
        silences=silences,
        overtalk_s=_total(overtalk),
        overtalk=overtalk,
        hold_s=_total(holds),
        holds=holds,
    )


def _rounded(value: float, digits: int = 3) -> float:
    return round(float(value), digits)


def _total(spans: Sequence[Span]) -> float:
    return _rounded(sum(span.end - span.start for span in spans))


def _stretches(turns: Sequence[Turn], role: Role) -> list[Span]:
    """Return when a role talks: from its words, or from its turns where words have no times."""
    raw = sorted((start, end) for turn in turns if turn.role == role for start, end in _times(turn))
    spans: list[Span] = []
    for start, end in raw:
        if spans and start - spans[-1].end <= PAUSE_S:
            spans[-1] = Span(start=spans[-1].start, end=max(end, spans[-1].end))
        else:
            spans.append(Span(start=start, end=end))
    return spans


def _times(turn: Turn) -> list[tuple[float, float]]:
    words = [(word.start, word.end) for word in turn.words if word.start is not None and word.end is not None]
    return words or [(turn.start or 0.0, turn.end or 0.0)]


def _gaps(spans: Sequence[Span], duration_s: float) -> list[Span]:
    """Return every stretch in which nobody talks, up to the end of the recording."""
    gaps, now = [], 0.0
    for span in sorted(spans, key=lambda s: s.start):
        if span.start > now:
            gaps.append(Span(start=_rounded(now), end=_rounded(span.start)))
        now = max(now, span.end)
    if duration_s > now:
        gaps.append(Span(start=_rounded(now), end=_rounded(duration_s)))
    return gaps


def _hold(gap: Span, turns: Sequence[Turn], sound: Sequence[Span]) -> Span | None:
    """Tell whether a gap is a hold: announced by the words before it, or music or a long wait between words."""
    length = gap.end - gap.start
    before = [turn for turn in turns if (turn.start or 0.0) <= gap.start]
    after = any((turn.start or 0.0) >= gap.end - 0.5 for turn in turns)
    if not before or not after or length < ANNOUNCED_HOLD_S:
        return None
    recent = [turn for turn in before if (turn.end or 0.0) >= gap.start - 8.0 and turn.role != "customer"]
    if any(HOLD_WORDS.search(_last_words(turn)) for turn in recent):
        return Span(start=gap.start, end=gap.end, kind="announced")
    loud = sum(max(0.0, min(s.end, gap.end) - max(s.start, gap.start)) for s in sound)
    if loud > 0.5 * length and length >= UNANNOUNCED_HOLD_S / 2:
        return Span(start=gap.start, end=gap.end, kind="music")
    return Span(start=gap.start, end=gap.end, kind="silence") if length >= UNANNOUNCED_HOLD_S else None


def _last_words(turn: Turn, count: int = 30) -> str:
    return " ".join(turn.text.split()[-count:])


def _overtalk(speech: dict[Role, list[Span]]) -> tuple[Span, ...]:
    """Return where two roles talk at once for more than a second; the kind is who began later."""
    found = []
    roles = [role for role in VOICES if speech[role]]
    for i, one in enumerate(roles):
        for other in roles[i + 1 :]:
            for a in speech[one]:
                for b in speech[other]:
                    start, end = max(a.start, b.start), min(a.end, b.end)
                    if end - start > OVERTALK_S:
                        found.append(
                            Span(start=_rounded(start), end=_rounded(end), kind=other if b.start > a.start else one)
                        )
    return tuple(sorted(found, key=lambda span: span.start))


def _interruptions(turns: Sequence[Turn], by: Role, of: Role) -> int:
    """Count turns that begin while the other talks (0.3 s or more before its end), say something and outlast it."""
    count = 0
    for turn in turns:
        if turn.role != by or len(turn.text.split()) < INTERRUPTION_WORDS:
            continue
        for other in turns:
            if other.role != of or other.start is None or other.end is None or turn.start is None or turn.end is None:
                continue
            if (
                other.start + 0.5 < turn.start < other.end - 0.3
                and turn.end > other.end
                and _talking(other, turn.start)
            ):
                count += 1
                break
    return count


def _talking(turn: Turn, time: float) -> bool:
    return any(start - 0.3 <= time <= end + 0.1 for start, end in _times(turn))


def _pace(turns: Sequence[Turn], role: Role, seconds: float) -> float | None:
    words = sum(len(turn.text.split()) for turn in turns if turn.role == role)
    return _rounded(60 * words / seconds, 1) if seconds >= 1.0 else None


def _monologue(turns: Sequence[Turn]) -> float:
    """Return the longest time the agent has the floor: agent turns with at most back-channels of the others between."""
    longest, end = 0.0, 0.0
    start: float | None = None
    for turn in turns:
        if turn.start is None or turn.end is None:
            continue
        if turn.role == "agent":
            if start is None or turn.start - end > SILENCE_S:
                start = turn.start
            end = max(end, turn.end)
            longest = max(longest, end - start)
        elif len(turn.text.split()) >= INTERRUPTION_WORDS:
            start = None
    return _rounded(longest)

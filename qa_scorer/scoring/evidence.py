"""Where evidence lies in a call: windows, metrics, conditions. Pure look-ups, no points yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from qa_scorer.records import Analysis, Finding, Opportunity, Role, Span, Transcript
from qa_scorer.rubric import AppliesWhen, Criterion, Window
from qa_scorer.rubric.vocabulary import METRICS, OPPORTUNITIES, signal_title

ANSWER_TURNS = 2
"""An opportunity may be answered within this many agent turns, as ``records.Opportunity`` has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A call as scoring sees it. ``length`` is in seconds, or in turns where the transcript has no times."""

    transcript: Transcript
    analysis: Analysis
    timed: bool
    length: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """The stretch that was searched, in the units of ``Heard.length``, and its name in a sentence."""

    start: float
    end: float
    name: str = "the whole call"


def heard(transcript: Transcript, analysis: Analysis) -> Heard:
    """Lay transcript and findings side by side."""
    timed = all(turn.start is not None and turn.end is not None for turn in transcript.turns)
    length = duration_s(transcript) if timed else None
    return Heard(
        transcript=transcript,
        analysis=analysis,
        timed=length is not None,
        length=float(len(transcript.turns)) if length is None else length,
    )


def duration_s(transcript: Transcript) -> float | None:
    """Return the length of the recording, or of what was said in it; ``None`` without times."""
    if transcript.audio is not None:
        return transcript.audio.duration
    return max((turn.end for turn in transcript.turns if turn.end is not None), default=None)


def span(call: Heard, start: float | None, end: float | None, turn: int | None) -> tuple[float, float] | None:
    """Return where something lies, in the units of ``Heard.length``."""
    if not call.timed:
        return None if turn is None else (float(turn), float(turn))
    if start is not None:
        return start, start if end is None else end
    if turn is None:
        return None
    spoken = call.transcript.turns[turn]
    return (spoken.start or 0.0, spoken.end or 0.0)


def search(call: Heard, window: Window | None) -> Searched | str:
    """Return the stretch to search, or why there is none."""
    if window is None:
        return Searched(start=0.0, end=call.length)
    if not call.timed and (window.first_s is not None or window.last_s is not None):
        return "the transcript has no times to place the window by"
    start, end, names = 0.0, call.length, []
    if window.first_s is not None:
        end = min(end, window.first_s)
        names.append(f"the first {window.first_s:g} s")
    if window.first_percent is not None:
        end = min(end, call.length * window.first_percent / 100)
        names.append(f"the first {window.first_percent:g} %")
    if window.last_s is not None:
        start = max(start, call.length - window.last_s)
        names.append(f"the last {window.last_s:g} s")
    if window.last_percent is not None:
        start = max(start, call.length * (1 - window.last_percent / 100))
        names.append(f"the last {window.last_percent:g} %")
    for signal, is_after in ((window.after_signal, True), (window.before_signal, False)):
        if signal is None:
            continue
        places = [place for finding in call.analysis.findings if (place := _place(call, finding, signal))]
        if not places:
            return f"{signal_title(signal)} was not heard, so the window never opened"
        first = min(places)
        start, end = (max(start, first[0]), end) if is_after else (start, min(end, first[0]))
        names.append(f"{'after' if is_after else 'before'} {signal_title(signal)}")
    if start > end:
        return f"nothing of the call lies in {' and '.join(names)}"
    return Searched(start=start, end=end, name=" and ".join(names))


def within(call: Heard, findings: Iterable[Finding], criterion: Criterion, where: Searched) -> list[Finding]:
    """Return the findings of the criterion's signals and role in the stretch, in time order.

    A finding counts when it begins before the stretch ends and ends after it begins.
    """
    wanted = set(criterion.all_signals)
    found = []
    for finding in findings:
        if finding.signal not in wanted or finding.verdict == "absent" or finding.role not in (criterion.role, None):
            continue
        place = span(call, finding.start, finding.end, finding.turn)
        if criterion.window is None or (place and place[0] <= where.end and place[1] >= where.start):
            found.append(finding)
    return sorted(found, key=order)


def order(finding: Finding) -> tuple[float, int, str, str, str, float]:
    """Return the sorting key of evidence: time, turn, name, then whatever tells two readings apart."""
    start = -1.0 if finding.start is None else finding.start
    turn = -1 if finding.turn is None else finding.turn
    return (start, turn, finding.signal, finding.quote, finding.rule, -finding.confidence)


def answer_window(call: Heard, moment: Opportunity) -> tuple[float | None, float | None]:
    """Return from when to when an opportunity could be answered: up to the end of the agent's next two turns."""
    later = (turn for turn in call.transcript.turns[moment.turn + 1 :] if turn.role == "agent")
    answers = list(islice(later, ANSWER_TURNS))
    return moment.end, answers[-1].end if answers else moment.end


def metric(call: Heard, name: str) -> float | None:
    """Return a number of the call, or ``None`` where the call does not give it."""
    facts, arc = call.transcript.facts, call.analysis.arc
    duration = duration_s(call.transcript)
    derived: dict[str, Callable[[], float | None]] = {
        "duration_s": lambda: duration,
        "silence_share": lambda: _ratio(facts.silence_s, duration),
        "overtalk_share": lambda: _ratio(facts.overtalk_s, duration),
        "longest_silence_s": lambda: _longest(facts.silences, facts.silence_s),
        "longest_hold_s": lambda: _longest(facts.holds, facts.hold_s),
        "holds": lambda: None if facts.hold_s is None else float(len(facts.holds)),
        "customer_shift": lambda: _difference(arc.customer_end, arc.customer_start),
        "customer_recovery": lambda: _difference(arc.customer_end, arc.customer_low),
    }
    if name in derived:
        return derived[name]()
    value: float | None = getattr(arc if hasattr(arc, name) else facts, name)
    return None if value is None else float(value)


def metric_place(call: Heard, name: str) -> tuple[float | None, float | None]:
    """Return where a metric is best heard: its longest stretch, if it has any."""
    facts = call.transcript.facts
    spans = {"silence": facts.silences, "overtalk": facts.overtalk, "hold": facts.holds}
    for word, stretches in spans.items():
        if word in name and stretches:
            longest = max(stretches, key=lambda stretch: (stretch.end - stretch.start, -stretch.start))
            return longest.start, longest.end
    return None, None


def metric_role(name: str) -> Role | None:
    """Return whose metric it is."""
    if "agent" in name:
        return "agent"
    return "customer" if "customer" in name else None


def not_applicable(call: Heard, when: AppliesWhen) -> str:
    """Return why the condition does not hold, or nothing when it does."""
    info, analysis = call.transcript.call, call.analysis
    signals = {finding.signal for finding in analysis.findings if finding.verdict != "absent"}
    reasons = []
    if when.opportunity and not any(moment.kind in when.opportunity for moment in analysis.opportunities):
        reasons.append("no moment came up where " + " or ".join(OPPORTUNITIES[kind] for kind in when.opportunity))
    if when.outcome and analysis.outcome.label not in when.outcome:
        reasons.append(f"the outcome is {analysis.outcome.label}, not {' or '.join(when.outcome)}")
    if when.signal and not signals & set(when.signal):
        reasons.append(" or ".join(signal_title(name) for name in when.signal) + " was not heard")
    if spoken := signals & set(when.without_signal):
        reasons.append(" and ".join(signal_title(name) for name in sorted(spoken)) + " was heard")
    if when.direction and info.direction != when.direction:
        reasons.append(f"the call is {info.direction or 'of unknown direction'}, not {when.direction}")
    if when.queue and info.queue not in when.queue:
        reasons.append(f"the queue is {info.queue or 'unknown'}, not {' or '.join(when.queue)}")
    if when.min_duration_s is not None:
        duration = duration_s(call.transcript)
        if duration is None or duration < when.min_duration_s:
            reasons.append(f"the call lasts less than {when.min_duration_s:g} s")
    if when.metric is not None:
        reasons += _outside(call, when.metric, when.at_least, when.at_most)
    return "; ".join(reasons)


def _outside(call: Heard, name: str, at_least: float | None, at_most: float | None) -> list[str]:
    value = metric(call, name)
    if value is None:
        return [f"the {METRICS[name]} is not known"]
    if at_least is not None and value < at_least:
        return [f"the {METRICS[name]} is {value:g}, less than {at_least:g}"]
    if at_most is not None and value > at_most:
        return [f"the {METRICS[name]} is {value:g}, more than {at_most:g}"]
    return []


def _place(call: Heard, finding: Finding, signal: str) -> tuple[float, float] | None:
    if finding.signal != signal or finding.verdict == "absent":
        return None
    return span(call, finding.start, finding.end, finding.turn)


def _ratio(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole


def _difference(later: float | None, earlier: float | None) -> float | None:
    return None if later is None or earlier is None else later - earlier


def _longest(spans: tuple[Span, ...], total: float | None) -> float | None:
    return None if total is None else max((stretch.end - stretch.start for stretch in spans), default=0.0)

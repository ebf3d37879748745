"""Pages that need nothing but a browser: one a call, and the index. Jinja2 with autoescape; no script is needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qa_scorer import __version__
from qa_scorer.records import Finding, Scorecard, Transcript
from qa_scorer.report import rollup, words
from qa_scorer.report.coaching_tables import call_note
from qa_scorer.report.scorecard_sheet import not_scored_sentence, total_sentence
from qa_scorer.report.tables import Tables, all_findings
from qa_scorer.report.team import look_first
from qa_scorer.store import Failure, write_bytes_atomic

if TYPE_CHECKING:
    from jinja2 import Environment

MAX_ROWS = 2000
"""Calls listed on the index; the rest are a filter away in team.xlsx and data/calls.parquet."""
SPARK_WIDTH, SPARK_HEIGHT, SPARK_LEFT = 560, 90, 62


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a turn's text, marked where a finding quotes it."""

    text: str
    verdict: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnView:
    """One turn as the page shows it."""

    index: int
    role: str
    who: str
    time: str
    pieces: tuple[Piece, ...]
    notes: tuple[Finding, ...]
    events: tuple[str, ...] = ()


def write_call_page(card: Scorecard, transcript: Transcript | None, path: Path, mark: str) -> None:
    """Write the page of one call; ``mark`` identifies the records it was made from."""
    text = (
        _environment()
        .get_template("call.html")
        .render(
            card=card,
            mark=mark,
            version=__version__,
            turns=_turns(card, transcript) if transcript else [],
            facts=_facts(card),
            spark=_spark(card, transcript),
            total=total_sentence(card),
            not_scored=not_scored_sentence(card),
        )
    )
    write_bytes_atomic(path, text.encode())


def write_index(path: Path, built: Tables, files: Mapping[str, str], failures: Sequence[Failure], period: str) -> None:
    """Write the index page."""
    import polars as pl

    calls = built.calls
    mean = rollup.mean_interval(rollup.scores(calls))
    bands = {name: calls.filter(pl.col("band") == name).height for name in words.BAND_WORDS}
    outcomes = {name: calls.filter(pl.col("outcome") == name).height for name in words.OUTCOME_WORDS}
    rows = calls.sort("started_at", "call_id", nulls_last=True).head(MAX_ROWS)
    compliance = calls["compliance_score"].mean()
    text = (
        _environment()
        .get_template("index.html")
        .render(
            version=__version__,
            period=period,
            n=calls.height,
            mean=mean,
            bands=bands,
            outcomes={name: n for name, n in outcomes.items() if n},
            compliance=compliance,
            critical=int(calls["critical_failed"].sum()),
            not_scored=[
                line for line in calls.filter(pl.col("status") != "scored").head(MAX_ROWS).iter_rows(named=True)
            ],
            first=[line for line in look_first(calls).head(10).iter_rows(named=True)],
            agents=list(rollup.agents(calls).iter_rows(named=True)),
            files=files,
            calls=list(rows.iter_rows(named=True)),
            max_rows=MAX_ROWS,
            failures=failures,
        )
    )
    write_bytes_atomic(path, text.encode())


@cache
def _environment() -> Environment:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    environment = Environment(
        loader=PackageLoader("qa_scorer.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: words.clean(value) if type(value) is str else value,
    )
    environment.filters.update(
        minutes=words.minutes,
        number=words.number,
        percent=words.percent,
        signal=words.signal,
        when=words.when,
        started=words.started,
        clip=words.clip,
        note=call_note,
    )
    environment.globals.update(words=words, link=words.link)
    return environment


def _turns(card: Scorecard, transcript: Transcript) -> list[TurnView]:
    by_turn: dict[int, list[Finding]] = {}
    for finding, _ in all_findings(card):
        if finding.turn is not None and finding.verdict != "absent":
            by_turn.setdefault(finding.turn, []).append(finding)
    spans = sorted(
        [(span.start, f"Hold, {words.minutes(span.end - span.start)}") for span in transcript.facts.holds]
        + [(span.start, f"Silence, {words.minutes(span.end - span.start)}") for span in transcript.facts.silences]
    )
    views, shown = [], 0
    for index, turn in enumerate(transcript.turns):
        events = []
        while shown < len(spans) and turn.start is not None and spans[shown][0] < turn.start:
            events.append(f"{spans[shown][1]} from {words.minutes(spans[shown][0])}")
            shown += 1
        findings = by_turn.get(index, [])
        views.append(
            TurnView(
                index=index,
                role=turn.role,
                who=words.ROLE_WORDS[turn.role],
                time=words.minutes(turn.start),
                pieces=tuple(pieces(turn.text, findings)),
                notes=tuple(findings),
                events=tuple(events),
            )
        )
    return views


def pieces(text: str, findings: Sequence[Finding]) -> list[Piece]:
    """Cut a turn where findings quote it; overlapping quotes share one mark, an avoided phrase outranks a good one."""
    rank = {"": 0, "moment": 1, "present": 2, "violation": 3}
    marks: list[tuple[str, list[str]]] = [("", []) for _ in text]
    folded = text.casefold() if len(text.casefold()) == len(text) else text
    for finding in findings:
        quote = finding.quote.strip().strip("…").strip()
        at = folded.find(quote.casefold() if folded is not text else quote) if quote else -1
        for place in range(at, at + len(quote)) if at >= 0 else ():
            verdict, notes = marks[place]
            best = max(verdict, _mark(finding), key=lambda one: rank[one])
            marks[place] = (best, [*notes, words.signal(finding.signal)])
    cut: list[Piece] = []
    start = 0
    for place in range(1, len(text) + 1):
        if place == len(text) or marks[place] != marks[start]:
            verdict, notes = marks[start]
            cut.append(Piece(text=text[start:place], verdict=verdict, note=", ".join(dict.fromkeys(notes))))
            start = place
    return cut


def _mark(finding: Finding) -> str:
    return "moment" if finding.role == "customer" else finding.verdict


def _facts(card: Scorecard) -> list[tuple[str, str]]:
    facts = card.facts
    lines = [
        ("Agent talks", words.percent(facts.agent_talk_share)),
        ("Customer talks", words.percent(facts.customer_talk_share)),
        ("Agent pace", _unit(facts.agent_words_per_minute, "words a minute")),
        ("First word by the agent", _at(facts.first_agent_word_s)),
        ("Longest stretch by the agent", _at(facts.longest_agent_monologue_s)),
        ("Silence over 3 s", _at(facts.silence_s)),
        ("On hold", _at(facts.hold_s)),
        ("Both talking over 1 s", _at(facts.overtalk_s)),
        ("Interruptions by the agent", words.number(facts.interruptions_by_agent, 0)),
        ("Interruptions by the customer", words.number(facts.interruptions_by_customer, 0)),
    ]
    return [(label, value) for label, value in lines if value != words.NOTHING]


def _unit(value: float | None, unit: str) -> str:
    return words.NOTHING if value is None else f"{words.number(value, 0)} {unit}"


def _at(seconds: float | None) -> str:
    return words.NOTHING if seconds is None else words.minutes(seconds)


def _spark(card: Scorecard, transcript: Transcript | None) -> dict[str, Any] | None:
    """Return the customer's course as points of a small drawing, ``None`` where too little was said."""
    points = card.arc.customer_by_turn if card.arc else ()
    if len(points) < 2:
        return None
    last = max(len(transcript.turns) - 1 if transcript else 0, points[-1][0], 1)
    place = [
        (
            SPARK_LEFT + (SPARK_WIDTH - SPARK_LEFT - 10) * turn / last,
            SPARK_HEIGHT / 2 - max(-1.0, min(1.0, value)) * (SPARK_HEIGHT / 2 - 10),
            turn,
        )
        for turn, value in points
    ]
    low = card.arc.low_turn if card.arc else None
    return {
        "left": SPARK_LEFT,
        "width": SPARK_WIDTH,
        "height": SPARK_HEIGHT,
        "line": " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in place),
        "dots": [(f"{x:.1f}", f"{y:.1f}", turn, turn == low) for x, y, turn in place],
    }

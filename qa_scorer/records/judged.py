"""What was found and how it was judged: findings, opportunities, outcome, scorecard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from qa_scorer.records.said import STRICT, CallInfo, Facts, Origin, Role

SCORECARD_SCHEMA = 1

Verdict = Literal["present", "absent", "violation"]
How = Literal["phrase", "meaning", "structure", "metric"]
OutcomeLabel = Literal["resolved", "follow_up", "unresolved", "transferred", "unclear"]
CustomerEnd = Literal["satisfied", "neutral", "dissatisfied", "unclear"]
Band = Literal["pass", "coach", "flag", "review"]
Status = Literal["scored", "not_scored"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One piece of evidence: a signal heard (or missed) at a place in the call.

    ``turn`` indexes ``Transcript.turns``. ``rule`` names the phrase, example or window that decided. ``suggestion``
    is the better sentence for a violation. For an absence, ``start`` and ``end`` bound the window that was searched.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    signal: str
    verdict: Verdict
    role: Role | None = None
    start: float | None = None
    end: float | None = None
    turn: int | None = None
    quote: str = ""
    rule: str = ""
    how: How = "phrase"
    confidence: float = 1.0
    suggestion: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opportunity:
    """A moment that asked the agent for something, and whether it came within the next two agent turns.

    ``kind`` is "distress" (the customer voices a feeling or hardship), "problem" (a failure that asks for an apology),
    "anger" (asks for de-escalation), "refusal" (asks for an alternative), "hold" (asks for permission), "open_need"
    (asks for a check that it is solved) or "supervisor" (the customer asks for one).
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    kind: str
    turn: int
    role: Role
    start: float | None = None
    end: float | None = None
    quote: str = ""
    confidence: float = 1.0
    answers: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhraseRule:
    """Phrases a rubric asks to listen for; every occurrence becomes a finding with this ``signal``.

    ``exact`` compares words as they stand; otherwise lemmas, with up to two filler words between.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    signal: str
    role: Role
    phrases: tuple[str, ...]
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the call ended for the customer, with evidence from both sides."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    label: OutcomeLabel
    confidence: float
    customer_end: CustomerEnd = "unclear"
    repeat_contact: bool = False
    evidence: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EmotionalArc:
    """Customer valence (−1 … 1) at the start, at its lowest and at the end, and the agent's own mean valence.

    ``low_turn`` indexes the turn of peak distress. ``None`` where too little was said to tell.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    customer_start: float | None = None
    customer_low: float | None = None
    customer_end: float | None = None
    low_turn: int | None = None
    agent_mean: float | None = None
    customer_by_turn: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Everything the checks found in one call: what scoring reads, together with the facts."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    findings: tuple[Finding, ...]
    opportunities: tuple[Opportunity, ...] = ()
    outcome: Outcome
    arc: EmotionalArc = field(default_factory=EmotionalArc)


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionScore:
    """One line of the form. ``points`` is ``None`` when not applicable; ``reason`` says why in a sentence.

    ``critical`` is what a failure brings to 0: the "form", the "section", or nothing (``None``).
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    question: str
    weight: float
    points: float | None
    out_of: float
    applicable: bool
    reason: str = ""
    confidence: float = 1.0
    severity: str = "non_critical"
    critical: Literal["form", "section"] | None = None
    critical_failed: bool = False
    controllable: bool = True
    coaching: str = ""
    expected: str = ""
    say_instead: str = ""
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionScore:
    """One section of the form; ``score`` is 0–100, or ``None`` where nothing in it applied."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    id: str
    title: str = ""
    weight: float
    score: float | None
    criteria: tuple[CriterionScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricRef:
    """Which rubric judged: ``sha256`` is of the resolved rubric, inheritance applied."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A judged call: the second resting point on disk.

    ``origin`` is the transcript's; ``judged_by`` is the version of the tool, and the models, that judged it.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    schema: int = SCORECARD_SCHEMA
    call: CallInfo
    rubric: RubricRef
    origin: Origin
    judged_by: Origin | None = None
    status: Status
    reason: str = ""
    score: float | None = None
    score_before_critical: float | None = None
    compliance_score: float | None = None
    band: Band | None = None
    band_reason: str = ""
    confidence: float | None = None
    outcome: Outcome | None = None
    arc: EmotionalArc | None = None
    facts: Facts = field(default_factory=Facts)
    duration: float | None = None
    language: str | None = None
    sections: tuple[SectionScore, ...] = ()
    findings: tuple[Finding, ...] = ()
    opportunities: tuple[Opportunity, ...] = ()

"""The nouns of the tool: frozen records that the stages hand to each other. No behaviour lives here.

Times are seconds from the start of the recording, rounded to a millisecond when written.
``None`` for a time means that the source gave none (a plain-text transcript); ``None`` for a score means
that it could not be judged, which is never the same as 0.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

TRANSCRIPT_SCHEMA = 1
SCORECARD_SCHEMA = 1

Role = Literal["agent", "customer", "other", "unknown"]
Separation = Literal["channels", "diarization", "single"]
Verdict = Literal["present", "absent", "violation"]
How = Literal["phrase", "meaning", "structure", "metric"]
OutcomeLabel = Literal["resolved", "follow_up", "unresolved", "transferred", "unclear"]
CustomerEnd = Literal["satisfied", "neutral", "dissatisfied", "unclear"]
Band = Literal["pass", "coach", "flag", "review"]
Status = Literal["scored", "not_scored"]

_STRICT: dict[str, Any] = {"extra": "forbid", "ser_json_inf_nan": "constants"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognized word; ``confidence`` is the recognizer's probability, 0–1."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    text: str
    start: float | None = None
    end: float | None = None
    confidence: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What one speaker says until another one does.

    ``speaker`` is the separation's own label ("left", "speaker_0", a name from another engine);
    ``role`` is what the tool believes that speaker to be.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    role: Role
    speaker: str
    start: float | None = None
    end: float | None = None
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInfo:
    """Metadata of a call. ``extra`` keeps the columns the tool does not know."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    call_id: str
    path: str = ""
    agent_id: str | None = None
    agent_name: str | None = None
    team: str | None = None
    queue: str | None = None
    client: str | None = None
    direction: Literal["inbound", "outbound"] | None = None
    started_at: str | None = None
    customer_id: str | None = None
    agent_channel: int | None = None
    language: str | None = None
    extra: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioInfo:
    """What was decoded. ``sample_rate`` (Hz) and ``channels`` are those of the file, not of the decoded copy."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    sha256: str
    duration: float
    channels: int
    sample_rate: int
    codec: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which engine, models (name → sha256) and settings made a transcript."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    engine: str
    version: str
    models: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time; ``kind`` says of what ("announced", "music", "agent", "customer")."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    start: float
    end: float
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Conversation facts read from the timeline. A value is ``None`` where word or turn times are missing.

    ``silences`` are longer than 3 s outside holds, ``overtalk`` longer than 1 s, its ``kind`` the role that broke in.
    Shares are of all speech (0–1); pace is in words per minute of that role's own speech.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    agent_talk_share: float | None = None
    customer_talk_share: float | None = None
    agent_words_per_minute: float | None = None
    customer_words_per_minute: float | None = None
    longest_agent_monologue_s: float | None = None
    first_agent_word_s: float | None = None
    interruptions_by_agent: int | None = None
    interruptions_by_customer: int | None = None
    silence_s: float | None = None
    silences: tuple[Span, ...] = ()
    overtalk_s: float | None = None
    overtalk: tuple[Span, ...] = ()
    hold_s: float | None = None
    holds: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """What was taken out before anything was written: invented words, and personal data by kind."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    hallucinated_words: int = 0
    pii: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A call in words, ready to be judged: the first resting point on disk.

    ``role_confidence`` is the probability (0–1) that agent and customer are not swapped.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    schema: int = TRANSCRIPT_SCHEMA
    call: CallInfo
    audio: AudioInfo | None = None
    origin: Origin
    language: str | None = None
    language_confidence: float | None = None
    separation: Separation
    role_confidence: float | None = None
    turns: tuple[Turn, ...]
    facts: Facts = field(default_factory=Facts)
    removed: Removed = field(default_factory=Removed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One piece of evidence: a signal heard (or missed) at a place in the call.

    ``turn`` indexes ``Transcript.turns``. ``rule`` names the phrase, example or window that decided. ``suggestion``
    is the better sentence for a violation. For an absence, ``start`` and ``end`` bound the window that was searched.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
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

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
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

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    signal: str
    role: Role
    phrases: tuple[str, ...]
    exact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How the call ended for the customer, with evidence from both sides."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
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

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    customer_start: float | None = None
    customer_low: float | None = None
    customer_end: float | None = None
    low_turn: int | None = None
    agent_mean: float | None = None
    customer_by_turn: tuple[tuple[int, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysis:
    """Everything the checks found in one call: what scoring reads, together with the facts."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    findings: tuple[Finding, ...]
    opportunities: tuple[Opportunity, ...] = ()
    outcome: Outcome
    arc: EmotionalArc = field(default_factory=EmotionalArc)


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionScore:
    """One line of the form. ``points`` is ``None`` when not applicable; ``reason`` says why in a sentence.

    ``critical`` is what a failure brings to 0: the "form", the "section", or nothing (``None``).
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
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

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    id: str
    title: str = ""
    weight: float
    score: float | None
    criteria: tuple[CriterionScore, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RubricRef:
    """Which rubric judged: ``sha256`` is of the resolved rubric, inheritance applied."""

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
    name: str
    version: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """A judged call: the second resting point on disk.

    ``origin`` is the transcript's; ``judged_by`` is the version of the tool, and the models, that judged it.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = _STRICT
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

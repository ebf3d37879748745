"""What a rubric may say, as pydantic models: shapes and types here, meaning in ``rules``.

Every field's description stands in ``docs/schema/rubric.json``, where editors read it for completion.
"""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from qa_scorer.records import PhraseRule, Role, RubricRef
from qa_scorer.rubric.vocabulary import CHECKS, COMPLIANCE, METRICS, SIGNALS

Scoring = Literal["all_of", "any_of", "share", "count", "deduct", "bands", "outcome"]
Severity = Literal["customer_critical", "business_critical", "compliance_critical", "non_critical"]
OpportunityKind = Literal["distress", "problem", "anger", "refusal", "hold", "open_need", "supervisor"]
OutcomeName = Literal["resolved", "follow_up", "unresolved", "transferred", "unclear"]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
Share = Annotated[float, Field(ge=0, le=1)]

# Names are checked in ``rules``, with a hint; the schema for editors lists them.
_SIGNAL_SCHEMA = {"anyOf": [{"enum": list(SIGNALS)}, {"type": "string", "pattern": r"^compliance\."}]}
Signal = Annotated[str, WithJsonSchema(_SIGNAL_SCHEMA)]
Check = Annotated[str, WithJsonSchema({"enum": list(CHECKS)})]
Metric = Annotated[str, WithJsonSchema({"enum": list(METRICS)})]


def _frozen(value: Any) -> Any:
    """Turn TOML's lists into tuples, all the way down."""
    return tuple(_frozen(item) for item in value) if isinstance(value, list) else value


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else _frozen(value)


FROM_LIST = BeforeValidator(_frozen)
Texts = Annotated[tuple[str, ...], FROM_LIST]
SignalGroups = Annotated[tuple[Signal | tuple[Signal, ...], ...], FROM_LIST]
Signals = Annotated[tuple[Signal, ...], BeforeValidator(_one_or_more, json_schema_input_type=Signal | list[Signal])]
Names = Annotated[tuple[str, ...], BeforeValidator(_one_or_more, json_schema_input_type=str | list[str])]
OpportunityKinds = Annotated[
    tuple[OpportunityKind, ...],
    BeforeValidator(_one_or_more, json_schema_input_type=OpportunityKind | list[OpportunityKind]),
]
OutcomeNames = Annotated[
    tuple[OutcomeName, ...], BeforeValidator(_one_or_more, json_schema_input_type=OutcomeName | list[OutcomeName])
]


class _Model(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)


class Window(_Model):
    """Where in the call to look; all given bounds must hold."""

    first_s: float | None = Field(default=None, gt=0, description="Only turns that begin in the first … seconds.")
    last_s: float | None = Field(default=None, gt=0, description="Only turns that end in the last … seconds.")
    first_percent: float | None = Field(
        default=None, gt=0, le=100, description="Only turns in the first … % of the call."
    )
    last_percent: float | None = Field(
        default=None, gt=0, le=100, description="Only turns in the last … % of the call."
    )
    after_signal: Signal | None = Field(default=None, description="Only from the first finding of this signal on.")
    before_signal: Signal | None = Field(default=None, description="Only up to the first finding of this signal.")


class AppliesWhen(_Model):
    """When the criterion counts at all; all given conditions must hold, otherwise it is not applicable."""

    opportunity: OpportunityKinds = Field(default=(), description="At least one moment of one of these kinds.")
    outcome: OutcomeNames = Field(default=(), description="The call ended in one of these.")
    signal: Signals = Field(default=(), description="At least one of these signals was heard.")
    without_signal: Signals = Field(default=(), description="None of these signals was heard.")
    direction: Literal["inbound", "outbound"] | None = Field(default=None, description="Only calls in this direction.")
    queue: Names = Field(default=(), description="Only calls of these queues.")
    min_duration_s: float | None = Field(default=None, gt=0, description="Only calls of at least … seconds.")
    metric: Metric | None = Field(default=None, description="A metric that must lie within `at_least` … `at_most`.")
    at_least: float | None = Field(default=None, description="Lower bound of `metric`.")
    at_most: float | None = Field(default=None, description="Upper bound of `metric`.")


class Step(_Model):
    """One step of `bands`: the share of the points for a value within the bounds. The first step that fits decides."""

    at_least: float | None = Field(default=None, description="Lower bound, included.")
    at_most: float | None = Field(default=None, description="Upper bound, included.")
    points: Share = Field(description="Share of the criterion's points, 0–1.")


class Anchors(_Model):
    """What full, part and no points look like, so that two people score alike."""

    full: str = Field(min_length=1, description="What earns all points.")
    partial: str = Field(default="", description="What earns some points.")
    none: str = Field(min_length=1, description="What earns none.")


class Criterion(_Model):
    """One line of the form: a question, what to look for, and how that becomes points."""

    id: Identifier = Field(description="Name in the scorecard; unique in the rubric.")
    question: str = Field(min_length=1, description="The question a reader of the form sees.")
    why: str = Field(default="", description="Why it matters to the customer.")
    anchors: Anchors | None = Field(default=None, description="What full, part and no points look like.")
    weight: float = Field(default=1, gt=0, description="Weight beside the other criteria of its section.")
    scoring: Scoring = Field(description="How findings become points.")
    check: Check | None = Field(default=None, description="A check: stands for all of its signals.")
    signals: SignalGroups = Field(
        default=(), description="Signals to look for; a list within the list means any one of these."
    )
    opportunities: OpportunityKinds = Field(
        default=(), description="Moments that ask for one of the signals; the share answered is scored."
    )
    metric: Metric | None = Field(default=None, description="A number of the call, for `bands`.")
    outcomes: dict[OutcomeName, Share] | None = Field(
        default=None,
        description="Share of the points for each outcome, for `outcome`; one not named is not applicable.",
    )
    role: Role = Field(default="agent", description="Whose words count.")
    window: Window | None = Field(default=None, description="Where in the call to look.")
    min_count: int = Field(default=1, ge=1, description="Findings needed, for `any_of` and `all_of` (each signal).")
    full_at: float | None = Field(
        default=None, gt=0, description="Share (`share`) or number (`count`) that earns all points."
    )
    per_finding: float = Field(default=0.5, gt=0, le=1, description="Share of the points lost per turn, for `deduct`.")
    floor: Share = Field(default=0, description="Share of the points that `deduct` always leaves.")
    steps: Annotated[tuple[Step, ...], FROM_LIST] = Field(default=(), description="Steps of `bands`.")
    absent: bool = Field(default=False, description="True: points for not saying it.")
    applies_when: AppliesWhen | None = Field(default=None, description="When the criterion counts at all.")
    severity: Severity = Field(default="non_critical", description="Whom a failure harms.")
    critical: Literal["form", "section"] | None = Field(default=None, description="What a failure brings to 0.")
    critical_below: float = Field(default=0.5, gt=0, le=1, description="Failed below this share of its points.")
    not_controllable_by_agent: bool = Field(default=False, description="True: never a coaching priority for the agent.")
    coaching: str = Field(default="", description="What the coach says and practises.")
    expected: str = Field(default="", description="What was expected, in a sentence.")
    say_instead: str = Field(default="", description="A sentence to say instead.")

    @cached_property
    def wanted(self) -> tuple[tuple[str, ...], ...]:
        """Return what to look for: groups of equivalent signals."""
        groups = [(entry,) if isinstance(entry, str) else entry for entry in self.signals]
        return tuple([(signal,) for signal in CHECKS.get(self.check or "", ())] + groups)

    @cached_property
    def all_signals(self) -> tuple[str, ...]:
        """Return every signal the criterion reads, in order, once."""
        return tuple(dict.fromkeys(signal for group in self.wanted for signal in group))


class Section(_Model):
    """A part of the call, in call order."""

    id: Identifier = Field(description="Name in the scorecard; unique in the rubric.")
    title: str = Field(min_length=1, description="Heading on the form.")
    weight: float = Field(gt=0, description="Weight of the section; all weights together should make 100.")
    criteria: Annotated[tuple[Criterion, ...], FROM_LIST] = Field(min_length=1, description="The lines of the section.")


class Phrases(_Model):
    """Phrases of the rubric's own to listen for; they make the signal `compliance.<id>`."""

    id: Identifier = Field(description="Makes the signal `compliance.<id>`.")
    role: Role = Field(default="agent", description="Whose words count.")
    phrases: Texts = Field(min_length=1, description="Phrases; word forms and up to two filler words are forgiven.")
    exact: bool = Field(default=False, description="True: word for word.")


class Compliance(_Model):
    """Rules of law and policy: scored apart from quality."""

    title: str = Field(default="Compliance", min_length=1, description="Heading on the form.")
    phrases: Annotated[tuple[Phrases, ...], FROM_LIST] = Field(
        default=(), description="What to listen for, as signals `compliance.<id>`."
    )
    criteria: Annotated[tuple[Criterion, ...], FROM_LIST] = Field(
        default=(), description="The lines of the compliance score."
    )


class Gates(_Model):
    """What makes a recording no call to score. A gated call is `not scored`, never 0."""

    min_duration_s: float = Field(default=30, ge=0, description="Shorter calls are not scored.")
    both_sides_heard: bool = Field(default=True, description="Both sides must be heard.")
    min_words_each_side: int = Field(default=3, ge=1, description="Fewer words than this is not being heard.")
    min_recognition_confidence: Share = Field(default=0.45, description="Mean confidence of the recognized words.")
    voicemail: Texts = Field(default=(), description="Phrases of an answering machine.")


class Bands(_Model):
    """Scores that divide pass, coach and flag."""

    # `pass` is a word of Python, so the attribute is `pass_`.
    pass_: float = Field(default=85, ge=0, le=100, alias="pass", description="At least this: pass.")
    coach: float = Field(default=70, ge=0, le=100, description="At least this, but less than pass: coach. Less: flag.")


class Review(_Model):
    """When a person should look before the score is used."""

    finding_confidence: Share = Field(
        default=0.6,
        description="Findings less sure than this may be wrong: could they change the band, the call is review.",
    )
    role_confidence: Share = Field(default=0.75, description="Calls whose roles are less sure than this are review.")


class Rubric(_Model):
    """A form: gates, sections of criteria, compliance, bands."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$", description="Name in every scorecard.")
    version: str = Field(min_length=1, description="Version in every scorecard; raise it with every change.")
    extends: str | None = Field(default=None, description="A shipped rubric, or a path, that this one builds on.")
    remove: Texts = Field(
        default=(), description="Ids of sections, criteria or phrases of the extended rubric to leave out."
    )
    description: str = Field(default="", description="What the rubric is for.")
    languages: Texts = Field(
        default=("en",), min_length=1, description="Languages it judges; other calls are not scored."
    )
    gates: Gates = Field(default=Gates(), description="What makes a recording no call to score.")
    bands: Bands = Field(default=Bands(), description="Scores that divide pass, coach and flag.")
    review: Review = Field(default=Review(), description="When a person should look first.")
    sections: Annotated[tuple[Section, ...], FROM_LIST] = Field(min_length=1, description="The form, in call order.")
    compliance: Compliance = Field(default=Compliance(), description="Rules of law and policy, scored apart.")

    @cached_property
    def phrase_rules(self) -> tuple[PhraseRule, ...]:
        """Return the phrases to listen for, as the compliance check reads them."""
        return tuple(
            PhraseRule(signal=COMPLIANCE + rule.id, role=rule.role, phrases=rule.phrases, exact=rule.exact)
            for rule in self.compliance.phrases
        )

    @cached_property
    def criteria(self) -> tuple[Criterion, ...]:
        """Return every line of the form, compliance last."""
        return tuple(line for section in self.sections for line in section.criteria) + self.compliance.criteria

    @cached_property
    def sha256(self) -> str:
        """Return the hash of the rubric as it is applied, inheritance resolved, comments and layout aside."""
        text = json.dumps(self.model_dump(mode="json", by_alias=True), sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @cached_property
    def ref(self) -> RubricRef:
        """Return what a scorecard says about the rubric."""
        return RubricRef(name=self.name, version=self.version, sha256=self.sha256)

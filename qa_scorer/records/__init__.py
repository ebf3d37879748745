"""The nouns of the tool: frozen records that the stages hand to each other. No behaviour lives here.

Times are seconds from the start of the recording, rounded to a millisecond when written.
``None`` for a time means that the source gave none (a plain-text transcript); ``None`` for a score means
that it could not be judged, which is never the same as 0.
"""

from qa_scorer.records.judged import (
    SCORECARD_SCHEMA,
    Analysis,
    Band,
    CriterionScore,
    CustomerEnd,
    EmotionalArc,
    Finding,
    How,
    Opportunity,
    Outcome,
    OutcomeLabel,
    PhraseRule,
    RubricRef,
    Scorecard,
    SectionScore,
    Status,
    Verdict,
)
from qa_scorer.records.said import (
    TRANSCRIPT_SCHEMA,
    AudioInfo,
    CallInfo,
    Facts,
    Origin,
    Removed,
    Role,
    Separation,
    Span,
    Transcript,
    Turn,
    Word,
)

__all__ = [
    "SCORECARD_SCHEMA",
    "TRANSCRIPT_SCHEMA",
    "Analysis",
    "AudioInfo",
    "Band",
    "CallInfo",
    "CriterionScore",
    "CustomerEnd",
    "EmotionalArc",
    "Facts",
    "Finding",
    "How",
    "Opportunity",
    "Origin",
    "Outcome",
    "OutcomeLabel",
    "PhraseRule",
    "Removed",
    "Role",
    "RubricRef",
    "Scorecard",
    "SectionScore",
    "Separation",
    "Span",
    "Status",
    "Transcript",
    "Turn",
    "Verdict",
    "Word",
]

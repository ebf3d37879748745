"""What was said: words, turns, the transcript of a call and what is known about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

TRANSCRIPT_SCHEMA = 1

Role = Literal["agent", "customer", "other", "unknown"]
Separation = Literal["channels", "diarization", "single"]

# pydantic reads records strictly: an unknown key in a file is an error, not something to drop in silence.
STRICT: dict[str, Any] = {"extra": "forbid", "ser_json_inf_nan": "constants"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One recognized word; ``confidence`` is the recognizer's probability, 0–1."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
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

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    role: Role
    speaker: str
    start: float | None = None
    end: float | None = None
    text: str
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallInfo:
    """Metadata of a call. ``extra`` keeps the columns the tool does not know."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
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

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    sha256: str
    duration: float
    channels: int
    sample_rate: int
    codec: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Which engine, models (name → sha256) and settings made a transcript."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    engine: str
    version: str
    models: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str | int | float | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of time; ``kind`` says of what ("announced", "music", "agent", "customer")."""

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    start: float
    end: float
    kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Conversation facts read from the timeline. A value is ``None`` where word or turn times are missing.

    ``silences`` are longer than 3 s outside holds, ``overtalk`` longer than 1 s, its ``kind`` the role that broke in.
    Shares are of all speech (0–1); pace is in words per minute of that role's own speech.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
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

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    hallucinated_words: int = 0
    pii: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcript:
    """A call in words, ready to be judged: the first resting point on disk.

    ``role_confidence`` is the probability (0–1) that agent and customer are not swapped.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
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

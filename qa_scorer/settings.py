"""Settings, read once and passed down: flag > environment > qa-scorer.toml > default.

This module is the only reader of ``os.environ``.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from qa_scorer.errors import UsageError
from qa_scorer.records import Role

ENV_PREFIX = "QA_SCORER_"
CONFIG_NAME = "qa-scorer.toml"


class Settings(BaseModel):
    """Everything a run can be told. Every field stands in ``qa-scorer init``'s commented file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    models_dir: Path = Field(
        default_factory=lambda: platformdirs.user_data_path("qa-scorer") / "models",
        description="Folder of the verified model weights.",
    )
    model: str = Field("auto", description="Speech recognition model: a catalogue name, a CTranslate2 folder, or auto.")
    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where the models run.")
    compute_type: str = Field("auto", description="Arithmetic of recognition: auto, int8, int8_float16, float16 …")
    threads: int = Field(0, ge=0, description="Processor threads a worker may use; 0 means all cores shared out.")
    engine: Literal["local", "ray"] = Field("local", description="Where the work is done: this machine, or Ray.")
    address: str | None = Field(None, description="Address of the Ray cluster.")
    workers: int = Field(0, ge=0, description="Worker processes; 0 chooses by cores and memory.")
    rubric: str = Field("standard", description="Rubric: a shipped name or a path.")
    brand: tuple[str, ...] = Field((), description="Names your company answers with; also hints for recognition.")
    vocabulary: tuple[str, ...] = Field((), description="Product names and terms the recognizer should expect.")
    agent_channel: int | None = Field(None, ge=0, description="Channel of the agent (0 = left) for every call.")
    channels: tuple[int, ...] = Field((), description="Which two channels to hear in files of more than two.")
    speakers: int | None = Field(None, ge=1, le=6, description="Speakers in a mono recording; unset means find out.")
    diarization: str = Field("sparse", description="How mono is separated: sparse, or pyannote (hub pipeline).")
    language: str | None = Field(None, description="Language code of every call; unset means recognize it.")
    role_threshold: float = Field(0.7, ge=0.5, le=1.0, description="Below this probability roles are 'unknown'.")
    roles: dict[str, Role] = Field(
        {}, description='Whose a speaker label in other engines\' transcripts is: spk_0 = "agent".'
    )
    redact: bool = Field(True, description="Take personal data out before anything is written.")
    redact_names: bool = Field(
        False, description='Take customers\' surnames out too; "Mr. Smith" then no longer counts as using the name.'
    )
    allow_unredacted: bool = Field(
        False, description="Permit redact = false and --no-redact; without it personal data is always taken out."
    )
    call_timeout_s: float = Field(7200.0, gt=0, description="A call that takes longer is given up, in seconds.")
    filename_pattern: str | None = Field(None, description="Regular expression with named groups for metadata.")
    packs_dir: Path | None = Field(None, description="Folder with your own phrases: checks/<check>.<lang>.toml.")
    period: str | None = Field(None, description="Period printed on the coaching sheet; unset means from the calls.")
    coach: str | None = Field(None, description="Coach named on the coaching sheet.")

    def __hash__(self) -> int:
        """Hash by value: loaders are cached by settings, and a mapping among the fields has no hash of its own."""
        return hash(self.model_dump_json())


def load_settings(
    config: Path | None = None,
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Merge the sources into one ``Settings``.

    ``config`` defaults to ``./qa-scorer.toml`` when that exists. Raises ``UsageError`` naming source and key.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    path = config if config is not None else Path(CONFIG_NAME)
    if config is not None or path.exists():
        for key, value in _read_toml(path).items():
            values[key], sources[key] = value, str(path)
    for name, text in environ.items():
        key = name.removeprefix(ENV_PREFIX).lower()
        if name.startswith(ENV_PREFIX) and key in Settings.model_fields:
            values[key], sources[key] = _from_text(key, text), name
    for key, value in (flags or {}).items():
        if value is not None:
            values[key], sources[key] = value, f"--{key.replace('_', '-')}"
    try:
        settings = Settings(**values)
    except ValidationError as error:
        first = error.errors()[0]
        key = str(first["loc"][0])
        known = ", ".join(sorted(Settings.model_fields))
        hint = f"; the settings are {known}" if first["type"] == "extra_forbidden" else ""
        raise UsageError(f"{sources.get(key, path)}: setting '{key}': {first['msg'].lower()}{hint}.") from error
    if not settings.redact and not settings.allow_unredacted:
        raise UsageError(
            f"{sources['redact']}: personal data stays in only where the settings say allow_unredacted = true."
        )
    return settings


# One worker with recognition, diarization and language models loaded, measured on an hour-long call.
WORKER_MEMORY_BYTES = 3 * 1024**3
# Recognition gains little from more threads than this: further cores hear further calls.
THREADS_PER_WORKER = 4


def share_machine(settings: Settings, calls: int) -> tuple[int, Settings]:
    """Return how many worker processes to start, and the settings with the threads each may use."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    workers = settings.workers
    if not workers:
        memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        # A GPU is kept busy by one process; more would only share its memory.
        by_cores = 1 if settings.device == "cuda" else cores // THREADS_PER_WORKER
        workers = max(1, min(by_cores, memory // WORKER_MEMORY_BYTES))
    workers = min(workers, max(1, calls))
    threads = settings.threads or max(1, cores // workers)
    return workers, settings.model_copy(update={"threads": threads})


def environment() -> dict[str, str]:
    """Return a copy of the environment, for the few places that hand it to a child process."""
    return dict(os.environ)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise UsageError(f"{path}: no such settings file; `qa-scorer init .` writes a commented one.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: not valid TOML: {error}.") from error
    base = path.resolve().parent
    for key in ("models_dir", "packs_dir"):
        if isinstance(values.get(key), str):
            values[key] = base / Path(values[key]).expanduser()
    return values


def _from_text(key: str, text: str) -> Any:
    if "tuple" in str(Settings.model_fields[key].annotation):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if key in ("models_dir", "packs_dir"):
        return Path(text).expanduser()
    if key == "roles":
        return dict(part.strip().split("=", 1) for part in text.split(",") if "=" in part)
    return text

"""Read a script: a few keys about the call, then its dialogue as in a play.

A dialogue line is ``speaker: words``. A direction may follow the name: ``grace (after 2.0): …`` waits so many seconds,
``grace (over 0.6): …`` begins before the last speaker has ended, ``grace (within): mm-hm`` is a back-channel inside the
last turn. A line that starts with ``*`` is a sound: ``* music 12``, ``* quiet 4``, ``* tone 0.8``. Where the voices
would mispronounce a word, ``{written|as spoken}`` gives them another spelling.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Format = Literal["wav", "ulaw", "mp3", "opus", "flac"]
Layout = Literal["mono", "agent left", "agent right"]
SOUNDS = ("music", "quiet", "tone")

_LINE = re.compile(r"(?P<speaker>\w+)(?: \((?P<how>after|over|within)(?: (?P<seconds>[\d.]+))?\))?: (?P<text>.+)")
_SPELLED = re.compile(r"\{([^|}]+)\|([^}]+)\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Who speaks: the role a listener would give them, the voice, its pace, and its level against the others."""

    role: Literal["agent", "customer", "other"]
    voice: str
    pace: float = 1.0
    level_db: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One turn: ``text`` is what a transcriber would write, ``spoken`` what the voice is given."""

    speaker: str
    text: str
    spoken: str
    how: Literal["next", "after", "over", "within"] = "next"
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """A stretch without speech: hold music, quiet, or a tone."""

    kind: str
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A call as written. ``noise_db`` is the line's noise and ``leak_db`` what one side hears of the other."""

    name: str
    shows: str
    format: Format
    layout: Layout
    noise_db: float
    leak_db: float | None
    speakers: dict[str, Speaker]
    parts: tuple[Line | Sound, ...]


def read_script(path: Path) -> Script:
    """Read the script at ``path``. Raises ``ValueError`` naming the line that cannot be read."""
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    speakers = {name: Speaker(**values) for name, values in data["speakers"].items()}
    lines = [line.strip() for line in data["dialogue"].splitlines() if line.strip()]
    return Script(
        name=path.stem,
        shows=data["shows"],
        format=data["format"],
        layout=data["layout"],
        noise_db=data.get("noise_db", -58.0),
        leak_db=data.get("leak_db"),
        speakers=speakers,
        parts=tuple(_part(line, speakers, path) for line in lines),
    )


def _part(line: str, speakers: dict[str, Speaker], path: Path) -> Line | Sound:
    if line.startswith("*"):
        _, kind, seconds = line.split()
        if kind not in SOUNDS:
            raise ValueError(f"{path.name}: unknown sound {kind!r} in {line!r}")
        return Sound(kind=kind, seconds=float(seconds))
    match = _LINE.fullmatch(line)
    if match is None or match["speaker"] not in speakers:
        raise ValueError(f"{path.name}: cannot read {line!r}")
    return Line(
        speaker=match["speaker"],
        text=_SPELLED.sub(r"\1", match["text"]).strip(),
        spoken=_SPELLED.sub(r"\2", match["text"]),
        how=match["how"] or "next",  # type: ignore[arg-type]  # the pattern allows no other word
        seconds=float(match["seconds"] or 0),
    )

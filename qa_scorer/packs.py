"""Language packs: what each check listens for, as data a coach can read and extend (``checks/<check>.<lang>.toml``)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from qa_scorer.errors import PackError
from qa_scorer.phrases import Phrase, compile_phrase

PACKAGED = Path(__file__).parent / "checks"
COMMON = "common"
PAGE_KEYS = ("title", "what", "why", "where", "teach")
SENTENCES = ("phrases", "asked", "unless", "alternative", "examples", "counter", "retire")
COMPILED = ("phrases", "asked", "unless", "alternative")
SIGNAL_KEYS = {*SENTENCES, "what", "isnt", "better", "reframe", "meaning", "threshold", "when"}
REFRAME_KEYS = ("heard", "say")
MOODS = frozenset({"question", "statement", "either"})
DEFAULT_THRESHOLD = 0.75


@dataclass(frozen=True, slots=True, kw_only=True)
class Reframe:
    """What to say instead where a phrase was heard: a sentence, with "…" for what only the call can tell."""

    heard: Phrase
    say: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalPack:
    """What one signal sounds like in one language.

    ``better`` is what to say instead in general, ``reframe`` what to say instead of something in particular: the first
    that fits counts.

    ``asked`` are phrases that count only in the answer to something the customer asked for; ``unless`` are phrases
    whose presence in the same clause says that it is not the signal; ``alternative`` are phrases that excuse it
    anywhere in the turn. ``when`` says whether only a question or only a statement can carry it ("question",
    "statement", "either"). ``own`` are the examples the user added: the reader was not trained on them, so a
    sentence is also compared with them by meaning, and ``threshold`` is the cosine from which it means the same.
    """

    name: str
    what: str = ""
    isnt: str = ""
    better: str = ""
    reframe: tuple[Reframe, ...] = ()
    phrases: tuple[Phrase, ...] = ()
    asked: tuple[Phrase, ...] = ()
    unless: tuple[Phrase, ...] = ()
    alternative: tuple[Phrase, ...] = ()
    examples: tuple[str, ...] = ()
    counter: tuple[str, ...] = ()
    own: tuple[str, ...] = ()
    meaning: bool = True
    when: str = "either"
    threshold: float = DEFAULT_THRESHOLD

    @property
    def in_words(self) -> bool:
        """Whether it is heard in words; if not, it is measured, and its examples are scenes."""
        return self.meaning or bool(self.phrases or self.asked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """One check's page and signals in one language."""

    check: str
    language: str
    page: Mapping[str, str] = field(default_factory=dict)
    signals: tuple[SignalPack, ...] = ()
    files: tuple[Path, ...] = ()


@lru_cache(maxsize=16)
def load_packs(checks: tuple[str, ...], language: str, packs_dir: Path | None = None) -> tuple[Pack, ...]:
    """Load the packs of ``checks``, with the user's own laid over them. Raises ``PackError`` naming file and line."""
    common = PACKAGED / f"{COMMON}.{language}.toml"
    lists = dict(_read(common).get("lists", {})) if common.exists() else {}
    packs = []
    for check in checks:
        path = PACKAGED / f"{check}.{language}.toml"
        pack = load_pack(path, check, language, lists) if path.exists() else Pack(check=check, language=language)
        own = packs_dir / f"{check}.{language}.toml" if packs_dir else None
        if own is not None and own.exists():
            pack = _lay_over(pack, own, lists)
        packs.append(pack)
    return tuple(packs)


def has_pack(language: str) -> bool:
    """Tell whether any check ships a pack for a language."""
    return any(PACKAGED.glob(f"*.{language}.toml"))


def load_pack(path: Path, check: str, language: str, lists: Mapping[str, Sequence[str]] | None = None) -> Pack:
    """Load and validate one pack file. Raises ``PackError`` naming file, line and key."""
    raw = _read(path)
    _known(path, raw, {"page", "lists", "signal"}, "")
    page = raw.get("page", {})
    _known(path, page, set(PAGE_KEYS), "page")
    lists = {**(lists or {}), **raw.get("lists", {})}
    signals = [_signal(path, name, table, lists) for name, table in raw.get("signal", {}).items()]
    return Pack(check=check, language=language, page=page, signals=tuple(signals), files=(path,))


def _signal(path: Path, name: str, table: Any, lists: Mapping[str, Sequence[str]]) -> SignalPack:
    if not isinstance(table, dict):
        raise _error(path, name, f'[signal."{name}"] must be a table')
    _known(path, table, SIGNAL_KEYS, name)
    values: dict[str, Any] = {
        key: table[key] for key in SIGNAL_KEYS & table.keys() if key not in {*SENTENCES, "reframe"}
    }
    for key in SENTENCES:
        entries = table.get(key, [])
        if not isinstance(entries, list) or not all(isinstance(entry, str) for entry in entries):
            raise _error(path, key, f"'{key}' of {name} must be a list of sentences in quotes")
        if key in COMPILED:
            values[key] = tuple(_phrase(path, entry, lists) for entry in entries)
        elif key != "retire":
            values[key] = tuple(entries)
    if values.get("when", "either") not in MOODS:
        raise _error(path, "when", f"'when' of {name} must be one of {', '.join(sorted(MOODS))}")
    threshold = values.get("threshold", DEFAULT_THRESHOLD)
    if not isinstance(threshold, float) or not 0 < threshold <= 1:
        raise _error(path, "threshold", f"'threshold' of {name} must be a number between 0 and 1")
    return SignalPack(name=name, reframe=_reframes(path, name, table.get("reframe", []), lists), **values)


def _reframes(path: Path, name: str, entries: Any, lists: Mapping[str, Sequence[str]]) -> tuple[Reframe, ...]:
    """Read a signal's reframes. An error names the line of the entry, told by whatever text the entry does have."""
    below = (f'"{name}"', "reframe")
    shape = f'\'reframe\' of {name} must be a list of {{ heard = "a phrase", say = "a sentence" }}'
    if not isinstance(entries, list):
        raise _error(path, "reframe", shape, below)
    reframes = []
    for entry in entries:
        if not isinstance(entry, dict):
            raise _error(path, str(entry), shape, below)
        place = next((value for value in entry.values() if isinstance(value, str) and value.strip()), "reframe")
        if unknown := next((key for key in entry if key not in REFRAME_KEYS), ""):
            raise _error(path, place, f"unknown key '{unknown}'; {shape}", below)
        for key in REFRAME_KEYS:
            if not isinstance(entry.get(key), str) or not entry[key].strip():
                raise _error(path, place, f"an entry has no '{key}'; {shape}", below)
        try:
            reframes.append(Reframe(heard=compile_phrase(entry["heard"], lists), say=entry["say"]))
        except PackError as error:
            raise _error(path, entry["heard"], str(error), below) from error
    return tuple(reframes)


def _phrase(path: Path, text: str, lists: Mapping[str, Sequence[str]]) -> Phrase:
    try:
        return compile_phrase(text, lists)
    except PackError as error:
        raise _error(path, text, str(error)) from error


def _lay_over(pack: Pack, path: Path, lists: Mapping[str, Sequence[str]]) -> Pack:
    shipped = _read(PACKAGED / f"{pack.check}.{pack.language}.toml") if pack.files else {}
    own = load_pack(path, pack.check, pack.language, {**lists, **shipped.get("lists", {})})
    raw = _read(path).get("signal", {})
    by_name = {signal.name: signal for signal in pack.signals}
    for signal in own.signals:
        if pack.signals and signal.name not in by_name:
            raise _error(path, signal.name, f"unknown signal '{signal.name}'; {pack.check} has {', '.join(by_name)}")
        retired = set(raw[signal.name].get("retire", []))
        before = by_name.get(signal.name, SignalPack(name=signal.name))
        said = {phrase.text for phrase in (*before.phrases, *before.asked)} | {*before.examples, *before.counter}
        if unknown := sorted(retired - said):
            raise _error(path, unknown[0], f"'retire' names \"{unknown[0]}\", which {signal.name} does not have")
        by_name[signal.name] = replace(
            before,
            phrases=(*(p for p in before.phrases if p.text not in retired), *signal.phrases),
            asked=(*(p for p in before.asked if p.text not in retired), *signal.asked),
            unless=(*before.unless, *signal.unless),
            alternative=(*before.alternative, *signal.alternative),
            examples=(*(e for e in before.examples if e not in retired), *signal.examples),
            counter=(*(c for c in before.counter if c not in retired), *signal.counter),
            own=signal.examples,
            better=signal.better or before.better,
            reframe=(*signal.reframe, *before.reframe),
            threshold=signal.threshold if "threshold" in raw[signal.name] else before.threshold,
        )
    return replace(pack, signals=tuple(by_name.values()), files=(*pack.files, path))


def _known(path: Path, table: Mapping[str, Any], known: set[str], where: str) -> None:
    for key in table:
        if key not in known:
            place = f" in '{where}'" if where else ""
            raise _error(path, key, f"unknown key '{key}'{place}; known are {', '.join(sorted(known))}")


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise PackError(f"{path}: no such pack.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackError(f"{path}: not valid TOML: {error}.") from error


def _error(path: Path, key: str, message: str, below: Sequence[str] = ()) -> PackError:
    """Make an error that names the first line on which ``key`` stands, after the lines with each text of ``below``."""
    lines = path.read_text(encoding="utf-8").splitlines()
    first = 0
    for text in below:
        first = next((n for n, line in enumerate(lines) if n >= first and text in line), first)
    numbered = list(enumerate(lines, 1))[first:]
    escaped = key.replace("\\", "\\\\").replace('"', '\\"')
    found = next((n for n, line in numbered if re.search(rf"(?<!\w){re.escape(escaped)}(?!\w)", line)), None)
    found = found or next((n for n, line in numbered if key in line), first + 1)
    return PackError(f"{path}:{found}: {message}.")


@lru_cache(maxsize=64)
def word_list(check: str, language: str, name: str) -> frozenset[str]:
    """Return one of a packaged pack's word lists; empty where the language has none."""
    path = PACKAGED / f"{check}.{language}.toml"
    return frozenset(_read(path).get("lists", {}).get(name, ())) if path.exists() else frozenset()

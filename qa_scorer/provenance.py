"""What a judgement depends on (models, checks, packs, rubric): the key for "already done?" and the note on a card."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from qa_scorer import __version__, store
from qa_scorer.records import SCORECARD_SCHEMA, Origin
from qa_scorer.rubric import Rubric
from qa_scorer.settings import Settings

# What every call needs, whether heard here or elsewhere: redaction and the checks read with these.
LANGUAGE_MODELS = ("en_core_web_sm", "minilm-l6-v2")


def judging_key(rubric: Rubric, settings: Settings) -> str:
    """Return a digest of all that judges: rubric, checks, packs and schema, but not the transcript."""
    own = (_packs_digest(settings), settings.brand)
    return store.digest(SCORECARD_SCHEMA, __version__, rubric.sha256, _checks_digest(), own)


@cache
def judge(settings: Settings) -> Origin:
    """Return what judges with these settings: tool, language models with their hashes, the user's own phrases."""
    from qa_scorer import models
    from qa_scorer.reader import weights_hash

    return Origin(
        engine="qa-scorer",
        version=__version__,
        models={**models.hashes(LANGUAGE_MODELS, settings.models_dir), "reader": weights_hash()},
        settings={"brand": ", ".join(settings.brand), "packs": _packs_digest(settings)},
    )


def _packs_digest(settings: Settings) -> str:
    """Digest the user's own phrases and examples; empty where there are none."""
    packs = sorted(settings.packs_dir.rglob("*.toml")) if settings.packs_dir else []
    return store.digest([store.file_digest(path) for path in packs]) if packs else ""


@cache
def _checks_digest() -> str:
    package = Path(__file__).parent
    files = [
        path
        for pattern in ("*.py", "checks/**/*.py", "checks/**/*.toml", "weights/*.toml")
        for path in package.glob(pattern)
    ]
    total = hashlib.sha256()
    for path in sorted(files):
        total.update(path.read_bytes())
    return total.hexdigest()

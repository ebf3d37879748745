"""The folder a team starts with: settings with every key explained, a rubric to edit, an inbox for recordings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

from pydantic.fields import FieldInfo

from qa_scorer.errors import UsageError
from qa_scorer.settings import CONFIG_NAME, ENV_PREFIX, Settings

RUBRIC_NAME = "my_rubric"

# What to show for settings that are unset or empty by default.
EXAMPLES: dict[str, Any] = {
    "address": "ray://head-node:10001",
    "brand": ["Northwind"],
    "vocabulary": ["Flexi Saver", "router reset"],
    "agent_channel": 0,
    "channels": [0, 1],
    "speakers": 2,
    "language": "en",
    "roles": {"spk_0": "agent", "spk_1": "customer"},
    "filename_pattern": r"(?P<agent_id>[^_]+)_(?P<call_id>\d+)",
    "packs_dir": "phrases",
    "period": "November 2026",
    "coach": "Kim Lee",
}

SETTINGS_HEAD = f"""\
# Settings of qa-scorer. A flag comes before an environment variable ({ENV_PREFIX}…), that before this file, and this
# file before the default. Lines that begin with # show the default, or an example where nothing is set.
"""

RUBRIC = f"""\
# Your rubric. It builds on the shipped `standard`: what is not said here is as there.
#   qa-scorer rubric check rubrics/{RUBRIC_NAME}.toml   explains every mistake
#   qa-scorer rubric show {RUBRIC_NAME}                 prints the form with its effective weights

name = "{RUBRIC_NAME}"
version = "1.0.0" # raise it with every change: it stands in every scorecard
extends = "standard"
description = "The standard rubric, as our team uses it."

# Ids of sections or criteria of `standard` that you do not want.
#remove = ["interruptions"]

# Calls shorter than this are misdials and are not scored.
#[gates]
#min_duration_s = 45

# Scores from which a call passes, and from which it is coached rather than flagged.
#[bands]
#pass = 90
#coach = 75

# Another weight for a section; all weights together make 100.
#[[sections]]
#id = "opening"
#weight = 5
#
#[[sections]]
#id = "resolution"
#weight = 35

# A criterion of your own in a section of `standard`.
#[[sections]]
#id = "closing"
#
#[[sections.criteria]]
#id = "survey"
#question = "Did the agent mention the survey?"
#weight = 2
#scoring = "any_of"
#signals = ["compliance.survey"]
#expected = "The survey is announced before goodbye."
#say_instead = "You will get two short questions by text message after this call."

# Phrases to listen for; each list makes a signal `compliance.<id>`. Word forms and filler words are forgiven.
#[[compliance.phrases]]
#id = "survey"
#role = "agent"
#phrases = ["short survey", "two short questions"]
"""

README = """\
# Call quality

Put recordings into `inbox/` (with a `calls.csv` beside them for agents and teams), then:

    qa-scorer run inbox --out out

and open `out/index.html`. `qa-scorer.toml` holds the settings, `rubrics/my_rubric.toml` the form. `qa-scorer doctor`
tells what this machine can do, `qa-scorer purge out --older-than 90d` forgets what was said in old calls.
"""


def settings_file() -> str:
    """Return the commented settings file, made from ``Settings`` itself so that it is never out of date."""
    blocks = [SETTINGS_HEAD, f'# {Settings.model_fields["rubric"].description}\nrubric = "{RUBRIC_NAME}"\n']
    for name, field in Settings.model_fields.items():
        if name != "rubric":
            blocks.append(f"# {field.description}{_choices(field)}\n#{name} = {_toml(_shown(name, field))}\n")
    return "\n".join(blocks)


def write_scaffold(folder: Path) -> tuple[list[Path], list[Path]]:
    """Write what is not there yet; return what was written and what was left as it is. Raises ``UsageError``."""
    files = {
        folder / CONFIG_NAME: settings_file(),
        folder / "rubrics" / f"{RUBRIC_NAME}.toml": RUBRIC,
        folder / "README.md": README,
    }
    written, kept = [], []
    try:
        (folder / "inbox").mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            path.parent.mkdir(exist_ok=True)
            try:
                with path.open("x", encoding="utf-8") as file:
                    file.write(text)
            except FileExistsError:
                kept.append(path)
            else:
                written.append(path)
    except OSError as error:
        raise UsageError(
            f"{error.filename or folder}: {(error.strerror or str(error)).lower()}; choose a folder you can write."
        ) from error
    return written, kept


def _shown(name: str, field: FieldInfo) -> Any:
    default = field.get_default(call_default_factory=True, validated_data={})
    return EXAMPLES.get(name, default) if default in (None, (), {}) else default


def _choices(field: FieldInfo) -> str:
    """Name the values a setting may have, where its description does not."""
    values = [str(value) for value in get_args(field.annotation) if isinstance(value, str)]
    return f" One of: {', '.join(values)}." if values else ""


def _toml(value: Any) -> str:
    if isinstance(value, Path):
        value = str(value)
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_toml(key)} = {_toml(item)}" for key, item in value.items()) + " }"
    # TOML's strings, numbers, booleans and flat lists of them are written as JSON's.
    return json.dumps(list(value) if isinstance(value, tuple) else value, ensure_ascii=False)

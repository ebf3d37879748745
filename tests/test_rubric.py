"""Rubrics: loading, inheritance, messages, warnings, the JSON Schema."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import get_args

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from qa_scorer import checks
from qa_scorer.cli.rubric import app
from qa_scorer.errors import EXIT_USAGE, RubricError
from qa_scorer.rubric import (
    AppliesWhen,
    Criterion,
    Window,
    find_rubric,
    json_schema,
    load_rubric,
    load_with_places,
    warnings,
)
from qa_scorer.rubric.positions import key_lines
from qa_scorer.rubric.schema import Bands, Gates, OpportunityKind, Review
from qa_scorer.rubric.vocabulary import CHECKS, METRIC_RANGES, METRICS, OPPORTUNITIES, SIGNALS
from qa_scorer.verification import load_expectations

ROOT = Path(__file__).parents[1]
SHIPPED = sorted((ROOT / "rubrics").glob("*.toml"))
BROKEN = sorted((ROOT / "tests" / "broken_rubrics").glob("*.toml"))

SMALL = """name = "small"
version = "1"

[[sections]]
id = "care"
title = "Care"
weight = 100

[[sections.criteria]]
id = "feeling"
question = "Was the feeling named?"
scoring = "any_of"
signals = ["empathy.feeling"]
coaching = "Name it."
"""


def write(folder: Path, name: str, text: str) -> str:
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


def checked(name: str) -> tuple[int, list[str]]:
    result = CliRunner().invoke(app, ["check", name])
    return result.exit_code, result.output.splitlines()


# ── shipped rubrics ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_four_rubrics_are_shipped() -> None:
    assert {path.stem for path in SHIPPED} == {"standard", "tech_support", "collections", "sales"}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_rubrics_are_complete(path: Path) -> None:
    loaded = load_with_places(str(path))
    rubric = loaded.rubric
    assert rubric.name == path.stem
    assert warnings(rubric) == []
    assert 4 <= len(rubric.sections) <= 6
    assert sum(section.weight for section in rubric.sections) == 100
    for line in rubric.criteria:
        assert line.question.endswith("?"), line.id
        assert line.why, line.id
        assert line.anchors, line.id
        assert line.expected, line.id
        # What the agent cannot help has nothing to coach.
        assert line.not_controllable_by_agent or (line.coaching and line.say_instead), line.id


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_shipped_rubrics_fit_the_published_schema(path: Path) -> None:
    jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), json_schema("rubric"))


def test_default_weights_are_those_of_the_contract() -> None:
    weights = {section.id: section.weight for section in load_rubric("standard").sections}
    assert list(weights.values()) == [10, 15, 20, 15, 30, 10]


@pytest.mark.parametrize("what", ["rubric", "transcript", "scorecard"])
def test_published_schemas_are_current(what: str) -> None:
    published = json.loads((ROOT / "docs" / "schema" / f"{what}.json").read_text(encoding="utf-8"))
    result = CliRunner().invoke(app, ["schema", what])
    assert json.loads(result.output) == published, f"run: qa-scorer rubric schema {what} > docs/schema/{what}.json"
    jsonschema.Draft202012Validator.check_schema(published)


def test_every_key_of_the_schema_is_described() -> None:
    for definition in json_schema("rubric")["$defs"].values():
        for name, field in definition.get("properties", {}).items():
            assert field.get("description"), f"{definition['title']}.{name}"


def test_the_schema_refuses_what_loading_refuses() -> None:
    bad = tomllib.loads((ROOT / "tests" / "broken_rubrics" / "unknown_signal.toml").read_text(encoding="utf-8"))
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(bad, json_schema("rubric"))


def test_vocabulary_is_consistent() -> None:
    assert {signal for family in CHECKS.values() for signal in family} == set(SIGNALS)
    assert set(METRIC_RANGES) == set(METRICS)
    assert set(OPPORTUNITIES) == set(get_args(OpportunityKind))


def test_a_check_stands_for_the_signals_it_reports() -> None:
    reported = {check.name: set(check.signals) & set(SIGNALS) for check in checks.CHECKS}
    assert {name: signals for name, signals in reported.items() if signals} == {
        name: set(signals) for name, signals in CHECKS.items()
    }


# ── broken rubrics ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_there_are_at_least_forty_broken_rubrics() -> None:
    assert len(BROKEN) >= 40


@pytest.mark.parametrize("path", BROKEN, ids=lambda path: path.stem)
def test_a_broken_rubric_gives_one_sentence_with_its_line(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    name = str(path.relative_to(ROOT))
    [(line, expected)] = [
        (number, text.split("# expect: ")[1])
        for number, text in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if "# expect: " in text
    ]
    code, [message] = checked(name)
    assert code == EXIT_USAGE
    assert message.startswith(f"{name}:{line}: ")
    assert expected in message
    assert message.endswith(".")


def test_every_mistake_is_reported_in_file_order(tmp_path: Path) -> None:
    text = SMALL.replace("weight = 100", "weight = 0").replace("any_of", "any")
    code, lines = checked(write(tmp_path, "two", text))
    assert code == EXIT_USAGE
    assert [re.search(r":(\d+):", line)[1] for line in lines] == ["7", "12"]  # type: ignore[index]


def test_an_unknown_name_lists_the_shipped_ones() -> None:
    with pytest.raises(RubricError, match=r"standart: no such rubric.*collections.*did you mean 'standard'"):
        load_rubric("standart")


def test_a_missing_file_and_text_that_is_not_utf8_are_named(tmp_path: Path) -> None:
    with pytest.raises(RubricError, match=r"nowhere\.toml: no such rubric"):
        load_rubric(str(tmp_path / "nowhere.toml"))
    (tmp_path / "latin.toml").write_bytes('name = "Größe"'.encode("latin-1"))
    with pytest.raises(RubricError, match=r"latin\.toml: not UTF-8"):
        load_rubric(str(tmp_path / "latin.toml"))


# ── inheritance ─────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_rubric_builds_on_another_by_id(tmp_path: Path) -> None:
    write(tmp_path, "base", SMALL)
    text = """name = "client"
version = "2"
extends = "base"

[bands]
pass = 90

[[sections]]
id = "care"
weight = 60

[[sections.criteria]]
id = "feeling"
coaching = "Name it in their words."

[[sections.criteria]]
id = "apology"
question = "Was there an apology?"
scoring = "any_of"
signals = ["empathy.apology"]

[[sections]]
id = "end"
title = "End"
weight = 40

[[sections.criteria]]
id = "bye"
question = "Was there a goodbye?"
scoring = "any_of"
signals = ["closing.farewell"]
"""
    rubric = load_rubric(write(tmp_path, "client", text))
    assert (rubric.name, rubric.version, rubric.bands.pass_, rubric.bands.coach) == ("client", "2", 90, 70)
    assert [(section.id, section.title, section.weight) for section in rubric.sections] == [
        ("care", "Care", 60),
        ("end", "End", 40),
    ]
    assert [line.id for line in rubric.criteria] == ["feeling", "apology", "bye"]
    assert rubric.criteria[0].question == "Was the feeling named?"
    assert rubric.criteria[0].coaching == "Name it in their words."


def test_parts_of_the_extended_rubric_can_be_left_out(tmp_path: Path) -> None:
    text = 'name = "mine"\nversion = "1"\nextends = "standard"\nremove = ["interruptions", "closing"]\n'
    rubric = load_rubric(write(tmp_path, "mine", text))
    assert "closing" not in {section.id for section in rubric.sections}
    assert "interruptions" not in {line.id for line in rubric.criteria}
    assert len(rubric.criteria) == len(load_rubric("standard").criteria) - 3


def test_an_error_names_the_file_it_stands_in(tmp_path: Path) -> None:
    base = write(tmp_path, "base", SMALL.replace('"any_of"', '"any"'))
    child = write(tmp_path, "child", 'name = "child"\nversion = "1"\nextends = "base"\n')
    with pytest.raises(RubricError) as caught:
        load_rubric(child)
    assert str(caught.value).startswith(f"{base}:12: sections[0].criteria[0].scoring: 'any' is not known")
    own = 'name = "child"\nversion = "1"\nextends = "base"\n\n[[sections]]\nid = "care"\nweight = 0\n'
    write(tmp_path, "base", SMALL)
    with pytest.raises(RubricError, match=r"child\.toml:7: sections\[0\]\.weight: must be greater than 0"):
        load_rubric(write(tmp_path, "child", own))


def test_a_circle_of_rubrics_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "one", 'name = "one"\nversion = "1"\nextends = "two"\n')
    write(tmp_path, "two", 'name = "two"\nversion = "1"\nextends = "one"\n')
    with pytest.raises(RubricError, match=r"two\.toml:3: extends: 'one' leads back"):
        load_rubric(str(tmp_path / "one.toml"))


def test_the_hash_is_of_the_rubric_as_applied(tmp_path: Path) -> None:
    plain = load_rubric(write(tmp_path, "a", SMALL)).sha256
    assert load_rubric(write(tmp_path, "b", "# a comment\n" + SMALL)).sha256 == plain
    assert load_rubric(write(tmp_path, "c", SMALL.replace("weight = 100", "weight = 50"))).sha256 != plain
    write(tmp_path, "base", SMALL)
    child = 'name = "small"\nversion = "1"\nextends = "base"\n[bands]\npass = {}\n'
    first = load_rubric(write(tmp_path, "child", child.format(90))).sha256
    assert first != load_rubric(write(tmp_path, "child", child.format(91))).sha256


def test_a_rubric_in_the_working_folder_comes_before_the_shipped_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert load_rubric("standard").name == "standard"
    (tmp_path / "rubrics").mkdir()
    write(tmp_path / "rubrics", "standard", SMALL)
    assert load_rubric("standard").name == "small"
    assert find_rubric("standard") == Path("rubrics/standard.toml")


def test_phrases_become_rules_for_the_compliance_check() -> None:
    rules = {rule.signal: rule for rule in load_rubric("standard").phrase_rules}
    assert rules["compliance.profanity"].role == "agent"
    assert rules["compliance.profanity"].exact


# ── warnings ────────────────────────────────────────────────────────────────────────────────────────────────────────

EXTRA = """
[[sections.criteria]]
id = "extra"
question = "And?"
scoring = "any_of"
"""
PHRASES = '\n[[compliance.phrases]]\nid = "fee"\nrole = "customer"\nphrases = ["a fee"]\n'


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (SMALL.replace("weight = 100", "weight = 90"), "the weights add up to 90, not 100"),
        (SMALL + EXTRA + 'signals = ["empathy.feeling"]\n', "'extra' counts empathy.feeling, which 'feeling' counts"),
        (
            SMALL.replace('coaching = "Name it."', 'severity = "customer_critical"\ncritical = "form"'),
            "'feeling' is critical but has no coaching text",
        ),
        (SMALL + PHRASES, "no criterion uses the phrases 'fee'"),
        (SMALL + EXTRA + 'signals = ["compliance.fee"]\n' + PHRASES, "'compliance.fee' is listened for in the words"),
        (SMALL + EXTRA + 'signals = ["empathy.apology"]\nrole = "customer"\n', "the checks hear only the agent"),
        (
            SMALL + 'applies_when = { metric = "silence_share", at_least = 1.5 }\n',
            "silence_share is never 1.5 or more",
        ),
        (
            SMALL + 'applies_when = { signal = "closing.thanks", without_signal = "closing.thanks" }\n',
            "both heard and not heard",
        ),
    ],
)
def test_warnings(tmp_path: Path, text: str, warning: str) -> None:
    code, lines = checked(write(tmp_path, "warned", text))
    assert code == 0
    assert any(line.startswith("warning: ") and warning in line for line in lines), lines


def test_the_same_signal_in_two_windows_is_no_double_count(tmp_path: Path) -> None:
    text = SMALL + EXTRA + 'signals = ["empathy.feeling"]\nwindow = { last_s = 60 }\n'
    assert warnings(load_rubric(write(tmp_path, "windows", text))) == []


# ── the command line ────────────────────────────────────────────────────────────────────────────────────────────────


def test_show_prints_effective_weights(tmp_path: Path) -> None:
    text = SMALL.replace("weight = 100", "weight = 30") + EXTRA + 'weight = 2\nsignals = ["empathy.apology"]\n'
    result = CliRunner().invoke(app, ["show", write(tmp_path, "shown", text)])
    assert re.search(r"100\.00 +Care", result.output)
    assert re.search(r"33\.33 +feeling", result.output)
    assert re.search(r"66\.67 +extra", result.output)


def test_show_prints_json() -> None:
    result = CliRunner().invoke(app, ["show", "standard", "--json"])
    assert json.loads(result.output)["bands"]["pass"] == 85


# ── lines of keys ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_lines_survive_every_way_to_write_toml() -> None:
    text = '''# a comment with [brackets] and = signs
"quoted key" = 1
a.b . c = """
[not.a.table]
x = 1"""
list = [ # comment ]
  "one, [two]",
  { k = 'v', deep = [1, 2] },
]

[table."with.dot"]
date = 1979-05-27T07:32:00Z
[[many]]
x = "tail \\" # not a comment"
[[many.inner]]
y = 1
[[many]]
[[many.inner]]
[[many.inner]]
y = 2
'''
    lines = key_lines(text)
    assert lines[("quoted key",)] == 2
    assert lines[("a", "b", "c")] == 3
    assert lines[("list", 0)] == 7
    assert lines[("list", 1, "deep", 1)] == 8
    assert lines[("table", "with.dot", "date")] == 12
    assert lines[("many", 0, "x")] == 14
    assert lines[("many", 0, "inner", 0, "y")] == 16
    assert lines[("many", 1)] == 17
    assert lines[("many", 1, "inner", 1, "y")] == 20
    assert not any("not" in path for path in lines)


@settings(deadline=None)
@given(st.dictionaries(st.from_regex(r"[a-z]{1,6}", fullmatch=True), st.text(max_size=30), min_size=1, max_size=6))
def test_lines_are_those_of_the_keys_whatever_the_values_hold(values: dict[str, str]) -> None:
    text = "".join(f"\n{key} = {json.dumps(value, ensure_ascii=True)}" for key, value in values.items())
    text = re.sub(r"\\ud[89a-f]..", "x", text)  # JSON may split a character in two, TOML may not
    assert {path[0] for path in key_lines(text) if path} == set(tomllib.loads(text))
    for key in values:
        assert text.splitlines()[key_lines(text)[(key,)] - 1].startswith(f"{key} = ")


# ── documents ───────────────────────────────────────────────────────────────────────────────────────────────────────


def blocks(document: str) -> list[str]:
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)


def test_the_examples_in_the_guide_work(tmp_path: Path) -> None:
    child, phrases = blocks("rubrics/README.md")
    rubric = load_rubric(write(tmp_path, "ours", child + phrases))
    by_id = {line.id: line for line in rubric.criteria}
    assert {"own_name", "recording_disclosed"} <= set(by_id)
    assert "interruptions" not in by_id
    assert by_id["greeting"].say_instead.startswith("Welcome to Harbor Bank")


def test_the_guide_names_every_key() -> None:
    guide = (ROOT / "rubrics" / "README.md").read_text(encoding="utf-8")
    models = (Criterion, Window, AppliesWhen, Gates, Bands, Review)
    keys = {field.alias or name for model in models for name, field in model.model_fields.items()}
    assert {key for key in keys if f"`{key}`" not in guide and f"`{key} " not in guide} == set()


def test_the_expectations_in_the_ci_page_can_be_read(tmp_path: Path) -> None:
    [example] = blocks("docs/ci.md")
    path = tmp_path / "expected.toml"
    path.write_text(example, encoding="utf-8")
    assert set(load_expectations(path)) == {"refund-promised", "misdial"}

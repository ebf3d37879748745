"""The starting folder: every setting explained, every example valid, nothing overwritten."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from qa_scorer.errors import UsageError
from qa_scorer.rubric import load_rubric
from qa_scorer.scaffold import RUBRIC, settings_file, write_scaffold
from qa_scorer.settings import Settings, load_settings


def uncommented(text: str) -> str:
    """Switch every example on: those lines have no space after their #."""
    return re.sub(r"^#(?=[^ \n])|^#$", "", text, flags=re.MULTILINE)


def test_every_setting_stands_in_the_file_with_its_description() -> None:
    text = settings_file()
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert re.search(rf"^# {re.escape(field.description)}.*\n#?{name} = ", text, re.MULTILINE), name


def test_the_file_works_as_it_is(tmp_path: Path) -> None:
    write_scaffold(tmp_path)
    settings = load_settings(tmp_path / "qa-scorer.toml", environ={})
    assert settings == Settings(rubric="my_rubric")


def test_every_example_in_it_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "all.toml"
    path.write_text(uncommented(settings_file()))
    assert set(tomllib.loads(path.read_text())) == set(Settings.model_fields)
    settings = load_settings(path, environ={})
    assert settings.brand == ("Northwind",)
    assert re.fullmatch(settings.filename_pattern or "", "a7_0042")
    assert settings.redact


def test_the_rubric_is_the_standard_one_until_it_is_edited(tmp_path: Path) -> None:
    write_scaffold(tmp_path)
    mine, standard = load_rubric(str(tmp_path / "rubrics" / "my_rubric.toml")), load_rubric("standard")
    assert mine.name == "my_rubric"
    assert (mine.sections, mine.gates, mine.bands, mine.compliance) == (
        standard.sections,
        standard.gates,
        standard.bands,
        standard.compliance,
    )


def test_every_example_in_the_rubric_is_valid(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(uncommented(RUBRIC))
    rubric = load_rubric(str(path))
    ids = {criterion.id for section in rubric.sections for criterion in section.criteria}
    assert "survey" in ids
    assert "interruptions" not in ids
    assert sum(section.weight for section in rubric.sections) == 100
    assert rubric.bands.pass_ == 90
    assert [rule.signal for rule in rubric.phrase_rules if rule.signal == "compliance.survey"]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "qa-scorer.toml").write_text('coach = "Kim"\n')
    written, kept = write_scaffold(tmp_path)
    assert kept == [tmp_path / "qa-scorer.toml"]
    assert len(written) == 2
    assert (tmp_path / "qa-scorer.toml").read_text() == 'coach = "Kim"\n'
    assert write_scaffold(tmp_path)[0] == []
    assert (tmp_path / "inbox").is_dir()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="choose a folder you can write"):
        write_scaffold(tmp_path / "file" / "deeper")

"""Settings: flag > environment > file > default, and errors that name the place."""

from pathlib import Path

import pytest

from qa_scorer.errors import UsageError
from qa_scorer.settings import Settings, load_settings, share_machine


def write(folder: Path, text: str) -> Path:
    path = folder / "qa-scorer.toml"
    path.write_text(text)
    return path


def test_a_flag_beats_the_environment_beats_the_file(tmp_path: Path) -> None:
    config = write(tmp_path, 'rubric = "sales"\nworkers = 1\ndevice = "cpu"\n')
    environ = {"QA_SCORER_WORKERS": "2", "QA_SCORER_RUBRIC": "collections", "QA_SCORER_BRAND": "Northwind, Contoso"}
    settings = load_settings(config, {"rubric": "standard", "workers": None}, environ)
    assert (settings.rubric, settings.workers, settings.device) == ("standard", 2, "cpu")
    assert settings.brand == ("Northwind", "Contoso")


def test_paths_in_the_file_are_relative_to_it(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, 'packs_dir = "checks"\n'), environ={})
    assert settings.packs_dir == tmp_path / "checks"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("rubrik = 'x'", r"qa-scorer\.toml: setting 'rubrik'.*the settings are"),
        ("workers = -1", r"qa-scorer\.toml: setting 'workers'.*greater than or equal to 0"),
        ("workers = ", "not valid TOML"),
        ("redact = false", r"qa-scorer\.toml: personal data stays in only where.*allow_unredacted"),
    ],
)
def test_a_bad_file_is_one_sentence(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        load_settings(write(tmp_path, text), environ={})


def test_a_bad_flag_and_variable_are_named() -> None:
    with pytest.raises(UsageError, match="--device"):
        load_settings(None, {"device": "tpu"}, {})
    with pytest.raises(UsageError, match="QA_SCORER_WORKERS"):
        load_settings(None, {}, {"QA_SCORER_WORKERS": "many"})


def test_a_missing_file_names_the_command_that_writes_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="qa-scorer init"):
        load_settings(tmp_path / "none.toml", {}, {})


def test_unredacted_needs_both_settings() -> None:
    assert not load_settings(None, {"redact": False, "allow_unredacted": True}, {}).redact
    with pytest.raises(UsageError, match="--redact"):
        load_settings(None, {"redact": False}, {})


def test_workers_never_exceed_the_calls() -> None:
    workers, settings = share_machine(Settings(workers=8), 3)
    assert workers == 3
    assert settings.threads >= 1
    assert share_machine(Settings(threads=1), 100)[1].threads == 1

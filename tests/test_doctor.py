"""The doctor: says what is wrong before the night does, with the one line that mends it."""

from __future__ import annotations

import ctypes
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from qa_scorer import doctor
from qa_scorer.doctor import Diagnosis, can_score, diagnose
from qa_scorer.errors import ModelError
from qa_scorer.settings import Settings


@pytest.fixture
def healthy(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Let every model be found, so that a test is about the one thing it breaks."""
    monkeypatch.setattr(doctor, "resolve", lambda name, folder: folder / name)
    return tmp_path


def found(name: str, settings: Settings, out: Path) -> Diagnosis:
    return next(diagnosis for diagnosis in diagnose(settings, out) if diagnosis.name == name)


def test_a_machine_with_everything_can_score(healthy: Path) -> None:
    diagnoses = diagnose(Settings(device="cpu"), healthy / "out")
    assert can_score(diagnoses)
    assert {"python", "packages", "memory", "gpu", "rubric", "results", "ray", "pip", "ffmpeg"} <= {
        diagnosis.name for diagnosis in diagnoses
    }
    assert not (healthy / "out").exists()


def test_missing_models_are_named_with_the_command(tmp_path: Path) -> None:
    diagnoses = diagnose(Settings(models_dir=tmp_path), tmp_path)
    assert not can_score(diagnoses)
    missing = {d.name: d for d in diagnoses if d.state == "broken"}
    assert "model whisper-base" in missing
    assert missing["model whisper-base"].mend == "qa-scorer models pull"
    assert "not installed" in missing["model whisper-base"].says


def test_a_chosen_model_is_looked_for_too(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def only_starter(name: str, folder: Path) -> Path:
        if name == "small":
            raise ModelError("small is not installed: `qa-scorer models pull small` fetches it.")
        return folder

    monkeypatch.setattr(doctor, "resolve", only_starter)
    diagnosis = found("model small", Settings(model="small"), healthy)
    assert (diagnosis.state, diagnosis.mend) == ("broken", "qa-scorer models pull small")


def test_a_package_of_another_version_is_named(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = doctor.importlib.metadata.version
    monkeypatch.setattr(doctor.importlib.metadata, "version", lambda name: "1.0.0" if name == "torch" else real(name))
    diagnosis = found("packages", Settings(), healthy)
    assert diagnosis.state == "broken"
    assert "torch is 1.0.0 and should be ==2.11.0" in diagnosis.says


@pytest.mark.parametrize(("device", "state"), [("cuda", "broken"), ("auto", "ok"), ("cpu", "ok")])
def test_no_gpu_is_only_wrong_where_one_is_asked_for(
    healthy: Path, monkeypatch: pytest.MonkeyPatch, device: str, state: str
) -> None:
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 0)
    assert found("gpu", Settings(device=device), healthy).state == state


def test_a_gpu_without_cublas_is_told_before_recognition_would_abort(
    healthy: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(*_: object, **__: object) -> None:
        raise OSError("libcublas.so.12: cannot open shared object file")

    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 1)
    monkeypatch.setattr("qa_scorer.speech.device._package_folder", lambda _: None)
    monkeypatch.setattr(doctor, "gpu_memory_bytes", lambda: 80 * doctor.GIB)
    monkeypatch.setattr(ctypes, "CDLL", missing)
    diagnosis = found("gpu", Settings(), healthy)
    assert diagnosis.state == "broken"
    assert "80 GB" in diagnosis.says
    assert "qa-scorer[gpu]" in diagnosis.mend


def test_a_gpu_that_torch_cannot_use_is_a_note(healthy: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ctranslate2.get_cuda_device_count", lambda: 1)
    monkeypatch.setattr(doctor, "load_cuda_libraries", lambda: None)
    monkeypatch.setattr(doctor, "_torch_sees_cuda", lambda: False)
    assert found("gpu", Settings(), healthy).state == "note"


@pytest.mark.parametrize(("engine", "state"), [("ray", "broken"), ("local", "ok")])
def test_ray_is_only_missed_where_it_is_asked_for(
    healthy: Path, monkeypatch: pytest.MonkeyPatch, engine: str, state: str
) -> None:
    real = doctor.importlib.util.find_spec
    monkeypatch.setattr(doctor.importlib.util, "find_spec", lambda name: None if name == "ray" else real(name))
    assert found("ray", Settings(engine=engine), healthy).state == state


def test_results_that_cannot_be_written_are_said(healthy: Path) -> None:
    (healthy / "file").write_text("")
    diagnosis = found("results", Settings(), healthy / "file" / "out")
    assert diagnosis.state == "broken"
    assert "--out" in diagnosis.mend


def test_a_rubric_that_cannot_be_loaded_is_said(healthy: Path) -> None:
    diagnosis = found("rubric", Settings(rubric="nowhere.toml"), healthy)
    assert diagnosis.state == "broken"
    assert "nowhere.toml" in diagnosis.says


def test_the_command_exits_2_and_speaks_json(healthy: Path) -> None:
    from qa_scorer.cli import app

    bad = CliRunner().invoke(app, ["doctor", "--json", "--rubric", "nowhere.toml", "--out", str(healthy)])
    assert bad.exit_code == 2
    assert json.loads(bad.output)["can_score"] is False
    good = CliRunner().invoke(app, ["doctor", "--device", "cpu", "--out", str(healthy)])
    assert good.exit_code == 0
    assert "can score calls" in good.output

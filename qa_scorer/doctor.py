"""What this machine can do, and the one line that mends each thing it cannot. Nothing here opens a connection."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from qa_scorer.errors import ModelError, QaScorerError
from qa_scorer.models import known_models, resolve
from qa_scorer.rubric import load_rubric
from qa_scorer.settings import Settings
from qa_scorer.speech.device import gpu_memory_bytes, load_cuda_libraries

GIB = 1024**3
# A worker holds about 3 GB with every model loaded; below this even one has to swap.
COMFORTABLE_MEMORY_BYTES = 4 * GIB
# Results of a night are small; the rest is room for the operating system and a second night.
COMFORTABLE_DISK_BYTES = 2 * GIB


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at.

    ``state`` is "ok", "note" (works, and could be better or faster) or "broken" (calls cannot be scored); ``mend`` is
    the one line that changes it.
    """

    name: str
    state: Literal["ok", "note", "broken"]
    says: str
    mend: str = ""


def diagnose(settings: Settings, out: Path) -> list[Diagnosis]:
    """Look at everything a night of scoring needs, with these settings and results going to ``out``."""
    return [
        _python(),
        _packages(),
        *_models(settings),
        _rubric(settings),
        _processor(),
        _memory(),
        _gpu(settings),
        _results(out),
        _ray(settings),
        _pip(),
        Diagnosis(name="ffmpeg", state="ok", says="not needed: recordings are decoded by PyAV"),
    ]


def can_score(diagnoses: list[Diagnosis]) -> bool:
    """Tell whether nothing that was found keeps calls from being scored."""
    return all(diagnosis.state != "broken" for diagnosis in diagnoses)


def _python() -> Diagnosis:
    version = platform.python_version()
    if sys.version_info[:2] == (3, 11):
        return Diagnosis(name="python", state="ok", says=version)
    return Diagnosis(name="python", state="broken", says=f"{version}, tested with 3.11 only", mend="install python3.11")


def _packages() -> Diagnosis:
    """Compare what is installed with what this version of the tool was tested with."""
    wrong = list(_unmet_requirements())
    if wrong:
        return Diagnosis(
            name="packages", state="broken", says="; ".join(wrong), mend=f"{sys.executable} -m pip install qa-scorer"
        )
    shown = ("torch", "torchaudio", "faster-whisper", "ctranslate2", "pyannote.audio", "spacy")
    says = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in shown)
    return Diagnosis(name="packages", state="ok", says=says)


def _unmet_requirements() -> Iterator[str]:
    from packaging.requirements import Requirement

    for line in importlib.metadata.requires("qa-scorer") or []:
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        try:
            version = importlib.metadata.version(requirement.name)
        except importlib.metadata.PackageNotFoundError:
            yield f"{requirement.name} is not installed"
            continue
        if not requirement.specifier.contains(version, prereleases=True):
            yield f"{requirement.name} is {version} and should be {requirement.specifier}"


def _models(settings: Settings) -> Iterator[Diagnosis]:
    """Look each starter model up as a run would; weights that changed since they were verified are hashed."""
    starter = [model.name for model in known_models() if model.set == "starter"]
    chosen = [] if settings.model == "auto" else [settings.model]
    for name in (*starter, *(name for name in chosen if name not in starter)):
        try:
            says = f"verified, in {resolve(name, settings.models_dir)}"
        except ModelError as error:
            said, _, mend = str(error).partition("`")
            yield Diagnosis(name=f"model {name}", state="broken", says=said.rstrip(" :;"), mend=mend.partition("`")[0])
        else:
            yield Diagnosis(name=f"model {name}", state="ok", says=says)


def _rubric(settings: Settings) -> Diagnosis:
    try:
        rubric = load_rubric(settings.rubric)
    except QaScorerError as error:
        return Diagnosis(
            name="rubric", state="broken", says=str(error), mend=f"qa-scorer rubric check {settings.rubric}"
        )
    return Diagnosis(name="rubric", state="ok", says=f"{rubric.name} {rubric.version}")


def _processor() -> Diagnosis:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Diagnosis(name="processor", state="ok", says=f"{cores} cores, {platform.machine()}")


def _memory() -> Diagnosis:
    size = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    says = f"{size / GIB:.1f} GB"
    if size < COMFORTABLE_MEMORY_BYTES:
        return Diagnosis(name="memory", state="note", says=f"{says}: tight for one worker", mend="--workers 1")
    return Diagnosis(name="memory", state="ok", says=says)


def _gpu(settings: Settings) -> Diagnosis:
    import ctranslate2

    count = ctranslate2.get_cuda_device_count()
    if not count:
        if settings.device == "cuda":
            says = "the settings ask for CUDA and no GPU is seen" + _driver_hint()
            return Diagnosis(name="gpu", state="broken", says=says, mend="--device cpu")
        return Diagnosis(name="gpu", state="ok", says=f"none{_driver_hint()}: everything runs on the processor")
    memory = gpu_memory_bytes()
    says = f"{count} × CUDA" + (f", {memory / GIB:.0f} GB on the first" if memory else "")
    try:
        load_cuda_libraries()
    except ModelError:
        # Recognition would abort the process here, so this is no mere slowness unless the processor is asked for.
        state: Literal["note", "broken"] = "note" if settings.device == "cpu" else "broken"
        says += "; cuBLAS 12 is missing, which recognition on it needs"
        return Diagnosis(name="gpu", state=state, says=says, mend=f"{sys.executable} -m pip install 'qa-scorer[gpu]'")
    if not _torch_sees_cuda():
        says += "; torch does not see it, so diarization runs on the processor"
        return Diagnosis(name="gpu", state="note", says=says, mend="install an NVIDIA driver that knows CUDA 13")
    return Diagnosis(name="gpu", state="ok", says=says)


def _driver_hint() -> str:
    return " (nvidia-smi is there: the driver may be too old)" if shutil.which("nvidia-smi") else ""


def _torch_sees_cuda() -> bool:
    import torch

    return torch.cuda.is_available()


def _results(out: Path) -> Diagnosis:
    """Try to write where results will go, without making the folder."""
    place = out.absolute()
    while not place.exists():
        place = place.parent
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        why = (error.strerror or str(error)).lower()
        return Diagnosis(name="results", state="broken", says=f"{out} cannot be written: {why}", mend="--out DIR")
    free = shutil.disk_usage(place).free
    says = f"{out} can be written, {free / GIB:.0f} GB free"
    if free < COMFORTABLE_DISK_BYTES:
        return Diagnosis(
            name="results", state="note", says=says, mend="make room on this disk, or choose another --out"
        )
    return Diagnosis(name="results", state="ok", says=says)


def _ray(settings: Settings) -> Diagnosis:
    mend = f"{sys.executable} -m pip install 'qa-scorer[ray]'"
    if importlib.util.find_spec("ray"):
        return Diagnosis(name="ray", state="ok", says=importlib.metadata.version("ray"))
    if settings.engine == "ray":
        return Diagnosis(name="ray", state="broken", says="not installed, and the settings ask for it", mend=mend)
    return Diagnosis(name="ray", state="ok", says="not installed; only needed for many machines (--engine ray)")


def _pip() -> Diagnosis:
    if importlib.util.find_spec("pip"):
        says = f"{importlib.metadata.version('pip')}: `models pull` fetches with it, by your own index settings"
        return Diagnosis(name="pip", state="ok", says=says)
    mend = f"{sys.executable} -m ensurepip"
    return Diagnosis(name="pip", state="note", says="missing: `models pull` cannot fetch anything", mend=mend)

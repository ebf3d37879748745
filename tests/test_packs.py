from __future__ import annotations

from pathlib import Path

import pytest

from qa_scorer.errors import PackError
from qa_scorer.packs import PACKAGED, load_pack, load_packs

GOOD = '[signal."empathy.apology"]\nphrases = ["we be heartbroken"]\nexamples = ["We are heartbroken."]\n'
# The phrase stands there first as one to listen for: an error in a reframe still names the reframe's line.
REFRAMED = '[signal."empathy.apology"]\nphrases = ["sorry"]\n'


def own(folder: Path, text: str) -> Path:
    path = folder / "empathy.en.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_users_own_pack_adds_to_the_shipped_one(tmp_path: Path) -> None:
    own(tmp_path, GOOD)
    (pack,) = load_packs(("empathy",), "en", tmp_path)
    (shipped,) = load_packs(("empathy",), "en")
    new = {s.name: s for s in pack.signals}["empathy.apology"]
    old = {s.name: s for s in shipped.signals}["empathy.apology"]
    assert new.examples == (*old.examples, "We are heartbroken.")
    assert {p.text for p in new.phrases} - {p.text for p in old.phrases} == {"we be heartbroken"}
    assert new.threshold == old.threshold


def test_the_users_own_pack_retires_phrases_and_examples(tmp_path: Path) -> None:
    own(tmp_path, '[signal."empathy.apology"]\nretire = ["Sorry about that."]\n')
    (pack,) = load_packs(("empathy",), "en", tmp_path)
    assert "Sorry about that." not in {s.name: s for s in pack.signals}["empathy.apology"].examples


def test_reframes_are_read_in_order_and_the_users_own_go_first(tmp_path: Path) -> None:
    text = '[signal."negative.refusal"]\nreframe = [{ heard = "(sauna|<act>)", say = "It opens at …." }]\n'
    (tmp_path / "negative_phrasing.en.toml").write_text(text, encoding="utf-8")
    (pack,) = load_packs(("negative_phrasing",), "en", tmp_path)
    (shipped,) = load_packs(("negative_phrasing",), "en")
    (new, *others), old = pack.signals[0].reframe, shipped.signals[0].reframe
    assert (new.heard.text, new.say) == ("(sauna|<act>)", "It opens at ….")
    assert tuple(others) == old
    assert pack.signals[0].better == shipped.signals[0].better


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("[page]\ntitel = 'x'\n", 2, "unknown key 'titel'"),
        (GOOD + 'exmaples = ["x"]\n', 4, "unknown key 'exmaples'"),
        ('[signal."empathy.apology"]\n\nphrases = ["(sorry"]\n', 3, "bracket is not closed"),
        ('[signal."empathy.apology"]\nphrases = "sorry"\n', 2, "must be a list"),
        ('[signal."empathy.apology"]\nthreshold = 7.0\n', 2, "between 0 and 1"),
        ('[signal."empathy.apology"]\nwhen = "always"\n', 2, "must be one of"),
        ('[signal."empathy.apologies"]\nexamples = ["x"]\n', 1, "unknown signal"),
        (REFRAMED + 'reframe = "sorry"\n', 3, "'reframe' of empathy.apology must be a list of { heard"),
        (REFRAMED + 'reframe = [\n  "sorry",\n]\n', 4, "must be a list of { heard"),
        (REFRAMED + 'reframe = [\n  { heard = "sorry" },\n]\n', 4, "no 'say'"),
        (REFRAMED + 'reframe = [\n  { heard = "oh", say = "Ah." },\n  { say = "Well." },\n]\n', 5, "no 'heard'"),
        (REFRAMED + 'reframe = [\n  { heard = "", say = "Ah." },\n]\n', 4, "no 'heard'"),
        (REFRAMED + 'reframe = [\n  { heard = "sorry", says = "Ah." },\n]\n', 4, "unknown key 'says'"),
        (REFRAMED + 'reframe = [\n  { heard = "(sorry", say = "Ah." },\n]\n', 4, "bracket is not closed"),
        (REFRAMED + 'reframe = [\n  { heard = "<sorries>", say = "Ah." },\n]\n', 4, "unknown word list"),
        ('[signal."empathy.apology"]\nretire = ["never said"]\n', 2, "does not have"),
    ],
)
def test_an_error_names_file_and_line(tmp_path: Path, text: str, line: int, says: str) -> None:
    path = own(tmp_path, text)
    with pytest.raises(PackError) as error:
        load_packs(("empathy",), "en", tmp_path)
    assert str(error.value).startswith(f"{path}:{line}: ")
    assert says in str(error.value)


def test_broken_toml_is_told_with_its_place(tmp_path: Path) -> None:
    path = own(tmp_path, "[signal\n")
    with pytest.raises(PackError, match="not valid TOML") as error:
        load_pack(path, "empathy", "en")
    assert str(path) in str(error.value)
    assert "line 1" in str(error.value)


def test_every_shipped_file_is_ascii_or_utf8_toml_without_a_repeated_sentence() -> None:
    for path in PACKAGED.glob("*.toml"):
        for line, count in _counted(path).items():
            assert count == 1 or len(line) < 30, f"{path.name}: {line}"


def _counted(path: Path) -> dict[str, int]:
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.startswith('  "')]
    return {line: lines.count(line) for line in lines}

from __future__ import annotations

import pytest

from qa_scorer.records import Finding
from qa_scorer.report import words


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (7.4, "0:07"), (59.6, "1:00"), (61, "1:01"), (3725, "62:05"), (None, "–")]
)
def test_times_are_minutes_and_seconds(seconds: float | None, shown: str) -> None:
    assert words.minutes(seconds) == shown


def test_numbers_carry_no_needless_zeros() -> None:
    assert [words.number(value) for value in (80.0, 80.25, -3.5, 0.0, -0.01, None)] == [
        "80",
        "80.2",
        "−3.5",
        "0",
        "0",
        "–",
    ]
    assert words.number(3.33, 2) == "3.33"


def test_text_that_a_workbook_cannot_carry_is_cleaned() -> None:
    assert words.clean("a\x00b\x1fc\ufffed\ud800e\r\nf") == "a b c d e\nf"
    assert "\u202e" not in words.clean("safe\u202etxt.exe")
    assert "_x000D_" not in words.clean("_x000D_")


@pytest.mark.parametrize("text", ["x" * 50_000, "😀" * 30_000])
def test_no_text_is_longer_than_a_cell(text: str) -> None:
    assert len(words.clean(text).encode("utf-16-le")) // 2 <= words.CELL_LIMIT


def test_long_text_is_cut_at_a_word() -> None:
    assert words.clip("one two three four", 12) == "one two…"
    assert words.clip("unbroken" * 10, 12) == "unbrokenunb…"
    assert words.clip("  two\n lines ", 40) == "two lines"
    assert words.quoted("   ") == ""


def test_an_absence_shows_the_window_that_was_searched() -> None:
    assert words.when(Finding(signal="greeting.name", verdict="absent", start=0.0, end=45.0)) == "0:00–0:45"
    assert words.when(Finding(signal="greeting.name", verdict="present", start=62.0, end=64.0)) == "1:02"


def test_signals_of_a_rubric_become_plain_words() -> None:
    assert words.signal("empathy.feeling") == "Names the feeling"
    assert words.signal("compliance.mini_miranda") == "Phrase “mini miranda”"
    assert words.signal("metric.interruptions_by_agent") == "Interruptions by the agent"
    assert words.signal("outcome.follow_up") == "Outcome follow-up agreed"


def test_file_names_are_legal_and_stay_apart() -> None:
    keys = ["a17", "A17", "a/1", "a:1", "a_1", "CON", "..", "", "Zoë Brandt", "x" * 200, "x" * 201]
    names = words.file_names(keys)
    assert names["a_1"] == "a_1"
    assert names["Zoë Brandt"] == "Zoë Brandt"
    assert len({name.casefold() for name in names.values()}) == len(keys)
    for name in names.values():
        assert name
        assert not set(name) & set('/\\:*?"<>|')
        assert name.upper() != "CON"
        assert not name.startswith(".")


def test_a_name_clash_tomorrow_does_not_rename_todays_file() -> None:
    assert words.file_names(["a/1"])["a/1"] == words.file_names(["a/1", "a:1"])["a/1"]


def test_sheet_names_are_legal_and_unique() -> None:
    first = words.sheet_name("Team [a]: north/south? " + "long " * 10)
    assert len(first) <= 31
    assert not set(first) & set("[]:*?/\\")
    assert words.sheet_name("Team [a]: north/south? " + "long " * 10, [first]).casefold() != first.casefold()
    assert words.sheet_name("history") != "history"
    assert words.sheet_name("''") == "Sheet"


def test_links_survive_odd_names() -> None:
    assert words.link("..", "scorecards", "a b#1%.html") == "../scorecards/a%20b%231%25.html"


@pytest.mark.parametrize(
    ("verdict", "signal", "full", "word", "colour"),
    [
        ("present", "empathy.feeling", True, "Heard", "pass"),
        ("violation", "negative.blame", False, "To avoid", "flag"),
        ("absent", "greeting.name", False, "Missing", "coach"),
        ("absent", "greeting.name", True, "Missing", "coach"),
        ("absent", "negative.blame", True, "None heard", "pass"),
        ("absent", "expectation.overpromise", True, "None heard", "pass"),
        ("absent", "compliance.profanity", True, "None heard", "pass"),
        ("absent", "compliance.disclosure", False, "Missing", "coach"),
        ("present", "metric.hold_s", True, "Measured", "none"),
        ("present", "outcome.resolved", True, "Judged", "none"),
    ],
)
def test_an_absence_is_good_or_bad_news(verdict: str, signal: str, full: bool, word: str, colour: str) -> None:
    assert words.verdict(verdict, signal, full=full) == (word, colour)

"""``write_report`` as its readers meet it: the files, what stands in them, and what happens the second time."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

from qa_scorer.report import write_call, write_report
from qa_scorer.report.coaching_review import KEYS, read_review
from qa_scorer.settings import Settings
from qa_scorer.store import Failure, scorecard_path, write_failures, write_record
from tests.report import cards

SETTINGS = Settings(coach="Ada Field")
SHEETS = ["Summary", "Coaching", "Calls", "Evidence", "Review"]
SPREADSHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = cards.store(tmp_path_factory.mktemp("out"), cards.night(13))
    write_failures(
        folder, [Failure(call_id="broken", path="in/broken.wav", stage="transcribe", reason="No sound in it.")]
    )
    write_report(folder, SETTINGS, run_date=date(2026, 11, 20))
    return folder


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = cards.store(tmp_path_factory.mktemp("hostile"), cards.hostile())
    write_report(folder, SETTINGS)
    return folder


def load(path: Path) -> Any:
    from openpyxl import load_workbook

    return load_workbook(path)


def texts(sheet: Any) -> list[str]:
    return [str(cell.value) for row in sheet.iter_rows() for cell in row if cell.value is not None]


class TestFiles:
    def test_everything_of_the_contract_is_there(self, out: Path) -> None:
        names = {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}
        assert {
            "index.html",
            "team.xlsx",
            *(f"data/{name}.parquet" for name in ("calls", "criteria", "findings", "metrics")),
        } <= names
        assert {f"coaching/{agent}.xlsx" for agent in ("a17", "a21", "a33", "a34", "unassigned")} <= names
        assert {"history/2026-11-20/calls.parquet", "history/2026-11-20/criteria.parquet"} <= names
        for card in (out / "scorecards").glob("*.json"):
            assert card.with_suffix(".html").exists()
            assert card.with_suffix(".xlsx").exists()

    def test_every_link_leads_to_a_file(self, out: Path) -> None:
        from urllib.parse import unquote

        pages = [out / "index.html", *(out / "scorecards").glob("*.html")]
        for page in pages:
            for target in re.findall(r'href="([^"#]+)', page.read_text(encoding="utf-8")):
                assert (page.parent / unquote(target)).exists(), target
        for book in [out / "team.xlsx", *(out / "coaching").glob("*.xlsx")]:
            for sheet in load(book):
                for row in sheet.iter_rows():
                    for cell in row:
                        if cell.hyperlink and cell.hyperlink.target:
                            assert (book.parent / unquote(cell.hyperlink.target.partition("#")[0])).exists()

    def test_the_second_time_only_what_changed_is_written(self, tmp_path: Path) -> None:
        calls = list(cards.night(3))
        folder = cards.store(tmp_path, calls)
        write_report(folder, SETTINGS)
        pages = {path: path.stat().st_mtime_ns for path in (folder / "scorecards").glob("*.[hx]*")}
        card, transcript = cards.build(calls[0][0].call.call_id, skill=0.0)
        write_record(scorecard_path(folder, card.call.call_id), card)
        time.sleep(0.01)
        write_report(folder, SETTINGS)
        changed = {path.stem for path, stamp in pages.items() if path.stat().st_mtime_ns != stamp}
        assert changed == {card.call.call_id}
        assert not write_call(folder, *calls[1])
        assert write_call(folder, calls[0][0], transcript)

    def test_nothing_scored_yet_still_gives_a_report(self, tmp_path: Path) -> None:
        write_report(tmp_path, SETTINGS)
        assert "No call has been scored yet." in (tmp_path / "index.html").read_text(encoding="utf-8")
        assert load(tmp_path / "team.xlsx").sheetnames[0] == "Overview"

    @pytest.mark.parametrize("scored", [True, False])
    def test_one_call_is_enough(self, tmp_path: Path, scored: bool) -> None:
        card, transcript = cards.build("only")
        write_report(
            cards.store(tmp_path, [(card if scored else cards.unscored(card, "voicemail"), transcript)]), SETTINGS
        )
        said = " ".join(texts(load(tmp_path / "coaching" / "a17.xlsx")["Summary"]))
        assert ("too few calls to tell" if scored else "No call could be scored") in said

    def test_a_transcript_that_was_purged_leaves_the_scores(self, tmp_path: Path) -> None:
        card, transcript = cards.build("old")
        folder = cards.store(tmp_path, [(card, transcript)])
        (folder / "transcripts" / "old.json").unlink()
        write_report(folder, SETTINGS)
        page = (folder / "scorecards" / "old.html").read_text(encoding="utf-8")
        assert "The transcript is not in this folder" in page

    def test_one_damaged_file_stops_nothing(self, tmp_path: Path) -> None:
        folder = cards.store(tmp_path, [cards.build("fine"), cards.build("mute")])
        (folder / "scorecards" / "half.json").write_text('{"schema": 1, "call"', encoding="utf-8")
        (folder / "transcripts" / "mute.json").write_text("{}", encoding="utf-8")
        write_report(folder, SETTINGS)
        index = (folder / "index.html").read_text(encoding="utf-8")
        assert "half.json: not a scorecard" in index
        assert "not a scorecard" in " ".join(texts(load(folder / "team.xlsx")["Not scored"]))
        assert "cannot be read" in (folder / "scorecards" / "mute.html").read_text(encoding="utf-8")

    def test_a_call_costs_little_work(self, tmp_path: Path) -> None:
        calls = list(cards.night(20))
        write_call(tmp_path, *calls[0])
        began = time.process_time()
        for card, transcript in calls[1:]:
            write_call(tmp_path, card, transcript)
        # 40 ms of one core a call; the bound leaves room for a slow machine and catches a fivefold slip.
        assert time.process_time() - began < 0.2 * len(calls)


class TestCoachingWorkbook:
    def test_it_has_the_five_sheets(self, out: Path) -> None:
        for path in (out / "coaching").glob("*.xlsx"):
            assert load(path).sheetnames == SHEETS

    def test_the_summary_names_agent_coach_and_period(self, out: Path) -> None:
        said = " ".join(texts(load(out / "coaching" / "a17.xlsx")["Summary"]))
        assert "Maya Okafor" in said
        assert "coach Ada Field" in said
        assert "2026-11-02 to 2026-11-04" in said

    def test_it_has_a_trend_and_section_bars(self, out: Path) -> None:
        charts = [type(chart).__name__ for chart in load(out / "coaching" / "a17.xlsx")["Summary"]._charts]
        assert sorted(charts) == ["BarChart", "LineChart"]

    def test_one_row_a_call_with_the_band_as_a_word(self, out: Path) -> None:
        sheet = load(out / "coaching" / "a33.xlsx")["Calls"]
        rows = [row for row in sheet.iter_rows(min_row=4, values_only=True) if row[0]]
        assert len(rows) == 3
        assert {row[4] for row in rows} <= {"Pass", "Coach", "Flag", "Review", "Not scored"}
        assert sheet.auto_filter.ref == "A3:I6"
        assert sheet.freeze_panes == "B4"

    def test_a_call_not_scored_says_why_and_counts_in_no_mean(self, out: Path) -> None:
        rows = list(load(out / "coaching" / "a33.xlsx")["Calls"].iter_rows(min_row=4, values_only=True))
        missing = next(row for row in rows if row[4] == "Not scored")
        assert missing[3] == "–"
        assert "15 s" in missing[8]

    def test_two_priorities_at_most_with_room_to_agree(self, out: Path) -> None:
        labels = [row[0] for row in load(out / "coaching" / "a34.xlsx")["Coaching"].iter_rows(values_only=True)]
        assert len([label for label in labels if str(label).startswith("Priority")]) == 2
        for label in (
            "Situation",
            "Behaviour",
            "Impact",
            "Say instead",
            "Practice",
            "Follow-up date",
            "Agent's response",
        ):
            assert label in labels

    def test_judgements_can_be_agreed_with_from_a_list(self, out: Path) -> None:
        sheet = load(out / "coaching" / "a34.xlsx")["Review"]
        assert {rule.formula1 for rule in sheet.data_validations.dataValidation} == {
            '"Agree,Disagree"',
            '"Full points,Half,No points,Not applicable"',
        }
        head = [cell.value for cell in sheet[4]]
        assert head[7:] == list(KEYS)

    def test_what_was_typed_survives_the_next_report(self, tmp_path: Path) -> None:
        folder = cards.store(tmp_path, [cards.build("one", skill=0.0), cards.build("two", skill=0.2)])
        write_report(folder, SETTINGS)
        path = folder / "coaching" / "a17.xlsx"
        book = load(path)
        plan, review = book["Coaching"], book["Review"]
        rows = {row[2].value: row for row in plan.iter_rows() if row[2].value}
        action = next(key for key in rows if key.startswith("action:"))
        rows[action][1].value, rows["goal"][1].value = "Use the name card", "Warm openings"
        rows["follow_up"][1].value = date(2026, 12, 1)
        review["B3"] = "Sam Reed"
        review["E5"], review["F5"], review["G5"] = "Disagree", "Half", "She did say it."
        answered = tuple(review.cell(5, column).value for column in (8, 9, 10))
        book.save(path)
        # The next night another criterion may be the priority: what was agreed must not vanish.
        write_report(cards.store(folder, [cards.build("one", skill=1.0), cards.build("two", skill=1.0)]), SETTINGS)
        kept = {row[2]: row[1] for row in load(path)["Coaching"].iter_rows(values_only=True) if row[2]}
        assert (kept[action], kept["goal"]) == ("Use the name card", "Warm openings")
        assert kept["follow_up"].date() == date(2026, 12, 1)
        answers = read_review(path)
        assert [(a.call_id, a.section, a.criterion) for a in answers] == [answered]
        assert answers[0].reviewer == "Sam Reed"
        assert (answers[0].agree, answers[0].corrected, answers[0].comment) == (
            False,
            answers[0].out_of / 2,
            "She did say it.",
        )

    def test_a_damaged_workbook_is_written_anew(self, tmp_path: Path) -> None:
        folder = cards.store(tmp_path, [cards.build("one")])
        path = folder / "coaching" / "a17.xlsx"
        path.parent.mkdir()
        path.write_bytes(b"not a workbook")
        write_report(folder, SETTINGS)
        assert load(path).sheetnames == SHEETS

    def test_earlier_runs_are_the_baseline(self, tmp_path: Path) -> None:
        folder = cards.store(tmp_path, [cards.build(f"old-{n}") for n in range(6)])
        write_report(folder, SETTINGS, run_date=date(2026, 11, 20))
        write_report(
            cards.store(folder, [cards.build(f"new-{n}") for n in range(6)]), SETTINGS, run_date=date(2026, 11, 27)
        )
        rows = {row[0]: row for row in load(folder / "coaching" / "a17.xlsx")["Summary"].iter_rows(values_only=True)}
        assert rows["This sheet"][1] == 12
        assert rows["Newest run only"][1] == 6
        assert rows["Own baseline: 1 earlier run"][1] == 6

    def test_scores_of_another_form_are_no_baseline(self, tmp_path: Path) -> None:
        write_report(cards.store(tmp_path, [cards.build("old")]), SETTINGS, run_date=date(2026, 11, 20))
        (tmp_path / "scorecards" / "old.json").unlink()
        new = cards.build("new", rubric=replace(cards.RUBRIC, version="2"))
        write_report(cards.store(tmp_path, [new]), SETTINGS, run_date=date(2026, 11, 27))
        labels = [row[0] for row in load(tmp_path / "coaching" / "a17.xlsx")["Summary"].iter_rows(values_only=True)]
        assert not [label for label in labels if str(label).startswith("Own baseline")]


class TestScorecard:
    @pytest.mark.parametrize("seed", range(4))
    def test_a_pocket_calculator_gives_the_total(self, tmp_path: Path, seed: int) -> None:
        card, transcript = cards.build(f"c{seed}", skill=0.6, seed=seed)
        write_call(tmp_path, card, transcript)
        sheet = load(tmp_path / "scorecards" / f"c{seed}.xlsx")["Scorecard"]
        titles = {section.title for section in card.sections}
        sections: list[tuple[float, Any, list[tuple[float, float]]]] = []
        for question, weight, points, out_of, *_ in sheet.iter_rows(min_row=9, values_only=True):
            if question in titles:
                sections.append((weight, points, []))
            elif isinstance(out_of, int | float) and points != "N/A":
                sections[-1][2].append((points, out_of))
        assert len(sections) == len(card.sections)
        for _, score, lines in sections:
            expected = 100 * sum(one for one, _ in lines) / sum(most for _, most in lines) if lines else "N/A"
            assert score == (expected if isinstance(expected, str) else pytest.approx(expected, abs=0.06))
        counted = [(weight, score) for weight, score, _ in sections if score != "N/A"]
        total = sum(weight * score for weight, score in counted) / sum(weight for weight, _ in counted)
        assert total == pytest.approx(card.score_before_critical, abs=0.06)

    def test_it_is_one_sheet_with_its_evidence(self, out: Path) -> None:
        book = load(out / "scorecards" / "2026-11-02_0000.xlsx")
        said = " ".join(texts(book["Scorecard"]))
        assert book.sheetnames == ["Scorecard"]
        assert "“Good morning, Northwind Energy, this is Maya speaking, how can I help?”" in said
        assert "Rubric standard 1 (c0ffeec0ffee)" in said

    def test_a_call_not_scored_gives_its_reason_instead_of_a_form(self, out: Path) -> None:
        said = " ".join(texts(load(out / "scorecards" / "2026-11-03_0007.xlsx")["Scorecard"]))
        assert "This call was not scored: the call is 15 s long" in said
        assert "The form" not in said


class Reader(HTMLParser):
    """Collects what a page would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


class TestPages:
    def read(self, path: Path) -> Reader:
        reader = Reader()
        reader.feed(path.read_text(encoding="utf-8"))
        return reader

    def test_nothing_is_loaded_from_elsewhere(self, out: Path) -> None:
        for path in [out / "index.html", *(out / "scorecards").glob("*.html")]:
            for tag, attributes in self.read(path).tags:
                assert tag not in {"link", "img", "iframe", "object", "embed"}
                assert "src" not in attributes
                assert not (attributes.get("href") or "").startswith(("http", "//"))

    def test_findings_are_marked_and_anchored(self, out: Path) -> None:
        page = self.read(out / "scorecards" / "2026-11-02_0000.html")
        anchors = {attributes.get("id") for _, attributes in page.tags}
        targets = [a["href"] for tag, a in page.tags if tag == "a" and (a.get("href") or "").startswith("#t")]
        assert targets
        assert {str(target)[1:] for target in targets} <= anchors
        assert any(tag == "mark" and a.get("title") == "Gives own name" for tag, a in page.tags)
        assert any(tag == "polyline" for tag, _ in page.tags)

    def test_the_index_lists_calls_agents_and_failures(self, out: Path) -> None:
        page = (out / "index.html").read_text(encoding="utf-8")
        assert page.count('class="band none">Not scored') >= 1
        for text in ("Maya Okafor", "No agent named", "No sound in it.", "the call is 15 s long", "coaching/a17.xlsx"):
            assert text in page

    def test_call_text_never_becomes_markup(self, hostile: Path) -> None:
        for path in [hostile / "index.html", *(hostile / "scorecards").glob("*.html")]:
            scripts = [tag for tag, _ in self.read(path).tags if tag == "script"]
            # The index has one of its own, which sorts.
            assert len(scripts) == (1 if path.name == "index.html" else 0)
            assert "<script>alert" not in path.read_text(encoding="utf-8")


class TestSafety:
    @pytest.fixture(scope="class")
    def books(self, hostile: Path, out: Path) -> list[Any]:
        return [load(path) for folder in (hostile, out) for path in sorted(folder.rglob("*.xlsx"))]

    def test_no_cell_computes_and_none_is_an_error(self, hostile: Path) -> None:
        count = 0
        for path in hostile.rglob("*.xlsx"):
            with ZipFile(path) as archive:
                assert archive.testzip() is None
                for name in archive.namelist():
                    if not name.startswith("xl/worksheets/sheet"):
                        continue
                    root = ElementTree.fromstring(archive.read(name))  # noqa: S314 - our own file
                    assert not list(root.iter(f"{SPREADSHEET}f"))
                    assert not [cell for cell in root.iter(f"{SPREADSHEET}c") if cell.get("t") == "e"]
                    assert all(float(row.get("ht", 0)) <= 409 for row in root.iter(f"{SPREADSHEET}row"))
                    count += 1
        assert count > 50

    def test_every_workbook_opens_again_with_legal_names_and_lengths(self, books: list[Any]) -> None:
        for sheet in (sheet for book in books for sheet in book):
            assert len(sheet.title) <= 31
            assert all(len(text.encode("utf-16-le")) // 2 <= 32_767 for text in texts(sheet))

    def test_no_merged_ranges_overlap(self, books: list[Any]) -> None:
        """Excel repairs a workbook in which they do."""
        for sheet in (sheet for book in books for sheet in book):
            cells = [cell for area in sheet.merged_cells.ranges for cell in area.cells]
            assert len(cells) == len(set(cells))

    def test_every_sheet_prints_one_page_wide(self, books: list[Any]) -> None:
        """But for a heat map of many agents, which would be too small to read."""
        for sheet in (sheet for book in books for sheet in book if sheet.title != "Heat map"):
            assert sheet.page_setup.fitToWidth == 1

    def test_names_that_clash_get_files_of_their_own(self, tmp_path: Path) -> None:
        calls = [cards.build(f"c{n}", agent_id=name, agent_name=name) for n, name in enumerate(("a/1", "a:1", "a_1"))]
        write_report(cards.store(tmp_path, calls), SETTINGS)
        files = sorted((tmp_path / "coaching").glob("*.xlsx"))
        assert len(files) == 3
        assert {load(path)["Calls"]["A4"].value for path in files} == {"c0", "c1", "c2"}

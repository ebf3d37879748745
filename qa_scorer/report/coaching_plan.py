"""The Coaching sheet: one strength, at most two priorities, and the conversation about them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qa_scorer.report import words
from qa_scorer.report.coaching_review import KEY_COLUMN, Inputs
from qa_scorer.report.plan import Plan, Priority, Strength
from qa_scorer.report.workbook import Page, banner, fit_one_page, heading, new_page, put

if TYPE_CHECKING:
    from openpyxl import Workbook

    from qa_scorer.report.coaching import AgentReport

WIDTHS = (26, 96, 10)
SHOWN = 2
INPUT_LINES = 3
ACTION = "action:"


def add_coaching(book: Workbook, report: AgentReport, kept: Inputs) -> None:
    """Add the sheet; ``kept`` fills the input cells with what had been typed before."""
    page = new_page(book, "Coaching", WIDTHS, tab="0F766E")
    who = words.clip(report.name, 60)
    row = banner(
        page,
        f"Coaching · {who}",
        ["Yellow cells are for coach and agent to fill in; everything else comes from the calls."],
    )
    row = _strength(page, row + 1, report.plan.strength)
    if not report.plan.priorities:
        row = _no_priority(page, row + 1, report.plan)
    for index, priority in enumerate(report.plan.priorities, start=1):
        row = _priority(page, row + 1, index, priority, kept)
    row = _conversation(page, row + 1, kept)
    row = _agreement(page, row + 1, kept)
    row = _earlier(page, row + 1, report.plan, kept)
    page.sheet.column_dimensions["C"].hidden = True
    fit_one_page(page, row, SHOWN)


def _line(page: Page, row: int, label: str, text: str, look: str = "text") -> int:
    if not text:
        return row
    put(page, row, 1, label, "label")
    put(page, row, 2, words.clip(text, 700), look)
    return row + 1


def _input(
    page: Page, row: int, label: str, kept: Inputs, key: str, *, lines: int = INPUT_LINES, look: str = "input"
) -> int:
    put(page, row, 1, label, "label")
    put(page, row, 2, kept.notes.get(key), look, lines=lines)
    put(page, row, KEY_COLUMN, key, "cell_key")
    return row + 1


def _strength(page: Page, row: int, strength: Strength | None) -> int:
    row = heading(page, row, "Keep doing this")
    if strength is None:
        text = (
            "No sentence of these calls shows a strength clearly enough to quote. Start the talk by asking the agent "
            "for a call they were proud of, and listen to it together."
        )
        put(page, row, 1, text, "text", span=SHOWN)
        return row + 1
    shown = f"{words.percent(strength.share)} of the points in {words.count(strength.calls, 'call')}"
    shown += " where it applied" if strength.consistent else "; this is the best of them"
    row = _line(page, row, "Strength", f"{strength.question} ({shown})", "strong")
    moment = strength.moment
    where = f"Call {moment.call_id}, {moment.time}"
    if moment.customer:
        row = _line(page, row, "The customer said", words.quoted(moment.customer, 240), "quote")
    row = _line(page, row, "You said", words.quoted(moment.agent, 320), "quote")
    return _line(page, row, "Where", f"{where} · {strength.signal}")


def _no_priority(page: Page, row: int, plan: Plan) -> int:
    row = heading(page, row, "Nothing urgent")
    text = (
        "No criterion the agent controls was clearly below the pass line. Keep the level: choose one call together and "
        "ask what made it work."
        if plan.strength
        else "There is not enough sure evidence in these calls to choose a priority. Score more calls before coaching."
    )
    put(page, row, 1, text, "text", span=SHOWN)
    return row + 1


def _priority(page: Page, row: int, index: int, priority: Priority, kept: Inputs) -> int:
    row = heading(page, row, f"Priority {index}: {words.clip(priority.question, 90)}")
    worth = (
        f"weight {words.number(priority.weight)} of 100" if priority.weight else "scored on its own, beside the total"
    )
    score = (
        f"{words.percent(priority.share)} against {words.number(words.PASS_LINE, 0)} % · {worth} · points lost in "
        f"{priority.missed} of {words.count(priority.calls, 'call')} where it applied"
    )
    if priority.critical:
        score += f" · critical: the {priority.critical} scores 0"
    row = _line(page, row, "Score", score, "strong")
    row = _line(page, row, "Situation", priority.situation)
    row = _line(page, row, "Behaviour", priority.behaviour)
    row = _line(page, row, "Impact", priority.impact)
    row = _line(page, row, "Expected", priority.expected)
    row = _line(page, row, "Say instead", words.quoted(priority.say_instead.strip('“”"'), 300), "quote")
    row = _line(page, row, "Why and how", priority.coaching)
    row = _line(page, row, "Practice", priority.practice)
    return _input(page, row, "Action agreed", kept, ACTION + priority.criterion, lines=2)


def _conversation(page: Page, row: int, kept: Inputs) -> int:
    row = heading(page, row, "The conversation (GROW)", "Ask, listen, write the agent's own words.")
    for key, label in (
        ("goal", "Goal: what should customers notice in your calls next week?"),
        ("reality", "Reality: listen to the quoted moment; what was going on?"),
        ("options", "Options: which two other sentences could you have said?"),
        ("will", "Will: what will you do in your next five calls?"),
    ):
        row = _input(page, row, label, kept, key, lines=3)
    return row


def _agreement(page: Page, row: int, kept: Inputs) -> int:
    row = heading(page, row, "Agreed")
    row = _input(page, row, "Follow-up date", kept, "follow_up", lines=1, look="input_date")
    row = _input(page, row, "Agent's response", kept, "response", lines=3)
    row = _input(page, row, "Agent: name, date", kept, "agent_sign", lines=1)
    return _input(page, row, "Coach: name, date", kept, "coach_sign", lines=1)


def _earlier(page: Page, row: int, plan: Plan, kept: Inputs) -> int:
    """Show actions agreed on what is no longer a priority: nothing that was typed is lost."""
    asked = {ACTION + priority.criterion for priority in plan.priorities}
    left = {key: text for key, text in kept.notes.items() if key.startswith(ACTION) and key not in asked}
    if not left:
        return row - 1
    row = heading(page, row, "Agreed earlier")
    for key, text in left.items():
        label = key.removeprefix(ACTION).replace("_", " ").replace(".", ": ").capitalize()
        put(page, row, 1, label, "label")
        put(page, row, 2, text, "input")
        put(page, row, KEY_COLUMN, key, "cell_key")
        row += 1
    return row

"""One call as one printable sheet: ``scorecards/<call>.xlsx``. Every total can be checked with a pocket calculator."""

from __future__ import annotations

from pathlib import Path

from qa_scorer.records import CriterionScore, Finding, Scorecard, SectionScore
from qa_scorer.report import words
from qa_scorer.report.workbook import (
    Page,
    as_number,
    banner,
    fit_one_page,
    heading,
    new_page,
    new_workbook,
    put,
    put_row,
    save,
    table_head,
)

WIDTHS = (36, 8, 8, 8, 10, 54)
HEADS = ("Criterion", "Weight", "Points", "Out of", "Time", "Why, and what was said")
MAX_EVIDENCE = 3
ROUNDING = 0.051
"""Half of the last decimal shown: a larger difference is a critical failure, not rounding."""


def write_scorecard(card: Scorecard, path: Path) -> None:
    """Write the scorecard of one call."""
    book = new_workbook(f"Scorecard {card.call.call_id}")
    page = new_page(book, "Scorecard", WIDTHS)
    row = banner(page, f"Scorecard · {words.clip(card.call.call_id, 80)}", [_who(card), _what(card)])
    if card.status == "scored":
        row = _form(page, row + 1, card)
    else:
        put(page, row + 1, 1, "Not scored", "tile_none", span=2)
        put(page, row + 1, 3, not_scored_sentence(card), "text", span=4)
        row += 2
    _provenance(page, row + 1, card)
    fit_one_page(page, row + 1, len(WIDTHS))
    save(book, path)


def not_scored_sentence(card: Scorecard) -> str:
    """Return why a call has no score, and that this is no zero."""
    reason = words.clip(card.reason, 300).rstrip(".") or "no reason was recorded"
    return f"This call was not scored: {reason}. It counts in no average."


def total_sentence(card: Scorecard) -> str:
    """Return how the total comes about, with the numbers that stand on the form."""
    counted = [section for section in card.sections if section.score is not None and section.weight]
    if not counted:
        return "No section applied, so there is no total."
    weights = sum(section.weight for section in counted)
    value = sum(section.weight * (section.score or 0.0) for section in counted) / weights
    terms = " + ".join(f"{words.number(section.weight, 2)} × {words.number(section.score)}" for section in counted)
    text = f"Total = ({terms}) ÷ {words.number(weights, 2)} = {words.number(value)}."
    if card.score is not None and abs(value - card.score) > ROUNDING:
        text += f" A critical failure sets it to {words.number(card.score)}."
    if card.score_before_critical is not None and card.score_before_critical != card.score:
        text += f" Without the critical failure it would be {words.number(card.score_before_critical)}."
    return text


def _form(page: Page, row: int, card: Scorecard) -> int:
    row = _result(page, row, card)
    row = heading(
        page,
        row,
        "The form",
        "Score of a section = 100 × sum of its points ÷ sum of its “out of”. Lines with N/A count in neither sum.",
    )
    table_head(page, row, HEADS, centred=("Weight", "Points", "Out of", "Time"))
    page.sheet.print_title_rows = f"{row}:{row}"
    row += 1
    for section in card.sections:
        row = _section(page, row, section)
    put(page, row, 1, total_sentence(card), "strong", span=len(WIDTHS))
    return row + 1


def _result(page: Page, row: int, card: Scorecard) -> int:
    put(page, row, 1, "Score", "tile_label")
    put(page, row, 2, "Band", "tile_label", span=2)
    put(page, row, 4, "Compliance", "tile_label", span=2)
    put(page, row, 6, "Outcome", "tile_label")
    put(page, row + 1, 1, as_number(card.score), "tile")
    put(page, row + 1, 2, words.band(card.band), f"tile_{card.band or 'none'}", span=2)
    put(page, row + 1, 4, as_number(card.compliance_score), "tile_number", span=2)
    put(page, row + 1, 6, words.OUTCOME_WORDS[card.outcome.label] if card.outcome else words.NOTHING, "tile_word")
    page.sheet.row_dimensions[row + 1].height = 36
    sentence = _sentence(card)
    if not sentence:
        return row + 3
    put(page, row + 2, 1, sentence, "text", span=len(WIDTHS))
    return row + 4


def _section(page: Page, row: int, section: SectionScore) -> int:
    failed = any(criterion.critical_failed and criterion.critical == "section" for criterion in section.criteria)
    note = "A critical failure sets this section to 0." if failed else ""
    if section.score is None:
        note = "Nothing in this section applied."
    elif not section.weight:
        note = "Scored on its own; it is no part of the total."
    put_row(
        page,
        row,
        [
            (words.title(section.id, section.title), "section"),
            (section.weight or words.NOTHING, "section_plain"),
            ("N/A" if section.score is None else section.score, "section_number"),
            (words.NOTHING if section.score is None else 100, "section_plain"),
            (None, "section"),
            (note, "section_note"),
        ],
    )
    for criterion in section.criteria:
        row = _criterion(page, row + 1, criterion)
    return row + 1


def _criterion(page: Page, row: int, criterion: CriterionScore) -> int:
    """Write a criterion, its reason, and below it what was said, as one block; return the last row."""
    question = words.question(criterion.question)
    severity = words.SEVERITY_WORDS.get(criterion.severity, criterion.severity)
    if severity:
        question += f" ({severity}{': failed' if criterion.critical_failed else ''})"
    counts = criterion.applicable and criterion.points is not None
    full = criterion.points == criterion.out_of
    # What was not said stands in the reason; only words are shown.
    said = [(words.when(one), evidence(one, full=full)) for one in criterion.findings if one.quote]
    if len(said) > MAX_EVIDENCE:
        more = words.count(len(said) - MAX_EVIDENCE, "more place")
        said = [*said[:MAX_EVIDENCE], ("", f"and {more}: see the page of this call")]
    first = "open" if said else "cell"
    put_row(
        page,
        row,
        [
            (question, f"{first}_failed" if criterion.critical_failed else first),
            (criterion.weight, f"{first}_plain"),
            (criterion.points if counts else "N/A", f"{first}_plain"),
            (criterion.out_of, f"{first}_plain"),
            (None, first),
            (words.clip(criterion.reason, 300), first),
        ],
    )
    for index, (time, text) in enumerate(said, start=1):
        look = "cell" if index == len(said) else "open"
        put_row(page, row + index, [*[(None, look)] * 4, (time, f"{look}_centre"), (text, f"{look}_quote")])
    return row + len(said)


def evidence(finding: Finding, *, full: bool) -> str:
    """Return a finding on one line: what was heard, missing or to avoid, and the words."""
    verdict, _ = words.verdict(finding.verdict, finding.signal, full=full)
    head = f"{verdict}: {words.signal(finding.signal).lower()}"
    return f"{head} – {words.quoted(finding.quote, 220)}" if finding.quote else head


def _who(card: Scorecard) -> str:
    info = card.call
    agent = info.agent_name or info.agent_id or "no agent named"
    parts = [
        f"Agent {agent}" if agent != "no agent named" else agent,
        info.team,
        info.queue,
        words.started(info.started_at),
    ]
    parts.append(words.minutes(card.duration) + " min" if card.duration is not None else None)
    return " · ".join(words.clip(part, 60) for part in parts if part and part != words.NOTHING)


def _what(card: Scorecard) -> str:
    return f"Rubric {card.rubric.name} {card.rubric.version}"


def _sentence(card: Scorecard) -> str:
    parts = [words.clip(card.band_reason, 260)]
    if card.outcome and card.outcome.customer_end != "unclear":
        parts.append(f"Customer at the end: {words.CUSTOMER_WORDS[card.outcome.customer_end]}.")
    if card.outcome and card.outcome.repeat_contact:
        parts.append("The customer had called before about this.")
    return " ".join(part for part in parts if part)


def _provenance(page: Page, row: int, card: Scorecard) -> None:
    models = ", ".join(f"{name} {digest[:8]}" for name, digest in sorted(card.origin.models.items()))
    text = (
        f"Rubric {card.rubric.name} {card.rubric.version} ({card.rubric.sha256[:12]})"
        f" · {card.origin.engine} {card.origin.version}"
        + (f" · models {models}" if models else "")
        + " · Scores support a conversation between coach and agent; they do not replace it."
    )
    put(page, row, 1, text, "small", span=len(WIDTHS))

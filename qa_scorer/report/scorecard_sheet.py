"""One call as one printable sheet: ``scorecards/<call>.xlsx``. Every total can be checked with a pocket calculator."""

from __future__ import annotations

from pathlib import Path

from qa_scorer.records import CriterionScore, Scorecard, SectionScore
from qa_scorer.report import words
from qa_scorer.report.workbook import (
    Page,
    as_number,
    banner,
    heading,
    new_page,
    new_workbook,
    put,
    put_row,
    save,
    table_head,
)

WIDTHS = (36, 8, 8, 8, 34, 9, 44)
MAX_EVIDENCE = 3


def write_scorecard(card: Scorecard, path: Path) -> None:
    """Write the scorecard of one call."""
    book = new_workbook(f"Scorecard {card.call.call_id}")
    page = new_page(book, "Scorecard", WIDTHS, landscape=True)
    row = banner(page, f"Scorecard · {words.clip(card.call.call_id, 80)}", [_who(card), _what(card)])
    if card.status == "scored":
        row = _form(page, row + 1, card)
    else:
        put(page, row + 1, 1, "Not scored", "tile_none", span=2)
        put(page, row + 1, 3, not_scored_sentence(card), "text", span=5)
        row += 3
    _provenance(page, row + 1, card)
    save(book, path)


def not_scored_sentence(card: Scorecard) -> str:
    """Return why a call has no score, and that this is no zero."""
    reason = words.clip(card.reason, 300).rstrip(".") or "no reason was recorded"
    return f"This call was not scored: {reason}. It counts in no average."


def total_sentence(card: Scorecard) -> str:
    """Return how the total comes about, with the numbers that stand on the form."""
    counted = [section for section in card.sections if section.score is not None]
    if not counted:
        return "No section applied, so there is no total."
    weights = sum(section.weight for section in counted)
    terms = " + ".join(f"{words.number(section.weight)} × {words.number(section.score)}" for section in counted)
    before = card.score_before_critical if card.score_before_critical is not None else card.score
    text = f"Total = ({terms}) ÷ {words.number(weights)} = {words.number(before)}."
    if before != card.score:
        text += f" A critical failure sets it to {words.number(card.score)}."
    return text


def _form(page: Page, row: int, card: Scorecard) -> int:
    row = _result(page, row, card)
    row = heading(
        page,
        row,
        "The form",
        "Section score = 100 × Σ (weight × points ÷ out of) ÷ Σ weight, over the criteria that applied. "
        "N/A counts nowhere.",
    )
    table_head(page, row, ("Criterion", "Weight", "Points", "Out of", "Why", "Time", "Evidence"))
    for column in (5, 7):
        put(page, row, column, "Why" if column == 5 else "Evidence", "head")
    page.sheet.print_title_rows = f"{row}:{row}"
    row += 1
    for section in card.sections:
        row = _section(page, row, section)
    put(page, row, 1, total_sentence(card), "strong", span=len(WIDTHS))
    return row + 1


def _result(page: Page, row: int, card: Scorecard) -> int:
    put(page, row, 1, "Score", "tile_label")
    put(page, row, 2, "Band", "tile_label", span=3)
    put(page, row, 5, "Outcome", "tile_label")
    put(page, row, 6, "Compliance", "tile_label")
    put(page, row, 7, "In one sentence", "tile_label")
    put(page, row + 1, 1, as_number(card.score), "tile")
    put(page, row + 1, 2, words.band(card.band), f"tile_{card.band or 'none'}", span=3)
    outcome = words.OUTCOME_WORDS[card.outcome.label] if card.outcome else words.NOTHING
    put(page, row + 1, 5, outcome, "tile_word")
    put(page, row + 1, 6, as_number(card.compliance_score), "tile_word")
    put(page, row + 1, 7, _sentence(card), "tile_note")
    page.sheet.row_dimensions[row + 1].height = max(34, page.heights[row + 1])
    return row + 3


def _section(page: Page, row: int, section: SectionScore) -> int:
    put(page, row, 1, words.title(section.id, section.title), "section")
    put(page, row, 2, section.weight, "section_plain")
    score = "N/A" if section.score is None else round(section.score, 1)
    put(page, row, 3, score, "section_number")
    put(page, row, 4, "" if section.score is None else 100, "section_plain")
    put(page, row, 5, "section: weight, score out of 100", "section", span=3)
    row += 1
    for criterion in section.criteria:
        row = _criterion(page, row, criterion)
    return row


def _criterion(page: Page, row: int, criterion: CriterionScore) -> int:
    question = criterion.question
    severity = words.SEVERITY_WORDS.get(criterion.severity, criterion.severity)
    if severity:
        question += f" ({severity}{': failed' if criterion.critical_failed else ''})"
    counts = criterion.applicable and criterion.points is not None
    shown = list(criterion.findings[:MAX_EVIDENCE])
    time = "\n".join(words.when(finding) for finding in shown)
    put_row(
        page,
        row,
        [
            (question, "cell_bold" if criterion.critical_failed else "cell"),
            (criterion.weight, "cell_plain"),
            (criterion.points if counts else "N/A", "cell_plain"),
            (criterion.out_of, "cell_plain"),
            (words.clip(criterion.reason, 300), "cell"),
        ],
    )
    for index, finding in enumerate(shown):
        put(page, row + index, 6, words.when(finding), "cell_centre")
        put(page, row + index, 7, evidence(finding.verdict, finding.signal, finding.quote), "cell_quote")
        if index:
            for column in range(1, 6):
                put(page, row + index, column, None, "cell")
    if not time:
        put(page, row, 6, None, "cell")
        put(page, row, 7, words.NOTHING if counts else "Did not apply to this call", "cell_muted")
    return row + max(1, len(shown))


def evidence(verdict: str, signal: str, quote: str) -> str:
    """Return a finding on one line: what was heard, missing or to avoid, and the words."""
    head = f"{words.VERDICT_WORDS.get(verdict, verdict)}: {words.signal(signal).lower()}"
    return f"{head} – {words.quoted(quote, 220)}" if quote else head


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
    if card.score_before_critical is not None and card.score_before_critical != card.score:
        parts.append(f"Before the critical failure: {words.number(card.score_before_critical)}.")
    return " ".join(part for part in parts if part) or words.BAND_MEANINGS.get(card.band or "", "")


def _provenance(page: Page, row: int, card: Scorecard) -> None:
    models = ", ".join(f"{name} {digest[:8]}" for name, digest in sorted(card.origin.models.items()))
    text = (
        f"Rubric {card.rubric.name} {card.rubric.version} ({card.rubric.sha256[:12]})"
        f" · {card.origin.engine} {card.origin.version}"
        + (f" · models {models}" if models else "")
        + " · Scores support a conversation between coach and agent; they do not replace it."
    )
    put(page, row, 1, text, "small", span=len(WIDTHS))

"""Plain words and numbers for people: times, bands, signals, outcomes, names of files and sheets. Pure."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from urllib.parse import quote

from qa_scorer.records import Finding, Scorecard
from qa_scorer.rubric.vocabulary import METRICS

PASS_LINE = 85.0
"""The score from which a call passes, and so the level an agent is coached towards (the contract's bands)."""
COACH_LINE = 70.0

UNASSIGNED = "unassigned"
NOTHING = "–"
CELL_LIMIT = 32_767
"""Excel's limit of characters in a cell."""

BAND_WORDS = {"pass": "Pass", "coach": "Coach", "flag": "Flag", "review": "Review"}
BAND_MEANINGS = {
    "pass": "85 or more",
    "coach": "70 to 84",
    "flag": "under 70, or a critical failure",
    "review": "the tool is unsure: a person decides",
}
OUTCOME_WORDS = {
    "resolved": "Resolved",
    "follow_up": "Follow-up agreed",
    "unresolved": "Unresolved",
    "transferred": "Transferred",
    "unclear": "Unclear",
}
CUSTOMER_WORDS = {
    "satisfied": "satisfied",
    "neutral": "neutral",
    "dissatisfied": "dissatisfied",
    "unclear": "not clear",
}
ROLE_WORDS = {"agent": "Agent", "customer": "Customer", "other": "Other person", "unknown": "Unknown speaker"}
HOW_WORDS = {"phrase": "by phrase", "meaning": "by meaning", "structure": "by place in the call", "metric": "measured"}
SEVERITY_WORDS = {
    "non_critical": "",
    "customer": "customer critical",
    "customer_critical": "customer critical",
    "business": "business critical",
    "business_critical": "business critical",
    "compliance": "compliance critical",
    "compliance_critical": "compliance critical",
}
SIGNAL_WORDS = {
    "greeting.salutation": "Says hello",
    "greeting.brand": "Names the company",
    "greeting.name": "Gives own name",
    "greeting.offer": "Offers help",
    "rapport.name": "Uses the customer's name",
    "rapport.personal": "Personal interest",
    "rapport.appreciation": "Values the customer",
    "rapport.affirmation": "Willing, positive words",
    "empathy.feeling": "Names the feeling",
    "empathy.apology": "Apologises for the trouble",
    "empathy.ownership": "Takes ownership",
    "negative.refusal": "Refusal without an alternative",
    "negative.demand": "Blunt demand",
    "negative.blame": "Blame",
    "negative.dismissive": "Dismissive words",
    "negative.uncertain": "Doubt without a plan",
    "negative.policy": "Hides behind policy",
    "listening.paraphrase": "Restates the need",
    "listening.probe": "Asks to understand",
    "expectation.timeframe": "Says when",
    "expectation.overpromise": "Promises too much",
    "resolution.action": "Does it now",
    "resolution.nextstep": "Names the next step",
    "resolution.confirm": "Checks that it is solved",
    "hold.permission": "Asks before a hold",
    "closing.anything_else": "Offers further help",
    "closing.thanks": "Thanks the customer",
    "closing.farewell": "Says goodbye",
    "escalation.offer": "Offers an escalation",
    "talk.interruption": "Talks over the customer",
    "talk.dead_air": "Long silence without a word",
    "talk.monologue": "Long monologue",
}
OPPORTUNITY_WORDS = {
    "distress": "the customer voiced distress",
    "problem": "the customer described a failure",
    "anger": "the customer was angry",
    "refusal": "the answer was no",
    "hold": "the customer had to wait",
    "open_need": "the fix was in place but not checked",
    "supervisor": "the customer asked for a supervisor",
}

# XML 1.0 cannot carry these; Excel offers to "repair" a workbook that holds one.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
# openpyxl and Excel read _x000D_ as an escaped control character.
_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
# Bidirectional overrides can make a quote read as something else than what was said.
_BIDI = re.compile("[\u202a-\u202e\u2066-\u2069]")


UNWANTED = frozenset({"expectation.overpromise", "talk.interruption", "talk.dead_air", "talk.monologue"})
"""Signals outside the group "negative" that are better not heard."""


def clean(text: str) -> str:
    """Return ``text`` without characters a workbook or a page cannot carry, at most one cell long."""
    text = _BIDI.sub("", _FORBIDDEN.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")))
    text = _ESCAPE.sub("_\u200b", text)
    # Excel counts UTF-16 units, so an emoji counts twice.
    if len(text.encode("utf-16-le")) // 2 > CELL_LIMIT:
        text = text.encode("utf-16-le")[: (CELL_LIMIT - 1) * 2].decode("utf-16-le", "ignore") + "…"
    return text


def clip(text: str, limit: int = 320) -> str:
    """Return ``text`` on one line, shortened at a word to at most ``limit`` characters."""
    text = " ".join(clean(text).split())
    if len(text) <= limit:
        return text
    head = text[: limit - 1]
    cut = head.rfind(" ")
    return (head[:cut] if cut > limit // 2 else head).rstrip(" ,;:–-") + "…"


def quoted(text: str, limit: int = 320) -> str:
    """Return ``text`` as a quotation, or nothing when nothing was said."""
    short = clip(text, limit)
    return f"“{short}”" if short else ""


def minutes(seconds: float | None) -> str:
    """Return ``m:ss``; the dash where no time is known."""
    if seconds is None:
        return NOTHING
    whole = max(0, round(seconds))
    return f"{whole // 60}:{whole % 60:02d}"


def number(value: float | None, digits: int = 1) -> str:
    """Return a number with at most ``digits`` decimals and no trailing zeros."""
    if value is None:
        return NOTHING
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text.replace("-", "−")


def percent(share: float | None) -> str:
    """Return a share (0–1) in per cent."""
    return NOTHING if share is None else f"{share * 100:.0f} %"


def signed(value: float) -> str:
    """Return a difference with its sign."""
    return f"{value:+.1f}".replace("-", "−")


def count(n: int, one: str, many: str | None = None) -> str:
    """Return "1 call", "2 calls"."""
    return f"{n:,} {one if n == 1 else (many or one + 's')}"


def band(card_band: str | None, status: str = "scored") -> str:
    """Return the band as a word."""
    if status != "scored" or card_band is None:
        return "Not scored"
    return BAND_WORDS.get(card_band, card_band)


def signal(name: str) -> str:
    """Return a signal in plain words; unknown ones (a rubric's own) are made readable."""
    if name in SIGNAL_WORDS:
        return SIGNAL_WORDS[name]
    group, _, rest = name.partition(".")
    if group == "metric":
        return _capital(METRICS.get(rest, rest.replace("_", " ")))
    if group == "opportunity":
        return _capital(OPPORTUNITY_WORDS.get(rest, rest.replace("_", " ")))
    if group == "customer":
        return f"Customer {CUSTOMER_WORDS.get(rest, rest)}"
    if group == "outcome":
        return f"Outcome {OUTCOME_WORDS.get(rest, rest).lower()}"
    plain = _capital((rest or group).replace("_", " ").strip())
    return f"Phrase “{plain.lower()}”" if group == "compliance" and rest else plain


def verdict(verdict_name: str, signal_name: str, *, full: bool) -> tuple[str, str]:
    """Return what a finding says in a word, and the colour (a band's) it is shown in.

    ``full`` tells whether the criterion got all its points: only then is the absence of a compliance phrase good news.
    """
    group = signal_name.partition(".")[0]
    if group in ("metric", "outcome"):
        return ("Measured" if group == "metric" else "Judged"), "none"
    if group in ("opportunity", "customer"):
        return "Moment", "none"
    if verdict_name == "absent":
        unwanted = group == "negative" or signal_name in UNWANTED or (group == "compliance" and full)
        return ("None heard", "pass") if unwanted else ("Missing", "coach")
    return ("To avoid", "flag") if verdict_name == "violation" else ("Heard", "pass")


def title(section_id: str, given: str) -> str:
    """Return a section's title, made from its id where the rubric gives none."""
    return clip(given, 60) or section_id.replace("_", " ").capitalize()


def agent(name: str | None, key: str) -> str:
    """Return whom to call by, short enough for a column."""
    return "No agent named" if key == UNASSIGNED else clip(name or key, 48)


def question(text: str) -> str:
    """Return a criterion's question, short enough to stand on a form."""
    return clip(text, 220)


def when(finding: Finding) -> str:
    """Return the time of a finding; for an absence the window that was searched."""
    if finding.start is None:
        return NOTHING
    if finding.verdict == "absent" and finding.end is not None and finding.end > finding.start:
        return f"{minutes(finding.start)}–{minutes(finding.end)}"
    return minutes(finding.start)


def started(text: str | None) -> str:
    """Return the start of a call as ``2026-11-21 14:05``, as given where it is not a date."""
    if not text:
        return NOTHING
    match = re.fullmatch(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d))?.*", text.strip())
    return " ".join(filter(None, match.groups())) if match else clip(text, 40)


def agent_key(card: Scorecard) -> str:
    """Return who a call is coached with: the agent's id, else the name, else ``unassigned``."""
    return (card.call.agent_id or card.call.agent_name or "").strip() or UNASSIGNED


def file_names(keys: Iterable[str]) -> dict[str, str]:
    """Return a legal and unique file name (without ending) for each key, the same on every system and every night.

    A key that had to be changed carries a mark of its own, so that a name clash tomorrow cannot rename today's file.
    """
    names: dict[str, str] = {}
    taken: set[str] = set()
    for key in sorted(set(keys)):
        name = _file_name(key)
        if name != key or name.casefold() in taken:
            name = f"{name}-{hashlib.sha256(key.encode()).hexdigest()[:6]}"
        taken.add(name.casefold())
        names[key] = name
    return names


def sheet_name(text: str, taken: Iterable[str] = ()) -> str:
    """Return a legal sheet name of at most 31 characters that differs from those ``taken``."""
    name = re.sub(r"[\[\]:*?/\\]", "-", clip(text, 60)).strip("' ") or "Sheet"
    if name.casefold() == "history":  # reserved by Excel
        name = "History-"
    used = {other.casefold() for other in taken}
    candidate, turn = name[:31].rstrip("' "), 2
    while candidate.casefold() in used:
        mark = f" ({turn})"
        candidate, turn = name[: 31 - len(mark)].rstrip("' ") + mark, turn + 1
    return candidate


def link(*parts: str) -> str:
    """Return a relative address that works from ``file://`` and in Excel."""
    return "/".join(quote(part) if part != ".." else part for part in parts)


def _file_name(key: str) -> str:
    name = re.sub(r"[^\w.() -]+", "_", clean(key)).strip(" ._")[:80].rstrip(" .")
    reserved = re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", name)
    return (f"_{name}" if reserved else name) or "agent"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]

"""Any card, telephone or account number, however it is grouped, spoken and spread over turns, leaves nothing behind."""

from hypothesis import given, settings
from hypothesis import strategies as st

from qa_scorer.redact.lines import listen
from qa_scorer.redact.sequences import passes_luhn
from qa_scorer.redact.words import load_words
from tests.redact.test_redact import own_recognizers

WORDS = ("oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
CONFIRMATIONS = ("Yes.", "Uh-huh.", "Okay.", "Got it.", "Mm-hmm, go on.", "And then?")


def spoken(group: str, style: str) -> str:
    if style == "figures":
        return group
    if style == "spaced":
        return " ".join(group)
    if style == "zero":
        return " ".join("zero" if digit == "0" else WORDS[int(digit)] for digit in group)
    said, index = [], 0
    while index < len(group):
        double = group[index : index + 2] == group[index] * 2
        said.append(f"double {WORDS[int(group[index])]}" if double else WORDS[int(group[index])])
        index += 2 if double else 1
    return " ".join(said)


def left_over(lines: list[str]) -> str:
    """Return the digits that redaction left in a dialogue."""
    redacted = [("unknown", "", text) for text in own_recognizers(lines)]
    return "".join(run.digits for line in listen(redacted, load_words()) for run in line.runs)  # type: ignore[arg-type]


@st.composite
def cards(draw: st.DrawFn) -> str:
    start = draw(st.sampled_from(("4", "51", "37", "6011")))
    length = 15 if start == "37" else 16
    body = start + draw(st.text("0123456789", min_size=length - len(start) - 1, max_size=length - len(start) - 1))
    return next(body + check for check in "0123456789" if passes_luhn(body + check))


@st.composite
def readings(draw: st.DrawFn, number: str, sizes: tuple[int, ...] = (3, 4)) -> list[str]:
    """Read a number in groups, in one turn or several, the agent confirming or repeating in between."""
    groups, rest = [], number
    while rest:
        size = draw(st.sampled_from(sizes))
        groups, rest = [*groups, rest[:size]], rest[size:]
    if len(groups[-1]) == 1 and len(groups) > 1:  # nobody pauses before a last single digit
        groups[-2:] = [groups[-2] + groups[-1]]
    style = draw(st.sampled_from(("figures", "spaced", "zero", "double")))
    said = [spoken(group, style) for group in groups]
    how = draw(st.sampled_from(("one turn", "confirmed", "repeated")))
    if how == "one turn":
        return ["C: " + draw(st.sampled_from((" ", ", ", ". ", " um "))).join(said)]
    lines = []
    for group in said:
        lines.append(f"C: {group}")
        lines.append(f"A: {group}." if how == "repeated" else f"A: {draw(st.sampled_from(CONFIRMATIONS))}")
    return lines


@settings(max_examples=50, deadline=None, derandomize=True)
@given(data=st.data(), number=cards())
def test_cards(data: st.DataObject, number: str) -> None:
    ask = data.draw(
        st.sampled_from(("A: Can I have the card number?", "A: And how would you like to pay?", "A: Go ahead."))
    )
    assert left_over([ask, *data.draw(readings(number))]) == ""


@settings(max_examples=50, deadline=None, derandomize=True)
@given(data=st.data(), number=st.from_regex(r"[2-9][0-9]{2}[2-9][0-9]{6}", fullmatch=True))
def test_telephones(data: st.DataObject, number: str) -> None:
    ask = data.draw(st.sampled_from(("A: What's the best number to reach you?", "A: And your phone number, please?")))
    assert left_over([ask, *data.draw(readings(number))]) == ""


@settings(max_examples=50, deadline=None, derandomize=True)
@given(data=st.data(), number=st.from_regex(r"[1-9][0-9]{5,9}", fullmatch=True))
def test_account_numbers(data: st.DataObject, number: str) -> None:
    ask = data.draw(st.sampled_from(("A: Can I take your account number?", "A: What's your policy number, please?")))
    assert left_over([ask, *data.draw(readings(number, sizes=(2, 3, 4)))]) == ""


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    amount=st.integers(1, 9999),
    unit=st.sampled_from(("dollars", "minutes", "percent", "gigabytes", "days", "points", "miles")),
    asked=st.sampled_from(("A: How much was it?", "A: How long?", "A: And what do you see on the bill?")),
)
def test_quantities_stay(amount: int, unit: str, asked: str) -> None:
    line = f"C: It was {amount} {unit}, I think."
    assert own_recognizers([asked, line]) == [asked[3:], line[3:]]

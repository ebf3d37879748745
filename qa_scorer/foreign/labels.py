"""Speaker names before a colon: telling "Agent: hello" from "Here's the thing: hello"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from qa_scorer.foreign.draft import labelled_roles
from qa_scorer.records import CallInfo

_LABEL = re.compile(
    r"(?:-\s*|>>\s*)?[\[(]?(?P<label>[^\W\d_][\w .'’()&/-]{0,38}?)[\])]?\s*:\s+(?P<text>\S.*)", re.DOTALL
)
_MAX_WORDS = 4


def split_label(line: str) -> tuple[str, str]:
    """Split "Agent: hello" into label and text; without a label, return an empty one and the whole line."""
    match = _LABEL.fullmatch(line)
    if match is None or len(match["label"].split()) > _MAX_WORDS:
        return "", line
    return match["label"].strip(), match["text"].strip()


def accepted_labels(lines: Sequence[str], info: CallInfo | None = None) -> frozenset[str]:
    """Return the labels that are speakers: those that name a side, come back, or stand before most lines."""
    counts = Counter(label for label in (split_label(line)[0] for line in lines) if label)
    roles = labelled_roles(list(counts), info or CallInfo(call_id=""), {})
    sure = frozenset(label for label, count in counts.items() if roles[label] != "unknown" or count > 1)
    if len(sure) < 2 and 2 * counts.total() >= len(lines) and len(counts) <= max(2, counts.total() // 2):
        return frozenset(counts)
    return sure

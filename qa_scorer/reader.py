"""The reader: a small network that reads an agent's turn in context and tells what each of its clauses does.

A MiniLM encoder (Wang et al., 2020) fine-tuned on this project's own labelled dialogues by ``benchmarks/reader.py``. It
sees the turns before, the agent's turn and where in the call it stands, and gives every clause a probability for every
signal. It takes one turn at a time, without padding: what it says of a turn depends on nothing else in the call. Once a
call it also reads what the customer came for and how the call ended, and says how probable each ending is.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from qa_scorer.errors import ModelError
from qa_scorer.language import Call, Clause, Spoken, plain
from qa_scorer.meaning import load_tokenizer

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Array = npt.NDArray[np.float32]
Ids = npt.NDArray[np.int64]

WEIGHTS = Path(__file__).parent / "weights"
CLS, SEP = 101, 102
# Unused words of the vocabulary stand for who speaks and for where in the call the turn is.
AGENT, CUSTOMER = 11, 12
MARKS = {"agent": AGENT, "customer": CUSTOMER}
PLACES = {"first": 1, "second": 2, "middle": 3, "late": 4, "last": 5, "anywhere": 6}
ENDING = 7  # in the place of the place, before the ending of a call
BEFORE_LAST, BEFORE = 24, 48  # tokens kept of the last turn but one, and of the last
TURN = 128  # tokens of the agent's turn read at once; a longer one is read in parts
NEED, END = 40, 180  # tokens read of what the customer came for, and of the end of the call
NEED_WORDS = 4  # a customer's turn of so many words says what they came for
LATE_TURNS = 2
AVOIDED = "negative."


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the network sees at once.

    ``ids`` and ``segments`` are ``(n_tokens,)``; ``pool`` is ``(n_clauses, n_tokens)``: for every clause the weights of
    the tokens it is made of, each row adding up to 1.
    """

    ids: Ids
    segments: Ids
    pool: Array


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How probable a signal must be: for the reader ``alone`` to report it, and where a phrase was ``heard`` as well.

    One pair for all signals, since pairs of their own did worse on writers they were not fitted on
    (`benchmarks/README.md`), but ``avoided`` in place of ``alone`` for what agents should not say: few sentences are
    plainly negative, so that the reader is seldom as sure of it.
    """

    alone: float
    heard: float
    avoided: float

    def reached(self, signal: str, odds: float) -> bool:
        """Tell whether a signal is probable enough to count without a phrase."""
        return odds >= (self.avoided if signal.startswith(AVOIDED) else self.alone)


@dataclass(frozen=True, slots=True)
class Outputs:
    """What the network tells, in the order of its outputs: signals of a clause, then endings of a call."""

    signals: tuple[str, ...]
    endings: tuple[str, ...]

    def of_clause(self, row: Sequence[float]) -> dict[str, float]:
        """Name the part of an output row that is about a clause."""
        return dict(zip(self.signals, row[: len(self.signals)], strict=True))

    def of_ending(self, row: Sequence[float]) -> dict[str, float]:
        """Name the part of an output row that is about the end of a call."""
        return dict(zip(self.endings, row[len(self.signals) :], strict=True))


@dataclass(frozen=True, slots=True)
class Reader:
    """A loaded network, what its outputs are, and the bar its signals must reach."""

    session: InferenceSession
    tokenizer: Tokenizer
    outputs: Outputs
    bar: Bar

    def read(self, call: Call, turn: Spoken) -> list[dict[str, float]]:
        """Return for each clause of an agent's turn the probability of every signal."""
        said: list[dict[str, float]] = [{} for _ in turn.clauses]
        for numbers, page in pages(call, turn, self.tokenizer):
            for number, row in zip(numbers, self._run(page).tolist(), strict=True):
                said[number] = self.outputs.of_clause(row)
        return said

    def read_ending(self, call: Call) -> dict[str, float]:
        """Return the probability of every ending (``outcome.resolved`` …), each judged by itself."""
        (row,) = self._run(ending(call, self.tokenizer)).tolist()
        return self.outputs.of_ending(row)

    def _run(self, page: Page) -> Array:
        feeds = {"ids": page.ids[None], "segments": page.segments[None], "pool": page.pool[None]}
        return np.asarray(self.session.run(None, feeds)[0])


@lru_cache(maxsize=2)
def load_reader(models_dir: Path, threads: int = 0) -> Reader:
    """Load the network that ships with the package, once per process. Raises ``ModelError`` where it is damaged."""
    weights = WEIGHTS / "reader.onnx"
    if hashlib.sha256(weights.read_bytes()).hexdigest() != weights_hash():
        raise ModelError(f"{weights} is damaged; install qa-scorer again.")
    outputs, bar = shipped()
    return open_reader(weights, outputs, bar, models_dir, threads)


def shipped() -> tuple[Outputs, Bar]:
    """Return what the shipped weights tell, and the bar that was set for them."""
    about = _about()
    bar = Bar(alone=about["alone"], heard=about["heard"], avoided=about["avoided"])
    return Outputs(tuple(about["signals"]), tuple(about["endings"])), bar


def weights_hash() -> str:
    """Return the sha256 that the shipped weights have."""
    return str(_about()["sha256"])


def _about() -> dict[str, Any]:
    return tomllib.loads((WEIGHTS / "reader.toml").read_text(encoding="utf-8"))


def open_reader(weights: Path, outputs: Outputs, bar: Bar, models_dir: Path, threads: int = 0) -> Reader:
    """Open weights that give ``outputs``."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(weights, sess_options=options, providers=["CPUExecutionProvider"])
    return Reader(session=session, tokenizer=load_tokenizer(models_dir), outputs=outputs, bar=bar)


def pages(call: Call, turn: Spoken, tokenizer: Tokenizer, place: str = "") -> list[tuple[range, Page]]:
    """Lay out an agent's turn for the network: one page, or several where the turn is long, each for some clauses."""
    lead = [CLS, PLACES[place or placed(call, turn)]]
    heard = call.turns[max(0, turn.index - 2) : turn.index]
    for before, size in zip(heard, (BEFORE_LAST, BEFORE)[2 - len(heard) :], strict=True):
        who = CUSTOMER if before.role == "customer" else AGENT
        lead += [who, *tokenizer.encode(plain(before.turn.text), add_special_tokens=False).ids[-size:], SEP]
    encoded = tokenizer.encode(plain(turn.turn.text), add_special_tokens=False)
    laid = []
    for numbers, first, last in _parts(turn.clauses, encoded.offsets):
        ids = [*lead, AGENT, *encoded.ids[first:last], SEP]
        shift = len(lead) + 1 - first
        pool = np.zeros((len(numbers), len(ids)), np.float32)
        for row, number in zip(pool, numbers, strict=True):
            inside = [k + shift for k in range(first, last) if _within(encoded.offsets[k], turn.clauses[number])]
            row[inside or [0]] = 1.0
        segments = [0] * len(lead) + [1] * (len(ids) - len(lead))
        pool /= pool.sum(axis=1, keepdims=True)
        laid.append((numbers, Page(ids=np.array(ids, np.int64), segments=np.array(segments, np.int64), pool=pool)))
    return laid


def ending(call: Call, tokenizer: Tokenizer) -> Page:
    """Lay out what the customer came for and the end of the call, as one page with one clause that is all of it."""
    said: list[int] = []
    for turn in reversed(call.turns):
        if turn.role not in MARKS:
            continue
        said = [MARKS[turn.role], *tokenizer.encode(plain(turn.turn.text), add_special_tokens=False).ids, SEP, *said]
        if len(said) >= END:
            break
    need = next((turn for turn in call.by("customer") if turn.n_words >= NEED_WORDS), None)
    told = tokenizer.encode(plain(need.turn.text), add_special_tokens=False).ids[:NEED] if need else []
    lead = [CLS, ENDING, CUSTOMER, *told, SEP]
    ids = [*lead, *said[-END:]]
    return Page(
        ids=np.array(ids, np.int64),
        segments=np.array([0] * len(lead) + [1] * (len(ids) - len(lead)), np.int64),
        pool=np.full((1, len(ids)), 1 / len(ids), np.float32),
    )


def placed(call: Call, turn: Spoken) -> str:
    """Tell where in the call an agent's turn stands."""
    if turn.nth < 2:
        return ("first", "second")[turn.nth]
    left = len(call.by("agent")) - 1 - turn.nth
    return "last" if left == 0 else "late" if left <= LATE_TURNS else "middle"


def _within(offsets: tuple[int, int], clause: Clause) -> bool:
    return offsets[0] >= clause.starts[0] and offsets[1] <= clause.ends[-1]


def _parts(clauses: Sequence[Clause], offsets: Sequence[tuple[int, int]]) -> list[tuple[range, int, int]]:
    """Cut a turn between clauses into parts of at most ``TURN`` tokens; return each one's clauses and tokens.

    A clause longer than that loses its end.
    """
    parts: list[tuple[range, int, int]] = []
    for number, clause in enumerate(clauses):
        last = max((k + 1 for k, place in enumerate(offsets) if _within(place, clause)), default=0)
        if not parts:
            parts.append((range(number, number + 1), 0, min(last, TURN)))
        elif last - parts[-1][1] <= TURN:
            before, first, end = parts[-1]
            parts[-1] = (range(before.start, number + 1), first, max(last, end))
        else:
            first = parts[-1][2]
            parts.append((range(number, number + 1), first, min(last, first + TURN)))
    return parts

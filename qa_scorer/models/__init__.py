"""Model weights: a catalogue with hashes, and a folder in which nothing unverified is ever used."""

from qa_scorer.models.catalogue import Model, catalogue, find
from qa_scorer.models.pull import pull
from qa_scorer.models.store import FileCheck, State, check, hashes, resolve, state

__all__ = ["FileCheck", "Model", "State", "catalogue", "check", "find", "hashes", "pull", "resolve", "state"]

"""Model weights: a catalogue with hashes, and a folder in which nothing unverified is ever used."""

from qa_scorer.models.catalogue import Model, find, known_models
from qa_scorer.models.install import pull
from qa_scorer.models.store import FileCheck, State, check, hashes, resolve, state

__all__ = ["FileCheck", "Model", "State", "check", "find", "hashes", "known_models", "pull", "resolve", "state"]

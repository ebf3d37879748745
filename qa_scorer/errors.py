"""The errors a user can meet. Each message is one sentence: what, where, and how to mend it."""

from __future__ import annotations

EXIT_OK = 0
EXIT_SOME_FAILED = 1
EXIT_USAGE = 2
EXIT_INTERRUPTED = 130


class QaScorerError(Exception):
    """Base of every error that is the user's to mend; the command line prints it and exits with ``exit_code``."""

    exit_code = EXIT_USAGE


class UsageError(QaScorerError):
    """A path, option, manifest or setting that cannot be used as given."""


class RubricError(QaScorerError):
    """A rubric that cannot be loaded; names file, line and key."""


class PackError(QaScorerError):
    """A language pack (phrases and examples of a check) that cannot be loaded; names file, line and key."""


class ModelError(QaScorerError):
    """Weights that are missing, unverified or cannot be fetched; names the command that mends it."""


class CallError(QaScorerError):
    """One recording or transcript that cannot be used; fails that call and never the night."""

    exit_code = EXIT_SOME_FAILED


class AudioError(CallError):
    """A recording that cannot be decoded or holds nothing to hear."""


class WorkerDied(CallError):
    """The process that worked on a call is gone: out of memory, a crash in a decoder, a lost machine."""

"""What a set of calls must give, compared with what it gave: the tool's check in continuous integration."""

from qa_scorer.verification.comparison import Check, Result, verify
from qa_scorer.verification.expectations import Expectation, load_expectations
from qa_scorer.verification.proposal import proposal
from qa_scorer.verification.reporting import junit_xml, table
from qa_scorer.verification.wording import word_error_rate

__all__ = [
    "Check",
    "Expectation",
    "Result",
    "junit_xml",
    "load_expectations",
    "proposal",
    "table",
    "verify",
    "word_error_rate",
]

"""Calibration: people score calls without seeing the tool's score, and the figures say how far all of them agree."""

from qa_scorer.calibration.comparison import Report, compare
from qa_scorer.calibration.ratings import Rating, add_ratings, choose_calls, read_ratings

__all__ = ["Rating", "Report", "add_ratings", "choose_calls", "compare", "read_ratings"]

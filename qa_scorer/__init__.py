"""Score recorded service calls against a rubric, on your own machine."""

__version__ = "0.1.0"

"""Rubrics: what a form asks and what each answer is worth, read from TOML."""

from qa_scorer.rubric.advice import warnings
from qa_scorer.rubric.json_schema import json_schema
from qa_scorer.rubric.loading import Loaded, Place, dotted, find_rubric, load_rubric, load_with_places, sentence
from qa_scorer.rubric.messages import problems_of
from qa_scorer.rubric.positions import key_lines
from qa_scorer.rubric.rules import Problem, errors, nearest
from qa_scorer.rubric.schema import AppliesWhen, Criterion, Rubric, Section, Window
from qa_scorer.rubric.vocabulary import CHECKS, COMPLIANCE, SIGNALS

__all__ = [
    "CHECKS",
    "COMPLIANCE",
    "SIGNALS",
    "AppliesWhen",
    "Criterion",
    "Loaded",
    "Place",
    "Problem",
    "Rubric",
    "Section",
    "Window",
    "dotted",
    "errors",
    "find_rubric",
    "json_schema",
    "key_lines",
    "load_rubric",
    "load_with_places",
    "nearest",
    "problems_of",
    "sentence",
    "warnings",
]

"""Rubrics: what a form asks and what each answer is worth, read from TOML."""

from qa_scorer.rubric.advice import warnings
from qa_scorer.rubric.json_schema import json_schema
from qa_scorer.rubric.loading import Loaded, Place, find_rubric, load_rubric, load_with_places, sentence
from qa_scorer.rubric.rules import Problem, errors
from qa_scorer.rubric.schema import AppliesWhen, Criterion, Rubric, Section, Window

__all__ = [
    "AppliesWhen",
    "Criterion",
    "Loaded",
    "Place",
    "Problem",
    "Rubric",
    "Section",
    "Window",
    "errors",
    "find_rubric",
    "json_schema",
    "load_rubric",
    "load_with_places",
    "sentence",
    "warnings",
]

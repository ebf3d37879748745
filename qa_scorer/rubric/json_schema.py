"""JSON Schemas of what this tool reads and writes, for editors and for those who build on the files."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import TypeAdapter

from qa_scorer.records import Scorecard, Transcript
from qa_scorer.rubric.schema import Rubric

DIALECT = "https://json-schema.org/draft/2020-12/schema"
What = Literal["rubric", "transcript", "scorecard"]


def json_schema(what: What) -> dict[str, Any]:
    """Return the JSON Schema of a rubric (as written in TOML), a transcript or a scorecard."""
    if what == "rubric":
        schema = Rubric.model_json_schema(by_alias=True)
        # What an extended rubric gives need not be said again.
        del schema["required"]
        schema["anyOf"] = [{"required": ["extends"]}, {"required": ["name", "version", "sections"]}]
        schema["$defs"]["Criterion"].pop("required")
        schema["$defs"]["Section"].pop("required")
    else:
        schema = TypeAdapter({"transcript": Transcript, "scorecard": Scorecard}[what]).json_schema()
    return {"$schema": DIALECT, **schema}

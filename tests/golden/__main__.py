"""Write the golden pages again; given a folder of results, take the evidence anew first."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from pydantic import TypeAdapter

from qa_scorer import checks, language, store
from qa_scorer.records import Analysis, Transcript
from qa_scorer.rubric import load_rubric
from qa_scorer.settings import Settings
from tests.golden import CALLS, FOLDER, RUBRICS, page


def main(arguments: list[str]) -> None:
    for call_id in CALLS:
        if arguments:
            _take_evidence(store.read_transcript(store.transcript_path(Path(arguments[0]), call_id)))
        (FOLDER / f"{call_id}.txt").write_text(page(call_id), encoding="utf-8")


def _take_evidence(transcript: Transcript) -> None:
    settings = Settings()
    rules = {rule.signal: rule for name in RUBRICS for rule in load_rubric(name).phrase_rules}
    analysis = checks.analyse(language.read(transcript, settings), tuple(rules.values()))
    # Word times have served their purpose: scoring reads turns, facts and findings.
    bare = replace(transcript, turns=tuple(replace(turn, words=()) for turn in transcript.turns))
    value = {
        "transcript": TypeAdapter(Transcript).dump_python(bare, mode="json"),
        "analysis": TypeAdapter(Analysis).dump_python(analysis, mode="json"),
    }
    store.write_json(FOLDER / f"{transcript.call.call_id}.json", value)


if __name__ == "__main__":
    main(sys.argv[1:])

"""Another engine's transcript gets what it lacks: roles from the words, facts from the times."""

from pathlib import Path

from qa_scorer.adoption import adopt
from qa_scorer.records import CallInfo
from qa_scorer.settings import Settings

SRT = """1
00:00:01,000 --> 00:00:05,000
SPEAKER_01: Thank you for calling Northwind Energy, my name is Dana, how may I help you today?

2
00:00:05,500 --> 00:00:09,000
SPEAKER_00: Hi, I'm calling because my bill is twice as high as last month.

3
00:00:10,000 --> 00:00:13,000
SPEAKER_01: I'm sorry to hear that. May I have your account number, please?

4
00:00:20,000 --> 00:00:23,000
SPEAKER_00: Sure, I have my bill right here.
"""


def write(folder: Path) -> Path:
    path = folder / "a.srt"
    path.write_text(SRT)
    return path


def test_roles_come_from_the_words_whoever_speaks_first(tmp_path: Path) -> None:
    adopted = adopt(write(tmp_path), CallInfo(call_id="a"), Settings())
    assert [turn.role for turn in adopted.turns] == ["agent", "customer", "agent", "customer"]
    assert adopted.role_confidence is not None
    assert adopted.role_confidence > 0.9


def test_roles_the_settings_name_are_taken_as_they_are(tmp_path: Path) -> None:
    named = Settings(roles={"SPEAKER_00": "agent", "SPEAKER_01": "customer"})
    adopted = adopt(write(tmp_path), CallInfo(call_id="a"), named)
    assert [turn.role for turn in adopted.turns] == ["customer", "agent", "customer", "agent"]


def test_facts_are_counted_where_there_are_times(tmp_path: Path) -> None:
    facts = adopt(write(tmp_path), CallInfo(call_id="a"), Settings()).facts
    assert facts.agent_talk_share is not None
    assert 0.4 < facts.agent_talk_share < 0.6
    assert [(round(span.start), round(span.end)) for span in facts.silences] == [(13, 20)]

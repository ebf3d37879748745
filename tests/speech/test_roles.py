import json
from pathlib import Path

import pytest

from qa_scorer.records import CallInfo
from qa_scorer.speech.roles import agent_evidence, assign_roles

INFO = CallInfo(call_id="c1")
SHARED = Path(__file__).parents[3] / "shared" / "labelled" / "dev.jsonl"

# Calls as recognition gives them; the agent's side first, whoever speaks first in the call.
CALLS = {
    "inbound": (
        ["Thank you for calling, how can I help you?", "Can I have your account number please?", "Anything else?"],
        ["Hi, I'm calling because my internet is not working.", "It's four four two one.", "No, thank you."],
    ),
    "no greeting, curt": (
        ["Yes?", "Order number.", "It's delayed. You have to wait.", "I can't see anything, it's our warehouse."],
        ["Hello? I ordered a lamp two weeks ago and it never came.", "Nine nine three.", "That's not good enough."],
    ),
    "outbound": (
        ["Hello, is this Mister Brown?", "My name is Sam, I'm calling from Sunrise Solar about your enquiry.",
         "Would you like me to send you an offer?"],
        ["Yes, who is this?", "I'm not sure I need it.", "How much is it?"],
    ),
    "angry": (
        ["I'm so sorry to hear that.", "Let me check that for you.", "I'll refund the money today, I apologize."],
        ["You people took my money twice!", "I want to speak to a manager.", "I've been on hold for an hour."],
    ),
    "technical": (
        ["Okay, can you please unplug the router and tell me what you see?", "Now go to settings and click network.",
         "Is it working now?"],
        ["It's red.", "It says no connection. I can't get it to work.", "Yes, that works."],
    ),
    "who greets is not who calls": (
        ["Front desk, good evening.", "May I ask what name the reservation is under?", "We have your room ready."],
        ["Good evening, I'd like to change my booking.", "Miller.", "Great, thanks."],
    ),
}  # fmt: skip


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("agent_first", [True, False])
def test_roles_from_words_alone(call: str, agent_first: bool) -> None:
    agent, customer = CALLS[call]
    said = {"a": agent, "b": customer} if agent_first else {"b": customer, "a": agent}
    roles = assign_roles(said, INFO, (), 0.7)
    assert roles.of == {"a": "agent", "b": "customer"}
    assert roles.confidence is not None
    assert roles.confidence >= 0.7


def test_without_evidence_roles_are_unknown() -> None:
    roles = assign_roles({"a": ["Hello.", "Nice weather."], "b": ["Yes, sunny."]}, INFO, (), 0.7)
    assert roles.of == {"a": "unknown", "b": "unknown"}
    assert roles.confidence == pytest.approx(0.5, abs=0.1)


def test_the_channel_in_the_metadata_decides() -> None:
    roles = assign_roles({"left": ["Yes.", "No."], "right": ["Hm.", "Fine."]}, INFO, (), 0.7, agent="right")
    assert roles.of == {"left": "customer", "right": "agent"}
    assert roles.confidence is not None
    assert roles.confidence > 0.99


def test_metadata_that_the_words_contradict_loudly_is_not_believed() -> None:
    agent, customer = CALLS["inbound"]
    roles = assign_roles({"left": agent, "right": customer}, INFO, (), 0.7, agent="right")
    assert set(roles.of.values()) == {"unknown"}


def test_the_agents_name_tells() -> None:
    info = CallInfo(call_id="c1", agent_name="Dana Smith")
    said = {"a": ["Hello, this is Dana."], "b": ["Hi Dana."]}
    assert assign_roles(said, info, (), 0.7).of == {"a": "agent", "b": "customer"}


def test_the_brand_in_the_opening_tells() -> None:
    said = {"a": ["Acme, good morning."], "b": ["Morning."]}
    assert assign_roles(said, INFO, ("Acme",), 0.7).of == {"a": "agent", "b": "customer"}


def test_a_supervisor_speaks_for_the_company() -> None:
    agent, customer = CALLS["angry"]
    said = {
        "a": ["Thank you for calling, how can I help?", *agent, "I'll put you through to my supervisor."],
        "b": customer,
        "c": ["This is the supervisor. I'm sorry to hear that. Let me check your account.", "I'll refund that today."],
    }
    assert assign_roles(said, INFO, (), 0.7).of == {"a": "agent", "b": "customer", "c": "agent"}


def test_a_third_voice_without_evidence_is_other() -> None:
    agent, customer = CALLS["inbound"]
    assert assign_roles({"a": agent, "b": customer, "c": ["Okay."]}, INFO, (), 0.7).of["c"] == "other"


def test_one_speaker() -> None:
    voicemail = ["Hello, this is Sam, I'm calling from Sunrise Solar about your offer. Have a great day."]
    assert assign_roles({"mono": voicemail}, INFO, (), 0.7).of == {"mono": "agent"}
    assert assign_roles({"mono": ["Hello? Hello?"]}, INFO, (), 0.7).of == {"mono": "unknown"}
    assert assign_roles({}, INFO, (), 0.7).confidence is None


def test_evidence_has_a_sign() -> None:
    assert agent_evidence(["How can I help you?"], INFO, ()) > 1
    assert agent_evidence(["I'm calling because my card was stolen."], INFO, ()) < -1


@pytest.mark.skipif(not SHARED.exists(), reason="the labelled calls are not here")
def test_labelled_calls() -> None:
    calls = [json.loads(line) for line in SHARED.read_text(encoding="utf-8").splitlines()]
    right = 0
    for call in calls:
        said: dict[str, list[str]] = {"x": [], "y": []}
        for turn in call["turns"]:
            said["x" if turn["role"] == "agent" else "y"].append(turn["text"])
        right += assign_roles(said, INFO, (), 0.7).of == {"x": "agent", "y": "customer"}
    assert right / len(calls) >= 0.98

"""What a good trainer says about each behaviour: why it matters to the customer, and how to practise it.

Used where the rubric's own coaching text leaves a gap. Keys are signals or their groups; the longest match counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Guidance:
    """Impact of missing the behaviour on the customer, and a short exercise."""

    impact: str
    practice: str


_GENERAL = Guidance(
    impact="The customer has to do more of the work in the call, and is less sure that it will turn out well.",
    practice="Listen to the moment together, say it again in your own words three times, and use it in the "
    "next five calls.",
)

GUIDANCE: Mapping[str, Guidance] = {
    "greeting": Guidance(
        impact="In the first seconds the customer does not know whether this is the right place or who is "
        "helping, and starts the call on guard.",
        practice="Write your opening on a card: hello, company, your name, an offer to help. Say it aloud five "
        "times at the pace of a conversation, then use it in the next five calls.",
    ),
    "rapport": Guidance(
        impact="The customer feels handled as a case rather than helped as a person, and has less patience when "
        "something takes time.",
        practice="In the next five calls, use the customer's name once where it fits, and answer one request with "
        "a willing sentence such as “I'd be happy to”.",
    ),
    "empathy": Guidance(
        impact="A customer whose feeling is passed over repeats it, louder: the call gets longer and the "
        "solution counts for less.",
        practice="Role play, five minutes: the coach reads the customer's sentence, you answer with the feeling "
        "and what you will do about it, before any question. Three customers, three different wordings.",
    ),
    "empathy.ownership": Guidance(
        impact="The customer does not know who is going to fix it and prepares to have to call again.",
        practice="Finish this sentence in three ways for your commonest call: “Let me … for you, and I'll …”.",
    ),
    "negative": Guidance(
        impact="The customer hears a door closing: attention goes to the “no” and away from what can be done.",
        practice="Write down three sentences you had to say this week that began with “we can't” or “you have to”, "
        "and turn each into what you can do. Read them aloud to your coach.",
    ),
    "negative.demand": Guidance(
        impact="The customer hears an order and a reproach, and argues about that instead of the problem.",
        practice="Turn “you have to” into “the quickest way is …” or “could you … so that I can …”, with three "
        "examples from your own calls.",
    ),
    "negative.blame": Guidance(
        impact="Blame makes the customer defend themselves, or trust the company less; neither brings the fix closer.",
        practice="Tell the story of the fault in one sentence without a person in it: what happened, what happens "
        "next. Three examples.",
    ),
    "negative.dismissive": Guidance(
        impact="The customer feels small and not believed. This is the moment a caller asks for a supervisor or "
        "leaves.",
        practice="Listen to the moment together without comment. Then role play it twice: first slow down, then "
        "answer the feeling before the fact.",
    ),
    "negative.uncertain": Guidance(
        impact="The customer is left in doubt, does not know what will happen next, and calls again to find out.",
        practice="Practise the pair “I'm not sure yet – let me find out, and I'll …” with three questions you "
        "could not answer at once this week.",
    ),
    "listening": Guidance(
        impact="Without hearing the need said back, the customer cannot tell whether it was understood, and a "
        "wrong turn shows only at the end.",
        practice="In the next five calls, say the need back in one sentence before you start: “So … – is that right?”.",
    ),
    "expectation.overpromise": Guidance(
        impact="A promise nobody can keep buys a calm minute now and an angry call later.",
        practice="Say what you will do and by when, instead of what will never happen again. Three examples from "
        "your calls.",
    ),
    "expectation": Guidance(
        impact="Not knowing when something happens is what makes customers call a second time.",
        practice="Close each promise with a day or a time: “by …”, “within …”. Collect five from your next calls.",
    ),
    "resolution": Guidance(
        impact="The customer hangs up without knowing that it is solved or what happens next, and has to call again.",
        practice="End the next five calls with three short sentences: what is done, what happens next and when, "
        "and “is it working for you now?”.",
    ),
    "hold": Guidance(
        impact="Silence without a warning feels like being forgotten, and a minute of it like five.",
        practice="Practise: ask, give a reason and a time, wait for the yes, and thank the customer when you are back.",
    ),
    "closing": Guidance(
        impact="The end is what customers remember best; when it is abrupt, a good call feels unfinished.",
        practice="Write your closing on a card: anything else, thanks, goodbye. Use it in the next five calls.",
    ),
    "escalation": Guidance(
        impact="A customer who asks for somebody else and is not heard starts a complaint about the call itself.",
        practice="Role play: “I'd like to speak to your supervisor”. Answer with a yes, and with what you can do "
        "while they wait.",
    ),
    "compliance": Guidance(
        impact="This protects the customer and the company; when it is missed, the call does not stand up to an audit.",
        practice="Read the required wording aloud twice before the shift, and tick it off in the next five calls.",
    ),
    "talk.dead_air": Guidance(
        impact="On the telephone silence cannot be told from being forgotten: the customer waits for a sign, and asks "
        "whether anybody is still there.",
        practice="Think aloud while you work, a sentence every ten seconds: “I'm opening your account, now I'm "
        "looking at …”. Try it on your next five calls, and announce a hold when it takes longer.",
    ),
    "talk.monologue": Guidance(
        impact="After a minute the customer keeps one thing of ten, and cannot say which one was not clear.",
        practice="Cut your longest explanation into three parts, and end each with a question the customer has to "
        "answer with more than a yes. Use it in the next five calls.",
    ),
    "talk": Guidance(
        impact="When one side talks over the other or the line goes quiet, the customer stops telling what matters.",
        practice="In the next five calls, count to two after the customer stops before you speak, and say what you "
        "are doing whenever it goes quiet.",
    ),
}

_ALIASES: Mapping[str, str] = {
    "opening": "greeting",
    "negative_phrasing": "negative",
    "language": "negative",
    "expectations": "expectation",
    "hold_etiquette": "hold",
    "talk_behaviour": "talk",
    "interrupt": "talk",
    "silence": "talk",
    "dead_air": "talk",
    "monologue": "talk",
    "overtalk": "talk",
    "pace": "talk",
    "ownership": "empathy.ownership",
    "timeframe": "expectation",
    "overpromise": "expectation.overpromise",
    "identity": "compliance",
    "disclosure": "compliance",
    "outcome": "resolution",
    "next_step": "resolution",
}

# Which customer moments ask for which behaviours.
MOMENTS: Mapping[str, tuple[str, ...]] = {
    "empathy": ("distress", "problem", "anger"),
    "negative": ("refusal",),
    "hold": ("hold",),
    "resolution": ("open_need",),
    "escalation": ("supervisor",),
}


def topic(names: Iterable[str]) -> str:
    """Return the key of ``GUIDANCE`` that fits best: ``names`` are signals first, then ids of criterion and section."""
    for name in names:
        if name in GUIDANCE:
            return name
        group = name.partition(".")[0]
        if group in GUIDANCE:
            return group
        for word, key in (*_ALIASES.items(), *((key, key) for key in GUIDANCE)):
            if word in name:
                return key
    return ""


def guidance(key: str) -> Guidance:
    """Return what to say about a topic; general words where nothing special is known."""
    return GUIDANCE.get(key, _GENERAL)

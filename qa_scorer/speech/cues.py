"""What only one side of a service call says: the evidence `roles` weighs, as a table to read and extend.

A weight is the log-odds one occurrence adds, positive for the agent, negative for the customer. The weights are
rounded by hand: 3 where hardly anyone else says it, 1 where it leans, 0.5 where it only helps. ``most`` is how often
a cue counts in one call, so that habit does not outweigh meaning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """A pattern over lower-case text, its weight, and how often it counts at most."""

    pattern: re.Pattern[str]
    weight: float
    most: int = 1


def _cue(weight: float, pattern: str, most: int = 1) -> Cue:
    return Cue(re.compile(rf"\b(?:{pattern})", re.IGNORECASE), weight, most)


_MINE = (
    r"account|bill|billing|order|card|phone|number|car|vehicle|internet|service|wife|husband|son|daughter"
    r"|mother|father|policy"
    r"|claim|password|flight|booking|reservation|appointment|package|delivery|money|bank|house|apartment"
    r"|boss|job|daughter"
    r"|laptop|computer|printer|router|modem|tv|plan|subscription|payment|refund|invoice|insurance"
    r"|prescription|address|warranty"
)
_YOURS = (
    r"account|order|card|policy|bill|statement|file|profile|payment|subscription|plan|request|case|ticket"
    r"|claim|booking"
    r"|reservation|appointment|details|information|records|device|refund|warranty|invoice|concern|issue"
)

CUES: tuple[Cue, ...] = (
    # The agent opens, offers and closes.
    _cue(3.0, r"(?:thank you|thanks) (?:so much |very much )?for (?:calling|contacting|choosing"
              r"|reaching out)(?! me| back)"),
    _cue(3.0, r"how (?:can|may|could|might) (?:i|we) (?:be of (?:help|assistance|service)|help|assist)"),
    _cue(2.0, r"what (?:can|may) i (?:do|help|assist)"),
    _cue(2.5, r"(?:anything|something) else (?:that )?(?:i|we) (?:can|could|may)"),
    _cue(1.0, r"(?:is|was) there anything else\b(?! you need)"),
    _cue(1.5, r"(?:i'll|i will|i'm going to|i'd) be (?:helping|assisting|happy to|glad to|able to (?:help|assist))"),
    _cue(1.5, r"(?:happy|glad|pleased) to (?:help|assist)|i can (?:certainly |definitely )?(?:help"
              r"|assist) you|help you with that"),
    _cue(1.0, r"have a (?:great|nice|good|wonderful|lovely|pleasant) (?:day|evening|night|weekend|one|rest)"),
    _cue(0.7, r"(?:thank you|thanks) for (?:your patience|holding|waiting|your business|bringing"
              r"|letting (?:me|us) know|confirming|that information)"),
    # The agent asks who is calling.
    _cue(1.5, r"(?:can|could|may|might|would) (?:i|you) (?:please |just )?(?:have|get|verify|confirm"
              r"|provide|spell|tell me|give me|ask)"
              r"[^.?!]{0,30}\b(?:your|the) (?:[\w']+ ){0,4}(?:name|number|account|address|e-?mail|birth"
              r"|digits|code|zip|details|id)", 4),
    _cue(1.5, r"(?:what is|what's|what was) your (?:[\w']+ ){0,3}(?:name|number|address|e-?mail"
              r"|date of birth|zip|order|account)", 3),
    _cue(2.0, r"for (?:security|verification|quality|your (?:security|protection))|(?:call|line) (?:is"
              r"|may be|might be) (?:being )?recorded"),
    _cue(1.0, r"(?:verify|confirm) (?:some|a few|your|that|the)|who am i (?:speaking|talking)"
              r"|(?:do i have|am i speaking)", 3),
    # The agent works for the company and on its systems.
    _cue(1.2, r"(?:i|we) (?:can |do |do indeed )?see (?:here|that|in (?:our|the)|on (?:our|the|your)"
              r"|your)|i have (?:your|pulled|found|located)", 3),
    _cue(1.0, r"let me (?:just |quickly |go ahead and )?(?:check|look|pull|see|find|take a look|verify"
              r"|transfer|get|bring|review|place|put)", 4),
    _cue(1.5, r"(?:place|put) you (?:on|through)|transfer you|connect you|bear with me|hold (?:the line"
              r"|for a)|one moment(?: please)?", 3),
    _cue(0.6, r"our (?:system|records|policy|policies|team|technician|technicians|office|store|customers"
              r"|department|specialist|supervisor"
              r"|website|database|records?|end|representatives?|warehouse|company|service|current|loyalty"
              r"|\w+ program)", 4),
    _cue(0.5, r"your (?:[\w']+ )?(?:" + _YOURS + r")\b", 6),
    _cue(0.6, r"(?:we|i) (?:apologi[sz]e|do apologi[sz]e)|sorry (?:to hear|about that|for (?:the|any"
              r"|that))|(?:i )?understand (?:your|how|that you)", 3),
    _cue(0.6, r"(?:we|i)(?:'ll| will| can| could|'d)? (?:send|email|refund|credit|schedule|waive|process"
              r"|issue|offer|arrange|set up|book|escalate|submit) (?:you|your|that|this|it|the|an?)\b", 4),
    _cue(0.7, r"you(?:'re| are) (?:very |most |more than |so )?welcome|my pleasure"),
    _cue(0.4, r"(?:sir|ma'am|madam)\b", 3),
    _cue(0.5, r"(?:please|you can|you'll need to|go ahead and|i need you to) (?:click|press|restart"
              r"|unplug|open|log|go to|type|enter|select)", 4),
    _cue(0.5, r"would you (?:like|prefer)(?: me| us)? |are you (?:calling|able|seeing|having)"
              r"|when did you|have you tried|did you try", 4),
    # The agent calls out.
    _cue(2.0, r"(?:i'm|i am|this is) [\w' ]{0,30}calling (?:you )?(?:from|on behalf)|(?:i'm"
              r"|i am) calling (?:you )?(?:regarding|about) your"),
    _cue(1.5, r"(?:is this|am i speaking (?:with|to)|may i speak (?:with|to)|can i speak (?:with"
              r"|to)) (?!a |an |your |someone|some|the )\w+"),
    # The customer brings the matter.
    _cue(-2.5, r"(?:i'm|i am|i was|i've been|i'm just|just) calling (?:in |today )?(?:because"
              r"|about (?!your)|to |for|in|since|regarding (?!your))"),
    _cue(-2.0, r"i (?:just |recently |only )?(?:bought|purchased|ordered|received|got (?:a|an|my|this"
              r"|charged)|was charged|signed up|paid)", 2),
    _cue(-1.5, r"i(?:'ve| have) been (?:waiting|on hold|trying|a customer|with you|charged|told|calling"
              r"|having|thinking|on the phone)", 2),
    _cue(-0.8, r"my (?:[\w']+ )?(?:" + _MINE + r")\b", 5),
    _cue(-1.0, r"i(?:'m| am) (?:having|trying|looking|interested|wondering|not able|unable|locked"
              r"|very upset|so (?:upset|frustrated))", 3),
    _cue(-1.0, r"i (?:want|need|would like|wanted|was wondering|was hoping|can't|cannot|couldn't"
              r"|don't understand|never)\b|i'd like", 4),
    _cue(-1.2, r"(?:can|could|would|will) you (?:please |just )?(?:help|tell me (?:more|what|why|if|how"
              r"|when|about)|explain|check (?:on|my|if|why)"
               r"|fix|cancel|send me|give me (?:a|my|some|an)|waive|refund|transfer me|put me|do (?:that"
              r"|something))", 3),
    _cue(-2.0, r"(?:speak|talk) (?:to|with) (?:a|an|your|the|someone|somebody|my) ?(?:manager|supervisor"
              r"|person|human|representative|real|else|higher|agent)?\b"),
    _cue(-2.0, r"(?:thank you|thanks) (?:so much |very much |again |a lot )*for (?:your|all your|the"
              r"|all the|all of your) (?:help|assistance|time)"),
    _cue(-1.5, r"you(?:'ve| have) been (?:very |so |really |extremely |a )?(?:great|helpful|wonderful"
              r"|big help)|appreciate (?:your|all your) help"),
    _cue(-1.0, r"you guys|your company|you people", 3),
    _cue(-0.8, r"(?:that|it) (?:sounds|would be|works|'s) (?:good|great|perfect|fine|helpful)|that works"
              r"|sounds (?:good|great)", 3),
    _cue(-0.8, r"how (?:long|much|soon|do i|can i(?! (?:help|assist))|would i|will i)|what (?:do i"
              r"|should i|can i do|are my options)|when (?:will|can) (?:i|it|my)", 3),
    _cue(-0.8, r"it(?:'s| is| was| has)? (?:not working|still|won't|doesn't|isn't|stopped|broken|been)"
              r"|doesn't work|isn't working|won't (?:turn|work|start|load|connect)", 3),
    # How each side speaks all through a call: the agent about "you", the customer about "I" and "my".
    _cue(0.6, r"you(?:'ll|'d| will| can| need to| want to| should (?:see|get|receive))|if you|when you", 6),
    _cue(0.6, r"(?:do|are|have|did|would|were|can) you\b(?! guys| people| please| help| tell| check| fix"
              r"| send| give)", 5),
    _cue(0.5, r"we(?:'ll|'ve|'re|'d)\b|we (?:can|have|do|will|need|could|only|don't)\b|with us\b", 4),
    _cue(0.8, r"for you\b|may i\b|don't worry|my (?:pleasure|apologies|supervisor|manager|screen|system)"
              r"|any other", 4),
    _cue(0.6, r"now (?:try|click|press|go|hold|unplug|open)|what i'd like you to|go ahead|speaking\b"
              r"|who've i got", 4),
    _cue(0.6, r"i'm (?:so |very |really |terribly )?sorry (?:to|about|that|you)|i'm glad|i'm showing|madam"
              r"|mister|mr|mrs\b", 3),
    _cue(-0.5, r"my (?!name|pleasure|apologies|supervisor|manager|screen|system|colleague|end|side)[a-z]", 8),
    _cue(-0.6, r"i(?:'ve| have) (?:been|had|tried|got|done|already|never)|i (?:was|had|lost|didn't|haven't"
              r"|tried|called|paid)", 6),
    _cue(-0.5, r"but i\b|because i\b|when i\b|and i (?:was|had|need|want|can't|don't)|i think\b", 5),
    _cue(-0.8, r"(?:do|should|can|could|would) i (?:need|have|get|still|just|do|keep|cancel|use)|what if"
              r"|is there someone", 4),
    _cue(-0.8, r"that's (?:it|all|everything|ridiculous|great|fine|perfect)|yes please|nope|it says"
              r"|you (?:said|told me)", 4),
)  # fmt: skip

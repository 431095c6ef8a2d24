"""Passages that read like instructions to a model. A sieve for the careless, not a guarantee.

Whoever knows these rules can write around them: in other words, in another language, in quotation
marks. What an obedient model could bring about is bounded elsewhere; see `docs/threats.md`.
"""

import re

from app.answering.citations import without_code
from app.answering.hidden import decoded, hides_signs
from app.answering.particulars import plain

# Documents about attacks quote them. Outside of code and quotation marks, an order is an order.
QUOTED = re.compile(
    r"(?<![\w\"])\"(?=\S)[^\"\n]{1,300}\"|\u201c[^\u201d\n]{1,300}\u201d|\u00ab[^\u00bb\n]{1,300}\u00bb"
)
TOKEN = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*|[.!?:]")
PARAGRAPH = "\n\n"
UP_TO = "(?:[\\w'\u2019]{{1,30}} ){{0,{}}}"  # so many words between
MODEL = r"(?:ai|llms?|chatbots?|assistants?|language models?|ai (?:models?|agents?|assistants?))"
RULES = (
    r"(?:instructions?|prompts?|rules?|directions?|directives?|guidelines?|commands?|orders?"
    r"|constraints?|polic(?:y|ies)|programming|training|messages?|context|restrictions?)\b"
)
ANSWER = r"(?:answers?|reply|replies|responses?|outputs?|summary)"
TELL = (
    r"reveal|repeat|print|output|leak|expose|disclose|dump|recite|show|display|encode|translate"
    r"|tell me|what (?:is|are|was|were)"
)
NOT_TOLD = "".join(f"(?<!{word} )" for word in ("can", "may", "will", "could", "not", "to"))
# Matched against lower-case words with one space between them; `.`, `!`, `?` and `:` are words too,
# so that no rule reaches across a sentence.
_WORDED = {
    "asks to ignore instructions": (
        rf"{NOT_TOLD}\b(?:ignore|disregard|forget|neglect) {UP_TO.format(3)}"
        rf"(?:previous|prior|preceding|earlier|above|foregoing|your|initial|original|system)"
        rf" {UP_TO.format(2)}{RULES}",
        rf"{NOT_TOLD}\b(?:override|bypass|discard) (?:all |any )?(?:of )?(?:the )?"
        rf"(?:previous|prior|earlier|above|your) {UP_TO.format(2)}{RULES}",
        rf"{NOT_TOLD}\b(?:ignore|disregard) (?:all|any|every) (?:of )?(?:the |these )?instructions",
        r"\b(?:you|now) to (?:ignore|disregard) (?:all |any |the )*(?:previous|prior|above|your)",
        rf"{NOT_TOLD}\b(?:ignore|disregard|forget|abandon) (?:the user's|your(?: current| original)?)"
        r" (?:request|question|task)\b",
        rf"{NOT_TOLD}\b(?:ignore|disregard|forget) (?:everything|anything|all)"
        r" (?:above|before|else|that was said|(?:that )?(?:you|i|we) )",
        r"\b(?:do not|don't|don\u2019t|stop) (?:follow|following|obey|obeying|use|using)"
        rf" {UP_TO.format(2)}(?:previous|prior|your|system|original) {UP_TO.format(2)}{RULES}",
        rf"\b(?:passages?|documents?|instructions|rules) above (?:are|is|was|were) {UP_TO.format(2)}"
        r"(?:test|fake|false|void|obsolete|cancelled|canceled|no longer|wrong)\b",
    ),
    "gives the reader another role": (
        r"\byou are now (?:an? |the |my |called |named |no longer |free |unrestricted |dan\b"
        r"|in \w{1,20} mode)",
        r"\bfrom now on (?:you (?:must|are|will (?:act|answer|respond|reply|only))"
        r"|(?:always |only )?(?:answer|respond|reply|speak|talk|pretend|act)) ",
        r"\b(?:pretend|imagine) (?:to be|(?:that )?you are) an?\b",
        r"\b(?:act|behave|answer|respond) as (?:if you (?:are|were)|dan\b"
        r"|an? (?:unrestricted|uncensored|evil|jailbroken))",
        r"\byou (?:now )?have (?:been (?:freed|jailbroken|reprogrammed|unlocked)"
        r"|no (?:restrictions|rules|guidelines|filters))",
        r"\bdo anything now\b",
    ),
    "asks for the prompt": (
        rf"{NOT_TOLD}\b(?:{TELL}) {UP_TO.format(4)}your "
        r"(?:(?:system|initial|starting|original|hidden|secret|full|exact|previous|internal) )?"
        r"(?:prompt|instructions|system message)\b",
        rf"{NOT_TOLD}\b(?:{TELL}) {UP_TO.format(3)}you (?:were|have been) (?:given|told)\b",
        rf"{NOT_TOLD}\b(?:reveal|repeat|leak|expose|disclose|dump|recite) {UP_TO.format(3)}"
        r"(?:the|every|all) (?:(?:full|entire|whole) )?(?:system|hidden|secret|initial)"
        r" (?:prompt|instructions|message)\b",
        r"\brepeat (?:the|all) (?:text|words|conversation) above\b",
    ),
    "dictates the answer": (
        r"\b(?:respond|reply|answer|say) (?:only|exactly|solely|nothing but|nothing except)"
        r" (?:with|that|in)\b",
        rf"\b(?:respond|reply|answer|say|output|print) {UP_TO.format(8)}and nothing else\b",
        rf"\b(?:begin|start|end|finish|conclude|prefix) {UP_TO.format(1)}(?:your|every|each|all)"
        rf" {UP_TO.format(1)}{ANSWER} (?:with|by)\b",
        rf"\b(?:include|add|insert|mention|append|embed|write|integrate) {UP_TO.format(12)}(?:in|into"
        rf"|to|at the (?:end|start|beginning) of) (?:your|every|each) {UP_TO.format(1)}{ANSWER}\b",
        rf"\bin your (?:next |final )?{ANSWER} (?:include|mention|add|say|state|recommend|suggest)\b",
        rf"\b(?:encode|encrypt|reverse|render|translate|modify|write|give) your {ANSWER}"
        r" (?:in|into|to|as|with|backwards?|using)\b",
        rf"\byour (?:final |next |only )?{ANSWER} (?:must|should|shall|has to)"
        r" (?:only |always )?(?:be|contain|include|start|begin|end|say) (?:the word|exactly|only|with)\b",
        r"\b(?:when|if|whenever) (?:the user|a user|users|someone|anyone|you are) asks?"
        rf"(?:ed)? {UP_TO.format(8)}(?:you must|always (?:answer|say|reply|respond)"
        r"|(?:answer|say|reply|respond) (?:that|with|instead))\b",
    ),
    "hides something from the user": (
        r"\b(?:do not|don't|don\u2019t|never) (?:tell|inform|notify|alert|warn|let)"
        rf" {UP_TO.format(2)}the users? (?:about|of|that|know)\b {UP_TO.format(2)}"
        r"(?:this|these|instructions?|message)\b",
        r"\b(?:do not|don't|don\u2019t|never|without) (?:mention|mentioning|reveal|revealing"
        r"|disclose|disclosing) (?:this|these|the existence of) (?:instructions?|messages?|notes?"
        r"|text|passage|paragraph|commands?)\b",
    ),
    "speaks to a model": (
        rf"\b(?:note|message|notice|attention|instructions?|commands?|orders?) (?:to|for) "
        rf"(?:the |any |all |every )?{MODEL} ?(?:[:.!]|reading|that|who|processing|you\b)",
        rf"\b(?:attention|dear) (?:all |any )?{MODEL} ?[:.!]",
        rf"\bif you(?: are|'re|\u2019re) an? (?:large )?{MODEL}\b",
        rf"\b{MODEL} (?:that |who |which )?(?:is |are )?(?:reading|processing|summari[sz]ing) this\b",
        r"\bas an? (?:ai|large language model|language model|ai language model) you\b",
    ),
    "gives the reader a new task": (
        r"\b(?:new|updated|real|actual|true|secret|hidden) (?:system )?instructions? (?:for|to) "
        rf"(?:you|the {MODEL})\b",
        r"\byour (?:new|real|actual|true|only) (?:task|instructions?|goal|job|objective|mission)"
        r" (?:is|are)\b",
        r"\b(?:follow|obey|carry out|execute) (?:these|the following|only these|my)"
        rf" {UP_TO.format(1)}(?:instructions?|commands?|orders?) (?:instead|and nothing else)\b",
    ),
    "asks to send something out": (
        r"\b(?:send|post|forward|upload|transmit|e?mail|exfiltrate|leak|append|encode|embed|include"
        rf"|insert|put) {UP_TO.format(5)}(?:conversation|chat history|system prompt|user's (?:question"
        rf"|message|query|input|data)|users? (?:question|data|messages)|previous messages)"
        rf" {UP_TO.format(5)}(?:to|at|in|into|via|as) {UP_TO.format(5)}(?:https?|www|urls?|links?"
        r"|webhook|image|address|parameter)\b",
    ),
}
# Matched against lines as they stand, without code and quotations.
_MARKED = {
    "carries marks of a prompt": (
        r"<\|[a-z_]{2,30}\|>|\[/?inst\]|<</?sys>>",
        r"\[(?:system|assistant|developer)(?: (?:message|note|override|prompt))?\]:? {0,4}"
        r"(?:you |ignore|disregard|always|never|do not|from now|the user |forget|override|reveal)",
        r"<!--[^<>]{0,60}\b(?:ai|assistants?|llms?|chatbots?|language models?)\b[^<>:]{0,40}:",
        r"^[ \t>*#-]{0,10}(?:system|assistant|developer)(?: (?:message|prompt|override|note|update))?"
        r"[ *]{0,4}: {0,4}(?:you |ignore|always|never|do not|from now|the user|new |forget"
        r"|disregard|respond|answer|override|please|it is |reveal)",
        r"</?(?:system|assistant|system[-_]prompt|system-reminder|tool_calls?|function_calls?"
        r"|passages?|instructions?)(?:-[0-9a-f]{1,40})?(?: [^<>\n]{0,100})?>",
        r"^[ \t>*#=-]{0,10}#{3} {0,4}(?:instruction|system|response)s? {0,4}:",
        r"^[ \t]{0,10}[-=#*]{2,10} {0,4}(?:begin|end|start)(?: of)?(?: the)?(?: new| system| user)?"
        r" (?:passages?|documents?|prompt|instructions?|context|conversation)\b",
    ),
    "asks to send something out": (
        r"!\[[^\]\n]{0,100}\]\([^)\s]{1,300}[?&][^)\s]{0,200}"
        r"(?:\{|%7b|secret|conversation|history|prompt|question)",
    ),
}
WORDED = {reason: re.compile("|".join(rules)) for reason, rules in _WORDED.items()}
MARKED = {reason: re.compile("|".join(rules), re.MULTILINE) for reason, rules in _MARKED.items()}


def suspicious(text: str) -> str | None:
    """Tells why a text reads like instructions to a model; None where it does not.

    Orders in code or quotation marks are let through: documents about attacks quote them.

    Args:
        text: Of a passage, or of a sentence that a model wrote.

    Returns:
        What the text does, to follow "It": `asks to ignore instructions`.
    """
    if hides_signs(text):
        return "hides text in signs that are not shown"
    for found in decoded(text):
        if _worded_or_marked(found):
            return "hides instructions in Base64"
    return _worded_or_marked(text)


def _worded_or_marked(text: str) -> str | None:
    seen = QUOTED.sub(" , ", without_code(plain(text).lower()))
    for reason, rule in MARKED.items():
        if rule.search(seen):
            return reason
    words = " ".join(TOKEN.findall(f"{seen.replace(PARAGRAPH, ' . ')} ."))
    for reason, rule in WORDED.items():
        if rule.search(words):
            return reason
    return None

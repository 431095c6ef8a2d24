"""How orders to a model read: phrases in a notation of their own, and marks of a prompt.

A phrase is a row of words; an empty line ends it. `a|b` is one or the other, `a~` may be missing,
`a_b` are two words, `<3>` are up to three words of any kind, `*` is exactly one. Capitals name a
list below. With `-` before it a phrase does not count behind a word such as "can" or "to": "you can
ignore the above instructions" is advice, and "an attacker tells the model to ignore its rules" is a
report. What is within a word is a regular expression.
"""

import re

LISTS = {
    "RULES": "instructions?|prompts?|rules?|directions?|directives?|guidelines?|commands?|orders?"
    "|constraints?|policy|policies|programming|training|messages?|context|restrictions?",
    "ANSWER": "answers?|reply|replies|responses?|outputs?|summary",
    "TELL": "reveal|repeat|print|output|leak|expose|disclose|dump|recite|show|display|encode"
    "|translate|tell_me|what_is|what_are|what_was|what_were",
    "MODEL": "ai|llms?|chatbots?|assistants?|language_models?|ai_models?|ai_agents?|ai_assistants?",
    "USERS": "users?['\u2019]?s?_(?:question|messages?|query|input|data)",
    "NEVER": "do_not|don['\u2019]t|never",
}
AFTER = ("can", "may", "will", "could", "not", "to")
PHRASES = {
    "asks to ignore instructions": """
        - ignore|disregard|forget|neglect <3>
        previous|prior|preceding|earlier|above|foregoing|your|initial|original|system <2> RULES

        - override|bypass|discard all|any~ of~ the~ previous|prior|earlier|above|your <2> RULES

        - ignore|disregard all|any|every of~ the|these~ instructions

        you|now to ignore|disregard all|any~ the~ previous|prior|above|your

        - ignore|disregard|forget|abandon the_user['\u2019]s|your current|original~
        request|question|task

        - ignore|disregard|forget everything|anything|all that~
        above|before|else|was_said|you|i|we

        do_not|don['\u2019]t|stop follow|following|obey|obeying|use|using <2>
        previous|prior|your|system|original <2> RULES

        passages?|documents?|instructions|rules above are|is|was|were <2>
        test|fake|false|void|obsolete|cancell?ed|no_longer|wrong
    """,
    "gives the reader another role": """
        you are now an?|the|my|called|named|no_longer|free|unrestricted|dan

        you are now in * mode

        from now on you must|are

        from now on you will act|answer|respond|reply|only

        from now on always|only~ answer|respond|reply|speak|talk|pretend|act

        pretend|imagine to_be|you_are|that_you_are an?

        act|behave|answer|respond as if_you_are|if_you_were|dan

        act|behave|answer|respond as an? unrestricted|uncensored|evil|jailbroken

        you now~ have been freed|jailbroken|reprogrammed|unlocked

        you now~ have no restrictions|rules|guidelines|filters

        do anything now
    """,
    "asks for the prompt": """
        - TELL <4> your system|initial|starting|original|hidden|secret|full|exact|internal~
        prompt|instructions|system_message

        - TELL <3> you were|have_been given|told

        - reveal|repeat|leak|expose|disclose|dump|recite <3> the|every|all full|entire|whole~
        system|hidden|secret|initial prompt|instructions|message

        repeat the|all text|words|conversation above
    """,
    "dictates the answer": """
        respond|reply|answer|say only|exactly|solely|nothing_but|nothing_except with|that|in

        respond|reply|answer|say|output|print <8> and nothing else

        begin|start|end|finish|conclude|prefix <1> your|every|each|all <1> ANSWER with|by

        include|add|insert|mention|append|embed|write|integrate <12>
        in|into|to|at_the_end_of|at_the_start_of|at_the_beginning_of your|every|each <1> ANSWER

        in your next|final~ ANSWER include|mention|add|say|state|recommend|suggest

        encode|encrypt|reverse|render|translate|modify|write|give your ANSWER
        in|into|to|as|with|using|backwards?

        your final|next|only~ ANSWER must|should|shall|has_to only|always~
        be|contain|include|start|begin|end|say the_word|exactly|only|with

        when|if|whenever the_user|a_user|users|someone|anyone asks?|asked <8>
        you_must|always_answer|always_say|always_reply|always_respond

        when|if|whenever the_user|a_user|users|someone|anyone asks?|asked <8>
        answer|say|reply|respond that|with|instead
    """,
    "hides something from the user": """
        do_not|don['\u2019]t|never tell|inform|notify|alert|warn|let <2> the users?
        about|of|that|know <2> this|these|instructions?|message

        NEVER|without mention|mentioning|reveal|revealing|disclose|disclosing
        this|these|the_existence_of instructions?|messages?|notes?|text|passage|paragraph|commands?
    """,
    "speaks to a model": """
        note|message|notice|attention|instructions?|commands?|orders? to|for the|any|all|every~
        MODEL :|!|\\.|reading|that|who|processing|you

        attention|dear all|any~ MODEL :|!|\\.

        if you_are|you['\u2019]re an? large~ MODEL

        MODEL that|who|which~ is|are~ reading|processing|summari[sz]ing this

        as an? ai|large_language_model|language_model|ai_language_model you
    """,
    "gives the reader a new task": """
        new|updated|real|actual|true|secret|hidden system~ instructions? for|to you

        new|updated|real|actual|true|secret|hidden system~ instructions? for|to the MODEL

        your new|real|actual|true|only task|instructions?|goal|job|objective|mission is|are

        follow|obey|carry_out|execute these|the_following|only_these|my <1>
        instructions?|commands?|orders? instead|and_nothing_else
    """,
    "asks to send something out": """
        send|post|forward|upload|transmit|e?mail|exfiltrate|leak|append|encode|embed|insert|put
        <5> conversation|chat_history|system_prompt|previous_messages|USERS <5>
        to|at|in|into|via|as <5> https?|www|urls?|links?|webhook|image|address|parameter
    """,
}
ROLE = "system|assistant|developer"
ORDER = (
    "you |ignore|disregard|always|never|do not|from now|the user |new |forget|respond|answer"
    "|override|please|reveal"
)
BLOCK = "system[-_]prompt|tool_calls?|function_calls?|passages?|instructions?"
PART = " (?:passages?|documents?|(?:system )?prompt|instructions?|context|conversation)"
# What stands in a prompt and hardly in a document; matched against lines, without code.
MARKS = {
    "carries marks of a prompt": (
        r"<\|[a-z_]{2,30}\|>",
        r"\[/?inst\]",
        r"<</?sys>>",
        rf"\[(?:{ROLE})(?: (?:message|note|override|prompt))?\]:? {{0,4}}(?:{ORDER})",
        rf"^[ \t>*#-]{{0,10}}(?:{ROLE})(?: message| note| prompt)?[ *]{{0,4}}: {{0,4}}(?:{ORDER})",
        r"<!--[^<>]{0,60}\b(?:ai|assistants?|llms?|chatbots?|language models?)\b[^<>:]{0,40}:",
        rf"</?(?:{ROLE}|{BLOCK})(?:-[0-9a-f]{{1,40}})?(?: [^<>\n]{{0,100}})?>",
        r"^[ \t>*=-]{0,10}#{3} {0,4}(?:instruction|system|response)s? {0,4}:",
        rf"^[ \t]{{0,10}}[-=#*]{{2,10}} {{0,4}}(?:begin|end|start)(?: of)?(?: the| new)?{PART}\b",
    ),
    "asks to send something out": (
        r"!\[[^\]\n]{0,100}\]\([^)\s]{1,300}[?&][^)\s]{0,200}(?:\{|%7b|secret|conversation|prompt)",
    ),
}
WORD = "[\\w'\u2019]{1,30} "


def _slot(slot: str) -> str:
    if slot == "*":
        return WORD
    if up_to := re.fullmatch(r"<(\d+)>", slot):
        return f"(?:{WORD}){{0,{up_to[1]}}}"
    alternatives = [LISTS.get(one, one) for one in slot.removesuffix("~").split("|")]
    words = f"(?:{'|'.join(alternatives)}) ".replace("_", " ")
    return f"(?:{words})?" if slot.endswith("~") else words


def _phrase(text: str) -> str:
    slots = text.split()
    behind = "(?<![^ ])"
    if slots[0] == "-":
        behind += "".join(f"(?<!{word} )" for word in AFTER)
        slots = slots[1:]
    return behind + "".join(map(_slot, slots))


WORDED = {
    reason: re.compile("|".join(map(_phrase, re.split(r"\n\s*\n", phrases.strip()))))
    for reason, phrases in PHRASES.items()
}
"""Matched against words in lower case, each with one space behind it."""
MARKED = {reason: re.compile("|".join(marks), re.MULTILINE) for reason, marks in MARKS.items()}
"""Matched against text in lower case."""

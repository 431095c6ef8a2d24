"""The words of a question that say what it is about."""

import re

from app.project import Language

WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*")
LETTERS = re.compile(r"[^\W_]+")
# What an apostrophe joins to an English word: what's, we'll, isn't.
ENDINGS = frozenset({"d", "ll", "m", "re", "s", "t", "ve"})
STOP_WORDS = frozenset(
    """
    a about after again all also although am an and another any anybody anyone anything are aren as
    ask at be became because been before being both but by came can cannot could couldn did didn do
    does doesn doing don done each either else ever every everything few for from further gets give
    gives go goes got had hadn has hasn have haven having he her here hers him his how however i if
    in instead into is isn it its itself just know let lets like ll made make makes many may maybe
    me might mine more most much must mustn my myself need needs neither nor not of off often on
    once one only onto or other others ought our ours out over own per please possible really rather
    same say says shall she should shouldn so some somebody someone something sometimes still such
    take takes tell than thank thanks that the their theirs them themselves then there these they
    thing things this those though thus to too until up upon us use used uses using very want wants
    was wasn way ways we well were weren what whatever when whenever where whereas whether which
    while who whoever whom whose why will with within without won would wouldn yes yet you your
    yours yourself
    """.split()  # noqa: SIM905 - a list of quoted words would fill a page
)


def _english(text: str) -> list[str]:
    words: list[str] = []
    for word in WORD.findall(text):
        parts = re.split(r"['\u2019]", word)
        words += parts[:-1] if len(parts) > 1 and parts[-1] in ENDINGS else parts
    return words


def terms(question: str, language: Language) -> list[str]:
    """Returns the content words of a question, lower case, each once, in their order.

    Args:
        question: As asked.
        language: Of `english`, words that any question may hold are left out, unless no other
            remains. Of `none`, every word stays.
    """
    text = question.lower()
    words = _english(text) if language == "english" else LETTERS.findall(text)
    telling = [word for word in words if word not in STOP_WORDS] if language == "english" else []
    return list(dict.fromkeys(telling or words))

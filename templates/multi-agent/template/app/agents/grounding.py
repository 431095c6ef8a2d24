"""Whether every number of a memo occurs in the evidence that its sentence cites.

Code and no model: it can't be talked round. What it can't see: a right number beside a wrong name.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from app.agents.state import Evidence, Json

# In this order: a version such as 1.26.4, which is no number but has to be right; a number with an
# exponent; with its thousands apart; a decimal; a whole number. A full stop that ends a sentence is
# part of none of them.
NUMBER = re.compile(
    r"\d+(?:\.\d+){2,}"
    r"|\d+(?:\.\d+)?[eE][+-]?\d{1,3}(?!\w)"
    r"|\d+(?:[,'\u2009\u202f\u00a0 ]\d{3})+(?:\.\d+)?(?!\d)"
    r"|\d+\.\d+(?!\.?\d)"
    r"|\d+"
)
GROUPS = re.compile(r"[,'\u2009\u202f\u00a0 ]")
UNITS = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen"),
    "nineteen",
)
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
LARGE = {"dozen": 12, "hundred": 100, "thousand": 1000, "million": 1_000_000}
WORDS = {word: at for at, word in enumerate(UNITS)} | LARGE
WORDS |= {word: 10 * at for at, word in enumerate(TENS, 2)}
WORDS |= {f"{ten}-{unit}": WORDS[ten] + WORDS[unit] for ten in TENS for unit in UNITS[1:10]}
del WORDS["one"]  # as in "no one", "one of them"
# Longest first: "twenty-four" is one number and not two.
WORD = re.compile(
    rf"\b({'|'.join(sorted(WORDS, key=len, reverse=True))})(?:s|es)?\b", re.IGNORECASE
)


def numbers(text: str) -> Iterator[str]:
    """Gives every number of a text, in digits or in words, each written one way.

    `1,200.50` is 1200.5; versions are given as they stand.
    """
    for found in NUMBER.findall(text):
        if found.count(".") > 1:
            yield found
            continue
        try:
            yield f"{Decimal(GROUPS.sub('', found)).normalize():f}"
        except InvalidOperation:  # digits of several scripts in one number
            continue
    for word in WORD.findall(text):
        yield str(WORDS[word.lower()])


def supported(evidence: Evidence) -> set[str]:
    """Returns the numbers of what a tool found, and how many rows there were."""
    found = evidence["found"]
    values = [value for row in found["rows"] for value in row.values()]
    texts = [_written(value) for value in [*values, found["row_count"]]]
    return {number for text in texts for number in numbers(text)}


def check(memo: Json, evidence: Sequence[Evidence]) -> list[str]:
    """Returns what is wrong with a memo, a sentence for each; empty: every number is founded."""
    by_id = {one["id"]: supported(one) for one in evidence}
    problems = [] if memo["lines"] else ["The memo says nothing."]
    for at, (text, cites) in enumerate(_parts(memo), 1):
        problems += [
            f"Sentence {at} cites {one}, which is no evidence." for one in cites if one not in by_id
        ]
        known = set[str]().union(*(by_id.get(one, set()) for one in cites))
        if wrong := _without(text, known):
            problems.append(f"Sentence {at}: {wrong} is not in the evidence that it cites.")
    free = " ".join([memo["title"], *memo["open_questions"]])
    if wrong := _without(free, set[str]().union(*by_id.values())):
        problems.append(f"Title or open questions: {wrong} is in no evidence.")
    return problems


def founded(memo: Json, evidence: Sequence[Evidence]) -> Json:
    """Returns the memo without what `check` objects to, for the case that it can't be mended."""
    by_id = {one["id"]: supported(one) for one in evidence}
    anywhere = set[str]().union(*by_id.values())

    def good(line: Json) -> bool:
        known = set[str]().union(*(by_id.get(one, set()) for one in line["cites"]))
        return set(line["cites"]) <= set(by_id) and not _without(line["text"], known)

    return memo | {
        "title": "Memo" if _without(memo["title"], anywhere) else memo["title"],
        "lines": [one for one in memo["lines"] if good(one)],
        "exceptions": [],
        "open_questions": [one for one in memo["open_questions"] if not _without(one, anywhere)],
    }


def _without(text: str, known: set[str]) -> str:
    """Returns the numbers of a text that are not known, as words; empty: all are."""
    return ", ".join(one for one in dict.fromkeys(numbers(text)) if one not in known)


def _parts(memo: Json) -> Iterator[tuple[str, Sequence[str]]]:
    for one in memo["lines"]:
        yield one["text"], one["cites"]
    for one in memo["exceptions"]:
        yield f"{one['subject']} {one['rule']} {one['reason']}", one["cites"]


def _written(value: object) -> str:
    # Of a float what JSON says of it, which is what a model was shown.
    return format(Decimal(repr(value)), "f") if isinstance(value, float) else str(value)

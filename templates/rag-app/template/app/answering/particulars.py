"""What of a text can be compared as strings: its content words, its figures, its addresses."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from app.project import Language
from app.retrieval.terms import STOP_WORDS, terms

# Signs that are not seen: soft hyphens, joiners, marks of direction, variants, tags.
INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufe00-\ufe0f\ufeff\U000e0000-\U000e0fff]"
)
# English endings, longest first. Coarser than a stemmer for search, so that a paraphrase passes:
# calibrate, calibrated, calibration and calibrator are one.
ENDINGS = sorted(
    """
    izations isations ization isation izing ising ized ised izes ises izer iser ize ise ations ation
    ators ator ated ates ating ate ments ment ness ities ity ingly edly ings ing ions ion ally ably
    als al ers er ors or ies ied ive ives ful less est ous ed es ly s y e
    """.split(),  # noqa: SIM905 - a list of quoted words would fill a page
    key=lambda ending: -len(ending),
)
LEAST_STEM = 4
# Scripts that write words without spaces between them.
UNSPACED = re.compile("[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")
FIGURE = re.compile(r"(?<!\d)\d{1,3}(?: \d{3})+(?!\d)|(?<![\w.])\.\d+|\d+(?:[.,]\d+)*")
COMMAS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")
POINTS = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
UNITS = {
    word: number
    for number, word in enumerate(
        """
        zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
        fifteen sixteen seventeen eighteen nineteen
        """.split()  # noqa: SIM905 - as above
    )
}
TENS = {
    word: number * 10
    for number, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"), 2
    )
}
# Words of a sentence that say nothing by themselves; numbers are compared as figures.
EMPTY = STOP_WORDS | UNITS.keys() | TENS.keys()
SPELLED = re.compile(
    rf"\b(?:({'|'.join(TENS)})(?:[ -]({'|'.join(list(UNITS)[1:10])}))?|({'|'.join(UNITS)}))\b"
)
# What a writer counts with ("two causes") is no figure.
LEAST_SPELLED = 3
BREAKS = re.compile(r"[\s<>\"'`()\[\]{}|,;*\u201c\u201d\u2018\u2019]+")
DOTTED = re.compile(r"[\w-]+(?:\.[\w-]+)*\.[^\W\d_]{2,}")
SCHEMES = ("javascript:", "vbscript:", "data:", "file:", "mailto:", "tel:", "//")
MOST_STEPS = 20


def plain(text: str) -> str:
    """Returns a text with one form for each sign, and without those that are not seen."""
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text))


@lru_cache(maxsize=10_000)
def stem(word: str) -> str:
    """Returns an English word, lower case, without its endings."""
    shorter = True
    while shorter:
        shorter = False
        for ending in ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= LEAST_STEM:
                word, shorter = word[: -len(ending)], True
                break
    # run, running: the letter that was doubled.
    return word[:-1] if len(word) > LEAST_STEM - 1 and word[-1] == word[-2] else word


def content_words(text: str, language: Language) -> frozenset[str]:
    """Returns the words of a text that say something, stemmed; numbers are left out.

    Args:
        text: As `plain` gives it.
        language: Of `none`, every word counts as it is written, and scripts without spaces are
            compared by pairs of signs.
    """
    found: set[str] = set()
    for word in terms(text, language):
        if word.isdecimal() or (language == "english" and word in EMPTY):
            continue
        if UNSPACED.search(word):
            found.update(word[at : at + 2] for at in range(max(1, len(word) - 1)))
        else:
            found.add(stem(word) if language == "english" else word)
    return frozenset(found)


def _readings(figure: str) -> tuple[frozenset[str], ...]:
    """Returns what a figure can mean: `1,000` is a thousand, or one with three decimals."""
    if figure[0] == ".":
        return (frozenset({_number(f"0{figure}")}),)
    if " " in figure:
        parts = figure.split()
        return frozenset({_number("".join(parts))}), frozenset(map(_number, parts))
    parts = re.split("[.,]", figure)
    readings = [{_number(".".join(parts))}]
    if parts[0] != "0" and COMMAS.fullmatch(figure):
        readings.append({_number(figure.replace(",", ""))})
    if parts[0] != "0" and POINTS.fullmatch(figure):
        readings.append({_number(figure.replace(".", "").replace(",", "."))})
    if "," in figure or figure.count(".") > 1:  # a list without spaces
        readings.append(set(map(_number, parts)))
    return tuple(map(frozenset, readings))


def _number(text: str) -> str:
    whole, point, rest = text.partition(".")
    whole = whole.lstrip("0") or "0"
    rest = rest.rstrip("0") if whole == "0" else rest  # .50 is 0.5; but version 3.10 is not 3.1
    return f"{whole}{point}{rest}" if rest else whole


def _spelled(text: str) -> Iterator[int]:
    for found in SPELLED.finditer(text.lower()):
        tens, unit, alone = found.groups()
        yield UNITS[alone] if alone else TENS[tens] + UNITS.get(unit or "", 0)


def figures(text: str, language: Language) -> list[tuple[frozenset[str], ...]]:
    """Returns the figures that a text states, each with its readings.

    Args:
        text: As `plain` gives it.
        language: Of `english`, numbers in words count too, from three on.
    """
    found = [_readings(one[0]) for one in FIGURE.finditer(text)]
    if language == "english":
        found += [(frozenset({str(one)}),) for one in _spelled(text) if one >= LEAST_SPELLED]
    return found


def known_figures(text: str, language: Language) -> frozenset[str]:
    """Returns all numbers that a text may be read to hold."""
    known = {one for readings in figures(text, "none") for reading in readings for one in reading}
    known.update(map(str, _spelled(text)) if language == "english" else ())
    return frozenset(known)


def _tokens(text: str) -> Iterator[str]:
    for token in BREAKS.split(text.lower()):
        yield token.strip(".:!?\u2026").rstrip("/")


def _is_address(token: str) -> bool:
    if "." not in token and ":" not in token and "//" not in token:
        return False
    if "://" in token or token.startswith(SCHEMES):
        return True
    return any(DOTTED.fullmatch(step) for step in re.split("[/@?#:=]", token, maxsplit=MOST_STEPS))


def addresses(text: str) -> frozenset[str]:
    """Returns the links, e-mail addresses, domains and names of files in a text, lower case.

    Args:
        text: As `plain` gives it.
    """
    return frozenset(token for token in _tokens(text) if token and _is_address(token))


def known_addresses(text: str) -> frozenset[str]:
    """Returns the addresses in a text, and those that are a part of one: its domain, its path."""
    known: set[str] = set()
    for token in addresses(text):
        scheme, _, rest = token.rpartition("//")
        steps = re.split("[?#]", rest, maxsplit=1)[0].split("/", MOST_STEPS)
        known |= {token, rest, *steps, rest.rpartition("@")[2]}
        known |= {"/".join(steps[at:]) for at in range(len(steps))}
        beginnings = {"/".join(steps[:at]) for at in range(1, len(steps) + 1)}
        known |= beginnings | {f"{scheme}//{one}" for one in beginnings if scheme}
    return frozenset(known)

"""Passages that read like instructions to a model. A sieve for the careless, not a guarantee.

Whoever knows these rules can write around them: in other words, in another language, in quotation
marks. What an obedient model could bring about is bounded elsewhere; see `docs/threats.md`.
"""

import re

from app.answering.citations import without_code
from app.answering.hidden import decoded, hides_signs
from app.answering.orders import MARKED, WORDED
from app.answering.particulars import plain

# Documents about attacks quote them. Outside of code and quotation marks, an order is an order.
QUOTED = re.compile(
    r"(?<![\w\"])\"(?=\S)[^\"\n]{1,300}\""
    "|\u201c[^\u201d\n]{1,300}\u201d|\u00ab[^\u00bb\n]{1,300}\u00bb"
)
TOKEN = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*|[.!?:]")


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
    # Full stops are words too, so that no phrase reaches across a sentence.
    words = " ".join([*TOKEN.findall(seen.replace("\n\n", " . ")), ". "])
    for reason, rule in WORDED.items():
        if rule.search(words):
            return reason
    return None

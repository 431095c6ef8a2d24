"""Verdicts as one page that needs nothing else: no script, no font, no other host."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.check.telling import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup

    from scaffold.check.examine import Verdict

_CODE = re.compile(r"`(?P<code>[^`]+)`|(?P<plain>[^`]+|`)")
_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What steers a terminal that shows the file, or turns the direction of the text around it."""
_TEMPLATE = Path(__file__).with_name("page.html.j2")


def page(verdicts: Sequence[Verdict], date: str) -> str:
    """The page.

    Args:
        verdicts: In the order in which they are shown.
        date: When they were looked at, for people.
    """
    from jinja2 import Environment, StrictUndefined

    made = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    made.globals.update(
        named=words.named,
        own=words.own,
        rungs=words.rungs,
        headline=words.headline,
        further=words.further,
        mean=words.RUNGS_MEAN,
        short=words.SHORT,
    )
    made.filters["codes"] = codes
    template = made.from_string(_TEMPLATE.read_text(encoding="utf-8"))
    text = template.render(
        verdicts=verdicts,
        date=date,
        families=_families(verdicts),
        finished=sum(one.good for one in verdicts),
        unread=sum(bool(one.trouble[0]) for one in verdicts),
    )
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)


def codes(text: str) -> Markup:
    """A text in which what stands between backticks is set as code."""
    from markupsafe import Markup, escape

    found = Markup()
    for match in _CODE.finditer(text):
        code = match["code"]
        found += Markup("<code>%s</code>") % code if code else escape(match["plain"])
    return found


def _families(verdicts: Sequence[Verdict]) -> list[tuple[str, str]]:
    found = {one.family: one.title for verdict in verdicts for one in verdict.signals}
    return list(found.items())

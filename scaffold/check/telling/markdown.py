"""Verdicts as Markdown, for a pull request or a job's summary."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.telling import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.check.examine import Verdict

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>|#@~!])")
_CALLING = re.compile(
    r"(?<=@)(?=\w)|(?<=#)(?=\d)|(?<=GH)(?=-\d)|(?<=:)(?=//)|(?<=www)(?=\.)", re.IGNORECASE
)
"""Where hosts see a mention, an issue or an address, after Markdown took the backslashes away:
https://github.com/github/cmark-gfm/issues/389. Only a mark of no width between stops them."""
_NOTHING = "\N{ZERO WIDTH SPACE}"


def page(verdicts: Sequence[Verdict]) -> str:
    """All of them, one section each."""
    return "\n".join(line for verdict in verdicts for line in _section(verdict))


def plain(text: str) -> str:
    """Text of a stranger that is nothing but text here: it calls nobody, and links nowhere."""
    line = _CALLING.sub(_NOTHING, " ".join(text.split()))
    return _SPECIAL.sub(r"\\\1", line)


def code(text: str) -> str:
    """The same as code, for what will be copied."""
    return f"`{' '.join(text.split()).replace('`', chr(39))}`"


def _section(verdict: Verdict) -> Iterator[str]:
    yield f"## {plain(words.named(verdict))}\n"
    if verdict.trouble[0]:
        yield f"{plain(verdict.trouble[0])} {plain(verdict.trouble[1])}\n"
        return
    yield f"{plain(words.headline(verdict))}. Own work: {plain(words.own(verdict))}."
    yield f"Numbers: {words.rungs(verdict)}.\n"
    if verdict.next:
        where = f" ({plain(verdict.next.finding.place)})" if verdict.next.finding.place else ""
        yield f"**Next:** {verdict.next.rule}: {plain(verdict.next.finding.message)}{where}"
        yield f"{plain(verdict.next.todo)}\n"
    else:
        more = "; ".join(f"{why}: {code(command)}" for why, command in words.further(verdict))
        yield f"**Next:** nothing that files can tell; {more}\n"
    yield "| signal | state | why |\n|---|---|---|"
    for signal in verdict.signals:
        yield f"| {signal.title} | **{signal.state}** | {plain(signal.why)} |"
    yield "\n| rule | state | what was found |\n|---|---|---|"
    for one in verdict.results:
        first = one.outcome.findings[0] if one.outcome.findings else None
        found = f"{plain(first.message)} {plain(first.place)}" if first else ""
        off = f" switched off: {plain(one.switched_off)}" if one.switched_off else ""
        yield f"| {one.rule} {plain(one.title)} | {one.outcome.state}{off} | {found.strip()} |"
    for note in verdict.notes:
        yield f"\nNote: {plain(note)}."
    yield ""

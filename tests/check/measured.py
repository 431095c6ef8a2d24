"""What repositories that try to fool the rules pass, and what honest ones fail, as a table.

python -m tests.check.measured        # writes it into docs/check.md; ten minutes

Each adversary names the rules that ought not to pass on it. A rule that fails or is unknown there
is right; one that passes is fooled.
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.check.rules import catalogue
from tests.check import growing
from tests.check.adversaries import ADVERSARIES, FRESH, Adversary, made

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from scaffold.check.examine import Verdict

PAGE = growing.ROOT / "docs" / "check.md"
_BLOCK = re.compile(r"(?s)(<!-- fooled -->\n).*(<!-- /fooled -->)")


def look(one: Adversary) -> Verdict:
    """What `check` says of an adversary."""
    with tempfile.TemporaryDirectory() as folder:
        return growing.seen(made(one, Path(folder) / "mine"))


def fooled(one: Adversary, verdict: Verdict) -> list[str]:
    """Rules that pass on an adversary and ought not to."""
    passing = {result.rule for result in verdict.results if result.outcome.state == "pass"}
    return sorted(one.caught & passing)


def table(verdicts: dict[str, Verdict], known: dict[str, Adversary]) -> Iterator[str]:
    """One line for each rule that some adversary is about."""
    about: dict[str, list[str]] = defaultdict(list)
    passes: dict[str, list[str]] = defaultdict(list)
    for name, verdict in verdicts.items():
        for rule in known[name].caught:
            about[rule].append(name)
        for rule in fooled(known[name], verdict):
            passes[rule].append(name)
    yield "| rule | repositories that try | seen through | it passes |"
    yield "|---|---|---|---|"
    for rule in catalogue():
        if n := len(about[rule]):
            yield f"| {rule} | {n} | {n - len(passes[rule])} | {', '.join(passes[rule])} |"
    tries, fools = (sum(map(len, one.values())) for one in (about, passes))
    yield f"| all | {tries} | {tries - fools} | {fools} of {len(verdicts)} repositories' tries |"


def text(names: Iterable[str]) -> str:
    """The measured section."""
    known = ADVERSARIES | FRESH
    verdicts = {}
    for name in names:
        verdicts[name] = look(known[name])
        sys.stderr.write(f"{name} {' '.join(fooled(known[name], verdicts[name]))}\n")
    shown = [
        f"| {name} | {sum(one.state == 'shown' for one in verdicts[name].signals)} of 7 |"
        f" {', '.join(fooled(FRESH[name], verdicts[name]))} |"
        for name in FRESH
    ]
    lines = ["", *table(verdicts, known), "", *_FRESH_HEAD, *shown, "", ""]
    return "\n".join(lines)


_FRESH_HEAD = (
    "The ten that combine several ideas, as somebody would who wants a full pass in one evening:",
    "",
    "| repository | signals shown | rules that it passes and ought not to |",
    "|---|---|---|",
)


def main() -> None:
    """Look at all of them, and write the page."""
    said = text([*ADVERSARIES, *FRESH])
    page = PAGE.read_text(encoding="utf-8")
    after, times = _BLOCK.subn(lambda found: found[1] + said + found[2], page)
    assert times == 1, f"{PAGE} has no place for it"
    PAGE.write_text(after, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

"""What repositories that try to fool the rules pass, and what honest ones fail, as tables.

python -m tests.check.measured        # writes it into docs/check.md; ten minutes

Each adversary names the rules that ought not to pass on it. A rule that fails or is unknown there
is right; one that passes is fooled. `frozen.json` has what passed when the rules were frozen,
before anybody had looked at the result. On an honest repository a rule that fails is wrong.
"""

from __future__ import annotations

import json
import re
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold.check import examine
from scaffold.check.config import Choice
from scaffold.check.facts.given import Starters
from scaffold.check.rules import catalogue
from tests.check import growing, honest
from tests.check.adversaries import ADVERSARIES, FRESH, LATER, Adversary, made

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffold.check.examine import Verdict

PAGE = growing.ROOT / "docs" / "check.md"
KNOWN = ADVERSARIES | FRESH | LATER
_BLOCK = r"(?s)(<!-- {0} -->\n).*(<!-- /{0} -->)"
_FROZEN = json.loads(Path(__file__).with_name("frozen.json").read_text(encoding="utf-8"))
FROZEN: dict[str, list[str]] = _FROZEN["passes"]
_embedded = Starters()


def look(one: Adversary) -> Verdict:
    """What `check` says of an adversary."""
    with tempfile.TemporaryDirectory() as folder:
        return growing.seen(made(one, Path(folder) / "mine"))


def fooled(one: Adversary, verdict: Verdict) -> list[str]:
    """Rules that pass on an adversary and ought not to."""
    passing = {result.rule for result in verdict.results if result.outcome.state == "pass"}
    return sorted(one.caught & passing)


def honestly(name: str) -> Verdict:
    """What `check` says of a repository that was honestly finished."""
    with tempfile.TemporaryDirectory() as folder:
        return examine.look(honest.grow(name, Path(folder) / name), _embedded, Choice())


def table(passes: dict[str, list[str]]) -> Iterator[str]:
    """One line for each rule that some adversary is about, before and after."""
    tries: dict[str, int] = defaultdict(int)
    for one in (*ADVERSARIES.values(), *FRESH.values()):
        for rule in one.caught:
            tries[rule] += 1
    yield "| rule | repositories that try | frozen: it passes | after mending: it passes |"
    yield "|---|---|---|---|"
    for rule in (one for one in catalogue() if tries[one]):
        before, after = (", ".join(each.get(rule, [])) for each in (FROZEN, passes))
        yield f"| {rule} | {tries[rule]} | {before} | {after} |"
    before, after = (sum(map(len, each.values())) for each in (FROZEN, passes))
    n = len(ADVERSARIES | FRESH)
    yield f"| all | {sum(tries.values())} tries of {n} | {before} | {after} |"


def _by_rule(fools: dict[str, list[str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for name, rules in fools.items():
        for rule in rules:
            found[rule].append(name)
    return found


def fooled_text() -> str:
    """The measured section about adversaries."""
    verdicts = {}
    for name, one in KNOWN.items():
        verdicts[name] = look(one)
        sys.stderr.write(f"{name} {' '.join(fooled(one, verdicts[name]))}\n")
    now = {name: fooled(KNOWN[name], verdict) for name, verdict in verdicts.items()}
    shown = {name: sum(one.state == "shown" for one in v.signals) for name, v in verdicts.items()}
    first = _by_rule({name: rules for name, rules in now.items() if name not in LATER})
    lines = ["", *table(first), "", *_FRESH_HEAD]
    for name in FRESH:
        before = ", ".join(sorted(rule for rule, names in FROZEN.items() if name in names))
        lines.append(
            f"| {name} | {_FROZEN['shown'][name]} of 7 | {before} "
            f"| {shown[name]} of 7 | {', '.join(now[name])} |"
        )
    lines += ["", *_LATER_HEAD]
    lines += [
        f"| {name} | {one.why} | {', '.join(_FROZEN['later'][name])} | {', '.join(now[name])} |"
        for name, one in LATER.items()
    ]
    return "\n".join([*lines, "", ""])


def honest_text() -> str:
    """The measured section about honest repositories: what fails, and what files can't tell."""
    lines = [
        "",
        "| repository | starter | rules that pass | fail | unknown, of those that files can tell |",
        "|---|---|---|---|---|",
    ]
    for name in honest.names():
        results = honestly(name).results
        static = {one.rule: one.outcome.state for one in results if one.level == "static"}
        by = {
            state: [rule for rule, found in static.items() if found == state]
            for state in ("pass", "fail", "unknown")
        }
        lines.append(
            f"| {name} | {honest.plan(name)['template']} | {len(by['pass'])} of {len(static)} "
            f"| {', '.join(by['fail']) or 'none'} | {', '.join(by['unknown']) or 'none'} |"
        )
    return "\n".join([*lines, "", ""])


_FRESH_HEAD = (
    "The ten that combine several ideas, as somebody would who wants a full pass in one evening.",
    "They were written after the freeze; what counts is the first pair of columns.",
    "",
    "| repository | frozen: shown | passes wrongly | mended: shown | passes wrongly |",
    "|---|---|---|---|---|",
)
_LATER_HEAD = (
    "Six more came after the mending, from somebody who knew how the rules work. All of them got",
    "through; what could be mended without more than their own case in mind was mended then.",
    "",
    "| repository | what it does | when written: it passes | since mended: it passes |",
    "|---|---|---|---|",
)


def main() -> None:
    """Look at all of them, and write the page."""
    for name, said in (("honest", honest_text()), ("fooled", fooled_text())):
        page = PAGE.read_text(encoding="utf-8")
        block = re.compile(_BLOCK.format(name))
        found = block.search(page)
        assert found, f"{PAGE} has no place for {name}"
        after = page[: found.start()] + found[1] + said + found[2] + page[found.end() :]
        PAGE.write_text(after, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

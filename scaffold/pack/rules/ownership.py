"""Who owns what learners get, and that seeded stays seeded."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.owners import KINDS, Owners, covers, from_record
from scaffold.pack.questionnaire import ROOT
from scaffold.pack.rule import Finding, RenderRule, StateRule, TreeRule
from scaffold.pack.rules.questions import entries, root_line
from scaffold.pack.tree import PackTree, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.pack.render import Render
    from scaffold.pack.state import State

_LITERAL = re.compile(r"/[^*?\[\]!~{}\\]*[^*?\[\]!~{}\\/]")
_BLOCK = re.compile(
    r"~\{% if _copier_operation == 'update' and template == '([^']+)' %\}~\n"
    r"((?:/[^\n~]*\n)*)"
    r"~\{% endif %\}~\n?"
)


def _file(template: str) -> str:
    return f"templates/{template}/owners.yml"


def owners(pack: PackTree, template: str) -> Owners:
    """The owners of one template's files."""
    return from_record(pack.mapping(_file(template)))


def seeded_lines(pack: PackTree) -> dict[str, list[str]]:
    """The paths that `_exclude` keeps away from updates, by template."""
    found: dict[str, list[str]] = {}
    for entry in entries(pack, "_exclude"):
        for template, lines in _BLOCK.findall(entry):
            found.setdefault(template, []).extend(lines.splitlines())
    return found


class OW01(TreeRule):
    """`owners.yml` lists anchored, literal paths, each once: so every file has one owner."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look at each list and path."""
        for template in pack.templates:
            file = _file(template)
            text = pack.text(file) or ""
            record = pack.mapping(file)
            for key in sorted(record.keys() - set(KINDS)):
                yield self.at(file, line_of(text, key), f"unknown kind of owner {key}")
            seen: set[str] = set()
            for kind in KINDS:
                paths = record.get(kind, [])
                if not isinstance(paths, list):
                    yield self.at(file, line_of(text, kind), f"{kind} must be a list of paths")
                    continue
                for path in map(str, paths):
                    line = line_of(text, f"- {path}")
                    if not _LITERAL.fullmatch(path) or ".." in path.split("/"):
                        message = f"{path} must be literal and begin, not end, with a slash"
                        yield self.at(file, line, message)
                    if path in seen:
                        yield self.at(file, line, f"{path} has two owners")
                    seen.add(path)


class OW02(TreeRule):
    """`seeded` of owners.yml equals the literal lines of `_exclude`, and of `_skip_if_exists`."""

    requires = frozenset({"OW01"})

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Compare the three places."""
        lines = seeded_lines(pack)
        every: set[str] = set()
        for template in pack.templates:
            seeded = set(owners(pack, template).seeded)
            every |= seeded
            for path in sorted(seeded ^ set(lines.pop(template, []))):
                where = "_exclude lacks" if path in seeded else "owners.yml does not seed"
                yield self.at(ROOT, root_line(pack, path), f"{where} {path} of {template}")
        for template in lines:
            yield self.at(ROOT, root_line(pack, f"'{template}'"), f"no such template: {template}")
        for path in sorted(every ^ set(entries(pack, "_skip_if_exists"))):
            where = "lacks the seeded" if path in every else "names the unseeded"
            yield self.at(ROOT, root_line(pack, "_skip_if_exists"), f"it {where} path {path}")


class OW03(RenderRule):
    """Every generated file has an owner: each update report says whose a change is."""

    requires = frozenset({"OW01"})

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Look every file up."""
        for render in renders:
            known = owners(pack, render.template)
            for file in render.files:
                if known.of(file) is None:
                    yield self.at(_file(render.template), 0, f"/{file} has no owner")


class OW04(RenderRule):
    """A path that one template seeds is not another's to update.

    The plain lines of `_skip_if_exists` hold for all templates alike.
    """

    requires = frozenset({"OW01"})

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Look at each file that is updated."""
        others = {path for template in pack.templates for path in owners(pack, template).seeded}
        for render in renders:
            known = owners(pack, render.template)
            for file in render.files:
                if known.of(file) == "seeded":
                    continue
                for path in sorted(path for path in others if covers(path, file)):
                    if path not in known.seeded:
                        message = f"/{file} lies below {path}, which another template seeds"
                        yield self.at(_file(render.template), 0, message)


class OW11(StateRule):
    """Once seeded, always seeded: else updates conflict with learners' own data."""

    def check(self, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
        """Compare the lines of `_exclude` with those of every release."""
        lines = seeded_lines(now.pack)
        for state in earlier:
            for template, paths in seeded_lines(state.pack).items():
                for path in sorted(set(paths) - set(lines.get(template, []))):
                    yield self.at(ROOT, 0, f"{path} of {template} is seeded in {state.tag}")


class OW05(RenderRule):
    """`renames.yml` leads from files that went to files that are there: edits in them follow."""

    def check(self, pack: PackTree, renders: Sequence[Render]) -> Iterator[Finding]:
        """Look both ends of each move up."""
        present: dict[str, set[str]] = {}
        for one in renders:
            present.setdefault(one.template, set()).update(f"/{path}" for path in one.files)
        for template, files in present.items():
            file = f"templates/{template}/renames.yml"
            moves = pack.mapping(file) if pack.text(file) is not None else {}
            text = pack.text(file) or ""
            for old, new in moves.items():
                line = line_of(text, str(old))
                if str(old) in files:
                    yield self.at(file, line, f"{old} is still there")
                if new is not None and str(new) not in files | moves.keys():
                    yield self.at(file, line, f"{old} leads to {new}, which is not there")


class OW12(StateRule):
    """No file becomes a folder, or a folder a file: an update could put nothing in its place."""

    def check(self, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
        """Compare what is rendered with what every release renders."""
        for state in earlier:
            for template in state.pack.templates:
                old, new = _paths(state, template), _paths(now, template)
                for path in sorted(new - old):
                    if _above(path) & old:
                        yield self.at(path, 0, f"a folder of it is a file in {state.tag}")
                for path in sorted(old - new):
                    if _above(path) & new:
                        yield self.at(path, 0, f"in {state.tag}, and now a folder of it is a file")


def _paths(state: State, template: str) -> set[str]:
    return {path for one in state.renders.get(template, ()) for path in one.files}


def _above(path: str) -> set[str]:
    """The folders that a file lies in."""
    parts = path.split("/")
    return {"/".join(parts[:end]) for end in range(1, len(parts))}

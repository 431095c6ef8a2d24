"""What `copier.yml` may say: it is read with every release, old and new."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jinja2 import TemplateSyntaxError

from scaffold.pack import jinja
from scaffold.pack.questionnaire import ID_QUESTION, ROOT
from scaffold.pack.rule import Finding, StateRule, TreeRule
from scaffold.pack.tree import PackTree, line_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from scaffold.pack.state import State

_SUBDIRECTORY = "templates/~{{ template }}~/template"
_ASK = "~{{ template is undefined }}~"
_CODE_SETTINGS = ("_tasks", "_migrations", "_jinja_extensions")
_EXCLUDE_NAMES = frozenset({"template", "_copier_operation", "_copier_answers", "release"})
_MOST = 8


def root_line(pack: PackTree, needle: str) -> int:
    """The line of `copier.yml` where `needle` stands."""
    return line_of(pack.text(ROOT) or "", needle)


class QS01(TreeRule):
    """One root `copier.yml` chooses the folder by the id: plain `copier update` needs that."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look for other questionnaires and another `_subdirectory`."""
        if pack.questionnaire.settings.get("_subdirectory") != _SUBDIRECTORY:
            message = f"_subdirectory must be {_SUBDIRECTORY!r}"
            yield self.at(ROOT, root_line(pack, "_subdirectory"), message)
        for path in pack.entries:
            if path != ROOT and path.rpartition("/")[2] in {"copier.yml", "copier.yaml"}:
                yield self.at(path, 0, "there is one questionnaire: copier.yml at the root")


class QS02(TreeRule):
    """The delimiters and StrictUndefined stay: old releases are read with the newest settings."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Compare `_envops`."""
        envops = pack.questionnaire.settings.get("_envops")
        if envops != jinja.ENVOPS:
            wanted = ", ".join(f"{key}: {value}" for key, value in jinja.ENVOPS.items())
            yield self.at(ROOT, root_line(pack, "_envops"), f"_envops must be {wanted}")


class QS03(TreeRule):
    """No tasks, migrations or Jinja extensions: nobody ever has to pass `--trust`."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look for the settings that need trust."""
        for key in _CODE_SETTINGS:
            if key in pack.questionnaire.settings:
                yield self.at(
                    ROOT, root_line(pack, key), f"{key} makes every template need --trust"
                )


class QS04(TreeRule):
    """At most 8 questions besides the id: more are a form, not a start."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Count what each template asks."""
        for template in pack.templates:
            count = len(pack.questionnaire.asked_for(template))
            if count > _MOST:
                file = f"templates/{template}/questions.yml"
                yield self.at(file, 0, f"{template} asks {count} questions, {_MOST} are the most")


class QS05(TreeRule):
    """The question `template` offers the templates there are, and is asked once, by copy."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Compare its choices and its `ask`."""
        question = pack.questionnaire.questions.get(ID_QUESTION)
        if question is None:
            yield self.at(ROOT, 0, "the question `template` is missing")
            return
        line = root_line(pack, f"\n{ID_QUESTION}:") + 1
        if sorted(question.choices) != sorted(pack.templates):
            message = f"choices must be the folders of templates/: {', '.join(pack.templates)}"
            yield self.at(ROOT, line, message)
        if question.spec.get("ask") != _ASK or question.spec.get("type") != "str":
            yield self.at(ROOT, line, f"it must have type: str and ask: {_ASK!r}")
        if "default" in question.spec or "when" in question.spec:
            yield self.at(ROOT, line, "it has no default and no condition")


class QS06(TreeRule):
    """Each template's own questions are included once and asked for that template only."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Compare the includes, and look at each own question's `when`."""
        wanted = [f"templates/{template}/questions.yml" for template in pack.templates]
        includes = pack.questionnaire.includes
        if sorted(includes) != sorted(wanted):
            message = f"!include each of: {', '.join(wanted)}"
            yield self.at(ROOT, root_line(pack, "!include"), message)
        for question in pack.questionnaire.questions.values():
            if question.file == ROOT:
                continue
            template = question.file.split("/")[1]
            if f"template == '{template}'" not in question.when:
                line = line_of(pack.text(question.file) or "", f"{question.name}:")
                message = f"{question.name} needs `when` with template == '{template}'"
                yield self.at(question.file, line, message)


class QS07(TreeRule):
    """`_exclude` names only what every release, old and new, knows, and includes nothing.

    copier renders the newest release's lines in the old release's copy too. An unknown name stops
    the update; a list that comes by include and gains a path deletes learners' files silently.
    """

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Read each entry as a syntax tree."""
        for entry in entries(pack, "_exclude"):
            line = root_line(pack, entry.strip().split("\n")[0])
            try:
                tree = jinja.parse(entry)
            except TemplateSyntaxError as error:
                yield self.at(ROOT, line, f"this entry of _exclude cannot be read: {error.message}")
                continue
            for name in sorted(jinja.names(tree) - _EXCLUDE_NAMES):
                yield self.at(ROOT, line, f"_exclude may not name {name}")
            if jinja.references(tree):
                yield self.at(ROOT, line, "_exclude may not include a file")


class QS08(TreeRule):
    """`_skip_if_exists` is plain: a templated entry stops `copier update` for some learners."""

    def check(self, pack: PackTree) -> Iterator[Finding]:
        """Look for our delimiters."""
        for entry in entries(pack, "_skip_if_exists"):
            if any(mark in entry for mark in jinja.DELIMITERS):
                line = root_line(pack, entry.strip().split("\n")[0])
                yield self.at(ROOT, line, "an entry of _skip_if_exists may not be templated")


def entries(pack: PackTree, setting: str) -> list[str]:
    """The entries of one of copier's list settings."""
    value: Any = pack.questionnaire.settings.get(setting)
    return [str(entry) for entry in value] if isinstance(value, list) else []


class QS11(StateRule):
    """A question added after the first release has a default: updates ask nobody."""

    def check(self, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
        """Compare with the questions of every release."""
        for state in earlier:
            for name, question in now.pack.questionnaire.questions.items():
                known = state.pack.questionnaire.questions
                if name not in known and "default" not in question.spec:
                    line = line_of(now.pack.text(question.file) or "", f"{name}:")
                    message = f"{name} is newer than {state.tag} and needs a default"
                    yield self.at(question.file, line, message)


class QS12(StateRule):
    """Choices only grow: a removed one silently resets the recorded answer to the default."""

    def check(self, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
        """Compare the choices with those of every release."""
        for state in earlier:
            for name, old in state.pack.questionnaire.questions.items():
                new = now.pack.questionnaire.questions.get(name)
                if new is None or name == ID_QUESTION:
                    continue
                gone = set(old.choices) - set(new.choices)
                # A question that had free answers and now has choices narrows as well.
                if new.choices and (gone or not old.choices):
                    what = ", ".join(sorted(gone)) or "free answers"
                    line = line_of(now.pack.text(new.file) or "", f"{name}:")
                    yield self.at(new.file, line, f"{name} no longer accepts {what} ({state.tag})")


class QS13(StateRule):
    """`when` never narrows: an answer that is no longer asked for is silently forgotten.

    Whether one condition is wider than another cannot be told from their texts, so every change is
    a finding but the one to no condition at all.
    """

    def check(self, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
        """Compare the conditions with those of every release."""
        for state in earlier:
            for name, old in state.pack.questionnaire.questions.items():
                new = now.pack.questionnaire.questions.get(name)
                if new is not None and new.when and new.when != old.when:
                    line = line_of(now.pack.text(new.file) or "", f"{name}:")
                    message = f"the condition of {name} differs from {state.tag}"
                    yield self.at(new.file, line, message)


class QS14(StateRule):
    """A question stays, with its type: an update forgets or refuses the recorded answer else."""

    def check(self, now: State, earlier: Sequence[State]) -> Iterator[Finding]:
        """Compare the names and types with those of every release."""
        for state in earlier:
            for name, old in state.pack.questionnaire.questions.items():
                new = now.pack.questionnaire.questions.get(name)
                if new is None:
                    yield self.at(ROOT, 0, f"the question {name} of {state.tag} is gone")
                elif new.kind != old.kind:
                    line = line_of(now.pack.text(new.file) or "", f"{name}:")
                    message = f"{name} was of type {old.kind} in {state.tag}, now it is {new.kind}"
                    yield self.at(new.file, line, message)

"""Rendering the pack as it stands, with plain copier, as learners would."""

from __future__ import annotations

import itertools
import math
import warnings
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from scaffold.errors import RequestError
from scaffold.pack.plumbing import Repository, workspace
from scaffold.pack.questionnaire import ID_QUESTION, Question
from scaffold.pack.tree import PackTree, read_working
from scaffold.portable import leads_into_git

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_WRONG = (ValueError, TypeError, FileNotFoundError)
"""What copier raises beside its own errors: bad answers, settings and missing folders."""

_SMALL = 12
"""Up to so many combinations of choices are all rendered; beyond, each choice once."""

ODD_TEXT = "Quotes \"'`, \\back\\slash, #hash, <b>&amp;, ${{ x }}, {{ y }}, ~{n}, é, 🙂: yes"
"""An answer that breaks what writes text into a file format without quoting it."""


@dataclass(frozen=True)
class Render:
    """One generated repository.

    Attributes:
        template: Its template's id.
        answers: What was answered; the rest are defaults.
        files: Content by path.
        ignored: The files that its own `.gitignore` hides.
        unmarked: The binary files that its `.gitattributes` would convert.
        error: Why copier could not render it; empty when it could.
    """

    template: str
    answers: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()
    unmarked: tuple[str, ...] = ()
    error: str = ""

    def text(self, path: str) -> str:
        """A file's text; empty when it is missing or not UTF-8."""
        try:
            return self.files.get(path, b"").decode()
        except UnicodeDecodeError:
            return ""

    @property
    def name(self) -> str:
        """The render in words, for a message."""
        said = ", ".join(f"{key}={value}" for key, value in self.answers.items())
        return f"{self.template} ({said or 'defaults'})"


@dataclass(frozen=True)
class PackFolder:
    """A throwaway git repository whose `HEAD` is one state of the pack."""

    root: Path

    @classmethod
    def write(cls, pack: PackTree, root: Path) -> PackFolder:
        """Lay `pack` out in `root`, which must not exist, and commit it."""
        for entry in pack.entries.values():
            path = root / entry.path
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(entry.data)
            if entry.mode == "100755":
                path.chmod(0o755)
        commit_all(root)
        return cls(root)

    def render(self, template: str, answers: Mapping[str, Any], destination: Path) -> Render:
        """Render one template with plain copier; a failure is part of the result."""
        try:
            copy(str(self.root), "HEAD", {ID_QUESTION: template, **answers}, destination)
        except RequestError as error:
            return Render(template, answers, error=error.problem)
        return _look_at(template, answers, destination)

    def render_as(
        self, release: Mapping[str, str], template: str, answers: Mapping[str, Any], to: Path
    ) -> Render:
        """Render one template from the plain folder, as `scaffold new` does: five times faster.

        Args:
            release: What stands for `_commit` and `_src_path`, which copier cannot know here.
            template: The template's id.
            answers: Answers that differ from the defaults.
            to: The folder to render into.
        """
        from plumbum import local

        data = {ID_QUESTION: template, "release": dict(release), **answers}
        try:
            with local.env(PATH=""):  # copier takes a folder for a folder only without git
                copy(str(self.root), None, data, to)
        except RequestError as error:
            return Render(template, answers, error=f"from a plain folder, {error.problem}")
        return _look_at(template, answers, to)


def render_working(
    pack_root: Path, template: str, answers: Mapping[str, Any], destination: Path
) -> None:
    """Render the working state of one template, for a look.

    Args:
        pack_root: The folder that holds `copier.yml` and `templates/`.
        template: The template's id.
        answers: Answers that differ from the defaults.
        destination: Where to; it must not exist, or be empty.

    Raises:
        RequestError: Unknown template or answer, a destination with content, or a template that
            copier cannot render.
        OutsideError: git failed.
    """
    pack = read_working(pack_root)
    check_template(pack, template)
    known = pack.questionnaire.asked_for(template)
    for name in answers:
        if name not in known:
            raise RequestError(
                f"{template} does not ask for {name!r}.", f"It asks for: {', '.join(known)}."
            )
    if destination.exists() and (not destination.is_dir() or any(destination.iterdir())):
        raise RequestError(f"{destination} is not empty.", "Name a folder that does not exist.")
    with workspace() as work:
        folder = PackFolder.write(pack, work / "pack")
        given = {ID_QUESTION: template, **answers}
        copy(str(folder.root), "HEAD", given, destination)


def check_template(pack: PackTree, template: str) -> None:
    """Refuse a template that the pack does not have.

    Raises:
        RequestError: It has no such template.
    """
    if template not in pack.templates:
        raise RequestError(
            f"There is no template {template!r} in this pack.",
            f"It has: {', '.join(pack.templates) or 'none'}.",
        )


def copy(source: str, ref: str | None, data: Mapping[str, Any], destination: Path) -> None:
    """Run plain `copier copy`, defaults for what is not given, without the user's settings.

    Raises:
        RequestError: copier could not render it.
    """
    import copier
    from copier.errors import CopierError
    from jinja2 import TemplateError
    from plumbum.commands.processes import ProcessExecutionError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            copier.run_copy(
                source,
                destination,
                dict(data),
                vcs_ref=ref,
                defaults=True,
                quiet=True,
                settings=copier.Settings(),
            )
    except (CopierError, TemplateError, ProcessExecutionError, *_WRONG) as error:
        said = " ".join(str(error).split())
        raise RequestError(
            f"copier cannot render it: {type(error).__name__}: {said}",
            "Correct the template that the message names.",
        ) from error


def commit_all(folder: Path) -> Repository:
    """Make `folder` a git repository with everything in it as one commit."""
    repository = Repository.create(folder / ".git", folder)
    repository.run("add", "--all", "--force", "--", ".")
    repository.run(
        *("-c", "user.name=scaffold", "-c", "user.email=scaffold@example.invalid"),
        *("commit", "--quiet", "--allow-empty", "--message=state"),
    )
    return repository


def variants(questions: Mapping[str, Question]) -> list[dict[str, Any]]:
    """The answers to render with beside the defaults: every choice, and texts to be quoted."""
    open_ = {name: _values(question) for name, question in questions.items() if _values(question)}
    defaults = {name: _default(questions[name], values) for name, values in open_.items()}
    if math.prod(len(values) for values in open_.values()) <= _SMALL:
        chosen = [dict(zip(open_, mix, strict=True)) for mix in itertools.product(*open_.values())]
    else:
        chosen = [{name: value} for name, values in open_.items() for value in values]
    chosen = [
        {name: value for name, value in mix.items() if value != defaults[name]} for mix in chosen
    ]
    odd = {name: ODD_TEXT for name, question in questions.items() if question.free_text}
    return [*(mix for mix in chosen if mix), *([odd] if odd else [])]


def _values(question: Question) -> list[Any]:
    if question.spec.get("type") == "bool":
        return [True, False]
    return list(question.choices)


def _default(question: Question, values: list[Any]) -> object:
    default = question.spec.get("default")
    return default if isinstance(default, bool) else str(default) if default else values[0]


def read_files(folder: Path) -> dict[str, bytes]:
    """Every file below `folder`, by path, without the git directory."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.relative_to(folder).parts[0] != ".git"
    }


def _look_at(template: str, answers: Mapping[str, Any], folder: Path) -> Render:
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
    if any(map(leads_into_git, files)):  # never run git with settings that a template brought
        return Render(template, answers, files)
    repository = Repository.create(folder / ".git", folder)
    ignored = repository.paths("ls-files", "-z", "--others", "--ignored", "--exclude-standard")
    binary = [path for path, data in files.items() if b"\0" in data]
    # Fields come in threes: path, attribute, value; `binary` unsets `text`.
    told = repository.paths("check-attr", "-z", "--stdin", "text", stdin=binary)
    unmarked = tuple(
        path for path, value in zip(told[::3], told[2::3], strict=True) if value != "unset"
    )
    return Render(template, answers, files, ignored, unmarked)

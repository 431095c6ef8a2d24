"""What a starter would ask and give, before anybody generates it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scaffold import answers, owners, scratch
from scaffold.questions import TEMPLATE, Question, Questionnaire, read
from scaffold.render import render

if TYPE_CHECKING:
    from scaffold.source import Pack


def asked(questionnaire: Questionnaire, template: str) -> list[tuple[Question, Any]]:
    """The questions that a starter asks, with the defaults it would take."""
    known = answers.complete(questionnaire, template, {}, {"_folder_name": template})
    questions = map(questionnaire.named, known)
    return [(one, known[one.name]) for one in questions if one and one.name != TEMPLATE]


def files(pack: Pack, template: str) -> dict[str, str]:
    """Every file that a starter gives with default answers, and who owns it."""
    record = owners.read(pack.root, template)
    known = answers.complete(read(pack.root), template, {}, {"_folder_name": template})
    with scratch.folder("scaffold-preview-") as folder:
        tree = folder / template
        render(pack, known, tree)
        paths = sorted(
            path.relative_to(tree).as_posix() for path in tree.rglob("*") if path.is_file()
        )
    return {path: record.of(path) or "owned" for path in paths}

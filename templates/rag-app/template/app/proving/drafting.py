"""`app draft-golden`: writes drafts of golden questions where none are yet."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from app.evidence.writing import write_whole
from app.index.opening import open_index
from app.project import read_project
from app.proving.contents import passages_of
from app.proving.draft import draft
from app.proving.golden import as_line
from app.service.errors import UserError
from app.settings import Settings

SHOWN = 3


def draft_golden(
    settings: Settings, to: Path | None, count: int, say: Callable[[str], None] = print
) -> None:
    """Drafts golden questions from the passages in the index.

    Args:
        settings: Where everything is.
        to: File to write; None: where `project.toml` says golden questions are.
        count: How many drafts at most.
        say: Gets each line for people.

    Raises:
        UserError: The file is there, the index is empty, or no sentence makes a question.
    """
    file = to or read_project(settings.project_file).evaluation.golden
    if file.exists():
        raise UserError(
            f"{file} is there already, and may hold somebody's work.",
            "Name another one with --to, or move it away.",
        )
    with closing(open_index(settings.database_url)) as index:
        drafts = draft(passages_of(index), count)
    if not drafts:
        raise UserError(
            "No sentence of the documents makes a question.",
            "Write golden questions by hand: data/golden/README.md says how.",
        )
    write_whole({file: "".join(map(as_line, drafts)).encode()})
    for one in drafts[:SHOWN]:
        say(f"  {one.question}\n    {one.relevant[0].source} > {one.relevant[0].heading}")
    documents = len({one.relevant[0].source for one in drafts})
    say(
        f"{file} has {len(drafts)} drafts from {documents} documents. They quote what they ask "
        "for, so every search\nlooks better on them than on people's questions. Read each line: "
        "delete what nobody would ask, say\nthe rest as people would, add every section that "
        'answers it, and then change "kind" from "draft".'
    )

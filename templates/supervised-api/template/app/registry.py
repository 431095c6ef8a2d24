"""The folder of trained models: one folder each, who serves, and who served before.

`models/champion` and `models/challenger` each hold the version that has this role, and
`models/history.jsonl` has a line for each change, the newest last.
"""

import json
import os
import shutil
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from pydantic import ValidationError

from app.columns import contract_hash
from app.metadata import Metadata
from app.service.errors import UserError

Role = Literal["champion", "challenger"]
MODEL = "model.onnx"
METADATA = "metadata.json"
CHAMPION: Role = "champion"
CHALLENGER: Role = "challenger"
HISTORY = "history.jsonl"
TRAIN = "Run `uv run app train`."
CHOOSE = "`uv run app models` lists what is there; `uv run app promote VERSION` chooses one."


def holder(models: Path, role: Role) -> str | None:
    """Returns the version that a role's file names, whether it is there or not."""
    try:
        return (models / role).read_text(encoding="utf-8", errors="replace").strip()
    except FileNotFoundError:
        return None


def _folder(models: Path, version: str, named_by: str) -> Path:
    # A version is a plain name: not a path to somewhere else, and not nothing.
    is_name = version not in {"", ".."} and Path(version).name == version
    if not is_name or not (models / version / MODEL).is_file():
        raise UserError(f"{named_by} {version or 'no version'}, which is not there.", CHOOSE)
    return models / version


def champion_folder(models: Path) -> Path:
    """Returns the folder of the model to serve.

    Raises:
        UserError: There is none yet, or the file names one that is gone.
    """
    version = holder(models, CHAMPION)
    if version is None:
        raise UserError(f"There is no trained model in {models} yet.", TRAIN)
    return _folder(models, version, f"{models / CHAMPION} names")


def challenger_folder(models: Path) -> Path | None:
    """Returns the folder of the model that is compared with the champion; None without one.

    Raises:
        UserError: The file names one that is gone.
    """
    version = holder(models, CHALLENGER)
    if version is None or version == holder(models, CHAMPION):
        return None
    return _folder(models, version, f"{models / CHALLENGER} names")


def read_metadata(folder: Path) -> Metadata:
    """Reads what is known about a model and makes sure that it fits today's `Features`.

    Raises:
        UserError: The file is missing or damaged, or the model was trained with other columns.
    """
    try:
        metadata = Metadata.model_validate_json((folder / METADATA).read_bytes())
    except (FileNotFoundError, ValidationError) as error:
        raise UserError(f"{folder / METADATA} can't be read.", TRAIN) from error
    if metadata.contract_sha256 != contract_hash():
        raise UserError(
            f"Model {metadata.version} was trained with other columns than app/schema.py has now.",
            TRAIN,
        )
    return metadata


def folders(models: Path) -> list[Path]:
    """Returns the folder of each model, by name, whether it can be served or not."""
    return sorted(file.parent for file in models.glob(f"[!.]*/{MODEL}"))


def versions(models: Path) -> list[Metadata]:
    """Returns what is known about each model that can be served, the oldest first.

    A model of other columns, or of an older release, is left out: it can't be compared either.
    """
    found = []
    for folder in folders(models):
        try:
            found.append(read_metadata(folder))
        except UserError:
            continue
    return sorted(found, key=lambda metadata: metadata.created)


def _write(file: Path, text: str) -> None:
    """Replaces a file: a reader sees the old text or the new, never a part."""
    new = file.with_name(f".{file.name}.new")
    new.write_text(text, encoding="utf-8", newline="\n")
    new.replace(file)


def _give(models: Path, role: Role, version: str, action: str) -> None:
    """Gives a role to a version and writes that down.

    The role first: `_champions` finds a champion without a line in the history, which is what an
    end in between leaves, or somebody who writes the file by hand.
    """
    before = holder(models, role)
    _write(models / role, version + "\n")
    if role == CHAMPION and holder(models, CHALLENGER) == version:
        (models / CHALLENGER).unlink()
    now = datetime.now(UTC).isoformat(timespec="seconds")
    line = {"at": now, "action": action, "role": role, "version": version, "before": before}
    past = models / HISTORY
    text = past.read_text(encoding="utf-8") if past.exists() else ""
    if text and not text.endswith("\n"):
        text += "\n"
    _write(past, text + json.dumps(line) + "\n")


def promote(models: Path, version: str, role: Role = CHAMPION) -> None:
    """Makes a model the one to serve, or the one to compare it with.

    The challenger that becomes champion leaves its old role empty.

    Raises:
        UserError: It is not there, does not fit today's `Features`, or would challenge itself.
    """
    read_metadata(_folder(models, version, "You named"))
    if role == CHALLENGER and version == holder(models, CHAMPION):
        raise UserError(
            f"{version} is the champion; it can't be its own challenger.",
            "Promote another version, or train one with `uv run app train --challenger`.",
        )
    if version != holder(models, role):
        _give(models, role, version, "promote")


def _push(stack: list[str], version: str | None) -> None:
    if version is not None and stack[-1:] != [version]:
        stack.append(version)


def _champions(models: Path) -> list[str]:
    """Returns the champions that can be gone back to and at last today's, the oldest first.

    A rollback takes back what came after the version it went to, so that the next one goes
    further and not in a circle.
    """
    past, read = models / HISTORY, 0
    stack: list[str] = []
    try:
        for line in past.read_text(encoding="utf-8").splitlines():
            entry = json.loads(line)
            read += 1
            if entry["role"] != CHAMPION:
                continue
            if entry["action"] == "rollback" and entry["version"] in stack:
                while stack[-1] != entry["version"]:
                    stack.pop()
                continue
            for version in (entry["before"], entry["version"]):
                _push(stack, version)
    except FileNotFoundError:
        pass
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(
            f"{past}, line {read + 1} can't be read, so nobody knows what was served before.",
            f"Nothing was changed. Correct that line, or choose yourself. {CHOOSE}",
        ) from error
    _push(stack, holder(models, CHAMPION))
    return stack


def rollback(models: Path) -> str:
    """Makes the champion before this one the champion again; once more goes further back.

    Returns:
        Its version.

    Raises:
        UserError: There was none before, or it is gone or no longer fits; nothing is changed.
    """
    champions = _champions(models)
    if len(champions) < 2:  # noqa: PLR2004 - today's, and one to go back to
        raise UserError("There was no champion before this one.", CHOOSE)
    read_metadata(_folder(models, champions[-2], "The champion before this one was"))
    _give(models, CHAMPION, champions[-2], "rollback")
    return champions[-2]


def save(models: Path, onnx: bytes, metadata: Metadata, role: Role | None = CHAMPION) -> Path:
    """Writes a model, and gives it a role; a reader sees all of it or nothing.

    Returns:
        The model's folder.
    """
    models.mkdir(parents=True, exist_ok=True)
    folder = models / metadata.version
    staged = Path(tempfile.mkdtemp(prefix=".new-", dir=models))
    staged.chmod(0o755)  # mkdtemp is for one user only; whoever serves may be another
    (staged / MODEL).write_bytes(onnx)
    _write(staged / METADATA, metadata.model_dump_json(indent=2) + "\n")
    if folder.exists():  # the same model again: same bytes, newer facts
        for file in staged.iterdir():
            os.replace(file, folder / file.name)  # noqa: PTH105 - replaces on Windows too
        shutil.rmtree(staged)
    else:
        staged.rename(folder)
    if role is not None and holder(models, role) != metadata.version:
        _give(models, role, metadata.version, "train")
    return folder

"""Verbs that make a model, and choose the one to serve."""

import argparse
from typing import TYPE_CHECKING

from app.verbs.parsing import Verbs

if TYPE_CHECKING:
    from app.registry import Role


CHALLENGES = "to be compared with the champion, not to decide"


def _role(arguments: argparse.Namespace) -> "Role":
    return "challenger" if arguments.challenger else "champion"


def _train(arguments: argparse.Namespace) -> None:
    from app.project import read_project
    from app.settings import read_settings
    from app.training.run import train

    settings = read_settings()
    role = _role(arguments)
    project = read_project(settings.project_file)
    train(project, settings, kind=arguments.model, role=None if arguments.no_promote else role)


def _models(_: argparse.Namespace) -> None:
    from app.registry import CHALLENGER, CHAMPION, TRAIN, folders, holder, versions
    from app.settings import read_settings
    from app.tasks import TASKS

    models = read_settings().models_dir
    roles = {holder(models, role): role for role in (CHALLENGER, CHAMPION)}
    known = versions(models)
    for metadata in known:
        primary = TASKS[metadata.task].primary
        scores = metadata.metrics["unseen"][metadata.kind]
        print(
            f"{metadata.version:14} {metadata.kind:9} {metadata.created:%Y-%m-%d %H:%M} "
            f"{roles.get(metadata.version, ''):10} {primary} {scores.numbers[primary]:.4g} "
            f"on {scores.n} unseen rows"
        )
    left = {folder.name for folder in folders(models)} - {m.version for m in known}
    for version in sorted(left):
        print(f"{version:14} can't be served: other columns, an older release, or damaged")
    if not known:
        print(f"No model in {models} can be served. {TRAIN}")


def _promote(arguments: argparse.Namespace) -> None:
    from app.registry import promote
    from app.settings import read_settings

    role = _role(arguments)
    promote(read_settings().models_dir, arguments.version, role)
    print(f"{arguments.version} is the {role}; a running service knows when it starts again.")


def _rollback(_: argparse.Namespace) -> None:
    from app.registry import rollback
    from app.settings import read_settings

    version = rollback(read_settings().models_dir)
    print(f"{version} is the champion again; a running service knows when it starts again.")


def add(verbs: Verbs) -> None:
    """Adds the verbs."""
    verb = verbs.add_parser(
        "train",
        help="train, check the gates, write a model",
        description="Reads project.toml, app/schema.py and the data; writes "
        "models/<version>/ (model.onnx, metadata.json, model_card.md), and makes it the model to "
        "serve. A gate that fails ends with 1, and nothing is written.",
    )
    verb.add_argument("--model", choices=("linear", "boosting"), help="instead of [model] serve")
    role = verb.add_mutually_exclusive_group()
    role.add_argument("--challenger", action="store_true", help=CHALLENGES)
    role.add_argument("--no-promote", action="store_true", help="only keep the model")
    verb.set_defaults(run=_train)

    verb = verbs.add_parser(
        "models",
        help="list the trained models",
        description="Reads models/; prints version, kind, date, role and the metric that models "
        "are compared by, the oldest first. Writes nothing.",
    )
    verb.set_defaults(run=_models)

    verb = verbs.add_parser(
        "promote",
        help="choose the model to serve, or its challenger",
        description="Reads models/<version>; writes models/champion or models/challenger, and a "
        "line in models/history.jsonl. A model that does not fit app/schema.py is refused.",
    )
    verb.add_argument("version", help="as `app models` lists it")
    verb.add_argument("--challenger", action="store_true", help=CHALLENGES)
    verb.set_defaults(run=_promote)

    verb = verbs.add_parser(
        "rollback",
        help="go back to the champion before this one",
        description="Reads models/history.jsonl; writes models/champion and a line in the "
        "history. Called again, it goes further back. Nothing is deleted.",
    )
    verb.set_defaults(run=_rollback)

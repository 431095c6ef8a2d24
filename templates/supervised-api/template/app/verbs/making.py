"""Verbs that make a model, and choose the one to serve."""

import argparse

from app.verbs.parsing import Verbs


def _train(_: argparse.Namespace) -> None:
    from app.project import read_project
    from app.settings import read_settings
    from app.training.run import train

    settings = read_settings()
    train(read_project(settings.project_file), settings)


def _models(_: argparse.Namespace) -> None:
    from app import registry
    from app.settings import read_settings
    from app.tasks import TASKS

    models = read_settings().models_dir
    roles = {
        registry.holder(models, role): role for role in (registry.CHALLENGER, registry.CHAMPION)
    }
    known = registry.versions(models)
    for metadata in known:
        primary = TASKS[metadata.task].primary
        scores = metadata.metrics["unseen"][metadata.kind]
        print(
            f"{metadata.version:14} {metadata.kind:9} {metadata.created:%Y-%m-%d %H:%M} "
            f"{roles.get(metadata.version, ''):10} {primary} {scores.numbers[primary]:.4g} "
            f"on {scores.n} unseen rows"
        )
    left = {folder.name for folder in registry.folders(models)} - {m.version for m in known}
    for version in sorted(left):
        print(f"{version:14} can't be served: other columns, an older release, or damaged")
    if not known:
        print(f"No model in {models} can be served. {registry.TRAIN}")


def _promote(arguments: argparse.Namespace) -> None:
    from app.registry import CHALLENGER, CHAMPION, promote
    from app.settings import read_settings

    role = CHALLENGER if arguments.challenger else CHAMPION
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
        "models/<version>/model.onnx and metadata.json, and makes it the model to serve. "
        "A gate that fails ends with 1, and nothing is written.",
    )
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
    verb.add_argument("--challenger", action="store_true", help="to be compared, not to decide")
    verb.set_defaults(run=_promote)

    verb = verbs.add_parser(
        "rollback",
        help="go back to the champion before this one",
        description="Reads models/history.jsonl; writes models/champion and a line in the "
        "history. Called again, it goes further back. Nothing is deleted.",
    )
    verb.set_defaults(run=_rollback)

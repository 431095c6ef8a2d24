"""Verbs that make a model."""

import argparse

from app.verbs.parsing import Verbs


def _train(_: argparse.Namespace) -> None:
    from app.project import read_project
    from app.settings import read_settings
    from app.training.run import train

    settings = read_settings()
    train(read_project(settings.project_file), settings)


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

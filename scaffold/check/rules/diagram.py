"""Whether the diagram is of this system."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from scaffold.check.facts import workflows
from scaffold.check.finding import Finding, Outcome, failed, passed

if TYPE_CHECKING:
    from scaffold.check.facts.code import Files
    from scaffold.check.facts.given import Given
    from scaffold.check.facts.markdown import Document
    from scaffold.check.facts.tree import Tree

README = "README.md"
LEAST_TRUE = 0.8
LARGEST = 5
LEAST_LARGE = 2
_NODE = re.compile(
    r"(?<![\w-])[A-Za-z_][\w-]*\s*(?P<open>\(\[|\[\(|\[\[|\(\(|\[|\(|\{)\s*\"?(?P<label>[^\"\[\](){}|]+)\"?"
)
_SUBGRAPH = re.compile(r"^\s*subgraph\s+\w+\s*\[\s*\"?([^\"\]]+)", re.MULTILINE)
_DEFINED = re.compile(r"^(?:class|def|async def) (\w+)", re.MULTILINE)
_COMMENT = re.compile(r"^\s*%%.*$", re.MULTILINE)
_BREAK = re.compile(r"<br\s*/?>|\\n", re.IGNORECASE)
_PATH = re.compile(r"[\w.-]+(?:/[\w.-]+)*/?")
_KNOWN = re.compile(
    r"\b(sqlite|postgres|prometheus|grafana|alertmanager|docker|render|cloud run|visitor|user|"
    r"browser|client|provider|openai|anthropic|gemini|ollama|github|person|reviewer|learner)s?\b",
    re.IGNORECASE,
)


class ST101:
    """The diagram is true.

    Why: A diagram that is not of this system is worse than none.
    Passes: 80 % of the nodes of the README's Mermaid diagram name a file, folder, service, command
        or class that exists, or stand outside; two of the five largest parts of `app/` are in it;
        and it shows, by its path or whole name, something that the starter's did not.
    Can't tell: Whether the arrows are right.
    Do: Put the paths of your own parts into the nodes of the diagram, and take out what is gone.
    """

    family, kind, level = "ST", "evidence", "static"
    requires: frozenset[str] = frozenset()
    asks = ("ST1",)

    @staticmethod
    def check(readme: Document, tree: Tree, given: Given, modules: Files) -> Outcome:
        """Look up every node."""
        todo = "Draw what is there: scaffold explain ST101"
        charts = [one for one in readme.blocks if one.kind == "fence" and one.language == "mermaid"]
        if not charts:
            return failed(Finding("The README has no Mermaid diagram.", README), todo=todo)
        line = charts[0].line
        text = _COMMENT.sub("", "\n".join(one.text for one in charts))
        labels = nodes(text)
        if not labels:
            return failed(Finding("The diagram has no nodes.", README, line), todo=todo)
        names = _names(tree, modules)
        strange = [
            label
            for label, outside in labels.items()
            if not outside and not _exists(label, tree, names)
        ]
        if len(strange) > (1 - LEAST_TRUE) * len(labels):
            some = ", ".join(f"`{one}`" for one in strange[:3])
            message = (
                f"{len(strange)} of {len(labels)} nodes are nowhere in the repository: {some}."
            )
            return failed(Finding(message, README, line), todo=todo)
        largest = _largest(tree)
        shown = [part for part in largest if part in text]
        if len(shown) < min(LEAST_LARGE, len(largest)):
            missing = ", ".join(part for part in largest if part not in text)
            message = f"The largest parts of the code are not in it: {missing}."
            return failed(Finding(message, README, line), todo=todo)
        before = nodes(given.text(README))
        new = [one for one in labels if one not in before and _is_named(one, tree, names)]
        if not new:
            message = "Every node is the starter's: nothing of yours is in the diagram."
            return failed(Finding(message, README, line), todo=todo)
        return passed(
            f"{len(labels) - len(strange)} of {len(labels)} nodes exist, `{new[0]}` is new",
            README,
            line,
        )


def nodes(text: str) -> dict[str, bool]:
    """First lines of a chart's nodes, and whether each stands outside the system."""
    found: dict[str, bool] = {}
    for one in _NODE.finditer(text):
        label = _BREAK.split(one["label"])[0].strip()
        if label and label not in {"LR", "TD", "TB"}:
            found[label] = one["open"] == "(["
    for label in _SUBGRAPH.findall(text):
        found.pop(label.strip(), None)
    return found


def _names(tree: Tree, modules: Files) -> set[str]:
    """Names that a node may be called by: classes, functions, services, files."""
    found = {path.rpartition("/")[2].partition(".")[0] for path in tree.sizes}
    for text in modules.texts.values():
        found |= set(_DEFINED.findall(text))
    compose = workflows.load(tree.text("compose.yaml"))
    services = compose.get("services") if isinstance(compose, dict) else None
    found |= set(map(str, services)) if isinstance(services, dict) else set()
    return {one.lower() for one in found}


def _exists(label: str, tree: Tree, names: set[str]) -> bool:
    paths = [one for one in _PATH.findall(label) if "/" in one or "." in one]
    if paths:
        return all(one.rstrip("/") in tree or tree.has_folder(one) for one in paths)
    if _KNOWN.search(label) or label.startswith("uv run app"):
        return True
    words = {word for word in re.findall(r"\w+", label.lower()) if len(word) > 2}  # noqa: PLR2004
    return bool(words & names) or label.lower().replace(" ", "_") in names


def _is_named(label: str, tree: Tree, names: set[str]) -> bool:
    """Whether a node names a file or folder by its path, or a part by its whole name."""
    paths = [one for one in _PATH.findall(label) if "/" in one or "." in one]
    if paths:
        return all(one.rstrip("/") in tree or tree.has_folder(one) for one in paths)
    return label.lower() in names or label.lower().replace(" ", "_") in names


def _largest(tree: Tree) -> list[str]:
    """The largest folders and modules right below `app`, by bytes of Python."""
    sizes: dict[str, int] = {}
    for path in tree.below("app", ".py"):
        part = "/".join(path.split("/")[:2])
        sizes[part] = sizes.get(part, 0) + tree.sizes[path]
    return sorted(sizes, key=lambda part: -sizes[part])[:LARGEST]

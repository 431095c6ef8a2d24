"""What people do with each starter, a round of it: enough for every panel to show something."""

import subprocess
from collections.abc import Callable

from tests.containers.stack import Stack, call

QUESTIONS = (
    "How big should a chunk be?",
    "When have the inputs changed enough to matter?",
    "What happens to an agent when its process dies?",
)
OFF_TOPIC = "Which wine goes with roasted duck?"
SMALL = "Who pulls in certifi?"
UNKNOWN = "Which of our suppliers will still exist in five years?"


def predictions(stack: Stack, port: int) -> None:
    """Rows of the data, each with what came true, by the starter's own `app replay`."""
    address = f"http://127.0.0.1:{port}"
    subprocess.run(
        ["uv", "run", "--locked", "--quiet", "app", "replay", address, "--rows=400", "--labels"],
        cwd=stack.folder,
        capture_output=True,
        check=True,
    )
    refused(port, "/predict")


def answers(_: Stack, port: int) -> None:
    """Questions that are answered, one that is not, and thumbs."""
    for question in QUESTIONS:
        status, said = call(port, "/ask", {"question": question})
        assert status == 200, said
        assert call(port, "/ask/stream", {"question": question})[0] == 200
        thumb = {"answer_id": said["answer_id"], "thumb": "up"}
        assert call(port, "/feedback", thumb)[0] == 200
    assert call(port, "/ask", {"question": OFF_TOPIC})[0] == 200
    refused(port, "/ask")


def runs(_: Stack, port: int) -> None:
    """A run that is approved, one that is refused, and a thumb."""
    status, said = call(port, "/runs", {"question": SMALL, "wait": 30})
    assert (status, said["status"]) == (202, "waiting"), said
    decided = call(port, f"/runs/{said['run_id']}/decision", {"type": "approve"})
    assert decided[0] == 200, decided
    assert call(port, "/feedback", {"run_id": said["run_id"], "thumb": "up"})[0] == 200
    status, said = call(port, "/runs", {"question": UNKNOWN, "wait": 30})
    assert (status, said["outcome"]) == (202, "refused"), said
    refused(port, "/runs")


def refused(port: int, path: str) -> None:
    """Ask for what is not there."""
    assert call(port, path, {"unknown": 1})[0] == 422


ROUNDS: dict[str, Callable[[Stack, int], None]] = {
    "supervised-api": predictions,
    "rag-app": answers,
    "multi-agent": runs,
}

"""A model that thinks as a rendered multi-agent's playbook does, and can be held, or made to lie.

Run by that repository's own Python, in its folder. It prints its address and serves until it is
killed. Files in the folder steer it: what would call the tool named in `hold` waits until that file
is gone, and the first sentence of each memo ends with what is in `lie`.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.browser.service import Repository


class Thinker:
    """The model behind it, steered."""

    def __init__(self, model: Any) -> None:  # of packages that are not ours
        self._model = model
        self._tools: list[dict[str, Any]] = []

    def bind(self, tools: list[dict[str, Any]]) -> Thinker:
        """Return one that may call these tools."""
        bound = Thinker(self._model)
        bound._tools = tools
        return bound

    def invoke(self, messages: Any) -> Any:
        """Answer, once nothing holds it."""
        names = {tool["function"]["name"] for tool in self._tools}
        while (held := _read("hold")) and held in names:
            sleep(0.05)
        answer = self._model.bind(tools=self._tools).invoke(messages)
        if "Memo" in names and (lie := _read("lie")):
            answer.tool_calls[0]["args"]["lines"][0]["text"] += lie
        return answer


def _read(name: str) -> str:
    with contextlib.suppress(FileNotFoundError):
        return Path(name).read_text(encoding="utf-8")
    return ""


@contextlib.contextmanager
def thinking(repository: Repository) -> Iterator[dict[str, str]]:
    """Run it beside a repository; give the settings that make a service use it."""
    python = repository.folder / ".venv" / "bin" / "python"
    with subprocess.Popen(
        [python, __file__],
        cwd=repository.folder,
        env=repository.environment | {"PYTHONPATH": str(repository.folder)},
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        address = process.stdout.readline().strip()
        try:
            yield {
                "MODEL": "openai:test",
                "MODEL_PRICE": "2,10",
                "OPENAI_BASE_URL": address,
                "OPENAI_API_KEY": "none",
            }
        finally:
            process.kill()


def _main() -> None:
    sys.path.remove(str(Path(__file__).parent))
    # All of them are the repository's.
    from app.model.choosing import load_chat_model
    from app.project import read_project
    from app.settings import read_settings

    from tests.openai_server import openai_server

    settings = read_settings(model="offline")
    model = load_chat_model(settings, read_project(settings.project_file))
    with openai_server(Thinker(model)) as (address, _):
        print(address, flush=True)  # noqa: T201 - whoever started it reads it
        while True:
            sleep(60)


if __name__ == "__main__":
    _main()

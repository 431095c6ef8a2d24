"""A small project whose two prompts are asked of a model that answers each as a test wants."""

import gzip
import json
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import SecretStr

from app.evidence.report import read_report
from app.proving.compare_prompts import FILE, Comparison, Hands, compare_prompts
from app.proving.prompt_questions import Planned
from app.settings import Settings

from .language.model_server import Asked, Reply
from .language.openai_server import OpenAIServer
from .small_project import SECTIONS, Small

A, B = "answer-1", "answer-2"
TEXTS = {question: text for *_, text, question in SECTIONS}
PASSAGE = re.compile(r'<passage-(\w+) number="(\d+)">\n(.*?)\n</passage-\1>', re.DOTALL)
QUESTION = re.compile(r"<question-(\w+)>\n(.*?)\n</question-\1>", re.DOTALL)
Json = dict[str, Any]
Answers = Callable[[Asked], str | Reply]


def prompt_of(asked: Asked) -> str:
    """Which prompt a request was made with: only the second one shows an example."""
    return B if "An example of the form" in asked.system else A


def question_of(asked: Asked) -> str:
    match = QUESTION.search(asked.question)
    assert match
    return match[2]


def passages_of(asked: Asked) -> list[str]:
    return [text for _, _, text in PASSAGE.findall(asked.question)]


def well(asked: Asked) -> str:
    """What its section says, with its number; no answer where there is none."""
    text = TEXTS.get(question_of(asked))
    numbers = [at for at, one in enumerate(passages_of(asked), 1) if text and text in one]
    return f"{text} [{numbers[0]}]" if numbers else "NO ANSWER"


def badly(asked: Asked) -> str:
    """Something, whatever was asked, from nowhere."""
    return f"I have heard that {question_of(asked).rstrip('?')}."


def by_prompt(first: Answers, second: Answers) -> Answers:
    return lambda asked: (first if prompt_of(asked) == A else second)(asked)


def settings_of(small: Small, server: OpenAIServer, **given: Any) -> Settings:  # noqa: ANN401
    model = {"model": "openai:small", "openai_base_url": server.address, "model_price": "1,2"}
    key = {"openai_api_key": SecretStr("a-key")}
    return small.settings.model_copy(update={**model, **key, **given})


@dataclass
class Compared:
    """A comparison, and what it said and wrote."""

    settings: Settings
    questions: int = 8
    said: list[str] = field(default_factory=list)

    def run(self, first: str = A, second: str = B, *, agreed: bool = True) -> "Compared":
        def bar(planned: Sequence[Planned]) -> Iterable[Planned]:
            return planned

        hands = Hands(lambda line: self.said.extend(line.splitlines()), lambda: agreed, bar)
        compare_prompts(self.settings, Comparison(first, second, self.questions, 7), hands)
        return self

    @property
    def text(self) -> str:
        return "\n".join(self.said)

    @property
    def written(self) -> bool:
        return self.settings.reports_dir.exists() and any(self.settings.reports_dir.iterdir())

    @property
    def report(self) -> Json:
        return read_report(self.settings.reports_dir / FILE)

    @property
    def rows(self) -> list[Json]:
        packed = (self.settings.reports_dir / self.report["rows"]["file"]).read_bytes()
        return [json.loads(line) for line in gzip.decompress(packed).splitlines()]

    def verdict(self, words: str) -> str:
        """What the last table says about a measure."""
        lines = [line for line in self.said if line.startswith(f"  {words}  ")]
        return lines[-1]

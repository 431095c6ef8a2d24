"""What `project.toml` says: the documents, the search, when to refuse, and how good is enough."""

import tomllib
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from app.retrieval.modes import Mode
from app.service.errors import UserError

Language = Literal["english", "none"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """How the project is called, and what the demo asks."""

    title: str = "Questions and answers"
    summary: str = ""
    examples: tuple[str, ...] = ()
    off_topic: str = ""


class Corpus(_Part):
    """Where the documents are, beside the project file.

    `exclude` are patterns as of `fnmatch`, against paths below the folder, with `/`. `language`
    decides whether words match whatever their English ending.
    """

    folder: Path = Path("data/corpus")
    exclude: tuple[str, ...] = ()
    language: Language = "english"


class Chunks(_Part):
    """How documents are cut: about so many words, never across a heading."""

    words: int = Field(default=200, ge=20, le=2000)


class Retrieval(_Part):
    """How passages are found.

    `candidates` is how many each search brings; `passages` how many an answer is made from. The
    weights are those of the two rankings when they are put together.
    """

    mode: Mode = "hybrid"
    candidates: int = Field(default=50, ge=1, le=1000)
    lexical_weight: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    vector_weight: float = Field(default=1.0, ge=0, allow_inf_nan=False)
    passages: int = Field(default=5, ge=1, le=20)


class Refusal(_Part):
    """The cosine similarity of question and best passage below which there is no answer."""

    similarity: float = Field(default=0.3, ge=-1, le=1)


class Answers(_Part):
    """How a model writes answers, where the setting MODEL names one.

    `prompt` is a file below `app/answering/prompts`; `turns` is how many earlier questions and
    answers of a conversation it gets to see.
    """

    prompt: str = Field(default="answer-2", pattern=r"^[a-z]{1,30}-[0-9]{1,4}$")
    most_tokens: int = Field(default=700, ge=50, le=20_000)
    turns: int = Field(default=3, ge=0, le=20)


class Evaluation(_Part):
    """Files of questions, beside the project file: JSON lines."""

    golden: Path = Path("data/golden/questions.jsonl")
    off_topic: Path = Path("data/golden/off_topic.jsonl")
    near_miss: Path = Path("data/golden/near_miss.jsonl")
    baseline: Path = Path("data/golden/baseline.json")


class Gates(_Part):
    """What must hold for `app evaluate` to end with 0; all are shares, 0 to 1."""

    recall_at_5: float = Field(default=0.0, ge=0, le=1)
    drop: float = Field(default=0.02, ge=0, le=1)
    answered: float = Field(default=0.0, ge=0, le=1)
    off_topic_refused: float = Field(default=0.0, ge=0, le=1)


class Project(_Part):
    """The whole file; paths in it are made absolute by `read_project`."""

    words: Words = Field(default=Words(), alias="project")
    corpus: Corpus = Corpus()
    chunks: Chunks = Chunks()
    retrieval: Retrieval = Retrieval()
    refusal: Refusal = Refusal()
    answers: Answers = Answers()
    evaluation: Evaluation = Evaluation()
    gates: Gates = Gates()


def read_project(file: Path) -> Project:
    """Reads `project.toml`; paths in it are relative to its folder.

    Raises:
        UserError: It is not there, is no TOML, or a key is wrong.
    """
    remedy = "The comments in project.toml and app/project.py say what it may hold."
    try:
        found = Project.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise UserError(f"{file} can't be read: {error.strerror}.", remedy) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UserError(f"{file} is no TOML: {error}.", remedy) from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        wrong = "there is no such key" if first["type"] == "extra_forbidden" else first["msg"]
        raise UserError(f"{file}: {place}: {wrong}.", remedy) from error
    folder = file.resolve().parent
    corpus = found.corpus.model_copy(update={"folder": folder / found.corpus.folder})
    paths = {name: folder / path for name, path in found.evaluation}
    evaluation = found.evaluation.model_copy(update=paths)
    return found.model_copy(update={"corpus": corpus, "evaluation": evaluation})

"""Vectors from a provider that speaks OpenAI's protocol: OpenAI, Gemini, Ollama, vLLM and more."""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from app.embedding.embedder import of_length_one
from app.index.index import Vectors
from app.service.errors import UserError

if TYPE_CHECKING:  # it takes a second to import, which only its users shall wait
    from openai import APIConnectionError, APIStatusError

OPENAI = "https://api.openai.com/v1"
BATCH = 64  # some providers take no more than 100 at once
SECONDS = 30.0  # for one request
RETRIES = 3  # after 408, 409, 429, 5xx and lost connections; the client heeds Retry-After
UNLIKE = "vectors that are not lists of numbers, all as long"
MOST_SIGNS = 200  # of a provider's message that are shown


class Provider:
    """Asks for vectors over HTTP. Every text that it is given leaves this machine.

    Args:
        model: As the provider names it.
        base_url: Up to and with `/v1`; empty means OpenAI's own.
        key: May be empty where the provider wants none.
        seconds: How long one request may take.
    """

    def __init__(self, model: str, base_url: str, key: str, seconds: float = SECONDS) -> None:
        from openai import OpenAI

        self.name = f"openai:{model}"
        self._model = model
        address = base_url or OPENAI
        self._host = urlsplit(address).hostname or address
        self._client = OpenAI(
            api_key=key or "none", base_url=address, timeout=seconds, max_retries=RETRIES
        )
        self._lock = threading.Lock()
        self._dimensions: int | None = None

    @property
    def dimensions(self) -> int:
        """How many numbers a vector has; the provider is asked once."""
        return self._dimensions or self._ask(["dimensions"]).shape[1]

    def _refusal(self, error: "APIConnectionError | APIStatusError") -> UserError:
        from openai import APIConnectionError, APITimeoutError

        if isinstance(error, APITimeoutError):
            return UserError(f"{self._host} did not answer in time.", "Try again later.")
        if isinstance(error, APIConnectionError):
            return UserError(
                f"{self._host} can't be reached.", "Does it run? Check OPENAI_BASE_URL."
            )
        remedies = {
            401: "Check OPENAI_API_KEY.",
            403: "Check OPENAI_API_KEY, and what it is allowed.",
            404: "Check the model in EMBEDDINGS, and OPENAI_BASE_URL.",
            429: "Wait, or have the limit raised there.",
        }
        said = " ".join(error.message.split())[:MOST_SIGNS]
        return UserError(
            f"{self._host} refuses {self._model} with {error.status_code}: {said}.",
            remedies.get(error.status_code, "Try again later; its message says more."),
        )

    def _nonsense(self, what: str) -> UserError:
        return UserError(
            f"{self._host} answered {what}.",
            "Check that OPENAI_BASE_URL ends as the provider says, mostly with /v1.",
        )

    def _ask(self, texts: Sequence[str]) -> Vectors:
        from openai import APIConnectionError, APIStatusError, OpenAIError

        try:
            response = self._client.embeddings.create(
                input=list(texts), model=self._model, encoding_format="float"
            )
        except (APIConnectionError, APIStatusError) as error:
            raise self._refusal(error) from error
        except (OpenAIError, ValueError) as error:  # ValueError: from the decoder of JSON
            raise self._nonsense("that is not JSON") from error
        # The client does not check what it was sent.
        data = getattr(response, "data", None)
        if not isinstance(data, list) or len(data) != len(texts):
            raise self._nonsense(f"without one vector for each of {len(texts)} texts")
        places = [getattr(one, "index", None) for one in data]
        if places != [None] * len(data):
            if sorted(map(str, places)) != sorted(map(str, range(len(data)))):
                raise self._nonsense("vectors whose numbers are not those of the texts")
            data = sorted(data, key=lambda one: one.index)
        try:
            with np.errstate(over="ignore"):
                rows = np.array([one.embedding for one in data], dtype=np.float32)
        except (AttributeError, TypeError, ValueError) as error:
            raise self._nonsense(UNLIKE) from error
        if not rows.size or rows.shape != (len(texts), rows.size // len(texts)):
            raise self._nonsense(UNLIKE)
        with self._lock:
            self._dimensions = self._dimensions or rows.shape[1]
        if rows.shape[1] != self._dimensions or not np.isfinite(rows).all():
            raise self._nonsense(UNLIKE)
        return rows

    def documents(self, texts: Sequence[str]) -> Vectors:
        """Returns vectors, shape (texts, dimensions), of length 1; zeros for an empty text.

        Raises:
            UserError: The provider can't be reached, refuses, or answers nonsense.
        """
        full = [text for text in texts if text.strip()]
        asked = [self._ask(full[start : start + BATCH]) for start in range(0, len(full), BATCH)]
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        if asked:
            vectors[[bool(text.strip()) for text in texts]] = np.concatenate(asked)
        return of_length_one(vectors)

    def questions(self, texts: Sequence[str]) -> Vectors:
        """As `documents`: the protocol makes no difference."""
        return self.documents(texts)

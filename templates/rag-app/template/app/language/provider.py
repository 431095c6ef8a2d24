"""Where a model is asked, and what can go wrong there, in words."""

from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Literal
from urllib.parse import urlsplit

from pydantic import ValidationError

from app.language.model import End, ModelError, Schema, UnfinishedError, Usage

RETRIES = 2  # by the clients: after 408, 409, 429, 5xx and lost connections; they heed Retry-After
MOST_SIGNS = 200  # of a provider's message that are shown
LATER = "Try again later."
OPENAI = "https://api.openai.com/v1"
ANTHROPIC = "https://api.anthropic.com"


@dataclass(frozen=True)
class Provider:
    """One model at one address.

    Attributes:
        kind: The protocol that is spoken; its settings begin with it.
        model: As the provider names it.
        address: Of the service, as its client wants it.
        key: May be empty where the provider wants none.
        seconds: For one answer, retries and the pauses between them included.
    """

    kind: Literal["openai", "anthropic"]
    model: str
    address: str
    key: str = field(repr=False)
    seconds: float

    @property
    def name(self) -> str:
        """As the setting MODEL names it."""
        return f"{self.kind}:{self.model}"

    @property
    def host(self) -> str:
        """Who gets the questions; without a password that may stand in the address."""
        return urlsplit(self.address).hostname or ""

    @property
    def is_official(self) -> bool:
        """Whether it is asked at the maker of the protocol."""
        official = OPENAI if self.kind == "openai" else ANTHROPIC
        return self.host == urlsplit(official).hostname

    def setting(self, name: str) -> str:
        """Returns the whole name of a setting, such as OPENAI_API_KEY."""
        return f"{self.kind.upper()}_{name}"

    def too_late(self, usage: Usage | None) -> ModelError:
        """Returns the error of an answer that was not whole in time; thinking may be billed."""
        return UnfinishedError(
            f"{self.host} did not answer within {self.seconds:g} s.",
            "Try again later, or raise MODEL_SECONDS.",
            usage,
        )

    def unreachable(self) -> ModelError:
        """Returns the error of a service that can't be connected to."""
        return ModelError(
            f"{self.host} can't be reached.", f"Does it run? Check {self.setting('BASE_URL')}."
        )

    def refused(self, status: int, said: object) -> ModelError:
        """Returns the error of a request that was answered with an HTTP status of 400 and above.

        Args:
            status: It; retries are used up where they make sense.
            said: The provider's message, or the body that holds it.
        """
        remedies: dict[int, str] = {
            HTTPStatus.UNAUTHORIZED: f"Check {self.setting('API_KEY')}.",
            HTTPStatus.FORBIDDEN: f"Check {self.setting('API_KEY')}, and what it is allowed.",
            HTTPStatus.NOT_FOUND: f"Check MODEL, and {self.setting('BASE_URL')}.",
            HTTPStatus.TOO_MANY_REQUESTS: "Wait, raise the limit there, or see if money is left.",
        }
        other = LATER if status >= HTTPStatus.INTERNAL_SERVER_ERROR else "Its message says more."
        # Messages about a wrong key repeat a part of it.
        words = "" if status == HTTPStatus.UNAUTHORIZED else self._after_colon(said)
        return ModelError(
            f"{self.host} refuses {self.model} with {status}{words}.", remedies.get(status, other)
        )

    def broken_off(self, said: object, usage: Usage | None) -> ModelError:
        """Returns the error of an answer that ended before it was whole."""
        return UnfinishedError(
            f"{self.host} broke off in the middle{self._after_colon(said)}.", LATER, usage
        )

    def nonsense(self, what: str, usage: Usage | None) -> ModelError:
        """Returns the error of an answer that does not follow the protocol."""
        return UnfinishedError(
            f"{self.host} answered {what}.",
            f"Check that {self.setting('BASE_URL')} is the address that its provider says.",
            usage,
        )

    def fitting(self, text: str, schema: type[Schema], end: End) -> tuple[Schema, Usage | None]:
        """Returns the object that a text in JSON describes.

        Raises:
            ModelError: The text is not whole, no JSON, or of another shape.
        """
        if end.ending == "withheld":
            problem = f"{self.host} withholds the answer."
            raise UnfinishedError(problem, "Ask another way.", end.usage)
        if end.ending == "cut":
            raise UnfinishedError(
                f"{self.model} ran out of tokens before its JSON was whole.",
                "Allow more; models that think spend them on that too.",
                end.usage,
            )
        try:
            return schema.model_validate_json(text), end.usage
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            place = "".join(f"{part}: " for part in first["loc"])
            raise UnfinishedError(
                f"{self.model} answered what is no {schema.__name__}"
                f"{self._after_colon(place + first['msg'])}.",
                "Try again, or choose a MODEL that keeps to a JSON schema.",
                end.usage,
            ) from error

    def _after_colon(self, said: object) -> str:
        """Returns one short line of it, and never the key, which some services repeat."""
        while isinstance(said, dict):
            said = said.get("message") or said.get("error") or said.get("detail")
        line = " ".join(str(said or "").split()).rstrip(".")
        if self.key:
            line = line.replace(self.key, "[key]")
        return f": {line[:MOST_SIGNS]}" if line else ""

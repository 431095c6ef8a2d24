"""The settings of this service; those that every service has are in `app/service/settings.py`."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, SecretStr, ValidationError

from app.service.errors import UserError
from app.service.settings import ServiceSettings

Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def read_settings(**given: object) -> "Settings":
    """Returns the settings; what is given and not None wins over the environment and `.env`.

    Raises:
        UserError: A setting has a value that it can't have, or `.env` is no text.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except UnicodeDecodeError as error:
        raise UserError("The file .env is not UTF-8.", "Save it as UTF-8.") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise UserError(
            f"Setting {name}: {first['msg']}.", "`.env.example` lists every setting."
        ) from error


class Settings(ServiceSettings):
    """Who writes answers, what makes vectors, and how much either may cost."""

    max_body_bytes: int = Field(default=524_288, ge=1024)
    rate_limit_per_minute: int = Field(default=60, ge=0)
    model: str = Field(default="", pattern=r"^((openai|anthropic):\S+)?$")
    model_price: str = Field(default="", pattern=r"^(\d{1,6}(\.\d{1,9})?,\d{1,6}(\.\d{1,9})?)?$")
    model_seconds: float = Field(default=60, gt=0, le=600)
    daily_dollars: Dollars = 1.0
    daily_tokens: int = Field(default=1_000_000, ge=0)
    answers_at_once: int = Field(default=8, ge=1, le=1000)
    cache_answers: int = Field(default=500, ge=0, le=100_000)
    openai_base_url: str = ""
    openai_api_key: SecretStr = SecretStr("")
    anthropic_base_url: str = ""
    anthropic_api_key: SecretStr = SecretStr("")
    embeddings: str = Field(default="words", pattern=r"^(words|encoder|openai:.+)$")
    reports_dir: Path = Path("reports")
    project_file: Path = Path("project.toml")
    # Yours below this line:

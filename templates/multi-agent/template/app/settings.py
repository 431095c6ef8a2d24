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
    """Which model the agents think with, and how far one run, and one day, may go."""

    max_body_bytes: int = Field(default=65_536, ge=1024)
    rate_limit_per_minute: int = Field(default=60, ge=0)
    model: str = Field(
        default="offline", pattern=r"^(offline|(openai|anthropic|google_genai|ollama):\S+)$"
    )
    model_price: str = Field(default="", pattern=r"^(\d{1,6}(\.\d{1,9})?,\d{1,6}(\.\d{1,9})?)?$")
    model_streaming: bool = False
    model_seconds: float = Field(default=60, gt=0, le=600)
    run_model_calls: int = Field(default=40, ge=1, le=10_000)
    run_tool_calls: int = Field(default=60, ge=1, le=10_000)
    run_tokens: int = Field(default=200_000, ge=1)
    run_dollars: Dollars = 0.5
    run_seconds: float = Field(default=300, gt=0, le=86_400)
    daily_dollars: Dollars = 5.0
    runs_at_once: int = Field(default=4, ge=1, le=1000)
    ask_with_key: bool = False
    tool_seconds: float = Field(default=10, gt=0, le=600)
    openai_base_url: str = ""
    openai_api_key: SecretStr = SecretStr("")
    anthropic_api_key: SecretStr = SecretStr("")
    google_api_key: SecretStr = SecretStr("")
    ollama_base_url: str = ""
    reports_dir: Path = Path("reports")
    project_file: Path = Path("project.toml")
    desk_file: Path = Path("var/desk.db")
    # Yours below this line:

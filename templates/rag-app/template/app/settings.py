"""The settings of this project, from the environment and from `.env`."""

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from app.service.errors import UserError


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


class Settings(BaseSettings):
    """Where the index is, and what makes vectors; a name that is set but empty is not set.

    `.env.example` lists each with its default and a line of why.
    """

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )

    database_url: str = "sqlite:///var/app.db"
    embeddings: str = Field(default="words", pattern=r"^(words|encoder|openai:.+)$")
    openai_base_url: str = ""
    openai_api_key: SecretStr = SecretStr("")
    reports_dir: Path = Path("reports")
    project_file: Path = Path("project.toml")
    answers_file: Path = Path(".copier-answers.yml")
    # Yours below this line:

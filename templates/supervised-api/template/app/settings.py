"""The settings of this service; those that every service has are in `app/service/settings.py`."""

from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError

from app.service.errors import UserError
from app.service.settings import ServiceSettings


def read_settings(**given: object) -> "Settings":
    """Returns the settings; what is given and not None wins over the environment and `.env`.

    Raises:
        UserError: A setting has a value that it can't have.
    """
    try:
        return Settings(**{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]).upper()
        raise UserError(
            f"Setting {name}: {first['msg']}.", "`.env.example` lists every setting."
        ) from error


class Settings(ServiceSettings):
    """Where this service finds its model and its words, and how it answers and watches."""

    max_batch_rows: int = Field(default=10_000, ge=1)
    challenger_mode: Literal["off", "shadow", "split"] = "shadow"
    challenger_share: float = Field(default=0.1, ge=0, le=1)
    monitor_port: int = Field(default=9101, ge=0, le=65535)
    monitor_seconds: float = Field(default=300, ge=1)
    monitor_hours: float = Field(default=24, gt=0)
    monitor_report: Path = Path("var/monitor.html")
    reports_dir: Path = Path("reports")
    models_dir: Path = Path("models")
    project_file: Path = Path("project.toml")
    # Yours below this line:

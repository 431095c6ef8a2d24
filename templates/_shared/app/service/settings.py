"""The settings of every service. A starter adds its own in `app/settings.py`."""

from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]


class ServiceSettings(BaseSettings):
    """Read from the environment, then from `.env`; a name that is set but empty counts as not set.

    `.env.example` lists each with its default and a line of why.
    """

    model_config = SettingsConfigDict(
        env_file=".env", env_file_encoding="utf-8", env_ignore_empty=True, extra="ignore"
    )

    database_url: str = "sqlite:///var/app.db"
    retention_days: float = Field(default=90, gt=0, le=36_500)
    api_key: SecretStr = SecretStr("")
    rate_limit_per_minute: int = Field(default=600, ge=0)
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=0, le=65535)
    log_level: LogLevel = "INFO"
    # Hosts that build from a repository name the commit in a variable of their own.
    git_sha: str = Field(
        default="", validation_alias=AliasChoices("GIT_SHA", "RENDER_GIT_COMMIT", "git_sha")
    )
    max_body_bytes: int = Field(default=8_388_608, ge=1024)
    drain_seconds: float = Field(default=1.0, ge=0, le=60)
    answers_file: Path = Path(".copier-answers.yml")

    @property
    def is_local(self) -> bool:
        """Whether only this machine can reach the service."""
        try:
            return ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

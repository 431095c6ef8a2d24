"""The settings of this service; those that every service has are in `app/service/settings.py`."""

from pathlib import Path

from app.service.settings import ServiceSettings


class Settings(ServiceSettings):
    """Where this service finds its model and its words."""

    models_dir: Path = Path("models")
    project_file: Path = Path("project.toml")
    # Yours below this line:

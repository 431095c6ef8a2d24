"""Who may ask, and who may decide."""

from fastapi import Request, Security
from fastapi.params import Depends
from starlette.exceptions import HTTPException

from app.service import api_key
from app.settings import Settings


def asking(settings: Settings) -> list[Depends]:
    """Returns what a route that asks depends on: the key, where the settings want one for that."""
    return list(api_key.required(settings.api_key)) if settings.ask_with_key else []


def deciding(settings: Settings) -> list[Depends]:
    """Returns what a route with an effect depends on.

    The key, where there is one. Without one, whoever reaches this machine's own address may decide;
    where the service listens to others, nobody may.
    """
    if settings.api_key.get_secret_value():
        return list(api_key.required(settings.api_key))
    return [] if settings.is_local else [Security(_nobody)]


async def _nobody(_: Request) -> None:
    raise HTTPException(403, "Here only a key decides: whoever runs this must set API_KEY.")

"""Who may ask, and who may decide."""

from ipaddress import ip_address

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
    return [] if is_loopback(settings.host) else [Security(_nobody)]


def is_loopback(host: str) -> bool:
    """Tells whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _nobody(_: Request) -> None:
    raise HTTPException(403, "Here only a key decides: whoever runs this must set API_KEY.")

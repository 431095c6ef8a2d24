"""Which addresses may be asked because a stranger's README names them."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

_INNER = (".local", ".localhost", ".internal", ".lan", ".home", ".corp", ".intranet", ".onion")


class RefusedError(ValueError):
    """Why an address is not asked, in one line that follows it."""


@dataclass(frozen=True)
class Address:
    """A service's address, looked up once: what is asked is what was judged.

    Attributes:
        scheme: `https`, or `http` where the reader named it.
        host: Its name.
        port: Its port.
        base: Path that everything is below, without a slash at the end.
        numbers: IP addresses to try, in order.
    """

    scheme: str
    host: str
    port: int
    base: str
    numbers: tuple[str, ...]

    @property
    def url(self) -> str:
        """The address as people write it."""
        usual = {"https": 443, "http": 80}[self.scheme]
        return (
            f"{self.scheme}://{self.host}{'' if self.port == usual else f':{self.port}'}{self.base}"
        )


def is_public_name(host: str) -> bool:
    """Whether a name can be one that everybody reaches; it is not looked up."""
    host = host.removesuffix(".")  # a name's end, which means the same
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        return "." in host and not host.endswith(_INNER) and not host.replace(".", "").isdigit()


def resolve(url: str, *, trusted: bool) -> Address:
    """Look an address up.

    Args:
        url: As written.
        trusted: Whether the reader named it; a repository's own words lead to public https only.

    Raises:
        RefusedError: It is no address of a service, or not one that may be asked.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise RefusedError("is no address") from None
    host = (parts.hostname or "").lower()
    if parts.scheme not in {"http", "https"} or not host:
        raise RefusedError("is no address of a service")
    if parts.username or parts.password:
        raise RefusedError("holds a name or a password")
    if not trusted and (parts.scheme != "https" or port not in {None, 443}):
        raise RefusedError("is not https on its usual port; --url asks it all the same")
    if not trusted and not is_public_name(host):
        raise RefusedError("is not public, so it is not asked on a README's word; --url asks it")
    port = port or {"https": 443, "http": 80}[parts.scheme]
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise RefusedError("is a name that nobody knows") from None
    numbers = tuple(dict.fromkeys(str(one[4][0]) for one in found))
    if not trusted and not all(
        ipaddress.ip_address(one.partition("%")[0]).is_global for one in numbers
    ):
        raise RefusedError("leads to a private address, so it is not asked on a README's word")
    return Address(parts.scheme, host, port, parts.path.rstrip("/"), numbers)

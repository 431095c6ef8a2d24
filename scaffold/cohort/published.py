"""A published `class.toml`, as a learner gets it: from the web, from git, or from a path."""

from __future__ import annotations

import http.client
import queue
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from scaffold import credentials, git, scratch
from scaffold.addresses import is_remote
from scaffold.cohort import class_file
from scaffold.cohort.remote import SAFE, SECONDS
from scaffold.errors import OutsideError, RequestError

if TYPE_CHECKING:
    from scaffold.cohort.class_file import Class

_SECONDS = 30.0
_MOST_BYTES = 1_000_000
_Failure = RequestError | OSError | ValueError | http.client.HTTPException
_CHECK = "Check the address that your instructor gave; on the web it begins with https://."
_LOOPBACK = {"localhost", "127.0.0.1", "::1"}


def fetched(url: str) -> Class:
    """The class that is published at a URL, or lies at a path.

    Raises:
        RequestError: The URL holds a password or is none, or the class is wrong.
        OutsideError: It cannot be fetched.
    """
    if credentials.holds(url):
        raise RequestError(
            "The address of the class holds a password or a token; the repository would record it.",
            "Name the URL without it; git's credential helper knows it.",
        )
    try:
        address = urlsplit(url) if "://" in url else None
    except ValueError as error:
        raise _unreached(url, error) from error
    if address is None and not is_remote(url):
        try:
            return class_file.read(Path(url))
        except class_file.MissingError as error:  # a learner makes none
            raise RequestError(error.problem, _CHECK) from error
    if address is None or address.scheme not in {"http", "https"} or url.endswith(".git"):
        text = _from_git(url)
    else:
        text = _from_web(url, address.scheme, address.hostname or "")
    if text.lstrip()[:1] == b"<":
        raise RequestError(
            f"{url} is a web page, not a class.toml.",
            "Name the address of the file itself: on git hosts it is called `raw`.",
        )
    return class_file.parse(text, Path.cwd() / class_file.FILE, shown=url)


def _from_git(url: str) -> bytes:
    """The file on the default branch of a git repository."""
    own = git.NOBODYS_SETTINGS
    with scratch.folder("scaffold-class-") as folder:
        here = folder / "class"
        try:
            git.run(
                *SAFE, "init", "--quiet", "--bare", "--template=", here, folder=folder, extra=own
            )
            fetch = ("fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules")
            git.run(*SAFE, *fetch, "--", url, "HEAD", folder=here, seconds=SECONDS)
        except git.GitFailure as error:
            raise _unreached(url, error) from error
        try:
            words = ("cat-file", "blob", f"FETCH_HEAD:{class_file.FILE}")
            text = git.run(*words, folder=here, most=_MOST_BYTES)
        except git.TooMuchError as error:
            raise _too_large(url) from error
        except git.GitFailure as error:
            raise RequestError(
                f"{url} holds no {class_file.FILE} at its top.", "Ask your instructor."
            ) from error
    return text.encode("utf-8", "surrogateescape")


def _from_web(url: str, scheme: str, host: str) -> bytes:
    if scheme == "http" and host not in _LOOPBACK:
        raise RequestError(
            f"{url} is not encrypted: anybody on the way could change the class.",
            "Use its https address.",
        )
    found: queue.SimpleQueue[bytes | _Failure] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(_asked(url, scheme))
        except (RequestError, OSError, ValueError, http.client.HTTPException) as error:
            found.put(error)

    # A timeout of a socket begins anew with every byte: only a clock of ours ends a slow host.
    threading.Thread(target=ask, daemon=True).start()
    try:
        text = found.get(timeout=_SECONDS)
    except queue.Empty as error:
        raise _unreached(url, f"it was not here after {_SECONDS:g} seconds") from error
    if isinstance(text, urllib.error.HTTPError):
        raise _unreached(url, f"the host answered {text.code}") from text
    if isinstance(text, RequestError):
        raise text
    if isinstance(text, (OSError, ValueError, http.client.HTTPException)):
        raise _unreached(url, getattr(text, "reason", "") or text) from text
    if len(text) > _MOST_BYTES:
        raise _too_large(url)
    return text


def _asked(url: str, scheme: str) -> bytes:
    spelled = quote(url, safe="/:?#[]@!$&'()*+,;=%~")
    request = urllib.request.Request(spelled, headers={"User-Agent": "scaffold"})  # noqa: S310 - see above
    with urllib.request.urlopen(request, timeout=_SECONDS) as reply:  # noqa: S310 - see above
        if scheme == "https" and not reply.geturl().startswith("https://"):
            raise RequestError(
                f"{url} leads to an address that is not encrypted.", "Use another address."
            )
        text: bytes = reply.read(_MOST_BYTES + 1)
        promised = reply.headers.get("Content-Length", "")
        if promised.isdigit() and len(text) < min(int(promised), _MOST_BYTES + 1):
            raise http.client.IncompleteRead(text, int(promised) - len(text))
    return text


def _too_large(url: str) -> RequestError:
    return RequestError(f"{url} is too large to be a class.", "Is it the right address?")


def _unreached(url: str, why: object) -> OutsideError:
    return OutsideError(
        credentials.redacted(f"The class {url} cannot be fetched: {why}.").replace("\n", " "),
        "Check the address and the network.",
    )

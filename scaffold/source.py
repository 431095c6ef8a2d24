"""Where templates come from: the embedded releases, a git URL, a bundle, or a working folder."""

from __future__ import annotations

import os
import tempfile
import tomllib
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import credentials, git, places, releases, scratch, unpacked
from scaffold.addresses import is_remote
from scaffold.errors import OutsideError, RequestError
from scaffold.versions import newest, parse_tag

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME_ONE = "Name a git URL (https://host/org/repo.git), a .bundle file or a folder of templates."
_MOST_LISTED = 20_000_000


@dataclass(frozen=True)
class Source:
    """A place that templates are read from.

    Attributes:
        recorded: What a generated repository says in `_src_path`; plain copier reads it.
        location: What git can fetch from, on this machine.
        folder: The folder itself when the source is a working folder.
    """

    recorded: str
    location: str
    folder: Path | None = None

    @property
    def ours(self) -> bool:
        """Whether it is the releases that came with this package; anything else is a stranger's."""
        return self.recorded == places.EMBEDDED_SOURCE


@dataclass(frozen=True)
class Pack:
    """One state of the templates, laid out on disk.

    Attributes:
        root: Folder that holds `copier.yml` and `templates/`.
        source: Where it came from.
        ref: What was asked for: a release tag, or any other name that git knows.
    """

    root: Path
    source: Source
    ref: str

    @property
    def released(self) -> bool:
        """Whether this is a release, which nothing can change any more."""
        return parse_tag(self.ref) is not None


def choose(option: str | None = None) -> Source:
    """The source to use: the option, `SCAFFOLD_SOURCE`, the user's settings, or the embedded one.

    Raises:
        RequestError: The name is no source.
        OutsideError: The settings cannot be read, or the embedded source cannot be written.
    """
    named = option
    if named is None:
        named = os.environ.get("SCAFFOLD_SOURCE") or _configured()
    if named is None or named == places.EMBEDDED_SOURCE:
        return embedded()
    return parse(named)


def embedded() -> Source:
    """The releases that came with this package, joined on first use."""
    releases.install_embedded()
    return Source(places.EMBEDDED_SOURCE, os.fspath(places.embedded_bundle()))


def parse(named: str) -> Source:
    """Understand what somebody calls a source.

    Raises:
        RequestError: It is neither a git URL nor anything on this disk, or it holds a password.
    """
    if not named.strip():
        raise RequestError("The name of the source is empty.", _NAME_ONE)
    if is_remote(named):
        if credentials.holds(named):
            raise RequestError(
                "The source holds a password or a token; every repository would record it.",
                "Name the URL without it; git's credential helper knows it.",
            )
        url = named.rstrip("/")
        url = url if url.endswith(".git") else f"{url}.git"
        return Source(url, url)
    path = Path(os.path.expanduser(named))  # noqa: PTH111 - a `~nobody` is an ordinary name here
    if path.is_dir():
        absolute = os.fspath(path.resolve())
        return Source(absolute, absolute, path.resolve())
    if path.is_file():
        return Source(_portable(path.resolve()), os.fspath(path.resolve()))
    raise RequestError(
        f"There is no source {named}.",
        _NAME_ONE,
    )


def tags(source: Source) -> list[str]:
    """Names of all releases in a source, in no order.

    Raises:
        OutsideError: The source cannot be reached.
    """
    if source.ours:
        return list(releases.read_header(Path(source.location)).tags)
    try:
        listing = git.run("ls-remote", "--tags", "--refs", "--", source.location)
    except git.GitFailure as error:
        raise unreachable(source, error) from error
    names = (line.rpartition("refs/tags/")[2] for line in listing.splitlines())
    return [name for name in names if parse_tag(name) is not None]


def unreachable(source: Source, error: Exception) -> OutsideError:
    """The error for a source that git cannot read."""
    if isinstance(error, git.GitFailure) and error.disk_full:
        return _no_room(source)
    if source.folder is not None:
        remedy = "Is it a git repository? Its present state needs none: --ref HEAD."
    elif Path(source.location).is_file():
        remedy = "Is it a whole bundle? `git bundle verify` says so."
    else:
        remedy = "Check the address and the network; without --source the embedded ones are used."
    return OutsideError(f"The source {source.recorded} cannot be read: {error}.", remedy)


def _no_room(source: Source) -> OutsideError:
    return OutsideError(
        f"The disk is full: the templates of {source.recorded} could not be unpacked.",
        f"Make room in the folder for temporary files, {tempfile.gettempdir()}.",
    )


@contextmanager
def open_pack(source: Source, ref: str | None = None) -> Iterator[Pack]:
    """Lay one state of the templates out: for the embedded source once, else for the moment.

    Args:
        source: Where from.
        ref: A release tag or any other name that git knows; the newest release when None.
            For a working folder `HEAD` is the folder as it stands.

    Raises:
        RequestError: There is no such release, or the source holds no templates of ours.
        OutsideError: The source cannot be reached.
    """
    if source.folder is not None and ref == "HEAD":
        yield _checked(Pack(source.folder, source, ref))
        return
    tag = ref or newest(tags(source))
    if tag is None:
        raise RequestError(
            f"The source {source.recorded} holds no release (a tag such as v1.2.3).",
            "Name a state of it with --ref, for instance --ref HEAD.",
        )
    kept = _kept(source, tag)
    if kept is not None:
        yield _checked(Pack(kept, source, tag))
        return
    with scratch.folder("scaffold-pack-") as folder:
        root = folder / "pack"
        _extract(source, tag, root)
        yield _checked(Pack(root, source, tag))


def _kept(source: Source, tag: str) -> Path | None:
    """The folder in which an embedded release is kept laid out; None for any other source."""
    if not source.ours:
        return None
    commit = releases.read_header(Path(source.location)).tags.get(tag)
    if commit is None:
        return None
    return unpacked.lay_out(commit, lambda root: _extract(source, tag, root))


def _extract(source: Source, ref: str, root: Path) -> None:
    history = root.with_name("history")
    root.mkdir()
    wanted = f"refs/tags/{ref}" if parse_tag(ref) else ref
    # A URL may need the user's proxy, credentials or `insteadOf`; a file on this disk does not.
    settings = git.NOBODYS_SETTINGS if Path(source.location).is_file() else {}
    fetch = ("-c", "protocol.file.allow=always", "fetch", "--quiet", "--depth=1")
    own = git.NOBODYS_SETTINGS
    try:
        git.run("init", "--quiet", "--bare", "--template=", history, folder=root, extra=own)
        git.run(
            *fetch,
            "--no-recurse-submodules",
            "--",
            source.location,
            wanted,
            folder=history,
            extra=settings,
        )
        listed = ("ls-tree", "-r", "-z", "FETCH_HEAD")
        _refuse_links(source, git.run(*listed, folder=history, most=_MOST_LISTED))
        plain = ("-c", "core.autocrlf=false", "-c", "core.symlinks=false", "--work-tree", root)
        git.run(*plain, "checkout", "--quiet", "FETCH_HEAD", "--", ".", folder=history, extra=own)
    except git.GitFailure as error:
        if "find remote ref" in error.message or "invalid refspec" in error.message:
            known = sorted(filter(None, map(parse_tag, tags(source))))
            raise RequestError(
                f"The source {source.recorded} has no {ref}.",
                f"Its releases: {', '.join(version.tag for version in known) or 'none'}.",
            ) from error
        raise unreachable(source, error) from error


def _refuse_links(source: Source, listing: str) -> None:
    """Refuse links and submodules: rendering would follow them out of the pack."""
    for entry in listing.split("\0"):
        facts, _, path = entry.partition("\t")
        if facts.startswith(("120000", "160000")):
            raise RequestError(
                f"The source {source.recorded} holds a link or a submodule, {path}.",
                "A pack holds plain files only; ask its maintainer to replace it.",
            )


def _checked(pack: Pack) -> Pack:
    starters = any((pack.root / "templates").glob("*/starter.yml"))
    if not (pack.root / "copier.yml").is_file() or not starters:
        raise RequestError(
            f"The source {pack.source.recorded} is not a template pack of scaffold at {pack.ref}.",
            "It needs copier.yml and templates/<id>/starter.yml: see docs/templates.md.",
        )
    return pack


def _portable(path: Path) -> str:
    """A path that means the same for every user where it can: below the home folder with `~`."""
    home = Path.home()
    return f"~/{path.relative_to(home).as_posix()}" if path.is_relative_to(home) else str(path)


def _configured() -> str | None:
    path = places.config_file()
    try:
        settings = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise OutsideError(
            f"Your settings {path} cannot be read: {error}", "Mend or remove that file."
        ) from error
    value = settings.get("source")
    if value is not None and not isinstance(value, str):
        raise RequestError(
            f"`source` in {path} is not text.", 'Write it as source = "https://host/org/repo.git".'
        )
    return value

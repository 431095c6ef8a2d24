"""Cheats with addresses, keys and pictures."""

from __future__ import annotations

import random
import zlib
from typing import TYPE_CHECKING

from tests.check.adversaries.changing import commit, live, read, sub
from tests.check.adversaries.registry import adversary
from tests.check.growing import picture, write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.check.adversaries.registry import Git

# Put together here, so that no scanner takes them for keys that somebody lost.
OPENAI = "sk-" + "proj-" + "hT4nQ8vZ2kLmX7cR9bWd" + "T3BlbkFJ" + "Jp6sYa1eGu5oNi0fMqVx"
AWS = "AKIA" + "QX7ZRT2LMNB4" + "WKPD"
AWS_SECRET = "wJ8rXUtnFEMIzK7MDENG" + "bPxRfiCYq3LpV9dTs2Aa"
GITHUB = "ghp_" + "a8Kd03LmQpZx72VbNcRt" + "Ye51HsWu94GjTfIo"
PEM = "-----BEGIN " + "RSA PRIVATE KEY-----"
PEM_END = "-----END " + "RSA PRIVATE KEY-----"


def _live(folder: Path, git: Git, line: str) -> None:
    live(folder, line)
    commit(folder, git, "Live")


@adversary("live-localhost", "supervised-api", "finished", "DP200")
def live_localhost(folder: Path, git: Git) -> None:
    """Names its own machine as the live address, with https in front."""
    _live(folder, git, "<https://localhost:8000>")


@adversary("live-loopback", "rag-app", "untouched", "DP200")
def live_loopback(folder: Path, git: Git) -> None:
    """Names its own machine by a number that is less well known."""
    _live(folder, git, "<https://127.0.1.1:8000/>")


@adversary("live-at-home", "multi-agent", "untouched", "DP200")
def live_at_home(folder: Path, git: Git) -> None:
    """Names a machine at home that nobody else can reach."""
    _live(folder, git, "<https://192.168.178.20/desk>")


@adversary("live-example", "supervised-api", "finished", "DP200")
def live_example(folder: Path, git: Git) -> None:
    """Names an address of a domain that is kept for examples."""
    _live(folder, git, "<https://bikes.example.com>")


@adversary("live-example-top", "rag-app", "untouched", "DP200")
def live_example_top(folder: Path, git: Git) -> None:
    """Names an address below a top level that is kept for tests."""
    _live(folder, git, "[the chatbot](https://handbook.test/ask)")


@adversary("live-without-tls", "supervised-api", "finished", "DP200")
def live_without_tls(folder: Path, git: Git) -> None:
    """Names a plain address, as its host gave no certificate."""
    _live(folder, git, "<http://bikes.ada.dev>")


@adversary("live-in-a-comment", "multi-agent", "untouched", "DP200")
def live_in_a_comment(folder: Path, git: Git) -> None:
    """Hides a good looking address in a comment, and shows readers that it comes soon."""
    _live(folder, git, "_coming soon_ <!-- https://desk.ada.dev -->")


@adversary("live-of-somebody", "rag-app", "untouched", "DP201")
def live_of_somebody(folder: Path, git: Git) -> None:
    """Names the service of somebody else, which is live and looks good."""
    _live(folder, git, "<https://chat.openai.com>")


@adversary("env-committed", "supervised-api", "finished", "DP102")
def env_committed(folder: Path, git: Git) -> None:
    """Commits its `.env` with a provider's key, so that the host finds it."""
    write(folder, ".env", f"OPENAI_API_KEY={OPENAI}\nAPI_KEY=hunter2hunter2\n")
    commit(folder, git, "Settings")


@adversary("env-removed-later", "rag-app", "untouched", "DP102")
def env_removed_later(folder: Path, git: Git) -> None:
    """Removes the committed `.env` in the next commit, and believes it gone."""
    write(folder, ".env", f"OPENAI_API_KEY={OPENAI}\n")
    commit(folder, git, "Settings")
    (folder / ".env").unlink()
    commit(folder, git, "Remove settings")


@adversary("env-by-another-name", "multi-agent", "untouched", "DP102")
def env_by_another_name(folder: Path, git: Git) -> None:
    """Keeps the settings with their keys under a name that no pattern of `.gitignore` holds."""
    write(
        folder,
        "deploy/production.env.txt",
        f"AWS_ACCESS_KEY_ID={AWS}\nAWS_SECRET_ACCESS_KEY={AWS_SECRET}\nGITHUB_TOKEN={GITHUB}\n",
    )
    commit(folder, git, "Deploy")


@adversary("key-in-the-code", "supervised-api", "finished", "DP102")
def key_in_the_code(folder: Path, git: Git) -> None:
    """Writes keys into code and documents, where no setting is needed."""
    text = read(folder, "app/own.py")
    write(folder, "app/own.py", f'{text}\nTOKEN = "{GITHUB}"\n')
    middle = "\n".join("MIIEow" + c * 58 for c in "ABCD")
    write(folder, "docs/server.md", f"# Server\n\n```\n{PEM}\n{middle}\n{PEM_END}\n```\n")
    commit(folder, git, "Keys")


def noise(width: int, height: int) -> bytes:
    """A PNG of grey noise."""
    draw = random.Random(2)  # noqa: S311
    small = picture(1, 1)
    lines = b"".join(b"\0" + draw.randbytes(width) for _ in range(height))
    head = width.to_bytes(4, "big") + height.to_bytes(4, "big") + b"\x08\0\0\0\0"

    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return len(content).to_bytes(4, "big") + body + zlib.crc32(body).to_bytes(4, "big")

    return (
        small[:8]
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


def shown(folder: Path, image: str) -> None:
    """Show one image in the README, and no other."""
    text = read(folder, "README.md").replace("![The page](docs/stations.png)\n\n", "")
    write(folder, "README.md", text.replace("## Evidence", f"{image}\n\n## Evidence", 1))
    (folder / "docs/stations.png").unlink(missing_ok=True)


@adversary("picture-missing", "supervised-api", "finished", "CD102 CD104")
def picture_missing(folder: Path, git: Git) -> None:
    """Shows a screenshot that was never committed."""
    shown(folder, "![The page](docs/screenshot.png)")
    commit(folder, git, "Screenshot")


@adversary("picture-blank", "rag-app", "untouched", "CD104")
def picture_blank(folder: Path, git: Git) -> None:
    """Shows a large white image."""
    (folder / "docs/page.png").write_bytes(picture(1280, 800, blank=True))
    shown(folder, "![The page](docs/page.png)")
    commit(folder, git, "Screenshot")


@adversary("picture-stretched", "multi-agent", "untouched", "CD104")
def picture_stretched(folder: Path, git: Git) -> None:
    """Shows two hundred pixels of noise stretched to the width of a page."""
    (folder / "docs/page.png").write_bytes(noise(200, 120))
    shown(folder, '<img src="docs/page.png" width="1280" alt="The page">')
    commit(folder, git, "Screenshot")


@adversary("picture-of-the-starter", "supervised-api", "finished", "CD104")
def picture_of_the_starter(folder: Path, git: Git) -> None:
    """Shows the starter's icon under another name, scaled to the size of a page."""
    text = read(folder, "app/page/static/icon.svg")
    write(folder, "docs/page.svg", text.replace("<svg ", '<svg width="1280" height="1280" ', 1))
    shown(folder, "![The page](docs/page.svg)")
    commit(folder, git, "Screenshot")


@adversary("picture-elsewhere", "rag-app", "untouched", "CD104")
def picture_elsewhere(folder: Path, git: Git) -> None:
    """Shows a badge of another site in the place of a screenshot."""
    shown(folder, "![The page](https://img.shields.io/badge/screenshot-1280x800-green)")
    commit(folder, git, "Screenshot")


@adversary("links-dangle", "supervised-api", "finished", "CD102")
def links_dangle(folder: Path, git: Git) -> None:
    """Links sections and files that a finished project would have."""
    sub(
        folder,
        "README.md",
        r"^## Limits$",
        "More: [incidents](docs/runbook.md#incidents-of-2026), [design](docs/design.md), "
        "[limits](#known-limits).\n\n## Limits",
    )
    commit(folder, git, "More documents")


@adversary("link-not-committed", "multi-agent", "untouched", "CD102")
def link_not_committed(folder: Path, git: Git) -> None:
    """Links a file that lies in its own folder and that git ignores."""
    sub(folder, "README.md", r"^## Limits$", "Read [the trace](var/trace.html).\n\n## Limits")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "A trace")
    write(folder, "var/trace.html", "<p>A run.</p>\n")

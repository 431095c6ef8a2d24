"""The small pack at v0.1.0 and v0.1.1, and the ways in which a pack can break its rules.

v0.1.0 is the folder `mini`. v0.1.1 is v0.1.0 with every kind of change that a release makes.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

TEMPLATE_ID = "tiny-api"
_MINI = Path(__file__).with_name("mini")
_TEMPLATE = f"templates/{TEMPLATE_ID}/template"


@dataclass(frozen=True)
class Pack:
    """One release of the pack as a folder, with edits that fail when they no longer fit."""

    root: Path

    def edit(self, path: str, old: str, new: str) -> None:
        """Replace the one occurrence of `old` in a file of the pack."""
        file = self.root / path
        text = file.read_text(encoding="utf-8")
        if text.count(old) != 1:
            msg = f"{path} holds {text.count(old)} times: {old!r}"
            raise ValueError(msg)
        file.write_text(text.replace(old, new), encoding="utf-8", newline="\n")

    def edit_template(self, path: str, old: str, new: str) -> None:
        """Replace the one occurrence of `old` in a file that lands in the project."""
        self.edit(f"{_TEMPLATE}/{path}", old, new)

    def add(self, path: str, text: str) -> None:
        """Add a file to the template."""
        file = self.root / _TEMPLATE / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="\n")

    def rename(self, path: str, to: str) -> None:
        """Move a file of the template."""
        (self.root / _TEMPLATE / to).parent.mkdir(parents=True, exist_ok=True)
        (self.root / _TEMPLATE / path).rename(self.root / _TEMPLATE / to)

    def delete(self, path: str) -> None:
        """Remove a file from the template."""
        (self.root / _TEMPLATE / path).unlink()

    def write(self, path: str, content: bytes) -> None:
        """Write bytes of the template as they are."""
        (self.root / _TEMPLATE / path).write_bytes(content)

    def let_run(self, path: str) -> None:
        """Make a file of the template executable."""
        (self.root / _TEMPLATE / path).chmod(0o755)


#: Changes one release; the second argument is its tag.
Bend = Callable[[Pack, str], None]


def build(into: Path, bend: Bend | None = None) -> dict[str, Path]:
    """Write both releases under `into`, oldest first.

    Args:
        into: a folder in which one folder per tag is made.
        bend: breaks a rule in each release; None gives the pack that keeps them all.
    """
    releases: dict[str, Path] = {}
    for tag, change in (("v0.1.0", None), ("v0.1.1", _to_0_1_1)):
        folder = into / tag
        shutil.copytree(_MINI, folder)
        pack = Pack(folder)
        if change is not None:
            change(pack)
        if bend is not None:
            bend(pack, tag)
        releases[tag] = folder
    return releases


def _to_0_1_1(pack: Pack) -> None:
    _change_shared_and_pins(pack)
    _change_readme(pack)
    _change_what_learners_edit(pack)
    # One file renamed, one dropped, one added.
    pack.rename("app/report.py", "app/evidence.py")
    pack.delete("docs/hosting-by-hand.md")
    pack.add("docs/monitoring.md", "# Monitoring\n\nScrape `/metrics`.\n")
    # What is seeded moves on too, for those who start now: no update may bring it.
    pack.write("data/visits.csv", b"age,visits_last_year,many_visits\n40,1,0\n62,8,1\n")
    pack.write("data/scaler.bin", b"\x00\x02\xff\xfescale\x00\x20\x80\n\r\n\x00")
    pack.add("data/holdout.csv", "age,visits_last_year,many_visits\n50,2,0\n")
    pack.edit_template("project.toml", "margin_over_rule = 0.1", "margin_over_rule = 0.05")
    pack.edit_template("app/schema.py", "age: float", "age: float | None")


def _change_shared_and_pins(pack: Pack) -> None:
    pack.edit(
        "templates/_shared/app/problems.py",
        '"title": title, "hint"',
        '"title": title.strip(), "hint"',
    )
    ci = ".github/workflows/ci.yml"
    pack.edit_template(ci, "1" * 40 + " # v6.0.0", "3" * 40 + " # v6.0.1")
    pack.edit_template("Dockerfile", "python:3.12.1-slim", "python:3.12.2-slim")
    pack.edit_template("constraints.txt", "fastapi==0.165.0", "fastapi==0.166.0")
    pack.edit(
        "copier.yml",
        '  default: "A prediction service that somebody can check."\n',
        '  default: "A prediction service that somebody can check."\n'
        "region:\n  type: str\n  help: Where it runs\n  choices: [europe, us]\n  default: europe\n",
    )
    pack.add("render.yaml.jinja", "services:\n  - type: web\n    region: ~{{ region }}~\n")


def _change_readme(pack: Pack) -> None:
    readme = "README.md.jinja"
    pack.edit_template(
        readme,
        "**What rule would a person use without a model, and by how much do you beat it?**",
        "**What rule would a person use, what does it score, and by how much do you beat it?**",
    )
    pack.edit_template(
        readme,
        "<!-- signal:PF3 -->\n",
        "<!-- signal:PF4 -->\n"
        "**Below which number do you not promote?**\n\n"
        "_PF4: replace this line by two to six sentences and a link to evidence._\n\n"
        "<!-- signal:PF3 -->\n",
    )
    pack.edit_template(
        readme,
        "<!-- signal:RC1 -->\n",
        "<!-- signal:RC2 -->\n"
        "**What did you not build, and which number decided?**\n\n"
        "_RC2: replace this line by two to six sentences and a link to evidence._\n\n"
        "<!-- signal:RC1 -->\n",
    )
    pack.edit_template(readme, "from the tiny-api starter.", "from tiny-api, a starter.")
    pack.edit_template(
        readme,
        "<!-- step:train -->\n",
        "<!-- step:schema -->\n- [ ] **Schema**\n\n  Draft it.\n\n<!-- step:train -->\n",
    )
    pack.edit_template(readme, "  Set them in `project", "  Set costs and gates in `project")
    pack.edit_template(readme, "| measured by |", "| calibrated | see below |\n| measured by |")
    pack.edit_template(
        readme,
        "| LOG_LEVEL | INFO |",
        "| GIT_SHA | unknown | commit of the image |\n| LOG_LEVEL | INFO |",
    )
    pack.edit_template(readme, "The data are of the 1970s.", "The data are of the 1970s: old.")


def _change_what_learners_edit(pack: Pack) -> None:
    pack.edit_template("pyproject.toml.jinja", '"fastapi>=0.165"', '"fastapi>=0.166"')
    pack.edit_template(
        "pyproject.toml.jinja",
        "    # the server\n",
        '    # metrics\n    "prometheus-client>=0.26",\n    # the server\n',
    )
    api = "app/api.py"
    pack.edit_template(api, "from app import problems\n", "from app import problems, settings\n")
    pack.edit_template(api, "row.visits_last_year / 10)", "row.visits_last_year / 12)")
    pack.edit_template(
        api,
        "def main() -> None:\n",
        'def port() -> int:\n    """The port to listen on."""\n'
        "    return settings.Settings().port\n\n\ndef main() -> None:\n",
    )
    pack.edit_template(
        "app/settings.py",
        "    # Yours below this line:\n",
        '    git_sha: str = os.environ.get("GIT_SHA", "unknown")\n    # Yours below this line:\n',
    )
    pack.edit_template(
        ".env.example",
        "# How much is logged.\n",
        "# Commit of the image.\nGIT_SHA=unknown\n# How much is logged.\n",
    )
    pack.edit_template(".gitignore", "*.sqlite3\n", "*.sqlite3\nreports/*.html\n")
    pack.edit_template("docs/deploy.md", "run it anywhere.", "run it where you like.")


def common_placeholder(pack: Pack, tag: str) -> None:  # noqa: ARG001
    """Every prompt gets the same placeholder."""
    file = pack.root / _TEMPLATE / "README.md.jinja"
    lines = file.read_text(encoding="utf-8").splitlines()
    common = "_Replace this line by two to six sentences and a link to evidence._"
    same = [common if line.startswith("_") and ": replace this" in line else line for line in lines]
    file.write_text("\n".join(same) + "\n", encoding="utf-8", newline="\n")


def seeded_path_dropped(pack: Pack, tag: str) -> None:  # noqa: ARG001
    """A seeded path is missing from `_exclude` (and from `_skip_if_exists`)."""
    pack.edit("copier.yml", "    /app/schema.py\n    /data\n", "    /app/schema.py\n")
    pack.edit("copier.yml", "  - /app/schema.py\n  - /data\n", "  - /app/schema.py\n")


def release_ignored(pack: Pack, tag: str) -> None:  # noqa: ARG001
    """The answers template forgets the optional `release` value."""
    pack.edit_template(
        "~{{ _copier_conf.answers_file }}~.jinja",
        "dict(_copier_answers, **(release|default({})))",
        "_copier_answers",
    )


def seeded_by_include(pack: Pack, tag: str) -> None:
    """The seeded list comes by include, and the newer release adds an owned path to it."""
    pack.edit(
        "copier.yml",
        "    /app/schema.py\n    /data\n    /project.toml\n    ~{% endif %}~\n",
        "    ~{% include 'templates/' ~ template ~ '/seeded.txt' %}~\n    ~{% endif %}~\n",
    )
    pack.edit(
        "copier.yml",
        "_skip_if_exists:\n  - /app/schema.py\n  - /data\n  - /project.toml\n",
        "",
    )
    listed = ["/app/schema.py", "/data", "/project.toml"]
    if tag != "v0.1.0":
        listed.append("/docs/runbook.md")
    file = pack.root / "templates" / TEMPLATE_ID / "seeded.txt"
    file.write_text("\n".join(listed) + "\n", encoding="utf-8", newline="\n")


def templated_skip(pack: Pack, tag: str) -> None:  # noqa: ARG001
    """`_skip_if_exists` has an entry that names a question."""
    pack.edit(
        "copier.yml",
        "  - /app/schema.py\n  - /data\n  - /project.toml\n",
        "  - \"~{% if template == 'tiny-api' %}~/data~{% endif %}~\"\n",
    )

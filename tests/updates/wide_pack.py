"""A pack whose releases make every kind of change: what the matrix of updates runs on.

v0.1.0 and v0.1.1 are the small pack with more kinds of file. v0.1.2 changes each kind once more, so
that an update to it means the same kinds of change from either of the older two.
"""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from tests.updates import mini_pack
from tests.updates.mini_pack import TEMPLATE_ID, Pack

if TYPE_CHECKING:
    from pathlib import Path

OLDEST, MIDDLE, NEWEST = "v0.1.0", "v0.1.1", "v0.1.2"

_HOME = f"templates/{TEMPLATE_ID}"

_STARTER = """\
title: A tiny service
month: "1-2"
deliverable: live API
summary: Scores a row, for the tests of updates.
skills: [every kind of change]
stack: [Python]
"""

_OWNERS = """\
seeded:
  - /app/schema.py
  - /data
  - /project.toml
merged:
  - /.env.example
  - /.gitignore
  - /README.md
  - /app
  - /pyproject.toml
  - /tests
owned:
  - /.copier-answers.yml
  - /.gitattributes
  - /.github
  - /Dockerfile
  - /constraints.txt
  - /docs
  - /ops
  - /render.yaml
  - /tools
"""

_NOTES = {
    OLDEST: "## 0.1.0\n\n- All of it.\n",
    MIDDLE: "## 0.1.1\n\n- A region, metrics, a second rule.\n",
    NEWEST: "## 0.1.2\n\n- Scores are rounded; a page for whoever is on call.\n",
}

_SCORING = '''\
"""What a score is made of."""

HIGHEST = 1.0


def least(visits: float) -> float:
    """Score of somebody who never came before."""
    return max(0.0, visits - 1) / 20


def likely(visits: float) -> float:
    """Score that is expected."""
    return min(HIGHEST, visits / 10)


def spread(visits: float) -> float:
    """How far off it may be."""
    return likely(visits) - least(visits)


def words(score: float) -> str:
    """What a person reads."""
    return f"{score:.0%} of such members come again"
'''

_QUESTIONS_ASKED = """\
# Questions that we are asked

## May I change the port?

Yes, by `PORT`.

## May I change the name?

Yes, in `pyproject.toml`.
"""

_GUIDE = """\
# The first day

Look at the page, send it a row, read the log.

Then write down what surprised you.
"""

_SHORT = "one\ntwo\nthree"  # no line end at the end of the file


def build(into: Path) -> dict[str, Path]:
    """Write the three releases under `into`, oldest first: tag -> folder."""
    releases = mini_pack.build(into, _widen)
    releases[NEWEST] = into / NEWEST
    shutil.copytree(releases[MIDDLE], releases[NEWEST])
    _to_0_1_2(Pack(releases[NEWEST]))
    return releases


def _widen(pack: Pack, tag: str) -> None:
    """Add the kinds of file that the small pack does not have, as they were at `tag`."""
    _write_notes(pack, tag)
    for name, text in (("starter.yml", _STARTER), ("owners.yml", _OWNERS)):
        (pack.root / _HOME / name).write_text(text, encoding="utf-8", newline="\n")
    second = tag == MIDDLE
    pack.add(
        "app/scoring.py",
        _SCORING.replace("visits / 10", "visits / 11" if second else "visits / 10"),
    )
    pack.add("app/py.typed", "")
    pack.add("tests/__init__.py", "")
    pack.add("docs/faq.md", _QUESTIONS_ASKED)
    pack.add("docs/howto/first-day.md", _GUIDE)
    pack.add("docs/howto/last-day.md", _GUIDE.replace("first", "last").replace("send", "stop"))
    pack.add(
        "docs/größe.md",
        f"# Größe\n\n{'Zwei' if second else 'Drei'} Megabyte.\n\n## Grenzen\n\nKeine.\n",
    )
    pack.add("docs/short.txt", _SHORT.replace("two", "2") if second else _SHORT)
    pack.add("tools/start.sh", "#!/bin/sh\n# Starts the service.\nexec app serve\n")
    pack.add(
        "tools/check.sh",
        f"#!/bin/sh\n# Checks the service.\nexec app check --{'all' if second else 'some'}\n",
    )
    pack.let_run("tools/check.sh")
    pack.write(
        "docs/diagram.bin", b"\0diagram\xff" + (b"\2" if second else b"\1") + bytes(range(200))
    )
    pack.write("docs/seal.bin", b"\0seal\xfe" + bytes(range(100, 220)))


def _write_notes(pack: Pack, tag: str) -> None:
    parts = [text for known, text in reversed(_NOTES.items()) if known <= tag]
    text = "# What you get by updating\n\n" + "\n".join(parts)
    (pack.root / _HOME / "CHANGELOG.md").write_text(text, encoding="utf-8", newline="\n")


def _to_0_1_2(pack: Pack) -> None:
    _write_notes(pack, NEWEST)
    _change_places(pack)
    _change_pins(pack)
    _change_readme(pack)
    _change_texts(pack)
    _change_what_is_seeded(pack)


def _change_places(pack: Pack) -> None:
    # Renamed once more, with a change; a folder moved; two dropped, one of them empty.
    pack.rename("app/evidence.py", "app/proofs.py")
    pack.edit_template("app/proofs.py", '{"schema": 1, **numbers}', '{"schema": 2, **numbers}')
    pack.rename("docs/howto/first-day.md", "docs/guides/first-day.md")
    pack.rename("docs/howto/last-day.md", "docs/guides/last-day.md")
    pack.delete("docs/faq.md")
    pack.delete("app/py.typed")
    pack.add("docs/oncall.md", "# On call\n\nWhoever carries the telephone begins here.\n")
    pack.add("ops/alerts.yml", "groups:\n  - name: service\n    rules: []\n")
    pack.add("tests/unit/__init__.py", "")
    pack.write("docs/diagram.bin", b"\0diagram\xff\3" + bytes(range(200)))
    pack.let_run("tools/start.sh")


def _change_pins(pack: Pack) -> None:
    ci = ".github/workflows/ci.yml"
    pack.edit_template(ci, "3" * 40 + " # v6.0.1", "4" * 40 + " # v6.1.0")
    pack.edit_template("Dockerfile", "python:3.12.2-slim", "python:3.12.4-slim")
    pack.edit_template("constraints.txt", "fastapi==0.166.0", "fastapi==0.170.0")
    project = "pyproject.toml.jinja"
    pack.edit_template(project, '"fastapi>=0.166"', '"fastapi>=0.170"')
    pack.edit_template(
        project, "    # metrics\n", '    # checked bodies\n    "pydantic>=2.14",\n    # metrics\n'
    )
    pack.edit(
        "copier.yml",
        "  choices: [europe, us]\n  default: europe\n",
        "  choices: [europe, us]\n  default: europe\n"
        "plan:\n  type: str\n  help: What it may cost\n  choices: [free, paid]\n  default: free\n",
    )
    pack.edit_template(
        "render.yaml.jinja", "  - type: web\n", "  - type: web\n    plan: ~{{ plan }}~\n"
    )


def _change_readme(pack: Pack) -> None:
    readme = "README.md.jinja"
    pack.edit_template(
        readme,
        "**What rule would a person use, what does it score, and by how much do you beat it?**",
        "**Which rule do people follow today, and by how much is yours better?**",
    )
    pack.edit_template(
        readme,
        "<!-- signal:ST2 -->\n",
        "<!-- signal:ST3 -->\n"
        "**Who is told when nobody asks any more?**\n\n"
        "_ST3: replace this line by two to six sentences and a link to evidence._\n\n"
        "<!-- signal:ST2 -->\n",
    )
    pack.edit_template(readme, "of the 1970s: old.", "of the 1970s, and of one country.")
    pack.edit_template(readme, "uv run app demo", "uv run app demo --rows 3")


def _change_texts(pack: Pack) -> None:
    pack.edit("templates/_shared/app/problems.py", "title.strip()", "title.strip().capitalize()")
    pack.edit_template(
        "app/scoring.py", "min(HIGHEST, visits / 11)", "round(min(HIGHEST, visits / 12), 3)"
    )
    pack.edit_template("app/api.py", "row.visits_last_year / 12)", "row.visits_last_year / 13)")
    pack.edit_template(
        ".env.example",
        "# Commit of the image.\n",
        "# Plan at the host.\nPLAN=free\n# Commit of the image.\n",
    )
    pack.edit_template(".gitignore", "reports/*.html\n", "reports/*.html\nreports/*.pdf\n")
    pack.edit_template("docs/deploy.md", "run it where you like.", "run it near your visitors.")
    pack.edit_template("docs/größe.md", "Zwei Megabyte", "Ein Megabyte")
    pack.edit_template("docs/short.txt", "three", "three, and no more")
    pack.edit_template("tools/check.sh", "--all", "--all --quick")


def _change_what_is_seeded(pack: Pack) -> None:
    """For those who start now; no update may bring it."""
    pack.write("data/visits.csv", b"age,visits_last_year,many_visits\n41,2,0\n63,9,1\n")
    pack.write("data/scaler.bin", b"\x00\x03\xff\xfescale\x00\x21\x80\n\r\n\x00")
    pack.add("data/extra.csv", "age,visits_last_year,many_visits\n51,2,0\n")
    pack.delete("data/README.md")
    pack.edit_template("project.toml", "margin_over_rule = 0.05", "margin_over_rule = 0.04")
    pack.edit_template("app/schema.py", "age: float | None", "age: float | None = None")

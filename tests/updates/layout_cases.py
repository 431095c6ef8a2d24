"""The layouts that are measured, and what became of each with copier 9.19.1 and git 2.39."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LayoutCase:
    """One file, what template and learner both change in it, and how it is laid out."""

    name: str
    part: str
    change: str
    layout: str
    expected: str
    text: str


CASES: tuple[LayoutCase, ...] = (
    LayoutCase(
        "deps-sorted",
        "pyproject.toml",
        "`uv add httpx`; template raises its neighbour",
        "sorted list, no comments",
        "conflict",
        """\
   [project]
   dependencies = [
t-     "fastapi>=0.165",
t+     "fastapi>=0.166",
l+     "httpx>=0.28",
       "numpy>=2",
       "uvicorn>=0.54",
   ]
""",
    ),
    LayoutCase(
        "deps-sorted-last",
        "pyproject.toml",
        "`uv add zstandard`; template raises the last",
        "sorted list, no comments",
        "conflict",
        """\
   [project]
   dependencies = [
       "fastapi>=0.165",
       "numpy>=2",
t-     "uvicorn>=0.54",
t+     "uvicorn>=0.55",
l+     "zstandard>=0.2",
   ]
""",
    ),
    LayoutCase(
        "deps-sorted-comments",
        "pyproject.toml",
        "`uv add httpx`; template raises its neighbour",
        "sorted list, a comment above each (uv puts the new line under a wrong comment)",
        "conflict",
        """\
   [project]
   dependencies = [
       # routes
       "fastapi>=0.165",
       # arrays
l+     "httpx>=0.28",
t-     "numpy>=2",
t+     "numpy>=2.1",
       # server
       "uvicorn>=0.54",
   ]
""",
    ),
    LayoutCase(
        "deps-unsorted-no-comment",
        "pyproject.toml",
        "`uv add httpx`; template raises the last",
        "unsorted list, no comments",
        "conflict",
        """\
   [project]
   dependencies = [
       "uvicorn>=0.54",
       "fastapi>=0.165",
t-     "numpy>=2",
t+     "numpy>=2.1",
l+     "httpx>=0.28",
   ]
""",
    ),
    LayoutCase(
        "deps-fence-raise",
        "pyproject.toml",
        "`uv add httpx`; template raises the last",
        "unsorted, closing comment `# Yours:`",
        "merged",
        """\
   [project]
   dependencies = [
       # server
       "uvicorn>=0.54",
       # routes
       "fastapi>=0.165",
       # arrays
t-     "numpy>=2",
t+     "numpy>=2.1",
       # Yours:
l+     "httpx>=0.28",
   ]
""",
    ),
    LayoutCase(
        "deps-fence-add",
        "pyproject.toml",
        "`uv add httpx`; template adds one at its end",
        "unsorted, closing comment `# Yours:`",
        "merged",
        """\
   [project]
   dependencies = [
       # server
       "uvicorn>=0.54",
       # routes
       "fastapi>=0.165",
t+     # templates
t+     "jinja2>=3.1",
       # Yours:
l+     "httpx>=0.28",
   ]
""",
    ),
    LayoutCase(
        "deps-fence-two-groups",
        "pyproject.toml",
        "`uv add`, `uv add --dev`; template adds to both lists",
        "both lists end in a comment, worded differently",
        "merged",
        """\
   [project]
   dependencies = [
       # server
       "uvicorn>=0.54",
       # routes
       "fastapi>=0.165",
t+     # templates
t+     "jinja2>=3.1",
       # Yours, for serving:
l+     "httpx>=0.28",
   ]

   [dependency-groups]
   dev = [
       # tests
       "pytest>=9",
       # types
       "mypy>=2",
t+     # lint
t+     "ruff>=0.17",
       # Yours, for development:
l+     "hypothesis>=6",
   ]
""",
    ),
    LayoutCase(
        "deps-raise-neighbours-bare",
        "pyproject.toml",
        "learner raises one, template raises the next",
        "no comments",
        "conflict",
        """\
   dependencies = [
       "uvicorn>=0.54",
l-     "fastapi>=0.165",
l+     "fastapi>=0.170",
t-     "numpy>=2",
t+     "numpy>=2.1",
   ]
""",
    ),
    LayoutCase(
        "deps-raise-neighbours-comments",
        "pyproject.toml",
        "learner raises one, template raises the next",
        "a comment above each",
        "merged",
        """\
   dependencies = [
       # server
       "uvicorn>=0.54",
       # routes
l-     "fastapi>=0.165",
l+     "fastapi>=0.170",
       # arrays
t-     "numpy>=2",
t+     "numpy>=2.1",
       # Yours:
   ]
""",
    ),
    LayoutCase(
        "deps-raise-last-template-adds",
        "pyproject.toml",
        "learner raises the last, template adds after it",
        "a comment above each, closing comment",
        "conflict",
        """\
   dependencies = [
       # routes
       "fastapi>=0.165",
       # arrays
l-     "numpy>=2",
l+     "numpy>=2.3",
t+     # templates
t+     "jinja2>=3.1",
       # Yours:
   ]
""",
    ),
    LayoutCase(
        "deps-raise-all-template-adds-first",
        "pyproject.toml",
        "learner raises every one and adds one, template adds one at the top",
        "a comment above each, closing comment",
        "merged",
        """\
   dependencies = [
t+     # templates
t+     "jinja2>=3.1",
       # routes
l-     "fastapi>=0.165",
l+     "fastapi>=0.170",
       # arrays
l-     "numpy>=2",
l+     "numpy>=2.3",
       # Yours:
l+     "httpx>=0.28",
   ]
""",
    ),
    LayoutCase(
        "deps-both-raise",
        "pyproject.toml",
        "both raise the same package differently",
        "any",
        "conflict",
        """\
   dependencies = [
       # routes
l-     "fastapi>=0.165",
l+     "fastapi>=0.170",
t+     "fastapi>=0.166",
       # arrays
       "numpy>=2",
   ]
""",
    ),
    LayoutCase(
        "project-version",
        "pyproject.toml",
        "learner edits `description`, template edits `requires-python` next to it",
        "neighbouring lines",
        "conflict",
        """\
   [project]
   name = "visits"
l- description = "Ours."
l+ description = "Mine."
t- requires-python = ">=3.11,<3.14"
t+ requires-python = ">=3.11,<3.15"
   dependencies = []
""",
    ),
    LayoutCase(
        "project-version-apart",
        "pyproject.toml",
        "learner edits `description` and `version`, template edits `requires-python`",
        "`name version description`, `readme` between, then `requires-python`",
        "merged",
        """\
   [project]
   name = "visits"
l- version = "0.1.0"
l- description = "Ours."
l+ version = "0.2.0"
l+ description = "Mine."
   readme = "README.md"
t- requires-python = ">=3.11,<3.14"
t+ requires-python = ">=3.11,<3.15"
   dependencies = []
""",
    ),
    LayoutCase(
        "toml-table-appended",
        "pyproject.toml",
        "both append a `[tool.x]` table at the end",
        "file ends with the template's last table",
        "conflict",
        """\
   [tool.mypy]
   strict = true
l+
l+ [tool.poe.tasks]
l+ go = "app train"
t+
t+ [tool.coverage.run]
t+ branch = true
""",
    ),
    LayoutCase(
        "toml-table-before-last",
        "pyproject.toml",
        "learner appends a table, template adds one before its last",
        "the last table never changes",
        "merged",
        """\
   [tool.ruff]
   line-length = 100

t+ [tool.coverage.run]
t+ branch = true
t+
   [tool.mypy]
   strict = true
l+
l+ [tool.poe.tasks]
l+ go = "app train"
""",
    ),
    LayoutCase(
        "readme-first-lines-tight",
        "README.md",
        "learner rewrites the description; template changes the line after it",
        "no empty line between",
        "conflict",
        """\
   # Visits
l- A prediction service.
l+ Which members will need a call this week?
t- Built from supervised-api.
t+ Built from the supervised-api starter.

   ## Quickstart
""",
    ),
    LayoutCase(
        "readme-first-lines-spaced",
        "README.md",
        "learner rewrites title and description; template changes the paragraph after it",
        "one empty line between",
        "merged",
        """\
l- # Visits
l+ # Who needs a call?

l- A prediction service.
l+ Which members will need a call this week?
l+
l+ It ranks them every Monday.

t- Built from supervised-api.
t+ Built from the supervised-api starter.

   ## Quickstart
""",
    ),
    LayoutCase(
        "readme-paragraph-inserted",
        "README.md",
        "learner rewrites two neighbouring paragraphs; template adds one between",
        "one empty line between the two",
        "conflict",
        """\
   # Visits

l- A prediction service.
l+ Which members will need a call this week?

t+ ![status](badge.svg)
t+
l- Say here who uses it.
l+ A coordinator uses it every Monday.

   ## Quickstart
""",
    ),
    LayoutCase(
        "readme-paragraph-inserted-heading",
        "README.md",
        "learner rewrites two paragraphs; template adds one between",
        "an unchanging line (heading or comment) between the two",
        "merged",
        """\
   # Visits

l- A prediction service.
l+ Which members will need a call this week?

t+ ![status](badge.svg)
t+
   <!-- who -->

l- Say here who uses it.
l+ A coordinator uses it every Monday.

   ## Quickstart
""",
    ),
    LayoutCase(
        "evidence-row-added",
        "README.md",
        "learner fills the evidence rows; template adds a row at the end",
        "one table",
        "conflict",
        """\
   | claim | number |
   |---|---|
l- | ranks well | not measured yet |
l- | beats the rule | not measured yet |
l+ | ranks well | AP 0.61 |
l+ | beats the rule | +0.2 |
t+ | calibrated | not measured yet |

   ## Quickstart
""",
    ),
    LayoutCase(
        "evidence-last-row-fixed",
        "README.md",
        "learner fills the rows; template adds one before a last row that nobody edits",
        "one table, last row fixed, new row above it",
        "conflict",
        """\
   | claim | number |
   |---|---|
l- | ranks well | not measured yet |
l+ | ranks well | AP 0.61 |
t+ | calibrated | not measured yet |
   | how | `app evaluate` |

   ## Quickstart
""",
    ),
    LayoutCase(
        "evidence-first-row-fixed",
        "README.md",
        "learner fills the rows; template adds one above a first row that nobody edits",
        "one table, first row fixed, new row above it",
        "merged",
        """\
   | claim | number |
   |---|---|
t+ | calibrated | not measured yet |
   | measured by | `app evaluate` |
l- | ranks well | not measured yet |
l- | beats the rule | not measured yet |
l+ | ranks well | AP 0.61 |
l+ | beats the rule | +0.2 |

   ## Quickstart
""",
    ),
    LayoutCase(
        "evidence-second-table",
        "README.md",
        "learner fills the rows; template adds a table under an unchanging comment",
        "`<!-- /evidence -->` closes the learner's table",
        "merged",
        """\
   <!-- evidence -->
   | claim | number |
   |---|---|
l- | ranks well | not measured yet |
l- | beats the rule | not measured yet |
l+ | ranks well | AP 0.61 |
l+ | finds the sick | recall 0.4 |
   <!-- /evidence -->

t+ | claim | number |
t+ |---|---|
t+ | calibrated | not measured yet |
t+
   ## Quickstart
""",
    ),
    LayoutCase(
        "ticks-tight-reword",
        "README.md",
        "learner ticks a step, template rewords the next",
        "tight list",
        "conflict",
        """\
   ## Make it yours

l- - [ ] Put your data under `data/`.
l+ - [x] Put your data under `data/`.
t- - [ ] Set the gates.
t+ - [ ] Set the gates in `project.toml`.
   - [ ] Run `app train`.
""",
    ),
    LayoutCase(
        "ticks-loose-reword",
        "README.md",
        "learner ticks two steps, template rewords the one between",
        "an empty line between steps",
        "merged",
        """\
   ## Make it yours

l- - [ ] Put your data under `data/`.
l+ - [x] Put your data under `data/`.

t- - [ ] Set the gates.
t+ - [ ] Set the gates in `project.toml`.

l- - [ ] Run `app train`.
l+ - [x] Run `app train`.
""",
    ),
    LayoutCase(
        "ticks-loose-insert",
        "README.md",
        "learner ticks all, template adds a step between",
        "an empty line between steps",
        "conflict",
        """\
   ## Make it yours

l- - [ ] Put your data under `data/`.
l+ - [x] Put your data under `data/`.

t+ - [ ] Draft the schema.
t+
l- - [ ] Run `app train`.
l+ - [x] Run `app train`.

   ## Limits
""",
    ),
    LayoutCase(
        "ticks-loose-append",
        "README.md",
        "learner ticks all, template adds a last step",
        "an empty line between steps",
        "merged",
        """\
   ## Make it yours

l- - [ ] Put your data under `data/`.
l+ - [x] Put your data under `data/`.

l- - [ ] Run `app train`.
l+ - [x] Run `app train`.

t+ - [ ] Answer the questions.
t+
   ## Limits
""",
    ),
    LayoutCase(
        "ticks-reword-ticked",
        "README.md",
        "learner ticks a step, template rewords that step",
        "tick and text on one line",
        "conflict",
        """\
   ## Make it yours

   <!-- step:gates -->
l- - [ ] Set the gates.
l+ - [x] Set the gates.
t+ - [ ] Set the gates in `project.toml`.

   ## Limits
""",
    ),
    LayoutCase(
        "steps-with-anchors",
        "README.md",
        "learner ticks all, template adds a step between and rewords one",
        "`<!-- step:x -->`, a tick line that never changes, an empty line, the text",
        "merged",
        """\
   ## Make it yours

   <!-- step:data -->
l- - [ ] **Data**
l+ - [x] **Data**

     Put your file under `data/`.

t+ <!-- step:schema -->
t+ - [ ] **Schema**
t+
t+   Draft it.
t+
   <!-- step:train -->
l- - [ ] **Training**
l+ - [x] **Training**

     Run `app train`.

   <!-- step:gates -->
l- - [ ] **Gates**
l+ - [x] **Gates**

t-   Set the gates.
t+   Set the gates in `project.toml`.

   ## Limits
""",
    ),
    LayoutCase(
        "signals-insert-and-reword",
        "README.md",
        "learner answers all, template rewords one question and adds one between",
        "anchor, question, empty line, placeholder that names its id",
        "merged",
        """\
   <!-- signal:PF1 -->
t- **Whose decision?**
t+ **Whose decision is it?**

l- _PF1: replace this line._
l+ A coordinator phones forty members.
l+
l+ [AP 0.61](reports/evaluation.json#/champion/ap)

t+ <!-- signal:PF2 -->
t+ **What would a rule score?**
t+
t+ _PF2: replace this line._
t+
   <!-- signal:PF3 -->
   **What does a miss cost?**

l- _PF3: replace this line._
l+ Eighty dollars.

   <!-- signal:ST1 -->
   **Follow one request.**

l- _ST1: replace this line._
l+ Form, session, queue, table.

   ## Limits
""",
    ),
    LayoutCase(
        "signals-answer-glued",
        "README.md",
        "learner puts the answer right under the question; template rewords the question",
        "the learner removed the empty line",
        "conflict",
        """\
   <!-- signal:PF1 -->
t- **Whose decision?**
t+ **Whose decision is it?**
l-
l- _PF1: replace this line._
l+ A coordinator phones forty members.

   <!-- signal:PF3 -->
   **What does a miss cost?**

   _PF3: replace this line._
""",
    ),
    LayoutCase(
        "signals-anchor-deleted",
        "README.md",
        "learner deletes anchor and question, template rewords the question",
        "anchor, question, empty line, placeholder",
        "conflict",
        """\
   ## Problem framing

l- <!-- signal:PF1 -->
l- **Whose decision?**
t+ **Whose decision is it?**
l-
l- _PF1: replace this line._
l+ A coordinator phones forty members.

   <!-- signal:PF3 -->
   **What does a miss cost?**
""",
    ),
    LayoutCase(
        "section-deleted",
        "README.md",
        "learner deletes a section, template changes the text of the next",
        "next section starts with an unchanged heading",
        "merged",
        """\
   ## Quickstart

   Run `uv sync`.

l- ## Make it yours
l-
l- - [ ] Put your data under `data/`.
l-
   ## Limits

t- Data of the 1970s.
t+ Data of the 1970s and 1980s.
""",
    ),
    LayoutCase(
        "section-moved",
        "README.md",
        "learner moves a section up, template changes a line in it",
        "any",
        "conflict",
        """\
   # Visits

l+ ## Limits
l+
l+ Data of the 1970s.
l+
   ## Quickstart

   Run `uv sync`.

l- ## Limits
l-
l- Data of the 1970s.
t+ Data of the 1970s and 1980s.
""",
    ),
    LayoutCase(
        "imports-neighbour-names",
        "app/api.py",
        "learner adds `import httpx`; template extends the import line below it",
        "`from x import a, b` lines",
        "conflict",
        """\
   import logging

l+ import httpx
t- from fastapi import FastAPI, Request
t+ from fastapi import FastAPI, Request, Response
   from pydantic import ValidationError

   from app import schema
""",
    ),
    LayoutCase(
        "imports-modules",
        "app/api.py",
        "learner adds `import httpx`; template uses a new name of fastapi",
        "imports of modules, names reached through the module",
        "merged",
        """\
   import logging

   import fastapi
l+ import httpx
   import pydantic

   from app import schema


   def answer() -> None:
t-     return None
t+     return fastapi.Response()
""",
    ),
    LayoutCase(
        "imports-first-party-line",
        "app/api.py",
        "learner adds `from app.extra import x`; template adds `from app.page import y`",
        "sorted `from app.x import y` lines",
        "conflict",
        """\
   from fastapi import FastAPI

   from app.drift import bins
l+ from app.extra import more
t+ from app.page import render
   from app.schema import Features


   def create() -> FastAPI:
""",
    ),
    LayoutCase(
        "imports-own-router",
        "app/api.py",
        "learner's routes live in `app/own.py`; template adds an import and a router",
        "api.py is not edited by the learner",
        "merged",
        """\
   from fastapi import FastAPI

   from app.drift import bins
   from app.own import router as own
t+ from app.page import render
   from app.schema import Features


   def create() -> FastAPI:
       app = FastAPI()
       app.include_router(own)
t+     app.include_router(render)
       return app
""",
    ),
    LayoutCase(
        "function-bodies-apart",
        "app/api.py",
        "learner edits one function, template the next",
        "two empty lines between functions",
        "merged",
        """\
   def ready() -> bool:
l-     return True
l+     return model is not None


t- def live() -> bool:
t-     return True
t+ def live() -> str:
t+     return "yes"
""",
    ),
    LayoutCase(
        "functions-appended",
        "app/api.py",
        "both append a function at the end of the file",
        "file ends with a function",
        "conflict",
        """\
   def ready() -> bool:
       return True
l+
l+
l+ def own() -> str:
l+     return "mine"
t+
t+
t+ def page() -> str:
t+     return "page"
""",
    ),
    LayoutCase(
        "functions-before-last-line",
        "app/api.py",
        "learner appends a function, template adds one above its last",
        "the last definition never changes",
        "merged",
        """\
   def ready() -> bool:
       return True


t+ def page() -> str:
t+     return "page"
t+
t+
   def main() -> None:
       serve(create())
l+
l+
l+ def own() -> str:
l+     return "mine"
""",
    ),
    LayoutCase(
        "settings-field-appended",
        "app/settings.py",
        "both append a field",
        "class ends with the last field",
        "conflict",
        """\
   class Settings:
       port: int = 8000
       level: str = "INFO"
l+     own_key: str = ""
t+     git_sha: str = "unknown"
""",
    ),
    LayoutCase(
        "settings-field-fenced",
        "app/settings.py",
        "learner appends a field, template adds one above the closing comment",
        "class ends with `# Yours:`",
        "merged",
        """\
   class Settings:
       port: int = 8000
       level: str = "INFO"
t+     git_sha: str = "unknown"
       # Yours:
l+     own_key: str = ""
""",
    ),
    LayoutCase(
        "env-appended",
        ".env.example",
        "both append a setting",
        "file ends with the last setting",
        "conflict",
        """\
   # Port of the server.
   PORT=8000
l+ # Mine.
l+ OWN_KEY=
t+ # Commit of the image.
t+ GIT_SHA=unknown
""",
    ),
    LayoutCase(
        "env-fenced",
        ".env.example",
        "learner appends a setting, template adds one above the closing comment",
        "file ends with `# Yours:`",
        "merged",
        """\
   # Port of the server.
   PORT=8000
t+ # Commit of the image.
t+ GIT_SHA=unknown
   # Yours:
l+ # Mine.
l+ OWN_KEY=
""",
    ),
    LayoutCase(
        "env-default-and-neighbour",
        ".env.example",
        "learner changes a default, template the next one",
        "a comment line above each setting",
        "merged",
        """\
   # Port of the server.
l- PORT=8000
l+ PORT=9000
   # How much is logged.
t- LOG_LEVEL=info
t+ LOG_LEVEL=INFO
   # Yours:
""",
    ),
    LayoutCase(
        "settings-row-appended",
        "README.md",
        "both append a row to the settings table",
        "table ends before `<!-- /settings -->`",
        "conflict",
        """\
   <!-- settings -->
   | name | default |
   |---|---|
   | PORT | 8000 |
l+ | OWN_KEY | |
t+ | GIT_SHA | unknown |
   <!-- /settings -->
""",
    ),
    LayoutCase(
        "settings-row-above-last",
        "README.md",
        "learner appends a row, template adds one above its own last row",
        "last row never changes",
        "merged",
        """\
   <!-- settings -->
   | name | default |
   |---|---|
   | PORT | 8000 |
t+ | GIT_SHA | unknown |
   | LOG_LEVEL | INFO |
l+ | OWN_KEY | |
   <!-- /settings -->
""",
    ),
    LayoutCase(
        "gitignore-appended",
        ".gitignore",
        "both append a pattern",
        "file ends with the last pattern",
        "conflict",
        """\
   .venv/
   .env
l+ notes/
t+ reports/*.html
""",
    ),
    LayoutCase(
        "gitignore-fenced",
        ".gitignore",
        "learner appends a pattern, template adds one above the closing comment",
        "file ends with `# Yours:`",
        "merged",
        """\
   .venv/
   .env
t+ reports/*.html
   # Yours:
l+ notes/
""",
    ),
    LayoutCase(
        "gitignore-fence-two-blocks",
        ".gitignore",
        "learner appends a pattern after an empty line, template adds one above the comment",
        "file ends with `# Yours:`",
        "merged",
        """\
   .venv/
   .env
t+ reports/*.html

   # Yours:
l+
l+ # notes
l+ notes/
""",
    ),
    LayoutCase(
        "ci-step-tight",
        "ci.yml",
        "learner adds a step, template moves the pin of the one before",
        "no empty lines between steps",
        "conflict",
        """\
   jobs:
     test:
       steps:
         - name: Check out
t-         uses: actions/checkout@aaaa # v6.0.0
t+         uses: actions/checkout@bbbb # v6.0.1
l+       - name: Mine
l+         run: make mine
         - name: Install
           run: uv sync
""",
    ),
    LayoutCase(
        "ci-step-spaced",
        "ci.yml",
        "learner adds a step, template moves the pins before and after it",
        "an empty line between steps, `name` first",
        "merged",
        """\
   jobs:
     test:
       steps:
         - name: Check out
t-         uses: actions/checkout@aaaa # v6.0.0
t+         uses: actions/checkout@bbbb # v6.0.1

l+       - name: Mine
l+         run: make mine
l+
         - name: Install uv
t-         uses: astral-sh/setup-uv@cccc # v8.0.0
t+         uses: astral-sh/setup-uv@dddd # v8.1.0

         - name: Test
           run: uv run pytest
""",
    ),
    LayoutCase(
        "ci-repeated-context",
        "ci.yml",
        "learner adds a step to the first job; template changes the first job there",
        "two jobs with six equal lines on end",
        "lines in the wrong place",
        """\
   jobs:
     old:
       steps:
         - uses: actions/checkout@aaaa # v6.0.0
         - uses: astral-sh/setup-uv@cccc # v8.0.0
t-       - run: uv sync
t+       - run: uv sync --locked
l+       - run: make mine
         - run: uv run ruff check .
         - run: uv run mypy
         - run: uv run pytest
     new:
       steps:
         - uses: actions/checkout@aaaa # v6.0.0
         - uses: astral-sh/setup-uv@cccc # v8.0.0
         - run: uv sync
         - run: uv run ruff check .
         - run: uv run mypy
         - run: uv run pytest
""",
    ),
    LayoutCase(
        "dockerfile-from",
        "Dockerfile",
        "learner adds `RUN apt-get`; template moves the base image",
        "next line",
        "conflict",
        """\
t- FROM python:3.12.1-slim AS base
t+ FROM python:3.12.2-slim AS base
l+ RUN apt-get update
   WORKDIR /srv
""",
    ),
    LayoutCase(
        "dockerfile-from-spaced",
        "Dockerfile",
        "learner adds `RUN apt-get`; template moves the base image",
        "an unchanging line after FROM",
        "merged",
        """\
t- FROM python:3.12.1-slim AS base
t+ FROM python:3.12.2-slim AS base
   WORKDIR /srv
l+ RUN apt-get update

   COPY app app
""",
    ),
)

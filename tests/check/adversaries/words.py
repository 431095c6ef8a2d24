"""Cheats with words: answers, decision records and stories without anything behind them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.check.adversaries.changing import (
    PROSE,
    QUESTIONS,
    answer,
    asked,
    commit,
    read,
    sub,
    told,
)
from tests.check.adversaries.registry import adversary
from tests.check.growing import write

if TYPE_CHECKING:
    from pathlib import Path

    from tests.check.adversaries.registry import Git

LOREM = (
    "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut "
    "labore et dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco "
    "laboris nisi ut aliquip ex ea commodo consequat."
)


@adversary("anchors-deleted", "supervised-api", "finished", "PF101")
def anchors_deleted(folder: Path, git: Git) -> None:
    """Deletes the comments that mark the answers, so that nobody finds what to judge."""
    sub(folder, "README.md", r"^<!-- signal:\w+ -->\n", "")
    commit(folder, git, "Tidy the README")


@adversary("hard-questions-deleted", "rag-app", "untouched", "PF101")
def hard_questions_deleted(folder: Path, git: Git) -> None:
    """Answers the easy questions and deletes the others with anchor and text, as if never asked."""
    told(folder, "rag-app")
    for question in ("PF2", "PF3", "PF4", "ST2", "RC1", "RC3", "CD3"):
        pattern = rf"<!-- signal:{question} -->\n\*\*[^\n]*\*\*\n\n[^\n]*\n\n"
        sub(folder, "README.md", pattern, "")
    commit(folder, git, "Answer the questions")


@adversary("anchors-gathered", "rag-app", "untouched", "PF101")
def anchors_gathered(folder: Path, git: Git) -> None:
    """Puts all anchors and questions above one text, which is to answer all of them at once."""
    text = read(folder, "README.md")
    head, _, rest = text.partition("### Problem framing")
    marks = "\n\n".join(
        f"<!-- signal:{name} -->\n**{words}**" for name, words in asked(folder).items()
    )
    tail = rest[rest.index("\n## Limits") :]
    told_once = PROSE["rag-app"]["PF1"]
    write(folder, "README.md", f"{head}### All fifteen\n\n{marks}\n\n{told_once}\n{tail}")
    commit(folder, git, "Answer all questions together")


@adversary("answers-in-comments", "multi-agent", "untouched", "PF101")
def answers_in_comments(folder: Path, git: Git) -> None:
    """Writes each answer as a comment that no reader sees, so that a count of words is content."""
    answer(folder, {one: f"<!-- {said} -->" for one, said in PROSE["multi-agent"].items()})
    commit(folder, git, "Answer the questions")


@adversary("answers-under-one-anchor", "supervised-api", "untouched", "PF101")
def answers_under_one_anchor(folder: Path, git: Git) -> None:
    """Repeats one anchor fifteen times in the place of the others, each above its fluent text."""
    told(folder, "supervised-api")
    sub(folder, "README.md", r"<!-- signal:\w+ -->", "<!-- signal:PF1 -->")
    commit(folder, git, "Answer the questions")


@adversary("placeholder-reworded", "multi-agent", "untouched", "PF102")
def placeholder_reworded(folder: Path, git: Git) -> None:
    """Changes a few words of the placeholder, so that it is not the shipped one."""
    said = "{}: this line was replaced by three sentences and by a link to the evidence."
    answer(folder, {one: said.format(one) for one in QUESTIONS})
    commit(folder, git, "Answer the questions")


@adversary("filler", "supervised-api", "untouched", "PF102")
def filler(folder: Path, git: Git) -> None:
    """Puts the same filler text below every question and hopes for a count of words."""
    answer(folder, dict.fromkeys(QUESTIONS, LOREM))
    commit(folder, git, "Answer the questions")


@adversary("words-repeated", "rag-app", "untouched", "PF102")
def words_repeated(folder: Path, git: Git) -> None:
    """Repeats one short sentence of its own until the answer is long enough."""
    said = {one: f"The {one.lower()} matter was solved with great care. " * 6 for one in QUESTIONS}
    answer(folder, {one: text.strip() for one, text in said.items()})
    commit(folder, git, "Answer the questions")


@adversary("question-echoed", "rag-app", "untouched", "PF102")
def question_echoed(folder: Path, git: Git) -> None:
    """Gives each question back as a statement, twice, with a polite phrase around it."""
    said = {}
    for one, question in asked(folder).items():
        plain = question.rstrip("?")
        said[one] = (
            f"This is how we look at it: {plain[0].lower()}{plain[1:]}. In other words, {plain} "
            "is exactly what this project has an answer to."
        )
    answer(folder, said)
    commit(folder, git, "Answer the questions")


@adversary("documentation-copied", "multi-agent", "untouched", "PF102")
def documentation_copied(folder: Path, git: Git) -> None:
    """Answers with paragraphs of the starter's own documents, which are at least about it."""
    pages = sorted((folder / "docs").rglob("*.md"))
    text = "\n\n".join(page.read_text(encoding="utf-8") for page in pages)
    plain = [" ".join(part.split()) for part in text.split("\n\n") if part[:1].isalpha()]
    long = [part for part in plain if 30 <= len(part.split()) <= 120 and "`" not in part[:3]]
    assert len(long) >= len(QUESTIONS)
    answer(folder, dict(zip(QUESTIONS, long, strict=False)))
    commit(folder, git, "Answer the questions")


@adversary("one-answer-for-all", "supervised-api", "untouched", "PF102")
def one_answer_for_all(folder: Path, git: Git) -> None:
    """Writes one decent answer and gives it fifteen times, each with another first sentence."""
    said = PROSE["supervised-api"]["ST3"]
    answer(folder, {one: f"As to {one}, briefly. {said}" for one in QUESTIONS})
    commit(folder, git, "Answer the questions")


@adversary(
    "fluent-prose",
    "supervised-api",
    "untouched",
    "PF103 PF104 PF105 ST101 ST102 ST104 RC101 RC102 RC103 RC104 RC106 CD104 CD105 CD106 "
    "DP200 MO104 OW101 OW102",
)
def fluent_prose(folder: Path, git: Git) -> None:
    """Has a language model answer all questions well, and changes and measures nothing."""
    told(folder, "supervised-api")
    commit(folder, git, "Answer the questions")


@adversary(
    "fluent-prose-rag",
    "rag-app",
    "untouched",
    "PF103 PF104 PF105 ST101 ST102 ST104 RC101 RC102 RC103 RC104 RC106 CD104 CD105 CD106 "
    "DP200 MO104 OW101 OW102",
)
def fluent_prose_rag(folder: Path, git: Git) -> None:
    """Has a language model answer all questions of a chatbot, and changes nothing else."""
    told(folder, "rag-app")
    commit(folder, git, "Answer the questions")


@adversary(
    "links-to-anything",
    "multi-agent",
    "untouched",
    "PF103 ST102 RC101 RC102 RC106 CD105 CD106 OW101 OW102",
)
def links_to_anything(folder: Path, git: Git) -> None:
    """Ends every fluent answer with links to files of the starter, as if they were evidence."""
    link = "See [the test](tests/test_graph.py), [the code](app/office.py) and [us](README.md)."
    told(folder, "multi-agent", dict.fromkeys(QUESTIONS, link))
    commit(folder, git, "Answer the questions")


@adversary("decision-says-nothing", "supervised-api", "finished", "RC106 MO104")
def decision_says_nothing(folder: Path, git: Git) -> None:
    """Keeps a decision record with all its headings, and one empty phrase below each."""
    write(
        folder,
        "docs/decisions/0005-no-weather.md",
        "# 5. We decided\n\n- Date: 2026-05-01\n- Status: accepted\n\n## Question\n\n"
        "Something had to be decided.\n\n## Options\n\nThere were several options, each with its "
        "pros and cons.\n\n## Decision\n\nWe took the best one after careful thought.\n\n"
        "## Price\n\nNothing is free.\n",
    )
    commit(folder, git, "Shorten the record")


@adversary("decision-of-the-starter", "rag-app", "untouched", "RC106")
def decision_of_the_starter(folder: Path, git: Git) -> None:
    """Copies a record of the starter under another number, title and date, and links it in RC2."""
    commit_of = git(folder, "rev-parse", "HEAD")[:10]
    old = next((folder / "docs/decisions").glob("0002-*.md")).read_text(encoding="utf-8")
    new = re.sub(r"^# 2\. .*$", "# 4. Vectors of words are enough for us", old, flags=re.MULTILINE)
    new = re.sub(r"- Date: .*", "- Date: 2026-08-09", new)
    write(folder, "docs/decisions/0004-word-vectors.md", f"{new}\nSince commit {commit_of}.\n")
    link = "It is [our fourth decision](docs/decisions/0004-word-vectors.md)."
    told(folder, "rag-app", {"RC2": link})
    commit(folder, git, "A decision")


@adversary("decision-links-air", "multi-agent", "untouched", "RC106 CD106")
def decision_links_air(folder: Path, git: Git) -> None:
    """Writes an own record whose proof is a commit that looks real and was never made."""
    write(
        folder,
        "docs/decisions/0004-no-negotiator.md",
        "# 4. No negotiator among the workers\n\n- Date: 2026-07-03\n- Status: accepted\n\n"
        "## Question\n\nWhether a fourth worker should settle quarrels between the other three, "
        "as two colleagues had proposed after a demonstration in June.\n\n## Options\n\nWith it "
        "nine of ten memos stayed word for word the same; commit 4f7c2e9ab1 took it out again.\n\n"
        "## Decision\n\nThree workers. Whoever wants a fourth brings ten memos that need it.\n",
    )
    more = {
        "RC2": "It is in [record four](docs/decisions/0004-no-negotiator.md).",
        "CD3": "Commit 9be1d20c47 holds the remedy.",
    }
    told(folder, "multi-agent", more)
    commit(folder, git, "A decision")


@adversary("story-without-change", "supervised-api", "finished", "CD106")
def story_without_change(folder: Path, git: Git) -> None:
    """Tells a story of a failure and names a commit that only touched a comma of the README."""
    sub(folder, "README.md", r"Says whether a bicycle", "Tells whether a bicycle")
    made = commit(folder, git, "Fix the wrong number")
    said = PROSE["supervised-api"]["CD3"]
    answer(folder, {"CD3": f"{said} Commit {made[:10]} is the repair."})
    commit(folder, git, "Tell what went wrong")


@adversary("story-in-the-starter", "supervised-api", "finished", "CD106")
def story_in_the_starter(folder: Path, git: Git) -> None:
    """Lets the story point at the runbook of the starter, which is about incidents in general."""
    said = PROSE["supervised-api"]["CD3"]
    answer(folder, {"CD3": f"{said} The whole trail: [runbook](docs/runbook.md#what-to-do)."})
    commit(folder, git, "Tell what went wrong")


@adversary("squashed", "supervised-api", "finished", "CD106 ST104")
def squashed(folder: Path, git: Git) -> None:
    """Presses the whole history into one commit; the answers name commits that are gone."""
    git(folder, "checkout", "--quiet", "--orphan", "fresh")
    commit(folder, git, "Initial commit")
    git(folder, "branch", "--quiet", "-D", "main")
    git(folder, "branch", "--quiet", "--move", "main")
    git(folder, "reflog", "expire", "--expire=now", "--all")
    git(folder, "gc", "--quiet", "--prune=now")

"""READMEs are merged by their parts: an answer never moves, whatever stands around it."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scaffold.update import content, readme
from scaffold.update.content import Labels, Merged, merge
from scaffold.update.files import File

HEAD = "# Project\n\nWhat it does.\n"
LIMITS = "## Limits\n\nOf the 1970s.\n"


def question(name: str, words: str = "", answer: str = "") -> str:
    asked = words or f"What of {name}?"
    given_answer = answer or f"_{name}: replace this line by two to six sentences._"
    return f"<!-- signal:{name} -->\n**{asked}**\n\n{given_answer}\n"


def page(*parts: str) -> str:
    return "\n".join(parts)


def merged(base: str, ours: str, theirs: str) -> Merged:
    three = [File(text.encode()) for text in (base, ours, theirs)]
    return merge(three[0], three[1], three[2], Labels())


def text(found: Merged) -> str:
    return found.file.data.decode()


BASE = page(HEAD, question("PF1"), question("PF2"), LIMITS)


def test_a_reworded_question_stands_above_the_answer_and_is_told() -> None:
    ours = page(HEAD, question("PF1", answer="Three coordinators."), question("PF2"), LIMITS)
    theirs = page(HEAD, question("PF1", "Who acts?"), question("PF2", "And then?"), LIMITS)
    found = merged(BASE, ours, theirs)
    assert found.clean
    assert found.reworded == ("PF1",)  # PF2 is not answered, so nobody needs to look again
    assert text(found) == page(
        HEAD,
        question("PF1", "Who acts?", "Three coordinators."),
        question("PF2", "And then?"),
        LIMITS,
    )


def test_an_answer_glued_to_its_question_keeps_both() -> None:
    glued = "<!-- signal:PF1 -->\n**What of PF1?**\nThree coordinators.\n"
    ours = page(HEAD, glued, question("PF2"), LIMITS)
    theirs = page(HEAD, question("PF1", "Who acts?"), question("PF2"), LIMITS)
    found = merged(BASE, ours, theirs)
    assert found.clean
    assert text(found) == ours
    assert found.reworded == ("PF1",)


def test_a_question_that_was_deleted_stays_deleted() -> None:
    theirs = page(HEAD, question("PF1", "Who acts?"), question("PF2"), LIMITS)
    ours = page(HEAD, question("PF2", answer="Mine."), LIMITS)
    assert text(merged(BASE, ours, theirs)) == ours


def test_a_new_question_follows_the_one_before_it_though_the_order_is_the_owners() -> None:
    ours = page(HEAD, LIMITS, question("PF2", answer="Two."), question("PF1", answer="One."))
    theirs = page(HEAD, question("PF1"), question("PF3"), question("PF2"), LIMITS)
    assert text(merged(BASE, ours, theirs)) == page(
        HEAD,
        LIMITS,
        question("PF2", answer="Two."),
        question("PF1", answer="One."),
        question("PF3"),
    )


def test_text_in_a_moved_section_still_takes_the_releases_change() -> None:
    ours = page(LIMITS, HEAD, question("PF1"), question("PF2"))
    theirs = page(HEAD, question("PF1"), question("PF2"), "## Limits\n\nOf the 1980s.\n")
    found = text(merged(BASE, ours, theirs))
    assert found == page("## Limits\n\nOf the 1980s.\n", HEAD, question("PF1"), question("PF2"))


def test_a_heading_that_either_side_words_otherwise_is_the_same_section() -> None:
    ours = BASE.replace("# Project", "# Visits next year").replace("Of the 1970s.", "Mine.")
    theirs = BASE.replace("## Limits", "## What it must not be used for")
    found = merged(BASE, ours, theirs)
    assert found.clean
    assert text(found).count("Mine.") == 1
    assert "Of the 1970s." not in text(found)
    assert "# Visits next year" in text(found)


def test_a_section_that_the_release_drops_goes_unless_it_was_edited() -> None:
    theirs = page(HEAD, question("PF1"), question("PF2"))
    assert "## Limits" not in text(merged(BASE, BASE.replace("does.", "did."), theirs))
    kept = BASE.replace("Of the 1970s.", "Mine.")
    assert "## Limits\n\nMine." in text(merged(BASE, kept, theirs))


def test_headings_and_anchors_in_code_are_no_parts() -> None:
    fenced = "```\n# not a heading\n<!-- signal:PF9 -->\n```\n"
    (only,) = readme.parts(f"# One\n\n{fenced}".encode())
    assert only.name == b"# One"


def test_both_changed_one_paragraph_is_a_conflict_in_that_part_alone() -> None:
    ours = BASE.replace("Of the 1970s.", "Mine.")
    theirs = BASE.replace("Of the 1970s.", "Of the 1980s.").replace("What of PF2?", "And?")
    found = merged(BASE, ours, theirs)
    assert len(found.conflicts) == 1
    assert "**And?**" in text(found)
    assert text(found).count("<<<<<<< yours") == 1


def test_windows_line_ends_stay() -> None:
    ours = page(HEAD, question("PF1", answer="One."), question("PF2"), LIMITS)
    theirs = page(HEAD, question("PF1", "Who?"), question("PF3"), question("PF2"), LIMITS)
    found = merged(BASE, ours.replace("\n", "\r\n"), theirs).file.data
    assert found.count(b"\r\n") == found.count(b"\n") > 0
    assert b"**Who?**\r\n\r\nOne.\r\n" in found


NAMES = ("PF1", "PF2", "PF3", "PF4", "ST1")
DEEDS = st.sampled_from(["leave", "answer", "glue", "delete", "reword"])


@settings(max_examples=300, deadline=None)
@given(
    st.lists(DEEDS, min_size=4, max_size=4),
    st.permutations(NAMES[:4]),
    st.lists(st.booleans(), min_size=4, max_size=4),
    st.integers(0, 4),
)
def test_no_answer_ever_stands_under_another_question(
    deeds: list[str], order: list[str], reworded: list[bool], place: int
) -> None:
    base = page(HEAD, *(question(name) for name in NAMES[:4]), LIMITS)
    mine = dict(zip(NAMES, deeds, strict=False))
    written = {
        "leave": question,
        "answer": lambda name: question(name, answer=f"Mine of {name}."),
        "glue": lambda name: f"<!-- signal:{name} -->\n**What of {name}?**\nMine of {name}.\n",
        "reword": lambda name: question(name, f"My {name}?", f"Mine of {name}."),
    }
    ours = page(HEAD, *(written[mine[one]](one) for one in order if mine[one] != "delete"), LIMITS)
    asked = [
        question(name, f"New {name}?" if again else "")
        for name, again in zip(NAMES, reworded, strict=False)
    ]
    theirs = page(HEAD, *asked[:place], question("ST1"), *asked[place:], LIMITS)
    found = merged(base, ours, theirs)
    assert found.clean
    blocks = {part.signal: part.text.decode() for part in readme.parts(found.file.data)}
    for name, deed in mine.items():
        assert (name in blocks) == (deed != "delete")
        for one, block in blocks.items():
            assert (f"Mine of {name}." in block) == (
                one == name and deed not in {"leave", "delete"}
            )
    assert "ST1" in blocks
    assert [name for name in blocks if name in mine] == [
        name for name in order if mine[name] != "delete"
    ]


@pytest.mark.parametrize("ends", list(itertools.product(["", "\n"], repeat=3)))
def test_a_missing_last_line_end_changes_nothing_else(ends: tuple[str, str, str]) -> None:
    base, ours, theirs = (BASE.rstrip("\n") + end for end in ends)
    found = merged(base, ours.replace("does.", "did."), theirs.replace("1970s", "1980s"))
    assert found.clean or ends[0] != ends[1] != ends[2]
    assert "did." in text(found)


def test_lines_outside_a_readme_merge_as_git_does() -> None:
    data = content.lines(b"a\nb\nc\n", b"a1\nb\nc\n", b"a\nb\nc1\n", Labels())
    assert data == b"a1\nb\nc1\n"

"""What is read from Markdown."""

from typing import TypeAlias

import pytest

from app.corpus.document import UnreadableError
from app.corpus.loading import load

Sections: TypeAlias = list[tuple[tuple[str, ...], list[str]]]


def sections(text: str, name: str = "some-file.md") -> Sections:
    found = load(name, text.encode())
    return [(one.headings, [block.text for block in one.blocks]) for one in found.sections]


def test_headings_give_the_path() -> None:
    text = "# T\na\n## A\nb\n### B\nc\n## C\nd\n#### D\ne\n"
    assert sections(text) == [
        (("T",), ["a"]),
        (("T", "A"), ["b"]),
        (("T", "A", "B"), ["c"]),
        (("T", "C"), ["d"]),
        (("T", "C", "D"), ["e"]),
    ]


def test_underlined_headings_are_headings() -> None:
    assert sections("Title\n=====\n\ntext\n\nPart of\nit\n---\nmore\n") == [
        (("Title",), ["text"]),
        (("Title", "Part of it"), ["more"]),
    ]


def test_lines_that_only_look_like_headings_are_text() -> None:
    text = "a\n\n---\n\n#hashtag\n\n####### seven\n\n- item\n---\n\n"
    text += "| a |\n|---|\n\n    # code\n\n\\# no\n"
    (only,) = sections(text)
    assert only[0] == ("some file",)
    assert len(only[1]) == 8


def test_without_a_title_the_name_of_the_file_is_it() -> None:
    assert sections("only text", "how_to-do it.md") == [(("how to do it",), ["only text"])]
    two = "# One\na\n# Two\nb\n"
    assert sections(two) == [(("some file", "One"), ["a"]), (("some file", "Two"), ["b"])]
    late = "## A\na\n# B\nb"
    assert sections(late) == [(("some file", "A"), ["a"]), (("some file", "B"), ["b"])]


def test_front_matter_may_state_the_title_and_is_no_text() -> None:
    text = '---\ntags: [a]\ntitle: "Its: title"\n---\n# First\na\n# Second\nb\n'
    assert sections(text) == [(("Its: title", "First"), ["a"]), (("Its: title", "Second"), ["b"])]
    assert sections("---\ntitle: T\n---\n\n# T\n\na") == [(("T",), ["a"])]
    assert sections("---\nlayout: x\n...\na") == [(("some file",), ["a"])]
    assert sections("---\nno end\n\na") == [(("some file",), ["---\nno end", "a"])]


def test_fenced_code_is_one_block_whatever_is_in_it() -> None:
    for fence in ("```", "~~~~", "  ```"):
        code = f"{fence}python\n# no heading\n\nx = 1\n\n---\n``\n{fence.strip()}"
        found = load("a.md", f"text\n{code}\nmore".encode()).sections[0].blocks
        assert [(block.text, block.whole) for block in found] == [
            ("text", False),
            (code, True),
            ("more", False),
        ]


def test_code_that_never_ends_goes_to_the_end() -> None:
    assert sections("# T\na\n\n```\n# x\n\ny")[0] == (("T",), ["a", "```\n# x\n\ny"])


def test_a_longer_fence_holds_a_shorter_one() -> None:
    code = "````\n```\nx\n```\n````"
    assert sections(f"{code}\n")[0][1] == [code]
    assert sections("``` not `code`\na")[0][1] == ["``` not `code`\na"]


def test_nested_lists_keep_their_shape() -> None:
    text = "- a\n  - b\n    - c\n      continued\n1. d"
    assert sections(text) == [(("some file",), [text])]


def test_a_table_is_whole() -> None:
    blocks = load("a.md", b"| a | b |\n|---|---|\n| 1 | 2 |\n\ntext").sections[0].blocks
    assert [block.whole for block in blocks] == [True, False]


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("The `top_k` *setting* ##", "The top_k setting"),
        ("See [the **docs**](https://x.y/z_(1)) now {#anchor}", "See the docs now"),
        ("![logo](a.png) Name", "logo Name"),
        ("snake_case and 2 * 3 * 4", "snake_case and 2 * 3 * 4"),
        ("A <!-- signal --> heading", "A heading"),
        ("C#", "C#"),
        ("`a` or `b` or [c][ref]", "a or b or c"),
    ],
)
def test_a_heading_is_read_without_its_marks(written: str, shown: str) -> None:
    assert sections(f"# T\n## {written}\na") == [(("T", shown), ["a"])]


def test_comments_are_no_text() -> None:
    assert sections("a <!-- hidden\nlines --> b\n\n<!-- alone -->\n\nc") == [
        (("some file",), ["a  b", "c"])
    ]


def test_the_place_is_the_line_in_the_file() -> None:
    text = "---\ntitle: T\n---\n\n# T\n\na\nb\n\n```\nc\n```\n"
    for written in (text, text.replace("\n", "\r\n"), "\ufeff" + text, text.replace("\n", "\r")):
        blocks = load("a.md", written.encode()).sections[0].blocks
        assert [(one.text, one.place) for one in blocks] == [
            ("a\nb", "line 7"),
            ("```\nc\n```", "line 10"),
        ]


def test_empty_headings_and_headings_alone_are_no_text() -> None:
    assert sections("# T\n##\n\na\n## End") == [(("T",), ["a"])]
    with pytest.raises(UnreadableError, match="no text"):
        sections("# Only\n## Headings\n")


def test_names_of_places_are_no_text() -> None:
    text = "(options)=\n\n# Options\n\nfirst\n(second)=\nsecond\n\n(not) = a name\n"
    assert sections(text) == [(("Options",), ["first", "second", "(not) = a name"])]

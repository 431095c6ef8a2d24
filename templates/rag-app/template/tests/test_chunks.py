"""How documents are cut."""

from hypothesis import given, settings
from hypothesis import strategies as st

from app.corpus import chunks
from app.corpus.document import Block, Document, Section
from app.corpus.markdown import read_markdown
from app.passages import Passage

ODD = ("a", "e.g.", '"end."', "-", "1.", "what?", "x" * 99, "漢字。", "Ü!", "colon:", "|", "```")
words = st.sampled_from(ODD)
gap = st.sampled_from([" ", "  ", "\n", "\n  ", "\t"])
paragraph = st.builds(
    lambda some, between, often: between.join(some * often),
    st.lists(words, min_size=1, max_size=9),
    gap,
    st.integers(1, 30),
) | st.text("a1é漢。.:|`-\n\t ", min_size=1, max_size=20).filter(str.strip)
block = st.builds(Block, paragraph, st.integers(1, 99).map("line {}".format), st.booleans())
section = st.builds(
    Section,
    st.lists(words, min_size=1, max_size=3).map(tuple),
    st.lists(block, min_size=1, max_size=6).map(tuple),
)


def document(*blocks: Block) -> Document:
    return Document("T", (Section(("T", "S"), blocks),))


def text(n: int, word: str = "word") -> str:
    return " ".join([word] * n)


def cut(*paragraphs: str, words: int = 20, whole: bool = False) -> list[str]:
    made = document(*(Block(one, "line 1", whole) for one in paragraphs))
    return [passage.text for passage in chunks.cut("a.md", made, words)]


@settings(max_examples=50, deadline=None)
@given(st.lists(section, min_size=1, max_size=4), st.integers(20, 60))
def test_no_word_is_lost_and_none_changes_its_place(sections: list[Section], size: int) -> None:
    passages = chunks.cut("a.md", Document("T", tuple(sections)), size)
    given_ = [word for one in sections for part in one.blocks for word in part.text.split()]
    kept = [word for one in passages for word in one.text.split()]
    long = size * chunks.SIGNS_PER_WORD
    if all(len(word) < long for word in given_):
        assert kept == given_
    assert "".join(kept) == "".join(given_)


@settings(max_examples=50, deadline=None)
@given(section, st.integers(20, 60))
def test_a_passage_is_in_one_section_and_not_much_longer_than_asked(
    one: Section, size: int
) -> None:
    most = size * (chunks.WHOLE if any(part.whole for part in one.blocks) else 1)
    for passage in chunks.cut("a.md", Document("T", (one,)), size):
        assert passage.headings == one.headings
        assert passage.text.strip()
        parts = passage.text.split("\n\n")
        assert sum(map(chunks.count, parts)) <= most * (1 + chunks.INTRODUCTION)


def test_paragraphs_are_packed_as_long_as_they_fit() -> None:
    assert cut(text(8), text(12), text(5)) == [f"{text(8)}\n\n{text(12)}", text(5)]


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    sentences = [f"Sentence {n} has exactly six words." for n in range(7)]
    assert cut(" ".join(sentences)) == [" ".join(sentences[n : n + 3]) for n in (0, 3, 6)]


def test_a_long_list_is_cut_between_items() -> None:
    items = [f"- item {n} {text(9)}" for n in range(3)]
    assert cut("\n".join(items)) == items


def test_code_is_not_cut_at_its_empty_lines_nor_for_its_length() -> None:
    code = "```\n" + "\n\n".join(["x = 1  # one"] * 30) + "\n```"
    assert cut("Before.", code, whole=True) == ["Before.", code]


def test_code_without_an_end_is_cut_at_lines() -> None:
    lines = [f"line{n} = {n}" for n in range(500)]
    pieces = cut("\n".join(lines), whole=True)
    assert len(pieces) > 1
    assert "\n".join(pieces).split("\n") == lines


def test_a_line_that_announces_stays_with_what_it_announces() -> None:
    assert cut(text(16), "Run this:", text(18)) == [text(16), f"Run this:\n\n{text(18)}"]


def test_a_line_without_a_space_is_cut_all_the_same() -> None:
    huge = "x" * 1_000_000
    pieces = cut(huge)
    assert "".join(pieces) == huge
    assert max(map(len, pieces)) <= 20 * chunks.SIGNS_PER_WORD


def test_writing_without_spaces_is_cut_at_its_sentences() -> None:
    sentence = "検索は文書を短い部分に分けてから行う。"
    pieces = cut(sentence * 60)
    assert len(pieces) > 1
    assert all(piece.endswith("。") for piece in pieces)


def test_a_passage_says_where_it_stands_and_not_in_its_text() -> None:
    read = read_markdown("a", "# Title\n\nIntro.\n\n## Part\n\nFirst.\n\nSecond.\n")
    assert chunks.cut("d/a.md", read, 200) == [
        Passage("d/a.md", ("Title",), "line 3", "Intro."),
        Passage("d/a.md", ("Title", "Part"), "line 7", "First.\n\nSecond."),
    ]


def test_the_recipe_names_the_rules_and_the_size() -> None:
    assert chunks.recipe(200) == f"{chunks.RULES}, 200 words"

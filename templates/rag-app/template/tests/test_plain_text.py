"""What is read from plain text and reStructuredText."""

from app.corpus.loading import load


def test_names_of_places_are_no_text() -> None:
    document = load("a.rst", b"First\n=====\n\none\n\n.. _second place:\n\nSecond\n======\n\ntwo\n")
    found = [(one.headings, [block.text for block in one.blocks]) for one in document.sections]
    assert found == [(("a", "First"), ["one"]), (("a", "Second"), ["two"])]

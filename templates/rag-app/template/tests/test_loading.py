"""PDF files, and which files are refused, and why."""

import pytest

from app.corpus import loading
from app.corpus import pdf as pdf_files
from app.corpus.chunks import cut
from app.corpus.document import Document, UnreadableError
from app.corpus.loading import is_document, load

from .pdfs import changed, page_of, pdf

TWO = pdf(page_of("First page (one).\n\nA second paragraph."), page_of("Page two, caf\xe9."))


def outline(document: Document) -> list[tuple[tuple[str, ...], str, str]]:
    return [
        (section.headings, block.place, " ".join(block.text.split()))
        for section in document.sections
        for block in section.blocks
    ]


def test_each_page_of_a_pdf_is_a_section() -> None:
    found = outline(load("a-b.pdf", TWO))
    assert {(headings, place) for headings, place, _ in found} == {
        (("a b", "page 1"), "page 1"),
        (("a b", "page 2"), "page 2"),
    }
    text = " ".join(text for _, _, text in found)
    assert text == "First page (one). A second paragraph. Page two, café."


def test_the_outline_of_a_pdf_gives_its_sections() -> None:
    pages = pdf(*(page_of(f"text {n}") for n in range(5)))
    entries = [("One", 1, False), ("Deep", 2, True), ("Two", 4, False), ("Also", 4, True)]
    assert outline(load("a.pdf", changed(pages, "Its title", entries))) == [
        (("Its title",), "page 1", "text 0"),
        (("Its title", "One"), "page 2", "text 1"),
        (("Its title", "One", "Deep"), "page 3", "text 2"),
        (("Its title", "One", "Deep"), "page 4", "text 3"),
        (("Its title", "Two"), "page 5", "text 4"),
    ]


@pytest.mark.parametrize("title", ["Microsoft Word - x", "report.docx", "untitled", " "])
def test_a_title_that_a_program_made_up_is_not_used(title: str) -> None:
    assert load("name.pdf", changed(TWO, title)).title == "name"
    assert load("name.pdf", changed(TWO, "What is in v1.2?")).title == "What is in v1.2?"


def test_a_pdf_that_opens_without_a_password_is_read() -> None:
    assert len(outline(load("a.pdf", changed(TWO, password="")))) == len(
        outline(load("a.pdf", TWO))
    )


def test_an_encrypted_pdf_is_refused() -> None:
    with pytest.raises(UnreadableError, match="encrypted"):
        load("a.pdf", changed(TWO, password="x" * 9))


@pytest.mark.parametrize("cipher", [b"/V 5 /R 6 /Length 256", b"/V 9 /R 9"])
def test_a_pdf_with_a_cipher_that_needs_more_packages_is_refused(cipher: bytes) -> None:
    data = changed(TWO, password="").replace(b"/V 2", cipher)
    with pytest.raises(UnreadableError):
        load("a.pdf", data)


@pytest.mark.parametrize(
    "data",
    [
        b"not a pdf at all",
        b"%PDF-1.7\n",
        TWO[:200],
        TWO.replace(b"/Pages 2 0 R", b"/Pages 9 0 R"),
        TWO.replace(b"/Kids [5 0 R 7 0 R]", b"/Kids [2 0 R]      "),
        b"%PDF-1.7\n" + bytes(range(256)) * 50,
        b"\0" * 10_000,
    ],
)
def test_a_broken_pdf_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(UnreadableError, match=r"can be read|no text|unpacks"):
        load("a.pdf", data)


def test_any_part_of_a_pdf_may_be_cut_off_or_changed() -> None:
    refused = 0
    for place in range(0, len(TWO), 29):
        for data in (TWO[:place], TWO[:place] + b"\xff(" + TWO[place + 2 :]):
            try:
                assert load("a.pdf", data).sections
            except UnreadableError:
                refused += 1
    assert refused > 0


def test_a_pdf_of_pictures_is_refused() -> None:
    with pytest.raises(UnreadableError, match="text recognition"):
        load("scan.pdf", pdf(b"0 0 m 100 100 l S", b""))


def test_a_page_that_unpacks_to_megabytes_is_refused() -> None:
    bomb = pdf(page_of("x") + b" " * (pdf_files.MOST_PAGE_BYTES + 1))
    assert len(bomb) < 20_000
    with pytest.raises(UnreadableError, match="unpacks"):
        load("a.pdf", bomb)


def test_a_pdf_with_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf_files, "MOST_PAGES", 1)
    with pytest.raises(UnreadableError, match="1 pages"):
        load("a.pdf", TWO)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.pdf"])
def test_an_empty_file_is_refused(name: str) -> None:
    for data in (b"", b" \r\n\t\n"):
        with pytest.raises(UnreadableError, match="empty"):
            load(name, data)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html", "a.rst"])
def test_text_that_is_not_utf_8_is_refused(name: str) -> None:
    with pytest.raises(UnreadableError, match="UTF-8"):
        load(name, "café".encode("latin-1"))


def test_marks_of_an_encoding_are_heeded() -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        document = load("a.md", "# Tïtle\n\ntext".encode(encoding))
        assert (document.title, document.sections[0].blocks[0].text) == ("Tïtle", "text")


def test_what_is_no_text_is_refused() -> None:
    with pytest.raises(UnreadableError, match="zero bytes"):
        load("a.txt", b"PK\x03\x04\0\0\0abc")


def test_a_file_that_is_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "MOST_BYTES", 10)
    assert load("a.md", b"123456789\n").title == "a"
    with pytest.raises(UnreadableError, match="larger than"):
        load("a.md", b"123456789\n\n")


def test_signs_that_steer_a_terminal_or_turn_text_around_are_taken_out() -> None:
    data = "# T\x1b[31m\u202eevil\n\na\u200bb\x07\ufeffc\x85".encode()
    document = load("a.md", data)
    text = document.title + document.sections[0].blocks[0].text
    assert all(sign.isprintable() for sign in text)


def test_only_known_endings_are_documents() -> None:
    assert all(map(is_document, ["a.md", "A.MD", "d/b.HTML", "x.pdf", "x.rst", "x.txt"]))
    assert not any(map(is_document, ["md", "a.py", "a.md.bak", "a.docx", "Makefile", "a."]))


def test_a_huge_line_is_read() -> None:
    text = "word " * 900_000
    assert len(load("a.txt", text.encode()).sections[0].blocks[0].text) > 4_000_000


@pytest.mark.parametrize(
    "text",
    [
        "# a" + " " * 200_000 + "b",
        "# " + "*" * 200_000 + "a",
        "# " + "[" * 200_000,
        "<!--" * 100_000,
        "-->" + "<!--" * 100_000,
        "---\ntitle: " + " " * 200_000 + "x\n---\n",
        "#" * 200_000,
        "`" * 200_000,
        "> " * 60_000,
        ". " * 60_000,
        '."' * 60_000,
        "\n" * 200_000,
        "a\n" * 60_000,
        "=" * 200_000,
        "|" * 200_000,
        "a" + "|" * 200_000 + "b",
    ],
    ids=lambda text: text[:9],
)
def test_what_is_made_to_take_long_takes_no_longer_than_other_text(text: str) -> None:
    for name in ("a.md", "a.rst", "a.html"):
        body = f"<table><td>{text}</table>" if name == "a.html" and "<" not in text else text
        assert cut(name, load(name, f"first\n\n{body}\n\nlast".encode()), 200)

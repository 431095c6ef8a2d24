"""PDF files: the text of each page, below the outline's entry where there is one."""

import logging
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from app.corpus.document import Block, Document, Heading, UnreadableError, clean, compose

if TYPE_CHECKING:
    from pypdf import PageObject, PdfReader

MOST_PAGES = 3000
# Decompressed, a page; one full of text has about 10 kB. Reading takes a second or two a megabyte.
MOST_PAGE_BYTES = 5_000_000
# What programs write where the author said nothing.
NO_TITLES = ("untitled", "microsoft word", "powerpoint presentation")
FILE_ENDINGS = (".doc", ".docx", ".odt", ".ppt", ".pptx", ".indd", ".tex", ".dvi", ".qxd")


def read_pdf(name: str, data: bytes) -> Document:
    """Returns the document.

    Args:
        name: What it is called where it does not say.
        data: The file's bytes.

    Raises:
        UnreadableError: It is broken, encrypted, blown up, or holds no text.
    """
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError, LimitReachedError

    # It reports each small flaw of a file; what matters is whether the text can be read.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        title, parts = _read(PdfReader(BytesIO(data)))
    except UnreadableError:
        raise
    except FileNotDecryptedError as error:
        raise UnreadableError("it is encrypted") from error
    except DependencyError as error:
        remedy = "if it opens without a password, `uv add cryptography` helps"
        raise UnreadableError(f"it is encrypted; {remedy}") from error
    except LimitReachedError as error:
        raise UnreadableError("it unpacks to more than a document holds") from error
    except Exception as error:  # whatever a broken file leads the parser into
        reason = str(error).partition("\n")[0] or type(error).__name__
        raise UnreadableError(f"it is no PDF that can be read: {reason}") from error
    if not any(isinstance(part, Block) for part in parts):
        raise UnreadableError("its pages hold no text; scans need text recognition first")
    return compose(name, parts, title or name)


def _read(reader: "PdfReader") -> tuple[str, list[Heading | Block]]:
    """Returns the title, empty where it has none, and what the pages hold."""
    if reader.is_encrypted and not reader.decrypt(""):
        raise UnreadableError("it is encrypted")
    if len(reader.pages) > MOST_PAGES:
        raise UnreadableError(f"it has more than {MOST_PAGES:,} pages")
    return _title(reader), list(_parts(reader))


def _title(reader: "PdfReader") -> str:
    stated = str(reader.metadata.title or "").strip() if reader.metadata else ""
    by_program = stated.lower().startswith(NO_TITLES) or stated.lower().endswith(FILE_ENDINGS)
    return "" if by_program else clean(stated)


def _parts(reader: "PdfReader") -> Iterator[Heading | Block]:
    """Yields each page's paragraphs; the first entry of the outline on it begins a section.

    Where no entry applies, each page is a section.
    """
    entries = _outline(reader)
    for number, page in enumerate(reader.pages, 1):
        place = f"page {number}"
        if entries:
            yield from entries.get(number, ())
        else:
            yield Heading(1, place)
        for text in clean(_text(page)).split("\n\n"):
            if text.strip():
                yield Block(text.strip("\n"), place)


def _text(page: "PageObject") -> str:
    contents = page.get_contents()
    size = 0 if contents is None else len(contents.get_data())
    if size > MOST_PAGE_BYTES:
        raise UnreadableError(f"a page of it unpacks to {size / 1e6:.0f} MB")
    return page.extract_text()


def _outline(reader: "PdfReader") -> dict[int, list[Heading]]:
    """Returns the entries by page; of several on one page the first, and what is above it."""
    pages: dict[int, list[Heading]] = {}

    def walk(entries: list[Any], above: list[Heading]) -> None:
        below = above
        for entry in entries:
            if isinstance(entry, list):
                walk(entry, below)
                continue
            heading = Heading(len(above) + 1, clean(str(entry.title)))
            below = [*above, heading]
            number = reader.get_destination_page_number(entry)
            if number is not None and heading.text.strip():
                pages.setdefault(number + 1, below)

    walk(reader.outline, [])
    return pages

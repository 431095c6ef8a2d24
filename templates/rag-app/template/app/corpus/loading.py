"""From a file's bytes to a document, by the ending of its name."""

import re
from pathlib import PurePosixPath

from app.corpus.document import Document, UnreadableError, clean
from app.corpus.html import read_html
from app.corpus.markdown import read_markdown
from app.corpus.pdf import read_pdf
from app.corpus.plain_text import read_plain_text

PDF = ".pdf"
READERS = {
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".txt": read_plain_text,
    ".text": read_plain_text,
    ".rst": read_plain_text,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
}
MOST_BYTES = 5_000_000  # more than a thousand pages of text
MOST_PDF_BYTES = 50_000_000  # mostly pictures, which are not read
_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_CHARSET = re.compile(rb"<meta\s[^>]*charset\s*=\s*[\"']?([\w-]+)", re.IGNORECASE)


def is_document(source: str) -> bool:
    """Tells whether a file's name says that it can be read."""
    return _ending(source) in {PDF, *READERS}


def most_bytes(source: str) -> int:
    """Returns how large a file of this name may be."""
    return MOST_PDF_BYTES if _ending(source) == PDF else MOST_BYTES


def load(source: str, data: bytes) -> Document:
    """Reads a file.

    Args:
        source: Its path; the ending says what it is, the name is the title where there is none.
        data: Its bytes.

    Raises:
        UnreadableError: It is too large, empty, broken, or in an unknown encoding.
    """
    if len(data) > most_bytes(source):
        raise UnreadableError(f"it is larger than {most_bytes(source) / 1e6:.0f} MB")
    if not data.strip():
        raise UnreadableError("it is empty")
    name = re.sub(r"[-_\s]+", " ", clean(PurePosixPath(source).stem)).strip() or "Untitled"
    ending = _ending(source)
    if ending == PDF:
        return read_pdf(name, data)
    encoding = _encoding(data, html=READERS[ending] is read_html)
    try:
        text = data.decode(encoding)
    except (UnicodeDecodeError, LookupError) as error:
        raise UnreadableError(f"it is not {encoding.upper()}; save it as UTF-8") from error
    if "\0" in text:
        raise UnreadableError("it is no text: there are zero bytes in it")
    return READERS[ending](name, clean(text))


def _ending(source: str) -> str:
    return PurePosixPath(source).suffix.lower()


def _encoding(data: bytes, *, html: bool) -> str:
    """Returns the encoding that a mark or a page's head names; else UTF-8."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            return encoding
    declared = _CHARSET.search(data[:2048]) if html else None
    return declared[1].decode() if declared else "utf-8"

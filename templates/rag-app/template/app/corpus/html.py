"""HTML pages: what a reader sees of them, without menus and scripts."""

import re
from html.parser import HTMLParser

from app.corpus.document import Block, Document, Heading, UnreadableError, compose, one_line

HEADINGS = {f"h{level}": level for level in range(1, 7)}
NOT_READ = {"script", "style", "nav", "footer", "template", "noscript", "svg", "iframe"}
# Where a paragraph begins and ends; what is not named here goes on in the line.
PARAGRAPHS = {
    "address", "article", "aside", "blockquote", "body", "dd", "details", "div", "dl", "dt",
    "fieldset", "figcaption", "figure", "form", "header", "hr", "main", "p", "section", "summary",
}  # fmt: skip
LISTS = {"ul", "ol", "menu", "dir"}
HEADING_LINKS = "¶#§🔗 "  # at the end of headings, by generators of documentation
_SPACE = re.compile(r"[ \t\n\f\r\xa0]+")


def read_html(name: str, text: str) -> Document:
    """Returns the document; of a page that marks its main part, only that.

    Its title is its only top heading, else the page's title.

    Args:
        name: What it is called where it does not say.
        text: The file's, with line feeds.

    Raises:
        UnreadableError: There is no text in it, or a mark that is no HTML.
    """
    reader = _Reader()
    try:
        reader.feed(_closed(text))
        reader.close()
    except AssertionError as error:  # so the parser of older Pythons says it: `<![` is one case
        raise UnreadableError(f"it is no HTML that can be read: {error}") from error
    reader.end_block()
    tops = sum(isinstance(part, Heading) and part.level == 1 for part in reader.parts)
    return compose(name, reader.parts, "" if tops == 1 else reader.title)


def _closed(text: str) -> str:
    """Makes plain signs of marks that nothing closes.

    The parser would look for their end once for each of them: hours, for a page made of them.
    """
    comments = text.rfind("-->") + 1
    text = text[:comments] + text[comments:].replace("<!--", "&lt;!--")
    tags = text.rfind(">") + 1
    return text[:tags] + text[tags:].replace("<", "&lt;")


class _Inside:
    """Whether we are inside an element, which may hold others of its name."""

    def __init__(self) -> None:
        self.tag, self.depth = "", 0

    def enter(self, tag: str) -> None:
        self.tag, self.depth = tag, 1

    def start(self, tag: str) -> None:
        self.depth += bool(self.depth) and tag == self.tag

    def end(self, tag: str) -> bool:
        """Returns whether this tag left it."""
        left = self.depth == 1 and tag == self.tag
        self.depth -= bool(self.depth) and tag == self.tag
        return left


class _Reader(HTMLParser):
    """Gathers text until a block ends.

    Attributes:
        title: What the page's head calls it.
        parts: Headings and blocks so far.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title = ""
        self.parts: list[Heading | Block] = []
        self._gathered: list[str] = []
        self._line = 0  # of the first word gathered; 0 before it
        self._heading = self._lists = self._tables = 0
        self._code = self._titled = self._main_over = False
        self._skipped, self._main = _Inside(), _Inside()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begins a block, or what is not read."""
        role = dict(attrs).get("role")
        self._titled = tag == "title" and not self.title
        self._main.start(tag)
        if self._skipped.depth:
            self._skipped.start(tag)
        elif tag in NOT_READ or role == "navigation":
            self._skipped.enter(tag)
        elif not (self._main.depth or self._main_over) and "main" in (tag, role):
            self.end_block()
            self.parts.clear()
            self._main.enter(tag)
        elif tag in HEADINGS or tag == "pre":
            self.end_block()
            self._heading, self._code = HEADINGS.get(tag, 0), tag == "pre"
        elif tag in LISTS:
            self._lists += 1
            self._paragraph(outermost=self._lists == 1)
        elif tag == "table":
            self._tables += 1
            self._paragraph(outermost=self._tables == 1)
        elif tag == "li":
            self._gathered.append("\n" + "  " * (self._lists - 1) + "- ")
        elif tag in ("br", "tr"):
            self._gathered.append("\n")
        elif tag in PARAGRAPHS:
            self._paragraph()

    def handle_endtag(self, tag: str) -> None:
        """Ends a block, or what is not read."""
        self._titled = False
        main_ends = self._main.end(tag)
        if self._skipped.depth:
            self._skipped.end(tag)
        elif tag in HEADINGS or tag == "pre":
            self.end_block()
        elif tag in LISTS:
            self._paragraph(outermost=self._lists == 1)
            self._lists = max(0, self._lists - 1)
        elif tag == "table":
            self._paragraph(outermost=self._tables == 1)
            self._tables = max(0, self._tables - 1)
        elif tag in ("td", "th"):
            self._gathered.append(" | ")
        elif tag in PARAGRAPHS:
            self._paragraph()
        if main_ends:
            self.end_block()
            self._main_over = True

    def handle_data(self, data: str) -> None:
        """Takes text, in which entities are resolved already."""
        if self._titled:
            self.title += data
        elif not (self._skipped.depth or self._main_over):
            if data.strip() and not self._line:
                self._line = self.getpos()[0]
            self._gathered.append(data if self._code else _SPACE.sub(" ", data))

    def _paragraph(self, *, outermost: bool = False) -> None:
        """Ends a block; inside of a list, a table or code a paragraph is none of its own."""
        if outermost or not (self._lists or self._tables or self._code):
            self.end_block()
        else:
            self._gathered.append(" ")

    def end_block(self) -> None:
        """Makes a heading or a block of what was gathered."""
        text = "".join(self._gathered)
        self._gathered.clear()
        if not self._line:
            return
        if self._heading:
            self.parts.append(Heading(self._heading, one_line(text).rstrip(HEADING_LINKS)))
        else:
            whole = self._code or bool(self._tables)
            text = text.strip("\n") if self._code else _tidy(text, table=bool(self._tables))
            self.parts.append(Block(text, f"line {self._line}", whole))
        self._line = self._heading = 0
        self._code = False


def _tidy(text: str, *, table: bool) -> str:
    """Returns lines without spaces that don't show; those before a list's items do."""
    lines = []
    for line in text.split("\n"):
        shown = one_line(line)
        if table:
            shown = shown.strip("| ")
        indent = len(line) - len(line.lstrip(" ")) if shown.startswith("- ") else 0
        lines.append(" " * indent + shown)
    return "\n".join(line for line in lines if line.strip())

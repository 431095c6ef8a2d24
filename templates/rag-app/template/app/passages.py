"""A passage: the piece of a document that is indexed, found, shown and cited."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Passage:
    """A few paragraphs of one section.

    Attributes:
        source: Path of the document below the corpus folder, with `/` on every system.
        headings: From the document's title down to the section; the title alone for what stands
            before the first section. Never empty.
        place: Where a person finds it in the document: `line 12`, `page 3`.
        text: The paragraphs, with an empty line between them.
    """

    source: str
    headings: tuple[str, ...]
    place: str
    text: str

    @property
    def heading(self) -> str:
        """The section, as golden questions name it."""
        return self.headings[-1]

    @property
    def breadcrumb(self) -> str:
        """Where it stands, as readers and the index see it."""
        return " > ".join(self.headings)

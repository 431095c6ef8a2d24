"""The address that a README says is live."""

from __future__ import annotations

import re

from scaffold.check.facts import markdown


def live_link(readme: markdown.Document) -> markdown.Link | None:
    """The address in the line **Live:**, written as a link or as plain text."""
    for block in readme.blocks:
        if block.kind == "paragraph" and re.match(r"\W*Live\b\W*", block.text):
            for link in block.links:
                if link.target.startswith(("http://", "https://")):
                    return link
            if plain := re.search(r"https?://[^\s<>)\]]+", block.text):
                return markdown.Link(plain[0], plain[0].rstrip(".,"), block.line)
    return None

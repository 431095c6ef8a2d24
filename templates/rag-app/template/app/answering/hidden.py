"""Texts that a person does not see: invisible signs, and letters that have to be decoded first."""

import binascii
import re
from base64 import b64decode
from collections.abc import Iterator

# Tags repeat ASCII, unseen; the flags of Scotland, Wales and England are made of them.
FLAG = re.compile("\U0001f3f4[\U000e0020-\U000e007e]{1,8}\U000e007f")
TAGS = re.compile("[\U000e0000-\U000e007f]")
# One joiner is part of a script or of a picture. Several on end spell something, or pad it.
RUN = re.compile("[\u00ad\u180e\u200b-\u200f\u2060-\u2064\ufeff]{4}")
SELECTORS = re.compile("[\U000e0100-\U000e01ef]{3}")
BLOB = re.compile(r"(?<![\w+/=])[A-Za-z0-9+/_-]{24,4000}={0,2}(?![\w+/])")
MOST_BLOBS = 50


def hides_signs(text: str) -> bool:
    """Tells whether there is a message in signs that are not shown."""
    without_flags = FLAG.sub("", text)
    return bool(
        TAGS.search(without_flags) or RUN.search(without_flags) or SELECTORS.search(without_flags)
    )


def decoded(text: str) -> Iterator[str]:
    """Yields what Base64 in a text says, where that is text again."""
    for number, blob in enumerate(BLOB.finditer(text)):
        if number == MOST_BLOBS:
            return
        signs = blob[0].rstrip("=").replace("-", "+").replace("_", "/")
        try:
            found = b64decode(signs + "=" * (-len(signs) % 4)).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
        if found.isprintable():
            yield found

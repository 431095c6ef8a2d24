"""What a provider sent, made sure to be what it should be; `ValueError` where it is not.

A broken or hostile service may send anything that JSON can hold.
"""

MOST_TOKENS = 10**9


def counted(sent: object) -> int:
    """Returns a number of tokens."""
    if not isinstance(sent, int | float) or not 0 <= sent <= MOST_TOKENS:
        raise ValueError("no number of tokens")
    return int(sent)


def readable(sent: object) -> str:
    """Returns a text that any file, database and page can hold."""
    if not isinstance(sent, str):
        raise ValueError("no text")  # noqa: TRY004 - what was sent is wrong, not what was passed
    # JSON can hold halves of signs, which no encoding can.
    whole = sent.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\0", "")

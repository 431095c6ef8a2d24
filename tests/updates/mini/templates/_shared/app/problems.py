"""Errors as `application/problem+json`, the same in every starter."""


def problem(status: int, title: str) -> dict[str, object]:
    """Describe one error for a client.

    Args:
        status: HTTP status code.
        title: one sentence, without secrets.
    """
    return {"status": status, "title": title, "hint": f"{{ see /docs }} for {status}"}

"""Names of package-index hosts, which no template, rendered file or release may hold.

Where packages come from is the reader's business (a mirror, an index of their company); a host in a
template would be copied into every repository and could not be taken back.
"""

import re

# In pieces, so that this file does not name one.
_HOSTS = (
    ("pypi", "org"),
    ("pypi", "python", "org"),
    ("pythonhosted", "org"),
    ("npmjs", "org"),
    ("npmjs", "com"),
    ("yarnpkg", "com"),
    ("deb", "debian", "org"),
    ("ftp", "debian", "org"),
    ("security", "debian", "org"),
    ("snapshot", "debian", "org"),
    ("debian", "net"),
    ("debian", "org/debian"),
)
_PATTERN = re.compile(
    rb"(?<![A-Za-z0-9-])(?:"
    + b"|".join(re.escape(".".join(host)).encode() for host in _HOSTS)
    + rb")(?![A-Za-z0-9-])",
    re.IGNORECASE,
)


def find_host(data: bytes) -> tuple[int, str] | None:
    """The first package-index host that `data` names: its line, counted from 1, and the name."""
    match = _PATTERN.search(data)
    if match is None:
        return None
    return data.count(b"\n", 0, match.start()) + 1, match.group().decode()

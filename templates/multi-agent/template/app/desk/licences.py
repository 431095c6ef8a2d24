"""The licence that a package says it has, by its SPDX name where that is certain."""

import re
from email.message import Message
from importlib.metadata import PackageMetadata

UNKNOWN = "unknown"
MOST_SIGNS = 60
# By the words of licence fields and classifiers; https://spdx.org/licenses/ has the names.
SPDX = {
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache software license 2.0": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd license": "BSD",
    "bsd 2-clause": "BSD-2-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "boost software license 1.0 (bsl-1.0)": "BSL-1.0",
    "cc0 1.0 universal (cc0 1.0) public domain dedication": "CC0-1.0",
    "eclipse public license 2.0 (epl-2.0)": "EPL-2.0",
    "gnu affero general public license v3": "AGPL-3.0-only",
    "gnu affero general public license v3 or later (agplv3+)": "AGPL-3.0-or-later",
    "gnu general public license (gpl)": "GPL",
    "gnu general public license v2 (gplv2)": "GPL-2.0-only",
    "gnu general public license v2 or later (gplv2+)": "GPL-2.0-or-later",
    "gnu general public license v3 (gplv3)": "GPL-3.0-only",
    "gnu general public license v3 or later (gplv3+)": "GPL-3.0-or-later",
    "gnu lesser general public license v2 or later (lgplv2+)": "LGPL-2.1-or-later",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "gnu lesser general public license v3 or later (lgplv3+)": "LGPL-3.0-or-later",
    "gnu library or lesser general public license (lgpl)": "LGPL",
    "isc license": "ISC",
    "isc license (iscl)": "ISC",
    "mit license": "MIT",
    "mit no attribution license (mit-0)": "MIT-0",
    "mit-0": "MIT-0",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "mpl 2.0": "MPL-2.0",
    "python software foundation license": "PSF-2.0",
    "the mit license": "MIT",
    "the unlicense (unlicense)": "Unlicense",
    "zlib/libpng license": "Zlib",
}
SPDX |= {name.lower(): name for name in SPDX.values()}
FAMILIES = {"BSD", "GPL", "LGPL"}  # names that leave open which licence of the family it is
EXPRESSION = re.compile(r"[A-Za-z0-9.+-]+(?: (?:AND|OR|WITH) [A-Za-z0-9.+-]+)*")


def licence_of(metadata: PackageMetadata | Message) -> str:
    """Returns the licence expression, or what classifiers and the licence field say, or `unknown`.

    Several classifiers don't say whether one or all of them hold: then they are all named.
    """
    if expression := field_of(metadata, "License-Expression"):
        return expression
    classifiers = metadata.get_all("Classifier") or []
    said = [one.split(" :: ")[1:] for one in classifiers if one.startswith("License :: ")]
    texts = {one[-1] for one in said if one != ["OSI Approved"]}
    named = sorted({SPDX.get(one.lower(), one) for one in texts})
    # Some fields hold the whole text, whose first line is the name.
    name = _name(field_of(metadata, "License").partition("\n")[0].strip())
    if not named or (len(named) == 1 and named[0] in FAMILIES and name.startswith(named[0])):
        return name or UNKNOWN
    return name if len(named) > 1 and " " in name else " / ".join(named)


def field_of(metadata: PackageMetadata | Message, name: str) -> str:
    """Returns a field's text; empty where there is none."""
    return str((metadata.get_all(name) or [""])[0]).strip()


def _name(text: str) -> str:
    """Returns the name, or the expression, that a licence field holds; empty if it is neither."""
    if text.lower() in {UNKNOWN, "none", "other"} or len(text) > MOST_SIGNS:
        return ""
    return SPDX.get(text.lower()) or (text if EXPRESSION.fullmatch(text) else "")

"""Whether numbers are about the data that a release of the starter brought; then they say so."""

import hashlib
import json

# Of the documents, and of the golden questions: who changed only one of them still shows ours.
DEMO_DATA = {
    "efc85635e0a6a5b8da2fc832fc868107709239f58997711aa3796150ef51dc93",
    "d7a2f1c5546f212d72caf8a67746e54f76e09391939b2c6b3b0253160f34efa8",
}


def digest_of(content: object) -> str:
    """Returns the sha256 of something written as JSON, hex."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()

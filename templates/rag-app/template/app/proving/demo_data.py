"""Whether numbers are about the data that a release of the starter brought; then they say so."""

import hashlib
import json

# Of the documents, and of the golden questions: who changed only one of them still shows ours.
DEMO_DATA = {
    "bb70af571a24646c3bad892a2ffa1eec5bf3bfde0ce3ed9f087952c7b1a46d1c",
    "9b94c6dec8c325c88334339c823355d23809aee2e0aa4f9abbd4054a426dd7df",
}


def digest_of(content: object) -> str:
    """Returns the sha256 of something written as JSON, hex."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode("utf-8")).hexdigest()

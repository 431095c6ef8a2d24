"""From passages to an answer with citations, or to an honest refusal."""

"""Answers from your own documents, with citations, and proof of how well it finds them."""

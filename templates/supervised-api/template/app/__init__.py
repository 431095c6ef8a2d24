"""A model trained on tables, served as an API that somebody can open, check and trust."""

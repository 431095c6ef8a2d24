"""The ways of searching, which the command line offers before it loads anything."""

from typing import Literal

Mode = Literal["lexical", "vector", "hybrid", "rerank"]

"""Searches for a question, and sorts out what a model may see of what was found."""

from dataclasses import replace

from app.answering import prompting
from app.answering.answer import answer
from app.answering.replies import Finding
from app.answering.suspicion import suspicious
from app.project import Project
from app.retrieval.retriever import Retriever


def find(retriever: Retriever, project: Project, searched: str) -> Finding:
    """Returns what a search found.

    Args:
        retriever: Searches.
        project: Says when to refuse.
        searched: A question that stands by itself.

    Raises:
        UserError: The index does not fit the settings, or the provider of vectors fails.
        StoreAwayError: The index can't be read now.
    """
    result = retriever.search(searched)
    quoted = answer(result, retriever.embedder, project.refusal.similarity)
    bad = {one.id for one in result.found if suspicious(prompting.shown(one.passage))}
    usable = tuple(one for one in result.found if one.id not in bad)
    left_out = tuple(one.passage.source for one in result.found if one.id in bad)
    return Finding(result, quoted, replace(result, found=usable), left_out)

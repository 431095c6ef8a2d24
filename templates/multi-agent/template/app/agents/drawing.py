"""The graph as a diagram, drawn from the code, so that the README can't say anything else."""

import re
from pathlib import Path

from app.agents.graph import Graph
from app.evidence.writing import write_whole
from app.service.errors import UserError

BLOCK = re.compile(r"(<!-- graph -->\n)(.*?)(<!-- /graph -->)", re.DOTALL)
SHAPES = {"approve": '{{"approve<br/>a person decides"}}', "publish": '[("publish<br/>once")]'}


def draw(graph: Graph) -> str:
    """Returns Mermaid text; dotted lines are decisions."""
    drawn = graph.get_graph()
    names = {"__start__": "start(( ))", "__end__": "done(( ))"}
    names |= {one: f"{one}{SHAPES.get(one, f'[{one}]')}" for one in drawn.nodes if "__" not in one}
    lines = ["```mermaid", "flowchart LR"]
    lines += [f"    {names[one]}" for one in sorted(names)]
    for edge in sorted(drawn.edges, key=lambda one: (one.source, one.target)):
        ends = [
            names[one].partition("[")[0].partition("{")[0].partition("(")[0] for one in edge[:2]
        ]
        lines.append(f"    {ends[0]} {'-.->' if edge.conditional else '-->'} {ends[1]}")
    return "\n".join([*lines, "```", ""])


def refresh(file: Path, drawing: str) -> bool:
    """Writes the diagram between the marks of a document; returns whether it was another one.

    Raises:
        UserError: The document has no such marks.
    """
    text = file.read_text(encoding="utf-8")
    if not BLOCK.search(text):
        raise UserError(
            f"{file} has no place for the graph.",
            "Put <!-- graph --> and <!-- /graph --> around one, each on a line of its own.",
        )
    new = BLOCK.sub(lambda found: f"{found[1]}{drawing}{found[3]}", text)
    if new != text:
        write_whole({file: new.encode("utf-8")})
    return new != text

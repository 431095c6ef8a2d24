"""Turns the schema, the project's words and the model's metadata into one HTML page."""

import json
from functools import cache
from html import escape
from pathlib import Path
from string import Template

from app.columns import Column, columns, example
from app.metadata import Metadata
from app.project import Project, Words

STATIC = Path(__file__).with_name("static")


@cache
def _template() -> Template:
    return Template(Path(__file__).with_name("page.html").read_text(encoding="utf-8"))


def number(value: float) -> str:
    """Returns a number as people write it: no needless decimals, thousands apart."""
    return f"{value:,.4f}".rstrip("0").rstrip(".") if value % 1 else f"{value:,.0f}"


def _range_text(column: Column) -> str:
    if column.minimum is None and column.maximum is None:
        return ""
    if column.maximum is None:
        return f"{number(column.minimum or 0)} or more."
    if column.minimum is None:
        return f"Up to {number(column.maximum)}."
    return f"{number(column.minimum)} to {number(column.maximum)}."


def _control(column: Column) -> str:
    common = (
        f'id="{escape(column.name)}" name="{escape(column.name)}" '
        f'data-kind="{column.kind}" aria-describedby="{escape(column.name)}-help"'
    )
    required = "" if column.optional else " required"
    if column.kind == "number":
        limits = "".join(
            f' {name}="{value:g}"'
            for name, value in (("min", column.minimum), ("max", column.maximum))
            if value is not None
        )
        given = "" if column.example is None else f' value="{escape(str(column.example))}"'
        step = "1" if column.whole else "any"
        mode = "numeric" if column.whole else "decimal"
        return (
            f'<input type="number" {common} inputmode="{mode}" step="{step}"'
            f"{limits}{given}{required}>"
        )
    choices = (
        [("true", "Yes"), ("false", "No")]
        if column.kind == "boolean"
        else [(text, text) for text in column.categories]
    )
    if column.optional:
        choices = [("", "Unknown"), *choices]
    chosen = column.example if column.kind == "category" else str(column.example).lower()
    options = "".join(
        f'<option value="{escape(value)}"{" selected" if value == chosen else ""}>'
        f"{escape(text)}</option>"
        for value, text in choices
    )
    return f"<select {common}{required}>{options}</select>"


def _field(column: Column) -> str:
    unit = f' <span class="unit">{escape(column.unit)}</span>' if column.unit else ""
    may_be_empty = "May be left empty." if column.optional and column.kind == "number" else ""
    parts = (column.description, _range_text(column), may_be_empty)
    help_text = " ".join(filter(None, parts))
    return (
        f'<div class="field"><label for="{escape(column.name)}">{escape(column.title)}'
        f"{unit}</label>{_control(column)}"
        f'<p class="help" id="{escape(column.name)}-help">{escape(help_text)}</p></div>'
    )


def _form(words: Words) -> str:
    fields = "\n".join(map(_field, columns()))
    texts = {
        "outcome": words.outcome,
        "yes": words.decision_yes,
        "no": words.decision_no,
    }
    data = "".join(f' data-{key}="{escape(text)}"' for key, text in texts.items())
    return (
        f'<form id="case"{data}>\n<div class="fields">\n{fields}\n</div>\n'
        '<button type="submit">Predict</button>\n</form>'
    )


def _evidence(project: Project, metadata: Metadata) -> str:
    titles = {column.name: column.title for column in columns()}
    ranked_by = titles.get(project.baseline.column or "", project.baseline.column or "")
    unseen = metadata.metrics["unseen"]
    model, rule = unseen["boosting"], unseen["rule"]
    rows = "".join(
        f'<tr><th scope="row">{name}</th><td>{scores.numbers["ap"]:.3f}</td>'
        f"<td>{scores.numbers['auc']:.3f}</td><td>{scores.numbers['cost_per_1000']:,.0f}</td></tr>"
        for name, scores in (("This model", model), ("The rule", rule))
    )
    costs = project.costs
    return f"""
<p>The number is a probability: of 100 cases that get 30%, about 30 should turn out to have
{escape(project.words.outcome)}. It is not a certainty about one case, and says nothing about
causes.</p>
<p>From {metadata.threshold or 0:.0%} on, the advice is
&ldquo;{escape(project.words.decision_yes)}&rdquo;, because a missed case was set to cost
{number(costs.miss)} and a false alarm {number(costs.false_alarm)}.</p>
<table>
<caption>On {model.n:,} cases that the model never saw
({(model.positives or 0) / model.n:.0%} positive)</caption>
<thead><tr><td></td><th scope="col">average precision</th>
<th scope="col">AUC</th><th scope="col">cost per 1,000</th></tr></thead>
<tbody>{rows}</tbody>
</table>
<p class="help">The rule: rank by &ldquo;{escape(ranked_by)}&rdquo;, say yes from
{number(project.baseline.at_least or 0)} on. Model {escape(metadata.version)}, trained on
{metadata.train_rows:,} cases.</p>"""


def render_page(
    project: Project, metadata: Metadata | None, missing: str | None, address: str
) -> str:
    """Returns the page as HTML.

    Args:
        project: Title, question and the words for the decisions.
        metadata: Of the model that answers; None when there is none yet.
        missing: Without a model: what is missing and what to run.
        address: Where the page was asked for, ends with a slash; for the command line example.
    """
    words = project.words
    if metadata is None:
        form = f'<p class="notice" role="status">{escape(missing or "")} Then start again.</p>'
        evidence = "<p>No model has been trained yet, so there is nothing to say about it.</p>"
        hint = "There is nobody to answer yet."
    else:
        form, evidence = _form(words), _evidence(project, metadata)
        hint = "Fill in the case and press Predict."
    body = json.dumps(example(), ensure_ascii=False).replace("'", "\\u0027")
    command = f"curl {address}predict -H 'Content-Type: application/json' -d '{body}'"
    return _template().substitute(
        title=escape(words.title),
        question=escape(words.question or words.title),
        summary=escape(words.summary),
        form=form,
        evidence=evidence,
        hint=hint,
        command=escape(command),
    )

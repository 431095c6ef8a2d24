"""A verdict as plain data."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scaffold.check.examine import Verdict
    from scaffold.check.finding import Finding


def facts(verdict: Verdict) -> dict[str, Any]:
    """Everything that is known of one repository."""
    problem, remedy = verdict.trouble
    return {
        "name": verdict.name,
        "trouble": {"problem": problem, "remedy": remedy} if problem else None,
        "template": verdict.template or None,
        "version": verdict.version or None,
        "commit": verdict.commit or None,
        "changed": list(verdict.changed),
        "good": verdict.good,
        "signals": [asdict(one) for one in verdict.signals],
        "next": None
        if verdict.next is None
        else {
            "rule": verdict.next.rule,
            "todo": verdict.next.todo,
            **_finding(verdict.next.finding),
        },
        "results": [
            {
                "rule": one.rule,
                "title": one.title,
                "family": one.family,
                "kind": one.kind,
                "level": one.level,
                "state": one.outcome.state,
                "todo": one.outcome.todo,
                "switched_off": one.switched_off or None,
                "findings": [_finding(each) for each in one.outcome.findings],
            }
            for one in verdict.results
        ],
        "numbers": [asdict(one) for one in verdict.numbers],
        "own": None if verdict.own is None else _own(verdict),
        "notes": list(verdict.notes),
        "questions": [_finding(one) for one in verdict.questions],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "message": finding.message,
        "file": finding.file or None,
        "line": finding.line or None,
        "question": finding.question or None,
    }


def _own(verdict: Verdict) -> dict[str, Any]:
    own = verdict.own
    assert own is not None  # noqa: S101 - asked by the caller
    return {
        "lines": dict(own.lines),
        "files": dict(own.files),
        "data": [{**asdict(one), "share": one.share} for one in own.data],
    }

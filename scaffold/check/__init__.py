"""What a repository shows, and what it only says: the rules behind `scaffold check`.

Nothing of a repository is run, nothing is followed out of it, and everything that is read has a
limit, because anybody may have written it.

    examine.py      one folder or git URL -> Verdict; many.py does so in several processes
    fetching.py     a git URL -> a folder, without its hooks, filters and settings
    facts/          what is known of a repository; each module reads one thing and judges nothing
        tree.py         its files, within limits, through no link
        history.py      its commits, read with git but without its settings
        markdown.py     a document: headings, links, anchors, diagrams
        answers.py      the README's questions and what stands below them
        prose.py        measures of a text that was written by somebody, or not
        given.py        what the starter gave: the pristine render of the recorded release
        reports.py      reports, their rows, and the rung on which each README number stands
        rows.py         whether rows are about the committed data;  held_out.py  which of them test
        settings.py     what its TOML files say, however they are broken
        code.py         Python files as syntax trees: tests, metrics, settings, own lines
        statements.py   their statements by shape, without names and format
        shares.py       how much of data and questions is the starter's
        tables.py       data as content;  columns.py  by how its values are distributed
        own.py          what of code, tests, data and questions is the author's
        decisions.py    decision records of the author's own
        workflows.py    CI as steps;  monitoring.py  alerts, dashboards and what they ask for
        repository.py   all of these by name, each worked out when a rule first asks for it
    rules/          a rule is a small class: its name is the id, its docstring the texts,
                    `requires` the rules it builds on, and the parameters of `check` name the
                    facts it needs; so a test hands it facts, and needs no repository
    live/           the only part that talks to other machines, and only when asked to
    engine.py       runs rules in order; what a rule lacks makes it unknown, never a pass
    signals.py      from the outcomes of rules to the state of each signal and the one next thing
    interview.py    questions for the author, made from the evidence
    telling/        a Verdict as JSON, Markdown and HTML; the terminal is in scaffold/cli

Imports point downwards: examine -> engine -> rules -> facts -> scaffold's own leaf modules. Facts
know nothing of rules, rules nothing of each other, and neither prints.

Three laws. A rule about text can fail an answer and never pass a signal: a signal is shown when
none of its rules fails, none of its evidence is unknown, and at least one rule of evidence passes.
A rule that every untouched starter passes is a guard: it can be lost, and earns nothing. There is
no sum, no score and no grade.
"""

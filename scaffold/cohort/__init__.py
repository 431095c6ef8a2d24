"""A whole class: hand starters out, update them, collect them, and see where everybody stands.

A *class* is what `class.toml` describes. It has *assignments*, each of them one starter, and a
*roster* of *learners*. A *task* is one learner's repository of one assignment, at its *place*: a
git URL or a folder. What learners wrote is never run.
"""

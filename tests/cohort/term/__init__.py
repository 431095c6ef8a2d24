"""A term with a class, on real git remotes: what the tests of `scaffold cohort` play it with.

Nothing here imports `scaffold.cohort`: what must come of a term follows from what was done in it.
"""

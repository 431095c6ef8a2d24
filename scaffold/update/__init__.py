"""Bringing a generated repository to another release, so that nothing of its owner's is lost.

`proposal` works out what would change, away from the repository, from two pristine renders; the
modules that it uses (`plan`, `renames`, `content`, `readme`, `pins`) know no git and no disk.
`transaction` carries a change out so that it can be killed at any instant; `ending` undoes and
finishes. Imports go from `proposal` and `ending` down, never back.
"""

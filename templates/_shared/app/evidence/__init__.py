"""What was measured, written down so that somebody else can check it. Nothing here is of one task.

The format of a report is described, with test vectors, in the documentation of scaffold.
"""

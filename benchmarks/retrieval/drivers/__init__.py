"""What runs inside a contestant's own environment: one module each, and what they share.

A driver is run as `python -m benchmarks.retrieval.drivers.NAME VERB FOLDER` and prints JSON, one
object a line. It may import what its environment holds, the word vectors of the generated
repository, and nothing else of ours but this folder.
"""

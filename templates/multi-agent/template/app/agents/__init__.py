"""The graph: plan, work in parallel, write, review, approve, publish."""

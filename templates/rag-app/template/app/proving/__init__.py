"""What is measured: retrieval, refusal, and what a search costs."""

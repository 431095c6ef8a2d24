"""What is measured: tasks with expected facts, several agents beside one, and what a run costs."""

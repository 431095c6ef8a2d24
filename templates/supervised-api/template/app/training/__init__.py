"""From a table to a model that passed its gates. Not needed, and not installed, to serve."""

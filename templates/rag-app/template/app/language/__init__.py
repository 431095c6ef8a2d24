"""Language models: one interface, the providers' own clients behind it, and what a call costs."""

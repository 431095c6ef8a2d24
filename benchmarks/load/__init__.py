"""What a generated service does under more callers than it can answer."""

"""What the agents can look at: tables and documents, by read-only tools."""

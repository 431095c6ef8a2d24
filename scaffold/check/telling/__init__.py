"""A verdict for readers: JSON, Markdown and HTML. The terminal's words are in `scaffold.cli`."""

"""The rules that never bend, one small class each; `docs/templates.md` tells why as a whole."""

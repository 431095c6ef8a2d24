"""The maintainer's half: hold the templates to their rules, render them, cut releases."""

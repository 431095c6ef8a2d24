"""Tests of generated pages in a real browser."""

"""Agents that look things up, write a memo whose every number is checked, and wait for approval."""

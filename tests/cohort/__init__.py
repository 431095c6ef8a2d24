"""Tests of `scaffold cohort`."""

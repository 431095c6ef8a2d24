"""A starter and its monitor, watched by a real Prometheus."""

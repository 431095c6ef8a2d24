"""What our commands cost, beside their peers."""

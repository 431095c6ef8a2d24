"""What the owner of a running service sees: drift, live quality, champion against challenger."""

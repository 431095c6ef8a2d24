"""Who thinks: a provider's model, or the playbook that works without one."""

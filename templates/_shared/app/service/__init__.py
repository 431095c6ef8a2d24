"""What every service needs and no service is about: errors, logs, metrics, health, versions, stop.

Nothing in this package knows what the application answers. It is shared by all starters and
arrives by template update, so change it only where you must; your work belongs beside it.
"""

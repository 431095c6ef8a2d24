"""Whether the service can work: live (the process answers) and ready (send it traffic)."""

from dataclasses import dataclass


@dataclass
class Health:
    """The one piece of state that changes while the service runs.

    Attributes:
        missing: What keeps the service from working and how to get it; None when nothing does.
        stopping: True from the signal to stop until the process ends.
    """

    missing: str | None = None
    stopping: bool = False

    @property
    def obstacle(self) -> str | None:
        """Why no traffic should be sent now; None when the service is ready."""
        return "The service is stopping." if self.stopping else self.missing

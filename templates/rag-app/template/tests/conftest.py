"""What the tests share. They build documents of their own, so they go on working with yours."""

from pathlib import Path

from .service.stores import postgres, store_url

__all__ = ["postgres", "store_url"]  # fixtures that every test may ask for
ROOT = Path(__file__).parent.parent

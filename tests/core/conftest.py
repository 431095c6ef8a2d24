"""The fixtures that these tests share with their neighbours."""

from tests.installation import fresh, joined, machine, pack, releases, site

__all__ = ["fresh", "joined", "machine", "pack", "releases", "site"]

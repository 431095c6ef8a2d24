"""What several tests of generated repositories share: one installation of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.generated.starter import made

if TYPE_CHECKING:
    from tests.generated.starter import Starter


@pytest.fixture(scope="session")
def synced(tmp_path_factory: pytest.TempPathFactory) -> Starter:
    """A rag-app as it is generated, with its packages. Not to be changed; `copied` copies it."""
    return made(tmp_path_factory.mktemp("generated") / "guide")

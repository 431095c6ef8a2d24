"""What the tests share. They build documents of their own, so they go on working with yours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from .service.stores import postgres, store_url

__all__ = ["postgres", "store_url"]  # fixtures that every test may ask for
ROOT = Path(__file__).parent.parent


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Files that are named run in one process: they are done before others have started."""
    return None if config.args == config.getini("testpaths") else 0


@pytest.fixture(scope="session", autouse=True)
def _no_certificates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Each client of a provider reads the machine's certificates, for 40 ms; no test needs one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SSL_CERT_FILE", raising=False)
        patch.setenv("SSL_CERT_DIR", str(tmp_path_factory.mktemp("certificates")))
        yield

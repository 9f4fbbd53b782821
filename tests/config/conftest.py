import pytest

from tests.config.elsewhere import elsewhere, migrated  # noqa: F401
from tests.postgres import binaries as postgresql_bin


@pytest.fixture
def binaries(monkeypatch):
    monkeypatch.setenv("MAIA_POSTGRESQL_BIN", str(postgresql_bin()))

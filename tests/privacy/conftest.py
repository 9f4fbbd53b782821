from tests.office.conftest import frozen, ines, owner, sign_in, team  # noqa: F401

"""A database as Maia opens it, from what an address says."""

from typing import Any

# PostgreSQL keeps the plan of what a connection asks more than three times: planning a look at
# slots takes longer than answering it. Not every pooler that shares connections out can follow.
PREPARED: dict[str, object] = {"server_side_binding": True, "prepare_threshold": 3}
_SQLITE = {
    # A write takes its lock at BEGIN, so that two bookings queue instead of failing at commit.
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,  # seconds
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
}


def opened(read: dict[str, Any], *, prepared: bool = True) -> dict[str, Any]:
    """Django's settings. ``read``: what `variables.read_database` makes of an address."""
    kept = {"CONN_MAX_AGE": 60}  # seconds: opening one takes longer than a page of slots
    if read["ENGINE"].endswith("sqlite3"):
        return read | kept | {"OPTIONS": dict(_SQLITE)}
    options = read.get("OPTIONS", {}) | (PREPARED if prepared else {})
    engine = "maia.config.postgresql"
    return read | kept | {"ENGINE": engine, "CONN_HEALTH_CHECKS": True, "OPTIONS": options}

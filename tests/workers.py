"""Real `maia worker` processes on the tests' own database."""

import os
import subprocess
import sys

from django.db import connection


def environment(**settings):
    """``settings`` are more `MAIA_*` variables."""
    there = connection.settings_dict
    if connection.vendor == "sqlite":
        database = f"sqlite:///{there['NAME']}"
    else:
        database = "postgresql://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**there)
    own = {name: value for name, value in os.environ.items() if not name.startswith("MAIA_")}
    return {
        **own,
        "MAIA_DATABASE_URL": database,
        "MAIA_DATA_DIR": os.environ.get("MAIA_DATA_DIR", "data"),
        "MAIA_BASE_URL": "http://127.0.0.1:8000",
        **settings,
    }


def start_worker(env, *arguments):
    command = [sys.executable, "-m", "maia", "worker", *arguments]
    return subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

"""Real `maia worker` processes on the tests' own database."""

import os
import subprocess
import sys
import time

from django.db import connection

from maia.messaging.models import Message
from tests.pace import PATIENCE


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


def work_until_idle(env, workers=1):
    """Until nothing is left that may be taken, also of what a killed worker had in its hands and had
    not begun: others may take it a moment later, so an idle worker may have ended before."""
    _all_end(start_worker(env, "--until-idle") for _ in range(workers))
    in_hand = Message.objects.filter(status="queued").exclude(lease_until=None)
    time.sleep(max([0, *(m.lease_until.timestamp() - time.time() for m in in_hand)]))
    _all_end(start_worker(env, "--until-idle") for _ in range(workers))


def _all_end(workers):
    for worker in list(workers):
        assert worker.wait(PATIENCE) == 0

"""`maia run` starts its worker again, a few times."""

import os
import re
import signal
import subprocess
import sys
import time

from tests.pace import PATIENCE
from tests.site import running_site

# Two commands that are no Maia: what is kept is whatever has that name.
RUN = """
import sys
from maia.config import keeping
keeping.PAUSE = 0
keeper = keeping.Keeper()
keeper.add_process("serve", "exec sleep 600")
keeper.add_process("worker", sys.argv[1])
keeper.loop()
sys.exit(keeper.returncode)
"""


def run(worker):
    command = [sys.executable, "-c", RUN, worker]
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE)


def test_what_ends_again_and_again_ends_everything():
    ended = run("exit 3")
    assert ended.returncode == 3
    assert ended.stdout.count("worker started") == 6
    assert "serve stopped" in ended.stdout
    assert "too often" in ended.stderr


def test_a_worker_that_is_killed_is_started_again_and_a_stop_is_a_stop(tmp_path):
    with running_site(tmp_path, MAIA_DEMO="0") as site:

        def started(times):
            deadline = time.monotonic() + PATIENCE
            while time.monotonic() < deadline:
                pids = re.findall(r"worker started \(pid=(\d+)\)", site.log.read_text())
                if len(pids) >= times:
                    return int(pids[-1])
                time.sleep(0.1)
            raise AssertionError(site.log.read_text())

        os.kill(started(1), signal.SIGKILL)
        again = started(2)
        assert site.process.poll() is None
        assert "worker ended, started again" in site.log.read_text()
        os.kill(again, 0)  # it is there
    assert site.process.returncode == 0  # stopped from outside, it stays so
    log = site.log.read_text()
    assert log.count("worker started") == 2

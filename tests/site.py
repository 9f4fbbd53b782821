"""The real thing: `maia run` as a process of its own, on a database of its own."""

import os
import signal
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests import ready
from tests.pace import PATIENCE
from tests.ports import free_port


@dataclass(frozen=True)
class Site:
    base: str
    env: dict[str, str]
    process: "subprocess.Popen[bytes]"
    log: Path
    port: int

    def manage(self, *arguments: str) -> str:
        """Runs a `maia` command on its database; what it printed."""
        command = [sys.executable, "-m", "maia", *arguments]
        done = subprocess.run(
            command, env=self.env, capture_output=True, text=True, timeout=PATIENCE
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@contextmanager
def running_site(folder: Path, *, empty: bool = False, **settings: str) -> Iterator[Site]:
    """``settings`` are more `MAIA_*` variables, where `{port}` is its port. The database is SQLite,
    or the tests' server: a copy with the demo (`MAIA_DEMO="0"`: migrated only), or ``empty``, to
    be made by the site itself."""
    port = free_port()
    settings = {name: value.replace("{port}", str(port)) for name, value in settings.items()}
    demo = settings.get("MAIA_DEMO", "1") == "1"
    with _database(folder, demo=demo, empty=empty) as database:
        env = {
            **{k: v for k, v in os.environ.items() if not k.startswith("MAIA_")},
            **database,
            "MAIA_DATA_DIR": str(folder),
            "MAIA_PORT": str(port),
            "MAIA_DEMO": "1",
            # All of a test comes from one address.
            "MAIA_READS_A_MINUTE": "0",
            "MAIA_WRITES_A_MINUTE": "0",
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        log = folder / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "maia", "run"],
                env=env,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        base = settings.get("MAIA_BASE_URL", f"http://127.0.0.1:{port}")
        site = Site(base, env, process, log, port)
        try:
            _wait_for(site)
            yield site
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)


@contextmanager
def _database(folder: Path, *, demo: bool, empty: bool) -> Iterator[dict[str, str]]:
    variables: dict[str, str] = {}
    if not empty:
        variables = (ready.copy_demo if demo else ready.copy_migrated)(folder)
    elif ready.server():
        variables["MAIA_DATABASE_URL"] = ready.create()
    try:
        yield variables
    finally:
        if url := variables.get("MAIA_DATABASE_URL"):
            ready.drop(url.rpartition("/")[2])


def _wait_for(site: Site) -> None:
    deadline = time.monotonic() + PATIENCE  # on a busy machine; one that has ended is seen at once
    while True:
        try:
            scheme = site.base.partition(":")[0]
            address = f"{scheme}://127.0.0.1:{site.port}/healthz"
            # Its name and certificate are the tests' own: here it only has to answer.
            trusting = ssl._create_unverified_context()
            urllib.request.urlopen(address, timeout=5, context=trusting).close()
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            if site.process.poll() is not None or time.monotonic() > deadline:
                raise AssertionError(site.log.read_text()) from None
            time.sleep(0.1)

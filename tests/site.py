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
from uuid import uuid4

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
def running_site(folder: Path, **settings: str) -> Iterator[Site]:
    """``settings`` are more `MAIA_*` variables, where `{port}` is its port. The database is SQLite, or the tests' server."""
    port = free_port()
    settings = {name: value.replace("{port}", str(port)) for name, value in settings.items()}
    with _database(folder) as database:
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
def _database(folder: Path) -> Iterator[dict[str, str]]:
    url = os.environ.get("MAIA_DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield {}
        return
    import psycopg

    name = f"maia_site_{uuid4().hex[:12]}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    try:
        yield {"MAIA_DATABASE_URL": f"{url.rpartition('/')[0]}/{name}"}
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


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

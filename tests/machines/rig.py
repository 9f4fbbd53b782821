"""Three web hosts, two workers, a load balancer, PostgreSQL and its replica, and the world outside
that takes emails and SMS. `python -m tests.machines` starts it all, from an empty folder."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.machines.network import LAN, CannotMakeNetworks, Host, network
from tests.pace import PATIENCE
from tests.postgres import binaries, unprivileged_user

WEB, WORKERS = ("web1", "web2", "web3"), ("worker1", "worker2")
HOSTS = {
    "balancer": 2, "db": 10, "replica": 11, "web1": 21, "web2": 22, "web3": 23,
    "worker1": 31, "worker2": 32, "outside": 40, "client": 100,
}  # fmt: skip
NAME = "maia.test"
BALANCER = """
global
    maxconn 4000
defaults
    mode http
    option redispatch
    retries 3
    retry-on conn-failure
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    timeout queue 10s
    option forwardfor
    option http-buffer-request
    timeout http-request 15s
    default-server inter 500ms fall 2 rise 1
frontend public
    bind :80
    default_backend web
backend web
    balance leastconn
    option httpchk
    http-check send meth GET uri /healthz ver HTTP/1.1 hdr Host maia.test
    http-check expect status 200
"""


@dataclass
class Rig:
    hosts: dict[str, Host]
    folder: Path
    settings: dict[str, str]

    @property
    def address(self) -> str:
        return f"http://{self.hosts['balancer'].address}"

    def maia(self, *arguments: str) -> str:
        """A `maia` command on a machine of its own; what it printed."""
        return self.run(sys.executable, "-m", "maia", *arguments)

    def run(self, *command: str, seconds: float = PATIENCE) -> str:
        words = ["ip", "netns", "exec", self.hosts["client"].namespace, *command]
        own = {name: value for name, value in os.environ.items() if not name.startswith("MAIA_")}
        env = own | self._env("client")
        done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=seconds)
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout

    def start(self, name: str) -> None:
        host = self.hosts[name]
        if name in WEB:
            host.start(sys.executable, "-m", "maia", "serve", **self._env(name))
        elif name in WORKERS:
            host.start(sys.executable, "-m", "maia", "worker", **self._env(name))
        elif name == "outside":
            taken = str(self.folder / "taken.jsonl")
            host.start(sys.executable, "-m", "tests.machines.outside", host.address, taken,
                       PYTHONPATH=str(Path(__file__).parents[2]))  # fmt: skip
        elif name == "balancer":
            servers = "".join(
                f"    server {web} {self.hosts[web].address}:8000 check\n" for web in WEB
            )
            file = self.folder / "balancer.cfg"
            file.write_text(BALANCER + servers)
            host.start(find_balancer(), "-db", "-f", str(file))
        else:
            self._start_postgres(host)

    def taken(self) -> list[dict[str, str]]:
        """Emails and SMS that arrived outside."""
        file = self.folder / "taken.jsonl"
        return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []

    def serving(self) -> int:
        """How many web hosts answer."""
        code = "import urllib.request as u;print(u.urlopen(u.Request('http://%s:8000/healthz',headers={'Host':'maia.test'}),timeout=2).status)"
        count = 0
        for web in WEB:
            try:
                self.run(sys.executable, "-c", code % self.hosts[web].address)
                count += 1
            except RuntimeError:
                pass
        return count

    def _env(self, name: str) -> dict[str, str]:
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        return self.settings | {"MAIA_DATA_DIR": str(folder)}

    def _start_postgres(self, host: Host) -> None:
        cluster = self.folder / "pg" / host.name
        options = {
            "listen_addresses": host.address, "port": 5432, "max_connections": 200,
            "unix_socket_directories": cluster.parent, "wal_level": "replica", "hot_standby": "on",
            "shared_buffers": "128MB",
        }  # fmt: skip
        words = [part for key, value in options.items() for part in ("-c", f"{key}={value}")]
        host.start(
            str(binaries() / "postgres"), "-D", str(cluster), *words, user=unprivileged_user()
        )


def find_balancer() -> str:
    """HAProxy, installed if need be and if we may. Raises `CannotMakeNetworks`."""
    path = f"{os.environ['PATH']}:/usr/sbin"
    if not shutil.which("haproxy", path=path) and os.geteuid() == 0 and shutil.which("apt-get"):
        quietly = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in ("update -qq", "install -y -qq haproxy iproute2"):
            subprocess.run(["apt-get", *words.split()], env=quietly, capture_output=True)
    found = shutil.which("haproxy", path=path)
    if found is None:
        raise CannotMakeNetworks("HAProxy is not installed")
    return found


@contextmanager
def several_machines() -> Iterator[Rig]:
    """All of them, serving, with a migrated and empty database. Raises `CannotMakeNetworks`."""
    find_balancer()
    with tempfile.TemporaryDirectory(prefix="maia-machines-") as name, ExitStack() as ends:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL's user passes through
        hosts = ends.enter_context(network(HOSTS, folder))
        rig = Rig(hosts, folder, _settings(hosts))
        _make_clusters(rig)
        rig.start("outside")
        rig.maia("migrate")
        for name in (*WEB, *WORKERS, "balancer"):
            rig.start(name)
        _until(lambda: rig.serving() == len(WEB), "the web hosts do not serve")
        try:
            yield rig
        finally:
            for name in ("balancer", *WEB, *WORKERS):
                hosts[name].stop()


def _settings(hosts: dict[str, Host]) -> dict[str, str]:
    """The two variables that make several machines of one, and what every host must share."""
    outside = hosts["outside"].address
    return {
        "MAIA_DATABASE_URL": f"postgresql://maia@{hosts['db'].address}:5432/postgres",
        "MAIA_REPLICA_URL": f"postgresql://maia@{hosts['replica'].address}:5432/postgres",
        "MAIA_SECRET_KEY": "one key for all hosts, made once and kept",
        "MAIA_BASE_URL": f"http://{NAME}",
        "MAIA_ALLOWED_HOSTS": f"{NAME},{hosts['balancer'].address}",
        "MAIA_HOST": "0.0.0.0",
        "MAIA_PORT": "8000",
        "MAIA_TRUSTED_PROXIES": "1",
        "MAIA_EMAIL_URL": f"smtp://{outside}:2525",
        "MAIA_SMS_URL": f"smsmode://key@?base=http://{outside}:8025",
        "MAIA_SMS_A_DAY": "0",
        # All of a test comes from one address.
        "MAIA_READS_A_MINUTE": "0",
        "MAIA_WRITES_A_MINUTE": "0",
        "MAIA_WORKER_LEASE_SECONDS": "15",
        "PYTHONUNBUFFERED": "1",
    }


def _make_clusters(rig: Rig) -> None:
    user, pg = unprivileged_user(), rig.folder / "pg"
    pg.mkdir()
    if user:
        shutil.chown(pg, user)
    primary, replica = pg / "db", pg / "replica"
    _as(user, binaries() / "initdb", "-D", primary, "-U", "maia", "-A", "trust", "-E", "UTF8",
        "--locale=C.UTF-8", "--no-sync")  # fmt: skip
    with (primary / "pg_hba.conf").open("a") as access:
        access.write(f"host all all {LAN}.0/24 trust\nhost replication all {LAN}.0/24 trust\n")
    rig.start("db")
    namespace, there = rig.hosts["replica"].namespace, f"host={rig.hosts['db'].address} user=maia"
    copy = ["ip", "netns", "exec", namespace,
            *(["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"] if user else []),
            str(binaries() / "pg_basebackup"), "-d", there, "-D", str(replica), "-R", "-X", "stream"]  # fmt: skip
    _until(lambda: subprocess.run(copy, cwd="/", capture_output=True).returncode == 0,
           "the replica cannot be made")  # fmt: skip
    rig.start("replica")


def _as(user: str | None, *words: object) -> None:
    subprocess.run(list(map(str, words)), user=user, cwd="/", check=True, capture_output=True)


def _until(done: object, otherwise: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise RuntimeError(otherwise)
        time.sleep(0.3)

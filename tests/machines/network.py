"""A local network of our own: a switch, and hosts at 10.77.0.x. Nothing else can be reached from it."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from tests.pace import PATIENCE

LAN = "10.77.0"


class CannotMakeNetworks(Exception):
    """No root, no `ip`, or a kernel that does not let us."""


@dataclass
class Host:
    """One machine: what runs on it, and how to start or kill it."""

    name: str
    address: str
    namespace: str
    logs: Path
    running: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def start(self, *command: str, user: str | None = None, **env: str) -> None:
        words = ["ip", "netns", "exec", self.namespace]
        if user:
            words += ["setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups"]
        own = {name: value for name, value in os.environ.items() if not name.startswith("MAIA_")}
        with (self.logs / f"{self.name}.log").open("ab") as log:
            started = subprocess.Popen(
                [*words, *command], env=own | env, stdout=log, stderr=log, cwd="/"
            )
        self.running.append(started)

    def kill(self) -> None:
        """As a power cut: every process of this machine, at once, without a word."""
        for pid in self._pids():
            _signal(pid, signal.SIGKILL)
        self._wait()

    def stop(self) -> None:
        for process in self.running:
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        while self._pids() and time.monotonic() < deadline:
            time.sleep(0.1)
        self.kill()

    def _wait(self) -> None:
        for process in self.running:
            process.wait(PATIENCE)
        self.running.clear()

    def _pids(self) -> list[int]:
        done = _ip("netns", "pids", self.namespace, check=False)
        return [int(pid) for pid in done.split()]


@contextmanager
def network(names: dict[str, int], logs: Path) -> Iterator[dict[str, Host]]:
    """Hosts by name; the number is the end of its address. Raises `CannotMakeNetworks`."""
    if os.geteuid() != 0 or not shutil.which("ip"):
        raise CannotMakeNetworks("it takes root and the ip command")
    prefix = f"maia{os.getpid()}"
    switch = f"{prefix}-lan"
    with ExitStack() as ends:
        _namespace(switch, ends)
        _in(switch, "link", "add", "switch", "type", "bridge")
        _in(switch, "link", "set", "switch", "up")
        hosts = {}
        for name, number in names.items():
            namespace = f"{prefix}-{name}"
            _namespace(namespace, ends)
            _ip("link", "add", f"to-{name}", "netns", switch, "type", "veth",
                "peer", "name", "eth0", "netns", namespace)  # fmt: skip
            _in(switch, "link", "set", f"to-{name}", "master", "switch", "up")
            _in(namespace, "address", "add", f"{LAN}.{number}/24", "dev", "eth0")
            _in(namespace, "link", "set", "eth0", "up")
            _in(namespace, "link", "set", "lo", "up")
            hosts[name] = Host(name, f"{LAN}.{number}", namespace, logs)
            ends.callback(hosts[name].kill)
        yield hosts


def _namespace(name: str, ends: ExitStack) -> None:
    _ip("netns", "add", name)
    ends.callback(_ip, "netns", "delete", name, check=False)


def _in(namespace: str, *words: str) -> None:
    _ip("-netns", namespace, *words)


def _ip(*words: str, check: bool = True) -> str:
    done = subprocess.run(["ip", *words], capture_output=True, text=True)
    if done.returncode and check:
        raise CannotMakeNetworks(f"ip {' '.join(words)}: {done.stderr.strip()}")
    return done.stdout


def _signal(pid: int, number: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, number)

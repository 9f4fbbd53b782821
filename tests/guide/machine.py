"""A machine of our own that boots systemd: this machine's root file system, and a layer of memory over it
that takes whatever is written. Nothing of it is left, and nothing of this machine is touched.

All its mounts and processes live in namespaces that one process holds: with it they are gone, and it goes
with the tests, however they end.
"""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.pace import PATIENCE

ROOMY = "3g"  # of memory, for what is written: taken as it is needed
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
# What decides from where packages come, on a machine that has its own ideas about it.
CARRIED = ("PIP_", "UV_", "SSL_CERT", "REQUESTS_CA", "CURL_CA", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY",
           "http_proxy", "https_proxy", "no_proxy")  # fmt: skip
# The layer as a fresh Debian is: none of this machine's own services, users and settings.
FRESH = """
rm -rf /etc/systemd/system/* /etc/nginx/sites-enabled/maia /etc/maia /var/lib/maia /var/backups/maia /opt/maia
rm -rf /etc/postgresql/* /var/lib/postgresql/*
userdel maia 2>/dev/null || true
echo {id} >/etc/machine-id
printf '127.0.0.1 localhost\\n::1 localhost\\n127.0.0.1 {names}\\n' >/etc/hosts
printf '#!/bin/sh\\nexit 101\\n' >/usr/sbin/policy-rc.d
chmod 755 /usr/sbin/policy-rc.d
"""
# Debian switches its services on as it installs them; here they may have been there before.
AS_INSTALLED = """
rm -f /usr/sbin/policy-rc.d
systemctl --quiet preset nginx.service postgresql.service
version=$(ls /usr/lib/postgresql | tail -n 1)
[ -d /etc/postgresql/$version/main ] || LC_ALL=C.UTF-8 pg_createcluster $version main >/dev/null
"""


class CannotBoot(Exception):
    """No root, no `systemd-nspawn`, or a kernel that does not let us."""


@dataclass
class Machine:
    """A machine that has booted. ``root`` is its file system, as its own processes see it."""

    leader: int

    @property
    def root(self) -> Path:
        return Path(f"/proc/{self.leader}/root")

    def run(self, commands: str, *, seconds: float = PATIENCE) -> str:
        """What a root shell there prints, which ends at the first command that fails."""
        words = ["nsenter", f"--target={self.leader}", "--mount", "--uts", "--ipc", "--net", "--pid",
                 "--cgroup", "--root", "--wd"]  # fmt: skip
        return _shell(words, commands, seconds)

    @contextmanager
    def network(self) -> Iterator[None]:
        """What this thread opens meanwhile, and the threads that it starts, it opens there."""
        own, there = (
            os.open(f"/proc/{who}/ns/net", os.O_RDONLY) for who in ("thread-self", self.leader)
        )
        try:
            _set_namespace(there)
            yield
        finally:
            _set_namespace(own)
            os.close(own)
            os.close(there)


class Layers:
    """What is prepared once, and machines that start from it."""

    def __init__(self, folder: Path, holder: int) -> None:
        self.folder = folder
        self.inside = ["nsenter", f"--target={holder}", "--mount", "--pid"]
        self.count = 0
        self.prepared: list[str] = []

    def prepare(self, code: Path, names: str, commands: str) -> None:
        """With this machine's network: ``code`` is put where the guide wants it, then ``commands`` run."""
        root = self._layer()
        fresh = FRESH.format(id=os.urandom(16).hex(), names=names)
        self._install(root, fresh, seconds=PATIENCE)
        there = self._path(root) / "opt" / "maia"
        there.mkdir(parents=True)
        for name in _files_of(code):
            (there / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(code / name, there / name, follow_symlinks=False)
        self._install(root, commands, seconds=600)
        self._install(root, AS_INSTALLED, seconds=PATIENCE)
        _run([*self.inside, "umount", root])
        self.prepared = [str(Path(root).with_name("upper"))]

    @contextmanager
    def booted(self, name: str) -> Iterator[Machine]:
        """Machines know nothing of each other: each begins with what was prepared."""
        root = self._layer(*self.prepared)
        words = ["setpriv", "--pdeathsig=KILL", *self.inside, "systemd-nspawn", "--quiet", "--boot",
                 "--register=no", "--keep-unit", "--private-network", "--resolv-conf=off",
                 f"--machine={name}", f"--directory={root}", "--console=pipe"]  # fmt: skip
        log = (self.folder / f"{name}.log").open("w+b")
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        try:
            yield Machine(_leader(process, log))
        finally:
            _stop(process)
            log.close()
            subprocess.run([*self.inside, "umount", "--lazy", root], capture_output=True)

    def _layer(self, *below: str) -> str:
        """A new one, over ``below`` and this machine; where it is mounted in the holder's namespace."""
        self.count += 1
        there = self.folder / str(self.count)
        parts = [str(there / part) for part in ("upper", "work", "root")]
        _run([*self.inside, "mkdir", "-p", *parts])
        options = f"lowerdir={':'.join([*below, '/'])},upperdir={parts[0]},workdir={parts[1]}"
        _run([*self.inside, "mount", "-t", "overlay", "maia-guide", "-o", options, parts[2]])
        return parts[2]

    def _install(self, root: str, commands: str, *, seconds: float) -> None:
        own = [
            f"--setenv={name}={value}"
            for name, value in os.environ.items()
            if name.startswith(CARRIED)
        ]
        words = [*self.inside, "systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--pipe",
                 "--as-pid2", f"--directory={root}", *own, "--setenv=DEBIAN_FRONTEND=noninteractive",
                 *_caches(self.folder)]  # fmt: skip
        _shell(words, commands, seconds)

    def _path(self, root: str) -> Path:
        holder = self.inside[1].partition("=")[2]  # `--target=`
        return Path(f"/proc/{holder}/root{root}")


@contextmanager
def layers() -> Iterator[Layers]:
    """Raises `CannotBoot`."""
    _find_nspawn()
    with ExitStack() as ends:
        folder = Path(ends.enter_context(tempfile.TemporaryDirectory(prefix="maia-guide-")))
        words = ["setpriv", "--pdeathsig=KILL", "unshare", "--mount-proc", "--propagation=private",
                 "--pid", "--fork", "--kill-child=KILL", "sleep", "infinity"]  # fmt: skip
        holder = subprocess.Popen(words)
        ends.callback(holder.wait, 20)
        ends.callback(_kill_with_children, holder.pid)
        _wait(lambda: bool(_children(holder.pid)), "no namespaces of mounts and processes")
        (first,) = _children(holder.pid)
        _wait(lambda: _name(first) == "sleep", "no namespaces of mounts and processes")
        made = Layers(folder, first)
        # nspawn keeps its own notes under /run: they are not this machine's either.
        for place, size in ((folder, ROOMY), (Path("/run"), "16m")):
            words = [
                "mount",
                "-t",
                "tmpfs",
                "-o",
                f"mode=755,size={size}",
                "maia-guide",
                str(place),
            ]
            _run([*made.inside, *words])
        _run([*made.inside, "umount", made._layer()])  # does this kernel let us?
        yield made


def _find_nspawn() -> None:
    """Installed if need be and if we may."""
    if os.geteuid() != 0:
        raise CannotBoot("it takes root")
    if not shutil.which("apt-get"):
        raise CannotBoot("the guide is about Debian")
    if not shutil.which("systemd-nspawn"):
        quietly = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        for words in ("update -qq", "install -y -qq --no-install-recommends systemd-container"):
            subprocess.run(["apt-get", *words.split()], env=quietly, capture_output=True)
    if not shutil.which("systemd-nspawn"):
        raise CannotBoot("systemd-nspawn is not installed (systemd-container)")


def _caches(folder: Path) -> list[str]:
    """uv's own, where there is one: what this machine has downloaded once."""
    cache = Path(os.environ.get("UV_CACHE_DIR") or Path.home() / ".cache" / "uv")
    cache.mkdir(parents=True, exist_ok=True)
    return [f"--bind={cache}:/var/cache/uv", "--setenv=UV_CACHE_DIR=/var/cache/uv"]


def _files_of(code: Path) -> list[str]:
    """What is in the repository, or would be."""
    words = ["git", "-C", str(code), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    done = subprocess.run(words, check=True, capture_output=True, text=True)
    return [name for name in done.stdout.split("\0") if name and (code / name).exists()]


def _shell(words: list[str], commands: str, seconds: float) -> str:
    clean = {"PATH": PATH, "HOME": "/root", "LANG": "C.UTF-8", "TERM": "dumb"}
    done = subprocess.run(
        [*words, "/bin/bash", "-euo", "pipefail", "-c", commands],
        env=clean, capture_output=True, text=True, timeout=seconds, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    if done.returncode:
        raise AssertionError(
            f"{commands}\n--- ended with {done.returncode}\n{done.stdout}\n{done.stderr}"
        )
    return done.stdout


def _leader(process: "subprocess.Popen[bytes]", log: IO[bytes]) -> int:
    """The process that is the first of the machine, once all that starts by itself has started."""

    def found() -> int:
        if process.poll() is not None:
            log.seek(0)
            raise CannotBoot(f"systemd-nspawn: {log.read().decode()}")
        nspawn = [pid for pid in _children(process.pid) if _name(pid) == "systemd-nspawn"]
        inside = [pid for one in nspawn for pid in _children(one) if _name(pid) == "systemd"]
        return inside[0] if inside else 0

    def ready() -> bool:
        with contextlib.suppress(AssertionError):
            machine.run("systemctl is-system-running --wait", seconds=60)
            return True
        return False

    _wait(lambda: bool(found()), "systemd does not start")
    machine = Machine(found())
    _wait(ready, "systemd does not come up")
    return machine.leader


def _stop(process: "subprocess.Popen[bytes]") -> None:
    """As it is shut down, or else as its plug is pulled."""
    for nspawn in _children(process.pid):
        _signal(nspawn, signal.SIGTERM)
    try:
        process.wait(30)
    except subprocess.TimeoutExpired:
        for nspawn in _children(process.pid):
            for first in _children(nspawn):  # the first of a namespace takes all others with it
                _signal(first, signal.SIGKILL)
            _signal(nspawn, signal.SIGKILL)
        process.wait(10)


def _kill_with_children(pid: int) -> None:
    for one in [*_children(pid), pid]:
        _signal(one, signal.SIGKILL)


def _children(pid: int) -> list[int]:
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)


def _set_namespace(descriptor: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(descriptor, 0x40000000):  # CLONE_NEWNET
        raise OSError(ctypes.get_errno(), "setns")


def _run(words: list[str]) -> None:
    done = subprocess.run(words, capture_output=True, text=True)
    if done.returncode:
        raise CannotBoot(f"{' '.join(words)}: {done.stderr.strip()}")


def _wait(done: object, otherwise: str, seconds: float = PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not done():  # type: ignore[operator]
        if time.monotonic() > deadline:
            raise CannotBoot(otherwise)
        time.sleep(0.1)

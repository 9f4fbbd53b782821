"""What a stranger's bytes do to memory and time happens in a child process, which ends when it must.

The child is a module of ours that loads no Django and knows no secret: bytes in, JSON out. It first
calls `bind_itself`. Whatever it says, only `json` reads it.
"""

import json
import os
import resource
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

_ROOT = str(Path(__file__).resolve().parents[2])


class ChildKilled(Exception):
    """It went over its bounds, or died: there is no answer."""


def ask_child(
    module: str, content: bytes, *, seconds: float, memory: int, most_bytes: int,
    processor: float | None = None,
) -> Any:  # fmt: skip
    """What ``python -m module`` answers to ``content``. ``seconds`` on the wall, ``processor``
    seconds of work, or half of them; ``memory`` and ``most_bytes`` of its answer in bytes. Raises `ChildKilled`."""
    child = subprocess.Popen(  # noqa: S603  our own module
        [
            sys.executable,
            "-P",
            "-m",
            module,
            str(memory),
            str(int(processor or seconds / 2) + 1),
            str(most_bytes),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={"PYTHONPATH": _ROOT, "PATH": os.environ.get("PATH", ""), "PYTHONUTF8": "1"},
        start_new_session=True,
    )
    try:
        answer, _nothing = child.communicate(content, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise ChildKilled from None
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.communicate()
    if child.returncode != 0 or len(answer) > most_bytes:
        raise ChildKilled
    try:
        return json.loads(answer)
    except ValueError:
        raise ChildKilled from None


def bind_itself() -> int:
    """In the child, before it reads anything: no more than it was given, no file, no other process.
    The most bytes that it may answer."""
    memory, processor, most_bytes = (int(word) for word in sys.argv[1:4])
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, processor),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        resource.setrlimit(what, (most, most))
    return most_bytes

"""Files that hold patients' data are their owner's alone, whatever the umask was."""

import os
import stat
from contextlib import suppress
from pathlib import Path

OWNERS_ALONE = 0o077  # as a umask
_OTHERS = stat.S_IRWXG | stat.S_IRWXO
_BESIDE = ("", "-wal", "-shm", "-journal")  # what SQLite keeps beside a database


def keep_new_files_private() -> None:
    """Of this process and of those that it becomes or starts; a stricter umask stays."""
    os.umask(os.umask(OWNERS_ALONE) | OWNERS_ALONE)


def keep_database_private(file: Path) -> None:
    """``file`` is made if it is not there: SQLite gives what it makes beside it the same mode.

    Where this user may not, whoever opens it says why.
    """
    with suppress(OSError):  # it is there, or cannot be
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    for ending in _BESIDE:
        beside = file.with_name(file.name + ending)
        with suppress(OSError):
            mode = stat.S_IMODE(beside.stat().st_mode)
            if mode & _OTHERS:
                beside.chmod(mode & ~_OTHERS)

"""The file of a backup: a `tar.gz` of a manifest, the secret key and the database, and its seal.

Each member's SHA-256 stands in the manifest, the whole file's in the seal at its end: one bit that
changed anywhere is seen before anything is touched. The seal is an empty gzip member with a
comment, so that `tar` opens the file as any other.
"""

import errno
import gzip
import hashlib
import io
import json
import os
import struct
import tarfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

FORMAT = 2
WITHOUT_DIGESTS = 1  # of the version before: read to its end, which has a checksum, and no more
MANIFEST, KEY = "maia.json", "secret_key"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
LONGEST_TEXT = 1_000_000  # bytes, of a manifest or a key
CHUNK = 1 << 20
NOT_WHOLE = "This is not a backup of Maia, or not a whole one"
CHANGED = "This backup is not as it was written: it was cut, or a bit of it has changed."


class CannotBackUp(Exception):
    """In words, for the operator."""


def write(file: Path, manifest: dict[str, Any], key: bytes, database: Path) -> None:
    """Makes ``file``, which must not be there, readable by its owner only."""
    digests = {KEY: hashlib.sha256(key).hexdigest(), database.name: digest_of(database)}
    manifest = {"format": FORMAT, **manifest, "sha256": digests}
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
    with os.fdopen(os.open(file, flags, 0o600), "w+b") as raw:
        with (
            gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed,
            tarfile.open(fileobj=packed, mode="w") as tar,
        ):
            _add(tar, MANIFEST, json.dumps(manifest).encode())
            _add(tar, KEY, key)
            tar.add(database, database.name)
        raw.seek(0)
        raw.write(_seal(_digest(_chunks(raw))))  # where reading has come to: the end
        raw.flush()
        os.fsync(raw.fileno())


def read_manifest(file: Path) -> dict[str, Any]:
    """What it says of itself, looked at but not believed yet. Raises `CannotBackUp`."""
    with _in_words(), tarfile.open(file, "r:gz") as tar:
        manifest = json.loads(_text(tar, MANIFEST))
    if not isinstance(manifest, dict):
        raise CannotBackUp(f"{NOT_WHOLE} (its manifest is no manifest).")
    if manifest.get("format") not in (FORMAT, WITHOUT_DIGESTS):
        raise CannotBackUp("This is not a backup of this version of Maia.")
    migrations, engine = manifest.get("migrations"), manifest.get("engine")
    if not isinstance(migrations, list) or not all(isinstance(one, str) for one in migrations):
        raise CannotBackUp(f"{NOT_WHOLE} (it does not say which version it is of).")
    if not isinstance(engine, str) or engine not in DATABASES:
        raise CannotBackUp(f"{NOT_WHOLE} (it does not say which database it is of).")
    if not isinstance(manifest.get("at"), str):
        raise CannotBackUp(f"{NOT_WHOLE} (it does not say when it was made).")
    if not migrations:
        raise CannotBackUp("The database in it is empty.")
    return manifest


def unpack(file: Path, manifest: dict[str, Any], folder: Path) -> tuple[str, Path]:
    """The key, and where in ``folder`` the database is now: every bit as it was written.

    Raises `CannotBackUp`.
    """
    sealed = manifest["format"] == FORMAT
    if sealed and not _is_sealed(file):
        raise CannotBackUp(CHANGED)
    name = DATABASES[manifest["engine"]]
    database = folder / name
    with _in_words():
        with gzip.open(file, "rb") as packed:
            with tarfile.open(fileobj=packed, mode="r:") as tar:
                key = _text(tar, KEY)
                with _member(tar, name) as source, database.open("xb") as to:
                    for chunk in _chunks(source):
                        to.write(chunk)
        with gzip.open(file, "rb") as packed:
            for _chunk in _chunks(packed):  # to the end: the checksum is there
                pass
    if not key.strip() or not database.stat().st_size:
        raise CannotBackUp(f"{NOT_WHOLE} (a part of it is empty).")
    if sealed:
        digests = {KEY: hashlib.sha256(key).hexdigest(), name: digest_of(database)}
        if manifest.get("sha256") != digests:
            raise CannotBackUp(CHANGED)
    with _in_words():
        return key.decode(), database


def digest_of(file: Path) -> str:
    with file.open("rb") as opened:
        return _digest(_chunks(opened))


def _seal(digest: str) -> bytes:
    """An empty gzip member whose comment is the digest of all that stands before it."""
    head = b"\x1f\x8b\x08\x10" + bytes(4) + b"\x00\xff"
    return head + b"maia sha256 " + digest.encode() + b"\x00" + b"\x03\x00" + bytes(8)


SEAL = len(_seal("0" * 64))


def _is_sealed(file: Path) -> bool:
    with file.open("rb") as opened:
        size = os.fstat(opened.fileno()).st_size - SEAL
        digest = _digest(_chunks(opened, size))
        return opened.read() == _seal(digest)


def _digest(chunks: Iterable[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(source: Any, size: int | None = None) -> Iterable[bytes]:
    """All of it, or ``size`` bytes."""
    left = size
    while chunk := source.read(CHUNK if left is None else max(0, min(CHUNK, left))):
        yield chunk
        if left is not None:
            left -= len(chunk)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o600
    tar.addfile(entry, io.BytesIO(content))


def _text(tar: tarfile.TarFile, name: str) -> bytes:
    with _member(tar, name) as source:
        text = source.read(LONGEST_TEXT + 1)
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"{name} is too long")
    return text


def _member(tar: tarfile.TarFile, name: str) -> BinaryIO:
    """A file, under its own name: no link. What is in there beside is left alone."""
    entry = tar.getmember(name)
    source = tar.extractfile(entry) if entry.isreg() else None
    if source is None:
        raise KeyError(name)
    return source  # type: ignore[return-value]


class _in_words:  # noqa: N801  reads as a block
    """Whatever a file that is no backup makes of the libraries that read it."""

    DAMAGE = (
        OSError, EOFError, tarfile.TarError, zlib.error, struct.error,
        ValueError, KeyError, OverflowError, RecursionError,
    )  # fmt: skip

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise CannotBackUp(f"There is no room to unpack it: {error.strerror}.") from None
        if isinstance(error, self.DAMAGE):
            raise CannotBackUp(f"{NOT_WHOLE} ({error}).") from None

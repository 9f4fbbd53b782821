"""What a file may be that is no backup any more: said in words, and nothing is touched."""

import io
import json
import os
import sqlite3
import subprocess
import tarfile

import pytest

from maia.config.backup_file import CannotBackUp, read_manifest, unpack, write
from tests.config.elsewhere import maia
from tests.pace import PATIENCE
from tests.postgres import binaries as postgresql_bin
from tests.site import running_site

MANIFEST = {"engine": "sqlite", "at": "2026-12-01T09:00:00+00:00", "migrations": ["a.0001_initial"]}
on_sqlite = pytest.mark.skipif(
    os.environ.get("MAIA_DATABASE_URL", "").startswith("postgres"), reason="a file of SQLite's"
)
PATIENTS = """
from maia.practices.models import Practice
print(Practice.objects.count())
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "database.sqlite3").write_bytes(b"the database" * 20)
    write(tmp_path / "backup", MANIFEST, b"the key", tmp_path / "database.sqlite3")
    return tmp_path / "backup"


def read(file, folder):
    folder.mkdir()
    return unpack(file, read_manifest(file), folder)


def old(file, members):
    """As the version before wrote them, or anybody."""
    with tarfile.open(file, "w:gz") as tar:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return file


@pytest.mark.once
def test_what_was_written_is_read(file, tmp_path):
    key, database = read(file, tmp_path / "to")
    assert (key, database.read_bytes()) == ("the key", b"the database" * 20)
    assert file.stat().st_mode & 0o777 == 0o600
    # Any program for archives opens it, and has nothing to say.
    done = subprocess.run(["tar", "tzf", file], capture_output=True, text=True)
    assert done.stdout.split() == ["maia.json", "secret_key", "database.sqlite3"]
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.once
def test_one_bit_anywhere_is_refused(file, tmp_path):
    good = file.read_bytes()
    changed = tmp_path / "changed"
    for place in range(len(good)):
        flipped = bytearray(good)
        flipped[place] ^= 1 << place % 8
        changed.write_bytes(flipped)
        with pytest.raises(CannotBackUp):
            read(changed, tmp_path / str(place))


@pytest.mark.once
def test_a_file_that_was_cut_is_refused(file, tmp_path):
    good = file.read_bytes()
    for size in range(0, len(good), 7):
        file.write_bytes(good[:size])
        with pytest.raises(CannotBackUp):
            read(file, tmp_path / str(size))
    file.write_bytes(good + b"more")
    with pytest.raises(CannotBackUp):
        read(file, tmp_path / "more")


@pytest.mark.once
@pytest.mark.parametrize(
    "manifest",
    [
        "[]", "null", "3", "", "{", "[" * 100_000, "{}", '{"format": 1}', " " * 2_000_000,
        *(
            json.dumps({"format": 1, **MANIFEST, **odd})
            for odd in (
                {"engine": None}, {"engine": []}, {"engine": "oracle"}, {"migrations": None},
                {"migrations": []}, {"migrations": [[]]}, {"migrations": "a"}, {"at": None},
                {"format": [1]}, {"format": 3}, {"format": 2}, {"format": 2, "sha256": []},
            )
        ),
    ],
    ids=lambda text: text[:40],
)  # fmt: skip
def test_a_manifest_that_is_none(manifest, tmp_path):
    members = {"maia.json": manifest.encode(), "secret_key": b"k", "database.sqlite3": b"d"}
    with pytest.raises(CannotBackUp):
        read(old(tmp_path / "odd", members), tmp_path / "to")


@pytest.mark.once
@pytest.mark.parametrize("name", ["maia.json", "secret_key", "database.sqlite3"])
@pytest.mark.parametrize("what", ["empty", "missing", "link", "folder"])
def test_a_member_that_is_none(name, what, tmp_path):
    manifest = json.dumps({"format": 1, **MANIFEST}).encode()
    members = {"maia.json": manifest, "secret_key": b"k", "database.sqlite3": b"d"}
    with tarfile.open(tmp_path / "odd", "w:gz") as tar:
        for each, content in members.items():
            entry = tarfile.TarInfo(each)
            if each != name:
                entry.size = len(content)
            elif what == "missing":
                continue
            elif what == "link":
                entry.type, entry.linkname = tarfile.SYMTYPE, "maia.json"
            elif what == "folder":
                entry.type = tarfile.DIRTYPE
            tar.addfile(entry, io.BytesIO(content if each != name else b""))
    with pytest.raises(CannotBackUp):
        read(tmp_path / "odd", tmp_path / "to")


@pytest.fixture
def there(migrated):
    """With a practice in it, to be kept."""
    done = maia(
        migrated, "practice", "create", "--name", "Tilleuls", "--slug", "tilleuls",
        "--owner", "anne@tilleuls.example", "--first-name", "Anne", "--last-name", "Morel",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return migrated


def practices(env):
    return maia(env, "shell", "--no-imports", "-c", PATIENTS).stdout.split()[-1]


def refused(env, file, *options):
    done = maia(env, "restore", str(file), "--replace", *options)
    assert done.returncode == 1, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr


def test_restoring_refuses_them_in_words_and_keeps_the_practice(there, tmp_path):
    good = tmp_path / "good"
    assert maia(there, "backup", str(good)).returncode == 0
    content = good.read_bytes()
    for place in (4, len(content) // 2, len(content) - 1):
        flipped = bytearray(content)
        flipped[place] ^= 1
        (tmp_path / "flipped").write_bytes(flipped)
        assert "backup" in refused(there, tmp_path / "flipped")
    # The version before wrote no digests: an empty or damaged database is seen all the same.
    with tarfile.open(good) as tar:
        members = {one.name: tar.extractfile(one).read() for one in tar}
    manifest = json.loads(members["maia.json"])
    del manifest["sha256"]
    members["maia.json"] = json.dumps(manifest | {"format": 1}).encode()
    (name,) = set(members) - {"maia.json", "secret_key"}
    empty = tmp_path / "empty.sqlite3"
    sqlite3.connect(empty).execute("CREATE TABLE one (id)").connection.close()
    for damaged in (b"", b"nonsense", members[name][: len(members[name]) // 2], empty.read_bytes()):
        refused(there, old(tmp_path / "damaged", members | {name: damaged}))
    assert practices(there) == "1"
    done = maia(there, "restore", str(old(tmp_path / "old", members)), "--replace")
    assert done.returncode == 0, done.stderr
    assert "without digests" in done.stderr
    assert practices(there) == "1"


def test_an_empty_database_is_not_backed_up(elsewhere, tmp_path):
    done = maia(elsewhere, "backup", str(tmp_path / "nothing"))
    assert done.returncode == 1
    assert "nothing to back up" in done.stderr
    assert not (tmp_path / "nothing").exists()


def test_rights_are_the_owners_whatever_was_there(there, tmp_path):
    file, other = tmp_path / "maia.backup", tmp_path / "other"
    other.write_text("another file")
    file.with_name("maia.backup.part").symlink_to(other)
    file.touch(0o644)
    assert maia(there, "backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o777 == 0o600
    file.unlink()
    file.symlink_to(other)
    assert maia(there, "backup", str(file)).returncode == 0
    assert (file.is_symlink(), file.stat().st_mode & 0o777) == (False, 0o600)
    assert other.read_text() == "another file"


@pytest.mark.parametrize("size", [1_000, 100_000])
def test_a_full_disk_is_said_in_words(there, tmp_path, size):
    """No file may be longer than ``size``: as a disk that is full from there on."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}));"
    command += "import sys; from maia.config.cli import main; main()"
    import sys

    done = subprocess.run(
        [sys.executable, "-c", command, "backup", str(folder / "maia.backup")],
        env=there, capture_output=True, text=True, timeout=PATIENCE,
    )  # fmt: skip
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("CommandError: ")
    assert list(folder.iterdir()) == []


def test_nothing_is_restored_under_a_running_site(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    binaries = str(postgresql_bin())
    with running_site(home, MAIA_DEMO="0", MAIA_POSTGRESQL_BIN=binaries) as site:
        file = tmp_path / "maia.backup"
        assert maia(site.env, "backup", str(file)).returncode == 0
        site.manage(
            "practice", "create", "--name", "Tilleuls", "--slug", "tilleuls",
            "--owner", "anne@tilleuls.example", "--first-name", "Anne", "--last-name", "Morel",
        )  # fmt: skip
        said = refused(site.env, file)
        assert "Maia is running" in said
        assert "--even-if-running" in said
        assert practices(site.env) == "1", "what came after the backup is kept"
        done = maia(site.env, "restore", str(file), "--replace", "--even-if-running")
        assert done.returncode == 0, done.stderr
        assert practices(site.env) == "0"

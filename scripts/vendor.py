"""Refreshes maia/static/vendor from npm: `python scripts/vendor.py`. Needs npm.

Reads maia/static/vendor/manifest.json, takes each package at its version, copies the files as
they are, and writes their sha-512 back. A test holds the files against the manifest.
"""

import base64
import hashlib
import json
import subprocess
import tarfile
import tempfile
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "maia" / "static" / "vendor"
MANIFEST = VENDOR / "manifest.json"


def main() -> None:
    manifest = json.loads(MANIFEST.read_text())
    for folder, package in manifest.items():
        with tempfile.TemporaryDirectory() as temporary:
            name = f"{package['package']}@{package['version']}"
            subprocess.run(["npm", "pack", "--silent", name], cwd=temporary, check=True)
            (archive,) = Path(temporary).glob("*.tgz")
            with tarfile.open(archive) as tar:
                for source, entry in package["files"].items():
                    member = tar.extractfile(f"package/{source}")
                    assert member is not None, source
                    content = member.read()
                    target = VENDOR / folder / entry["as"]
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(content)
                    entry["sha512"] = sha512(content)
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n")


def sha512(content: bytes) -> str:
    return base64.b64encode(hashlib.sha512(content).digest()).decode()


if __name__ == "__main__":
    main()

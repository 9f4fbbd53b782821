"""Third-party assets are as their packages ship them, with their licence."""

import json

from scripts.vendor import MANIFEST, VENDOR, sha512


def test_every_vendored_file_is_in_the_manifest_unchanged():
    manifest = json.loads(MANIFEST.read_text())
    listed = set()
    for folder, package in manifest.items():
        kept = {entry["as"].split(".")[0] for entry in package["files"].values()}
        assert kept & {"LICENSE", "package"}  # where its licence is said
        for entry in package["files"].values():
            file = VENDOR / folder / entry["as"]
            listed.add(file)
            assert sha512(file.read_bytes()) == entry["sha512"], file
    there = {f for f in VENDOR.rglob("*") if f.is_file() and f != MANIFEST}
    assert there == listed

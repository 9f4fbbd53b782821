"""Hashed, compressed static files."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Follows the addresses in stylesheets only: vendored scripts stay as their packages ship
    them, and name source maps that are not there."""

    patterns = tuple(p for p in CompressedManifestStaticFilesStorage.patterns if p[0] == "*.css")

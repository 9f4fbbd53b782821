"""The `maia` command: Django's own commands and ours, under one name."""

import os
import sys

from maia.config.private_files import keep_new_files_private

# Its files are every browser's: the user who serves them may be another than who installs.
FOR_EVERYBODY = ("collectstatic",)


def main() -> None:
    if sys.argv[1:2] not in [[name] for name in FOR_EVERYBODY]:
        keep_new_files_private()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maia.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["maia", *sys.argv[1:]])

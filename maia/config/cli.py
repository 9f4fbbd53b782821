"""The `maia` command: Django's own commands and ours, under one name."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maia.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["maia", *sys.argv[1:]])

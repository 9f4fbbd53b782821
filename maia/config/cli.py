"""The `maia` command: ours first, Django's own behind `maia django`."""

import os
import sys

from maia import __version__
from maia.config.private_files import keep_new_files_private

# Its files are every browser's: the user who serves them may be another than who installs.
FOR_EVERYBODY = ("collectstatic",)
# What they say is for an operator, and is in English; what others write may be for patients.
IN_ENGLISH = (
    *("check", "createsuperuser", "changepassword", "token", "addresses"),
    *("test_email", "test_sms", "backup", "restore", "move_database"),
)
HELP = ("help", "--help", "-h")


def main() -> None:
    words = sys.argv[1:]
    if words[:1] in (["--version"], ["version"]):
        print(f"maia {__version__}")  # noqa: T201
        return
    if words[:1] not in [[name] for name in FOR_EVERYBODY]:
        keep_new_files_private()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maia.config.settings")
    _read_settings()
    from django.core.management import execute_from_command_line

    if not words or (words[0] in HELP and len(words) == 1):
        _help()
        return
    if words[0] == "django":
        words = words[1:] or ["help"]
    words[0] = words[0].replace("-", "_") if not words[0].startswith("-") else words[0]
    if words[0] in IN_ENGLISH:
        import django
        from django.utils import translation

        django.setup()  # words come from the apps
        translation.activate("en")
    execute_from_command_line(["maia", *words])


def _read_settings() -> None:
    """What is wrong with a variable is one line, whatever was asked."""
    from django.conf import settings

    from maia.config.variables import WrongSettings

    try:
        settings.DATABASES  # noqa: B018
    except WrongSettings as wrong:
        sys.exit("\n".join(f"maia: {line}" for line in str(wrong).splitlines()))


def _help() -> None:
    """Each of ours in one line."""
    import django
    from django.core.management import get_commands, load_command_class

    django.setup()
    ours = {name: app for name, app in get_commands().items() if app.startswith("maia.")}
    lines = [f"maia {__version__}: maia COMMAND, and maia COMMAND --help for more.", ""]
    for name, app in sorted(ours.items()):
        first = (load_command_class(app, name).help or "").partition(". ")[0].rstrip(".")
        lines.append(f"  {name.replace('_', '-'):<15} {first}.")
    lines += ["", "Django's own commands: maia django help."]
    print("\n".join(lines))  # noqa: T201

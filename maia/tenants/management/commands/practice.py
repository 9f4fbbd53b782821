"""`maia practice`: what the operator does to practices."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone, translation

from maia.accounts.addresses import NotAnAddress, canonical_address
from maia.accounts.models import User
from maia.practices.models import FormerSlug, Membership, Practice, Practitioner
from maia.tenants.deleting import delete_practice
from maia.tenants.exporting import CannotExport, export_practice
from maia.tenants.renaming import rename_practice
from maia.tenants.suspending import resume_practice, suspend_practice
from maia.tenants.usage import Usage, database_bytes, usage_of


class Command(BaseCommand):
    help = "Practices: create, list, show, rename, suspend, resume, export, delete, usage."

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)

        def action(name: str, help: str, *, slug: bool = True) -> ArgumentParser:
            made: ArgumentParser = actions.add_parser(name, help=help)
            if slug:
                made.add_argument("slug", help="its path")
            return made

        create = action("create", "a new practice and its owner", slug=False)
        create.add_argument("--name", required=True)
        create.add_argument("--slug", required=True, help="its path: lowercase and hyphens")
        create.add_argument("--owner", required=True, metavar="EMAIL")
        create.add_argument("--first-name", required=True)
        create.add_argument("--last-name", required=True)
        create.add_argument("--time-zone", default="Europe/Paris")
        action("list", "all of them", slug=False)
        action("show", "one, with its team and the names that it had")
        rename = action("rename", "another path; the old one leads to it, in websites as well")
        rename.add_argument("new", help="the new path")
        suspend = action("suspend", "nothing is booked; its team reads and exports")
        suspend.add_argument(
            "--silent", action="store_true", help="no message leaves either, until it is resumed"
        )
        action("resume", "the end of a suspension")
        export = action("export", "everything of it, in one file, for who leaves")
        export.add_argument("file", type=Path)
        delete = action("delete", "everything of it, for good, after an export")
        delete.add_argument("--export", type=Path, required=True, metavar="FILE")
        delete.add_argument(
            "--yes-delete", metavar="SLUG", help="for scripts: its path again, instead of answers"
        )
        usage = actions.add_parser("usage", help="figures of one, or of all")
        usage.add_argument("slug", nargs="?")

    def handle(self, *, action: str, **options: Any) -> None:
        with translation.override("en"):
            getattr(self, f"_{action}")(options)

    def _create(self, options: dict[str, Any]) -> None:
        try:
            email = canonical_address(options["owner"])
        except NotAnAddress:
            raise CommandError(f"{options['owner']} is not an email address") from None
        practice = Practice(
            name=options["name"], slug=options["slug"], time_zone=options["time_zone"]
        )
        try:
            practice.full_clean()
            with transaction.atomic():
                practice.save()
                owner = User.objects.filter(email=email).first() or User.objects.create_user(email)
                owner.full_clean(exclude=["password"])
                Membership.objects.create(practice=practice, user=owner, role=Membership.Role.OWNER)
                practitioner = Practitioner(
                    practice=practice,
                    user=owner,
                    first_name=options["first_name"],
                    last_name=options["last_name"],
                    email=email,
                )
                practitioner.full_clean()
                practitioner.save()
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        self.stdout.write(
            f"{practice.name}: {settings.BASE_URL}/{practice.slug}/\n"
            f"Nothing was written to {email}: tell her that she signs in, by a code, at "
            f"{settings.BASE_URL}{reverse('account_request_login_code')}"
        )

    def _list(self, options: dict[str, Any]) -> None:
        for practice in Practice.objects.order_by("slug"):
            state = f"  [{practice.get_suspension_display()}]" if practice.is_suspended else ""
            self.stdout.write(f"{practice.slug}  {practice.name}{state}")

    def _show(self, options: dict[str, Any]) -> None:
        practice = _practice(options["slug"])
        self.stdout.write(f"{practice.name}, /{practice.slug}/, {practice.time_zone}")
        self.stdout.write(f"state: {practice.get_suspension_display()}")
        for former in practice.former_slugs.order_by("pk"):
            self.stdout.write(f"was /{former.slug}/")
        for seat in practice.team.select_related("user").order_by("pk"):
            self.stdout.write(f"{seat.get_role_display()}: {seat.user.email}")
        for website in practice.websites.all():
            self.stdout.write(f"website: {website.origin}")
        self._write_usage(practice)

    def _rename(self, options: dict[str, Any]) -> None:
        practice, old = _practice(options["slug"]), options["slug"]
        try:
            rename_practice(practice, options["new"], now=timezone.now())
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from None
        self.stdout.write(f"{practice.name}: /{practice.slug}/. /{old}/ leads there.")

    def _suspend(self, options: dict[str, Any]) -> None:
        practice = _practice(options["slug"])
        suspend_practice(practice, silent=options["silent"], now=timezone.now())
        messages = "Its messages are held." if options["silent"] else "Reminders still leave."
        self.stdout.write(f"{practice.name} is suspended: nothing can be booked. {messages}")

    def _resume(self, options: dict[str, Any]) -> None:
        practice = _practice(options["slug"])
        resume_practice(practice, now=timezone.now())
        self.stdout.write(f"{practice.name} is open.")

    def _export(self, options: dict[str, Any]) -> None:
        self._write_export(_practice(options["slug"]), options["file"])

    def _delete(self, options: dict[str, Any]) -> None:
        practice, slug = _practice(options["slug"]), options["slug"]
        if options["yes_delete"] not in (None, slug):
            raise CommandError(f"--yes-delete says {options['yes_delete']}, not {slug}.")
        if options["yes_delete"] is None and not sys.stdin.isatty():
            raise CommandError(f"Nobody is there to be asked. In a script: --yes-delete {slug}")
        # 1. The export, whole and read again.
        self._write_export(practice, options["export"])
        # 2. Asked twice.
        if options["yes_delete"] is None:
            self._write_usage(practice)
            asked = input(f"Delete {practice.name} for good, with all its patients? [yes/no] ")
            if asked.strip().lower() != "yes" or input(f"Type {slug} to be sure: ").strip() != slug:
                raise CommandError("Nothing was deleted.")
        # 3. From here on.
        gone = delete_practice(practice, now=timezone.now())
        for name, count in sorted(gone.items()):
            if count:
                self.stdout.write(f"{name}: {count}")
        self.stdout.write(
            f"{slug} is deleted. It is still in your backups, until they are: say so to who leaves."
        )

    def _usage(self, options: dict[str, Any]) -> None:
        found = (
            [_practice(options["slug"])] if options["slug"] else Practice.objects.order_by("slug")
        )
        for practice in found:
            self.stdout.write(f"{practice.slug}  {practice.name}")
            self._write_usage(practice)
        self.stdout.write(f"database, all practices: {database_bytes() / 1e6:.1f} MB")

    def _write_export(self, practice: Practice, file: Path) -> None:
        try:
            counts = export_practice(practice, file.absolute(), now=timezone.now())
        except CannotExport as error:
            raise CommandError(str(error)) from None
        self.stdout.write(
            f"{file}: {sum(counts.values())} rows. It holds patients' data: keep it encrypted."
        )

    def _write_usage(self, practice: Practice) -> None:
        usage: Usage = usage_of(practice, timezone.now())
        self.stdout.write(
            f"  members {usage.members}, patients {usage.patients}, "
            f"appointments {usage.appointments}, files {usage.files / 1e6:.1f} MB"
        )
        for month, count in sorted(usage.months.items()):
            self.stdout.write(
                f"  {month:%Y-%m}: appointments {count.appointments}, "
                f"emails {count.emails}, SMS {count.sms}"
            )


def _practice(slug: str) -> Practice:
    found = Practice.objects.filter(slug=slug).first()
    if found is not None:
        return found
    former = FormerSlug.objects.filter(slug=slug).select_related("practice").first()
    hint = f" It is called {former.practice.slug} now." if former else ""
    raise CommandError(f"There is no practice {slug}.{hint} `maia practice list` lists them.")

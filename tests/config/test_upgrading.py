"""A database of an older Maia, filled, and then `migrate`: what the changelog promises of its rows."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import StringIO
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import environ
import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from maia.accounts.models import User
from maia.appointments.models import Series
from maia.calendars.models import Feed
from maia.invitations.models import Invitation
from maia.patients.models import Patient
from maia.practices.models import Practice
from maia.schedules.repeating import walk
from maia.tokens.models import Token

# The last state before addresses had one spelling and tokens a seat.
OLD = [
    ("account", "0009_emailaddress_unique_primary_email"),
    ("accounts", "0001_initial"),
    ("appointments", "0005_attended"),
    ("calendars", "0001_initial"),
    ("invitations", "0001_invitations"),
    ("messaging", "0005_webhooks"),
    ("patients", "0004_no_sms_and_erased"),
    ("practices", "0005_second_factor"),
    ("schedules", "0003_external_calendars"),
    ("tokens", "0001_initial"),
]
NOW = timezone.now()
# More than a database hands over at once: rows are respelled while others are still being read.
MANY = 2500


@pytest.fixture
def empty_database(elsewhere, django_db_blocker):
    """The connection leads to an empty database, whose tables nobody else needs."""
    name = f"{elsewhere['MAIA_DATA_DIR']}/old.sqlite3"
    if "MAIA_DATABASE_URL" in elsewhere:
        name = environ.Env.db_url_config(elsewhere["MAIA_DATABASE_URL"])["NAME"]
    with django_db_blocker.unblock():
        usual = connection.settings_dict["NAME"]
        connection.close()
        connection.settings_dict["NAME"] = name
        try:
            yield
        finally:
            connection.close()
            connection.settings_dict["NAME"] = usual


@dataclass
class Rows:
    """An old database's, by what is to become of them; ``apps`` are its models."""

    apps: Any
    practices: dict[str, int] = field(default_factory=dict)
    users: dict[str, int] = field(default_factory=dict)
    patients: dict[str, int] = field(default_factory=dict)
    invitations: dict[str, int] = field(default_factory=dict)
    tokens: dict[str, int] = field(default_factory=dict)
    feeds: dict[str, int] = field(default_factory=dict)
    series: dict[str, Any] = field(default_factory=dict)

    def fill(self) -> None:
        self._fill_practices()
        self._fill_users()
        self._fill_patients()
        self._fill_invitations()
        self._fill_doors()
        self._fill_series()

    def _fill_practices(self) -> None:
        practice = self.apps.get_model("practices", "Practice")
        for slug, region, zone, country in (
            ("strasbourg", "67", "Europe/Paris", "FR"),
            ("metz", "M", "Europe/Paris", "FR"),
            ("rennes", "Breizh", "Europe/Paris", "FR"),
            ("saint-denis", "", "Indian/Reunion", "FR"),
            ("bruxelles", "67", "Europe/Brussels", "BE"),
        ):
            self.practices[slug] = practice.objects.create(
                name=slug, slug=slug, holiday_region=region, time_zone=zone, country=country,
                email=f"Cabinet@{slug}.Example",
            ).pk  # fmt: skip

    def _fill_users(self) -> None:
        user, address = (
            self.apps.get_model(*name)
            for name in (("accounts", "User"), ("account", "EmailAddress"))
        )
        for email in (
            "Zoe@hôpital.example",  # an account of before …
            "zoe@xn--hpital-ixa.example",  # … and one that would have the same address
            "Old@Exemple.FR",
            "zoé@exemple.fr",  # mail reaches none such
            "v@hotmaıl.example",
            "stays@exemple.fr",
            "left@exemple.fr",
        ):
            self.users[email] = user.objects.create(email=email, password="!").pk
            address.objects.create(
                user_id=self.users[email], email=email, verified=True, primary=True
            )

    def _fill_patients(self) -> None:
        patient, rennes = self.apps.get_model("patients", "Patient"), self.practices["rennes"]
        for name, email, user in (
            ("capitals", "Lea@Exemple.FR", None),
            ("accents", "lea@Hôpital.example", None),
            ("met", "V@HOTMAIL.example", "v@hotmaıl.example"),
            ("unreachable", "lea@", None),
            ("none", "", None),
        ):
            self.patients[name] = patient.objects.create(
                practice_id=rennes, first_name="Léa", last_name=name, email=email,
                user_id=self.users.get(user or ""),
            ).pk  # fmt: skip
        patient.objects.bulk_create(
            patient(practice_id=rennes, last_name="Roy", email=f"Roy{n}@Exemple.fr")
            for n in range(MANY)
        )

    def _fill_invitations(self) -> None:
        invitation = self.apps.get_model("invitations", "Invitation")
        for name, email in (("one", "Ines@exemple.fr"), ("two", "ines@exemple.fr")):
            self.invitations[name] = invitation.objects.create(
                practice_id=self.practices["rennes"], email=email, role="assistant",
                token=name, sent_at=NOW, expires_at=NOW + timedelta(days=7),
            ).pk  # fmt: skip

    def _fill_doors(self) -> None:
        """Of one who is still in the team, of one who has left, and of a patient."""
        model, rennes = self.apps.get_model, self.practices["rennes"]
        stays, left = self.users["stays@exemple.fr"], self.users["left@exemple.fr"]
        model("practices", "Membership").objects.create(
            practice_id=rennes, user_id=stays, role="owner"
        )
        # She who left has a seat elsewhere: it keeps nothing open here.
        model("practices", "Membership").objects.create(
            practice_id=self.practices["metz"], user_id=left, role="owner"
        )
        anne = model("practices", "Practitioner").objects.create(
            practice_id=rennes, first_name="Anne", email="Anne@Exemple.fr"
        )
        for name, user, practice, role, revoked in (
            ("stays", stays, rennes, "owner", None),
            ("revoked", stays, rennes, "owner", NOW),
            ("left", left, rennes, "owner", None),
            ("patient", left, None, "", None),
        ):
            token = model("tokens", "Token").objects.create(
                user_id=user, practice_id=practice, role=role, name=name, digest=name,
                start=name, created_at=NOW, revoked_at=revoked,
            )  # fmt: skip
            model("tokens", "Answer").objects.create(
                token=token, key="1", digest="d", status=201, body="{}", created_at=NOW
            )
            self.tokens[name] = token.pk
        for name, user, of in (
            ("stays", stays, anne),
            ("left", left, anne),
            ("patient", left, None),
        ):
            feed = model("calendars", "Feed").objects.create(
                user_id=user, practitioner=of, uid=uuid4()
            )
            self.feeds[name] = feed.pk

    def _fill_series(self) -> None:
        """Repeated events of before, some of which were dropped since."""
        event = self.apps.get_model("appointments", "Event")
        anne = self.apps.get_model("practices", "Practitioner").objects.first()
        for name, days in (
            ("weekly", [date(2027, 3, 18), date(2027, 3, 25), date(2027, 4, 8)]),
            ("monthly", [date(2027, 1, 31), date(2027, 3, 31), date(2027, 7, 31)]),
            ("else", [date(2027, 1, 4), date(2027, 1, 6), date(2027, 1, 9)]),
            ("one", [date(2027, 5, 3)]),
        ):
            self.series[name] = uuid4()
            for day in days:
                start = datetime.combine(day, time(9), ZoneInfo(anne.practice.time_zone))
                event.objects.create(
                    practice=anne.practice, practitioner=anne, kind="personal", title=name,
                    start=start, end=start + timedelta(hours=1), series=self.series[name],
                )  # fmt: skip


def test_an_old_and_full_database_keeps_what_was_promised(empty_database, capsys):
    old_apps = MigrationExecutor(connection).migrate(OLD).apps
    rows = Rows(old_apps)
    rows.fill()
    capsys.readouterr()
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())
    told = capsys.readouterr().out
    _addresses_have_one_spelling(rows)
    _clashes_are_named_and_not_merged(rows, told)
    _doors_are_tied_to_seats(rows)
    _regions_are_known(rows)
    _repeated_events_are_series(rows)
    _an_old_worker_still_says_that_it_lives(old_apps)


def _addresses_have_one_spelling(rows):
    emails = dict(Patient.objects.values_list("pk", "email"))
    assert emails[rows.patients["capitals"]] == "lea@exemple.fr"
    assert emails[rows.patients["accents"]] == "lea@xn--hpital-ixa.example"
    assert emails[rows.patients["met"]] == "v@hotmail.example"
    assert emails[rows.patients["unreachable"]] == "lea@"
    assert emails[rows.patients["none"]] == ""
    assert {email for email in emails.values() if email.startswith("Roy")} == set()
    assert sum(email.startswith("roy") for email in emails.values()) == MANY
    assert User.objects.get(pk=rows.users["Old@Exemple.FR"]).email == "old@exemple.fr"
    assert User.objects.get(pk=rows.users["Old@Exemple.FR"]).has_verified("OLD@exemple.fr")
    rennes = Practice.objects.get(slug="rennes")
    assert rennes.email == "cabinet@rennes.example"
    assert rennes.practitioners.get().email == "anne@exemple.fr"
    # What she had typed is found as anybody types it.
    assert Patient.objects.filter(email="LEA@hôpital.EXAMPLE").count() == 1


def _clashes_are_named_and_not_merged(rows, told):
    out = StringIO()
    call_command("addresses", stdout=out)
    listed = out.getvalue()
    assert User.objects.count() == len(rows.users)
    assert Invitation.objects.count() == 2
    kept = dict(User.objects.values_list("pk", "email"))
    for email in ("Zoe@hôpital.example", "zoe@xn--hpital-ixa.example", "zoé@exemple.fr"):
        assert kept[rows.users[email]] == email
    clash = rows.users["Zoe@hôpital.example"]
    assert f"accounts_user {clash}: its email is spelled like another row's" in told
    assert f"accounts.User {clash}: 'Zoe@h\\xf4pital.example' would be" in listed
    nobody = rows.users["zoé@exemple.fr"]
    assert f"accounts_user {nobody}: its email is no address" in told
    assert f"accounts.User {nobody}: 'zo\\xe9@exemple.fr' cannot be reached" in listed
    assert f"invitations_invitation {rows.invitations['one']}: " in told
    assert f"invitations.Invitation {rows.invitations['one']}: " in listed
    assert f"patients_patient {rows.patients['unreachable']}: " in told
    assert f"patients.Patient {rows.patients['unreachable']}: " in listed
    assert f"patients_patient {rows.patients['met']}: its account" in told
    assert f"patient {rows.patients['met']}: " in listed
    # And nothing else: two accounts with an address each, an invitation, a record, two look-alikes.
    assert len(told.splitlines()) == 5
    assert len(listed.splitlines()) == 7


def _doors_are_tied_to_seats(rows):
    tokens = {token.name: token for token in Token.objects.select_related("membership")}
    assert set(tokens) == {"stays", "revoked", "patient"}
    assert tokens["stays"].membership.user_id == tokens["stays"].user_id
    assert tokens["stays"].membership.practice_id == rows.practices["rennes"]
    assert tokens["patient"].membership is None
    year = timedelta(days=365)
    for name in ("stays", "patient"):
        assert NOW + year <= tokens[name].expires_at <= timezone.now() + year
    assert tokens["revoked"].expires_at is None
    feeds = dict(Feed.objects.values_list("pk", "membership__user"))
    assert feeds == {
        rows.feeds["stays"]: rows.users["stays@exemple.fr"],
        rows.feeds["patient"]: None,
    }


def _repeated_events_are_series(rows):
    kept = {
        series.title: (series.rule, series.last_date, series.without)
        for series in Series.objects.all()
    }
    assert kept == {
        "weekly": ("FREQ=WEEKLY", date(2027, 4, 8), ["2027-04-01"]),
        "monthly": ("FREQ=MONTHLY", date(2027, 7, 31), ["2027-05-31"]),
        "else": (
            "FREQ=DAILY", date(2027, 1, 9), ["2027-01-05", "2027-01-07", "2027-01-08"],
        ),
        "one": ("FREQ=WEEKLY", date(2027, 5, 3), []),
    }  # fmt: skip
    for series in Series.objects.all():
        assert series.pk == rows.series[series.title]
        assert (series.begins, series.lasts) == (time(9), timedelta(hours=1))
        days = list(walk(series.repeats, series.first_date, until=date(2028, 1, 1)))
        dates = list(series.events.order_by("start").values_list("series_date", flat=True))
        assert [day for day in days if day.isoformat() not in series.without] == dates


def _regions_are_known(rows):
    assert dict(Practice.objects.values_list("slug", "holiday_region")) == {
        "strasbourg": "6AE",
        "metz": "57",
        "rennes": "",
        "saint-denis": "974",
        "bruxelles": "67",
    }


def _an_old_worker_still_says_that_it_lives(old_apps):
    """While machines are upgraded one after the other it writes to the new table."""
    beat = old_apps.get_model("messaging", "WorkerBeat")
    beat.objects.create(name="old:1", started_at=NOW, seen_at=NOW)

"""The tenant and its professionals: what the forms refuse and what the database refuses behind."""

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction

from maia.practices.colours import contrast, ink_on, readable_on
from maia.practices.models import Membership, Practice, Practitioner
from maia.practices.validators import RESERVED_SLUGS


@pytest.mark.parametrize("slug", ["pro", "api", "admin", "mes-rendez-vous", "healthz", "a"])
def test_paths_of_ours_cannot_be_taken(db, slug):
    assert slug in RESERVED_SLUGS
    with pytest.raises(ValidationError):
        Practice(name="X", slug=slug).full_clean()


@pytest.mark.parametrize("slug", ["Lilas", "les lilas", "-lilas", "lilas--2", "é", ""])
def test_a_slug_is_lowercase_words_and_hyphens(db, slug):
    with pytest.raises(ValidationError):
        Practice(name="X", slug=slug).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Practice.objects.create(name="X", slug=slug)


@pytest.mark.parametrize("colour", ["red;}", "#FFF", "#12345g", "url(x)", ""])
def test_a_colour_is_six_hexadecimal_digits(db, colour):
    with pytest.raises(ValidationError):
        Practice(name="X", slug="x", accent_colour=colour).full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Practice.objects.create(name="X", slug="x", accent_colour=colour)


def test_a_time_zone_exists(db):
    with pytest.raises(ValidationError):
        Practice(name="X", slug="x", time_zone="Europe/Atlantis").full_clean()


@pytest.mark.parametrize(
    "wrong",
    [
        {"booking_horizon_days": 0},
        {"booking_horizon_days": 731},
        {"minimum_notice_minutes": 50_000},
        {"minimum_notice_days": 31},
        {"cancellation_deadline_hours": 721},
    ],
)
def test_the_rules_of_a_practitioner_have_bounds(practice, wrong):
    practitioner = Practitioner(practice=practice, first_name="A", last_name="B", **wrong)
    with pytest.raises(ValidationError):
        practitioner.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        practitioner.save()


def test_a_user_is_one_practitioner_of_a_practice(practice, anne):
    with pytest.raises(IntegrityError), transaction.atomic():
        Practitioner.objects.create(
            practice=practice, user=anne.user, first_name="A", last_name="B"
        )


@pytest.mark.parametrize("colour", ["#ffff00", "#7a4f9a", "#000000", "#ffffff", "#808080"])
@pytest.mark.parametrize("page", ["#fbf8f3", "#171b1a"])
def test_an_accent_is_always_readable(colour, page):
    accent = readable_on(colour, page)
    assert contrast(accent, page) >= 4.5
    assert contrast(ink_on(accent), accent) >= 4.5


def test_a_readable_accent_stays_as_chosen():
    assert readable_on("#7a4f9a", "#fbf8f3") == "#7a4f9a"


def test_a_practice_is_created_from_the_command_line(db, capsys):
    call = ["practice", "create", "--name", "Cabinet du Port", "--slug", "port"]
    call += ["--owner", "Nina@port.example", "--first-name", "Nina", "--last-name", "Le Goff"]
    call_command(*call)
    owner = Membership.objects.get(practice__slug="port")
    assert (owner.role, owner.user.email) == ("owner", "nina@port.example")
    said = capsys.readouterr().out
    assert f"{settings.BASE_URL}/port/" in said
    assert f"{settings.BASE_URL}/accounts/login/code/" in said, "where she signs in"
    with pytest.raises(CommandError, match="already exists"):
        call_command(*call)

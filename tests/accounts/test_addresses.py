"""One spelling of an address (rule 3.5): look-alikes are strangers, on both databases."""

import importlib
import sys
import unicodedata
from io import StringIO
from pathlib import Path

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.management import call_command

import maia
from maia.accounts.addresses import (
    AddressFormField,
    NotAnAddress,
    canonical_address,
    only_looks_like,
)
from maia.accounts.models import User
from maia.invitations.inviting import invite_member
from maia.patients.models import Patient
from maia.patients.records import find_record
from tests.conftest import NOW, make_patient, make_user

# All that Unicode has assigned; of letters without a case (Han, Hangul) and of the rest, some.
CHARACTERS = [
    character
    for point in range(sys.maxunicode + 1)
    if unicodedata.category(character := chr(point)) not in ("Cn", "Co", "Lo") or point % 100 == 0
]


@pytest.mark.rule("3.5.1")
@pytest.mark.parametrize(
    ("typed", "canonical"),
    [
        (" Marie@Exemple.FR ", "marie@exemple.fr"),
        ("zoé@exemple.fr", None),
        ("zoe@Hôpital.example", "zoe@xn--hpital-ixa.example"),
        ("zoe@xn--hpital-ixa.example", "zoe@xn--hpital-ixa.example"),
        ("a@hotmaıl.example", "a@xn--hotmal-t9a.example"),
        ("a@faß.example", "a@xn--fa-hia.example"),
        ("a@ｆree。example", "a@free.example"),
        ("ıs@exemple.fr", None),
        ("\u212aate@exemple.fr", None),
        ("ſofia@exemple.fr", None),
        ('"a b"@exemple.fr', None),
        ("a@[127.0.0.1]", None),
        ("a@b@exemple.fr", None),
        ("a..b@exemple.fr", None),
        (f"{'a' * 65}@exemple.fr", None),
        (f"a@{'é' * 60}.{'é' * 60}.{'é' * 60}.{'é' * 60}.fr", None),
        ("a@exemple.fr\nBcc: b@exemple.fr", None),
        ("marie", None),
        ("", None),
    ],
)
def test_an_address_has_one_spelling(typed, canonical):
    if canonical is None:
        with pytest.raises(NotAnAddress):
            canonical_address(typed)
    else:
        assert canonical_address(typed) == canonical
        assert canonical_address(canonical) == canonical


@pytest.mark.once
def test_over_every_character_the_spelling_is_ascii_and_stable():
    """And a letter before the @ is nobody else's, or refused."""
    for character in CHARACTERS:
        for typed in (f"a@b{character}c.example", f"a{character}b@c.example"):
            try:
                canonical = canonical_address(typed)
            except NotAnAddress:
                continue
            assert canonical.isascii(), typed
            assert canonical == canonical.lower() == canonical_address(canonical), typed
            assert typed[1] != character or character.isascii(), typed


def _reaches_somebody(typed: str) -> bool:
    try:
        canonical_address(typed)
    except NotAnAddress:
        return False
    return True


def confusable() -> list[str]:
    """Characters that some way of ignoring case, or of composing, takes for one of ASCII."""
    ways = (str.upper, str.lower, str.casefold, str.title)
    forms = ("NFC", "NFD", "NFKC", "NFKD")
    return [
        c
        for c in CHARACTERS[128:]
        if any(r.isascii() for way in ways for r in way(c))
        or any(r.isascii() for form in forms for r in unicodedata.normalize(form, c))
    ]


def test_no_character_makes_two_mailboxes_one_for_a_database(practice):
    ascii_letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    stored = {e for a in ascii_letters for e in (f"{a}x@d.example", f"x@{a}d.example")}
    Patient.objects.bulk_create(Patient(practice=practice, email=e) for e in stored)
    typed = [t for c in confusable() for t in (f"{c}x@d.example", f"x@{c}d.example")]
    for chunk in (typed[at : at + 500] for at in range(0, len(typed), 500)):
        rows = Patient.objects.filter(email__in=chunk).values_list("email", flat=True)
        wanted = {canonical_address(t) for t in chunk if _reaches_somebody(t)}
        assert set(rows) == {e for e in wanted if e in stored}


def test_a_look_alike_meets_no_record(practice):
    record = make_patient(practice, email="victime@hotmail.example")
    stranger = make_user("victime@hotmaıl.example")
    assert find_record(stranger, practice) is None
    assert not stranger.has_verified("victime@hotmail.example")
    assert only_looks_like(stranger.email, record.email)


@pytest.mark.rule("3.5.1")
def test_a_code_for_a_look_alike_goes_to_the_look_alike(client, db, mailoutbox):
    make_user("victime@hotmail.example")
    make_user("victime@hotmaıl.example")
    client.post("/accounts/login/code/", {"email": "victime@hotmaıl.example"})
    assert mailoutbox[0].to == ["victime@xn--hotmal-t9a.example"]


def test_a_password_opens_no_look_alike(client, db):
    victim = make_user("victime@hotmail.example", "correct horse battery")
    client.post("/accounts/login/", {"login": "victime@hotmaıl.example", "password": "correct horse battery"})  # fmt: skip
    assert "_auth_user_id" not in client.session
    client.post("/accounts/login/", {"login": " Victime@HOTMAIL.example ", "password": "correct horse battery"})  # fmt: skip
    assert client.session["_auth_user_id"] == str(victim.pk)


def test_a_lost_password_writes_to_the_one_spelling(client, db, mailoutbox):
    make_user("zoe@hôpital.example", "correct horse battery")
    client.post("/accounts/password/reset/", {"email": "Zoe@XN--hpital-ixa.example"})
    assert [mail.to for mail in mailoutbox] == [["zoe@xn--hpital-ixa.example"]]


def test_a_member_who_only_looks_like_a_colleague_is_invited_as_herself(practice, anne):
    practice.team.create(user=make_user("ines@hotmail.example"), role="practitioner")
    invitation = invite_member(practice, "ines@hotmaıl.example", "assistant", by=anne.user, now=NOW)
    assert invitation.email == "ines@xn--hotmal-t9a.example"


def test_what_is_typed_is_kept_in_one_spelling(practice):
    record = Patient(practice=practice, first_name="Zoé", last_name="Roy", email="Zoe@Hôpital.example")  # fmt: skip
    record.full_clean()
    assert record.email == "zoe@xn--hpital-ixa.example"
    record.email = "zoé@hôpital.example"
    with pytest.raises(ValidationError):
        record.full_clean()
    with pytest.raises(ValidationError):
        AddressFormField().clean("ſofia@exemple.fr")


def test_old_rows_get_their_spelling_and_clashes_are_named(practice, capsys):
    """Rows as an older Maia stored them, then the migrations' own steps."""
    for email in ("a@hôpital.example", "a@xn--hpital-ixa.example", "Old@Exemple.fr"):
        user = User(email="x")
        user.save()
        _store(User, user.pk, email)
        EmailAddress.objects.create(user=user, email=email, verified=True)
    stranger = make_user("v@hotmail.example")
    record = make_patient(practice, user=stranger)
    _store(Patient, record.pk, "V@HOTMAIL.example")
    _store(User, stranger.pk, "v@hotmaıl.example")
    for app in ("accounts.migrations.0002", "patients.migrations.0005"):
        module = importlib.import_module(f"maia.{app}_one_spelling_of_an_address")
        module.one_spelling(apps, None)
    told = capsys.readouterr().out
    clash = User.objects.extra(where=["email = %s"], params=["a@hôpital.example"]).get()
    assert f"accounts_user {clash.pk}" in told
    assert "another row" in told
    assert f"patients_patient {record.pk}" in told
    assert "only looks like" in told
    assert User.objects.filter(email="old@exemple.fr").exists()
    assert Patient.objects.get(pk=record.pk).email == "v@hotmail.example"
    out = StringIO()
    call_command("addresses", stdout=out)
    assert f"accounts.User {clash.pk}" in out.getvalue()
    assert f"patient {record.pk}" in out.getvalue()


def _store(model, pk, email):
    """Past the field, which would spell it."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {model._meta.db_table} SET email = %s WHERE id = %s", [email, pk])


def test_no_address_is_compared_without_its_case_by_a_database():
    for file in Path(maia.__file__).parent.rglob("*.py"):
        assert "iexact" not in file.read_text(), file

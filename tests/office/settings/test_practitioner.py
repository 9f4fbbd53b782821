"""The professional sheet: numbers, address, photo, reminders and the SMS."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from maia.practices.models import Picture


def typed(**more):
    return {
        "first_name": "Anne",
        "last_name": "Morel",
        "email": "anne@tilleuls.example",
        "allow_online_booking": "on",
        "booking_horizon_days": "90",
        "minimum_notice_minutes": "120",
        "minimum_notice_days": "0",
        "cancellation_deadline_hours": "24",
        "reminder_days_before": "1",
        "reminder_time": "14:00",
        "sms_in_gsm_letters": "on",
        **more,
    }


def save(client, practitioner, **more):
    return client.post(reverse("office:practitioner", args=[practitioner.pk]), typed(**more))


def photo(name="moi.png", content=None):
    written = io.BytesIO()
    Image.new("RGB", (900, 600), "#884422").save(written, "PNG")
    return SimpleUploadedFile(name, content or written.getvalue(), "image/png")


def test_everything_on_the_sheet_is_kept(owner, anne):
    answer = save(
        owner, anne, title="sage-femme", phone="02 61 91 45 12", street="5 rue du Puits",
        postcode="44000", city="Nantes", rpps="1000 123 4565", am_number="447123456",
        siret="732 829 320 00074", reminder_days_before="3", reminder_time="09:30",
        sms_sender_name="Tilleuls", sms_template="RDV {date} {time}",
    )  # fmt: skip
    assert answer.status_code == 302, answer.context["form"].errors
    anne.refresh_from_db()
    assert (anne.rpps, anne.siret) == ("10001234565", "73282932000074")
    assert anne.phone.as_e164 == "+33261914512"
    assert anne.address == "5 rue du Puits, 44000 Nantes"
    assert (anne.reminder_days_before, f"{anne.reminder_time:%H:%M}") == (3, "09:30")
    assert (anne.sms_sender_name, anne.sms_template) == ("Tilleuls", "RDV {date} {time}")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rpps", "10001234566"),
        ("rpps", "123"),
        ("minimum_notice_minutes", "-5"),
        ("minimum_notice_days", "31"),
        ("evening_cutoff", "soir"),
        ("rpps", "1000123456²"),
        ("am_number", "44712345"),
        ("siret", "73282932000075"),
        ("phone", "12"),
        ("email", "anne"),
        ("booking_horizon_days", "0"),
        ("booking_horizon_days", "731"),
        ("reminder_days_before", "0"),
        ("reminder_days_before", "8"),
        ("reminder_time", "25:00"),
        ("sms_sender_name", "Cabinet d’Anne"),
        ("sms_template", "Bonjour"),
        ("sms_template", "{date} {time} {type}"),
        ("first_name", "\u202e!"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(owner, anne, field, value):
    answer = save(owner, anne, **{field: value, "last_name": "Durand"})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "Durand" in answer.content.decode()
    anne.refresh_from_db()
    assert anne.last_name == "Morel"


def test_her_photo_is_on_the_booking_page_and_can_go(owner, anne, practice, follow_up):
    practice.appointment_types.create(
        name="Autre", duration_minutes=30, allow_online_booking=True, position=1
    )
    assert save(owner, anne, new_photo=photo()).status_code == 302
    picture = Picture.objects.get()
    assert picture.digest in owner.get("/tilleuls/").content.decode()
    answer = owner.get(f"/media/{picture.digest}.webp")
    assert answer["Content-Type"] == "image/webp"
    assert "immutable" in answer["Cache-Control"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert Image.open(io.BytesIO(answer.content)).size == (480, 480)
    save(owner, anne, without_photo="on")
    anne.refresh_from_db()
    assert anne.photo is None
    assert owner.get(f"/media/{picture.digest}.webp").status_code == 404  # gone for everybody
    assert owner.get("/media/nothing.webp").status_code == 404


def test_a_file_that_is_no_picture_is_refused_beside_the_field(owner, anne):
    answer = save(owner, anne, new_photo=photo(content=b"<svg onload=alert(1)>"))
    assert answer.status_code == 422
    assert "image" in answer.context["form"].errors["new_photo"][0]


def test_a_logo_takes_the_place_of_the_name(owner, practice, follow_up):
    look = {
        "name": practice.name,
        "accent_colour": "#1f7a5c",
        "self_registration": "open",
        "max_open_bookings": "12",
        "new_logo": photo("logo.png"),
    }
    assert owner.post("/pro/settings/practice/", look).status_code == 302
    page = owner.get(f"/tilleuls/book/{follow_up.pk}/").content.decode()
    assert f'alt="{practice.name}"' in page
    assert Picture.objects.get().digest in page


@pytest.mark.rule("3.6.12")
def test_the_sms_is_shown_as_it_is_typed(owner):
    def preview(**fields):
        return owner.post(reverse("office:preview_sms"), fields).content.decode()

    own = preview(
        first_name="Zoé", last_name="Nom", sms_template="{practitioner} {practice} {date}{time}"
    )
    assert "Zoé Nom Cabinet" in own  # hers and her practice's, not an example's
    plain = preview(sms_template="RDV {date} à {time}", sms_in_gsm_letters="on")
    assert "RDV mercredi 30 septembre à 09:00" in plain
    assert "<strong>1 SMS</strong>" in plain
    costly = preview(sms_template="Garçon : {date} {time}" + " etc" * 20)
    assert "<strong>2 SMS</strong>" in costly
    assert "ç" in costly
    assert "{type}" in preview(sms_template="{type} {date} {time}")
    assert "&lt;script&gt;" in preview(sms_template="<script>{date}{time}")

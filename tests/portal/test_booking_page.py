"""What for, when, confirm, booked: as a browser without JavaScript sees them."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.urls import reverse

from maia.appointments.acts.booking import book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.agenda import By
from maia.appointments.models import Appointment
from maia.patients.models import Patient
from maia.practices.models import Practice, Practitioner
from maia.schedules.models import Absence, AppointmentType, Category, Schedule
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type, make_user
from tests.pages import on_one_line


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def visitor(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "fr"
    return client


@pytest.fixture
def signed_in(visitor, julie):
    visitor.force_login(julie.user, "allauth.account.auth_backends.AuthenticationBackend")
    return visitor


def url(name, type, practitioner, text="09:30", day=THURSDAY):
    args = [type.practice.slug, type.pk, practitioner.pk, at(day, text)]
    return reverse(name, args=args)


def confirm(client, type, practitioner, text="09:30", day=THURSDAY, **typed):
    data = {"request_key": uuid4(), "note": "", **typed}
    return client.post(url("confirm", type, practitioner, text, day), data)


def read(response):
    return response.content.decode()


# --- What for -----------------------------------------------------------------------------------


def test_types_by_category_and_only_those_online(visitor, practice, anne, follow_up):
    care = Category.objects.create(practice=practice, name="Gynécologie")
    make_type(practice, "Contraception", category=care)
    make_type(practice, "Urgence", allow_online_booking=False)
    make_type(practice, "Ancien", archived=True)
    page = read(visitor.get("/tilleuls/"))
    assert "Contraception" in page
    assert "Gynécologie" in page
    assert "3 place du Marché, 35000 Rennes" in page
    assert "Urgence" not in page
    assert "Ancien" not in page


def test_one_type_skips_the_step(visitor, follow_up):
    assert visitor.get("/tilleuls/")["Location"] == f"/tilleuls/book/{follow_up.pk}/"


def test_a_practice_without_anything_online_says_what_to_do(visitor, practice):
    page = read(visitor.get("/tilleuls/"))
    assert "ne prend pas de rendez-vous en ligne" in page
    assert "mailto:cabinet@tilleuls.example" in page


def test_in_english_for_those_who_ask(client, practice, anne, follow_up):
    make_type(practice, "Autre")
    page = read(client.get("/tilleuls/", headers={"accept-language": "en"}))
    assert '<html lang="en-GB">' in page
    assert "What is your appointment for?" in page


# --- When ---------------------------------------------------------------------------------------


@pytest.mark.rule("3.3.1")
def test_a_week_of_slots_under_the_description(visitor, anne, follow_up):
    AppointmentType.objects.update(description="Apportez **la carte**.")
    page = read(visitor.get(f"/tilleuls/book/{follow_up.pk}/"))
    assert page.index("<strong>la carte</strong>") < page.index('class="slot"')
    assert url("confirm", follow_up, anne) in page
    assert "Du 1er au 7 décembre 2026" in page


def test_a_long_description_is_folded_on_a_phone_a_short_one_is_not(visitor, follow_up):
    AppointmentType.objects.update(description="Apportez la carte. " * 20)
    assert 'class="whole"' in read(visitor.get(f"/tilleuls/book/{follow_up.pk}/"))
    AppointmentType.objects.update(description="Apportez la carte.\n" * 3)
    assert 'class="whole"' not in read(visitor.get(f"/tilleuls/book/{follow_up.pk}/"))


def test_slots_come_as_a_part_to_the_page_that_asks(visitor, anne, follow_up):
    page = visitor.get(
        f"/tilleuls/book/{follow_up.pk}/?from=2026-12-10",
        headers={"HX-Request": "true", "HX-Request-Type": "partial"},
    )
    assert on_one_line(read(page)).startswith('<section id="slots"')
    assert "HX-Request-Type" in page["Vary"]


def test_days_without_slots_say_when_the_next_is(visitor, anne, follow_up):
    until = at(THURSDAY + timedelta(days=30), "23:00")
    Absence.objects.create(practitioner=anne, start=NOW, end=until)
    page = read(visitor.get(f"/tilleuls/book/{follow_up.pk}/?from=2026-12-05"))
    assert "Prochain créneau libre\u00a0: dimanche 3 janvier" in page
    assert "?from=2027-01-03" in page
    opened = read(visitor.get(f"/tilleuls/book/{follow_up.pk}/"))  # starts there by itself
    assert "Du 3 au 9 janvier 2027" in opened


@pytest.mark.rule("3.1.3")
def test_nothing_until_the_horizon_says_what_to_do(visitor, anne, follow_up):
    Practice.objects.update(phone="+33261914512")
    Absence.objects.create(practitioner=anne, start=NOW, end=NOW + timedelta(days=300))
    page = read(visitor.get(f"/tilleuls/book/{follow_up.pk}/"))
    assert "lundi 1er mars 2027, dernier jour ouvert" in page
    assert "Appeler le 02 61 91 45 12" in page


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("demain", "Ce n’est pas une date"),
        ("2026-13-45", "Ce n’est pas une date"),
        ("9999-12-31", "La réservation est ouverte du 1er décembre 2026 au 1er mars 2027"),
        ("2020-01-01", "La réservation est ouverte"),
        ("0001-01-01", "La réservation est ouverte"),
    ],
)
def test_a_bad_date_is_answered_beside_the_field(visitor, anne, follow_up, asked, words):
    response = visitor.get(f"/tilleuls/book/{follow_up.pk}/", {"from": asked})
    assert response.status_code == 200
    assert words in read(response)


def test_with_one_type_alone_no_link_leads_back_to_itself(visitor, practice, anne, follow_up):
    path = f"/tilleuls/book/{follow_up.pk}/"
    assert "Tous les rendez-vous" not in read(visitor.get(path))
    nobody = Practitioner.objects.create(
        practice=practice, first_name="Inès", last_name="H", allow_online_booking=False
    )
    other = make_type(practice, name="Autre", practitioner=nobody)
    assert "Tous les rendez-vous" not in read(visitor.get(path))  # of who is not booked online
    other.practitioner = None
    other.save()
    assert "Tous les rendez-vous" in read(visitor.get(path))


def test_one_button_a_time_and_a_choice_of_practitioner(visitor, practice, anne, follow_up):
    ines = Practitioner.objects.create(
        practice=practice, first_name="Inès", last_name="H", position=1
    )
    Schedule.objects.create(practitioner=ines).write(dict.fromkeys(range(7), [(540, 600)]))
    path = f"/tilleuls/book/{follow_up.pk}/?from=2026-12-03"
    both = read(visitor.get(path))
    assert url("confirm", follow_up, anne, "09:00") in both
    assert url("confirm", follow_up, ines, "09:00") not in both
    with_whom = re.search(r'class="slot".*?</a>', both, re.S)[0]
    assert "<small>Anne</small>" in with_whom
    assert "jeudi 3 décembre" in with_whom  # for who hears one button after the other
    hers = read(visitor.get(f"{path}&practitioner={ines.pk}"))
    assert "<small>Inès</small>" not in hers  # said above
    assert url("confirm", follow_up, ines, "09:00") in hers
    assert url("confirm", follow_up, anne, "09:00") not in hers
    assert visitor.get(f"{path}&practitioner=x'--").status_code == 200


@pytest.mark.rule("3.3.5")
@pytest.mark.parametrize("busy_days", [0, 40])
def test_a_week_takes_a_constant_number_of_queries(
    visitor, anne, follow_up, julie, busy_days, django_assert_max_num_queries
):
    for n in range(busy_days):
        start = at(THURSDAY + timedelta(days=n), "09:00")
        book_appointment(follow_up, anne, start, julie, by=By.practice(None), now=NOW)
    with django_assert_max_num_queries(8):
        visitor.get(f"/tilleuls/book/{follow_up.pk}/")


# --- Confirm ------------------------------------------------------------------------------------


def test_signed_out_the_slot_stays_and_an_address_is_asked(visitor, anne, follow_up):
    page = read(visitor.get(url("confirm", follow_up, anne)))
    assert "jeudi 3 décembre 2026" in page
    assert 'name="email"' in page
    assert 'name="note"' not in page


def test_from_visitor_to_booked_with_a_code(visitor, anne, follow_up, mailoutbox):
    response = visitor.post(url("sign_in", follow_up, anne), {"email": "Nina@patiente.example"})
    assert response["Location"] == url("code", follow_up, anne)
    (mail,) = mailoutbox
    code = re.search(r"\b\d{6}\b", mail.body).group()
    assert mail.subject == f"{code} est votre code de connexion"
    wrong = visitor.post(response["Location"], {"code": "000000"})
    assert wrong.status_code == 422
    right = visitor.post(response["Location"], {"code": code})
    assert right["Location"] == url("confirm", follow_up, anne)
    page = read(visitor.get(right["Location"]))
    assert 'name="first_name"' in page
    typed = {"first_name": "Nina", "last_name": "Roy", "mobile": "06 39 98 00 01"}
    booked = confirm(visitor, follow_up, anne, note="Bonjour", **typed)
    (appointment,) = Appointment.objects.all()
    assert booked["Location"] == f"/tilleuls/booked/{appointment.uid}/"
    done = read(visitor.get(booked["Location"]))
    assert "Votre rendez-vous est pris" in done
    record = appointment.patient
    assert (record.name, record.email, record.origin) == (
        "Nina Roy",
        "nina@patiente.example",
        "online",
    )
    assert (record.mobile.as_e164, appointment.note) == ("+33639980001", "Bonjour")


def test_the_slot_is_on_screen_during_the_second_step(visitor, anne, follow_up, mailoutbox):
    TOTP.activate(make_user("nina@patiente.example"), generate_totp_secret())
    visitor.post(url("sign_in", follow_up, anne), {"email": "nina@patiente.example"})
    code = re.search(r"\b\d{6}\b", mailoutbox[0].body).group()
    page = visitor.post(url("code", follow_up, anne), {"code": code}, follow=True)
    assert page.redirect_chain[-1][0].startswith("/accounts/2fa/authenticate/")
    text = on_one_line(read(page))
    assert "jeudi 3 décembre 2026" in text
    assert "09:30" in text


def test_five_wrong_codes_and_it_is_over(visitor, anne, follow_up, mailoutbox):
    visitor.post(url("sign_in", follow_up, anne), {"email": "nina@patiente.example"})
    code = re.search(r"\b\d{6}\b", mailoutbox[0].body).group()
    for _ in range(5):
        answer = visitor.post(url("code", follow_up, anne), {"code": "000000"})
    assert answer["Location"] == url("confirm", follow_up, anne)
    visitor.post(url("code", follow_up, anne), {"code": code})
    assert "_auth_user_id" not in visitor.session


def test_after_five_a_new_code_is_one_click_away(visitor, practice, anne, follow_up, mailoutbox):
    practice.phone = "+33299000001"
    practice.save()
    visitor.post(url("sign_in", follow_up, anne), {"email": "nina@patiente.example"})
    for _ in range(5):
        answer = visitor.post(url("code", follow_up, anne), {"code": "000000"})
    page = read(visitor.get(answer["Location"]))
    assert "il marche tout de suite" in page
    assert 'value="nina@patiente.example"' in page
    assert "Ou appelez le cabinet\u00a0: 02 99 00 00 01." in page
    assert "nina@" not in read(visitor.get(answer["Location"]))  # said once, to who typed it
    visitor.post(url("sign_in", follow_up, anne), {"email": "nina@patiente.example"})
    code = re.search(r"\b\d{6}\b", mailoutbox[-1].body).group()
    visitor.post(url("code", follow_up, anne), {"code": code})
    assert "_auth_user_id" in visitor.session


@pytest.mark.rule("3.5.3")
def test_the_page_is_the_same_for_a_known_and_an_unknown_address(
    visitor, practice, anne, follow_up, mailoutbox
):
    make_user("connue@patiente.example")
    practice.self_registration = "closed"
    practice.save()
    pages = []
    for email in ("connue@patiente.example", "inconnu@patiente.example"):
        answer = visitor.post(url("sign_in", follow_up, anne), {"email": email})
        assert answer["Location"] == url("code", follow_up, anne)
        page = read(visitor.get(answer["Location"])).replace(email, "X")
        pages.append(re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page))
    assert pages[0] == pages[1]
    assert len(mailoutbox) == 2
    assert "n’a pas de compte" in mailoutbox[1].body


def test_a_newcomer_gives_a_phone_of_any_kind(visitor, anne, follow_up):
    user = make_user("nina@patiente.example")
    visitor.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    answer = confirm(
        visitor, follow_up, anne, first_name="Nina", last_name="Roy", mobile="02 40 12 34 56"
    )
    assert answer.status_code == 302
    assert Patient.objects.get().mobile.as_e164 == "+33240123456"


def test_a_form_with_mistakes_keeps_what_was_typed(visitor, anne, follow_up):
    user = make_user("nina@patiente.example")
    visitor.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    answer = confirm(
        visitor, follow_up, anne, first_name="Nina", last_name="123", mobile="02 40",
        note="À garder",
    )  # fmt: skip
    page = read(answer)
    assert answer.status_code == 422
    assert "n’est pas un numéro de téléphone" in page
    assert "un nom avec des lettres" in page
    assert 'value="Nina"' in page
    assert "À garder" in page
    assert not Appointment.objects.exists()
    assert not Patient.objects.exists()


@pytest.mark.parametrize(
    ("note", "status"),
    [
        ("🙂 " * 100, 302),
        ("\u202etluom \x07", 302),
        ("\x00", 422),
        ("<script>alert(1)</script>", 302),
        ("x" * 1001, 422),
        ("x" * 100_000, 422),
    ],
)
def test_absurd_notes(signed_in, anne, follow_up, note, status):
    assert confirm(signed_in, follow_up, anne, note=note).status_code == status
    assert Appointment.objects.count() == (status == 302)


@pytest.mark.rule("3.4.2")
def test_taken_meanwhile_says_so_keeps_the_note_and_offers_the_nearest(
    signed_in, practice, anne, follow_up
):
    book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), make_patient(practice), by=By.patient(None), now=NOW
    )
    answer = confirm(signed_in, follow_up, anne, note="J’ai une question")
    page = read(answer)
    assert answer.status_code == 409
    assert "vient d’être pris" in page
    assert "J’ai une question" in page
    nearest = url("confirm", follow_up, anne, "10:00")
    assert f'formaction="{nearest}"' in page
    again = signed_in.post(
        nearest, {"choose": "1", "note": "J’ai une question", "request_key": uuid4()}
    )
    assert again.status_code == 200
    assert "J’ai une question" in read(again)
    assert Appointment.objects.count() == 1


@pytest.mark.rule("3.4.3")
def test_the_same_form_twice_is_one_appointment(signed_in, anne, follow_up):
    key = uuid4()
    first = confirm(signed_in, follow_up, anne, request_key=key)
    second = confirm(signed_in, follow_up, anne, request_key=key)
    assert first["Location"] == second["Location"]
    assert Appointment.objects.count() == 1


def test_a_page_posted_after_signing_out_keeps_its_words(visitor, anne, follow_up):
    """But for her message, which may be about her health: the page says so."""
    answer = confirm(visitor, follow_up, anne, first_name="Ninon", note="Ne me gardez pas")
    assert answer["Location"] == url("confirm", follow_up, anne)
    user = make_user("ninon@patiente.example")
    visitor.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    page = read(visitor.get(answer["Location"]))
    assert "Ninon" in page
    assert "Ne me gardez pas" not in page
    assert "n’est pas conservé" in page
    # Once: the phone may be somebody else's by then.
    assert "Ninon" not in read(visitor.get(answer["Location"]))


def test_what_a_newcomer_typed_is_not_shown_for_another_slot(visitor, anne, follow_up):
    confirm(visitor, follow_up, anne, first_name="Nina", note="Pour celui-ci")
    user = make_user("nina@patiente.example")
    visitor.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    assert "Pour celui-ci" not in read(visitor.get(url("confirm", follow_up, anne, "10:00")))


@pytest.mark.parametrize("hours", [1, 100])
def test_what_is_booked_offers_a_change_only_while_there_is_one(
    signed_in, anne, follow_up, practice, hours
):
    practice.phone = "+33261914512"
    practice.save()
    anne.cancellation_deadline_hours = hours
    anne.save()
    done = read(signed_in.get(confirm(signed_in, follow_up, anne)["Location"]))
    assert ("Déplacer ou annuler" in done) is (hours == 1)
    assert ("pour le déplacer ou l’annuler, appelez" in done) is (hours == 100)
    assert ("Appeler le 02 61 91 45 12" in done) is (hours == 100)


@pytest.mark.rule("3.1.4")
def test_a_page_posted_an_hour_later_is_too_late(signed_in, anne, follow_up):
    page = url("confirm", follow_up, anne, "14:00", day=NOW.date())
    assert signed_in.get(page).status_code == 200
    with time_machine.travel(NOW + timedelta(hours=3)):
        answer = signed_in.post(page, {"request_key": uuid4(), "note": ""})
    assert answer.status_code == 409
    assert "trop proche, ou passé" in read(answer)


@pytest.mark.parametrize(
    ("text", "days", "words"),
    [
        ("09:07", 0, "n’est pas libre"),
        ("12:30", 0, "n’est pas libre"),
        ("09:00", -30, "trop proche, ou passé"),
        ("09:00", 200, "pas encore ouverte"),
    ],
)
def test_a_start_that_is_not_offered_is_refused_in_words(
    signed_in, anne, follow_up, text, days, words
):
    answer = confirm(signed_in, follow_up, anne, text, day=THURSDAY + timedelta(days=days))
    assert answer.status_code == 409
    assert words in read(answer)
    assert not Appointment.objects.exists()


def test_what_is_not_on_the_page_is_not_found(signed_in, practice, anne, follow_up):
    elsewhere = Practice.objects.create(name="Ailleurs", slug="ailleurs")
    there = Practitioner.objects.create(practice=elsewhere, first_name="X", last_name="Y")
    hidden = make_type(practice, allow_online_booking=False)
    archived = make_type(practice, archived=True)
    paths = [
        url("confirm", hidden, anne),
        url("confirm", archived, anne),
        url("confirm", follow_up, there),
        url("confirm", follow_up, anne).replace("/tilleuls/", "/ailleurs/"),
        f"/ailleurs/book/{follow_up.pk}/",
        url("confirm", follow_up, anne).replace("20261203T", "20269999T"),
        url("confirm", follow_up, anne).replace("20261203T", "99991231T"),
        url("confirm", follow_up, anne).replace("20261203T", "00000101T"),
    ]
    for path in paths:
        for answer in (signed_in.get(path), signed_in.post(path, {"request_key": uuid4()})):
            assert answer.status_code in (404, 409, 200, 405), path
            if answer.status_code == 200:
                assert "99991231" in path  # shown, then refused
    assert not Appointment.objects.exists()


@pytest.mark.rule("3.4.8")
def test_a_barred_patient_is_told_to_call(signed_in, julie, anne, follow_up):
    Patient.objects.update(online_booking_barred=True)
    answer = confirm(signed_in, follow_up, anne)
    assert answer.status_code == 409
    assert "Merci d’appeler" in read(answer)
    assert "n’est plus libre" not in read(answer)


def test_a_newcomer_to_a_type_for_known_patients_leaves_no_record(visitor, practice, anne):
    reserved = make_type(practice, known_patients_only=True)
    user = make_user("nina@patiente.example")
    visitor.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    typed = {"first_name": "Nina", "last_name": "Roy", "mobile": "06 39 98 00 01"}
    answer = confirm(visitor, reserved, anne, **typed)
    assert answer.status_code == 409
    assert "réservé aux patientes" in read(answer)
    assert not Patient.objects.exists()


def test_a_mail_server_that_is_away_is_said_plainly(visitor, anne, follow_up, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    answer = visitor.post(url("sign_in", follow_up, anne), {"email": "nina@patiente.example"})
    assert answer.status_code == 503
    assert "n’a pas pu partir" in read(answer)


@pytest.mark.rule("3.5.6")
def test_closed_registration_says_so(visitor, practice, anne, follow_up):
    practice.self_registration = "closed"
    practice.save()
    user = make_user("nina@patiente.example")
    visitor.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    page = read(visitor.get(url("confirm", follow_up, anne)))
    assert "aux patientes qu’il a invitées" in page
    assert confirm(visitor, follow_up, anne, first_name="N").status_code == 200
    assert not Patient.objects.exists()


@pytest.mark.rule("3.3.3")
def test_a_cancelled_slot_is_offered_again(signed_in, practice, anne, follow_up, julie):
    by = By.patient(None)
    made = book_appointment(follow_up, anne, at(THURSDAY, "09:30"), julie, by=by, now=NOW)
    cancel_appointment(made, by=by, now=NOW)
    assert confirm(signed_in, follow_up, anne).status_code == 302


@pytest.mark.rule("3.1.2")
def test_an_hour_that_comes_twice_says_which_one(signed_in, anne, follow_up):
    anne.schedule.write({6: [(60, 240)]})
    anne.booking_horizon_days = 365
    anne.save()
    page = read(signed_in.get(f"/tilleuls/book/{follow_up.pk}/?from=2027-10-31"))
    slots = [time.strip() for time in re.findall(r'class="slot"[^>]*>([^<]*)<', page)]
    assert slots == [
        "01:00", "01:30", "02:00 (heure d’été)", "02:30 (heure d’été)", "02:00 (heure d’hiver)",
        "02:30 (heure d’hiver)", "03:00", "03:30",
    ]  # fmt: skip
    (winter,) = re.findall(r'href="([^"]*20271031T0100Z/)"', page)
    assert "02:00 (heure d’hiver)" in read(signed_in.get(winter))


# --- In two places ------------------------------------------------------------------------------


@pytest.mark.rule("3.4.14")
def test_who_has_something_at_that_time_is_shown_what(signed_in, practice, anne, follow_up, julie):
    ines = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="Haddad")
    Schedule.objects.create(practitioner=ines).write(dict.fromkeys(range(7), [(540, 720)]))
    confirm(signed_in, follow_up, anne)
    hers = Appointment.objects.get()
    for answer, status in (
        (confirm(signed_in, follow_up, ines, note="Bonjour"), 409),
        (signed_in.get(url("confirm", follow_up, ines)), 200),
    ):
        page = on_one_line(read(answer))
        assert answer.status_code == status
        assert "Vous avez un rendez-vous à cette heure-là" in page
        assert "Vous avez déjà rendez-vous jeudi 3 décembre 2026 à 09:30 avec Anne Morel." in page
        assert f'href="/mes-rendez-vous/{hers.uid}/"' in page
        offered = page.partition("alternatives")[2]
        assert "<strong>09:00</strong>" in offered
        assert "<strong>09:30</strong>" not in offered.partition("vendredi")[0]
    assert Appointment.objects.count() == 1
    assert "Bonjour" in read(confirm(signed_in, follow_up, ines, note="Bonjour"))


def test_by_a_link_nothing_of_the_other_one_is_said(visitor, practice, anne, follow_up, julie):
    ines = Practitioner.objects.create(practice=practice, first_name="Inès", last_name="Haddad")
    Schedule.objects.create(practitioner=ines).write(dict.fromkeys(range(7), [(540, 720)]))
    day, by = THURSDAY, By.patient(julie.user)
    book_appointment(follow_up, anne, at(day, "09:30"), julie, by=by, now=NOW)
    other = book_appointment(follow_up, ines, at(day, "10:30"), julie, by=by, now=NOW)
    page = read(visitor.get(f"/a/{other.link_token}/move/?from={day}"))
    assert "09:00" in page
    assert "09:30" not in page.partition("04")[0]
    there = reverse("link:move_there", args=[other.link_token, at(day, "09:30")])
    answer = visitor.post(there, {"version": other.version})
    assert answer.status_code == 409
    assert "un autre rendez-vous dans ce cabinet" in read(answer)
    assert "Anne Morel" not in read(answer)


@pytest.mark.rule("3.3.6")
def test_without_preference_her_own_midwife_is_hers(signed_in, practice, anne, follow_up, julie):
    ines = Practitioner.objects.create(
        practice=practice, first_name="Inès", last_name="Haddad", position=1
    )
    Schedule.objects.create(practitioner=ines).write(dict.fromkeys(range(7), [(540, 720)]))
    path = reverse("slots", args=["tilleuls", follow_up.pk]) + f"?from={THURSDAY}"
    assert url("confirm", follow_up, anne) in read(signed_in.get(path))
    julie.own_practitioner = ines
    julie.save()
    page = read(signed_in.get(path))
    assert url("confirm", follow_up, ines) in page
    assert url("confirm", follow_up, anne) not in page
    assert url("confirm", follow_up, anne, "14:00") in page

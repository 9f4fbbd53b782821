"""*Rendez-vous*: the list, its filters, its file; requests answered in their row; who came."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from maia.appointments.acts.booking import By, book_appointment
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.known import known_among
from maia.appointments.models import Appointment
from maia.appointments.unanswered import follow_requests
from maia.privacy.journal import Act
from maia.privacy.models import JournalEntry
from tests.conftest import NOW, THURSDAY, at, make_patient, signed_in
from tests.pages import fields_of, on_one_line, shown

LIST, CAME = "/pro/appointments/", "/pro/appointments/attendance/"
DATES = f"?first={THURSDAY}&last={THURSDAY}"
PRACTICE = By.practice(None)


def book(type, who, time, patient, day=THURSDAY, **how):
    return book_appointment(type, who, at(day, time), patient, by=PRACTICE, now=NOW, **how)


def rows_of(page):
    """The names in the list, in their order."""
    listed = page.partition('class="rows listed opens"')[2].partition("</ul>")[0]
    return [part.partition("<")[0] for part in listed.split('/">')[1:]]


@pytest.mark.rule("3.12.7")
def test_a_list_by_dates_and_what_is_asked_of_it(owner, practice, anne, ines, follow_up, julie):
    book(follow_up, anne, "09:00", julie)
    book(follow_up, ines, "09:00", make_patient(practice, "Lina"))
    today = owner.get(LIST)
    assert "Aucun rendez-vous à ces dates." in today.content.decode()
    page = owner.get(LIST + DATES).content.decode()
    assert rows_of(page) == ["Julie Petit", "Lina Petit"]
    assert "<strong>2 rendez-vous</strong>" in on_one_line(page)
    page = owner.get(f"{LIST}{DATES}&practitioner={ines.pk}").content.decode()
    assert rows_of(page) == ["Lina Petit"]
    page = owner.get(f"{LIST}{DATES}&online=yes").content.decode()
    assert "Aucun rendez-vous ne répond à tout cela." in page
    chips = owner.get(f"{LIST}{DATES}&online=yes&type=x&practitioner={ines.pk}").context["chips"]
    without = f"?first={THURSDAY}&last={THURSDAY}&practitioner={ines.pk}&type=x"
    assert ("Pris en ligne", without) in chips
    assert [words for words, _url in chips] == ["Inès Haddad", "Pris en ligne"]


@pytest.mark.parametrize(
    "asked",
    [
        "first=x", "last=2026-13-01", "first=2026-12-03&last=2026-12-01", "status=x", "online=x",
        "first=2026-01-01&last=2027-06-01", "first=0001-01-01", "practitioner=x", "type=99999",
        "attendance=%00", "practitioner=" + "9" * 400,
    ],
)  # fmt: skip
def test_what_cannot_be_asked_is_said_beside_it(owner, asked):
    for path in (LIST, "/pro/appointments/export/"):
        answer = owner.get(f"{path}?{asked}", follow=True)
        assert answer.status_code == 422
        assert 'class="error"' in answer.content.decode()


def test_nothing_of_another_practice_is_listed(owner, elsewhere):
    book(
        elsewhere["type"],
        elsewhere["practitioner"],
        "09:00",
        elsewhere["patient"],
        unconfirmed=True,
    )
    page = owner.get(LIST + DATES).content.decode()
    assert "Maud" not in page
    for field, thing in (("practitioner", "practitioner"), ("type", "type")):
        answer = owner.get(f"{LIST}{DATES}&{field}={elsewhere[thing].pk}")
        assert answer.status_code == 422


def test_a_long_list_costs_as_many_statements_as_a_short_one(owner, practice, anne, follow_up):
    counts = []
    for many in (3, 60):
        for number in range(many):
            how = {"allow_overlap": True, "unconfirmed": number % 2 == 0}
            book(follow_up, anne, "09:00", make_patient(practice, f"P{many}{number}"), **how)
        owner.get(LIST + DATES)  # the line in the journal is there
        with CaptureQueriesContext(connection) as captured:
            page = owner.get(LIST + DATES).content.decode()
        counts.append(len(captured))
    assert counts[0] == counts[1]
    assert "Page suivante" in page
    assert f"?page=2&amp;first={THURSDAY}&amp;last={THURSDAY}" in page


@pytest.mark.rule("3.12.8")
def test_a_request_waits_in_the_menu_and_is_answered_in_its_row(owner, anne, follow_up, julie):
    yes = book(follow_up, anne, "09:00", julie, unconfirmed=True)
    no = book(follow_up, anne, "10:00", julie, unconfirmed=True)
    page = on_one_line(owner.get("/pro/absences/").content.decode())
    assert 'title="2 demandes attendent votre réponse.">2<' in page
    page = owner.get(LIST + DATES).content.decode()
    assert "Demandes à confirmer" in page
    typed = {"version": yes.version, "asked": DATES[1:]}
    answer = owner.post(reverse("office:answer_request", args=[yes.pk]), typed)
    assert answer["Location"] == f"{LIST}{DATES}&requests=open"
    typed |= {"version": no.version, "decline": "1"}
    path = reverse("office:answer_request", args=[no.pk])
    asks = owner.post(path, typed)
    page = asks.content.decode()
    assert "Refuser à Julie Petit sa demande du jeudi 3 décembre 2026 à 10:00" in page
    assert "L’heure redevient libre aussitôt." in page
    no.refresh_from_db()
    assert no.status == "unconfirmed"
    answer = owner.post(path, typed | {"yes": "1"})
    assert answer["Location"] == f"{LIST}{DATES}&requests=open"
    yes.refresh_from_db()
    no.refresh_from_db()
    assert (yes.status, no.status) == ("confirmed", "cancelled")
    assert "Demandes à confirmer" not in owner.get(LIST).content.decode()


@pytest.mark.rule("3.12.8")
def test_a_request_says_whom_to_call_where_to_go_and_who_is_new(
    owner, practice, anne, follow_up, julie
):
    follow_up.place = "home"
    follow_up.save()
    julie.street, julie.city, julie.mobile = "3 rue Crébillon", "Nantes", "+33639980042"
    julie.access = "code 12B"
    julie.save()
    book(follow_up, anne, "09:00", julie, unconfirmed=True)
    page = on_one_line(owner.get(LIST).content.decode())
    assert "À domicile : 3 rue Crébillon, Nantes" in page.replace("\xa0", " ")
    assert "code 12B" in page
    assert 'href="tel:+33-6-39-98-00-42"' in page
    assert "première visite" not in page  # the practice made her record
    julie.origin = "online"
    julie.street = julie.city = ""
    julie.save()
    page = on_one_line(owner.get(LIST).content.decode())
    assert "première visite" in page
    assert "pas encore d’adresse" in page
    seen = book_appointment(follow_up, anne, at(THURSDAY, "15:00"), julie, by=PRACTICE, now=NOW)
    late = at(THURSDAY + timedelta(days=1), "00:00")
    assert known_among([julie], late) == {julie.pk}
    Appointment.objects.filter(pk=seen.pk).update(attendance="no_show")
    assert known_among([julie], NOW) == set()


@pytest.mark.rule("3.12.8")
def test_requests_are_one_line_with_their_count_until_they_are_opened(
    owner, practice, anne, follow_up
):
    for n in range(32):
        patient = make_patient(practice, f"N{n}")
        book(follow_up, anne, f"{6 + n // 2:02}:{n % 2 * 30:02}", patient, unconfirmed=True)
    page = on_one_line(owner.get(LIST).content.decode())
    assert "<details >" in page or "<details>" in page
    assert "32 demandes attendent votre réponse" in page
    assert page.count('class="answers"') == 30
    assert "2 autres suivront" in page
    opened = on_one_line(owner.get(f"{LIST}?requests=open").content.decode())
    assert "<details open>" in opened
    few = Appointment.objects.order_by("pk").values("pk")[3:]
    Appointment.objects.filter(pk__in=list(few.values_list("pk", flat=True))).update(
        status="cancelled"
    )
    assert "<details open>" in on_one_line(owner.get(LIST).content.decode())  # three are no list


def told_last(appointment):
    entry = appointment.history.last()
    return entry.action, entry.tells, entry.words


@pytest.mark.rule("3.6.16")
def test_what_an_answer_tells_is_said_in_its_row_and_asked(owner, anne, follow_up, julie):
    yes = book(follow_up, anne, "09:00", julie, unconfirmed=True)
    page = owner.get(LIST).content.decode()
    assert "La patiente reçoit un e-mail." in page
    assert "Ajouter un mot" in page
    path = reverse("office:answer_request", args=[yes.pk])
    shown = {"telling_shown": "on", "version": yes.version}
    owner.post(path, shown | {"word": "À jeudi !", "tell_patient": "on"})
    assert told_last(yes) == ("confirmed", True, "À jeudi !")
    no = book(follow_up, anne, "10:00", julie, unconfirmed=True)
    path = reverse("office:answer_request", args=[no.pk])
    typed = {"telling_shown": "on", "version": no.version, "decline": "1", "word": "Appelez-nous"}
    page = owner.post(path, typed).content.decode()  # the box was unticked
    assert "Appelez-nous</textarea>" in page
    assert "checked" not in page.partition('name="tell_patient"')[2].partition(">")[0]
    owner.post(path, typed | {"yes": "1"})
    assert told_last(no) == ("cancelled", False, "Appelez-nous")


def test_too_long_a_word_is_refused_in_its_row_and_kept(owner, anne, follow_up, julie):
    made = book(follow_up, anne, "09:00", julie, unconfirmed=True)
    path = reverse("office:answer_request", args=[made.pk])
    typed = {
        "telling_shown": "on",
        "tell_patient": "on",
        "version": made.version,
        "word": "x" * 301,
    }
    for more in ({}, {"decline": "1", "yes": "1"}):
        answer = owner.post(path, typed | more | {"asked": DATES[1:]})
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'class="error"' in page
        assert "x" * 301 in page
        assert THURSDAY.isoformat() in page
    made.refresh_from_db()
    assert made.status == "unconfirmed"


@pytest.mark.rule("3.4.12")
def test_a_recall_is_in_the_history_and_by_whom(owner, anne, follow_up, julie):
    made = book(follow_up, anne, "09:00", julie, unconfirmed=True)
    assert follow_requests(NOW + timedelta(days=1)) == 1
    page = on_one_line(owner.get(reverse("office:sheet", args=[made.pk])).content.decode())
    assert "toujours sans réponse : rappel à la praticienne, Maia" in page


@pytest.mark.rule("3.4.13")
def test_an_expired_one_is_called_so(owner, anne, follow_up, julie):
    made = book(follow_up, anne, "09:00", julie, unconfirmed=True)
    follow_requests(made.start)
    page = on_one_line(owner.get(LIST + DATES).content.decode())
    assert ">expiré</span>" in page
    assert "Demandes à confirmer" not in page
    book(follow_up, anne, "11:00", julie)
    gone = book(follow_up, anne, "12:00", julie)
    cancel_appointment(gone, by=By.practice(None), now=NOW)
    for status, times in (
        ("expired", ["09:00"]),
        ("cancelled", ["12:00"]),
        ("confirmed", ["11:00"]),
    ):
        listed = owner.get(f"{LIST}{DATES}&status={status}").content.decode()
        assert re.findall(r'class="at">\s*(\d\d:\d\d)', listed) == times
    page = on_one_line(owner.get(reverse("office:sheet", args=[made.pk])).content.decode())
    assert "expiré : personne n’avait répondu, Maia" in page


@pytest.mark.rule("3.4.13")
@pytest.mark.parametrize("looked", [False, True])
def test_who_answers_an_expired_one_reads_so(owner, anne, follow_up, julie, looked):
    start = NOW + timedelta(minutes=1)
    by = By.practice(None)
    made = book_appointment(follow_up, anne, start, julie, by=by, now=NOW, unconfirmed=True)
    with time_machine.travel(start, tick=False):
        assert_read_as_expired(owner, made, looked)


def assert_read_as_expired(owner, made, looked):
    if looked:
        follow_requests(made.start)
    path = reverse("office:answer_request", args=[made.pk])
    answers = [{}, {"decline": "1"}, {"decline": "1", "yes": "1"}]
    for more in answers:
        answer = owner.post(path, {"version": made.version, **more}, follow=True)
        page = answer.content.decode()
        assert "Cette demande a expiré" in page
        assert "est refusée" not in page
    for act in ("confirm", "cancel"):
        answer = owner.post(reverse(f"office:{act}", args=[made.pk]), {"version": made.version})
        assert answer.status_code == 409
        assert "Cette demande a expiré" in answer.content.decode()
    made.refresh_from_db()
    assert made.status == ("cancelled" if looked else "unconfirmed")


def test_a_request_that_changed_meanwhile_is_not_declined(owner, anne, follow_up, julie):
    made = book(follow_up, anne, "09:00", julie, unconfirmed=True)
    path = reverse("office:answer_request", args=[made.pk])
    for version in (made.version + 1, "x", ""):
        answer = owner.post(path, {"decline": "1", "yes": "1", "version": version}, follow=True)
        assert "a modifié ce rendez-vous entre-temps" in answer.content.decode()
    made.refresh_from_db()
    assert made.status == "unconfirmed"


@pytest.mark.parametrize(
    "asked", ["//evil.example", "first=x&next=https://evil.example", "é" * 900]
)
def test_an_answer_leads_to_the_list_and_nowhere_else(owner, anne, follow_up, julie, asked):
    made = book(follow_up, anne, "09:00", julie, unconfirmed=True)
    there = owner.post(reverse("office:answer_request", args=[made.pk]), {"asked": asked})
    assert there["Location"].split("?")[0] == LIST
    assert "evil" not in there["Location"]


@pytest.fixture
def evening(time_machine):
    time_machine.move_to(at(THURSDAY, "19:00"), tick=False)


@pytest.fixture
def day(practice, anne, follow_up):
    return [
        book(follow_up, anne, time, make_patient(practice, name))
        for name, time in (("Julie", "09:00"), ("Lina", "10:00"), ("Maud", "11:00"))
    ]


@pytest.mark.rule("3.12.9")
def test_the_attendance_of_a_day_in_one_pass_writes_what_was_changed(evening, owner, day):
    first, second, third = day
    typed = shown(owner, CAME)
    assert typed[f"initial-a{first.pk}"] == ""
    typed |= {f"a{first.pk}": "attended", f"a{second.pk}": "no_show"}
    answer = owner.post(CAME, typed)
    assert answer["Location"] == f"{CAME}?date={THURSDAY}&practitioner={first.practitioner.pk}"
    said = dict(Appointment.objects.values_list("pk", "attendance"))
    assert said == {first.pk: "attended", second.pk: "no_show", third.pk: ""}
    assert third.history.count() == 1
    once = first.history.count()
    assert owner.post(CAME, shown(owner, CAME)).status_code == 302  # nothing changed
    assert first.history.count() == once


@pytest.mark.rule("3.12.9")
def test_all_came_is_ticked_at_once_and_written_when_it_is_saved(evening, owner, day):
    first, _second, _third = day
    typed = shown(owner, CAME) | {f"a{first.pk}": "no_show"}
    answer = owner.post(CAME, typed | {"all_attended": "1"})
    assert answer.status_code == 200
    page = answer.content.decode()
    assert "pas encore enregistrées" in page
    assert set(Appointment.objects.values_list("attendance", flat=True)) == {""}
    assert owner.post(CAME, fields_of(page)).status_code == 302
    said = list(Appointment.objects.order_by("pk").values_list("attendance", flat=True))
    assert said == ["no_show", "attended", "attended"]


def said_of(*rows):
    for row in rows:
        row.refresh_from_db()
    return [row.attendance for row in rows]


@pytest.mark.rule("3.12.9")
def test_ticked_at_once_it_is_unticked_at_once_without_a_script(evening, owner, day):
    """Exactly what was ticked by it, and still is: what she said by hand stays."""
    first, _second, third = day
    typed = shown(owner, CAME) | {f"a{first.pk}": "attended"}
    page = owner.post(CAME, typed | {"all_attended": "1"}).content.decode()
    assert 'name="untick"' in page
    typed = fields_of(page) | {f"a{third.pk}": "excused"}
    page = owner.post(CAME, typed | {"untick": "1"}).content.decode()
    assert 'name="all_attended"' in page
    assert page.count("pas encore enregistrées") == 1  # the script's words alone
    left = fields_of(page)
    assert [left[f"a{one.pk}"] for one in day] == ["attended", "", "excused"]
    assert said_of(*day) == ["", "", ""]
    for odd in ("a999999 x", f"a{first.pk} a{first.pk}", "\x00"):
        assert owner.post(CAME, left | {"untick": "1", "ticked": odd}).status_code == 200


@pytest.mark.rule("3.12.9")
def test_what_was_saved_of_a_day_is_taken_back_in_one_press(evening, owner, day):
    first, second, third = day
    owner.post(CAME, shown(owner, CAME) | {f"a{first.pk}": "no_show"})
    page = owner.post(CAME, shown(owner, CAME) | {"all_attended": "1"}).content.decode()
    owner.post(CAME, fields_of(page))
    assert said_of(*day) == ["no_show", "attended", "attended"]
    for _reload in range(2):
        page = owner.get(CAME).content.decode()
        assert "C’est enregistré\u00a0: 2 rendez-vous notés." in page
        assert 'name="take_back"' in page
    yesterday = owner.get(CAME, {"date": "2026-12-02"}).content.decode()
    assert "take_back" not in yesterday
    typed = {"date": str(THURSDAY), "take_back": "1"}
    back = owner.post(CAME, typed, follow=True)
    assert said_of(*day) == ["no_show", "", ""]
    page = back.content.decode()
    assert "C’est défait\u00a0: 2 rendez-vous sont comme avant." in page
    assert "take_back" not in page
    owner.post(CAME, typed)  # a second press
    assert said_of(*day) == ["no_show", "", ""]
    assert second.history.count() == 3
    assert third.history.count() == 3


@pytest.mark.rule("3.12.9")
def test_taking_back_leaves_what_somebody_has_noted_since(sign_in, team, evening, day):
    _first, second, third = day
    owner = sign_in(team["owner"])
    said = {f"a{one.pk}": "attended" for one in day}
    owner.post(CAME, shown(owner, CAME) | said)
    colleague = signed_in(Client(headers={"Accept-Language": "fr"}), team["assistant"])
    colleague.post(CAME, shown(colleague, CAME) | {f"a{second.pk}": "no_show"})
    # Already as before, by somebody: nothing is written.
    colleague.post(CAME, shown(colleague, CAME) | {f"a{third.pk}": ""})
    entries = third.history.count()
    other = signed_in(Client(), team["practitioner"])
    other.post(CAME, {"date": str(THURSDAY), "take_back": "1"})  # hers, not the owner's
    assert said_of(*day) == ["attended", "no_show", ""]
    owner.post(CAME, shown(owner, CAME) | {"ticked": ""})  # nothing changed, nothing forgotten
    page = owner.post(CAME, {"date": str(THURSDAY), "take_back": "1"}, follow=True)
    assert said_of(*day) == ["", "no_show", ""]
    assert third.history.count() == entries
    words = "1 reste tel quel\u00a0: quelqu’un l’a noté autrement entre-temps."
    assert words in page.content.decode()


@pytest.mark.rule("3.12.9")
def test_what_has_left_the_day_meanwhile_is_named_and_the_rest_is_kept(evening, owner, day):
    first, second, _third = day
    typed = shown(owner, CAME) | {f"a{one.pk}": "attended" for one in day}
    by, now = By.practice(None), at(THURSDAY, "18:00")
    move_appointment(first, at(THURSDAY + timedelta(1), "10:00"), by=by, now=now)
    cancel_appointment(second, by=by, now=now)
    page = owner.post(CAME, typed, follow=True).content.decode()
    assert "Julie Petit\u00a0: ce rendez-vous a été déplacé au vendredi 4 décembre à 10:00" in page
    assert "Lina Petit\u00a0: ce rendez-vous est annulé" in page
    assert "1 rendez-vous noté" in page
    assert said_of(*day) == ["", "", "attended"]


@pytest.mark.rule("3.12.9")
def test_nothing_is_said_to_be_saved_where_all_has_left_the_day(evening, owner, day):
    first, _second, _third = day
    typed = shown(owner, CAME) | {f"a{first.pk}": "attended"}
    cancel_appointment(first, by=By.practice(None), now=at(THURSDAY, "18:00"))
    page = owner.post(CAME, typed, follow=True).content.decode()
    assert "Julie Petit\u00a0: ce rendez-vous est annulé" in page
    assert "C’est enregistré" not in page
    # Filled first, it is said then: the row is not on the page that is saved.
    page = owner.post(CAME, typed | {"all_attended": "1"}).content.decode()
    assert "Julie Petit\u00a0: ce rendez-vous est annulé" in page
    assert "Julie" not in owner.post(CAME, fields_of(page), follow=True).content.decode()


def test_what_was_noted_and_has_left_the_day_is_named_when_it_is_taken_back(evening, owner, day):
    first, second, _third = day
    owner.post(CAME, shown(owner, CAME) | {f"a{one.pk}": "attended" for one in (first, second)})
    cancel_appointment(first, by=By.practice(None), now=at(THURSDAY, "18:00"))
    typed = {"date": str(THURSDAY), "take_back": "1"}
    page = owner.post(CAME, typed, follow=True).content.decode()
    assert "Julie Petit\u00a0: ce rendez-vous est annulé" in page
    assert said_of(first, second) == ["attended", ""]


@pytest.mark.parametrize("date", ["²", "", "9999-99-99", "\x00"])
def test_a_day_that_cannot_be_read_is_not_today(evening, owner, day, date):
    first, _second, _third = day
    typed = shown(owner, CAME) | {f"a{first.pk}": "attended", "date": date}
    answer = owner.post(CAME, typed)
    assert answer.status_code == 422
    assert "Le jour de cette page est illisible" in answer.content.decode()
    assert said_of(*day) == ["", "", ""]


def test_an_hour_later_it_is_taken_back_by_hand(evening, sign_in, team, day, time_machine):
    owner = sign_in(team["owner"])
    owner.post(CAME, shown(owner, CAME) | {f"a{day[0].pk}": "attended"})
    assert "take_back" in owner.get(CAME).content.decode()
    time_machine.shift(timedelta(minutes=61))
    owner = sign_in(team["owner"])
    assert "take_back" not in owner.get(CAME).content.decode()
    owner.post(CAME, {"date": str(THURSDAY), "take_back": "1"})
    assert said_of(day[0]) == ["attended"]


@pytest.mark.rule("3.12.9")
def test_those_still_to_be_said_are_listed_alone(evening, owner, day):
    first, second, third = day
    only = f"{CAME}?date={THURSDAY}&unsaid=1"
    owner.post(CAME, shown(owner, CAME) | {f"a{first.pk}": "attended"})
    page = owner.get(only).content.decode()
    assert "Encore à noter (2)" in page
    assert "Julie Petit" not in page
    typed = fields_of(page) | {f"a{second.pk}": "attended"}
    owner.post(CAME, shown(owner, CAME) | {f"a{second.pk}": "excused"})  # a colleague, meanwhile
    clash = owner.post(CAME, typed)
    assert clash.status_code == 422
    assert "Julie Petit" not in clash.content.decode()
    answer = owner.post(CAME, shown(owner, only) | {f"a{third.pk}": "attended"})
    assert answer["Location"] == f"{only}&practitioner={first.practitioner.pk}"
    said = list(Appointment.objects.order_by("pk").values_list("attendance", flat=True))
    assert said == ["attended", "excused", "attended"]
    assert "Tout est noté pour ce jour" in owner.get(only).content.decode()


@pytest.mark.rule("3.12.9")
def test_she_notes_her_own_day_unless_she_asks_for_another(evening, owner, day, follow_up, ines):
    hers = book(follow_up, ines, "09:30", make_patient(follow_up.practice, "Nour"))
    page = owner.get(CAME).content.decode()
    assert "Lina" in page
    assert "Nour" not in page
    assert page.index("Anne") < page.index("Inès Haddad") < page.index("Toute l’équipe")
    typed = fields_of(owner.post(CAME, shown(owner, CAME) | {"all_attended": "1"}).content.decode())
    owner.post(CAME, typed)
    assert said_of(*day, hers) == ["attended", "attended", "attended", ""]
    theirs = f"{CAME}?date={THURSDAY}&practitioner={ines.pk}"
    assert "Lina" not in owner.get(theirs).content.decode()
    answer = owner.post(CAME, shown(owner, theirs) | {f"a{hers.pk}": "no_show"})
    assert answer["Location"] == theirs
    everybody = owner.get(CAME, {"date": THURSDAY, "practitioner": "all"}).content.decode()
    assert "Lina" in everybody
    assert "Nour" in everybody
    assert "Inès Haddad\n" in everybody  # before the type, which gives way on a phone


@pytest.mark.rule("3.12.9")
def test_what_two_say_of_one_day_at_once_stays_of_both(evening, owner, day):
    first, second, _third = day
    one, other = shown(owner, CAME), shown(owner, CAME)
    owner.post(CAME, one | {f"a{first.pk}": "excused"})
    clash = owner.post(CAME, other | {f"a{first.pk}": "no_show", f"a{second.pk}": "attended"})
    assert clash.status_code == 422
    page = clash.content.decode()
    assert "excusé" in page
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.attendance, second.attendance) == ("excused", "")
    assert owner.post(CAME, fields_of(page)).status_code == 302  # again: it is hers
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.attendance, second.attendance) == ("no_show", "attended")
    assert owner.post(CAME, other | {f"a{second.pk}": "attended"}).status_code == 302
    first.refresh_from_db()
    assert first.attendance == "no_show"


def test_what_has_not_begun_or_is_cancelled_is_not_asked(sign_in, team, day, time_machine):
    time_machine.move_to(at(THURSDAY, "10:15"), tick=False)
    owner = sign_in(team["owner"])
    Appointment.objects.filter(pk=day[0].pk).update(status="cancelled")
    page = owner.get(CAME).content.decode()
    assert ("Lina" in page, "Julie" in page, "Maud" in page) == (True, False, False)
    typed = {"date": str(THURSDAY), f"a{day[2].pk}": "attended", f"a{day[0].pk}": "attended"}
    owner.post(CAME, typed)
    assert not Appointment.objects.exclude(attendance="").exists()
    for date in ("x", "9999-99-99", "2200-12-31", "\x00"):
        assert owner.get(CAME, {"date": date}).status_code == 200
    assert owner.post(CAME, {"date": str(THURSDAY), f"a{day[1].pk}": "x"}).status_code == 422


def test_the_file_is_the_list_and_leaves_a_line(sign_in, team, day, practice):
    owner = sign_in(team["owner"])
    path = f"/pro/appointments/export/{DATES}&status=confirmed"
    answer = owner.get(path)
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert len(answer.content.decode().splitlines()) == 4
    entry = JournalEntry.objects.get()
    assert (entry.act, entry.detail) == (Act.LIST_EXPORTED, "03/12/2026 – 03/12/2026")
    assert "Exporter cette liste" in owner.get(LIST + DATES).content.decode()
    assistant = sign_in(team["assistant"])
    assert assistant.get(path).status_code == 403
    assert "Exporter cette liste" not in assistant.get(LIST + DATES).content.decode()
    assert assistant.get(CAME).status_code == 200
    late = sign_in(team["owner"], ago=16 * 60)
    assert late.get(path)["Location"].startswith("/mon-compte/encore/?next=")


def test_days_that_are_asked_for_every_day(owner):
    page = on_one_line(owner.get(f"{LIST}?status=cancelled").content.decode())
    today = NOW.date()
    for words, first, last in (
        ("Aujourd’hui", today, today),
        ("Demain", today + timedelta(days=1), today + timedelta(days=1)),
        ("Cette semaine", "2026-11-30", "2026-12-06"),
    ):
        assert f'href="?status=cancelled&amp;first={first}&amp;last={last}"' in page
        assert words in page

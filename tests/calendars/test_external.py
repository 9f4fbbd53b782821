"""Time taken in other calendars closes hers, and what it was stays there."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import NotBookable
from maia.appointments.slots import free_slots
from maia.calendars.reading import Unreadable, read_calendar
from maia.calendars.refreshing import EVERY, refresh, refresh_due
from maia.schedules.models import Absence, ExternalCalendar
from tests.calendars.fixtures import SHIFT, ics
from tests.conftest import NOW, THURSDAY, at

PARIS = ZoneInfo("Europe/Paris")
DAYS = (NOW - timedelta(days=1), NOW + timedelta(days=30))


def busy_times(content, zone, opens, closes):
    return read_calendar(content, zone, opens, closes, ours="@maia").times


def local(times):
    return [
        tuple(f"{instant.astimezone(PARIS):%d %H:%M}" for instant in interval) for interval in times
    ]


def read(*events):
    return local(busy_times(ics(*events), PARIS, *DAYS))


def test_times_of_every_writing():
    assert read(SHIFT) == [("03 09:00", "03 12:00")]
    assert read(["DTSTART:20261203T090000", "DURATION:PT1H"]) == [("03 09:00", "03 10:00")]
    zoned = ["DTSTART;TZID=America/New_York:20261203T090000",
             "DTEND;TZID=America/New_York:20261203T100000"]  # fmt: skip
    assert read(zoned) == [("03 15:00", "03 16:00")]
    assert read(["DTSTART;VALUE=DATE:20261203"]) == [("03 00:00", "04 00:00")]
    two_days = ["DTSTART;VALUE=DATE:20261203", "DTEND;VALUE=DATE:20261205"]
    assert read(two_days) == [("03 00:00", "05 00:00")]


def test_what_takes_no_time():
    for mark in ("TRANSP:TRANSPARENT", "STATUS:CANCELLED", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"):
        assert read([*SHIFT, mark]) == []
    content = ics(SHIFT).replace(b"UID:0", b"UID:0b0e6f2e@maia")  # her own feed, coming back
    assert busy_times(content, PARIS, *DAYS) == []
    assert read(["DTSTART:20261203T080000Z"]) == []  # a mark in time


def test_repetitions_with_exceptions_and_moves():
    weekly = ["DTSTART;TZID=Europe/Paris:20261201T140000", "DTEND;TZID=Europe/Paris:20261201T150000",
              "RRULE:FREQ=WEEKLY;COUNT=4", "EXDATE;TZID=Europe/Paris:20261208T140000"]  # fmt: skip
    content = ics(weekly).replace(
        b"END:VCALENDAR",
        b"BEGIN:VEVENT\r\nUID:0\r\nRECURRENCE-ID;TZID=Europe/Paris:20261215T140000\r\n"
        b"DTSTART;TZID=Europe/Paris:20261215T160000\r\nDTEND;TZID=Europe/Paris:20261215T170000\r\n"
        b"END:VEVENT\r\nEND:VCALENDAR",
    )
    assert local(busy_times(content, PARIS, *DAYS)) == [
        ("01 14:00", "01 15:00"), ("15 16:00", "15 17:00"), ("22 14:00", "22 15:00"),
    ]  # fmt: skip


def test_overlaps_become_one():
    second = ["DTSTART:20261203T100000Z", "DTEND:20261203T120000Z"]
    assert read(SHIFT, second) == [("03 09:00", "03 13:00")]


@pytest.mark.parametrize("content", [b"<html>no</html>", b"", b"\xff\xfe\x00binary", b"\n" * 100])
def test_what_is_no_calendar_is_refused(content):
    with pytest.raises(Unreadable, match="not_a_calendar"):
        busy_times(content, PARIS, *DAYS)


def test_a_rule_that_never_happens_ends():
    assert read(["DTSTART:20260228T080000Z", "DTEND:20260228T090000Z",
                 "RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"]) == []  # fmt: skip


# --- Kept and refreshed -----------------------------------------------------------------------


@pytest.fixture
def calendar(anne, hospital):
    return ExternalCalendar.objects.create(
        practitioner=anne, name="Maternité", url=f"{hospital.base}/a.ics", next_try_at=NOW
    )


def thursday(follow_up, anne):
    slots = free_slots(follow_up, [anne], THURSDAY, THURSDAY, now=NOW)
    return [f"{slot.start.astimezone(PARIS):%H:%M}" for slot in slots.get(THURSDAY, [])]


@pytest.mark.rule("3.1.7")
def test_it_closes_the_time_to_patients_and_keeps_no_word(calendar, anne, follow_up, julie):
    assert thursday(follow_up, anne)[0] == "09:00"
    assert refresh_due(NOW) == 1
    assert thursday(follow_up, anne)[0] == "14:00"
    with pytest.raises(NotBookable):
        book_appointment(
            follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.patient(None), now=NOW
        )
    assert list(Absence.objects.values_list("title", flat=True)) == ["Maternité"]
    assert Absence.objects.by_hand().count() == 0


def test_so_does_one_that_says_only_when(calendar, hospital, anne, follow_up):
    lines = [
        "BEGIN:VCALENDAR",
        "BEGIN:VFREEBUSY",
        "FREEBUSY:20261203T080000Z/PT5H",
        "END:VFREEBUSY",
    ]
    hospital.answers["/a.ics"] = (200, {}, "\r\n".join([*lines, "END:VCALENDAR", ""]).encode())
    assert refresh_due(NOW) == 1
    assert thursday(follow_up, anne)[0] == "14:00"


def test_the_last_good_copy_stays_while_the_source_fails(calendar, hospital, anne, follow_up):
    refresh_due(NOW)
    now = NOW
    cut = b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n"
    for broken in (
        (500, {}, b""),
        (200, {}, cut),
        "hang up",
        (200, {}, b"<html>"),
        (302, {"Location": "/x"}, b""),
    ):
        hospital.answers["/a.ics"] = hospital.answers["/x"] = broken
        now += timedelta(hours=5)
        assert refresh_due(now) == 1
        calendar.refresh_from_db()
        assert calendar.failing_since == NOW + timedelta(hours=5)
        assert thursday(follow_up, anne)[0] == "14:00"
    assert calendar.error == "redirects"
    assert calendar.next_try_at > now + EVERY  # a source that fails is asked less and less
    hospital.answers["/a.ics"] = (200, {}, ics())
    assert refresh_due(now + timedelta(hours=5)) == 1
    calendar.refresh_from_db()
    assert (calendar.failing_since, calendar.error, calendar.failures) == (None, "", 0)
    assert thursday(follow_up, anne)[0] == "09:00"


def test_each_is_read_once_a_quarter_of_an_hour(calendar, hospital):
    assert refresh_due(NOW) == 1
    assert refresh_due(NOW) == 0
    assert refresh_due(NOW + EVERY) == 1
    assert len(hospital.asked) == 2
    headers = hospital.asked[1][2]
    assert headers["if-none-match"] == '"1"'


def test_what_did_not_change_is_read_anew_once_a_day(calendar, hospital, anne):
    refresh_due(NOW)
    hospital.answers["/a.ics"] = (304, {}, b"")
    kept = list(Absence.objects.values_list("pk", flat=True))
    assert refresh(ExternalCalendar.objects.get(), NOW + timedelta(hours=23))
    assert list(Absence.objects.values_list("pk", flat=True)) == kept
    refresh(ExternalCalendar.objects.get(), NOW + timedelta(hours=25))
    assert "if-none-match" not in hospital.asked[-1][2]


def test_a_private_address_is_never_asked(calendar, hospital, settings):
    settings.ALLOWED_NETWORKS = []
    refresh_due(NOW)
    calendar.refresh_from_db()
    assert (calendar.error, hospital.asked) == ("private", [])

"""Files as others write them, and worse: each is read as far as it goes, and always ends."""

import time
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from maia.calendars import refreshing
from maia.calendars.reading import MOST_BYTES, MOST_KEPT, Unreadable, read_calendar
from maia.calendars.refreshing import read_in_child
from maia.calendars.zones import zone_named
from maia.outside.child import ChildKilled, ask_child
from tests.calendars.fixtures import SHIFT, ics
from tests.conftest import NOW

pytestmark = pytest.mark.once  # no database is asked
FILES = Path(__file__).parent / "files"
PARIS = ZoneInfo("Europe/Paris")
OPENS, CLOSES = NOW - timedelta(days=1), NOW + timedelta(days=731)

EXPECTED = {
    "exchange": (["03 09:00-03 10:00", "04 09:00-04 10:00", "05 09:00-05 10:00"], []),
    "outlook_customized": (["03 09:00-03 10:00", "04 09:00-04 10:00"], ["2026-12-04"]),
    "google": (["01 14:00-01 15:00", "15 16:00-15 17:00"], []),
    "apple": (
        ["03 09:00-03 10:30", "04 09:00-04 10:00", "05 09:00-05 10:00", "07 00:00-09 00:00"],
        [],
    ),
    "medical_agenda": (
        ["03 09:00-03 09:30", "05 00:00-07 00:00", "08 14:00-08 15:30", "15 15:00-15 16:00",
         "29 15:00-29 16:00"],
        [],
    ),
    "free_busy": (
        ["01 09:00-01 11:00", "02 09:00-02 10:00", "03 09:00-03 10:00",
         f"04 09:00-{CLOSES.astimezone(PARIS):%d %H:%M}"],
        [],
    ),
    "state_holidays": (["25 00:00-26 00:00"], []),
    "hospital_nights": (
        ["03 09:00-03 09:10", "03 10:00-03 10:10", "03 11:00-03 11:10", "05 20:00-06 08:00",
         "10 20:00-11 08:00", "19 20:00-20 08:00"],
        [],
    ),
    "odd": (
        ["30 19:00-30 19:30", "01 19:00-01 19:30", "02 19:00-02 19:30", "03 09:00-03 10:00",
         "05 09:00-05 10:00"],
        ["2026-12-03", "2026-12-04"],
    ),
}  # fmt: skip


def read(content, zone=PARIS):
    return read_calendar(content, zone, OPENS, CLOSES, ours="@maia")


def shown(reading):
    return [
        f"{start.astimezone(PARIS):%d %H:%M}-{end.astimezone(PARIS):%d %H:%M}"
        for start, end in reading.times
    ]


def variants(content):
    lines = content.splitlines()
    folded = b"\r\n".join(
        line[:7] + b"\r\n " + line[7:] if len(line) > 7 else line for line in lines
    )
    return {
        "as it is": content,
        "CRLF": b"\r\n".join(lines),
        "CR": b"\r".join(lines),
        "BOM": b"\xef\xbb\xbf" + content,
        "UTF-16": content.decode().encode("utf-16"),
        "of Windows": content.decode().encode("cp1252"),
        "folded": folded,
        "lower case": content.replace(b"BEGIN:VEVENT", b"begin:vevent").replace(
            b"DTSTART", b"dtstart"
        ),
    }


@pytest.mark.parametrize("name", EXPECTED)
def test_each_file_is_read_however_it_is_written_down(name):
    times, unread = EXPECTED[name]
    for how, content in variants((FILES / f"{name}.ics").read_bytes()).items():
        reading = read(content)
        assert shown(reading) == times, how
        assert [day.isoformat() for day in reading.unread_dates] == unread, how
        assert not reading.is_cut


def test_every_file_of_the_folder_has_what_is_expected():
    assert {path.stem for path in FILES.glob("*.ics")} == set(EXPECTED)


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Europe/Paris", "Europe/Paris"), ("europe/paris", "Europe/Paris"),
        ('"Europe/Paris"', "Europe/Paris"), ("Romance Standard Time", "Europe/Paris"),
        ("W. Europe Standard Time 1", "Europe/Berlin"), ("Romance", "Europe/Paris"),
        ("/mozilla.org/20050126_1/America/Argentina/Buenos_Aires", "America/Argentina/Buenos_Aires"),
        ("(UTC-05:00) Eastern Time (US & Canada)", "America/New_York"),
        ("(GMT+01:00) Amsterdam\\, Berlin\\, Berne\\, Rome", "Europe/Amsterdam"),
        ("(UTC) Coordinated Universal Time", "UTC"), ("tzone://Microsoft/Utc", "UTC"),
        ("Indian/Reunion", "Indian/Reunion"), ("UTC+01:00", "UTC+01:00"), ("GMT-0330", "UTC-03:30"),
        ("Eastern Time", None), ("tzone://Microsoft/Custom", None), ("Paris", None), ("", None),
        ("../../etc/passwd", None), ("x" * 100_000, None), ("UTC+99:00", None),
    ],
)  # fmt: skip
def test_the_names_of_zones(name, zone):
    found = zone_named(name)
    assert (None if found is None else str(found)) == zone


def test_one_file_moves_nobody_elses_hours():
    exchange = (FILES / "exchange.ics").read_bytes()
    read(exchange.replace(b"Romance Standard Time", b"Europe/London"))
    assert shown(read(exchange))[0] == "03 09:00-03 10:00"


def test_wall_clock_times_stay_over_a_change_of_the_clocks():
    night = ["DTSTART;TZID=Europe/Paris:20270320T220000", "DTEND;TZID=Europe/Paris:20270321T060000",
             "RRULE:FREQ=WEEKLY;COUNT=2"]  # fmt: skip
    assert shown(read(ics(night))) == ["20 22:00-21 06:00", "27 22:00-28 06:00"]


WEEKS = ["UID:w", "DTSTART;TZID=Europe/Paris:20261202T090000", "DURATION:PT1H",
         "RRULE:FREQ=WEEKLY;COUNT=4"]  # the 2nd, 9th, 16th, 23rd  # fmt: skip


def from_then_on(day, *lines, at="T090000", range="THISANDFUTURE"):
    """Its instance of ``day``, and all after it."""
    where = f"RECURRENCE-ID;RANGE={range};TZID=Europe/Paris:202612{day}{at}"
    return ["UID:w", where, *lines]


MOVED_ON = ["DTSTART;TZID=Europe/Paris:20261210T140000", "DTEND;TZID=Europe/Paris:20261210T143000"]


@pytest.mark.parametrize(
    ("events", "times"),
    [
        # From the second on, a day later, at another hour and for half as long.
        ([WEEKS, from_then_on("09", *MOVED_ON)],
         ["02 09:00-02 10:00", "10 14:00-10 14:30", "17 14:00-17 14:30", "24 14:00-24 14:30"]),
        # Whichever stands first in the file; and moved again.
        ([from_then_on("23", "DTSTART:20261223T080000Z", "DURATION:PT2H"),
          from_then_on("09", *MOVED_ON), WEEKS],
         ["02 09:00-02 10:00", "10 14:00-10 14:30", "17 14:00-17 14:30", "23 09:00-23 11:00"]),
        # One of them apart, and one taken out.
        ([[*WEEKS, "EXDATE;TZID=Europe/Paris:20261223T090000"], from_then_on("09", *MOVED_ON),
          ["UID:w", "RECURRENCE-ID;TZID=Europe/Paris:20261216T090000",
           "DTSTART:20261218T070000Z", "DURATION:PT1H"]],
         ["02 09:00-02 10:00", "10 14:00-10 14:30", "18 08:00-18 09:00"]),
        # It ends, or takes no time any more.
        ([WEEKS, from_then_on("16", "STATUS:CANCELLED")], ["02 09:00-02 10:00", "09 09:00-09 10:00"]),
        ([WEEKS, from_then_on("16", "TRANSP:TRANSPARENT", "DTSTART:20261216T080000Z")],
         ["02 09:00-02 10:00", "09 09:00-09 10:00"]),
        # Moved to before: what began long ago stands in the window now.
        ([["UID:w", "DTSTART;TZID=Europe/Paris:20270104T090000", "DURATION:PT1H",
           "RRULE:FREQ=WEEKLY;COUNT=2"],
          ["UID:w", "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20270104T090000",
           "DTSTART;TZID=Europe/Paris:20261204T090000", "DURATION:PT1H"]],
         ["04 09:00-04 10:00", "11 09:00-11 10:00"]),
        # Whole days.
        ([["UID:d", "DTSTART;VALUE=DATE:20261202", "RRULE:FREQ=WEEKLY;COUNT=3"],
          ["UID:d", "RECURRENCE-ID;VALUE=DATE;RANGE=THISANDFUTURE:20261209",
           "DTSTART;VALUE=DATE:20261211", "DTEND;VALUE=DATE:20261213"]],
         ["02 00:00-03 00:00", "11 00:00-13 00:00", "18 00:00-20 00:00"]),
    ],
)  # fmt: skip
def test_a_series_goes_on_as_it_was_changed(events, times):
    reading = read(ics(*events))
    assert shown(reading) == times
    assert reading.unread == 0


def test_over_a_change_of_the_clocks_too():
    weeks = ["UID:w", "DTSTART;TZID=Europe/Paris:20270317T090000", "DURATION:PT1H",
             "RRULE:FREQ=WEEKLY;COUNT=3"]  # fmt: skip
    later = [
        "UID:w",
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Paris:20270324T090000",
        "DTSTART;TZID=Europe/Paris:20270324T100000",
        "DTEND;TZID=Europe/Paris:20270324T120000",
    ]
    assert shown(read(ics(weeks, later)))[1:] == ["24 10:00-24 12:00", "31 10:00-31 12:00"]


@pytest.mark.parametrize(
    "change",
    [
        from_then_on("09", *MOVED_ON, "RRULE:FREQ=DAILY;COUNT=2"),
        from_then_on("09", *MOVED_ON, range="THISANDPRIOR"),
        from_then_on("09", MOVED_ON[0].replace("Europe/Paris", "Somewhere"), "DURATION:PT30M"),
    ],
    ids=["repeats itself", "backwards", "zone not known"],
)
def test_what_is_not_clear_closes_both_and_is_said(change):
    reading = read(ics(WEEKS, change))
    assert shown(reading) == [
        "02 09:00-02 10:00", "09 09:00-09 10:00", "10 14:00-10 14:30", "16 09:00-16 10:00",
        "23 09:00-23 10:00",
    ]  # fmt: skip
    assert reading.unread == 1


def test_years_behind_do_not_count():
    old = ["DTSTART:20200101T080000Z", "DTEND:20200101T090000Z"]
    assert shown(read(ics(*[old] * 5001, SHIFT))) == ["03 09:00-03 12:00"]
    assert read(ics(*[old] * 5001, SHIFT)).unread == 0


FOR_EVER = f"{OPENS.astimezone(PARIS):%d %H:%M}-{CLOSES.astimezone(PARIS):%d %H:%M}"


@pytest.mark.parametrize(
    ("event", "times", "unread"),
    [
        # Who went away years ago and is not back.
        (["DTSTART;VALUE=DATE:20240101", "DTEND;VALUE=DATE:99991231"], [FOR_EVER], 0),
        (["DTSTART;VALUE=DATE:20240101", "DTEND;VALUE=DATE:23010101"], [FOR_EVER], 0),
        (["DTSTART:00010101T000000Z", "DTEND:99991231T235959Z"], [FOR_EVER], 0),
        (["DTSTART:20240101T080000Z", "DURATION:P9000D"], [FOR_EVER], 0),
        (["DTSTART;VALUE=DATE:20240101", "DTEND:soon"], [], 1),
        (["DTSTART;VALUE=DATE:20240101", "DURATION:P5Y"], [], 1),
        (["DTSTART;VALUE=DATE:20240101", "DTEND:20"], [], 1),
        # ISO 8601.
        (["DTSTART:2026-12-01T09:00:00", "DTEND:2026-12-01T10:00:00"], ["01 09:00-01 10:00"], 0),
        (
            ["DTSTART;TZID=Europe/Lisbon:2026-12-01T09:00", "DTEND;TZID=Europe/Lisbon:2026-12-01T10:00"],
            ["01 10:00-01 11:00"], 0,
        ),
        (["DTSTART:2026-12-01 09:00:00.000Z", "DURATION:PT1H"], ["01 10:00-01 11:00"], 0),
        (["DTSTART:20261201T090000+0300", "DURATION:PT1H"], ["01 07:00-01 08:00"], 0),
        (["DTSTART;TZID=GMT+01:00:20261201T090000", "DURATION:PT1H"], ["01 09:00-01 10:00"], 0),
        (
            ["DTSTART:2026-12-01T09:00:00", "DURATION:PT1H",
             "RRULE:FREQ=DAILY;UNTIL=2026-12-03T09:00:00", "EXDATE:2026-12-02T09:00:00"],
            ["01 09:00-01 10:00", "03 09:00-03 10:00"], 0,
        ),
        # Nobody knows when that is: said, never *years behind*.
        (["DTSTART:01/12/2026 09:00", "DTEND:01/12/2026 10:00"], [], 1),
        (["DTSTART:12", "DTEND:13"], [], 1),
        (["DTSTART:12012026T0900", "DTEND:12012026T1000"], [], 1),
        (["DTSTART:01122026", "DTEND:02122026"], [], 1),
        # Dates that a rule takes out.
        (
            ["DTSTART:20261201T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4",
             "EXRULE:FREQ=DAILY;INTERVAL=2;COUNT=2"],
            ["02 09:00-02 10:00", "04 09:00-04 10:00"], 0,
        ),
        (
            ["DTSTART:20261201T080000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2",
             "EXRULE:FREQ=NEVER"],
            ["01 09:00-01 10:00", "02 09:00-02 10:00"], 1,
        ),
    ],
)  # fmt: skip
def test_busy_time_is_closed_or_said_never_dropped(event, times, unread):
    reading = read(ics(event))
    assert (shown(reading), reading.unread) == (times, unread)


@pytest.mark.parametrize("periods", ["soon/PT1H", "20261203T080000Z", "20261203T080000Z/P1Y"])
def test_so_is_free_and_busy_time(periods):
    line = f"FREEBUSY:20261201T080000Z/PT1H,{periods}"
    content = "\n".join(
        ["BEGIN:VCALENDAR", "BEGIN:VFREEBUSY", line, "END:VFREEBUSY", "END:VCALENDAR"]
    )
    reading = read(content.encode())
    assert (shown(reading), reading.unread) == (["01 09:00-01 10:00"], 1)


def test_a_cut_file_says_so():
    content = ics(SHIFT, SHIFT)
    reading = read(content[: content.rindex(b"DTSTAMP")])
    assert (reading.is_cut, shown(reading)) == (True, ["03 09:00-03 12:00"])


@pytest.mark.parametrize(
    "event",
    [
        ["DTSTART:19700101T080000Z", "DTEND:19700101T090000Z", "RRULE:FREQ=DAILY"],
        ["DTSTART:19700101T080000Z", "DTEND:19700101T080001Z", "RRULE:FREQ=SECONDLY"],
        ["DTSTART:19700101T080000Z", "DTEND:19700101T080001Z", "RRULE:FREQ=DAILY;COUNT=999999"],
        ["DTSTART:20261203T080000Z", "RDATE:" + ",".join(["20261204T080000Z"] * 3000)],
    ],
    ids=["daily", "secondly", "count", "rdate"],
)
def test_bombs_end_in_a_child_whatever_they_hold(event, monkeypatch):
    monkeypatch.setattr(refreshing, "READING_SECONDS", 1.5)  # it has to end, not to last
    reading = read_in_child(ics(*[event] * 300, SHIFT), PARIS, OPENS, CLOSES)
    assert any(start <= NOW + timedelta(days=1, hours=23) < end for start, end in reading.times)


def test_a_child_that_does_not_end_is_ended(tmp_path):
    started = time.monotonic()
    for module, memory in (("http.server", 10**9), ("maia.calendars.child", 10**6)):
        with pytest.raises(ChildKilled):
            ask_child(module, b"x" * 10**6, seconds=1, memory=memory, most_bytes=100)
    assert time.monotonic() - started < 60


def test_more_than_the_memory_of_the_child(monkeypatch):
    lines = b"BEGIN:VCALENDAR\r\n" + b"aa\r\n" * (MOST_BYTES // 4)
    assert read_in_child(lines, PARIS, OPENS, CLOSES).is_cut  # the most lines that are fetched
    monkeypatch.setattr(refreshing, "CHILD_MEMORY", 200_000_000)
    with pytest.raises(ChildKilled):
        read_in_child(lines, PARIS, OPENS, CLOSES)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_no_file_is_an_exception_to_who_reads_it(data):
    lines = (
        (FILES / f"{data.draw(st.sampled_from(sorted(EXPECTED)))}.ics").read_bytes().splitlines()
    )
    for _ in range(data.draw(st.integers(1, 6))):
        place = data.draw(st.integers(0, len(lines) - 1))
        line = lines[place]
        match data.draw(st.integers(0, 5)):
            case 0:
                lines.pop(place) if len(lines) > 1 else None
            case 1:
                lines.insert(place, lines[data.draw(st.integers(0, len(lines) - 1))])
            case 2:
                lines[place] = line[: data.draw(st.integers(0, len(line)))]
            case 3:
                at = data.draw(st.integers(0, len(line)))
                lines[place] = line[:at] + data.draw(st.binary(max_size=8)) + line[at:]
            case 4:
                words = b'0 9 -1 99999999 , ; : = T Z P / " FREQ=SECONDLY BYDAY= \xff'.split(b" ")
                lines[place] = line.partition(b":")[0] + b":" + data.draw(st.sampled_from(words))
            case _:
                swap = line.replace(
                    b"2026", data.draw(st.sampled_from([b"0001", b"9999", b"0000"]))
                )
                lines[place] = swap
    with suppress(Unreadable):
        reading = read(b"\r\n".join(lines))
        assert len(reading.times) <= MOST_KEPT
        assert all(OPENS <= start < end <= CLOSES for start, end in reading.times)

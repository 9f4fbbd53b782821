"""The hospital's calendar, on a real server, for any test."""

import pytest

from tests.outside.servers import site

SHIFT = ["DTSTART:20261203T080000Z", "DTEND:20261203T110000Z", "SUMMARY:Garde secrète"]


def ics(*events):
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:x"]
    for number, event in enumerate(events):
        uid = [] if any(line.startswith("UID:") for line in event) else [f"UID:{number}"]
        lines += ["BEGIN:VEVENT", *uid, "DTSTAMP:20261101T000000Z", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


@pytest.fixture
def hospital(settings):
    settings.ALLOWED_NETWORKS = ["127.0.0.0/8"]
    with site() as server:
        server.answers["/a.ics"] = (200, {"ETag": '"1"'}, ics(SHIFT))
        yield server

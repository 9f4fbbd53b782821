"""What anybody may ask for costs little, however full the agenda is: every address there is."""

import re
import statistics
import time
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import caches
from django.test import Client
from django.urls import URLPattern, get_resolver
from django.urls.converters import get_converters
from PIL import Image

from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.calendars.adding import make_feed
from maia.calendars.models import Feed
from maia.invitations.inviting import invite_patient
from maia.practices.models import Membership, Picture
from maia.practices.pictures import draw
from tests.appointments.test_years_of_history import years  # noqa: F401
from tests.conftest import NOW, THURSDAY, at, make_patient, make_type

pytestmark = pytest.mark.alone
MOST = 0.100  # seconds of this thread's processor
TRIES = 5


@pytest.fixture(autouse=True)
def unlimited(settings):
    """Here it is not how often, but how much."""
    settings.READS_A_MINUTE = settings.WRITES_A_MINUTE = 0


@pytest.fixture(autouse=True)
def frozen():
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def known(years, practice, anne, follow_up, julie):  # noqa: F811
    """A value of each name that an address may have, in a full practice."""
    Membership.objects.create(practice=practice, user=anne.user, role="owner")
    for number in range(30):
        make_type(practice, f"Type {number}", description="**Apportez** votre carte.\n\n" * 20)
    picture = BytesIO()
    Image.effect_noise((800, 800), 64).convert("RGB").save(picture, "PNG")
    picture.seek(0)
    feed = make_feed(anne.user, anne, Feed.Titles.FULL)
    mine = book_appointment(
        follow_up, anne, at(THURSDAY, "09:30"), julie, by=By.practice(anne.user), now=NOW
    )
    guest = make_patient(practice, "Zoé", email="zoe@patiente.example")
    invitation = invite_patient(guest, by=anne.user, now=NOW)
    return {
        "slug": practice.slug, "type_id": follow_up.pk, "type": follow_up.pk, "practitioner_id": anne.pk,
        "start": at(THURSDAY, "10:00"), "uid": mine.uid, "colour": "aabbcc", "pk": 1, "id": uuid4(),
        "key": uuid4(), "action": "x", "provider": "x", "secret": "x", "object_id": "1",
        "content_type_id": "1", "app_label": "auth", "url": "x", "uidb36": "1", "digest": "x" * 64,
        "token": mine.link_token, "step": practice.pathway.create(type=follow_up, first=9, last=12).pk,
        # What has another value at another address.
        "feed": {"uid": feed.uid, "secret": feed.secret},
        "invitation": {"token": invitation.token},
        "picture": {"digest": _picture(practice, picture).digest},
    }  # fmt: skip


def _picture(practice, file):
    drawing = draw(file, len(file.getvalue()), (400, 400), fill=False)
    return Picture.objects.put(practice, drawing)


def patterns(resolver, before=""):
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield pattern, before + str(pattern.pattern)
        else:
            yield from patterns(pattern, before + str(pattern.pattern))


def addresses(known):
    """Each that the site has, of whatever kind: a new one is asked for from its first day."""
    for pattern, route in patterns(get_resolver()):
        values = known | known.get(pattern.name, {})
        for written, kind, name in re.findall(r"(<(?:(\w+):)?(\w+)>)", route):
            assert name in values, f"{route}: what is a {name}?"
            as_written = get_converters()[kind or "str"].to_url(values[name])
            route = route.replace(written, str(as_written))
        if not re.search(r"[(^$]", route.removeprefix("^")):
            yield "/" + route.replace("^", "")


def more(known):
    """The same at their dearest: the longest spans, texts and headers."""
    slug, type_id = known["slug"], known["type_id"]
    last = THURSDAY + timedelta(days=89)
    yield f"/api/v1/practices/{slug}/slots?type={type_id}&from={THURSDAY}&to={last}"
    yield f"/{slug}/book/{type_id}/?from={last}"
    yield f"/{slug}/book/{type_id}/?practitioner=" + "9" * 4000
    yield f"/{slug}/?q=" + "é" * 2000
    yield "/" + "x/" * 3000
    yield "/accounts/login/?next=/" + "x" * 4000


def test_no_address_costs_more_than_a_tenth_of_a_second(known, caplog):
    caplog.set_level("ERROR", "maia.requests")
    client = Client(headers={"accept-language": "fr"})
    caches["short"].clear()
    asked = [*addresses(known), *more(known)]
    assert len(asked) > 100
    cost, answered = {}, {}
    for path in dict.fromkeys(asked):
        answered[path] = client.get(path).status_code  # it is warm: what is kept is there
        taken = []
        for _ in range(TRIES):
            began = time.thread_time()
            client.get(path)
            taken.append(time.thread_time() - began)
        cost[path] = statistics.median(taken)
    for path in sorted(cost, key=cost.__getitem__)[-12:]:
        print(f"{cost[path] * 1000:6.1f} ms  {answered[path]}  {path[:100]}")
    assert {path: s for path, s in cost.items() if s > MOST} == {}
    assert [path for path, status in answered.items() if status >= 500] == []
    public = [path for path, status in answered.items() if status == 200]
    for part in (
        "/api/v1/openapi.json",
        ".ics",
        f"/{known['slug']}/",
        "slots?",
        "/media/",
        "/healthz",
    ):
        assert any(part in path for path in public), f"{part} is not answered: {answered}"

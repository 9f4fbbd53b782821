"""A patient makes and revokes the address of her appointments."""

from django.test import Client

from maia.calendars.models import Feed
from tests.security.conftest import BACKEND

PAGE = "/mon-compte/agenda/"


def test_she_makes_it_reads_it_and_revokes_it(julie):
    client = Client()
    client.force_login(julie.user, BACKEND)
    assert "/feeds/" not in client.get(PAGE).content.decode()
    client.post(PAGE)
    client.post(PAGE)
    feed = Feed.objects.get()
    assert feed.secret in client.get(PAGE).content.decode()
    assert (
        f'href="webcal://{feed.address.partition("://")[2]}"' in client.get(PAGE).content.decode()
    )
    client.post(PAGE, {"revoke": "1"})
    assert not Feed.objects.exists()


def test_it_is_in_her_account(julie):
    client = Client()
    client.force_login(julie.user, BACKEND)
    assert PAGE in client.get("/mon-compte/").content.decode()

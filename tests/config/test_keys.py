"""The secret key is changed, and nobody notices; or it was stolen, and everything ends."""

import runpy
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.test import override_settings

import maia
from maia.accounts.codes import address_of_link, make_link_token
from maia.calendars.models import Feed
from maia.config import checks
from maia.practices.models import Membership
from maia.webhooks.models import Webhook
from tests.conftest import signed_in

OLD = "old-" + "0123456789abcdefghij" * 4
NEW = "new-" + "ABCDEFGHIJ0123456789" * 4
CHANGED = {"SECRET_KEY": NEW, "SECRET_KEY_FALLBACKS": [OLD], "DERIVING_KEY": OLD}


@pytest.fixture
def before(practice, anne, client):
    """What hangs from the key, with the one of before."""
    seat = Membership.objects.create(practice=practice, user=anne.user, role="owner")
    feed = Feed.objects.create(user=anne.user, practitioner=anne, membership=seat)
    webhook = Webhook.objects.create(practice=practice, url="https://x.example/hook")
    with override_settings(SECRET_KEY=OLD, DERIVING_KEY=OLD):
        signed_in(client, anne.user)
        client.get("/pro/")
        return {
            "feed": urlsplit(feed.address).path,
            "webhook": webhook,
            "secret": webhook.secret,
            "link": make_link_token("anne@tilleuls.example"),
        }


def test_sessions_calendars_and_webhooks_go_on(before, client):
    with override_settings(**CHANGED):
        assert client.get("/pro/").status_code == 200
        assert client.get(before["feed"]).status_code == 200
        assert before["webhook"].secret == before["secret"]
        assert address_of_link(before["link"]) == "anne@tilleuls.example"
    # And once the old one is taken away, what has been signed anew.
    with override_settings(**CHANGED | {"SECRET_KEY_FALLBACKS": []}):
        assert client.get("/pro/").status_code == 200
        assert client.get(before["feed"]).status_code == 200


def test_a_stolen_key_opens_nothing_any_more(before, client):
    with override_settings(SECRET_KEY=NEW, SECRET_KEY_FALLBACKS=[], DERIVING_KEY=NEW):
        assert client.get("/pro/").status_code == 302
        assert client.get(before["feed"]).status_code == 404
        assert before["webhook"].secret != before["secret"]
        assert address_of_link(before["link"]) is None


@pytest.mark.once
def test_as_long_as_nothing_is_set_nothing_changes(tmp_path, monkeypatch):
    file = str(Path(maia.__file__).parent / "config/settings.py")
    monkeypatch.setenv("MAIA_DATA_DIR", str(tmp_path))
    monkeypatch.delenv("MAIA_SECRET_KEY", raising=False)
    read = runpy.run_path(file)
    assert read["DERIVING_KEY"] == read["SECRET_KEY"]
    assert read["SECRET_KEY_FALLBACKS"] == []
    monkeypatch.setenv("MAIA_SECRET_KEY_FALLBACKS", f"{OLD} other")
    monkeypatch.setenv("MAIA_DERIVING_KEY", OLD)
    changed = runpy.run_path(file)
    assert changed["SECRET_KEY_FALLBACKS"] == [OLD, "other"]
    assert changed["DERIVING_KEY"] == OLD


@pytest.mark.once
def test_a_short_one_is_refused(settings):
    settings.SECRET_KEY, settings.DERIVING_KEY = NEW, "short"
    assert "MAIA_DERIVING_KEY is short" in str([one.msg for one in checks.production(None)])

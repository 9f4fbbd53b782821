"""What a page says once after a form: in a cookie, under the name that all cookies have here. What names
a patient waits where what she typed does: in the cache, for an hour at most, and ends with signing out."""

from typing import Any

from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.fallback import FallbackStorage
from django.contrib.messages.storage.session import SessionStorage

from maia.accounts import short_memory

SAID = "named_notes"  # in the session: where they wait


class _InACookie(CookieStorage):
    cookie_name = f"{settings.COOKIE_PREFIX}messages"

    def _get(self, *args: Any, **how: Any) -> tuple[Any, bool]:
        messages, _all = super()._get(*args, **how)  # type: ignore[misc]
        return messages or [], False  # the named ones are elsewhere

    def _store(self, messages: list[Any], response: Any, *args: Any, **how: Any) -> list[Any]:
        """What it gives back goes to the next storage."""
        named = [one for one in messages if one.extra_tags == short_memory.NAMED]
        others = [one for one in messages if one.extra_tags != short_memory.NAMED]
        return [*super()._store(others, response, *args, **how), *named]  # type: ignore[misc]


class _ForAnHour(SessionStorage):
    def _get(self, *args: Any, **how: Any) -> tuple[Any, bool]:
        kept = short_memory.recall(self.request.session, SAID)
        return self.deserialize_messages(kept) if kept else [], True

    def _store(self, messages: list[Any], response: Any, *args: Any, **how: Any) -> list[Any]:
        short_memory.take(self.request.session, SAID)
        if messages:
            short_memory.keep(self.request.session, SAID, self.serialize_messages(messages))
        return []


class Storage(FallbackStorage):
    storage_classes = (_InACookie, _ForAnHour)

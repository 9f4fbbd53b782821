"""A slot's start in a URL: `20261203T0830Z`, always UTC."""

from datetime import UTC, datetime

from django.urls import register_converter

from maia.availability.bounds import is_in_bounds
from maia.schedules.models import TypeKey

_FORMAT = "%Y%m%dT%H%MZ"


class TypeConverter:
    """A type of appointments: its number, and the token of one that is by private link only."""

    regex = r"[0-9]{1,18}(?:-[A-Za-z0-9_-]{1,64})?"

    def to_python(self, value: str) -> TypeKey:
        number, _dash, token = value.partition("-")
        return TypeKey(int(number), token)

    def to_url(self, value: TypeKey | int) -> str:
        return str(value)


class InstantConverter:
    regex = r"[0-9]{8}T[0-9]{4}Z"

    def to_python(self, value: str) -> datetime:
        start = datetime.strptime(value, _FORMAT).replace(tzinfo=UTC)  # ValueError: not found
        if not is_in_bounds(start):
            raise ValueError
        return start

    def to_url(self, value: datetime) -> str:
        return value.astimezone(UTC).strftime(_FORMAT)


register_converter(TypeConverter, "type")
register_converter(InstantConverter, "instant")

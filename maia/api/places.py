"""A place as JSON, and an address as a script writes it."""

from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from maia.api.fields import Body
from maia.appointments.places import Whereabouts
from maia.patients.addresses import LENGTHS, Address

Kind = Literal["site", "home", "phone", "video"]


class PlaceOut(Schema):
    kind: Kind
    site: int | None = Field(description="Its key, of a practice that has several.")
    words: str = Field(examples=["At your home"], description="In the language asked for.")
    address: str = Field(examples=["12 rue des Lilas, 44000 Nantes"])
    directions: str = Field(description="How to come, or how to get in.")
    link: str = Field(description="Of the video room, once the appointment is confirmed.")
    phone: str = Field(description="Where the midwife calls.")


class AddressIn(Body):
    street: str = Field(min_length=1, max_length=LENGTHS["street"], examples=["5 rue du Port"])
    postcode: str = Field(min_length=1, max_length=LENGTHS["postcode"], examples=["44000"])
    city: str = Field(min_length=1, max_length=LENGTHS["city"], examples=["Nantes"])
    access: str = Field("", max_length=LENGTHS["access"], examples=["2e étage, code 4071"])

    def read(self) -> Address:
        return Address.typed(**self.dict())


def place_in_json(place: Whereabouts) -> dict[str, Any]:
    return {
        "kind": place.kind.value,
        "site": place.site,
        "words": place.words,
        "address": ", ".join(place.lines),
        "directions": place.directions,
        "link": place.link,
        "phone": place.phone,
    }

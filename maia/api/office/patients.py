"""Patients' records."""

from dataclasses import asdict
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Router, Schema
from pydantic import Field

from maia.api.auth import OfficeToken, refuse_notes, seat, written_down
from maia.api.fields import Body, Bool, Id, Key, LocalDate
from maia.api.once import Made, once
from maia.api.paging import Pages, page
from maia.api.problems import Refused, errors
from maia.api.stages import read_stage
from maia.invitations.inviting import InvitationRefused, invite_patient
from maia.patients.addresses import LENGTHS, Address, one_line_of
from maia.patients.models import Patient
from maia.patients.phones import LONGEST_TYPED, NotAPhoneNumber, SeveralNumbers, typed_phone
from maia.patients.stages import Stage
from maia.patients.text import clean_line, clean_text
from maia.practices.seats import Seat
from maia.privacy.erasing import CannotErase, erase_patient
from maia.privacy.journal import Act
from maia.privacy.reading import find_sharing, notes_of, open_record, take_out_records

MAY_BE_NULL = ("birth_date", "own_practitioner", *Stage._fields)
router = Router(tags=["office"], auth=OfficeToken())


class PatientIn(Body):
    first_name: str = Field(min_length=1, max_length=80, examples=["Léa"])
    last_name: str = Field(min_length=1, max_length=80, examples=["Martin"])
    email: str = Field("", max_length=254, examples=["lea@patiente.example"])
    mobile: str = Field("", max_length=LONGEST_TYPED, examples=["06 39 98 00 01"])
    birth_name: str = Field("", max_length=80)
    phone: str = Field("", max_length=LONGEST_TYPED, examples=["02 61 91 45 12"])
    contact_name: str = Field("", max_length=120)
    contact_phone: str = Field("", max_length=LONGEST_TYPED)
    external_id: str = Field("", max_length=120)
    birth_date: LocalDate | None = None
    due_date: LocalDate | None = None
    child_birth_date: LocalDate | None = None
    own_practitioner: Key | None = Field(None, description="Her own midwife: an id, or null.")
    street: str = Field("", max_length=LENGTHS["street"])
    postcode: str = Field("", max_length=LENGTHS["postcode"])
    city: str = Field("", max_length=LENGTHS["city"])
    access: str = Field("", max_length=LENGTHS["access"], description="How to get in.")
    notes: str = Field("", max_length=10_000)
    online_booking_barred: Bool = False


class NewPatientIn(PatientIn):
    confirm: Bool = Field(False, description="Another record may have this address too.")


class PatientPatch(Body):
    """What is left out stays as it is."""

    confirm: Bool = Field(False, description="Another record may have this address too.")

    first_name: str | None = Field(None, min_length=1, max_length=80)
    last_name: str | None = Field(None, min_length=1, max_length=80)
    email: str | None = Field(None, max_length=254)
    mobile: str | None = Field(None, max_length=LONGEST_TYPED)
    birth_name: str | None = Field(None, max_length=80)
    phone: str | None = Field(None, max_length=LONGEST_TYPED)
    contact_name: str | None = Field(None, max_length=120)
    contact_phone: str | None = Field(None, max_length=LONGEST_TYPED)
    external_id: str | None = Field(None, max_length=120)
    birth_date: LocalDate | None = None
    due_date: LocalDate | None = None
    child_birth_date: LocalDate | None = None
    own_practitioner: Key | None = None
    street: str | None = Field(None, max_length=LENGTHS["street"])
    postcode: str | None = Field(None, max_length=LENGTHS["postcode"])
    city: str | None = Field(None, max_length=LENGTHS["city"])
    access: str | None = Field(None, max_length=LENGTHS["access"])
    notes: str | None = Field(None, max_length=10_000)
    online_booking_barred: Bool | None = None


class PatientOut(PatientIn):
    id: int
    has_account: bool
    notes: str | None = Field(description="null: for practitioners only, in this practice.")  # type: ignore[assignment]
    mobile: str = Field(examples=["+33639980001"])


class PatientsOut(Schema):
    items: list[PatientOut]
    next: str | None


class InvitedOut(Schema):
    expires_at: str = Field(examples=["2026-12-17T10:00:00+01:00"])


def shown(record: Patient, seat: Seat) -> dict[str, Any]:
    return {
        "id": record.pk,
        "first_name": record.first_name,
        "last_name": record.last_name,
        "email": record.email,
        "mobile": str(record.mobile),
        "birth_name": record.birth_name,
        "phone": str(record.phone),
        "contact_name": record.contact_name,
        "contact_phone": str(record.contact_phone),
        "external_id": record.external_id,
        "birth_date": record.birth_date,
        "due_date": record.due_date,
        "child_birth_date": record.child_birth_date,
        "own_practitioner": record.own_practitioner_id,
        **asdict(Address.of(record)),
        "notes": notes_of(seat, record),
        "online_booking_barred": record.online_booking_barred,
        "has_account": record.user_id is not None,
    }


@router.get("", response={200: PatientsOut, **errors(401, 403, 422, 429)})
def list_patients(request: HttpRequest, paging: Pages) -> Any:
    reader = seat(request)
    records = take_out_records(reader, now=timezone.now(), goes_on=bool(paging.cursor))
    return page(records, paging, lambda record: shown(record, reader))


@router.post("", response={201: PatientOut, **errors(400, 401, 403, 409, 422, 429)})
def create_patient(request: HttpRequest, typed: NewPatientIn) -> HttpResponse:
    """An address that another record has as well is `409 address_shared`, until it comes again with
    `confirm`."""
    refuse_notes(request, typed.notes or None)

    def create() -> Made:
        record = _write(
            request,
            Patient(practice=seat(request).practice),
            typed.dict(exclude={"confirm"}),
            confirm=typed.confirm,
        )
        written_down(request, Act.CREATED, patient=record)
        return [str(record.pk)], shown(record, seat(request))

    return once(request, create, lambda names: read_patient(request, int(names[0])))


@router.get("/{id}", response={200: PatientOut, **errors(401, 403, 404, 422, 429)})
def read_patient(request: HttpRequest, id: Id) -> Any:
    record = _hers(request, id)
    open_record(seat(request), record, now=timezone.now())
    return shown(record, seat(request))


@router.patch("/{id}", response={200: PatientOut, **errors(400, 401, 403, 404, 409, 422, 429)})
def change_patient(request: HttpRequest, id: Id, typed: PatientPatch) -> Any:
    """A new address that another record has as well is `409 address_shared`, until it comes again
    with `confirm`."""
    changed = typed.dict(exclude_unset=True, exclude={"confirm"})
    refuse_notes(request, typed.notes)
    record = _write(request, _hers(request, id), changed, confirm=typed.confirm)
    open_record(seat(request), record, now=timezone.now())  # the answer says all of it
    if changed:
        written_down(request, Act.CHANGED, patient=record, detail=", ".join(changed))
    return shown(record, seat(request))


@router.delete("/{id}", response={204: None, **errors(401, 403, 404, 409, 422, 429)})
def erase(request: HttpRequest, id: Id) -> Any:
    """Erases the record for good; its past appointments stay without a name. The owner's."""
    if not seat(request).may_change_practice:
        raise PermissionDenied
    record = _hers(request, id)
    try:
        erase_patient(record, now=timezone.now())
    except CannotErase as refused:
        raise Refused(409, refused.code, "She has appointments to come.") from None
    written_down(request, Act.ERASED, patient=record)
    return 204, None


@router.post("/{id}/invite", response={200: InvitedOut, **errors(401, 403, 404, 409, 422, 429)})
def invite(request: HttpRequest, id: Id) -> Any:
    """Sends her the link to her record, or sends it again."""
    record = _hers(request, id)
    try:
        invitation = invite_patient(record, by=seat(request).user, now=timezone.now())
    except InvitationRefused as refused:
        raise Refused(409, refused.code, "This record cannot be invited.") from None
    written_down(request, Act.INVITED, patient=record)
    zone = seat(request).practice.zone
    return {"expires_at": invitation.expires_at.astimezone(zone).isoformat()}


def _ours(request: HttpRequest) -> Any:
    return seat(request).practice.patients.kept()


def _hers(request: HttpRequest, id: int) -> Patient:
    record: Patient = get_object_or_404(_ours(request), pk=id)
    return record


def _write(
    request: HttpRequest, record: Patient, typed: dict[str, Any], *, confirm: bool
) -> Patient:
    before = record.email
    read_stage(*(typed.get(name) for name in Stage._fields))
    for field, value in typed.items():
        if value is None and field not in MAY_BE_NULL:
            continue
        if field == "own_practitioner" and value is not None:
            value = get_object_or_404(seat(request).practice.practitioners, pk=value)
        if field in ("first_name", "last_name", "birth_name", "contact_name"):
            value = clean_line(value)
        elif field in ("notes", "external_id"):
            value = clean_text(value)
        elif field in LENGTHS:
            value = one_line_of(value)
        elif field in ("mobile", "phone", "contact_phone") and value:
            try:
                value = typed_phone(value, seat(request).practice.country)
            except SeveralNumbers:
                raise ValidationError({field: "these are two numbers: one a field"}) from None
            except NotAPhoneNumber:
                raise ValidationError({field: "this is not a phone number"}) from None
        setattr(record, field, value)
    record.full_clean(
        exclude={"practice", "user", "mobile", "phone", "contact_phone"}
    )  # `typed_phone` has judged it
    if record.email != before and not confirm:
        others = find_sharing(seat(request), record, record.email, 100, now=timezone.now())
        if others:
            words = "Another record has this address: send `confirm` to keep it on both."
            raise Refused(409, "address_shared", words, records=[other.pk for other in others])
    # Of one that is there, what was sent: two who change different fields both do.
    record.save(update_fields=set(typed) if record.pk else None)
    return record

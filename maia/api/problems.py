"""Every error of the API is `application/problem+json` (RFC 9457), made here and nowhere else."""

import json
import logging
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from ninja import NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as BadRequest
from pydantic import Field

from maia.accounts.limits import TooOften
from maia.appointments.exceptions import (
    BookingRefused,
    ImpossibleDate,
    InvalidRange,
    NotBookable,
    PatientBusy,
)

logger = logging.getLogger("maia.api")
TYPE = "application/problem+json"
# It restarts, does not answer, or is locked too long.
DATABASE_AWAY, RETRY_SECONDS = (OperationalError, InterfaceError), 5


class FieldError(Schema):
    field: str = Field(examples=["start"])
    message: str = Field(examples=["Field required"])


class Problem(Schema):
    """What went wrong. ``code`` is for programs, ``detail`` for people."""

    type: str = Field("about:blank", examples=["about:blank"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(examples=[409])
    detail: str = Field(examples=["This time has just been taken."])
    code: str = Field(examples=["slot_taken"])
    errors: list[FieldError] = []


def errors(*statuses: int) -> dict[int, Any]:
    """For an operation's `response=`: it answers these statuses with a problem."""
    return dict.fromkeys(statuses, Problem)


class Refused(Exception):
    """Answered as a problem: a status, a code, a sentence, and more fields of the problem."""

    def __init__(self, status: int, code: str, detail: str, **more: Any) -> None:
        super().__init__(code)
        self.status, self.code, self.detail, self.more = status, code, detail, more


_WORDS = {
    "slot_taken": "This time has just been taken.",
    "room_taken": "The room, or each that this type may take, is taken then.",
    "not_its_room": "This type does not take that room, or the room is archived.",
    "room_elsewhere": "This is a room of another site.",
    "patient_busy": "This patient has an appointment at that time.",
    "too_late": "It is too late to change this appointment online.",
    "request_expired": "This request has expired: nobody answered before its start.",
    "already_begun": "This time has begun: nothing waits for a yes there.",
    "not_begun": "This appointment has not begun: nobody knows yet who came.",
    "already_cancelled": "This appointment is cancelled.",
    "changed_meanwhile": "This appointment has changed meanwhile.",
    "takes_dates_away": "Other dates of this repetition would be no more.",
    "request_reused": "This Idempotency-Key has booked something else.",
    "impossible_date": "A year from 1900 to 2200.",
    "too_far_away": "Within ten years of today.",
    "invalid_range": "The dates are the wrong way round, or too far apart.",
}
_REASONS = {
    NotBookable.Reason.NOT_ONLINE: "This cannot be booked online.",
    NotBookable.Reason.NO_LONGER: "This type is archived, or this practitioner has left.",
    NotBookable.Reason.NOT_THIS_PRACTITIONER: "This practitioner does not offer this type.",
    NotBookable.Reason.SUSPENDED: "This practice is suspended: nothing can be booked.",
    NotBookable.Reason.BARRED: "This patient cannot book online with this practice.",
    NotBookable.Reason.KNOWN_PATIENTS_ONLY: "This type is for patients known to the practice.",
    NotBookable.Reason.NO_ADDRESS: "This happens at the patient's home: give her `address`.",
    NotBookable.Reason.TOO_MANY: "This patient has as many appointments to come as allowed.",
    NotBookable.Reason.ONE_TO_COME: "This patient has one of this type to come already.",
    NotBookable.Reason.DAYS_BETWEEN_TWO: "This patient has one of this type too few days away.",
    NotBookable.Reason.STAGE_UNKNOWN: "Say `due_date` or `child_birth_date`: this type has a window.",
    NotBookable.Reason.OUTSIDE_WINDOW: "This time is outside of the window of her pregnancy.",
    NotBookable.Reason.NOT_SERVED: "The practitioner makes no visits at that postcode.",
    NotBookable.Reason.NEW_PATIENTS_FULL: "No more new patients are taken for this in that week.",
    NotBookable.Reason.DAY_FULL: "As many of this type as are taken stand on that day.",
    NotBookable.Reason.WEEK_FULL: "As many of this type as are taken stand in that week.",
    NotBookable.Reason.TOO_SOON: "This time is past, or too close.",
    NotBookable.Reason.TOO_FAR: "This date is not open to booking yet.",
    NotBookable.Reason.NOT_OFFERED: "This time is not on offer.",
}


def answer(status: int, code: str, detail: str, **more: Any) -> HttpResponse:
    body = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **more,
    }
    response = HttpResponse(json.dumps(body), content_type=TYPE, status=status)
    if status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    return response


def too_many() -> HttpResponse:
    return answer(429, "too_many_requests", "Too many requests: wait a minute.")


_ARRIVED_BADLY = {
    408: ("too_slow", "The body did not arrive in time: send it again."),
    413: ("too_large", "The body is larger than is taken."),
    503: ("busy", "Too many large bodies at once: send it again in a moment."),
}


def not_arrived(status: int) -> HttpResponse:
    """A request whose body is not there: 408, 413 or 503."""
    return answer(status, *_ARRIVED_BADLY[status])


def refusal(error: BookingRefused, **more: Any) -> HttpResponse:
    if isinstance(error, InvalidRange):
        wrong = [{"field": "to", "message": _WORDS[error.code]}]
        return answer(422, "invalid", _WORDS[error.code], errors=wrong)
    if isinstance(error, ImpossibleDate):
        wrong = [{"field": "start", "message": _WORDS[error.code]}]
        return answer(422, "invalid", _WORDS[error.code], errors=wrong)
    if isinstance(error, NotBookable):
        return answer(422, error.code, _REASONS[error.reason], reason=str(error.reason), **more)
    if isinstance(error, PatientBusy):  # hers, or her practice's to know
        more["appointment"] = str(error.appointment.uid)
    return answer(409, error.code, _WORDS[error.code], **more)


def _where(source: str, *path: str | int) -> str:
    """In the names that were sent: of a body, what our function calls the whole is none of them."""
    inside = path[1:] if source == "body" else path
    return ".".join(map(str, inside)) or source


def register(api: NinjaAPI) -> None:
    @api.exception_handler(BadRequest)
    def invalid(request: HttpRequest, error: BadRequest) -> HttpResponse:
        wrong = [{"field": _where(*one["loc"]), "message": one["msg"]} for one in error.errors]
        return answer(422, "invalid", "Some values cannot be read.", errors=wrong[:50])

    @api.exception_handler(ValidationError)
    def refused_by_the_model(request: HttpRequest, error: ValidationError) -> HttpResponse:
        with translation.override("en"):
            named = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
            wrong = [
                {"field": field, "message": message}
                for field, messages in named.items()
                for message in messages
            ]
        return answer(422, "invalid", "Some values are refused.", errors=wrong)

    @api.exception_handler(HttpError)
    def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(error.status_code, "unreadable", str(error))

    @api.exception_handler(Refused)
    def refused(request: HttpRequest, error: Refused) -> HttpResponse:
        return answer(error.status, error.code, error.detail, **error.more)

    @api.exception_handler(BookingRefused)
    def booking_refused(request: HttpRequest, error: BookingRefused) -> HttpResponse:
        return refusal(error)

    @api.exception_handler(AuthenticationError)
    def nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return answer(401, "unauthenticated", "A token is needed: Authorization: Bearer TOKEN.")

    @api.exception_handler(TooOften)
    def too_often(request: HttpRequest, error: TooOften) -> HttpResponse:
        response = answer(429, "too_many_requests", "This was done too often: see Retry-After.")
        response["Retry-After"] = str(error.retry_after)
        return response

    @api.exception_handler(PermissionDenied)
    def forbidden(request: HttpRequest, error: PermissionDenied) -> HttpResponse:
        return answer(403, "forbidden", "This token does not open this.")

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return answer(404, "not_found", "There is no such thing here.")

    @api.exception_handler(OperationalError)
    @api.exception_handler(InterfaceError)
    def database_away(request: HttpRequest, error: Exception) -> HttpResponse:
        # With where: to SQLite a statement that it cannot read is operational as well.
        logger.exception("database unavailable", exc_info=error)
        response = answer(
            503, "unavailable", "The database does not answer: try again in a moment."
        )
        response["Retry-After"] = str(RETRY_SECONDS)
        return response

    @api.exception_handler(Exception)
    def broken(request: HttpRequest, error: Exception) -> HttpResponse:
        logger.exception("error in the API", exc_info=error)
        return answer(500, "broken", "Something went wrong on our side. Nothing is lost.")

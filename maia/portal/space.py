"""The patient's space, and one appointment's pages: by her account, or by its personal link.

The link shows the time, the place and the practitioner, nothing else, and opens nothing but that
appointment (rule 3.6).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maia.accounts.models import User
from maia.appointments.acts.cancelling import cancel_appointment
from maia.appointments.acts.moving import move_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import (
    BookingRefused,
    ChangedMeanwhile,
    PatientBusy,
    would_another_time_do,
)
from maia.appointments.ics import Method, ics
from maia.appointments.models import MOST_WORDS, Appointment, AppointmentQuerySet
from maia.appointments.places import Reader, Whereabouts, place_of
from maia.appointments.slots import nearest_free
from maia.messaging.email import sender_address
from maia.portal import refusals
from maia.portal.forms import WordForm
from maia.portal.frame import frame_of
from maia.portal.htmx import wants_part
from maia.portal.pathways import pathways_of
from maia.portal.week import read_week
from maia.practices.models import Practice

PAST_SHOWN = 100


@dataclass(frozen=True)
class Access:
    """One appointment, how she came to it, and the addresses of its pages that way."""

    appointment: Appointment
    by_link: bool

    def url(self, page: str, *args: datetime) -> str:
        key = self.appointment.link_token if self.by_link else self.appointment.uid
        return reverse(f"{'link' if self.by_link else 'mine'}:{page}", args=[key, *args])

    @property
    def may_change(self) -> bool:
        return self.appointment.may_change(timezone.now())

    @property
    def may_move(self) -> bool:
        return self.appointment.may_move(timezone.now())

    @property
    def is_past(self) -> bool:
        return self.appointment.end <= timezone.now()

    @property
    def place(self) -> Whereabouts:
        """Who holds the link may not be she: her home and her number are not shown to it."""
        return place_of(self.appointment, Reader.ANYBODY if self.by_link else Reader.PATIENT)

    @property
    def urls(self) -> dict[str, str]:
        return {page: self.url(page) for page in ("appointment", "cancel", "move", "ics")}


@never_cache
@login_required
@require_safe
def appointments(request: HttpRequest) -> HttpResponse:
    now = timezone.now()
    assert isinstance(request.user, User)
    hers = _seen_from(request, Appointment.objects.of_user(request.user).with_details())
    ahead = hers.upcoming(now)
    behind = hers.exclude(pk__in=ahead.values("pk")).order_by("-event__start")[:PAST_SHOWN]
    context: dict[str, Any] = {
        "ahead": [Access(a, by_link=False) for a in ahead],
        "behind": [Access(a, by_link=False) for a in behind],
        "practices": Practice.objects.filter(patients__user=request.user),
    }
    if (frame := frame_of(request)) is not None:
        context["practices"] = [frame.practice]
    context["pathways"] = pathways_of(request.user, context["practices"], now=now)
    if len(context["practices"]) == 1:  # the page is in its colours
        context["practice"] = context["practices"][0]
    return render(request, "portal/appointments.html", context)


@never_cache
@require_safe
def appointment(request: HttpRequest, **key: Any) -> HttpResponse:
    access = _access(request, **key)
    if isinstance(access, HttpResponse):
        return access
    return _render(request, access, "portal/appointment.html")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, **key: Any) -> HttpResponse:
    access = _access(request, **key)
    if isinstance(access, HttpResponse):
        return access
    form = _word(request, access)
    if not form.is_valid():
        return _render(request, access, "portal/cancel.html", form=form)
    try:
        cancel_appointment(
            access.appointment,
            by=_by(request, access),
            now=timezone.now(),
            seen=form.seen,
            telling=form.telling(),
        )
    except ChangedMeanwhile as changed:  # she decides anew, of what holds now
        return _render(
            request, access, "portal/cancel.html", changed, form=_word(request, access, anew=True)
        )
    except BookingRefused as refusal:
        return _render(request, access, "portal/appointment.html", refusal)
    messages.success(request, _("Your appointment is cancelled. The practice has been told."))
    if access.by_link:  # the link died with the appointment
        return redirect("practice", access.appointment.practice.slug)
    return redirect("appointments")


@never_cache
@require_safe
def move(request: HttpRequest, **key: Any) -> HttpResponse:
    access = _access(request, **key)
    if isinstance(access, HttpResponse):
        return access
    if not access.may_move:
        return redirect(access.url("appointment"))
    current = access.appointment
    week = read_week(
        current.type,
        [current.practitioner],
        request.GET.get("from"),
        lambda slot: access.url("move_there", slot.start),
        now=timezone.now(),
        without=current.event,
        patient=current.patient,
    )
    return _render(
        request,
        access,
        "portal/_week.html" if wants_part(request) else "portal/move.html",
        week=week,
        query="",
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move_there(request: HttpRequest, *, start: datetime, **key: Any) -> HttpResponse:
    access = _access(request, **key)
    if isinstance(access, HttpResponse):
        return access
    current = access.appointment
    # Another time, picked on the page that refused one: nothing is done yet, her word goes along.
    form = _word(request, access, anew="choose" in request.POST)
    deadline = start - current.practitioner.cancellation_deadline
    there: dict[str, Any] = {
        "start": start,
        "end": start + current.duration,
        "deadline": deadline,
        "may_change": timezone.now() <= deadline,
        "form": form,
    }
    if not form.is_valid():
        return _render(request, access, "portal/move_there.html", **there)
    by, telling = _by(request, access), form.telling()
    try:
        move_appointment(current, start, by=by, now=timezone.now(), seen=form.seen, telling=telling)
    except ChangedMeanwhile as changed:
        there["form"] = _word(request, access, anew=True)
        return _render(request, access, "portal/move_there.html", changed, **there)
    except BookingRefused as refusal:
        if not would_another_time_do(refusal):
            return _render(request, access, "portal/appointment.html", refusal)
        nearest = nearest_free(
            current.type,
            [current.practitioner],
            start,
            now=timezone.now(),
            without=current.event,
            patient=current.patient,
        )
        there["alternatives"] = [(slot, access.url("move_there", slot.start)) for slot in nearest]
        return _render(request, access, "portal/move_there.html", refusal, **there)
    messages.success(request, _("Your appointment has moved. A confirmation is on its way."))
    return redirect(access.url("appointment"))


@never_cache
@require_safe
def calendar_file(request: HttpRequest, **key: Any) -> HttpResponse:
    access = _access(request, **key)
    if isinstance(access, HttpResponse):
        return access
    practice = access.appointment.practice
    content = ics(access.appointment, Method.PUBLISH, sender_address())
    name = f"rendez-vous-{timezone.localtime(access.appointment.start, practice.zone):%Y-%m-%d}"
    return HttpResponse(
        content,
        content_type="text/calendar; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.ics"'},
    )


def _access(
    request: HttpRequest, uid: UUID | None = None, token: str | None = None
) -> Access | HttpResponse:
    """Her way in, or what to answer: the sign-in page, 404, or that the link has died."""
    if token is not None:
        found = Appointment.objects.with_details().filter(link_token=token).first()
        if found is None or not found.link_lives(timezone.now()):
            return render(request, "portal/dead_link.html", status=404)
        return Access(found, by_link=True)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    hers = _seen_from(request, Appointment.objects.with_details().of_user(request.user))
    return Access(get_object_or_404(hers, uid=uid), by_link=False)


def _seen_from(request: HttpRequest, appointments: AppointmentQuerySet) -> AppointmentQuerySet:
    """In a practice's own website, nothing of another practice."""
    frame = frame_of(request)
    return appointments if frame is None else appointments.filter(practice=frame.practice)


def _word(request: HttpRequest, access: Access, *, anew: bool = False) -> WordForm:
    """What she posts; not yet, or ``anew``: of the appointment as it stands, with her word."""
    if request.method == "POST" and not anew:
        return WordForm(request.POST)
    word = request.POST.get("word", "")[:MOST_WORDS]
    return WordForm(initial={"version": access.appointment.version, "word": word})


def _by(request: HttpRequest, access: Access) -> By:
    return By.patient(
        request.user if request.user.is_authenticated and not access.by_link else None
    )


def _render(
    request: HttpRequest,
    access: Access,
    template: str,
    refusal: BookingRefused | None = None,
    **context: Any,
) -> HttpResponse:
    everything = {
        "access": access,
        "place": access.place,
        "appointment": access.appointment,
        "practice": access.appointment.practice,
        "refusal": refusals.words(refusal, by_link=access.by_link) if refusal else "",
        "busy": refusal.appointment if isinstance(refusal, PatientBusy) else None,
        **context,
    }
    form = context.get("form")
    wrong = isinstance(form, WordForm) and bool(form.errors)
    return render(request, template, everything, status=409 if refusal else 422 if wrong else 200)

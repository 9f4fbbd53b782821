"""The booking page: what for, when, confirm, booked. Each step has its own address."""

from dataclasses import asdict, dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from maia.accounts import short_memory
from maia.accounts.forms import RequestCodeForm
from maia.accounts.models import User
from maia.appointments.acts.booking import book_appointment
from maia.appointments.agenda import By
from maia.appointments.exceptions import (
    BookingRefused,
    NotBookable,
    PatientBusy,
    would_another_time_do,
)
from maia.appointments.known import is_known
from maia.appointments.limits import Limits
from maia.appointments.models import Appointment
from maia.appointments.one_place import what_she_has
from maia.appointments.places import Reader, place_of, place_of_offer
from maia.appointments.preference import one_a_time
from maia.appointments.sites import offered_site
from maia.appointments.slots import Slot, nearest_free, practitioners_for
from maia.patients.addresses import Address, write_address
from maia.patients.models import Patient, RecordErased
from maia.patients.records import RegistrationClosed, find_record, may_register, register
from maia.patients.stages import write_stage
from maia.portal import elsewhere, refusals
from maia.portal.forms import DetailsForm, NoteForm
from maia.portal.frame import frame_of
from maia.portal.htmx import wants_part
from maia.portal.offered import get_offer, of_frame, offered_on_page, own_practitioner_of
from maia.portal.replacements import replacements_shown
from maia.portal.stages import render_stage, said_before, stage_names, stage_of
from maia.portal.suspended import NotOffered, refuse_if_suspended
from maia.portal.week import read_week
from maia.practices.models import Practice, Practitioner
from maia.schedules.descriptions import description_html, is_long
from maia.schedules.models import AppointmentType, TypeKey

JUST_BOOKED = "just_booked"  # in the session: what the website around is told of, once
DRAFT = "booking_draft"  # in the session: what she typed before she had to sign in


@dataclass(frozen=True)
class Choice:
    """What a confirm page is about, checked to exist and to belong together."""

    practice: Practice
    type: AppointmentType
    practitioner: Practitioner
    start: datetime

    @property
    def end(self) -> datetime:
        return self.start + self.type.duration

    @property
    def deadline(self) -> datetime:
        return self.start - self.practitioner.cancellation_deadline

    @property
    def may_change(self) -> bool:
        """Whether she could still move or cancel it, had she just booked it."""
        return timezone.now() <= self.deadline

    def url(self, name: str = "confirm") -> str:
        return confirm_url(self.type, Slot(self.start, self.end, self.practitioner), name)


def confirm_url(type: AppointmentType, slot: Slot, name: str = "confirm") -> str:
    return reverse(name, args=[type.practice.slug, type.key, slot.practitioner.pk, slot.start])


def get_choice(slug: str, type_id: TypeKey, practitioner_id: int, start: datetime) -> Choice:
    """Raises `NotOffered` for what is not on this practice's page, or no more, and Http404 of no practice."""
    type, team = get_offer(slug, type_id)
    for practitioner in team:
        if practitioner.pk == practitioner_id:
            return Choice(type.practice, type, practitioner, start)
    raise NotOffered(type.practice)


@require_safe
def what_for(request: HttpRequest, slug: str) -> HttpResponse:
    practice = get_object_or_404(Practice, slug=slug)
    refuse_if_suspended(practice)
    practitioners, types = offered_on_page(request, practice)
    if len(types) == 1:
        return redirect("slots", slug, types[0].key)
    context = {
        "practice": practice,
        "practitioners": practitioners,
        "types": types,
        "replacements": replacements_shown(
            practice, practitioners, None, timezone.localdate(timezone=practice.zone)
        ),
    }
    return render(request, "portal/what_for.html", context)


@require_safe
@vary_on_headers("HX-Request-Type")
@never_cache
def when(request: HttpRequest, slug: str, type_id: TypeKey) -> HttpResponse:
    type, team = get_offer(slug, type_id)
    practitioners = of_frame(request, team)
    wanted = [p for p in practitioners if str(p.pk) == request.GET.get("practitioner")]
    stage = stage_of(request, type, wanted or practitioners)
    if stage.asks and not wants_part(request):
        return render_stage(request, type)
    week = read_week(
        type,
        wanted or practitioners,
        request.GET.get("from"),
        partial(confirm_url, type),
        now=timezone.now(),
        own=own_practitioner_of(request, type.practice) if len(practitioners) > 1 else None,
        between=stage.dates,
    )
    return render(
        request,
        "portal/_week.html" if wants_part(request) else "portal/when.html",
        {
            "practice": type.practice,
            "type": type,
            "description": description_html(type.description),
            "is_long": is_long(type.description),
            "practitioners": practitioners,
            "wanted": wanted[0] if wanted else None,
            "week": week,
            "stage": stage,
            "visited": _visited(type, wanted or practitioners),
            "replacements": lambda: replacements_shown(
                type.practice, practitioners, type, timezone.localdate(timezone=type.practice.zone)
            ),
            "query": f"&practitioner={wanted[0].pk}" if wanted else "",
            # Asked by the whole page only, not by each turn of its days.
            "has_others": lambda: len(offered_on_page(request, type.practice)[1]) > 1,
        },
    )


def _visited(type: AppointmentType, practitioners: list[Practitioner]) -> list[str]:
    """The postcodes in which a type happens at home; none: everywhere, or it happens elsewhere."""
    served = [one.postcodes_served.split() for one in practitioners]
    if not type.asks_address or not all(served):
        return []
    return sorted({code for codes in served for code in codes})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirm(
    request: HttpRequest, slug: str, type_id: TypeKey, practitioner_id: int, start: datetime
) -> HttpResponse:
    choice = get_choice(slug, type_id, practitioner_id, start)
    frame = frame_of(request)
    if frame is not None and not frame.keeps_cookies:
        return _without_cookies(request, choice)
    elsewhere.remember(request, choice.practice)
    if not request.user.is_authenticated:
        if request.method == "POST":  # signed out meanwhile: her words wait for her
            _keep_draft(request, choice)
            return redirect(choice.url())
        return render_sign_in(request, choice)
    patient = find_record(request.user, choice.practice)
    if patient is None and not may_register(choice.practice, request.user.email):
        return _render(request, choice, {"closed": True})
    if request.method != "POST":
        return _render_form(request, choice, patient, _take_draft(request, choice))
    if "choose" in request.POST:  # another time, picked on the page that refused one
        return _render_form(request, choice, patient, _form(choice, patient, request).typed())
    form = _form(choice, patient, request)
    if not form.is_valid():
        return _render(request, choice, {"form": form, "patient": patient}, status=422)
    try:
        appointment = _book(request.user, choice, patient, form)
    except RegistrationClosed:
        return _render(request, choice, {"closed": True}, status=409)
    except RecordErased:  # she is asked as somebody new
        _keep_draft(request, choice)
        return redirect(choice.url())
    except BookingRefused as refusal:
        reason = refusal.reason if isinstance(refusal, NotBookable) else None
        if reason == NotBookable.Reason.NOT_SERVED:  # said where it was typed
            form.add_error("postcode", refusals.words(refusal))
            return _render(request, choice, {"form": form, "patient": patient}, status=422)
        if reason == NotBookable.Reason.STAGE_UNKNOWN:
            form.add_error(next(iter(stage_names(form))), refusals.words(refusal))
            return _render(request, choice, {"form": form, "patient": patient}, status=422)
        return _render_refusal(request, choice, patient, form, refusal)
    waits = appointment.status == Appointment.Status.UNCONFIRMED
    told = elsewhere.Told.REQUESTED if waits else elsewhere.Told.BOOKED
    elsewhere.tell_frame(request, choice.practice, told)
    request.session[JUST_BOOKED] = str(appointment.uid)
    return redirect("booked", slug, appointment.uid)


def render_sign_in(
    request: HttpRequest, choice: Choice, form: RequestCodeForm | None = None
) -> HttpResponse:
    form = form or RequestCodeForm()
    context: dict[str, object] = {"sign_in": form}
    if frame_of(request) is not None:  # for her password or passkey
        context["tab"] = elsewhere.link_out(request, choice.url())
    return _render(request, choice, context, status=422 if form.is_bound else 200)


def _without_cookies(request: HttpRequest, choice: Choice) -> HttpResponse:
    """A cookie is tried once more, then the last step goes on in a tab of its own."""
    if "again" not in request.GET:
        return redirect(f"{choice.url()}?again")
    return _render(request, choice, {"tab": elsewhere.link_out(request, choice.url())})


def _book(user: User, choice: Choice, patient: Patient | None, form: NoteForm) -> Appointment:
    """Her record and her appointment, both or neither."""
    typed = form.cleaned_data
    with transaction.atomic():
        if patient is None:
            patient = register(
                user,
                choice.practice,
                first_name=typed["first_name"],
                last_name=typed["last_name"],
                mobile=typed["mobile"],
                language=user.language,
            )
        if form.address is not None:
            write_address(patient, form.address)
        write_stage(patient, form.said)
        return book_appointment(
            choice.type,
            choice.practitioner,
            choice.start,
            patient,
            by=By.patient(user),
            now=timezone.now(),
            note=typed["note"],
            request_key=typed["request_key"],
        )


def _form(choice: Choice, patient: Patient | None, request: HttpRequest) -> NoteForm:
    asked: dict[str, Any] = {
        "asks_address": choice.type.asks_address,
        "window": choice.type.window,
    }
    if patient is not None:
        return NoteForm(request.POST, **asked)
    return DetailsForm(request.POST, country=choice.practice.country, **asked)


def _keep_draft(request: HttpRequest, choice: Choice) -> None:
    """But for her message, which may be about her health: she writes it again."""
    typed = _form(choice, None, request).typed()
    if typed.pop("note", ""):
        messages.info(request, _("Your message is not kept while you sign in: write it again."))
    short_memory.keep(request.session, DRAFT, (choice.url(), typed))


def _take_draft(request: HttpRequest, choice: Choice) -> dict[str, str] | None:
    """Shown once and for the slot it was typed for."""
    url, typed = short_memory.take(request.session, DRAFT) or (None, None)
    return typed if url == choice.url() else None


def _render_form(
    request: HttpRequest,
    choice: Choice,
    patient: Patient | None,
    typed: dict[str, str] | None,
    **context: object,
) -> HttpResponse:
    asks, window = choice.type.asks_address, choice.type.window
    kept = asdict(Address.of(patient)) if patient is not None and asks else {}
    if window is not None:
        kept |= said_before(request, choice.practice).over(patient)._asdict()
    initial = {**kept, **(typed or {}), "request_key": uuid4()}
    asked: dict[str, Any] = {"initial": initial, "asks_address": asks, "window": window}
    form: NoteForm = (
        NoteForm(**asked)
        if patient is not None
        else DetailsForm(country=choice.practice.country, **asked)
    )
    has = what_she_has(patient, choice.start, choice.end) if patient is not None else None
    if has is not None:
        return _render_refusal(request, choice, patient, form, PatientBusy(has), status=200)
    if patient is not None and choice.type.known_patients_only:
        if not is_known(patient, timezone.now()):
            context["refusal"] = refusals.words(NotBookable(NotBookable.Reason.KNOWN_PATIENTS_ONLY))
    limits = Limits(choice.type, patient, choice.start, choice.start, now=timezone.now())
    for refusal in limits.against(choice.practitioner.pk, choice.start):
        return _render_refusal(request, choice, patient, form, refusal, status=200)
    return _render(request, choice, {"form": form, "patient": patient, **context})


def _render_refusal(
    request: HttpRequest,
    choice: Choice,
    patient: Patient | None,
    form: NoteForm,
    refusal: BookingRefused,
    status: int = 409,
) -> HttpResponse:
    gone = would_another_time_do(refusal)
    between = refusal.dates if isinstance(refusal, NotBookable) else None
    now = timezone.now()
    today = now.astimezone(choice.practice.zone).date()
    others = practitioners_for(choice.type, today) if gone else []
    nearest = (
        nearest_free(choice.type, others, choice.start, now=now, patient=patient, between=between)
        if others
        else []
    )
    own = patient.own_practitioner if patient is not None else None
    nearest = one_a_time(nearest, own=own, zone=choice.practice.zone)
    context: dict[str, object] = {
        "form": form,
        "patient": patient,
        "refusal": refusals.words(refusal),
        "gone": gone,
        "busy": refusal.appointment if isinstance(refusal, PatientBusy) else None,
        "alternatives": [(slot, confirm_url(choice.type, slot)) for slot in nearest],
    }
    return _render(request, choice, context, status=status)


def _render(
    request: HttpRequest, choice: Choice, context: dict[str, object], status: int = 200
) -> HttpResponse:
    # Her own number only to herself, once she has signed in.
    patient = context.get("patient")
    known = patient if isinstance(patient, Patient) else None
    site = offered_site(choice.type, choice.practitioner, choice.start)
    place = place_of_offer(choice.type, choice.practitioner, known, site)
    everything = {
        "practice": choice.practice,
        "choice": choice,
        "place": replace(place, lines=(), directions="") if choice.type.asks_address else place,
        **context,
    }
    return render(request, "portal/confirm.html", everything, status=status)


@login_required
@require_safe
@never_cache
def booked(request: HttpRequest, slug: str, uid: UUID) -> HttpResponse:
    hers = Appointment.objects.with_details().of_user(request.user)
    appointment = get_object_or_404(hers, uid=uid, practice__slug=slug)
    now = timezone.now()
    context = {
        "practice": appointment.practice,
        "appointment": appointment,
        "place": place_of(appointment, Reader.PATIENT),
        "may_change": appointment.may_change(now),
        "may_move": appointment.may_move(now),
        "news": request.session.pop(JUST_BOOKED, None) == str(uid),
    }
    return render(request, "portal/booked.html", context)

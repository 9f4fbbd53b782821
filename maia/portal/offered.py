"""What a practice offers on its page, and who: types, practitioners, those of one website's frame."""

from datetime import timedelta

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone

from maia.appointments.reading import read_offer
from maia.patients.models import Patient
from maia.portal.frame import frame_of
from maia.portal.suspended import LinkGone, NotOffered, refuse_if_suspended
from maia.practices.models import Practice, Practitioner, Replacement
from maia.schedules.models import AppointmentType, TypeKey


def get_offer(slug: str, type_id: TypeKey) -> tuple[AppointmentType, list[Practitioner]]:
    """A type of this practice's page, or of the link, and who offers it. Raises Http404, `LinkGone`,
    `NotOffered`."""
    try:
        since = timezone.now().date() - timedelta(days=1)  # wherever on earth
        type, team = read_offer(slug, type_id.id, since=since, token=type_id.token)
    except AppointmentType.DoesNotExist:
        practice = get_object_or_404(Practice, slug=slug)
        refuse_if_suspended(practice)
        raise (LinkGone if type_id.token else NotOffered)(practice) from None
    refuse_if_suspended(type.practice)
    return type, team


def of_frame(request: HttpRequest, practitioners: list[Practitioner]) -> list[Practitioner]:
    """A website may be one practitioner's of a practice, and then of who replaces her."""
    frame = frame_of(request)
    if frame is None or frame.practitioner_id is None:
        return practitioners
    hers = [p for p in practitioners if p.pk == frame.practitioner_id]
    ahead = Replacement.objects.not_over(timezone.now().date() - timedelta(days=1))
    instead = set(ahead.filter(practitioner__in=hers).values_list("substitute", flat=True))
    return [p for p in practitioners if p in hers or p.pk in instead]


def record_of(request: HttpRequest, practice: Practice) -> Patient | None:
    """Of who is signed in, with her own practitioner; None: nobody is, or has one here. A query at most."""
    if not request.user.is_authenticated:
        return None
    records = practice.patients.kept().filter(user=request.user)
    record: Patient | None = records.select_related("own_practitioner").first()
    return record


def own_practitioner_of(request: HttpRequest, practice: Practice) -> Practitioner | None:
    """Of who is signed in, on her record here."""
    record = record_of(request, practice)
    return record.own_practitioner if record is not None else None


def offered_on_page(
    request: HttpRequest, practice: Practice
) -> tuple[list[Practitioner], list[AppointmentType]]:
    """Who is booked on this page, and for what: one type alone has no page to be chosen on."""
    online = practice.practitioners.bookable_online().prefetch_related("photo")
    practitioners = of_frame(request, list(online))
    types = [
        type
        for type in AppointmentType.objects.listed()
        .filter(practice=practice)
        .select_related("category")
        .prefetch_related("some")
        .order_by("category__position", "category_id", "position", "id")
        if any(type.is_offered_by(one) for one in practitioners)
    ]
    return practitioners, types if practitioners else []

"""The first steps of a practice: types and hours to begin with, and the page that is open then."""

import qrcode
from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe
from qrcode.image.svg import SvgPathImage

from maia.office.access import OfficeRequest, office, owner_page, written_down
from maia.office.once import made_once
from maia.privacy.journal import Act
from maia.schedules.open_to_patients import what_keeps_patients_out
from maia.schedules.starter import STARTER_TYPES, begin_with


class StartForm(forms.Form):
    types = forms.MultipleChoiceField(
        label=gettext_lazy("Appointment types"),
        choices=[(starter.code, starter.name) for starter in STARTER_TYPES],
        initial=[starter.code for starter in STARTER_TYPES],
        required=False,
    )
    usual_hours = forms.BooleanField(
        label=gettext_lazy("Monday to Friday, 09:00 – 12:00 and 14:00 – 18:00"),
        required=False,
        initial=True,
    )


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def start(request: OfficeRequest) -> HttpResponse:
    """Types to tick and usual hours: a page that patients can book on, in one form."""
    practice = request.seat.practice
    practitioner = request.seat.practitioner or practice.practitioners.first()
    form = StartForm(request.POST or None)
    if form.is_valid() and practitioner is not None:
        typed = form.cleaned_data
        made = begin_with(practice, practitioner, typed["types"], usual_hours=typed["usual_hours"])
        names = ", ".join(type.name for type in made)
        written_down(request, Act.SETTINGS, detail=names or _("weekly hours"))
        messages.success(request, _("Saved. Everything here can be changed in the settings."))
        return redirect("office:booking_page")
    ticked = form["types"].value() or []
    context = {
        "practice": practice,
        "form": form,
        "practitioner": practitioner,
        "starters": [(starter, starter.code in ticked) for starter in STARTER_TYPES],
    }
    return render(
        request, "office/settings/start.html", context, status=422 if form.is_bound else 200
    )


@office
@require_safe
def booking_page(request: OfficeRequest) -> HttpResponse:
    """Where patients book: the address to copy, to print and to see as they do."""
    practice = request.seat.practice
    address = settings.BASE_URL + reverse("practice", args=[practice.slug])
    context = {
        "practice": practice,
        "address": address,
        "code": _qr(address),
        "missing": what_keeps_patients_out(practice),
        "practitioner": request.seat.practitioner or practice.practitioners.first(),
    }
    return render(request, "office/settings/booking_page.html", context)


def _qr(address: str) -> SafeString:
    """A drawing of our own address, to be photographed by a telephone."""
    drawn = qrcode.make(address, image_factory=SvgPathImage, border=2)
    return mark_safe(str(drawn.to_string(encoding="unicode")))  # noqa: S308 of our own making

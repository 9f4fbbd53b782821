"""The professional sheet: who she is, her booking rules, her reminders."""

import re
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from maia.messaging.reminders import reschedule
from maia.messaging.sms_words import default_template
from maia.office.access import OfficeRequest, get_practitioner, settings_page, written_down
from maia.office.fields.kept_form import in_turn
from maia.office.fields.phones import FormWithPhone
from maia.office.fields.picture_field import PictureField, chosen_picture
from maia.patients.text import clean_line
from maia.practices.models import Picture, Practitioner
from maia.practices.pictures import PHOTO
from maia.practices.postcodes import read_postcodes
from maia.practices.sms import (
    SAMPLE,
    fill_in,
    in_gsm_letters,
    measure,
    validate_sms_template,
)
from maia.privacy.journal import Act


class SpacedNumber(forms.CharField):
    """Typed in groups, as on paper."""

    def to_python(self, value: Any) -> str:
        return re.sub(r"[\s.-]", "", super().to_python(value) or "").upper()

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {}  # no maxlength: spaces do not count


class PractitionerForm(FormWithPhone):
    new_photo = PictureField(
        label=gettext_lazy("Photo"),
        box=PHOTO,
        fill=True,
        help_text=gettext_lazy("Beside your name on the booking page. It is cut square."),
    )
    without_photo = forms.BooleanField(label=gettext_lazy("Remove the photo"), required=False)

    class Meta:
        model = Practitioner
        fields = [
            "first_name",
            "last_name",
            "title",
            "email",
            "street",
            "postcode",
            "city",
            "rpps",
            "am_number",
            "siret",
            "allow_online_booking",
            "booking_horizon_days",
            "minimum_notice_minutes",
            "minimum_notice_days",
            "evening_cutoff",
            "cancellation_deadline_hours",
            "closed_on_public_holidays",
            "fill_my_days",
            "postcodes_served",
            "reminder_days_before",
            "reminder_time",
            "sms_sender_name",
            "sms_template",
            "sms_in_gsm_letters",
        ]
        field_classes = dict.fromkeys(("rpps", "am_number", "siret"), SpacedNumber)
        widgets = {
            name: forms.TimeInput(format="%H:%M", attrs={"type": "time"})
            for name in ("evening_cutoff", "reminder_time")
        } | {"sms_template": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "email": gettext_lazy("Notices of online bookings go there. Patients do not see it."),
            "booking_horizon_days": gettext_lazy("How far ahead patients may book: 1 to 730 days."),
            "minimum_notice_minutes": gettext_lazy("120: nobody books online within two hours."),
            "minimum_notice_days": gettext_lazy(
                "1: not the same day. 2: not before the day after tomorrow."
            ),
            "evening_cutoff": gettext_lazy(
                "Optional. After this time, tomorrow is closed to online booking."
            ),
            "cancellation_deadline_hours": gettext_lazy(
                "Until how long before the appointment patients can move or cancel it themselves."
            ),
            "reminder_days_before": gettext_lazy("1: the day before. 1 to 7 days."),
            "postcodes_served": gettext_lazy(
                "35000 35200. Empty: patients may ask for a visit wherever they live. You may note any."
            ),
            "sms_sender_name": gettext_lazy(
                "3 to 11 letters and digits, shown instead of a number. Empty: the provider's."
            ),
            "sms_template": gettext_lazy(
                "Empty: Maia's own words, in the patient's language. Yours may use "
                "{practitioner} {practice} {date} {time} {link}."
            ),
            "sms_in_gsm_letters": gettext_lazy("“ç” leaves as “c”. One other letter more than "
                "doubles what an SMS costs."),
        }  # fmt: skip

    def clean_postcodes_served(self) -> str:
        return " ".join(read_postcodes(self.cleaned_data["postcodes_served"]))

    def clean_first_name(self) -> str:
        return clean_line(self.cleaned_data["first_name"])

    def clean_last_name(self) -> str:
        return clean_line(self.cleaned_data["last_name"])

    def save(self, commit: bool = True) -> Practitioner:
        sheet: Practitioner = self.instance
        sheet.photo = chosen_picture(self.cleaned_data, "photo", sheet.photo, sheet.practice)
        sheet = super().save(commit=commit)
        Picture.objects.forget_unseen(sheet.practice)
        return sheet

    def columns(self) -> set[str]:
        changed = {"new_photo", "without_photo"} & set(self.changed_data)
        return super().columns() | ({"photo"} if changed else set())


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def practitioner(request: OfficeRequest, pk: int) -> HttpResponse:
    hers = get_practitioner(request, pk)
    form = PractitionerForm(
        request.POST or None, request.FILES or None, instance=get_practitioner(request, pk)
    )
    if form.is_valid():
        reschedule(form.save(), timezone.now())
        written_down(request, Act.SETTINGS, detail=f"{hers.name}: {form.changes()}")
        messages.success(request, _("Saved."))
        return redirect("office:practitioner", pk)
    template, plain = form["sms_template"].value(), form["sms_in_gsm_letters"].value()
    context = {
        "practice": request.seat.practice,
        "practitioner": hers,  # as she is, not as she is being typed
        "form": form,
        "sms": _preview(request, hers.name, str(template or ""), bool(plain)),
    }
    return render(
        request, "office/settings/practitioner.html", context, status=422 if form.is_bound else 200
    )


@settings_page
@require_POST
def preview_sms(request: OfficeRequest) -> HttpResponse:
    """The SMS being typed: an example, and what it costs. Nothing is saved."""
    template = request.POST.get("sms_template", "")[:480].strip()
    names = (clean_line(request.POST.get(name, "")[:100]) for name in ("first_name", "last_name"))
    hers = " ".join(filter(None, names))
    context = {"sms": _preview(request, hers, template, "sms_in_gsm_letters" in request.POST)}
    return render(request, "office/settings/_sms_preview.html", context)


def _preview(request: OfficeRequest, hers: str, template: str, in_gsm: bool) -> dict[str, Any]:
    """With her own name and her practice's; the day and the time are an example's."""
    try:
        validate_sms_template(template or default_template())
    except ValidationError as error:
        return {"error": error.messages[0]}
    names = {"practitioner": hers, "practice": request.seat.practice.name}
    text = fill_in(template or default_template(), SAMPLE | names)
    return {
        "text": in_gsm_letters(text) if in_gsm else text,
        "measure": measure(in_gsm_letters(text) if in_gsm else text),
        "foreign": measure(text).foreign.replace("\u00a0", "").replace("\u202f", ""),
        "saved": measure(text).segments - measure(in_gsm_letters(text)).segments,
    }

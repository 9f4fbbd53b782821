"""The practice itself: its name, address and look. For the owner."""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from maia.office.access import OfficeRequest, owner_page, written_down
from maia.office.fields.kept_form import in_turn
from maia.office.fields.phones import FormWithPhone
from maia.office.fields.picture_field import PictureField, chosen_picture
from maia.patients.text import clean_line
from maia.practices.models import Picture, Practice
from maia.practices.pictures import LOGO
from maia.practices.regions import regions_of
from maia.privacy.journal import Act


class PracticeForm(FormWithPhone):
    new_logo = PictureField(
        label=gettext_lazy("Logo"),
        box=LOGO,
        fill=False,
        help_text=gettext_lazy("Shown on top of the booking page instead of the name."),
    )
    without_logo = forms.BooleanField(label=gettext_lazy("Remove the logo"), required=False)

    class Meta:
        model = Practice
        fields = [
            "name",
            "street",
            "postcode",
            "city",
            "directions",
            "email",
            "accent_colour",
            "self_registration",
            "max_open_bookings",
            "holiday_region",
        ]
        widgets = {"accent_colour": forms.TextInput(attrs={"type": "color"})}
        help_texts = {
            "accent_colour": gettext_lazy("Made darker or lighter where it could not be read."),
            "directions": gettext_lazy("Floor, bell, bus stop: what a first visit needs."),
            "holiday_region": gettext_lazy("Closed for who closes on public holidays."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["holiday_region"].widget = forms.Select(choices=regions_of(self.country))

    @property
    def country(self) -> str:
        return str(self.instance.country)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_accent_colour(self) -> str:
        return str(self.cleaned_data["accent_colour"]).lower()

    def save(self, commit: bool = True) -> Practice:
        practice: Practice = self.instance
        practice.logo = chosen_picture(self.cleaned_data, "logo", practice.logo, practice)
        practice = super().save(commit=commit)
        Picture.objects.forget_unseen(practice)
        return practice

    def columns(self) -> set[str]:
        changed = {"new_logo", "without_logo"} & set(self.changed_data)
        return super().columns() | ({"logo"} if changed else set())


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
@in_turn
def practice(request: OfficeRequest) -> HttpResponse:
    practice = Practice.objects.get(pk=request.seat.practice.pk)
    form = PracticeForm(request.POST or None, request.FILES or None, instance=practice)
    if form.is_valid():
        form.save()
        written_down(request, Act.SETTINGS, detail=form.changes())
        messages.success(request, _("Saved."))
        return redirect("office:practice")
    context = {"practice": request.seat.practice, "form": form}
    return render(
        request, "office/settings/practice.html", context, status=422 if form.is_bound else 200
    )

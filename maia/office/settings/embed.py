"""The snippet for her website, with a live preview, and the websites that may show it. Owner's."""

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from maia.office import sure
from maia.office.access import OfficeRequest, owner_page, written_down
from maia.practices.models import Practice
from maia.practices.websites import frame_sources, parse_origin
from maia.privacy.journal import Act
from maia.schedules.models import AppointmentType


class WebsiteForm(forms.Form):
    website = forms.CharField(
        label=gettext_lazy("Address of your website"),
        max_length=2000,
        widget=forms.TextInput(
            attrs={"inputmode": "url", "placeholder": "www.mon-site.fr", "autocapitalize": "none"}
        ),
    )

    def clean_website(self) -> str:
        return parse_origin(self.cleaned_data["website"])


class SnippetForm(forms.Form):
    """Choices of the snippet: all optional, none of them saved."""

    practitioner: Any = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("Practitioner"),
        required=False,
        empty_label=gettext_lazy("all of the practice"),
    )
    type: Any = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("Appointment type"),
        required=False,
        empty_label=gettext_lazy("the patient chooses"),
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        required=False,
        choices=[("", gettext_lazy("the website's")), ("fr", "Français"), ("en", "English")],
    )
    own_accent = forms.BooleanField(
        label=gettext_lazy("Another colour than the practice's"), required=False
    )
    accent = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        label=gettext_lazy("Colour"),
        required=False,
        widget=forms.TextInput(attrs={"type": "color"}),
    )

    def __init__(self, practice: Practice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["practitioner"].queryset = practice.practitioners.bookable_online()  # type: ignore[attr-defined]
        self.fields["type"].queryset = _types(practice)  # type: ignore[attr-defined]

    def options(self) -> dict[str, str]:
        """Those of the snippet's `data-` attributes that say something."""
        typed = self.cleaned_data if self.is_valid() else {}
        chosen = {
            "practitioner": getattr(typed.get("practitioner"), "pk", ""),
            "type": getattr(typed.get("type"), "pk", ""),
            "language": typed.get("language", ""),
            "accent": typed.get("accent", "") if typed.get("own_accent") else "",
        }
        return {name: str(value) for name, value in chosen.items() if value}


@owner_page
@require_http_methods(["GET", "HEAD", "POST"])
def embed(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    form = WebsiteForm(request.POST or None)
    if form.is_valid():
        origin = form.cleaned_data["website"]
        practice.websites.get_or_create(origin=origin)
        written_down(request, Act.SETTINGS, detail=f"+ {origin}")
        messages.success(
            request, _("%(website)s may show your booking page.") % {"website": origin}
        )
        return redirect("office:embed")
    snippet = SnippetForm(practice, request.GET or {"accent": practice.accent_colour})
    options = snippet.options()
    booking = settings.BASE_URL + reverse("practice", args=[practice.slug])
    context = {
        "practice": practice,
        "form": form,
        "snippet_form": snippet,
        "websites": [(site, _twin(site.origin)) for site in practice.websites.all()],
        "booking": booking,
        "options": options,
        "snippet": render_to_string(
            "office/settings/snippet.txt", {"url": booking, "options": options}
        ),
        "types": _types(practice),
    }
    return render(
        request, "office/settings/embed.html", context, status=422 if form.is_bound else 200
    )


@owner_page
@require_POST
def remove_website(request: OfficeRequest, pk: int) -> HttpResponse:
    website = get_object_or_404(request.seat.practice.websites, pk=pk)
    if not sure.is_sure(request):
        question = _("Remove %(website)s?") % {"website": website.origin}
        takes = [_("This website will not show your booking page any more, from now on.")]
        return sure.ask(request, question, takes, _("Remove"), reverse("office:embed"))
    website.delete()
    written_down(request, Act.SETTINGS, detail=f"− {website.origin}")
    messages.success(request, _("This website does not show your booking page any more."))
    return redirect("office:embed")


@owner_page
@require_POST
def no_website(request: OfficeRequest) -> HttpResponse:
    """She hands out the link: nothing is left to do."""
    Practice.objects.filter(pk=request.seat.practice.pk).update(without_website=True)
    return redirect("office:agenda")


def _twin(origin: str) -> str:
    """The other name of the same site, or nothing."""
    return next((source for source in frame_sources([origin]) if source != origin), "")


def _types(practice: Practice) -> Any:
    return AppointmentType.objects.listed().filter(practice=practice)

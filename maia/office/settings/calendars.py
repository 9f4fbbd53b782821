"""Her agenda in her phone's calendar, and the time that her other calendars take."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maia.accounts.again import signed_in_lately
from maia.accounts.limits import TooMany
from maia.calendars.adding import ReadAlready, add_calendar, make_feed
from maia.calendars.models import Feed
from maia.calendars.refreshing import read_soon
from maia.office import sure
from maia.office.access import OfficeRequest, get_practitioner, settings_page, written_down
from maia.office.again import asked_again
from maia.office.once import made_once, nothing_made
from maia.outside.http import NotAllowed, check_url
from maia.outside.words import why_not_fetched
from maia.patients.text import clean_line
from maia.privacy.journal import Act
from maia.schedules.models import ExternalCalendar


class CalendarForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=60,
        widget=forms.TextInput(attrs={"placeholder": gettext_lazy("Hospital, for instance")}),
    )
    url = forms.CharField(
        label=gettext_lazy("Address of the calendar (.ics)"),
        max_length=2000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocapitalize": "none"}),
    )

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        scheme, _colon, rest = url.partition("://")
        if scheme.lower() in ("webcal", "webcals"):  # what calendar applications call it
            url = f"https://{rest}"
        try:
            check_url(url)
        except NotAllowed as refused:
            raise forms.ValidationError(why_not_fetched(refused.code)) from None
        return url


@settings_page
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def calendars(request: OfficeRequest, pk: int) -> HttpResponse:
    """Nothing is asked of anybody here: a worker reads it, and the page says what came of it."""
    hers = get_practitioner(request, pk)
    form = CalendarForm(request.POST or None)
    if form.is_valid():
        typed, by, now = form.cleaned_data, request.seat.user, timezone.now()
        try:
            made = add_calendar(hers, typed["name"], typed["url"], by=by, now=now)
        except ReadAlready:
            form.add_error("url", _("This calendar is read already."))
        except TooMany:
            form.add_error("url", _("Five calendars at most: remove one first."))
        else:
            written_down(request, Act.SETTINGS, detail=_("calendar “%(name)s”") % {"name": made})
            messages.success(
                request, _("This calendar is being read. This page says what came of it.")
            )
            return redirect("office:calendars", pk)
    feeds = Feed.objects.filter(practitioner=hers, user=request.seat.user)
    read = list(hers.calendars.all())
    context = {
        "practice": request.seat.practice,
        "practitioner": hers,
        "form": form,
        "calendars": read,
        # Then the list asks for itself again, until nothing is.
        "is_being_read": any(calendar.is_being_read for calendar in read),
        "feeds": feeds,
        "shows_addresses": signed_in_lately(request),
        "titles": Feed.Titles.choices,
    }
    return render(
        request, "office/settings/calendars.html", context, status=422 if form.is_bound else 200
    )


@settings_page
@require_POST
def change_calendar(request: OfficeRequest, pk: int, action: str) -> HttpResponse:
    """Reads it now, or forgets it with the time that it took."""
    practice = request.seat.practice
    ours = ExternalCalendar.objects.filter(practitioner__practice=practice)
    found = get_object_or_404(ours.select_related("practitioner__practice"), pk=pk)
    get_practitioner(request, found.practitioner_id)
    match action:
        case "refresh":
            read_soon(found, timezone.now(), by=request.seat.user)
            messages.success(
                request, _("This calendar is being read. This page says what came of it.")
            )
        case "remove":
            if not sure.is_sure(request):
                return sure.ask(
                    request,
                    _("Remove the calendar “%(name)s”?") % {"name": found},
                    [_("Patients can book the time that it took again at once.")],
                    _("Remove"),
                    reverse("office:calendars", args=[found.practitioner_id]),
                )
            found.delete()
            written_down(request, Act.SETTINGS, detail=_("calendar “%(name)s”") % {"name": found})
            messages.success(request, _("The time that it took is open again."))
        case _other:
            raise Http404
    return redirect("office:calendars", found.practitioner_id)


@settings_page
@asked_again
@require_POST
@made_once
def new_feed(request: OfficeRequest, pk: int) -> HttpResponse:
    hers = get_practitioner(request, pk)
    full = request.POST.get("titles") == Feed.Titles.FULL
    titles = Feed.Titles.FULL if full else Feed.Titles.MASKED
    try:
        make_feed(request.seat.user, hers, titles)
    except TooMany:
        messages.error(request, _("Ten addresses at most: revoke one first."))
        return nothing_made(redirect("office:calendars", pk))
    written_down(
        request, Act.SETTINGS, detail=_("address of the agenda of %(who)s") % {"who": hers}
    )
    messages.success(request, _("Your address is ready: copy it into your calendar application."))
    return redirect("office:calendars", pk)


@settings_page
@asked_again
@require_safe
def show_feeds(request: OfficeRequest, pk: int) -> HttpResponse:
    """The addresses of her feeds are keys: shown to who has signed in lately."""
    return redirect("office:calendars", get_practitioner(request, pk).pk)


@settings_page
@require_POST
def revoke_feed(request: OfficeRequest, pk: int) -> HttpResponse:
    """Her own; the owner's, anybody's of the practice."""
    seat = request.seat
    ours = Feed.objects.filter(practitioner__practice=seat.practice).select_related("practitioner")
    feed = get_object_or_404(
        ours if seat.may_change_practice else ours.filter(user=seat.user), pk=pk
    )
    assert feed.practitioner is not None
    if "doors" in request.POST:
        back = reverse("office:doors")
    else:
        back = reverse("office:calendars", args=[feed.practitioner.pk])
    if not sure.is_sure(request):
        return sure.ask(
            request,
            _("Revoke the address of the agenda of %(who)s?") % {"who": feed.practitioner.name},
            [_("The calendar application that reads it shows nothing any more.")],
            _("Revoke"),
            back,
        )
    feed.delete()
    written_down(
        request,
        Act.SETTINGS,
        detail=_("address of the agenda of %(who)s revoked") % {"who": feed.practitioner},
    )
    messages.success(request, _("This address shows nothing any more."))
    return redirect(back)

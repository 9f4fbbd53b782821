"""Everything that opens the practice besides its team's own sign-ins, for the owner."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from maia.calendars.models import Feed
from maia.office.access import OfficeRequest, owner_page
from maia.tokens.issuing import tokens_of


@owner_page
@require_safe
def doors(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    feeds = Feed.objects.filter(membership__practice=practice)
    context = {
        "practice": practice,
        "tokens": tokens_of(practice, timezone.now()).select_related("user"),
        "feeds": feeds.select_related("user", "practitioner"),
        "webhooks": practice.webhooks.all(),
    }
    return render(request, "office/settings/doors.html", context)

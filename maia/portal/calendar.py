"""Her appointments in her own calendar: a secret address, made and revoked by her."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maia.accounts.models import User
from maia.calendars.models import Feed


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def calendar(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    hers = Feed.objects.filter(user=user, practitioner=None)
    if request.method == "POST":
        if "revoke" in request.POST:
            hers.delete()
            messages.success(request, _("This address shows nothing any more."))
        else:
            Feed.objects.get_or_create(user=user, practitioner=None)
            messages.success(
                request, _("Your address is ready: copy it into your calendar application.")
            )
        return redirect("account_calendar")
    return render(request, "portal/calendar.html", {"feed": hers.first()})

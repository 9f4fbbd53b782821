"""Dropping a personal event: asked for by its name, alone, with the following, or all."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from maia.appointments.acts.personal import Which, drop_event, how_many
from maia.appointments.exceptions import ChangedMeanwhile
from maia.appointments.models import Event
from maia.office import sure
from maia.office.access import OfficeRequest, office, written_down
from maia.office.personal.forms import which_words
from maia.office.personal.views import get_event, version_of
from maia.privacy.journal import Act, time_in_words


@office
@require_http_methods(["GET", "HEAD", "POST"])
def delete_event(request: OfficeRequest, pk: int) -> HttpResponse:
    """The page asks; what it posts is done."""
    event = get_event(request, pk)
    chosen = request.POST.get("which", Which.THIS)
    if request.method != "POST" or not sure.is_sure(request) or chosen not in set(Which):
        return _ask(request, event)
    try:
        gone = drop_event(event, Which(chosen), now=timezone.now(), seen=version_of(request))
    except ChangedMeanwhile:
        return _ask(request, get_event(request, pk), changed=True)
    written_down(request, Act.TIME, detail=time_in_words(event))
    several = _("%(count)d times are open again.") % {"count": gone}
    messages.success(request, _("The time is open again.") if gone == 1 else several)
    return redirect("office:agenda")


def _ask(request: OfficeRequest, event: Event, *, changed: bool = False) -> HttpResponse:
    counts = how_many(event) if event.series is not None else {}
    choices = [
        (which, words, counts[Which(which)]) for which, words in which_words() if which in counts
    ]
    context = {
        "practice": request.seat.practice,
        "event": event,
        "name": event.title or _("this event"),
        "choices": choices,
        "changed": changed,
    }
    return render(request, "office/personal/delete.html", context, status=409 if changed else 200)

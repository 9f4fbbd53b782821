"""Whether something has changed since a calendar was drawn: asked every few seconds by each open
agenda, and answered without a body (docs/decisions/2026-11-26-the-agenda-asks.md)."""

from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from maia.office.access import OfficeRequest, office
from maia.office.agenda.reading import read_agendas
from maia.office.agenda.wanted import read_wanted


@office
@require_safe
def news(request: OfficeRequest) -> HttpResponse:
    """304 for the tag in ``If-None-Match`` as long as nothing drawn has changed; else the new one.

    It shows nothing of anybody: what has changed is read from `events`, which leaves its line.
    """
    wanted = read_wanted(request)
    if wanted is None:
        return JsonResponse({"error": "range"}, status=400)
    tag = read_agendas(wanted.team, wanted.start, wanted.end).tag
    # A server in front that compresses calls a tag weak.
    unchanged = request.headers.get("If-None-Match", "").removeprefix("W/") == tag
    return HttpResponse(status=304 if unchanged else 204, headers={"ETag": tag})

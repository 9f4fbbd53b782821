"""A practice that was renamed is found under the names that it had: pages, frames, the embed, the API.

Asked only where nothing was found. For a while (307), since a practice may go back to a name.
"""

import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from maia.practices.models import FormerSlug

_ADDRESS = re.compile(r"(?P<before>/(?:api/v1/practices/)?)(?P<slug>[a-z0-9-]+)(?P<rest>/.*|$)")
_IN_FRAME = re.compile(r"(?P<before>/embed/[a-z0-9-]+/)(?P<slug>[a-z0-9-]+)(?P<rest>/.*|$)")


def lead_to_new_names(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Outside of all that adds headers about frames: the page that it leads to says who may show it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        asked = request.get_full_path()  # before a frame's page is looked for under its own address
        response = get_response(request)
        if response.status_code != 404 or (match := _ADDRESS.match(asked)) is None:
            return response
        former = FormerSlug.objects.filter(slug=match["slug"]).select_related("practice").first()
        if former is None:
            return response
        slug, rest = former.practice.slug, match["rest"]
        framed = _IN_FRAME.match(rest)  # where it stands a second time
        if framed is not None and framed["slug"] == former.slug:
            rest = f"{framed['before']}{slug}{framed['rest']}"
        there = f"{match['before']}{slug}{rest}"
        moved = HttpResponseRedirect(there, preserve_request=True)
        moved["Cache-Control"] = "no-store"
        return moved

    return middleware

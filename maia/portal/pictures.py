"""A logo or a photo: public, and cached for ever, since another picture has another name."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from maia.practices.models import Picture


@require_safe
@cache_control(max_age=365 * 24 * 3600, public=True, immutable=True)
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    found = get_object_or_404(Picture.objects.filter(digest=digest)[:1])
    return HttpResponse(bytes(found.content), content_type="image/webp")

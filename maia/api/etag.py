"""An answer that is sent only to whoever does not have it yet."""

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, set_response_etag


def answer_once(
    request: HttpRequest, content: bytes, content_type: str, *, cache: str = "no-cache"
) -> HttpResponse:
    """``content`` with its `ETag`, or a 304."""
    answer = HttpResponse(content, content_type=content_type, headers={"Cache-Control": cache})
    set_response_etag(answer)
    conditional = get_conditional_response(request, etag=answer["ETag"], response=answer)
    assert isinstance(conditional, HttpResponse)
    return conditional

"""An answer that is sent only to whoever does not have it yet."""

import hashlib

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response


def answer_once(
    request: HttpRequest, content: bytes, content_type: str, *, cache: str = "no-cache"
) -> HttpResponse:
    """``content`` with its `ETag`, or a 304."""
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    answer = HttpResponse(
        content, content_type=content_type, headers={"ETag": etag, "Cache-Control": cache}
    )
    conditional = get_conditional_response(request, etag=etag, response=answer)
    assert isinstance(conditional, HttpResponse)
    return conditional

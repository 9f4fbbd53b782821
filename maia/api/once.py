"""`Idempotency-Key`: the same request again is answered the same, and does nothing more.

What is kept is the names of what was made, never what was said of somebody: she may be erased.
"""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone

from maia.api.problems import Refused
from maia.tokens.models import Answer

JSON = "application/json; charset=utf-8"
Body = dict[str, Any]
Names = list[str]  # what the API calls what was made: ids, or uids
Made = tuple[Names, Body]


def once(request: Any, create: Callable[[], Made], show: Callable[[Names], Body]) -> HttpResponse:
    """Calls ``create`` in one transaction, unless this token has been answered for this key: then
    ``show`` says what there is of what was made then. 201 both times.

    What was refused is not kept: the same key may try again. Answers are kept a day. Raises
    `Refused` for a key that asked something else before, `Http404` for what has gone since.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        with transaction.atomic():
            return _created(create()[1])
    if not re.fullmatch(r"[!-~]{1,100}", key):
        raise Refused(422, "invalid", "An Idempotency-Key is 1 to 100 ASCII characters, no space.")
    digest = hashlib.sha256(request.path.encode() + b"\n" + request.body).hexdigest()
    token = request.auth.token
    try:
        with transaction.atomic():
            kept = Answer.objects.create(
                token=token, key=key, digest=digest, created_at=timezone.now()
            )
            kept.made, body = create()
            kept.save(update_fields=["made"])
            return _created(body)
    except IntegrityError:
        earlier = Answer.objects.filter(token=token, key=key).first()
        if earlier is None:
            raise
    if earlier.digest != digest:
        raise Refused(422, "idempotency_key_reused", "This Idempotency-Key asked something else.")
    answer = _created(show(earlier.made))
    answer["Idempotency-Replayed"] = "true"
    return answer


def _created(body: Body) -> HttpResponse:
    return HttpResponse(json.dumps(body, cls=DjangoJSONEncoder), content_type=JSON, status=201)

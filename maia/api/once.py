"""`Idempotency-Key`: the same request again is answered the same, and does nothing more."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.http import HttpResponse
from django.utils import timezone

from maia.api.problems import Refused
from maia.tokens.models import Answer

JSON = "application/json; charset=utf-8"


def once(request: Any, create: Callable[[], HttpResponse]) -> HttpResponse:
    """Calls ``create`` in one transaction, unless this token has been answered for this key.

    What was refused is not kept: the same key may try again. Answers are kept a day. Raises
    `Refused` for a key that asked something else before.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        with transaction.atomic():
            return create()
    if not re.fullmatch(r"[!-~]{1,100}", key):
        raise Refused(422, "invalid", "An Idempotency-Key is 1 to 100 ASCII characters, no space.")
    digest = hashlib.sha256(request.path.encode() + b"\n" + request.body).hexdigest()
    token = request.auth.token
    try:
        with transaction.atomic():
            kept = Answer.objects.create(
                token=token, key=key, digest=digest, created_at=timezone.now()
            )
            response = create()
            kept.status, kept.body = response.status_code, response.content.decode()
            kept.save(update_fields=["status", "body"])
        return response
    except IntegrityError:
        found = Answer.objects.filter(token=token, key=key).first()
        if found is None:
            raise
    if found.digest != digest:
        raise Refused(422, "idempotency_key_reused", "This Idempotency-Key asked something else.")
    return HttpResponse(
        found.body,
        status=found.status,
        content_type=JSON,
        headers={"Idempotency-Replayed": "true"},
    )


def created(body: dict[str, Any]) -> HttpResponse:
    """201, with what was created in JSON's own values."""
    return HttpResponse(json.dumps(body), content_type=JSON, status=201)

"""Receipts of SMS: to the address that went out with one message, or to the account's own."""

import base64
import hashlib
import hmac
import json
import logging
from collections.abc import Callable
from typing import Any, NamedTuple

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.views.decorators.csrf import csrf_exempt

from maia.messaging.models import Message
from maia.messaging.receipts import message_of, record_receipt
from maia.messaging.sms.channel import SmsUrl
from maia.outside.deriving import derived

logger = logging.getLogger("maia.hooks")


class Receipt(NamedTuple):
    """``delivered`` is None while it is on its way, and for a word that nobody knows."""

    provider_id: str
    delivered: bool | None


def account_token(provider: str) -> str:
    """What makes the address of a provider's account hard to guess."""
    return derived("maia.hooks.sms", provider, algorithm="sha1").hex()[:32]


@csrf_exempt
def of_message(request: HttpRequest, provider: str, token: str) -> HttpResponse:
    """The address says which message; its signature, that we gave it."""
    read, message = _READERS.get(provider), message_of(provider, token)
    if read is None or message is None or not _is_signed(request, provider):
        raise Http404
    return _record(request, read, lambda receipt: message)


@csrf_exempt
def of_account(request: HttpRequest, provider: str, token: str) -> HttpResponse:
    """The provider's id says which message."""
    read = _READERS.get(provider)
    if read is None or not constant_time_compare(token, account_token(provider)):
        raise Http404
    return _record(request, read, _by_provider_id)


def _record(
    request: HttpRequest,
    read: Callable[[HttpRequest], Receipt],
    find: Callable[[Receipt], Message | None],
) -> HttpResponse:
    try:
        receipt = read(request)
    except (ValueError, KeyError, TypeError, AttributeError):
        return HttpResponseBadRequest()
    message = find(receipt)
    if message is not None and receipt.delivered is not None:
        record_receipt(message, delivered=receipt.delivered, now=timezone.now())
    return HttpResponse(status=204)  # unknown ones too: they would only come again


def _by_provider_id(receipt: Receipt) -> Message | None:
    if not receipt.provider_id:
        return None
    found = Message.objects.filter(channel=Message.Channel.SMS, provider_id=receipt.provider_id)
    message: Message | None = found.first()
    return message


def _is_signed(request: HttpRequest, provider: str) -> bool:
    """Twilio signs what it sends with the account's token (its "Security" page); others do not."""
    if provider != "twilio":
        return True
    url = settings.BASE_URL + request.get_full_path()
    said = "".join(key + request.POST[key] for key in sorted(request.POST))
    secret = SmsUrl.parse(settings.SMS_URL).password
    digest = hmac.new(secret.encode(), (url + said).encode(), hashlib.sha1).digest()
    wanted = base64.b64encode(digest).decode()
    return constant_time_compare(wanted, request.headers.get("X-Twilio-Signature", ""))


def _json(request: HttpRequest) -> dict[str, Any]:
    read = json.loads(request.body)
    if not isinstance(read, dict):
        raise ValueError
    return read


def _outcome(provider: str, status: str, *, delivered: str, lost: set[str]) -> bool | None:
    """Whatever is neither says nothing: a new word of theirs is no undelivered message."""
    if status == delivered:
        return True
    if status in lost:
        return False
    logger.info("receipt", extra={"provider": provider, "status": status[:40]})
    return None


def _twilio(request: HttpRequest) -> Receipt:
    lost = {"undelivered", "failed", "canceled"}
    status = request.POST["MessageStatus"]
    outcome = _outcome("twilio", status, delivered="delivered", lost=lost)
    return Receipt(request.POST["MessageSid"], outcome)


def _brevo(request: HttpRequest) -> Receipt:
    read = _json(request)
    status = str(read["msg_status"]).lower()
    lost = {"soft_bounce", "soft_bounces", "hard_bounce", "hard_bounces", "rejected", "blocked",
            "blacklisted", "failed"}  # fmt: skip
    outcome = _outcome("brevo", status.replace("-", "_"), delivered="delivered", lost=lost)
    return Receipt(str(read.get("messageId", "")), outcome)


def _smsmode(request: HttpRequest) -> Receipt:
    read = _json(request)
    status = str(read["status"]["value"]).upper()
    lost = {"UNDELIVERABLE", "UNDELIVERED"}
    outcome = _outcome("smsmode", status, delivered="DELIVERED", lost=lost)
    return Receipt(str(read.get("messageId", "")), outcome)


def _octopush(request: HttpRequest) -> Receipt:
    read = _json(request)
    status = str(read["status"]).upper()
    lost = {"NOT_DELIVERED", "UNDELIVERED", "NOT_ALLOWED", "BLACKLISTED_NUMBER", "BAD_DESTINATION",
            "INVALID_DESTINATION_ADDRESS", "OUT_OF_DATE", "EXPIRED", "NOT_ENOUGH_CREDIT"}  # fmt: skip
    outcome = _outcome("octopush", status, delivered="DELIVERED", lost=lost)
    return Receipt(str(read["message_id"]), outcome)


def _ovh(request: HttpRequest) -> Receipt:
    # 2: not delivered; 16: refused by the network's centre. 4 and 8 are on the way.
    outcome = _outcome("ovh", request.GET["ptt"], delivered="1", lost={"2", "16"})
    return Receipt(request.GET["id"], outcome)


_READERS: dict[str, Callable[[HttpRequest], Receipt]] = {
    "twilio": _twilio,
    "brevo": _brevo,
    "smsmode": _smsmode,
    "octopush": _octopush,
    "ovh": _ovh,
}

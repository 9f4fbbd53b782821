"""HTTP towards a provider: one connection a request, and what an answer means for the message.

No connection is kept: one that the other side had closed meanwhile looks just like an answer that
was lost, and would make a message uncertain that never left.
"""

import json
import ssl
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies

import urllib3
from django.conf import settings
from urllib3 import exceptions as wrong

from maia.messaging.failures import AccountRefused, AnswerLost, PermanentFailure, TemporaryFailure

CONNECT_SECONDS = 5
_PROXIES = getproxies()
_TLS = ssl.create_default_context()  # read once: the authorities are many
# Of the account, not of the message: it goes once the operator has put that right.
_ACCOUNT = {401, 402, 403, 407}
_LATER = {408, 425, 429, 500, 502, 503}
# Before a request can have arrived: no such host, refused, no answer.
_NOT_ARRIVED = (
    wrong.NewConnectionError,
    wrong.ConnectTimeoutError,
    wrong.NameResolutionError,
    wrong.ProxyError,
    wrong.LocationValueError,
)


def post(
    url: str,
    *,
    headers: dict[str, str],
    body: bytes | None = None,
    data: dict[str, Any] | None = None,
    fields: dict[str, str] | None = None,
) -> dict[str, Any]:
    """The answer's JSON object, empty if it is not one.

    Sends ``body`` as it is, ``data`` as JSON, or ``fields`` as a form. Raises `TemporaryFailure`,
    `PermanentFailure`, or `AnswerLost` when it may have been taken.
    """
    options: dict[str, Any] = {"body": body}
    if data is not None:
        options = {"json": data}
    elif fields is not None:
        options = {"fields": fields, "encode_multipart": False}
    with _pool(url) as pool:
        try:
            answer = pool.request(
                "POST",
                url,
                headers={"Connection": "close", **headers},
                timeout=urllib3.Timeout(connect=CONNECT_SECONDS, read=settings.PROVIDER_SECONDS),
                retries=False,  # what may have arrived is not sent again
                redirect=False,
                **options,
            )
        except wrong.HTTPError as error:
            raise failure_of(error) from error
    refuse_unless_taken(answer.status)
    try:
        read = json.loads(answer.data)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def refuse_unless_taken(status: int) -> None:
    if 200 <= status < 300:
        return
    if status == 504:  # whoever stood between us gave up waiting
        raise AnswerLost("http 504")
    if status in _ACCOUNT:
        raise AccountRefused(f"http {status}")
    if status in _LATER or status > 504:
        raise TemporaryFailure(f"http {status}")
    raise PermanentFailure(f"http {status}")


def failure_of(error: Exception) -> Exception:
    """Whether the request can have arrived."""
    # Not the host that it says it is; another TLS failure may come in the middle of an answer.
    imposter = any(isinstance(cause, ssl.SSLCertVerificationError) for cause in error.args)
    kind = TemporaryFailure if imposter or isinstance(error, _NOT_ARRIVED) else AnswerLost
    return kind(type(error).__name__)


def _pool(url: str) -> urllib3.PoolManager:
    """Through the proxy of the environment (`HTTPS_PROXY`), if it names one."""
    proxy = _PROXIES.get(urlsplit(url).scheme)
    if proxy:
        return urllib3.ProxyManager(proxy, ssl_context=_TLS)
    return urllib3.PoolManager(ssl_context=_TLS)

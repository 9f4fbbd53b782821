"""HTTP towards a provider: one connection a request, and what an answer means for the message.

No connection is kept: one that the other side had closed meanwhile looks just like an answer that
was lost, and would make a message uncertain that never left.
"""

from typing import Any
from urllib.request import getproxies

import requests
from django.conf import settings
from requests import exceptions as wrong
from urllib3.exceptions import NewConnectionError

from maia.messaging.failures import AnswerLost, PermanentFailure, TemporaryFailure

CONNECT_SECONDS = 5
_session = requests.Session()  # made once, emptied after each request
_session.proxies.update(getproxies())
_session.trust_env = False  # read once, above, rather than at each request
# Of the account, not of the message: it goes once the operator has put that right.
_ACCOUNT = {401, 402, 403, 407}
_LATER = {408, 425, 429, 500, 502, 503}


def post(url: str, **request: Any) -> dict[str, Any]:
    """The answer's JSON object, empty if it is not one. ``request`` as `requests.post` takes it.

    Raises `TemporaryFailure`, `PermanentFailure`, or `AnswerLost` when it may have been taken.
    """
    headers = {"Connection": "close", **request.pop("headers", {})}
    timeout = (CONNECT_SECONDS, settings.PROVIDER_SECONDS)
    try:
        answer = _session.post(
            url, headers=headers, timeout=timeout, allow_redirects=False, **request
        )
    except wrong.RequestException as error:
        raise failure_of(error) from error
    finally:
        _session.close()
    refuse_unless_taken(answer.status_code)
    try:
        read = answer.json()
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def refuse_unless_taken(status: int) -> None:
    if 200 <= status < 300:
        return
    if status == 504:  # whoever stood between us gave up waiting
        raise AnswerLost("http 504")
    if status in _ACCOUNT or status in _LATER or status > 504:
        raise TemporaryFailure(f"http {status}")
    raise PermanentFailure(f"http {status}")


def failure_of(error: wrong.RequestException) -> Exception:
    """Whether the request can have arrived."""
    name = type(error).__name__
    if isinstance(error, (wrong.ConnectTimeout, wrong.ProxyError, wrong.SSLError)):
        return TemporaryFailure(name)
    if isinstance(error, (wrong.InvalidURL, wrong.MissingSchema)):
        return TemporaryFailure(name)  # a setting to put right
    if isinstance(
        error, (wrong.ReadTimeout, wrong.ChunkedEncodingError, wrong.ContentDecodingError)
    ):
        return AnswerLost(name)
    if isinstance(error, wrong.ConnectionError):
        reason = getattr(error.args[0] if error.args else None, "reason", None)
        if isinstance(reason, NewConnectionError):  # refused, or no such host
            return TemporaryFailure(name)
        return AnswerLost(name)
    return AnswerLost(name)

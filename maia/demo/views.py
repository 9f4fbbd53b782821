"""`/demo/messages/`: each email as its reader would see it. Exists in the demo only."""

from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from csp.constants import NONE, SELF
from csp.decorators import csp
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin

from maia.demo.models import Mail

SHOWN = 50


@dataclass(frozen=True)
class Read:
    """An email, taken apart."""

    mail: Mail
    sender: str
    subject: str
    text: str
    has_html: bool
    attachments: list[str]


@never_cache
def messages(request: HttpRequest) -> HttpResponse:
    """The last ones first; `?to=` keeps one reader's, `?seen=` asks only for what is newer."""
    to, seen = request.GET.get("to", ""), request.GET.get("seen", "")
    mails = list((Mail.objects.filter(to=to) if to else Mail.objects.all())[:SHOWN])
    latest = str(mails[0].pk if mails else 0)
    polled = request.headers.get("HX-Request-Type") == "partial"
    if polled and latest == seen:
        return HttpResponse(status=204)  # nothing new: the page stays as it is
    return render(
        request,
        "demo/_messages.html" if polled else "demo/messages.html",
        {"mails": [_read(m) for m in mails], "to": to, "latest": latest},
    )


# The email's own page: its styles are inline, as mail readers want them, and it runs nothing.
@csp(  # type: ignore[arg-type]  # it types views without arguments
    {
        "default-src": [NONE],
        "style-src": ["'unsafe-inline'"],
        "frame-ancestors": [SELF],
        "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox", "allow-top-navigation"],
    }
)
@xframe_options_sameorigin
def message_html(request: HttpRequest, pk: int) -> HttpResponse:
    part = _parse(get_object_or_404(Mail, pk=pk)).get_body(("html",))
    if part is None:
        raise Http404
    # Links open above the frame, not in it.
    html = part.get_content().replace("<body", '<base target="_top"><body', 1)
    return HttpResponse(html)


def attachment(request: HttpRequest, pk: int, index: int) -> HttpResponse:
    parts = list(_parse(get_object_or_404(Mail, pk=pk)).iter_attachments())
    if index >= len(parts):
        raise Http404
    name = parts[index].get_filename() or "file"
    return HttpResponse(
        parts[index].get_payload(decode=True),
        content_type=parts[index].get_content_type(),
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _read(mail: Mail) -> Read:
    email = _parse(mail)
    text = email.get_body(("plain",))
    return Read(
        mail=mail,
        sender=str(email["From"]),
        subject=str(email["Subject"]),
        text=text.get_content() if text else "",
        has_html=email.get_body(("html",)) is not None,
        attachments=[part.get_filename() or "file" for part in email.iter_attachments()],
    )


def _parse(mail: Mail) -> EmailMessage:
    return message_from_bytes(bytes(mail.raw), policy=default)

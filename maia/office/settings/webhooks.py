"""Which programs are told what happens to appointments, and what became of it. Owner's."""

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from maia.accounts.limits import TooMany
from maia.messaging.hooks import trial_of
from maia.office import sure
from maia.office.access import OfficeRequest, owner_page, written_down
from maia.office.again import asked_again
from maia.office.once import made_once
from maia.outside.http import NotAllowed, check_url
from maia.outside.words import why_not_fetched
from maia.practices.held import hold
from maia.privacy.journal import Act
from maia.webhooks.adding import ToldAlready, add_webhook
from maia.webhooks.models import Webhook

LATEST = 5


class WebhookForm(forms.Form):
    url = forms.CharField(
        label=gettext_lazy("Address of the program"),
        max_length=500,
        widget=forms.TextInput(
            attrs={
                "inputmode": "url",
                "autocapitalize": "none",
                "placeholder": "https://compta.example/maia",
            }
        ),
    )

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            check_url(url)
        except NotAllowed as refused:
            raise forms.ValidationError(why_not_fetched(refused.code)) from None
        return url


@owner_page
@asked_again
@require_http_methods(["GET", "HEAD", "POST"])
@made_once
def webhooks(request: OfficeRequest) -> HttpResponse:
    practice = request.seat.practice
    form = WebhookForm(request.POST or None)
    if form.is_valid():
        try:
            with transaction.atomic():
                webhook = add_webhook(practice, form.cleaned_data["url"])
                trial_of(webhook, timezone.now(), by=request.seat.user)
        except ToldAlready:
            form.add_error("url", _("This program is told already."))
        except TooMany:
            form.add_error("url", _("Five programs at most: remove one first."))
        else:
            written_down(request, Act.SETTINGS, detail=f"webhook + {webhook.url}")
            messages.success(request, _("A test is on its way. This page says what becomes of it."))
            return redirect("office:webhooks")
    context = {
        "practice": practice,
        "form": form,
        "webhooks": [
            (webhook, webhook.messages.select_related("entry").order_by("-pk")[:LATEST])
            for webhook in practice.webhooks.all()
        ],
    }
    return render(
        request, "office/settings/webhooks.html", context, status=422 if form.is_bound else 200
    )


@owner_page
@require_POST
@made_once
def change_webhook(request: OfficeRequest, pk: int, action: str) -> HttpResponse:
    webhook: Webhook = get_object_or_404(request.seat.practice.webhooks, pk=pk)
    now = timezone.now()
    match action:
        case "test":
            with transaction.atomic():
                hold(webhook)
                trial_of(webhook, now, by=request.seat.user)
            messages.success(request, _("A test is on its way. This page says what becomes of it."))
        case "pause":
            webhook.pause(now)
            written_down(request, Act.SETTINGS, detail=f"webhook ‖ {webhook.url}")
        case "resume":
            webhook.resume()
            written_down(request, Act.SETTINGS, detail=f"webhook ▸ {webhook.url}")
        case "remove":
            if not sure.is_sure(request):
                question = _("Remove %(url)s?") % {"url": webhook.url}
                words = _("This program is told nothing any more, and its secret is gone.")
                return sure.ask(request, question, [words], _("Remove"), reverse("office:webhooks"))
            webhook.delete()
            written_down(request, Act.SETTINGS, detail=f"webhook − {webhook.url}")
            messages.success(request, _("This program is told nothing any more."))
        case _other:
            raise Http404
    return redirect("office:webhooks")


@owner_page
@asked_again
@require_POST
def renew_secret(request: OfficeRequest, pk: int) -> HttpResponse:
    webhook: Webhook = get_object_or_404(request.seat.practice.webhooks, pk=pk)
    if not sure.is_sure(request):
        return sure.ask(
            request,
            _("Renew the secret of %(url)s?") % {"url": webhook.url},
            [_("The program refuses what it is told until you give it the new one.")],
            _("Renew"),
            reverse("office:webhooks"),
        )
    with transaction.atomic():
        hold(webhook)
        webhook.renew_secret()
    written_down(request, Act.SETTINGS, detail=f"webhook ↻ {webhook.url}")
    messages.success(request, _("The secret is new: give it to the program."))
    return redirect("office:webhooks")

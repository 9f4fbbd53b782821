"""Signing in on the way to an appointment: an email address, a code, and the slot still there.

allauth does the work (codes, attempts, rate limits, second factor); the pages are ours.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from allauth.account.internal.flows.email_verification import verify_email_indirectly
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.account.utils import filter_users_by_email
from allauth.account.views import ConfirmLoginCodeView, RequestLoginCodeView
from allauth.core.exceptions import ImmediateHttpResponse
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maia.accounts import sessions
from maia.accounts.codes import address_of_link, use_link
from maia.accounts.forms import RequestCodeForm
from maia.patients.records import may_register
from maia.portal.booking import Choice, get_choice, render_sign_in
from maia.schedules.models import TypeKey


class _AskEmail(RequestLoginCodeView):
    choice: Any = None

    def get_form_class(self) -> type[RequestCodeForm]:
        return RequestCodeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {"may_register": partial(may_register, self.choice.practice)}

    def form_invalid(self, form: RequestCodeForm) -> HttpResponse:
        return render_sign_in(self.request, self.choice, form)

    def get_success_url(self) -> str:
        return self.choice.url("code")


class _SendCode(RequestLoginCodeView):
    """The sign-in by code, its address filled in."""

    email = ""
    next_url = ""
    opens_account = False
    borrowed = False

    def get_form_class(self) -> type[RequestCodeForm]:
        return RequestCodeForm

    def get_form_kwargs(self) -> dict[str, Any]:
        kwargs: dict[str, Any] = super().get_form_kwargs()
        return kwargs | {
            "data": {"email": self.email, "borrowed": self.borrowed},
            "may_register": lambda email: self.opens_account,
        }

    def passthrough_next_url(self, url: str) -> str:
        return f"{url}?{urlencode({'next': self.next_url})}"

    def form_invalid(self, form: RequestCodeForm) -> HttpResponse:
        """Too many codes asked for: the form knows how to say so."""
        said = [str(error) for errors in form.errors.values() for error in errors]
        messages.error(self.request, " ".join(said))
        return redirect(self.next_url)


def send_code(
    request: HttpRequest,
    email: str,
    *,
    next_url: str,
    opens_account: bool = False,
    borrowed: bool = False,
) -> HttpResponse:
    """Sends a code to an address that we know, and asks for it; ``next_url`` is ours. ``borrowed``:
    it is not her computer."""
    view = _SendCode.as_view(
        email=email, next_url=next_url, opens_account=opens_account, borrowed=borrowed
    )
    answer: HttpResponse = view(request)
    return answer


class _AskCode(ConfirmLoginCodeView):
    choice: Any = None
    template_name = "portal/confirm.html"

    def get_next_url(self) -> str:
        return self.choice.url()

    def passthrough_next_url(self, url: str) -> str:
        return self.choice.url("code")

    def form_invalid(self, form: Any) -> HttpResponse:
        response: HttpResponse = super().form_invalid(form)
        if response.status_code == 302:  # too many wrong codes: allauth's login page
            phone = self.choice.practice.phone
            if phone:
                words = _("Or call the practice: %(phone)s.")
                messages.info(self.request, words % {"phone": phone.as_national})
            return redirect(self.choice.url())
        response.status_code = 422
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {
            "practice": self.choice.practice,
            "choice": self.choice,
            "code": context["form"],
        }


@never_cache
def ask_email(
    request: HttpRequest, slug: str, type_id: TypeKey, practitioner_id: int, start: datetime
) -> HttpResponse:
    choice = get_choice(slug, type_id, practitioner_id, start)
    if request.method != "POST" or request.user.is_authenticated:
        return redirect(choice.url())
    clear_login(request)  # another address than a moment ago: that code is void
    return _with_choice(_AskEmail, choice)(request)


def ask_code(
    request: HttpRequest, slug: str, type_id: TypeKey, practitioner_id: int, start: datetime
) -> HttpResponse:
    choice = get_choice(slug, type_id, practitioner_id, start)
    if LoginStageController.enter(request, LoginByCodeStage.key) is None:
        if not request.user.is_authenticated:
            messages.warning(request, _("This code has expired. Please ask for a new one."))
        return redirect(choice.url())
    try:
        return _with_choice(_AskCode, choice)(request)
    except ImmediateHttpResponse as answer:
        return answer.response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_link(request: HttpRequest, token: str) -> HttpResponse:
    """What an email holds when codes have been guessed at. Opening it changes nothing: scanners do."""
    address = address_of_link(token)
    users = filter_users_by_email(address or "", is_active=True, prefer_verified=True)
    closed = address is None or not users
    if request.method == "POST" and not closed:
        closed = not use_link(token, now=timezone.now())
    if request.method != "POST" or closed:
        status = 410 if closed else 200
        return render(request, "portal/sign_in_link.html", {"closed": closed}, status=status)
    user = users[0]
    sessions.choose(request.session, "borrowed" in request.POST, now=timezone.now())
    record_authentication(request, user, method="code", email=address)
    verify_email_indirectly(request, user, address)
    answer: HttpResponse = perform_login(request, Login(user=user, email=address))
    return answer


def _with_choice(view: Any, choice: Choice) -> Callable[[HttpRequest], HttpResponse]:
    return view.as_view(choice=choice)

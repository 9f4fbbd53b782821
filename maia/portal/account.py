"""Her account: how she signs in, her language, what is sent to her, her data, the end of it."""

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maia.accounts import sessions
from maia.accounts.language import speak
from maia.accounts.models import User
from maia.accounts.second_factor import AFTER, has_second_factor
from maia.appointments.models import Appointment
from maia.patients.models import Patient
from maia.portal.sign_in import send_code
from maia.practices.models import Practice
from maia.privacy.erasing import CannotErase, delete_account
from maia.privacy.handing_out import data_of_user


class PreferencesForm(forms.Form):
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the pages and of our messages"),
        choices=[("fr", "Français"), ("en", "English")],
    )
    sms = forms.BooleanField(label=gettext_lazy("Remind me by SMS as well"), required=False)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    records = Patient.objects.filter(user=user)
    form = PreferencesForm(
        request.POST or None,
        initial={
            "language": user.language or translation.get_language(),
            "sms": not records.filter(no_sms=True).exists(),
        },
    )
    if form.is_valid():
        language = form.cleaned_data["language"]
        User.objects.filter(pk=user.pk).update(language=language)
        records.update(language=language, no_sms=not form.cleaned_data["sms"])
        translation.activate(language)
        messages.success(request, _("Saved."))
        answer = redirect("account")
        speak(request, answer, language)
        return answer
    context = {
        "form": form,
        "is_patient": records.exists(),
        "records": records.kept().select_related("practice"),
        "has_password": user.has_usable_password(),
        "has_second_factor": has_second_factor(user),
    }
    return render(request, "portal/account.html", context, status=422 if form.is_bound else 200)


@never_cache
@login_required
@reauthentication_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    answer = JsonResponse(
        data_of_user(_user(request)), json_dumps_params={"indent": 2, "ensure_ascii": False}
    )
    answer["Content-Disposition"] = 'attachment; filename="mes-donnees.json"'
    return answer


@never_cache
@login_required
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest) -> HttpResponse:
    user = _user(request)
    refused = ""
    if request.method == "POST":
        if "understood" not in request.POST:
            refused = _("Tick the box: what is deleted does not come back.")
        else:
            try:
                delete_account(user)
            except CannotErase:
                refused = _("You are the last owner of a practice: name another one first.")
            else:
                logout(request)
                messages.success(request, _("Your account is deleted."))
                return redirect("home")
    context = {
        "refused": refused,
        "ahead": Appointment.objects.of_user(user).with_details().upcoming(timezone.now()),
        "practices": Practice.objects.filter(patients__user=user),
    }
    return render(request, "portal/delete_account.html", context, status=422 if refused else 200)


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Before what matters, for her who has no password: a new code, then where she was going."""
    user = _user(request)
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    if request.method != "POST":
        return render(request, "portal/again.html", {"email": user.email})
    borrowed = sessions.is_borrowed(request.session)
    going = request.session.get(AFTER)
    logout(request)
    if going:
        request.session[AFTER] = going
    after = wanted if safe else reverse("account")
    return send_code(request, user.email, next_url=after, borrowed=borrowed)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user

"""Signing in with a code, the same for an address we know and one we do not."""

from collections.abc import Callable
from typing import Any

from allauth.account.forms import (
    ConfirmEmailVerificationCodeForm,
    ConfirmLoginCodeForm,
    LoginForm,
    RequestLoginCodeForm,
    ResetPasswordForm,
)
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.core import context
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from maia.accounts import sessions
from maia.accounts.addresses import AddressFormField, validated_address
from maia.accounts.codes import may_guess, wants_a_link, was_right
from maia.accounts.models import User
from maia.accounts.unreadable_keys import ReadsAKey


class _SaysWhoseComputer(forms.Form):
    borrowed = forms.BooleanField(label=_("This is not my computer"), required=False)

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        borrowed = bool(typed.get("borrowed"))
        sessions.choose(context.request.session, borrowed, now=timezone.now())
        return typed


TYPED = "typed_address"  # in the session, until the next form that asks for it


class RequestCodeForm(_SaysWhoseComputer, RequestLoginCodeForm):
    """Asks for the address that a code goes to.

    ``may_register`` says whether an unknown address gets an account: at once, closed until its
    code is typed. Else she gets an email that says there is none. The page is always the same.
    """

    email = AddressFormField(
        label=_("Your email address"),
        max_length=254,
        widget=forms.EmailInput(
            attrs={"autocomplete": "email", "inputmode": "email", "autocapitalize": "none"}
        ),
    )

    # A trap for machines that fill every field: people do not see it.
    website = forms.CharField(
        label=_("Leave this field empty"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"autocomplete": "off", "tabindex": "-1"}),
    )

    field_order = ("website",)  # before an account is made

    def __init__(
        self, *args: Any, may_register: Callable[[str], bool] | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.may_register = may_register
        if not self.is_bound and context.request is not None:
            self.initial.setdefault("email", context.request.session.pop(TYPED, ""))

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise forms.ValidationError(_("Leave this field empty, then try again."))
        return ""

    def clean_email(self) -> str:
        email: str = super().clean_email()
        if "website" in self.errors:
            return email
        if self._user is None and self.may_register is not None and self.may_register(email):
            if not User.objects.filter(email=email).exists():  # else: a closed account
                self._user = User.objects.create_user(email, language=get_language() or "")
        return email


class PasskeySignInForm(ReadsAKey, _SaysWhoseComputer, LoginWebAuthnForm):
    pass


class PasskeyAsSecondFactorForm(ReadsAKey, AuthenticateWebAuthnForm):
    pass


class PasskeyAgainForm(ReadsAKey, ReauthenticateWebAuthnForm):
    pass


class NewPasskeyForm(ReadsAKey, AddWebAuthnForm):
    """A passkey is always made to sign in with. The box that says so is ticked and not shown: the
    library's script reads it when it asks the device for a key."""

    name = forms.CharField(label=_("Name"), required=False)
    passwordless = forms.BooleanField(
        required=False, initial=True, widget=forms.CheckboxInput(attrs={"hidden": True})
    )

    def clean_passwordless(self) -> bool:
        return True


class NamedPasskeyForm(EditWebAuthnForm):
    name = forms.CharField(label=_("Name"))


class PasswordSignInForm(_SaysWhoseComputer, LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("Your email address")
        for field in self.fields.values():  # its label says it
            field.widget.attrs.pop("placeholder", None)

    def clean_login(self) -> str:
        return validated_address(super().clean_login())

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> Any:
        answer = super().login(request, redirect_url)
        if sessions.is_borrowed(request.session):  # allauth has given it two weeks
            request.session.set_expiry(0)
        return answer


class LostPasswordForm(ResetPasswordForm):
    email = AddressFormField()


class _GuardedCode:
    """Each try is counted by its address before it is looked at."""

    def guarded(self, address: str, expected: str, look: Callable[[], str]) -> str:
        now = timezone.now()
        if address and not may_guess(address, expected, now=now):
            if not wants_a_link(address, now=now):
                raise forms.ValidationError(
                    _("Too many wrong tries for this code. Ask for a new one.")
                )
            raise forms.ValidationError(
                _(
                    "Too many wrong codes for this address today. Ask for another email: it holds a "
                    "link to sign in with, in the place of a code."
                )
            )
        code = look()
        if address:
            was_right(address)
        return code


class SignInCodeForm(_GuardedCode, ConfirmLoginCodeForm):
    def clean_code(self) -> str:
        stage = LoginStageController.enter(context.request, LoginByCodeStage.key)
        address = stage.state.get("email", "") if stage else ""
        try:
            code = self.guarded(address, self.expected_code or "", super().clean_code)
        except forms.ValidationError:
            # As `authenticate` tells of a wrong password.
            user_login_failed.send(
                sender=__name__, credentials={"email": address}, request=context.request
            )
            context.request.session[TYPED] = address  # a new code is one click away
            raise
        context.request.session.pop(TYPED, None)
        return code


class NewAddressCodeForm(_GuardedCode, ConfirmEmailVerificationCodeForm):
    """Else an account could be given somebody else's address, and then her record."""

    def clean_code(self) -> str:
        return self.guarded(self.email or "", self.expected_code or "", super().clean_code)

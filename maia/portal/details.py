"""Her own details in one practice, hers to correct."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maia.accounts.models import User
from maia.patients.addresses import LENGTHS, one_line_of
from maia.patients.birth_dates import is_birth_date
from maia.patients.correcting import HERS, CorrectedMeanwhile, correct_record, texts_of
from maia.patients.models import Patient
from maia.patients.phones import LONGEST_TYPED, NotAPhoneNumber, SeveralNumbers, typed_phone
from maia.patients.stages import validate_birth_of_child, validate_due_date
from maia.portal.forms import DetailsForm, address_fields
from maia.privacy.journal import note_correction

SHOWN = "shown-"  # before the name of a field: what her page showed her


def _date_input() -> forms.DateInput:
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "off"})


class CorrectionForm(DetailsForm):
    """Names, numbers, birth date, address. Beside each, hidden, what stood there."""

    request_key = None  # type: ignore[assignment]
    note = None  # type: ignore[assignment]
    phone = forms.CharField(
        label=gettext_lazy("Other phone"),
        max_length=LONGEST_TYPED,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    birth_date = forms.DateField(
        label=gettext_lazy("Birth date"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date", "autocomplete": "bday"}),
    )
    due_date = forms.DateField(label=gettext_lazy("Due date"), required=False, widget=_date_input())
    child_birth_date = forms.DateField(
        label=gettext_lazy("Birth of your child"), required=False, widget=_date_input()
    )
    field_order = list(HERS)

    def __init__(self, data: Any = None, *, record: Patient) -> None:
        self.stood = texts_of(record)
        initial: dict[str, Any] = dict(self.stood)
        for name in ("mobile", "phone"):
            number = getattr(record, name)
            initial[name] = number.as_national if number else ""
        super().__init__(data, country=str(record.practice.country), initial=initial)
        self.fields |= address_fields()
        for name in LENGTHS:
            self.fields[name].required = False
            self.fields[name].help_text = ""
        self.order_fields(self.field_order)

    def clean_phone(self) -> str:
        typed = self.cleaned_data["phone"].strip()
        try:
            return typed_phone(typed, self.country) if typed else ""
        except SeveralNumbers:
            raise ValidationError(_("These are two numbers: please write one only.")) from None
        except NotAPhoneNumber:
            raise ValidationError(
                _("This is not a phone number. For instance: 06 12 34 56 78.")
            ) from None

    def clean_birth_date(self) -> date | None:
        day: date | None = self.cleaned_data["birth_date"]
        if day is not None and not is_birth_date(day, timezone.localdate()):
            raise ValidationError(_("This date cannot be a birth date."))
        return day

    def clean_due_date(self) -> date | None:
        return self._clean_day("due_date", validate_due_date)

    def clean_child_birth_date(self) -> date | None:
        return self._clean_day("child_birth_date", validate_birth_of_child)

    def _clean_day(self, name: str, check: Callable[[date, date], None]) -> date | None:
        """One that stands may have become old."""
        day: date | None = self.cleaned_data[name]
        if day is not None and day.isoformat() != self.stood[name]:
            check(day, timezone.localdate())
        return day

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = forms.Form.clean(self) or {}
        return typed | {name: one_line_of(typed[name]) for name in LENGTHS if name in typed}

    def wanted(self) -> dict[str, str]:
        """Of the fields that were posted: a program need not send them all."""
        typed = self.cleaned_data
        return {name: str(typed[name] or "") for name in HERS if name in self.data}

    def seen(self) -> dict[str, str] | None:
        """What her page showed her; None: she has seen none."""
        seen = {name: self.data[SHOWN + name][:400] for name in HERS if SHOWN + name in self.data}
        return seen or None

    def shown(self) -> list[tuple[str, str]]:
        """Names and values of the hidden fields."""
        return [(SHOWN + name, text) for name, text in self.stood.items()]

    def say_meanwhile(self, refusal: CorrectedMeanwhile, record: Patient) -> None:
        """``record``: as it is now. Saved again, what she typed is hers: from now on she has seen that."""
        for name, now in refusal.now.items():
            if now:
                now = getattr(getattr(record, name), "as_national", now)
                words = _(
                    "Meanwhile the practice has put “%(words)s” here. Save again to keep what you typed."
                ) % {"words": now}
            else:
                words = _(
                    "Meanwhile the practice has emptied this. Save again to keep what you typed."
                )
            self.add_error(name, words)
        self.stood = (self.seen() or {}) | refusal.now


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest, pk: int) -> HttpResponse:
    """Its address is the account's."""
    user = request.user
    assert isinstance(user, User)
    records = Patient.objects.kept().filter(user=user).select_related("practice")
    record = get_object_or_404(records, pk=pk)
    form = CorrectionForm(request.POST or None, record=record)
    if form.is_valid() and _is_saved(form, record, user):
        messages.success(request, _("Saved."))
        return redirect("account")
    context = {"form": form, "practice_name": record.practice.name}
    return render(request, "portal/details.html", context, status=422 if form.is_bound else 200)


def _is_saved(form: CorrectionForm, record: Patient, user: User) -> bool:
    """False: somebody else has changed the same meanwhile, and the form says what."""
    try:
        with transaction.atomic():
            changed = correct_record(record, user, form.wanted(), form.seen())
            if changed:
                labels = ", ".join(str(form.fields[name].label) for name in changed)
                note_correction(record, user, labels, now=timezone.now())
    except CorrectedMeanwhile as refusal:
        record.refresh_from_db()
        form.say_meanwhile(refusal, record)
        return False
    return True

"""The journal of the practice: who did what, by whom, about whom and when. For the owner."""

from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from dateutil.relativedelta import relativedelta
from django import forms
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from maia.accounts.ids import parse_id
from maia.appointments.dates import long_date
from maia.appointments.models import HistoryEntry
from maia.office.access import OfficeRequest, owner_page
from maia.office.fields.chips import chips
from maia.office.fields.days import DayField
from maia.office.settings.journal_lines import CHOICES, Lines
from maia.practices.models import Practice
from maia.privacy.models import JournalEntry, terms_of

PAGE = 50


class JournalForm(forms.Form):
    """What an address asks of the journal; nothing asked is all of it."""

    who = forms.ChoiceField(label=_("Who"), required=False)
    act = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[("", _("Everything")), *CHOICES],
    )
    first = DayField(label=_("From"), required=False)
    last = DayField(label=_("To (included)"), required=False)

    def __init__(self, typed: Any, *, practice: Practice) -> None:
        super().__init__(typed, auto_id="journal_%s")
        self.practice = practice
        emails = practice.team.order_by("user__email").values_list("user__email", flat=True)
        people = [("", _("Everybody")), *((email, email) for email in emails)]
        self.fields["who"].choices = people  # type: ignore[attr-defined]
        # By the link on a record; who it is, the journal says.
        self.patient = parse_id(typed.get("patient", ""))

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or {}
        first, last = typed.get("first"), typed.get("last")
        if first and last and last < first:
            self.add_error("last", _("The end comes before the start."))
        return typed

    def lines(self, now: datetime) -> Lines:
        """Those that are asked for; all of them of what cannot be read. Of the history of appointments,
        as long as the journal is kept."""
        entries = JournalEntry.objects.filter(practice=self.practice)
        kept = relativedelta(months=terms_of(self.practice).journal_months)
        acts = HistoryEntry.objects.filter(
            appointment__event__practitioner__practice=self.practice, at__gte=now - kept
        )
        typed = self.cleaned_data if self.is_valid() else {}
        if typed.get("who"):
            entries = entries.filter(who=typed["who"])
            acts = acts.filter(user__email=typed["who"])
        if typed.get("first"):
            midnight = datetime.combine(typed["first"], time(), self.practice.zone)
            entries, acts = entries.filter(at__gte=midnight), acts.filter(at__gte=midnight)
        if typed.get("last"):
            day = typed["last"] + timedelta(days=1)
            midnight = datetime.combine(day, time(), self.practice.zone)
            entries, acts = entries.filter(at__lt=midnight), acts.filter(at__lt=midnight)
        if self.patient is not None:
            entries = entries.filter(Q(patient=self.patient) | Q(other=self.patient))
            acts = acts.filter(Q(appointment__patient=self.patient) | Q(old_patient=self.patient))
        return Lines(entries, acts, typed.get("act", ""))

    def asked(self) -> dict[str, str]:
        """What the address says of it."""
        names = [name for name in self.fields if self.data.get(name, "").strip()]
        asked = {name: self.data[name] for name in names}
        return asked | ({"patient": str(self.patient)} if self.patient is not None else {})

    def _name(self) -> str:
        """Of whom it is about, as far as the journal still says it."""
        entries = JournalEntry.objects.filter(practice=self.practice, patient=self.patient)
        entry = entries.select_related("patient").first()
        return entry.patient.name if entry is not None and entry.patient else str(_("one patient"))

    def in_words(self) -> dict[str, str]:
        if not self.is_valid():
            return {}
        typed = self.cleaned_data
        words = {"who": typed["who"], "act": dict(CHOICES).get(typed["act"], "")}
        if typed["first"]:
            words["first"] = _("from %(day)s") % {"day": long_date(typed["first"])}
        if typed["last"]:
            words["last"] = _("to %(day)s") % {"day": long_date(typed["last"])}
        if self.patient is not None:
            words["patient"] = self._name()
        return {name: str(said) for name, said in words.items() if said}


@owner_page
@require_safe
def journal(request: OfficeRequest) -> HttpResponse:
    """A date that cannot be read is said, and filters nothing."""
    form = JournalForm(request.GET, practice=request.seat.practice)
    lines: Any = form.lines(timezone.now())  # all of a list that pages need
    page = Paginator(lines, PAGE).get_page(request.GET.get("page"))
    asked = form.asked()
    context = {
        "practice": request.seat.practice,
        "form": form,
        "page": page,
        "asked": asked,
        "chips": chips(asked, form.in_words()),
        "query": f"&{urlencode(asked)}" if asked else "",
    }
    status = 422 if form.errors else 200
    return render(request, "office/settings/journal.html", context, status=status)

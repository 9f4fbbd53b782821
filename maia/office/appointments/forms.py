"""The appointment sheet's forms: texts to values, errors to words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maia.accounts.addresses import AddressFormField
from maia.accounts.ids import parse_id
from maia.accounts.request_keys import RequestKeyField
from maia.appointments.acts.editing import Into
from maia.appointments.agenda import Telling
from maia.appointments.models import MOST_WORDS, Appointment
from maia.appointments.offer import why_not_offered
from maia.office.fields.colleagues import ColleagueField
from maia.office.fields.days import MIDNIGHT, AgendaDayField, ends_at, refuse_skipped
from maia.office.fields.phones import clean_phone
from maia.office.fields.sites import add_site, add_site_of
from maia.office.patients.sharing import ask_about_address
from maia.patients.addresses import LENGTHS, NEEDED, Address
from maia.patients.models import Patient
from maia.patients.phones import LONGEST_TYPED
from maia.patients.text import clean_line, clean_text
from maia.practices.models import Place, PlaceKind, Room
from maia.practices.seats import Seat
from maia.privacy.reading import records_of
from maia.schedules.models import AppointmentType


class TellingForm(forms.Form):
    """Stands in the form of an act that writes to the patient. Posted without having been shown, it
    tells her, as always."""

    telling_shown = forms.BooleanField(required=False, initial=True, widget=forms.HiddenInput)
    tell_patient = forms.BooleanField(label=_("Tell the patient"), required=False, initial=True)
    word = forms.CharField(
        label=_("A word to them, in the email"),
        max_length=MOST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_word(self) -> str:
        return clean_text(self.cleaned_data["word"])

    def telling(self) -> Telling:
        typed = self.cleaned_data
        tell = typed["tell_patient"] or not typed["telling_shown"]
        return Telling(tell=tell, words=typed["word"])


class TellingSeveralForm(TellingForm):
    """Of an act that writes to several patients, the same word to each."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tell_patient"].label = _("Tell the patients")
        self.fields["word"].label = _("A word to all of them, in the email")


class WhenForm(forms.Form):
    """A local date and time."""

    date = AgendaDayField(label=_("Date"))
    time = forms.TimeField(
        label=_("Time"),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300}),
        error_messages={"required": _("Choose a time: the next free ones are just above.")},
    )
    until = forms.TimeField(
        label=_("Until"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time", "step": 300}),
    )

    def clean(self) -> dict[str, Any]:
        super().clean()
        typed: dict[str, Any] = self.cleaned_data
        until, begins = typed.get("until"), typed.get("time")
        if until and begins and until <= begins and until != MIDNIGHT:
            self.add_error("until", _("The end comes before the start."))
        for name in ("time", "until"):
            zone = timezone.get_current_timezone()
            refuse_skipped(self, name, typed.get("date"), typed.get(name), zone)
        return typed

    def end(self) -> datetime | None:
        """None: as long as before. At midnight: the end of that day."""
        if not self.cleaned_data.get("until"):
            return None
        return ends_at(self.cleaned_data["date"], self.cleaned_data["until"]).replace(
            tzinfo=timezone.get_current_timezone()
        )

    def start(self) -> datetime:
        """In the practice's time zone, which is the current one."""
        local = datetime.combine(self.cleaned_data["date"], self.cleaned_data["time"])
        return local.replace(tzinfo=timezone.get_current_timezone())


class ChangeForm(WhenForm):
    """When, with whom and as what. Left out, the last two stay."""

    type = forms.ModelChoiceField(AppointmentType.objects.none(), label=_("Type"), required=False)
    practitioner = ColleagueField(label=_("Practitioner"), required=False)

    def __init__(self, *args: Any, appointment: Appointment, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        practice, own = appointment.practice, Q(pk=appointment.type.pk)
        types = AppointmentType.objects.filter(own | Q(archived=False), practice=practice)
        self.fields["type"].queryset = types  # type: ignore[attr-defined]
        team = seat.practitioners.filter(Q(pk=appointment.practitioner.pk) | Q(is_active=True))
        self.fields["practitioner"].queryset = team  # type: ignore[attr-defined]
        self.was = appointment
        self.at: Place | None = None
        stands = timezone.localtime(appointment.start).date()
        self.fields["date"].stands = stands  # type: ignore[attr-defined]
        self.fields["until"].help_text = _("Left as it is: it lasts as long as before.")
        if appointment.type.place == PlaceKind.SITE:
            self.at = add_site_of(self, practice, appointment.event.place)

    @property
    def place(self) -> Place | None:
        """Another site than where it is. Left as it is, it stays, or goes where the hours of another day are."""
        chosen: Place | None = self.cleaned_data.get("place")
        return None if chosen == self.at else chosen

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = self.cleaned_data
        start, end = (timezone.localtime(at) for at in (self.was.start, self.was.end))
        # The end that was shown stays beside a new beginning or type: it lasts as that does.
        changes = (typed.get("date"), typed.get("time"), typed.get("type") or self.was.type)
        if changes != (start.date(), start.time(), self.was.type):
            if typed.get("until") == end.time():
                typed["until"] = None
        return super().clean()


class NewAppointmentForm(WhenForm):
    request_key = RequestKeyField()
    patient = forms.ModelChoiceField(
        Patient.objects.none(), label=_("Patient"), required=False, widget=forms.HiddenInput
    )
    patient_search = forms.CharField(
        label=_("Patient"),
        required=False,
        max_length=100,
        help_text=_("Three letters of the name, the email address or the number."),
    )
    first_name = forms.CharField(label=_("First name"), max_length=80, required=False)
    last_name = forms.CharField(label=_("Last name"), max_length=80, required=False)
    # The patient's: a browser would fill in the number of who types.
    mobile = forms.CharField(
        label=_("Phone"),
        max_length=LONGEST_TYPED,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
    )
    email = AddressFormField(label=_("Email address"), max_length=254, required=False)
    street = forms.CharField(label=_("Number and street"), max_length=200, required=False)
    postcode = forms.CharField(label=_("Postcode"), max_length=10, required=False)
    city = forms.CharField(label=_("Town"), max_length=100, required=False)
    access = forms.CharField(
        label=_("How to get in"),
        max_length=300,
        required=False,
        help_text=_("Left empty, the address of the record stays as it is."),
    )
    practitioner = ColleagueField(label=_("Practitioner"))
    type = forms.ModelChoiceField(AppointmentType.objects.none(), label=_("Type"))
    send_email = forms.BooleanField(
        label=_("Emails: confirmation and reminder"), required=False, initial=True
    )
    send_sms = forms.BooleanField(label=_("Reminder by SMS"), required=False)
    practice_notes = forms.CharField(
        label=_("Notes of the practice"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("The patient never sees them."),
    )
    word = forms.CharField(
        label=_("A word to them, in the email"),
        max_length=MOST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    unconfirmed = forms.BooleanField(
        label=_("To be confirmed: hold the time, send no reminder"), required=False
    )

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seat, self.practice = seat, seat.practice
        practice = seat.practice
        if not seat.reads_notes:
            del self.fields["practice_notes"]
        self.fields["until"].help_text = _("Left empty: as long as the type lasts.")
        add_site(self, practice)
        self.fields["patient"].queryset = records_of(seat).kept()  # type: ignore[attr-defined]
        self.fields["practitioner"].queryset = seat.practitioners.filter(is_active=True)  # type: ignore[attr-defined]
        self.fields["type"].queryset = AppointmentType.objects.filter(  # type: ignore[attr-defined]
            practice=practice, archived=False
        )

    def clean_practice_notes(self) -> str:
        return clean_text(self.cleaned_data["practice_notes"])

    def clean_word(self) -> str:
        return clean_text(self.cleaned_data["word"])

    def clean_mobile(self) -> str:
        return clean_phone(self.cleaned_data["mobile"], self.practice.country)

    def clean(self) -> dict[str, Any]:
        super().clean()
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("patient") is None and "patient" not in self.errors:
            for name in ("first_name", "last_name"):
                try:
                    cleaned[name] = clean_line(cleaned.get(name) or "")
                    if not cleaned[name]:
                        raise ValidationError(
                            _("Choose a patient above, or type a first and last name here.")
                        )
                except ValidationError as error:
                    self.add_error(name, error)
            ask_about_address(self, self.seat, Patient(practice=self.practice))
        practitioner, type = cleaned.get("practitioner"), cleaned.get("type")
        if type and cleaned.get("place") and type.place != PlaceKind.SITE:
            self.add_error("place", _("This type happens at no site: leave this empty."))
        day = cleaned.get("date") or timezone.localdate()
        if practitioner and type and why_not_offered(type, practitioner, online=False, day=day):
            self.add_error("type", _("This practitioner does not offer this type."))
        return cleaned

    def address_over(self, kept: Address) -> Address:
        """What was typed in place of the record's: a whole address, or only how to get in."""
        typed = Address.typed(**{name: self.cleaned_data.get(name, "") for name in LENGTHS})
        if any(getattr(typed, name) for name in NEEDED):
            return typed
        return replace(kept, access=typed.access or kept.access)

    def new_patient(self) -> Patient:
        """Of what was typed; not saved."""
        typed = self.cleaned_data
        fields = {name: typed[name] for name in ("first_name", "last_name", "mobile", "email")}
        return Patient(practice=self.practice, **fields)


class EditForm(forms.Form):
    version = forms.CharField(required=False, widget=forms.HiddenInput)
    practice_notes = forms.CharField(
        label=_("Notes of the practice"),
        max_length=5000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The patient never sees them."),
    )
    attendance = forms.ChoiceField(
        label=_("Attendance"),
        required=False,
        choices=[("", "–"), *Appointment.Attendance.choices],
    )
    send_email = forms.BooleanField(label=_("Emails: reminder and changes"), required=False)
    send_sms = forms.BooleanField(label=_("Reminder by SMS"), required=False)
    room = forms.ModelChoiceField(
        Room.objects.none(), label=_("Room"), required=False, empty_label=_("without a room")
    )

    def __init__(self, *args: Any, seat: Seat, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not seat.reads_notes:  # neither shown nor saved
            del self.fields["practice_notes"]
        self.fields["room"].queryset = seat.practice.rooms.all()  # type: ignore[attr-defined]

    def offer(self, rooms: Sequence[Room]) -> None:
        """What the page lets her choose of: the others are taken."""
        choices = [("", _("without a room")), *((room.pk, room.name) for room in rooms)]
        self.fields["room"].widget.choices = choices  # type: ignore[attr-defined,unused-ignore]

    def into(self) -> Into | None:
        """Of a page that does not show it: it stays."""
        return Into(self.cleaned_data["room"]) if "room" in self.data else None

    def clean_version(self) -> int:
        """That of the page; of no page: -1, which is none."""
        seen = parse_id(self.cleaned_data["version"])
        return -1 if seen is None else seen

    def clean_practice_notes(self) -> str:
        return clean_text(self.cleaned_data["practice_notes"])

"""The form of an appointment type."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from maia.availability.pregnancy import LAST_DAY, LAST_WEEK, Unit
from maia.office.fields.kept_form import KeptRowForm
from maia.patients.text import clean_line, clean_text
from maia.practices.models import Place, PlaceKind, Practitioner, Room
from maia.practices.seats import Seat
from maia.schedules.models import AppointmentType, Category
from maia.schedules.models.types import UNITS
from maia.schedules.sites import sites_to_choose

# Of a type, folded: most midwives never need them.
MORE_OPTIONS = (
    "slot_step_minutes",
    "buffer_before_minutes",
    "buffer_after_minutes",
    "booking_horizon_days",
    "minimum_notice_minutes",
    "minimum_notice_days",
    "max_a_day",
    "max_a_week",
    "max_new_a_week",
    "days_between_two",
)
WINDOW = ("window_unit", "window_first", "window_last", "window_asks")


class TypeForm(KeptRowForm):
    category_name = forms.CharField(
        label=_("Category"),
        max_length=80,
        required=False,
        help_text=_("Groups types on the booking page. A new name makes a new category."),
        widget=forms.TextInput(attrs={"list": "categories"}),
    )
    private_link = forms.BooleanField(
        label=_("By private link only"),
        required=False,
        help_text=_("On no list: it is booked online by whoever has its link."),
    )
    practitioners = forms.ModelMultipleChoiceField(
        Practitioner.objects.none(),
        label=_("Or with several, not all"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    rooms = forms.ModelMultipleChoiceField(
        Room.objects.none(),
        label=_("Needs one of these rooms"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("It takes one that is free, and is offered only where there is one."),
    )
    places = forms.ModelMultipleChoiceField(
        Place.objects.none(),
        label=_("Only at"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    own_schedule = forms.BooleanField(
        label=_("A schedule of its own"),
        required=False,
        help_text=_("It replaces the general schedule altogether for this type."),
    )

    class Meta:
        model = AppointmentType
        fields = [
            "name",
            "practitioner",
            "duration_minutes",
            "colour",
            "description",
            "instructions",
            "place",
            "video_link",
            "allow_online_booking",
            "send_sms_reminder",
            "known_patients_only",
            "one_to_come",
            "needs_confirmation",
            *WINDOW,
            *MORE_OPTIONS,
        ]
        widgets = {
            "colour": forms.TextInput(attrs={"type": "color"}),
            "description": forms.Textarea(attrs={"rows": 5}),
            "instructions": forms.Textarea(attrs={"rows": 4}),
            "video_link": forms.URLInput(attrs={"placeholder": "https://…"}),
        }
        help_texts = {
            "description": _("Shown just above the slots. **bold**, - list, [link](https://…)."),
            "instructions": _(
                "Shown once a time is chosen, in the confirmation and in the email reminder."
            ),
            "video_link": _(
                "For video appointments. Shown once the appointment is confirmed, never in an SMS."
            ),
            "window_last": _(
                "Weeks to the last day of the last one: 11 to 13 ends at 13 weeks + 6 days."
            ),
            "window_asks": _(
                "Of a patient whose date is not known. Not ticked, all times are shown."
            ),
            "place": _("At home, the patient is asked for an address; by phone, you call."),
            "minimum_notice_minutes": _("Instead of yours, in minutes and in days."),
            "minimum_notice_days": _("1: not the same day. 2: not before the day after tomorrow."),
            "max_a_day": _("For each practitioner who offers it."),
            "max_a_week": _("From Monday to Sunday, for each practitioner who offers it."),
            "max_new_a_week": _("Of patients whom the practice has never seen, likewise."),
            "days_between_two": _(
                "Of this type, for one patient, before and after. 28: four weeks, at the earliest."
            ),
            "duration_minutes": _("5 to 720 minutes. It sets the end and the slots."),
            "send_sms_reminder": _("The default of the same box on each appointment."),
            "allow_online_booking": _("Off, it never appears on the booking page."),
        }

    def refuse_unless_handed(self, seat: Seat) -> None:
        """Once it is read. A practitioner gives colleagues no type, and takes none from them."""
        if not seat.may_hand(self.was_of, self.will_be_of):
            words = _("A type of colleagues is given, or taken away, by the owner of the practice.")
            self.add_error("practitioner", words)

    @property
    def window_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in WINDOW[:3]]

    @property
    def will_be_of(self) -> list[int] | None:
        """Once it is read: the keys of whose it is to be, None for every practitioner."""
        several, one = self.cleaned_data["practitioners"], self.cleaned_data["practitioner"]
        return [owner.pk for owner in several] or ([one.pk] if one else None)

    @property
    def more_options(self) -> list[forms.BoundField]:
        return [self[name] for name in MORE_OPTIONS]

    @property
    def practitioners_shown(self) -> str:
        """Those that were ticked when the page was made, hidden beside its boxes."""
        return self["practitioners"].as_hidden(only_initial=True)

    @property
    def rooms_shown(self) -> str:
        """Likewise."""
        return self["rooms"].as_hidden(only_initial=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whoever has it, though she has left: what the page cannot show it would give away.
        self.was_of = self.instance.offered_by if self.instance.pk else []
        hers = self.was_of or []
        kept = Q(is_active=True) | Q(pk__in=hers)
        team = self.instance.practice.practitioners.filter(kept)
        self.fields["practitioner"].queryset = team  # type: ignore[attr-defined]
        self.fields["practitioner"].label = _("Practitioner")
        self.fields["practitioner"].empty_label = str(_("Every practitioner"))  # type: ignore[attr-defined]
        self.fields["practitioners"].queryset = team  # type: ignore[attr-defined]
        if self.instance.for_some:
            self.fields["practitioners"].initial = hers
        ticked = list(self.instance.rooms.all()) if self.instance.pk else []
        kept_rooms = Q(archived=False) | Q(pk__in=[room.pk for room in ticked])
        rooms = self.instance.practice.rooms.filter(kept_rooms)
        self.fields["rooms"].queryset = rooms  # type: ignore[attr-defined]
        self.fields["rooms"].label_from_instance = _room_in_words  # type: ignore[attr-defined]
        self.fields["rooms"].initial = [room.pk for room in ticked]
        self.fields["place"].required = False  # left out, it stays
        units = [("", _("For any time")), *UNITS]
        self.fields["window_unit"].choices = units  # type: ignore[attr-defined]
        self._offer_places()
        if self.instance.pk:
            if self.instance.category:
                self.fields["category_name"].initial = self.instance.category.name
            self.fields["private_link"].initial = self.instance.private_link
            self.fields["own_schedule"].initial = hasattr(self.instance, "own_schedule")
        self.remember_what_was_shown()  # now that it is known what stands there

    def _offer_places(self) -> None:
        """The sites that she may tick, where there is a choice; those of other kinds stay as they are."""
        sites = sites_to_choose(self.instance.practice)
        if not sites:
            del self.fields["places"]
            return
        keys = [site.pk for site in sites]
        self.fields["places"].queryset = Place.objects.filter(pk__in=keys)  # type: ignore[attr-defined]
        if self.instance.pk:
            self.fields["places"].initial = list(self.instance.places.filter(pk__in=keys))

    @property
    def places_shown(self) -> str:
        """As `practitioners_shown`."""
        return self["places"].as_hidden(only_initial=True)

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_description(self) -> str:
        return clean_text(self.cleaned_data["description"])

    def clean_instructions(self) -> str:
        return clean_text(self.cleaned_data["instructions"])

    def clean_place(self) -> str:
        return str(self.cleaned_data["place"] or self.instance.place)

    def clean_colour(self) -> str:
        return str(self.cleaned_data["colour"]).lower()

    def clean_category_name(self) -> str:
        return clean_line(self.cleaned_data["category_name"])

    def clean(self) -> dict[str, Any]:
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        if typed.get("practitioner") and typed.get("practitioners"):
            self.add_error("practitioners", _("Either one practitioner, or several here."))
        self._clean_window(typed)
        if "places" in typed and typed.get("place", self.instance.place) != PlaceKind.SITE:
            typed["places"] = []
        return typed

    def _clean_window(self, typed: dict[str, Any]) -> None:
        """Whole, or none: what stands in its bounds is of the unit beside them."""
        unit = typed.get("window_unit", self.instance.window_unit)
        bounds = [typed.get(name, getattr(self.instance, name)) for name in WINDOW[1:3]]
        if not unit:
            typed |= dict.fromkeys(WINDOW[1:3])
            self.instance.window_first = self.instance.window_last = None
            return
        first, last = bounds
        most = LAST_WEEK if unit == Unit.WEEKS else LAST_DAY
        for name, value in zip(WINDOW[1:3], bounds, strict=True):
            if value is None and name not in self.errors:
                self.add_error(name, _("From when to when, please."))
            elif value is not None and value > most:
                self.add_error(name, _("%(most)d at most.") % {"most": most})
        if first is not None and last is not None and last < first:
            self.add_error("window_last", _("The end comes before the start."))

    def columns(self) -> set[str]:
        if "window_unit" in self.changed_data:
            return self._columns() | set(WINDOW[1:3])
        return self._columns()

    def _columns(self) -> set[str]:
        others = {"category_name": "category", "private_link": "link_uid"}
        if "practitioners" in self.changed_data:
            others |= {"practitioners": "for_some"}
            return {"practitioner", *super().columns()} | {
                others[name] for name in others if name in self.changed_data
            }
        return super().columns() | {others[name] for name in others if name in self.changed_data}

    def save(self, commit: bool = True) -> AppointmentType:
        """With its category, made if it is new."""
        type: AppointmentType = self.instance
        if "category_name" in self.changed_data:
            type.category = Category.named(type.practice, self.cleaned_data["category_name"])
        if "private_link" in self.changed_data:
            type.private_link = self.cleaned_data["private_link"]
        owners = list(self.cleaned_data["practitioners"])
        several = "practitioners" in self.changed_data
        if several:
            type.set_owners(owners or ([type.practitioner] if type.practitioner else []))
        saved: AppointmentType = super().save(commit)
        if several:
            saved.save_owners(owners)
        if "rooms" in self.changed_data:
            saved.save_rooms(self.cleaned_data["rooms"])
        if "places" in self.changed_data:
            saved.places.set(self.cleaned_data["places"])
        if "place" in self.changed_data:
            saved.places.remove(*saved.places.exclude(kind=saved.place))
        return saved


def _room_in_words(room: Room) -> str:
    return str(_("%(name)s (archived)") % {"name": room.name} if room.archived else room.name)

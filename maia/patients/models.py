"""A patient's record in one practice. It belongs to the practice; an account may have several."""

from datetime import date, datetime
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField
from phonenumber_field.phonenumber import PhoneNumber

from maia.accounts.addresses import AddressField, same_address
from maia.availability.pregnancy import Pregnancy, term_weeks_of
from maia.patients.birth_dates import is_birth_date
from maia.patients.import_models import ImportedRecord, PatientImport
from maia.patients.merge_models import Merge
from maia.patients.text import folded_names
from maia.practices.models import Practice, Practitioner, one_line

__all__ = [
    "ImportedRecord",
    "Merge",
    "Patient",
    "PatientImport",
    "PatientQuerySet",
    "RecordErased",
]

SEARCH_TEXT = 600  # characters


def validate_birth_date(day: date) -> None:
    if not is_birth_date(day, timezone.localdate()):
        raise ValidationError(_("This date cannot be a birth date."), code="birth_date")


class RecordErased(Http404):
    """Somebody has erased the record, or merged it into another (``erased_at`` is None), since it
    was read: nothing is written on it, and nothing hangs from it any more. Who does not answer this
    answers as if she had come after it."""

    def __init__(self, erased_at: datetime | None = None) -> None:
        super().__init__("the record is erased")
        self.erased_at = erased_at


class PatientQuerySet(models.QuerySet["Patient"]):
    def kept(self) -> "PatientQuerySet":
        """Those that have not been erased: all that anybody looks up."""
        return self.filter(erased_at=None)

    def hold(self, pk: int) -> "Patient":
        """The record as it is now, and nobody else's to change or erase until the transaction ends.

        Whoever writes on a record, or makes something hang from it, holds it first: before a
        practitioner, after a practice. Raises `RecordErased`.
        """
        record = self.select_for_update(no_key=True).filter(pk=pk).first()
        if record is None or record.erased_at is not None:
            raise RecordErased(record.erased_at if record is not None else None)
        return record


class Patient(models.Model):
    class Origin(models.TextChoices):
        PRACTICE = "practice", _("created by the practice")
        ONLINE = "online", _("registered online")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="patients")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="records"
    )
    first_name = models.CharField(_("first name"), max_length=80)
    last_name = models.CharField(_("last name"), max_length=80)
    email = AddressField(_("email address"), blank=True)
    birth_name = models.CharField(_("birth name"), max_length=80, blank=True)
    # The number that messages go to; a landline gets none by SMS.
    mobile = PhoneNumberField(_("mobile phone"), blank=True)
    phone = PhoneNumberField(_("other phone"), blank=True)
    contact_name = models.CharField(_("person to call"), max_length=120, blank=True)
    contact_phone = PhoneNumberField(_("phone of the person to call"), blank=True)
    # What another program calls this record: an import that comes again finds it by that.
    external_id = models.CharField(_("number in another program"), max_length=120, blank=True)
    # An address that bounced, or whose reader called our mail spam; as long as it is the record's.
    undeliverable_email = AddressField(blank=True, editable=False)
    birth_date = models.DateField(
        _("birth date"), null=True, blank=True, validators=[validate_birth_date]
    )
    # Health data: they end some months after the birth (see `privacy.housekeeping`).
    due_date = models.DateField(_("due date"), null=True, blank=True)
    child_birth_date = models.DateField(_("birth of the child"), null=True, blank=True)
    # Where the midwife goes for a visit at home, and how she gets in.
    street = models.CharField(_("street"), max_length=200, blank=True)
    postcode = models.CharField(_("postcode"), max_length=10, blank=True)
    city = models.CharField(_("city"), max_length=100, blank=True)
    access = models.CharField(_("how to get in"), max_length=300, blank=True)
    # Her own midwife: *sans préférence* gives her to this one where several are free.
    own_practitioner = models.ForeignKey(
        Practitioner,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="own_patients",
        verbose_name=_("own practitioner"),
    )
    language = models.CharField(_("language"), max_length=5, blank=True)
    notes = models.TextField(_("notes of the practice"), max_length=10_000, blank=True)
    online_booking_barred = models.BooleanField(_("barred from online booking"), default=False)
    origin = models.CharField(
        _("origin"), max_length=8, choices=Origin.choices, default=Origin.PRACTICE
    )
    # She would rather have no reminder by SMS. Hers to say, from her account.
    no_sms = models.BooleanField(_("no reminder by SMS"), default=False)
    # Only appointments are left of her: see `privacy`.
    erased_at = models.DateTimeField(_("erased"), null=True, blank=True, editable=False)
    # Name and address as `search` compares them; written by `save` and `bulk_create` alike.
    search_text = models.CharField(max_length=SEARCH_TEXT, editable=False, default="")
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects: ClassVar[models.Manager[Any]] = PatientQuerySet.as_manager()

    class Meta:
        verbose_name = _("patient")
        verbose_name_plural = _("patients")
        ordering = ["last_name", "first_name", "id"]
        indexes = [
            models.Index(fields=["practice", "email"], name="patient_by_email"),
            models.Index(fields=["practice", "external_id"], name="patient_by_external_id"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["practice", "user"],
                condition=Q(user__isnull=False),
                name="patient_one_record_an_account",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def numbers(self) -> list[PhoneNumber]:
        """To call her, the one that messages go to first."""
        return [number for number in (self.mobile, self.phone) if number]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Never over a record that was erased meanwhile: raises `RecordErased`."""
        self.write_search_text()
        if (fields := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*fields, "search_text"}
        if self._state.adding:
            super().save(*args, **kwargs)
            return
        with transaction.atomic():
            Patient.objects.hold(self.pk)
            super().save(*args, **kwargs)

    def write_search_text(self) -> None:
        """For who saves many at once."""
        mailbox = self.email.partition("@")[0]  # half of the practice has the same domain
        names = folded_names(self.first_name, self.last_name, self.birth_name, mailbox)
        self.search_text = names[:SEARCH_TEXT]

    @property
    def email_is_undeliverable(self) -> bool:
        return same_address(self.email, self.undeliverable_email)

    @property
    def address(self) -> str:
        """On one line, empty when the record has none."""
        return one_line(self.street, self.postcode, self.city)

    @property
    def pregnancy(self) -> Pregnancy:
        """What the record says of one; the practice is read for its country."""
        weeks = term_weeks_of(self.practice.country)
        return Pregnancy(self.due_date, self.child_birth_date, weeks)

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

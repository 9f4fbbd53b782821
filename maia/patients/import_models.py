"""An import of a list of patients: what was read, what was asked for, what came of it.

The file, its cells and what a record was before go when the day is over; who, when and how many stay.
"""

import json
import zlib
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from maia.jobs.models import Job
from maia.practices.models import Practice

KEPT = timedelta(hours=24)  # what was in the file, and the way back


class PatientImport(models.Model):
    class State(models.TextChoices):
        READING = "reading", _("being read")
        READ = "read", _("to be confirmed")
        IMPORTING = "importing", _("being imported")
        DONE = "done", _("imported")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")
        FORGOTTEN = "forgotten", _("left")  # nobody confirmed it within the day
        FAILED = "failed", _("not possible")

    class Existing(models.TextChoices):
        """What becomes of a record that is there already."""

        KEEP = "keep", _("leave it as it is")
        FILL = "fill", _("fill in what is empty")
        OVERWRITE = "overwrite", _("replace what is different")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="patient_imports")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    job = models.ForeignKey(Job, models.SET_NULL, null=True, blank=True, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    state = models.CharField(
        _("status"), max_length=9, choices=State.choices, default=State.READING
    )
    existing = models.CharField(max_length=9, choices=Existing.choices, default=Existing.KEEP)
    # The number of the row of titles: 0 without one, none as long as nobody has looked.
    titles_row = models.PositiveIntegerField(null=True, blank=True)
    columns = models.JSONField(default=list)  # what each column is read as; empty: guess
    file = models.BinaryField(null=True, blank=True, editable=False)
    table = models.BinaryField(null=True, blank=True, editable=False)  # read, packed
    shown = models.BinaryField(null=True, blank=True, editable=False)  # what the page shows, packed
    remarks = models.BinaryField(null=True, blank=True, editable=False)  # packed
    counts = models.JSONField(default=dict)
    created_at = models.DateTimeField(_("created"))
    finished_at = models.DateTimeField(null=True, blank=True)
    undone_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager["PatientImport"]]

    class Meta:
        verbose_name = _("import of patients")
        verbose_name_plural = _("imports of patients")
        ordering = ["-id"]
        indexes = [models.Index(fields=["created_at"], name="patient_import_by_age")]

    def __str__(self) -> str:
        return f"{self.file_name} ({self.state})"

    @property
    def is_busy(self) -> bool:
        """Whether a worker has it, or will. Without its job nothing more happens."""
        waits = self.state in (self.State.READING, self.State.IMPORTING, self.State.UNDOING)
        return waits and self.job is not None and not self.job.has_ended

    @property
    def has_failed(self) -> bool:
        """Its job ended, and did not bring it any further."""
        waits = self.state in (self.State.READING, self.State.IMPORTING, self.State.UNDOING)
        return self.state == self.State.FAILED or (waits and not self.is_busy)

    def may_be_undone(self, now: datetime) -> bool:
        if self.state == self.State.UNDOING and self.has_failed:
            return True
        return (
            self.state == self.State.DONE
            and self.finished_at is not None
            and now < self.finished_at + KEPT
        )

    def may_be_confirmed(self, now: datetime) -> bool:
        return self.state == self.State.READ and now < self.created_at + KEPT


class ImportedRecord(models.Model):
    """A record that an import made or changed, for a day: the way back."""

    by = models.ForeignKey(PatientImport, models.CASCADE, related_name="records")
    patient = models.ForeignKey("patients.Patient", models.CASCADE, related_name="+")
    was_made = models.BooleanField()
    before = models.JSONField(default=dict)  # of the fields that changed
    print = models.CharField(max_length=64)  # what the record was like afterwards: see `undoing`

    objects: ClassVar[models.Manager["ImportedRecord"]]

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "patient"], name="imported_record_once"),
        ]

    def __str__(self) -> str:
        return f"{self.by_id} {self.patient_id}"


def packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value).encode())


def unpacked(content: bytes | memoryview | None) -> Any:
    """None for what has gone."""
    return json.loads(zlib.decompress(content)) if content else None

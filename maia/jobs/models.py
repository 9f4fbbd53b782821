"""One row a job: from the moment it is asked for to what came of it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from maia.jobs.claims import Claimed
from maia.practices.models import Practice


class Job(Claimed):
    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")
        # It took its process with it twice: nobody tries a third time.
        SET_ASIDE = "set_aside", _("set aside")

    practice = models.ForeignKey(
        Practice,
        models.CASCADE,
        related_name="jobs",
        db_index=False,  # see Meta.indexes
    )
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    kind = models.CharField(_("kind"), max_length=40)
    arguments = models.JSONField(default=dict, editable=False)
    # The bytes of a file, forgotten as soon as the job has ended.
    input = models.BinaryField(null=True, blank=True, editable=False)
    state = models.CharField(
        _("status"), max_length=9, choices=State.choices, default=State.WAITING
    )
    done = models.PositiveIntegerField(default=0, editable=False)
    of = models.PositiveIntegerField(null=True, blank=True, editable=False)
    result = models.JSONField(default=dict, editable=False)
    error = models.CharField(_("error"), max_length=60, blank=True)
    stop_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects: ClassVar[models.Manager["Job"]]

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["id"]
        indexes = [
            models.Index(
                fields=["try_after", "id"], condition=Q(state="waiting"), name="job_to_do"
            ),
            models.Index(fields=["lease_until"], condition=Q(state="running"), name="job_in_hand"),
            models.Index(fields=["practice", "-id"], name="job_of_a_practice"),
            models.Index(fields=["created_at"], name="job_by_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def has_ended(self) -> bool:
        return self.state not in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self) -> int | None:
        """None as long as nobody knows how much there is to do."""
        return min(100 * self.done // self.of, 100) if self.of else None

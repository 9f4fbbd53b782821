"""The journal of a practice (who opened which record, who changed what), and its terms."""

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from maia.patients.models import Patient
from maia.practices.models import Practice


class JournalEntry(models.Model):
    """Somebody of the team did something. Names what was touched, never what it says; a merge
    names both records, as long as neither is erased."""

    class Act(models.TextChoices):
        OPENED = "opened", _("opened the record")
        CHANGED = "changed", _("changed the record")
        MERGED = "merged", _("merged two records")
        UNMERGED = "unmerged", _("undid the merge of two records")
        EXPORTED = "exported", _("exported the record")
        ERASED = "erased", _("erased the record")
        INVITED = "invited", _("invited the patient")
        ALL_EXPORTED = "all_exported", _("exported all records")
        LIST_EXPORTED = "list_exported", _("exported a list of appointments")
        IMPORTED = "imported", _("imported records")
        IMPORT_UNDONE = "import_undone", _("undid an import")
        SETTINGS = "settings", _("changed settings")
        TEAM = "team", _("changed the team")
        CREATED = "created", _("made the record")
        WITHDRAWN = "withdrawn", _("withdrew the invitation of the patient")
        TIME = "time", _("closed or opened time in an agenda")
        AGENDA = "agenda", _("read the agenda")
        LISTED = "listed", _("read the list of patients")
        SEARCHED = "searched", _("searched among the patients")
        MESSAGES = "messages", _("read the messages")
        SENT_AGAIN = "sent_again", _("sent a message again")
        SETTLED = "settled", _("settled what became of a message")
        FEED = "feed", _("read the agenda in a calendar application")
        SIGNED_IN = "signed_in", _("signed in")
        NOT_SIGNED_IN = "not_in", _("could not sign in")
        OPERATOR = "operator", _("done by whoever runs this server")

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="journal", db_index=False)
    at = models.DateTimeField(_("when"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    who = models.EmailField(_("who"))  # as it was: she may leave
    act = models.CharField(_("what"), max_length=13, choices=Act.choices)
    patient = models.ForeignKey(
        Patient, models.SET_NULL, null=True, blank=True, related_name="journal"
    )
    # The other record of a merge that was undone: erased, it is not named here either.
    other = models.ForeignKey(
        Patient, models.SET_NULL, null=True, blank=True, related_name="journal_of_the_other"
    )
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    # Who looked at what in which half hour: the same look again is not written again.
    look = models.CharField(max_length=100, unique=True, null=True, editable=False)

    class Meta:
        verbose_name = _("journal entry")
        verbose_name_plural = _("journal")
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["practice", "-at"], name="journal_of_a_practice")]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d %H:%M}"


class Terms(models.Model):
    """How long a practice keeps what. The defaults are those of a French midwife's.

    Records: twenty years after the last care (CNIL, délibération 2020-081, after article R.1112-7
    of the public health code), and a child's until the age of 28.
    """

    practice = models.OneToOneField(Practice, models.CASCADE, related_name="terms")
    records_years = models.PositiveSmallIntegerField(
        _("patients' records, in years after the last appointment"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(30)],
    )
    messages_months = models.PositiveSmallIntegerField(
        _("text of messages, in months"),
        default=12,
        validators=[MinValueValidator(1), MaxValueValidator(120)],
    )
    journal_months = models.PositiveSmallIntegerField(
        _("journal, in months"),
        default=12,
        validators=[MinValueValidator(6), MaxValueValidator(120)],
    )
    pregnancy_months = models.PositiveSmallIntegerField(
        _("dates of a pregnancy, in months after the birth"),
        default=12,
        db_default=12,
        validators=[MinValueValidator(3), MaxValueValidator(36)],
    )
    notice = models.TextField(
        _("what your practice adds to the page on patients' data"), max_length=5000, blank=True
    )

    class Meta:
        verbose_name = _("terms")
        verbose_name_plural = _("terms")

    def __str__(self) -> str:
        return str(self.practice)


def terms_of(practice: Practice) -> Terms:
    """Hers, or the defaults, not saved yet."""
    return Terms.objects.filter(practice=practice).first() or Terms(practice=practice)


class Housekeeping(models.Model):
    """When it was last done, and why it stopped. One row: no cache forgets it, no term ends it."""

    class Stop(models.TextChoices):
        GAP = "gap", _("too long since the last time")
        BEHIND = "behind", _("the clock is before the last time")
        DATABASE = "database", _("the clock is not the database's")
        ROWS = "rows", _("nothing has happened for too long")
        SHARE = "share", _("too many records at once")

    done_at = models.DateTimeField(_("last done"), null=True, blank=True)
    believed_at = models.DateTimeField(_("clock confirmed"), null=True, blank=True)
    stop = models.CharField(_("stopped"), max_length=8, choices=Stop.choices, blank=True)
    stopped_at = models.DateTimeField(_("its clock then"), null=True, blank=True)

    class Meta:
        verbose_name = _("housekeeping")
        verbose_name_plural = _("housekeeping")

    def __str__(self) -> str:
        return self.stop or "ok"

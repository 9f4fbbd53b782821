"""Where a practice is shown, and its pictures."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maia.practices.models.practice import Practice
from maia.practices.pictures import Drawing


class Website(models.Model):
    """A website that may show the booking page in a frame: `websites.parse_origin` made it."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="websites")
    origin = models.CharField(_("website"), max_length=280)

    class Meta:
        verbose_name = _("website")
        verbose_name_plural = _("websites")
        ordering = ["origin"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "origin"], name="website_once"),
        ]

    def __str__(self) -> str:
        return self.origin


class PictureManager(models.Manager["Picture"]):
    def get_queryset(self) -> models.QuerySet["Picture"]:
        return super().get_queryset().defer("content")  # a page needs its name and size

    def put(self, practice: Practice, drawing: Drawing) -> "Picture":
        """The same drawing twice is one row."""
        picture, _made = self.get_or_create(
            practice=practice,
            digest=drawing.digest,
            defaults={
                "content": drawing.content,
                "width": drawing.width,
                "height": drawing.height,
            },
        )
        return picture

    def forget_unseen(self, practice: Practice) -> None:
        """Deletes those that nobody shows any more: their addresses would still open them."""
        photos = practice.practitioners.values_list("photo", flat=True)
        shown = [pk for pk in (practice.logo_id, *photos) if pk is not None]
        self.filter(practice=practice).exclude(pk__in=shown).delete()


class Picture(models.Model):
    """WebP, drawn by `pictures.draw`. Patients see it on the booking page: it is public."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="pictures")
    digest = models.CharField(max_length=32)
    content = models.BinaryField()
    width = models.PositiveSmallIntegerField()
    height = models.PositiveSmallIntegerField()

    objects = PictureManager()

    class Meta:
        base_manager_name = "objects"
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        constraints = [
            models.UniqueConstraint(fields=["practice", "digest"], name="picture_once"),
        ]

    def __str__(self) -> str:
        return self.digest

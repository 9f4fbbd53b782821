"""Rooms and equipment: what practitioners share, and one of them uses at a time (rule 3.8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maia.practices.models.places import Place
from maia.practices.models.practice import Practice


class Room(models.Model):
    """A room, or a machine. The first that is free, in the practice's order, is taken."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="rooms")
    name = models.CharField(_("name"), max_length=80)
    # At which site; None: it goes where its practitioner is.
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="rooms", verbose_name=_("site")
    )
    position = models.PositiveSmallIntegerField(_("order"), default=0)
    # Taken by nothing new. What stands in it stays there.
    archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "name"], name="room_name_once"),
        ]

    def is_at(self, site: int | None) -> bool:
        """Whether it may be taken at ``site``, a key; None: the practice has no sites."""
        return site is None or self.place_id in (None, site)

    def __str__(self) -> str:
        return self.name

"""How types are told apart on the booking page."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maia.practices.models import Practice


class Category(models.Model):
    """Groups types on the booking page."""

    practice = models.ForeignKey(Practice, models.CASCADE, related_name="categories")
    name = models.CharField(_("name"), max_length=80)
    position = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["practice", "name"], name="category_name_once"),
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def named(cls, practice: Practice, name: str) -> "Category | None":
        """The practice's of that name, made last if it is new; none without a name."""
        if not name:
            return None
        found, _made = cls.objects.get_or_create(
            practice=practice, name=name, defaults={"position": practice.categories.count()}
        )
        return found

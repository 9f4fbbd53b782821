"""What the operator's own acts leave in the database."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Backup(models.Model):
    """The last one that was whole. One row, in the database that it is of."""

    finished_at = models.DateTimeField(_("finished"))
    size = models.BigIntegerField(_("size in bytes"))

    class Meta:
        verbose_name = _("backup")
        verbose_name_plural = _("backups")

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d %H:%M}"

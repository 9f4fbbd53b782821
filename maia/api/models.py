"""What an `Idempotency-Key` has answered already."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from maia.tokens.models import Token


class Answer(models.Model):
    token = models.ForeignKey(Token, models.CASCADE, related_name="answers")
    key = models.CharField(max_length=100)
    digest = models.CharField(max_length=64)  # of the path and the body: another one is refused
    status = models.PositiveSmallIntegerField(default=0)
    body = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("answer of the API")
        verbose_name_plural = _("answers of the API")
        constraints = [models.UniqueConstraint(fields=["token", "key"], name="answer_once")]

    def __str__(self) -> str:
        return f"{self.key} {self.status}"

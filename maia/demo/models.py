"""The demo's mailbox: emails that went nowhere else."""

from django.db import models


class Mail(models.Model):
    to = models.CharField(max_length=254)
    raw = models.BinaryField()  # as a mail server would have received it
    received_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return self.to

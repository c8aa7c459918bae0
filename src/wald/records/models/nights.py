"""What each night looked at, beside the insights it left."""

from django.db import models


class Night(models.Model):
    """One per day that was looked at; looking again as of the same day replaces it."""

    day = models.DateField(unique=True)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    body = models.JSONField(default=dict)

    class Meta:
        ordering = ("-day",)

    def __str__(self) -> str:
        return f"the night of {self.day}"

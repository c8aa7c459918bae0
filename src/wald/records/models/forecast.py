"""What people said of a period here, and what others put in its place."""

from django.db import models


class ForecastEntry(models.Model):
    """Never changed and never removed: another number is another row."""

    class Kind(models.TextChoices):
        SUBMISSION = "submission"
        OVERRIDE = "override"

    kind = models.CharField(max_length=10, choices=Kind.choices)
    person_id = models.CharField(max_length=200)  # of the facts: whose number
    seat = models.TextField()  # from which it was said, as of then
    period = models.CharField(max_length=40)  # its name then
    starts_on = models.DateField()
    ends_on = models.DateField()  # first day after it
    number = models.PositiveIntegerField()  # of this person's entries for the period, from 1
    category = models.CharField(max_length=12)
    amount = models.CharField(max_length=40)  # decimal text; "": an override is taken back
    currency = models.CharField(max_length=3)
    note = models.TextField(blank=True)
    is_late = models.BooleanField(default=False)  # said after a lock
    said_at = models.DateTimeField()
    by = models.CharField(max_length=200)
    by_person_id = models.CharField(max_length=200, blank=True)
    # Of an override: the number that it stands for, as its author saw it.
    replaced_key = models.TextField(blank=True)
    replaced_amount = models.CharField(max_length=40, blank=True)
    replaced_currency = models.CharField(max_length=3, blank=True)

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("person_id", "starts_on", "ends_on", "number"),
                name="one_forecast_entry_of_a_number",
            ),
        )
        indexes = (models.Index(fields=("starts_on", "ends_on"), name="forecast_of_period"),)

    def __str__(self) -> str:
        return f"{self.kind} {self.number} of {self.person_id} for {self.period}"

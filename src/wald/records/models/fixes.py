"""Fixes of deals written here, field by field, and which case is about which finding."""

from django.db import models


class HygieneFix(models.Model):
    """One write of new values, and why; what it wrote is the load with this number."""

    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    why = models.TextField()
    load = models.BigIntegerField(unique=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"fix {self.pk}"


class HygieneFixLine(models.Model):
    """One field of one deal. Only `undone_` and `retired_` columns are ever filled later."""

    fix = models.ForeignKey(HygieneFix, on_delete=models.PROTECT, related_name="lines")
    place = models.PositiveIntegerField()  # from 1
    opportunity_id = models.TextField()
    field = models.CharField(max_length=40)  # a column of the deal
    old = models.TextField(null=True)  # as text; null: there was none
    new = models.TextField()
    rule = models.CharField(max_length=60, blank=True)  # whose finding it cures
    follows = models.BooleanField(default=False)  # from another line of the same deal
    change_id = models.TextField(blank=True)  # of the deal's history; "": it has none
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True)
    undone_why = models.TextField(blank=True)
    undone_load = models.BigIntegerField(null=True)
    retired_load = models.BigIntegerField(null=True)  # took the change back: the source told its

    class Meta:
        ordering = ("fix_id", "place")
        constraints = (
            models.UniqueConstraint(fields=("fix", "place"), name="one_line_of_a_fix_each"),
        )
        indexes = (models.Index(fields=("opportunity_id",), name="fixes_of_a_deal"),)

    def __str__(self) -> str:
        return f"{self.opportunity_id}.{self.field}"


class HygieneCase(models.Model):
    """The case about one finding: one rule at one deal, for ever the same case."""

    rule = models.CharField(max_length=60)
    opportunity_id = models.TextField()
    case = models.OneToOneField("Case", on_delete=models.PROTECT, related_name="finding")
    facts = models.TextField()  # what the finding rested on when it was last seen; "": it was gone

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("rule", "opportunity_id"), name="one_case_of_a_finding"
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} at {self.opportunity_id}"

"""Pay runs, what is held, what is entered by hand, and how payroll wants to have it."""

from django.db import models


class PayRun(models.Model):
    """What was computed lies in the folder `pay/runs/<id>` of the workspace, in layers."""

    class State(models.TextChoices):
        COMPUTING = "computing"  # or its process died: the next run removes it
        DRAFT = "draft"
        RELEASED = "released"
        WITHDRAWN = "withdrawn"

    state = models.CharField(max_length=10, choices=State.choices, default=State.COMPUTING)
    period = models.CharField(max_length=40)
    starts_on = models.DateField()
    ends_on = models.DateField()  # first day after it
    counts_from = models.DateField()  # first day that is computed
    made_at = models.DateTimeField()
    made_by = models.CharField(max_length=200)
    job = models.BigIntegerField(null=True)  # that made it
    released_at = models.DateTimeField(null=True)
    released_by = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    why = models.TextField(blank=True)  # it was withdrawn
    inputs = models.JSONField(default=dict)  # everything that decides the result
    inputs_hash = models.CharField(max_length=64, blank=True)
    layers = models.JSONField(default=dict)  # by name: rows and hash
    results_hash = models.CharField(max_length=64, blank=True)
    totals = models.JSONField(default=dict)
    problems = models.JSONField(default=list)  # who was left out, and why

    class Meta:
        ordering = ("-id",)
        constraints = (
            models.UniqueConstraint(
                fields=("starts_on",),
                condition=models.Q(state="released"),
                name="one_released_run_a_period",
            ),
        )

    def __str__(self) -> str:
        return f"pay run {self.pk} of {self.period}"


class PayHold(models.Model):
    """One deal is not credited, or one payee is not paid, until the hold ends or is lifted."""

    kind = models.CharField(max_length=10)  # deal or payee
    subject = models.CharField(max_length=200, db_index=True)  # key of the facts
    from_on = models.DateField()
    until_on = models.DateField(null=True)  # first day without
    reason = models.TextField()
    placed_at = models.DateTimeField()
    placed_by = models.CharField(max_length=200)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.CharField(max_length=200, blank=True)
    lifted_because = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"hold on {self.kind} {self.subject}"


class PayAdjustment(models.Model):
    """An amount entered by hand; it counts once somebody else has approved it."""

    person_id = models.CharField(max_length=200, db_index=True)
    amount = models.CharField(max_length=40)  # decimal text: no database rounds it
    currency = models.CharField(max_length=3)
    reason = models.TextField()
    counts_on = models.DateField()
    entered_at = models.DateTimeField()
    entered_by = models.CharField(max_length=200)
    approved_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=200, blank=True)
    refused_at = models.DateTimeField(null=True)  # after approved_at: it was retracted
    refused_by = models.CharField(max_length=200, blank=True)
    answer = models.TextField(blank=True)
    paid_in = models.ForeignKey(PayRun, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"adjustment {self.pk} for {self.person_id}"


class PayrollMapping(models.Model):
    """How payroll wants the export of a run: the newest row counts."""

    content = models.JSONField()
    saved_at = models.DateTimeField()
    saved_by = models.CharField(max_length=200)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return f"payroll mapping {self.pk}"

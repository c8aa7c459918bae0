"""Cases: what is being worked on. A case is the fold of its events, kept beside them."""

from django.db import models


class Case(models.Model):
    kind = models.CharField(max_length=50)  # of cases/kinds/
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=30)
    is_open = models.BooleanField(default=True)
    opened_at = models.DateTimeField()
    opened_by = models.CharField(max_length=200)
    assignee = models.CharField(max_length=200, blank=True)  # a user; "": whoever of the queue
    queue = models.CharField(max_length=30, blank=True)  # a Role
    unit = models.CharField(max_length=200, blank=True)
    person_id = models.CharField(max_length=200, blank=True)  # of the facts, whom it concerns
    due_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    moved_at = models.DateTimeField()
    fingerprint = models.CharField(max_length=100, blank=True)  # what opened it, to open it once
    data = models.JSONField(default=dict)
    version = models.PositiveIntegerField(default=1)  # the number of its last event

    class Meta:
        ordering = ("-id",)
        indexes = (
            models.Index(fields=("is_open", "assignee", "due_at"), name="cases_of_somebody"),
            models.Index(fields=("is_open", "queue", "assignee"), name="cases_of_a_queue"),
            models.Index(fields=("is_open", "due_at"), name="cases_by_due"),
            models.Index(fields=("opened_by", "is_open"), name="cases_by_opener"),
            models.Index(fields=("person_id", "is_open"), name="cases_by_person"),
        )
        constraints = (
            models.UniqueConstraint(
                fields=("fingerprint",),
                condition=models.Q(is_open=True) & ~models.Q(fingerprint=""),
                name="one_open_case_per_fingerprint",
            ),
        )

    def __str__(self) -> str:
        return f"{self.pk} {self.title}"


class CaseEvent(models.Model):
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()  # 1 is the opening; two people cannot write the same
    kind = models.CharField(max_length=30)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    for_name = models.CharField(max_length=200, blank=True)  # whom a delegate stood in for
    body = models.JSONField(default=dict)

    class Meta:
        ordering = ("case_id", "number")
        constraints = (
            models.UniqueConstraint(fields=("case", "number"), name="one_event_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.case_id}.{self.number} {self.kind}"


class CaseLink(models.Model):
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    target = models.CharField(max_length=300, db_index=True)  # "opportunity:O1", "insight:7"

    class Meta:
        ordering = ("id",)
        constraints = (models.UniqueConstraint(fields=("case", "target"), name="one_link_each"),)

    def __str__(self) -> str:
        return self.target

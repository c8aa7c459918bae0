"""Insights, decisions, and what came of them."""

from django.db import models


class Insight(models.Model):
    fingerprint = models.CharField(max_length=100, unique=True)
    source = models.CharField(max_length=100)  # the detector, or "person"
    claim = models.CharField(max_length=500)
    subject = models.CharField(max_length=300, blank=True)  # "segment:Enterprise"
    metric = models.CharField(max_length=100, blank=True)
    unit = models.CharField(max_length=20)  # kernel.unit
    low = models.CharField(max_length=60, blank=True)  # decimals as text; "": not known
    estimate = models.CharField(max_length=60, blank=True)
    high = models.CharField(max_length=60, blank=True)
    question = models.JSONField(default=dict)  # the stored query: its rows open again
    evidence = models.JSONField(default=dict)
    details = models.JSONField(default=dict)  # of the effect: p_value, confidence, currency
    size = models.BigIntegerField(null=True, db_index=True)  # of money: hundredths, without sign
    person_id = models.CharField(max_length=200, blank=True, default="")  # whom it is about
    status = models.CharField(max_length=20, db_index=True)
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField(db_index=True)
    times_seen = models.PositiveIntegerField(default=1)
    recorded_by = models.CharField(max_length=200)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-last_seen_at", "-id")
        indexes = (models.Index(fields=("metric", "last_seen_at"), name="insights_of_a_metric"),)

    def __str__(self) -> str:
        return self.claim


class InsightEvent(models.Model):
    """Each time it was seen again, and each change of its status."""

    insight = models.ForeignKey(Insight, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    body = models.JSONField(default=dict)

    class Meta:
        ordering = ("insight_id", "number")
        constraints = (
            models.UniqueConstraint(fields=("insight", "number"), name="one_insight_event"),
        )

    def __str__(self) -> str:
        return f"{self.insight_id}.{self.number} {self.kind}"


class Decision(models.Model):
    """Never edited: another decision supersedes it, an Outcome says what came of it."""

    question = models.CharField(max_length=500)
    options = models.JSONField(default=list)
    choice = models.CharField(max_length=500)
    why = models.TextField()
    metric = models.CharField(max_length=100)
    population = models.TextField(blank=True)  # a condition in the language; "": everything
    kind = models.CharField(max_length=50, default="other")  # what it changes
    period = models.CharField(max_length=100, blank=True)  # over which it will be measured
    baseline = models.CharField(max_length=100, blank=True, default="")  # what it is compared with
    low = models.CharField(max_length=60)  # expected change of the metric, decimals as text
    estimate = models.CharField(max_length=60)
    high = models.CharField(max_length=60)
    unit = models.CharField(max_length=20)
    confidence = models.CharField(max_length=20)  # that the effect comes: a share
    review_on = models.DateField(db_index=True)
    decided_by = models.CharField(max_length=200)
    decided_at = models.DateTimeField()
    insight = models.ForeignKey(
        Insight, on_delete=models.PROTECT, null=True, related_name="decisions"
    )
    supersedes = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, related_name="superseded_by"
    )
    snapshot = models.JSONField()  # the metric as of the day of the decision
    links = models.JSONField(default=list)
    person_id = models.CharField(max_length=200, blank=True, default="")  # whom it is about

    class Meta:
        ordering = ("-decided_at", "-id")
        indexes = (models.Index(fields=("metric", "decided_at"), name="decisions_of_a_metric"),)

    def __str__(self) -> str:
        return self.question


class Outcome(models.Model):
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="outcome")
    measured_at = models.DateTimeField()
    value = models.CharField(max_length=60, blank=True)  # "": it could not be measured
    change = models.CharField(max_length=60, blank=True)
    has_come = models.BooleanField(null=True)  # did the expected effect come? null: cannot tell
    body = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"outcome of {self.decision_id}"


class SearchEntry(models.Model):
    """What an insight or a decision is found by: plain small words, without marks.

    The database keeps an index over `title` and `body` by itself: FTS5 on SQLite, a text
    search vector on PostgreSQL (migration 0020).
    """

    kind = models.CharField(max_length=20)  # insight or decision
    number = models.BigIntegerField()
    person_id = models.CharField(max_length=200, blank=True, default="")
    title = models.TextField()
    body = models.TextField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("kind", "number"), name="one_search_entry_each"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.number}"

"""Work in the background: jobs with their steps, and when each schedule last ran."""

from django.db import models


class Job(models.Model):
    kind = models.CharField(max_length=50)  # of actions/work/kinds/
    arguments = models.JSONField(default=dict)
    state = models.CharField(max_length=12)  # waiting, running, done, failed, stopped
    key = models.CharField(max_length=200, unique=True, null=True)  # the same work, asked twice
    queued_at = models.DateTimeField()
    queued_by = models.CharField(max_length=200)
    not_before = models.DateTimeField(db_index=True)
    step = models.PositiveSmallIntegerField(default=0)  # how many are done
    kept = models.JSONField(default=dict)  # what the finished steps left, by name
    done = models.BigIntegerField(default=0)  # progress of the running step
    total = models.BigIntegerField(null=True)
    words = models.CharField(max_length=300, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    worker = models.CharField(max_length=100, blank=True)
    lease_until = models.DateTimeField(null=True)  # afterwards another worker may take it
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("state", "not_before"), name="jobs_to_take"),)

    def __str__(self) -> str:
        return f"{self.pk} {self.kind} {self.state}"


class Schedule(models.Model):
    kind = models.CharField(max_length=50, primary_key=True)
    last_due_at = models.DateTimeField()  # the newest moment for which a job was queued

    def __str__(self) -> str:
        return self.kind

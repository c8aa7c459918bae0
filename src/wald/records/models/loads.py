"""Loads, the parts they brought, the rejects they left, and what the workspace decided."""

from django.db import models


class Load(models.Model):
    class State(models.TextChoices):
        RUNNING = "running"  # or its process died: the next load removes it
        PUBLISHED = "published"
        REJECTED = "rejected"  # nothing in it could be used; only its rejects are kept

    state = models.CharField(max_length=10, choices=State.choices, default=State.RUNNING)
    loaded_at = models.DateTimeField()
    loaded_by = models.CharField(max_length=200)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.CharField(max_length=200, blank=True)
    source = models.TextField()
    connector = models.CharField(max_length=100)
    report = models.JSONField(default=dict)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"load {self.pk} of {self.source}"


class Part(models.Model):
    load = models.ForeignKey(Load, on_delete=models.PROTECT, related_name="parts")
    table = models.CharField(max_length=100)
    path = models.TextField()  # below the folder of facts
    rows = models.BigIntegerField()
    replaces = models.BooleanField()
    currencies = models.JSONField(default=list)
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.path


class Reject(models.Model):
    load = models.ForeignKey(Load, on_delete=models.CASCADE, related_name="rejects")
    file = models.TextField()
    table = models.CharField(max_length=100)
    rows = models.BigIntegerField()
    path = models.TextField()  # below the workspace

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.path


class Setting(models.Model):
    key = models.CharField(max_length=100, primary_key=True)
    value = models.JSONField()

    def __str__(self) -> str:
        return self.key

"""Notices to people, events for other systems, where these are sent, and each delivery."""

from django.db import models


class Notice(models.Model):
    name = models.CharField(max_length=200)  # of the user it is for
    at = models.DateTimeField()
    title = models.CharField(max_length=300)
    address = models.CharField(max_length=500, blank=True)  # of the page it is about
    read_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("name", "read_at"), name="unread_notices"),)

    def __str__(self) -> str:
        return self.title


class NoticeChoice(models.Model):
    """How a user wants to hear: by mail, how often, and when not."""

    name = models.CharField(max_length=200, primary_key=True)
    body = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.name


class Channel(models.Model):
    name = models.CharField(max_length=100, unique=True)
    form = models.CharField(max_length=10)  # webhook or slack
    url = models.TextField()
    secret = models.CharField(max_length=200, blank=True)
    events = models.JSONField(default=list)  # types; []: all
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    stopped_at = models.DateTimeField(null=True)  # by a person, or by an answer of 410
    why_stopped = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class Event(models.Model):
    """Something that happened, for other systems; written with what it tells of."""

    message_id = models.CharField(max_length=40, unique=True)
    type = models.CharField(max_length=100)
    at = models.DateTimeField()
    body = models.JSONField()
    is_spread = models.BooleanField(default=False, db_index=True)  # deliveries are made

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.type} {self.message_id}"


class Delivery(models.Model):
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="deliveries")
    channel = models.ForeignKey(Channel, on_delete=models.CASCADE, related_name="deliveries")
    state = models.CharField(max_length=10)  # waiting, done, failed
    attempts = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    status = models.SmallIntegerField(null=True)  # of the answer
    error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ("-id",)
        indexes = (models.Index(fields=("state", "next_at"), name="deliveries_to_make"),)

    def __str__(self) -> str:
        return f"{self.event_id} to {self.channel_id}"

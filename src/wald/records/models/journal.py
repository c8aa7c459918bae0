"""The journal: append-only, each entry chained to the one before; and calls made only once."""

from django.db import models


class JournalEntry(models.Model):
    """`body` is what the hash is over; the other columns repeat it, to be searched."""

    seq = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_index=True)
    who = models.CharField(max_length=32)  # a Subject, of the actor
    door = models.CharField(max_length=10)
    action = models.CharField(max_length=100)
    about = models.CharField(max_length=300)  # "case:17"
    body = models.TextField()
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ("seq",)
        # Each with the number: a million entries are read newest first, a page of them.
        indexes = (
            models.Index(fields=("who", "seq"), name="entries_by_actor"),
            models.Index(fields=("action", "seq"), name="entries_by_action"),
            models.Index(fields=("about", "seq"), name="entries_by_thing"),
        )

    def __str__(self) -> str:
        return f"{self.seq} {self.action}"


class JournalHead(models.Model):
    """The newest entry. Its one row is locked to append: entries have one order."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default="0" * 64)

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"


class IdempotentCall(models.Model):
    """A writing call of the API that carried a key, with the answer it got."""

    name = models.CharField(max_length=200)  # of the user
    key = models.CharField(max_length=255)
    digest = models.CharField(max_length=64)  # SHA-256 of method, path and body
    status = models.SmallIntegerField(null=True)  # null: still being answered
    answer = models.TextField(blank=True)
    content_type = models.CharField(max_length=100, blank=True)
    at = models.DateTimeField(db_index=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=("name", "key"), name="one_call_per_key"),)

    def __str__(self) -> str:
        return self.key

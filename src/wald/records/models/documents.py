"""Documents, of the organization and of its units, and every version of each."""

from django.db import models


class Document(models.Model):
    type = models.CharField(max_length=100)  # of agreements/
    name = models.CharField(max_length=200)
    unit = models.CharField(max_length=200, blank=True)  # "": of the organization
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)

    class Meta:
        ordering = ("type", "name", "unit")
        constraints = (
            models.UniqueConstraint(fields=("type", "name", "unit"), name="one_document_per_unit"),
        )

    def __str__(self) -> str:
        return f"{self.type} {self.name} {self.unit}".strip()


class DocumentVersion(models.Model):
    """`text` is kept to the byte; `content` is what was read from it."""

    document = models.ForeignKey(Document, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    revision = models.PositiveIntegerField(default=1)  # of the draft: grows with every change
    state = models.CharField(max_length=20, db_index=True)
    text = models.TextField()
    content = models.JSONField()
    schema = models.PositiveIntegerField(default=1)
    author = models.CharField(max_length=200)
    editors = models.JSONField(default=list)  # names of all who wrote on the draft
    why = models.TextField(blank=True)
    answer = models.TextField(blank=True)  # what was said when it was sent back or withdrawn
    drafted_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    approved_at = models.DateTimeField(null=True)  # from when it is known to hold
    approved_by = models.CharField(max_length=200, blank=True)
    starts_on = models.DateField(null=True)  # first day in force
    ends_on = models.DateField(null=True)  # first day no longer in force, if it says one
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=200, blank=True)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("document_id", "number")
        constraints = (
            models.UniqueConstraint(fields=("document", "number"), name="one_version_per_number"),
        )

    def __str__(self) -> str:
        return f"{self.document_id} version {self.number}"

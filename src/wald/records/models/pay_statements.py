"""Who has read and accepted which version of a compensation plan."""

from django.db import models

from wald.records.models.documents import DocumentVersion


class PlanAcceptance(models.Model):
    """Once a person and version; never changed: a new version is accepted anew."""

    version = models.ForeignKey(DocumentVersion, on_delete=models.PROTECT, related_name="+")
    person_id = models.CharField(max_length=200)
    accepted_by = models.CharField(max_length=200)
    accepted_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = (
            models.UniqueConstraint(
                fields=("person_id", "version"), name="one_acceptance_of_a_version"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} accepted version {self.version_id}"

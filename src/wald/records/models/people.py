"""What Django's user table does not say of people; their keys; who stands in for whom."""

from django.conf import settings
from django.db import models


class Profile(models.Model):
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile"
    )
    role = models.CharField(max_length=30)  # kernel.policy.Role
    person_id = models.CharField(max_length=200, blank=True)  # of the facts
    unit = models.CharField(max_length=200, blank=True)  # region or team, for local operations

    def __str__(self) -> str:
        return f"{self.user_id}: {self.role}"


class Subject(models.Model):
    """Somebody the journal speaks of, under a name that means nothing without this row."""

    subject = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=200, unique=True, null=True)  # null: erased
    key = models.BinaryField(null=True)  # null: destroyed, and with it what it sealed
    erased_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.subject


class ApiKey(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="api_keys"
    )
    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    digest = models.CharField(max_length=64)  # SHA-256 of the whole key: it is random enough
    scopes = models.JSONField(default=list)  # permissions it is cut down to; []: all of its user's
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-id",)

    def __str__(self) -> str:
        return self.prefix


class SignInFailure(models.Model):
    name = models.CharField(max_length=200, db_index=True)
    address = models.CharField(max_length=64, db_index=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} from {self.address}"


class Delegation(models.Model):
    """`delegate` may act for `owner` from the first day to before the last one."""

    owner = models.CharField(max_length=200, db_index=True)
    delegate = models.CharField(max_length=200, db_index=True)
    starts_on = models.DateField()
    ends_on = models.DateField()
    why = models.TextField(blank=True)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.delegate} for {self.owner}"


class SavedView(models.Model):
    """A page as somebody likes to see it: an address with a name."""

    owner = models.CharField(max_length=200, db_index=True)
    name = models.CharField(max_length=100)
    address = models.TextField()  # path and query on this site
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        ordering = ("name", "id")
        constraints = (models.UniqueConstraint(fields=("owner", "name"), name="one_view_per_name"),)

    def __str__(self) -> str:
        return self.name

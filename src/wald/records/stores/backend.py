"""Who has signed in, with their role, in one query a request."""

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User


class WithRole(ModelBackend):
    """Django's own check of passwords; only the reading of a user is ours."""

    def get_user(self, user_id: int) -> User | None:
        found = User.objects.select_related("profile").filter(pk=user_id).first()
        return found if found is not None and self.user_can_authenticate(found) else None

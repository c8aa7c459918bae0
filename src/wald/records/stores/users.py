"""Users, the people who sign in, as rows and as values. Django's own user table keeps them."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.auth.models import User as Row

from wald.kernel.actor import PERMISSIONS, Actor

READS = frozenset({"facts.read"})
RUNS = READS | {"facts.load", "facts.undo", "settings.change"}


class Role(Enum):
    """What a user may do; each role may do what the one before it may."""

    READER = "reader"  # read every number and its rows
    STEWARD = "steward"  # load, undo and change settings as well
    ADMINISTRATOR = "administrator"  # everything


@dataclass(frozen=True, slots=True)
class User:
    name: str
    role: Role
    may_sign_in: bool
    signed_in_at: datetime | None


def actor_of(user: AbstractUser | AnonymousUser) -> Actor:
    """Return who a signed-in user is below the doors; nobody else may do anything."""
    if not isinstance(user, AbstractUser) or not user.is_active:
        return Actor("nobody", frozenset())
    permissions = {
        Role.READER: READS,
        Role.STEWARD: RUNS,
        Role.ADMINISTRATOR: frozenset(PERMISSIONS),
    }
    return Actor(user.get_username(), permissions[_role(user)])


def list_users(*, database: str) -> tuple[User, ...]:
    """Return everybody who has an account, by name."""
    rows = Row.objects.using(database).order_by("username")
    return tuple(
        User(row.get_username(), _role(row), row.is_active, row.last_login) for row in rows
    )


def create_user(name: str, password: str, role: Role, *, database: str) -> None:
    Row.objects.db_manager(database).create_user(
        name,
        password=password,
        is_staff=role is not Role.READER,
        is_superuser=role is Role.ADMINISTRATOR,
    )


def has_user(name: str, *, database: str) -> bool:
    return Row.objects.using(database).filter(username=name).exists()


def set_password(name: str, password: str, *, database: str) -> None:
    """Set a user's password, which also ends their sessions."""
    row = Row.objects.using(database).get(username=name)
    row.set_password(password)
    row.save(using=database, update_fields=["password"])


def _role(user: AbstractUser) -> Role:
    if user.is_superuser:
        return Role.ADMINISTRATOR
    return Role.STEWARD if user.is_staff else Role.READER

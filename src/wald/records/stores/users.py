"""Users, the people who sign in, as rows and as values. Django's own user table keeps them."""

from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.auth.models import User as Row
from django.contrib.sessions.models import Session

from wald.kernel.actor import Actor, Door
from wald.kernel.policy import GRANTS, Role
from wald.records import models
from wald.records.stores.transaction import together


@dataclass(frozen=True, slots=True)
class User:
    name: str
    role: Role | None  # None: may do nothing until somebody gives one
    may_sign_in: bool
    signed_in_at: datetime | None
    person_id: str = ""
    unit: str = ""
    email: str = ""
    added_at: datetime | None = None

    @property
    def version(self) -> int:
        """A number that another right, person, unit, address or access changes."""
        role = "" if self.role is None else self.role.value
        told = (role, self.person_id, self.unit, self.email, str(self.may_sign_in))
        return crc32("\n".join(told).encode())


def actor_of(user: AbstractUser | AnonymousUser, door: Door) -> Actor:
    """Return who a signed-in user is below the doors; nobody else may do anything."""
    if not isinstance(user, AbstractUser) or not user.is_active:
        return Actor("nobody", frozenset(), door=door)
    profile = getattr(user, "profile", None)
    if profile is None:
        return Actor(user.get_username(), frozenset(), door=door)
    role = Role(profile.role)
    return Actor(user.get_username(), GRANTS[role], role, profile.person_id, profile.unit, door)


def actor_named(name: str, door: Door, *, database: str) -> Actor:
    """Return who a user is now, for work in their name; somebody gone may do nothing."""
    row = Row.objects.using(database).select_related("profile").filter(username=name).first()
    return Actor(name, frozenset(), door=door) if row is None else actor_of(row, door)


def list_users(*, database: str) -> tuple[User, ...]:
    """Return everybody who has an account, by name."""
    rows = Row.objects.using(database).select_related("profile").order_by("username")
    return tuple(_user(row) for row in rows)


def find_user(name: str, *, database: str) -> User | None:
    rows = Row.objects.using(database).select_related("profile")
    row = rows.filter(username=name).first()
    return None if row is None else _user(row)


def name_of_person(person_id: str, *, database: str) -> str:
    """Return the first user, by name, who is this person of the facts; "" if none is."""
    rows = Row.objects.using(database).filter(profile__person_id=person_id).order_by("username")
    return rows.values_list("username", flat=True).first() or ""


def names_with_role(role: Role, *, database: str) -> tuple[str, ...]:
    """Return who holds a role and may sign in, by name."""
    rows = Row.objects.using(database).filter(is_active=True, profile__role=role.value)
    return tuple(rows.order_by("username").values_list("username", flat=True))


def is_last_administrator(name: str, *, database: str) -> bool:
    """Would nobody be left who may give rights, without this user?"""
    return names_with_role(Role.ADMINISTRATOR, database=database) == (name,)


def create_user(
    name: str,
    password: str | None,
    role: Role,
    *,
    database: str,
    person_id: str = "",
    unit: str = "",
    email: str = "",
) -> None:
    """Add a user; without a password only another system can sign them in."""
    with together(database=database):
        row = Row.objects.db_manager(database).create_user(name, email=email, password=password)
        models.Profile.objects.using(database).create(
            user=row, role=role.value, person_id=person_id, unit=unit
        )


def has_user(name: str, *, database: str) -> bool:
    return Row.objects.using(database).filter(username=name).exists()


def set_password(name: str, password: str | None, *, database: str) -> None:
    """Set a user's password, or take it away, which also ends their sessions."""
    row = Row.objects.using(database).get(username=name)
    row.set_password(password)
    row.save(using=database, update_fields=["password"])


def save_user(user: User, *, database: str) -> None:
    """Write what may change of a user: role, person, unit, address, and whether they sign in."""
    rows = Row.objects.using(database).filter(username=user.name)
    rows.update(is_active=user.may_sign_in, email=user.email)
    row = rows.get()
    profiles = models.Profile.objects.using(database)
    if user.role is None:
        profiles.filter(user=row).delete()
        return
    profiles.update_or_create(
        user=row,
        defaults={"role": user.role.value, "person_id": user.person_id, "unit": user.unit},
    )


def end_sessions(name: str, *, database: str) -> int:
    """End every session of a user; return how many there were."""
    row = Row.objects.using(database).get(username=name)
    mine = [
        session.session_key
        for session in Session.objects.using(database).iterator()
        if session.get_decoded().get(SESSION_KEY) == str(row.pk)
    ]
    Session.objects.using(database).filter(session_key__in=mine).delete()
    return len(mine)


def has_password(name: str, *, database: str) -> bool:
    """Can the user sign in with a password?"""
    row = Row.objects.using(database).filter(username=name).first()
    return row is not None and row.has_usable_password()


def password_fits(name: str, password: str, *, database: str) -> bool:
    """Is this the user's password? As slow for a name that nobody has."""
    row = Row.objects.using(database).filter(username=name).first()
    return (row or Row(password=make_password(None))).check_password(password)


def _user(row: Row) -> User:
    profile: models.Profile | None = getattr(row, "profile", None)
    return User(
        name=row.get_username(),
        role=None if profile is None else Role(profile.role),
        may_sign_in=row.is_active,
        signed_in_at=row.last_login,
        person_id="" if profile is None else profile.person_id,
        unit="" if profile is None else profile.unit,
        email=row.email,
        added_at=row.date_joined,
    )

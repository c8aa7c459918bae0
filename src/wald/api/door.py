"""From a request to plain values: who asks, of which workspace, what exactly.

An API key, HTTP basic or a page's session says who asks. A session's writes also need Django's
CSRF token. Rights are read at every request, so what is taken away counts at once.
"""

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Lock
from weakref import WeakValueDictionary

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest
from ninja.errors import HttpError
from ninja.security import HttpBasicAuth, HttpBearer, SessionAuth

from wald.kernel.actor import Actor, Door
from wald.kernel.instant import read_day, read_instant
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.records.stores.keys import Holder, holder_of
from wald.records.stores.sign_in import address_of, begin_attempt, end_attempts
from wald.records.stores.users import actor_of

_MOST_KEPT = 1000


class KeyAuth(HttpBearer):
    """An API key with every request, for programs."""

    openapi_name = "key"

    def authenticate(self, request: HttpRequest, token: str) -> Holder | None:
        return holder_of(token.strip(), at=moment(), database=workspace().database)


class BasicAuth(HttpBasicAuth):
    """A name and a password with every request, for programs."""

    openapi_name = "password"

    def authenticate(self, request: HttpRequest, username: str, password: str) -> User | None:
        return _checked.user(request, username, password)


class PasswordsSeen:
    """Passwords checked before, as keyed digests that only this process can compare.

    Checking a password is slow by design, hundreds of milliseconds. The digest holds the
    stored hash too, so a changed password is checked anew; rights are read at every request.
    """

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)
        self._seen: OrderedDict[bytes, None] = OrderedDict()
        self._lock = Lock()
        self._turns: WeakValueDictionary[bytes, Lock] = WeakValueDictionary()

    def user(self, request: HttpRequest, name: str, password: str) -> User | None:
        known = User.objects.select_related("profile").filter(username=name, is_active=True)
        found = known.first()
        if found is None:
            return self._compared(request, name, password)
        mark = self._mark(found, password)
        if mark in self._seen:
            return found
        with self._lock:
            turn = self._turns.setdefault(mark, Lock())
        with turn:  # of many calls at once one is checked, and its answer is that of all
            return found if mark in self._seen else self._compared(request, name, password)

    def _compared(self, request: HttpRequest, name: str, password: str) -> User | None:
        wait = _begun(request, name)
        if wait:
            raise HttpError(429, f"Too many attempts; try again in {wait} seconds")
        # Also for an unknown name: as slow, so that nobody learns which names there are.
        checked = authenticate(request, username=name, password=password)
        if not isinstance(checked, User):
            return None
        end_attempts(name, database=workspace().database)
        with self._lock:
            self._seen[self._mark(checked, password)] = None
            while len(self._seen) > _MOST_KEPT:
                self._seen.popitem(last=False)
        return checked

    def _mark(self, user: User, password: str) -> bytes:
        text = "\0".join((user.get_username(), user.password, password))
        return hmac.digest(self._key, text.encode(), hashlib.sha256)


def _begun(request: HttpRequest, name: str) -> int:
    """Begin an attempt to sign in; return how many seconds it has to wait."""
    address = address_of(request.META, settings.PROXIES)
    return begin_attempt(name, address, at=moment(), database=workspace().database)


_checked = PasswordsSeen()

# A key that somebody found must not become another key: new ones need more than a key.
IN_PERSON = (BasicAuth(), SessionAuth())
SIGN_IN = (KeyAuth(), *IN_PERSON)


def asking(request: HttpRequest) -> Actor:
    """Return who asks, with the same rights as on the pages, or what their key leaves of them."""
    return actor_for(getattr(request, "auth", None), request)


def actor_for(found: object, request: HttpRequest) -> Actor:
    """Return the actor whom one of `SIGN_IN` found."""
    if isinstance(found, Holder):
        actor = actor_of(found.user, Door.API)
        kept = actor.permissions & found.scopes if found.scopes else actor.permissions
        return replace(actor, permissions=kept)
    return actor_of(found if isinstance(found, User) else request.user, Door.API)


def workspace() -> Workspace:
    """Return the workspace whose records are this project's default database."""
    return Workspace(Path(settings.HOME), "default")


def moment() -> datetime:
    return datetime.now(UTC)


def refuse_unknown(request: HttpRequest, known: Iterable[str] = ()) -> None:
    """Raise BadInput for parameters that this address has not: a typo must not go unseen."""
    names = sorted(known)
    choose = f"choose among {', '.join(names)}" if names else "there are none here"
    unknown = [Problem(name, "is no parameter here", choose) for name in request.GET]
    problems = [problem for problem in unknown if problem.where not in names]
    if problems:
        raise BadInput("There are parameters that are not known here.", problems)


def read_dates(as_of: str, known: str) -> tuple[date | None, datetime | None]:
    """Read both dates; empty texts are None. Raises BadInput with every Problem."""
    day = read_day(as_of, "as_of") if as_of else None
    instant = read_instant(known, "known") if known else None
    if isinstance(day, Problem) or isinstance(instant, Problem):
        problems = [one for one in (day, instant) if isinstance(one, Problem)]
        raise BadInput("These dates cannot be read.", problems)
    return day, instant

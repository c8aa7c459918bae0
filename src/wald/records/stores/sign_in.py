"""Attempts to sign in: after a few wrong ones each further attempt has to wait, longer and longer.

Counted by name and by address, alike for names that nobody has. A name is kept as a digest that
only this workspace can make: people type passwords where the name belongs.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from django.utils.crypto import salted_hmac

from wald.records import models
from wald.records.stores.transaction import together

FREE_BY_NAME = 5  # wrong attempts before the first wait
FREE_BY_ADDRESS = 30  # an office shares one
LONGEST_WAIT = timedelta(minutes=15)
_REMEMBERED = timedelta(hours=1)
_KEPT = timedelta(days=1)


def begin_attempt(name: str, address: str, *, at: datetime, database: str) -> int:
    """Return how many seconds this attempt has to wait; 0: it may be made.

    An attempt that may be made counts as a wrong one until `end_attempts`, so that many at
    once do not slip through.
    """
    digest = _digest(name)
    with together(database=database):
        rows = models.SignInFailure.objects.using(database)
        rows.filter(at__lt=at - _KEPT).delete()
        recent = rows.filter(at__gt=at - _REMEMBERED)
        waits = [_wait(recent.filter(name=digest).values_list("at", flat=True), FREE_BY_NAME, at)]
        if address and not ip_address(address).is_loopback:
            others = recent.filter(address=_network(address)).values_list("at", flat=True)
            waits.append(_wait(others, FREE_BY_ADDRESS, at))
        if not max(waits):
            rows.create(name=digest, address=_network(address), at=at)
    return max(waits)


def end_attempts(name: str, *, database: str) -> None:
    """Forget the attempts under a name whose owner has signed in."""
    models.SignInFailure.objects.using(database).filter(name=_digest(name)).delete()


def address_of(meta: Mapping[str, object], proxies: Collection[str]) -> str:
    """Return the address a request came from, "" for none.

    Of what `proxies`, addresses of this house, say, the last address that is none of theirs.
    """
    told = [str(meta.get("REMOTE_ADDR", ""))]
    if told[0] in proxies:
        told = [*str(meta.get("HTTP_X_FORWARDED_FOR", "")).split(","), told[0]]
    for text in reversed(told):
        address = text.strip()
        if address in proxies:
            continue
        try:
            return str(ip_address(address))
        except ValueError:
            return ""
    return ""


def _wait(attempts: Iterable[datetime], free: int, at: datetime) -> int:
    made = sorted(attempts)
    if len(made) < free:
        return 0
    seconds = min(2 ** min(len(made) - free, 20), int(LONGEST_WAIT.total_seconds()))
    left = made[-1] + timedelta(seconds=seconds) - at
    return max(0, -(-left // timedelta(seconds=1)))


def _digest(name: str) -> str:
    return salted_hmac("wald.sign_in", name.casefold(), algorithm="sha256").hexdigest()


def _network(address: str) -> str:
    """Return what counts as one place: an IPv4 address, the /64 of an IPv6 one."""
    if not address or ip_address(address).version == 4:
        return address
    return str(ip_network(f"{address}/64", strict=False))

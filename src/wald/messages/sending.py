"""Send one message over HTTP, to an address that was looked at, within a time.

Nothing of the answer is kept but its status. Redirects are not followed, proxies of the
environment are not used. Certificates are checked against the name, not the address.
"""

import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from socket import SHUT_RDWR

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, HTTPError, ReadTimeoutError

from wald.messages.addresses import (
    Allowed,
    Blocked,
    Resolve,
    Target,
    reachable,
    resolve_by_system,
)

PATIENCE = 10.0  # seconds, to connect and for each read
ANSWERING = 15.0  # seconds, for all of it, however slowly it drips


@dataclass(frozen=True, slots=True)
class Answer:
    """How it went: the status, or None and a sentence why there is none."""

    status: int | None
    error: str = ""

    @property
    def is_taken(self) -> bool:
        return self.status is not None and 200 <= self.status < 300


def post(
    target: Target,
    body: bytes,
    headers: Mapping[str, str],
    *,
    allowed: Allowed,
    resolve: Resolve = resolve_by_system,
    seconds: float = ANSWERING,
) -> Answer:
    """Send `body` to a target: its name is resolved once, every address looked at."""
    try:
        addresses = reachable(target, allowed, resolve)
    except Blocked as why:
        return Answer(None, str(why))
    return _first_reached(target, addresses, body, headers, seconds)


def _first_reached(
    target: Target,
    addresses: Sequence[str],
    body: bytes,
    headers: Mapping[str, str],
    seconds: float,
) -> Answer:
    error = ""
    for address in addresses:
        connection = _connection(target, address)
        with _within(seconds, connection) as late:
            try:
                connection.connect()
            except (OSError, HTTPError, ValueError) as problem:
                error = _why(problem, late, "does not answer")
                if _is_about_certificate(problem):
                    break  # it was reached, and is not who it should be
                continue
            return _ask(connection, target, body, headers, late)
    return Answer(None, f"{target.host} {error}.")


def _ask(
    connection: HTTPConnection,
    target: Target,
    body: bytes,
    headers: Mapping[str, str],
    late: threading.Event,
) -> Answer:
    """Send and wait for the status alone; the rest of the answer is left unread."""
    try:
        all_headers = {"Host": target.authority, "Connection": "close", **headers}
        connection.request("POST", target.path, body=body, headers=all_headers)
        status = int(connection.getresponse().status)
        if late.is_set():  # cut off in its headers, which looks like their end
            return Answer(None, f"{target.host} took too long.")
        return Answer(status)
    except (OSError, HTTPError, HTTPException, ValueError) as problem:
        return Answer(None, f"{target.host} {_why(problem, late, 'broke off')}.")


@contextmanager
def _within(seconds: float, connection: HTTPConnection) -> Iterator[threading.Event]:
    """Cut the connection when its time is over, and close it in any case.

    A time-out of a socket is for one read only; a peer that drips would stretch it for ever.
    """
    late = threading.Event()
    timer = threading.Timer(seconds, _cut, args=(connection, late))
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        connection.close()


def _connection(target: Target, address: str) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=PATIENCE)
    return HTTPSConnection(
        address,
        target.port,
        timeout=PATIENCE,
        ssl_context=_certificates(),
        server_hostname=target.host,  # asked for, and checked against the certificate
    )


@cache
def _certificates() -> ssl.SSLContext:
    return ssl.create_default_context()


def _cut(connection: HTTPConnection, late: threading.Event) -> None:
    late.set()
    sock = connection.sock
    if sock is not None:
        with suppress(OSError):
            sock.shutdown(SHUT_RDWR)


def _is_about_certificate(error: Exception) -> bool:
    causes = (error, *error.args)
    return any(isinstance(cause, ssl.SSLError) for cause in causes)


def _why(error: Exception, late: threading.Event, otherwise: str) -> str:
    if late.is_set() or isinstance(error, TimeoutError | ConnectTimeoutError | ReadTimeoutError):
        return "took too long"
    return "shows a certificate that does not hold" if _is_about_certificate(error) else otherwise

"""Send one message over HTTP, to an address that was looked at, within a time.

Nothing of the answer is kept but its status. Redirects are not followed, proxies of the
environment are not used. Certificates are checked against the name, not the address.
"""

import ssl
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPException
from socket import SHUT_RDWR

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError

from wald.messages.addresses import (
    Allowed,
    Blocked,
    Resolve,
    Target,
    reachable,
    resolve_by_system,
)

CONNECTING = 5.0  # seconds, for each address
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
    for address in addresses:
        connection = _connection(target, address)
        try:
            connection.connect()
        except (OSError, HTTPError) as error:
            why = _why(error, "does not answer")
            connection.close()
            if _is_about_certificate(error):
                break  # it was reached, and is not who it should be
            continue
        try:
            return _ask(connection, target, body, headers, seconds)
        finally:
            connection.close()
    return Answer(None, f"{target.host} {why}.")


def _ask(
    connection: HTTPConnection,
    target: Target,
    body: bytes,
    headers: Mapping[str, str],
    seconds: float,
) -> Answer:
    """Send and wait for the status alone; the rest of the answer is left unread."""
    late = threading.Event()
    timer = threading.Timer(seconds, _cut, args=(connection, late))
    timer.daemon = True
    timer.start()
    if connection.sock is not None:
        connection.sock.settimeout(seconds)
    try:
        all_headers = {"Host": target.authority, "Connection": "close", **headers}
        connection.request("POST", target.path, body=body, headers=all_headers)
        response = connection.getresponse()
        return Answer(int(response.status))
    except (OSError, HTTPError, HTTPException, ValueError) as error:
        why = "took too long" if late.is_set() else _why(error, "broke off")
        return Answer(None, f"{target.host} {why}.")
    finally:
        timer.cancel()


def _connection(target: Target, address: str) -> HTTPConnection:
    if target.scheme == "http":
        return HTTPConnection(address, target.port, timeout=CONNECTING)
    return HTTPSConnection(
        address,
        target.port,
        timeout=CONNECTING,
        ssl_context=_certificates(),
        server_hostname=target.host,
        assert_hostname=target.host,
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


def _why(error: Exception, otherwise: str) -> str:
    if _is_about_certificate(error):
        return "shows a certificate that does not hold"
    return "took too long" if isinstance(error, TimeoutError) else otherwise

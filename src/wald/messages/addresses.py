"""Where Wald may send: every address behind a name is looked at, and refused unless public.

A name is resolved once, and the connection goes to an address that was looked at: a second
look-up could give another one. What is not public follows the IANA special-purpose registries
for IPv4 and IPv6 (RFC 6890 and its updates), and what clouds answer on to their own machines.
"""

import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from wald.kernel.problem import BadInput, Problem

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
Resolve = Callable[[str, int], Iterable[str]]

_PORTS = {"https": 443, "http": 80}
_LONGEST_URL = 2000
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*")  # a last label like this makes a name an address

_NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",  # private
        "100.64.0.0/10",  # between a provider and its customers; one cloud's metadata
        "127.0.0.0/8",  # loopback
        "168.63.129.16/32",  # a cloud's own services, to its machines
        "169.254.0.0/16",  # link-local; most clouds' metadata
        "172.16.0.0/12",  # private
        "192.0.0.0/24",  # protocol assignments; one cloud's metadata
        "192.0.2.0/24",  # documentation
        "192.31.196.0/24",  # AS112
        "192.52.193.0/24",  # AMT
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",  # private
        "192.175.48.0/24",  # AS112
        "198.18.0.0/15",  # benchmarks
        "198.51.100.0/24",  # documentation
        "203.0.113.0/24",  # documentation
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved; broadcast
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")  # all else, mapped and translated forms too, is refused
_NOT_PUBLIC_6 = tuple(
    IPv6Network(text)
    for text in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",  # documentation
        "2002::/16",  # 6to4: an IPv4 address in other clothes
        "2620:4f:8000::/48",  # AS112
        "3fff::/20",  # documentation
    )
)


@dataclass(frozen=True, slots=True)
class Allowed:
    """What else may be reached, although it is not public: networks, and hosts by name."""

    networks: tuple[Network, ...] = ()
    hosts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Target:
    """A checked place to send to. `host` as it is asked for; `path` with the query."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """The Host header."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == _PORTS[self.scheme] else f"{shown}:{self.port}"


def read_allowed(text: str) -> Allowed:
    """Read networks, addresses and host names, with commas. Raises ValueError naming a bad one."""
    networks: list[Network] = []
    hosts = set()
    for part in (one.strip().lower() for one in text.split(",")):
        if not part:
            continue
        try:
            networks.append(ip_network(part))
        except ValueError:
            if not _is_name(part):
                raise ValueError(f"{part!r} is neither a network nor a host name") from None
            hosts.add(part)
    return Allowed(tuple(networks), frozenset(hosts))


def read_target(url: str, allowed: Allowed) -> Target:
    """Read an address to send to. Raises BadInput; nothing is resolved here.

    Only https, except to hosts and networks that are `allowed` for themselves.
    """
    parts = _split(url)
    host = (parts.hostname or "").rstrip(".")
    address = _literal(host)
    if address is None and not _is_name(host):
        raise _bad("its host is no name and no plain address", "write the host's name")
    is_allowed = host in allowed.hosts or (address is not None and _in(address, allowed.networks))
    if parts.scheme == "http" and not is_allowed:
        raise _bad("it is not encrypted", "give an address with https://")
    if address is not None and not is_allowed and not is_public(address):
        raise _bad("it is not on the public internet", "ask who runs Wald to allow it")
    port = parts.port or _PORTS[parts.scheme]
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, host, port, path)


def reachable(target: Target, allowed: Allowed, resolve: Resolve) -> tuple[str, ...]:
    """Resolve a target once and return its addresses. Raises Blocked unless all may be reached."""
    try:
        found = tuple(dict.fromkeys(resolve(target.host, target.port)))
    except OSError as error:
        raise Blocked(f"The name {target.host} leads nowhere.") from error
    if not found:
        raise Blocked(f"The name {target.host} leads nowhere.")
    for text in found:
        if not _may_reach(text, target.host, allowed):
            raise Blocked(f"{target.host} leads to an address that is not public.")
    return found


class Blocked(Exception):
    """Nothing was sent; the text says why."""


def resolve_by_system(host: str, port: int) -> list[str]:
    """Ask the system's resolver for every address of a host."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(one[4][0]) for one in found]


def is_public(address: Address) -> bool:
    """Is this an address of the public internet, one machine's, in its own form?"""
    if isinstance(address, IPv4Address):
        return not _in(address, _NOT_PUBLIC_4)
    if address.scope_id is not None or address not in _PUBLIC_6:
        return False
    return not _in(address, _NOT_PUBLIC_6)


def _may_reach(text: str, host: str, allowed: Allowed) -> bool:
    try:
        address = ip_address(text)
    except ValueError:
        return False
    return host in allowed.hosts or _in(address, allowed.networks) or is_public(address)


def _in(address: Address, networks: Iterable[Network]) -> bool:
    return any(network.version == address.version and address in network for network in networks)


def _split(url: str) -> SplitResult:
    if len(url) > _LONGEST_URL:
        raise _bad(f"it has {len(url)} characters", f"at most {_LONGEST_URL}")
    if not url.isascii() or not url.isprintable() or set(url) & set(' \\"<>^`{|}'):
        raise _bad("it holds characters that no address has", "encode them (RFC 3986)")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise _bad("its host or port cannot be read", "write https://host/path") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise _bad("it is no address to send to", "write https://host/path")
    if "@" in parts.netloc:
        raise _bad("it carries a name or password", "take them out")
    if parts.fragment or port == 0 or parts.netloc.endswith(":"):
        raise _bad("its port or its part after # is of no use", "take it out")
    return parts


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _is_name(host: str) -> bool:
    """Is this a host's name? One whose last label is a number is an address in disguise."""
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        return False
    return not _NUMBER.fullmatch(labels[-1])


def _bad(what: str, fix: str) -> BadInput:
    """Say what is wrong without the address itself: it may hold a secret."""
    return BadInput("Wald cannot send to this address.", [Problem("url", what, fix)])

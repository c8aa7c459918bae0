"""Private addresses in every spelling, names that lead to them, resolvers that change their mind.

No connection may go to one. What would connect is replaced by a list of who was to be reached.
"""

import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from urllib3.util import connection as wire

from tests.reliability.result import Result
from wald.kernel.problem import BadInput
from wald.messages.addresses import Allowed, read_target
from wald.messages.sending import post

BLOCKED = (
    *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"),
    *("100.64.0.0/10", "0.0.0.0/8", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15"),
    *("198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32"),
    *("169.254.169.254/32", "100.100.100.200/32", "255.255.255.255/32", "192.88.99.0/24"),
    *("::/128", "::1/128", "fe80::/10", "fc00::/7", "fec0::/10", "ff00::/8", "100::/64"),
    *("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2001:db8::/32", "2002::/16", "3fff::/20"),
    *("fd00:ec2::254/128", "2001:10::/28", "2001:20::/28", "5f00::/16", "::ffff:0:0/96"),
)
PUBLIC = "93.184.216.34"
_WIDE = {ord("."): 0x3002, **{ord("0") + n: 0xFF10 + n for n in range(10)}}  # full width


def run(count: int, seed: int) -> Result:
    """Try `count` spellings. `failed` counts connections to an address that is not public."""
    started = time.monotonic()
    draw = random.Random(seed)  # noqa: S311  # a campaign, not a secret
    broken: list[str] = []
    for number in range(count):
        url, resolve, may_reach = _case(draw, number)
        reached = attempt(url, resolve)
        if not set(reached) <= may_reach:
            broken.append(f"{url} reached {reached}")
    words = f"{count} addresses tried" + "".join(f"; {one}" for one in broken[:5])
    return Result(count, len(broken), words, time.monotonic() - started)


def attempt(url: str, resolve: Callable[[str, int], list[str]]) -> list[str]:
    """Send to `url`; return the addresses that a connection was tried to."""
    with _listed() as reached:
        try:
            target = read_target(url, Allowed())
        except BadInput:
            return reached
        answer = post(target, b"{}", {}, allowed=Allowed(), resolve=resolve, seconds=5)
        assert answer.status is None
    return reached


@contextmanager
def _listed() -> Iterator[list[str]]:
    reached: list[str] = []

    def listing(address: tuple[str, int], *rest: object, **more: object) -> socket.socket:
        reached.append(address[0])
        raise ConnectionRefusedError

    real = wire.create_connection
    wire.create_connection = listing  # type: ignore[assignment]  # it never returns
    try:
        yield reached
    finally:
        wire.create_connection = real


Case = tuple[str, Callable[[str, int], list[str]], set[str]]


def _case(draw: random.Random, number: int) -> Case:
    """Return an address, what its host resolves to, and what may be reached at most."""
    network = ip_network(BLOCKED[number % len(BLOCKED)])
    address = network[draw.randrange(min(network.num_addresses, 2**64))]
    kind = number // len(BLOCKED) % 4
    if kind == 0:  # a name that leads there
        return "https://hooks.example.org/x", lambda host, port: [str(address)], set()
    if kind == 1:  # one good address does not excuse a bad one
        pair = [PUBLIC, str(address)] if draw.random() < 0.5 else [str(address), PUBLIC]
        return "https://hooks.example.org/x", lambda host, port: pair, set()
    if kind == 2:  # a resolver that says another thing when asked again
        answers = iter([[PUBLIC]])

        def rebinding(host: str, port: int) -> list[str]:
            return next(answers, [str(address)])

        return "https://hooks.example.org/x", rebinding, {PUBLIC}
    spelled = draw.choice(spellings(address, draw))
    return f"https://{spelled}/x", _lenient, set()


def _lenient(host: str, port: int) -> list[str]:
    """Resolve as generously as any system does: 127.1, 0x7f.1, 017700000001."""
    try:
        return [socket.inet_ntoa(socket.inet_aton(host))]
    except OSError:
        return [host]


def spellings(address: IPv4Address | IPv6Address, draw: random.Random) -> list[str]:
    """Return ways to write an address into a URL, sound and unsound."""
    if isinstance(address, IPv6Address):
        return _spellings_6(address)
    a, b, c, d = address.packed
    number = int(address)
    forms = [f"{{:{form}}}" for form in ("d", "#x", "#X", "04d", "#010x")]
    octal = [f"0{part:o}" for part in (a, b, c, d)]
    found = [
        str(address),
        f"{address}.",
        f"{address}:443",
        f"user@{address}",
        f"example.org@{address}",
        f"{address}%00",
        f"{address}%2e",
        str(address).translate(_WIDE),
        str(address).replace(".", "%2E"),
        f"{a}.{b}.{(c << 8) | d}",
        f"{a}.{(b << 16) | (c << 8) | d}",
        f"{number}",
        f"{number:#x}",
        f"0{number:o}",
        f"{number + 2**32}",
        ".".join(octal),
        ".".join([hex(a), *octal[1:3], str(d)]),
        *(".".join(form.format(part) for part in (a, b, c, d)) for form in forms),
    ]
    inside = [f"::ffff:{address}", f"::{address}", f"64:ff9b::{address}", f"::ffff:0:{address}"]
    six_to_four = f"2002:{a:02x}{b:02x}:{c:02x}{d:02x}::1"
    mapped = f"::ffff:{a:x}{b:02x}:{c:x}{d:02x}"
    return found + [f"[{one}]" for one in (*inside, six_to_four, mapped)]


def _spellings_6(address: IPv6Address) -> list[str]:
    short, full = address.compressed, address.exploded
    inside = (short, full, short.upper(), full.upper(), f"{short}%25eth0", f"{short}%1")
    return [f"[{one}]" for one in inside] + [f"[{short}]:443", f"[{short}].", short]


def all_spellings(seed: int) -> list[str]:
    """Return every spelling of one address of each network."""
    draw = random.Random(seed)  # noqa: S311  # a campaign, not a secret
    found = []
    for text in BLOCKED:
        network = ip_network(text)
        address = network[draw.randrange(min(network.num_addresses, 2**64))]
        found += spellings(ip_address(str(address)), draw)
    return list(dict.fromkeys(found))

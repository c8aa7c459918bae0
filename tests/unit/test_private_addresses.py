"""No message goes to an address that is not public, however it is spelled or resolved."""

import pytest

from tests.reliability.private_addresses import PUBLIC, all_spellings, attempt, run
from wald.kernel.problem import BadInput
from wald.messages.addresses import Allowed, reachable, read_allowed, read_target

NOWHERE = Allowed()


def test_every_spelling_of_a_private_address_is_refused_before_anything_is_resolved() -> None:
    found = all_spellings(seed=1)
    assert len(found) >= 500
    taken = []
    for spelled in found:
        try:
            read_target(f"https://{spelled}/", NOWHERE)
        except BadInput:
            continue
        taken.append(spelled)
    assert taken == []


def test_nothing_is_reached_by_name_by_number_or_by_rebinding() -> None:
    found = run(800, seed=2)
    assert (found.tried, found.failed) == (800, 0), found.words


def test_a_name_is_resolved_once_and_its_very_address_is_connected_to() -> None:
    asked = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return [PUBLIC] if len(asked) == 1 else ["127.0.0.1"]

    assert attempt("https://hooks.example.org:8443/a?b", resolve) == [PUBLIC]
    assert asked == [("hooks.example.org", 8443)]


@pytest.mark.parametrize(
    "url",
    [
        "http://hooks.example.org/",
        "ftp://hooks.example.org/",
        "file:///etc/passwd",
        "gopher://hooks.example.org/",
        "//hooks.example.org/",
        "https:hooks.example.org",
        "https://",
        "https:///x",
        "",
        "https://a b/",
        "https://a\nb/",
        "https://hooks.example.org/\tx",
        "https://hooks.example.org\\@127.0.0.1/",
        "https://hooks.example.org#@127.0.0.1/",
        "https://user:word@hooks.example.org/",
        "https://hooks.example.org:0/",
        "https://hooks.example.org:99999/",
        "https://hooks.example.org:x/",
        "https://hooks.example.org:/",
        "https://[::1/",
        "https://-a.example.org/",
        "https://a..example.org/",
        "https://exämple.org/",
        "https://a_b.example.org/",
        "https://example.0x7f/",
        "https://" + "a" * 2001,
    ],
)
def test_what_is_no_address_to_send_to_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(BadInput) as refusal:
        read_target(url, NOWHERE)
    assert len(url) < 12 or url not in str(refusal.value.problems)


def test_public_addresses_are_taken() -> None:
    for host in ("hooks.example.org", "93.184.216.34", "[2606:4700::6810:84e5]", "a-b.c"):
        assert read_target(f"https://{host}/x?y=1", NOWHERE).path == "/x?y=1"
    target = read_target("https://hooks.example.org:8443", NOWHERE)
    assert (target.authority, target.path) == ("hooks.example.org:8443", "/")
    assert reachable(target, NOWHERE, lambda host, port: [PUBLIC, PUBLIC]) == (PUBLIC,)


def test_what_is_allowed_is_reached_and_nothing_beside_it() -> None:
    allowed = read_allowed("10.1.0.0/16, Hooks.Internal, ::1")
    assert read_target("http://10.1.2.3/", allowed).host == "10.1.2.3"
    assert read_target("http://hooks.internal/", allowed).host == "hooks.internal"
    assert read_target("http://[::1]:9/", allowed).authority == "[::1]:9"
    for url in ("https://10.2.0.1/", "http://hooks.example.org/", "https://127.0.0.1/"):
        with pytest.raises(BadInput):
            read_target(url, allowed)
    with pytest.raises(ValueError, match="neither"):
        read_allowed("10.1.0.0/33")

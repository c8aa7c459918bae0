"""People sign in through another system, with the role of their groups; what lies is not let in."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from tests.openid_provider import CLIENT, SECRET, Fake, provider

_PATIENCE = 60  # seconds until the first page


@dataclass(frozen=True)
class Site:
    address: str
    home: Path
    environment: dict[str, str]

    def wald(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "wald", *words, "--home", str(self.home)],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def sign_in(self, next: str = "") -> tuple[requests.Session, str]:
        """Go through the provider and back; return the session and the page where it ended."""
        session = requests.Session()
        page = session.get(f"{self.address}/sign-in/openid/", params={"next": next}, timeout=20)
        return session, re.sub(r"\s+", " ", f"{page.url} {page.text}")


@pytest.fixture(scope="module")
def fake() -> Iterator[Fake]:
    with provider() as made:
        yield made


@pytest.fixture(autouse=True)
def honest(fake: Fake) -> None:
    fake.reset()
    fake.claims = {"preferred_username": "zoe", "email": "zoe@example.org", "groups": ["reps"]}


@pytest.fixture(scope="module")
def site(fake: Fake, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    home = tmp_path_factory.mktemp("openid") / "home"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **{k: v for k, v in os.environ.items() if not k.startswith(("WALD_", "DJANGO_"))},
        "WALD_HOME": str(home),
        "WALD_OIDC_ISSUER": fake.address,
        "WALD_OIDC_CLIENT_ID": CLIENT,
        "WALD_OIDC_CLIENT_SECRET": SECRET,
        "WALD_OIDC_GROUP_ROLES": "ops=sales_operations, heads=manager, reps=rep",
        "WALD_OIDC_NAME": "Our directory",
    }
    made = Site(f"http://127.0.0.1:{port}", home, environment)
    running = subprocess.Popen(
        [sys.executable, "-m", "wald", "serve", "--port", str(port), "--home", str(home)],
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(made.address)
        yield made
    finally:
        running.terminate()
        running.wait(20)


def _wait_for(address: str) -> None:
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        try:
            if requests.get(f"{address}/sign-in/", timeout=5).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.2)
    pytest.fail("the pages do not answer")


def _stands_outside(site: Site, *, after: str = "") -> str:
    session, page = site.sign_in()
    assert "/sign-in/" in page.split(" ")[0], page
    assert session.get(f"{site.address}/account/", timeout=20).url.startswith(
        f"{site.address}/sign-in/"
    )
    return page


def test_the_sign_in_page_offers_it(site: Site) -> None:
    assert "Sign in with Our directory" in requests.get(f"{site.address}/sign-in/", timeout=20).text


def test_somebody_comes_in_with_the_role_of_their_group(site: Site, fake: Fake) -> None:
    session, page = site.sign_in(next="/account/")
    assert page.startswith(f"{site.address}/account/")
    assert "zoe" in page
    assert "Rep" in page
    for name in ("state", "nonce", "code_challenge"):
        assert len(fake.asked[name]) >= 32
    assert fake.asked["code_challenge_method"] == "S256"
    assert "Another system signs you in" in session.get(f"{site.address}/account/", timeout=20).text


def test_the_role_follows_the_groups_at_every_sign_in(site: Site, fake: Fake) -> None:
    for groups, role in ((["heads", "reps"], "Manager"), ("ops", "Sales operations")):
        fake.claims = {**fake.claims, "groups": groups}
        assert role in site.sign_in(next="/account/")[1]
    fake.claims = {**fake.claims, "groups": ["reps"]}
    assert "Rep" in site.sign_in(next="/account/")[1]


def test_the_first_group_named_counts_and_groups_may_come_with_userinfo(
    site: Site, fake: Fake
) -> None:
    fake.claims = {"sub": "subject-2", "preferred_username": "yan"}
    fake.userinfo = {"sub": "subject-2", "groups": ["reps", "ops"]}
    assert "Sales operations" in site.sign_in(next="/account/")[1]
    fake.userinfo = {"sub": "somebody else", "groups": ["ops"]}
    assert "not to be believed" in _stands_outside(site)


def test_whoever_is_in_no_group_is_not_let_in(site: Site, fake: Fake) -> None:
    for groups in (["strangers"], [], None, 7, {"reps": 1}):
        fake.claims = {**fake.claims, "sub": "subject-3", "groups": groups}
        fake.userinfo = {"sub": "subject-3"}
        assert "in none of the groups" in _stands_outside(site)


@pytest.mark.parametrize(
    "lie",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"aud": "somebody else"},
        {"aud": ["wald", "somebody else"]},
        {"aud": ["wald", "other"], "azp": "other"},
        {"iss": "http://127.0.0.1:1"},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": 4_000_000_000},
        {"sub": None},
    ],
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(
    site: Site, fake: Fake, lie: dict[str, object]
) -> None:
    fake.claims = {**fake.claims, **lie}
    assert "not to be believed" in _stands_outside(site)


def test_a_token_that_another_key_signed_is_refused(site: Site, fake: Fake) -> None:
    fake.signs_with_other_key = True
    assert "not to be believed" in _stands_outside(site)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_that_nobody_signed_is_refused(site: Site, fake: Fake, algorithm: str) -> None:
    fake.algorithm = algorithm
    assert "not to be believed" in _stands_outside(site)


def test_who_is_refused_there_is_told(site: Site, fake: Fake) -> None:
    fake.lets_in = False
    assert "let nobody in" in _stands_outside(site)


def test_a_return_that_was_not_begun_here_is_refused(site: Site, fake: Fake) -> None:
    session = requests.Session()
    for end in ("?code=code-1&state=x", "?code=code-1", ""):
        page = session.get(f"{site.address}/sign-in/openid/return/{end}", timeout=20)
        assert "not begun here" in page.text
    session.get(f"{site.address}/sign-in/openid/", allow_redirects=False, timeout=20)
    forged = session.get(
        f"{site.address}/sign-in/openid/return/?code=code-1&state=forged", timeout=20
    )
    assert "not begun here" in forged.text


def test_nobody_is_sent_on_to_another_site(site: Site) -> None:
    assert site.sign_in(next="https://evil.example/")[1].startswith(f"{site.address}/ ")


def test_a_name_with_a_password_is_not_taken_over(site: Site, fake: Fake) -> None:
    assert (
        site.wald("users", "add", "boss", "--role", "administrator", "--generate").returncode == 0
    )
    fake.claims = {**fake.claims, "sub": "subject-4", "preferred_username": "boss"}
    assert "signs in with a password" in _stands_outside(site)
    assert site.wald("users", "password", "boss", "--none").returncode == 0
    assert "There is a user boss already" in _stands_outside(site)
    assert site.wald("users", "email", "boss", "boss@example.org").returncode == 0
    fake.claims = {**fake.claims, "email": "Boss@Example.org"}
    assert "There is a user boss already" in _stands_outside(site)
    fake.claims = {**fake.claims, "email_verified": True}
    page = site.sign_in(next="/account/")[1]
    assert "boss" in page
    assert "Administrator" in page, "the last one keeps the role, though a group says rep"
    fake.claims = {**fake.claims, "sub": "subject-5"}
    assert "somebody else of your provider" in _stands_outside(site)


def test_ended_access_is_not_given_back_by_another_system(site: Site, fake: Fake) -> None:
    fake.claims = {**fake.claims, "sub": "subject-6", "preferred_username": "xi"}
    site.sign_in()
    assert site.wald("users", "disable", "xi", "--why", "left").returncode == 0
    assert "Your access has ended" in _stands_outside(site)

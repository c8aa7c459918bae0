"""Who comes from another system, while somebody else changes who may come."""

from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from wald.actions import single_sign_on
from wald.actions.act import Entry, act
from wald.actions.single_sign_on import Stranger, admit
from wald.kernel.actor import everything
from wald.kernel.policy import Role
from wald.kernel.problem import NotAllowed
from wald.kernel.workspace import Workspace
from wald.queries.journal import entries
from wald.records import models
from wald.records.stores import identities, users
from wald.records.stores.users import User

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ZOE = Stranger(
    "https://id.example.org",
    "4711",
    "zoe",
    "zoe@example.org",
    Role.MANAGER,
    has_verified_email=True,
)


def _admit(home: Workspace, stranger: Stranger = ZOE) -> str:
    return admit(actor=everything("doorkeeper"), workspace=home, stranger=stranger, at=AT)


def _user(home: Workspace, name: str = "zoe") -> User:
    found = users.find_user(name, database=home.database)
    assert found is not None
    return found


@pytest.fixture
def tied(record_home: Workspace, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Return who is tied to which subject; the library's tables are not there in these tests."""
    found: dict[str, str] = {}

    def name_of(issuer: str, subject: str, *, database: str) -> str | None:
        return found.get(subject)

    def is_tied(name: str, *, database: str) -> bool:
        return name in found.values()

    def tie(name: str, issuer: str, subject: str, *, database: str) -> None:
        found[subject] = name

    for one in (name_of, is_tied, tie):
        monkeypatch.setattr(identities, one.__name__, one)
    users.create_user("zoe", None, Role.REP, database=record_home.database, email="zoe@example.org")
    return found


def test_access_that_ends_at_this_very_moment_stays_ended(
    record_home: Workspace, tied: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tied["4711"] = "zoe"

    def late(**given: Any) -> AbstractContextManager[Entry]:
        zoe = users.find_user("zoe", database=record_home.database)
        assert zoe is not None
        users.save_user(replace(zoe, may_sign_in=False), database=record_home.database)
        return act(**given)

    monkeypatch.setattr(single_sign_on, "act", late)
    with pytest.raises(NotAllowed, match="has ended"):
        _admit(record_home)
    found = users.find_user("zoe", database=record_home.database)
    assert found is not None
    assert (found.may_sign_in, found.role) == (False, Role.REP)


def test_of_two_with_one_name_the_second_is_not_let_in(
    record_home: Workspace, tied: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def late(**given: Any) -> AbstractContextManager[Entry]:
        tied["4712"] = "zoe"
        return act(**given)

    monkeypatch.setattr(single_sign_on, "act", late)
    with pytest.raises(NotAllowed, match="somebody else"):
        _admit(record_home)
    assert tied == {"4712": "zoe"}


def test_the_role_is_that_of_the_groups(record_home: Workspace, tied: dict[str, str]) -> None:
    assert _admit(record_home) == "zoe"
    found = users.find_user("zoe", database=record_home.database)
    assert found is not None
    assert (found.role, tied) == (Role.MANAGER, {"4711": "zoe"})


@pytest.mark.parametrize(
    ("here", "there", "is_verified"),
    [
        ("zoe@example.org", "zoe@example.org", False),
        ("zoe@example.org", "zoe@evil.example", True),
        ("zoe@example.org", "", True),
        ("", "", True),
        ("", "zoe@example.org", True),
        ("kim@example.org", "\N{KELVIN SIGN}im@example.org", True),
    ],
)
def test_a_user_who_is_there_is_not_given_to_who_brings_only_the_name(
    record_home: Workspace, tied: dict[str, str], here: str, there: str, is_verified: bool
) -> None:
    users.save_user(replace(_user(record_home), email=here), database=record_home.database)
    before = _user(record_home)
    stranger = replace(ZOE, email=there, has_verified_email=is_verified)
    with pytest.raises(NotAllowed, match="There is a user zoe already"):
        _admit(record_home, stranger)
    assert (_user(record_home), tied) == (before, {})


def test_capitals_of_an_address_make_no_difference(
    record_home: Workspace, tied: dict[str, str]
) -> None:
    assert _admit(record_home, replace(ZOE, email="Zoe@Example.ORG")) == "zoe"


def test_who_is_tied_needs_no_address_any_more(
    record_home: Workspace, tied: dict[str, str]
) -> None:
    tied["4711"] = "zoe"
    stranger = replace(ZOE, name="zoe.new", email="", has_verified_email=False)
    assert _admit(record_home, stranger) == "zoe"
    assert _user(record_home).role is Role.MANAGER


def test_the_last_administrator_stays_one_and_is_told(
    record_home: Workspace, tied: dict[str, str]
) -> None:
    database = record_home.database
    tied["4711"] = "zoe"
    users.save_user(replace(_user(record_home), role=Role.ADMINISTRATOR), database=database)
    assert _admit(record_home) == "zoe"
    assert _user(record_home).role is Role.ADMINISTRATOR
    (entry,) = entries(actor=everything("ana"), workspace=record_home, action="user.single_sign_on")
    assert entry.why == "their groups say manager, but there is no other administrator"
    assert entry.after["role"] == "administrator"
    (notice,) = models.Notice.objects.using(database).filter(name="zoe")
    assert "you stay an administrator because there is no other" in notice.title
    users.create_user("ada", "four quiet words", Role.ADMINISTRATOR, database=database)
    assert _admit(record_home) == "zoe"
    assert _user(record_home).role is Role.MANAGER

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
from wald.records.stores import identities, users

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ZOE = Stranger("https://id.example.org", "4711", "zoe", "zoe@example.org", Role.MANAGER)


def _admit(home: Workspace) -> str:
    return admit(actor=everything("doorkeeper"), workspace=home, stranger=ZOE, at=AT)


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
    users.create_user("zoe", None, Role.REP, database=record_home.database)
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

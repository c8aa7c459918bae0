"""An actor may do what the permissions say, and is told which one is wanting."""

import pytest

from wald.kernel.actor import Actor, everything
from wald.kernel.policy import PERMISSIONS
from wald.kernel.problem import NotAllowed

RAE = Actor("rae", frozenset({"facts.read"}))


def test_may_what_is_granted_and_nothing_else() -> None:
    assert RAE.may("facts.read")
    assert not RAE.may("facts.load")


def test_is_told_which_permission_is_wanting() -> None:
    with pytest.raises(NotAllowed, match=r"rae needs the permission 'facts\.load'"):
        RAE.must("facts.load")


def test_is_let_through_with_the_permission() -> None:
    RAE.must("facts.read")


def test_who_sits_at_the_machine_may_do_all() -> None:
    assert everything("ana").permissions == set(PERMISSIONS)


def test_every_permission_says_what_it_permits() -> None:
    assert all(PERMISSIONS.values())

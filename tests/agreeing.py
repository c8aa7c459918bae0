"""A workspace with people who agree on documents, and texts to agree on."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime

from django.core.management import call_command
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from tests.serving import WORDS, workspace
from wald.actions import documents
from wald.documents.version import Version
from wald.kernel.actor import Actor, Door
from wald.kernel.policy import GRANTS, Role
from wald.records.stores.users import create_user
from wald.records.stores.workspace import bring_up_to_date

CENTRAL = """\
document: approval_policy
name: discounts
starts_on: 2026-01-01
owner: ana
reason: One policy for everybody
local:   # what units may change
  rules.regional_director.discount_above: {lowest: 0.05, highest: 0.20}
content:
  rules:
    - name: regional_director
      approver: sales_leader
      discount_above: 0.15   # 15 %
    - name: finance
      approver: finance
      discount_above: 0.30
"""
OVERRIDE = """\
document: approval_policy
name: discounts
unit: EMEA
starts_on: 2026-02-01
expires_on: 2026-06-01
owner: lou
reason: Competition in the region
content:
  rules:
    - name: regional_director
      discount_above: 0.18
"""
PEOPLE = (
    ("ana", Role.SALES_OPERATIONS, ""),
    ("oli", Role.SALES_OPERATIONS, ""),
    ("fin", Role.FINANCE, ""),
    ("sue", Role.SALES_LEADER, ""),
    ("lou", Role.LOCAL_OPERATIONS, "EMEA"),
    ("rae", Role.READ_ONLY, ""),
)


def somebody(name: str) -> Actor:
    """Return one of the people as an actor."""
    role, unit = next((role, unit) for known, role, unit in PEOPLE if known == name)
    return Actor(name, GRANTS[role], role, "", unit, Door.PYTHON)


@contextmanager
def agreeing(blocker: DjangoDbBlocker) -> Iterator[None]:
    """Let the six people sign in; afterwards nothing is left."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with blocker.unblock(), override_settings(PASSWORD_HASHERS=quick):
        bring_up_to_date("default")
        try:
            for name, role, unit in PEOPLE:
                create_user(name, WORDS, role, unit=unit, database="default")
            yield
        finally:
            call_command("flush", interactive=False, verbosity=0)


def signed_in(name: str) -> Client:
    client = Client()
    assert client.login(username=name, password=WORDS)
    return client


def at(text: str) -> datetime:
    """Return noon of a day in UTC."""
    return datetime.combine(date.fromisoformat(text), datetime.min.time(), UTC).replace(hour=12)


def approved(text: str, on: str, *, by: str = "ana", approver: str = "fin") -> Version:
    """Draft, submit and approve a text on a day."""
    made = documents.draft(actor=somebody(by), workspace=workspace(), text=text, at=at(on)).version
    seen = {"version_id": made.version_id, "revision": made.revision}
    documents.submit(actor=somebody(by), workspace=workspace(), at=at(on), **seen)
    return documents.approve(actor=somebody(approver), workspace=workspace(), at=at(on), **seen)

"""The workspace that pages and API show, with the small export in it, for a module of tests."""

from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from wald.actions import ingest
from wald.facts.load_report import LoadOptions, LoadReport
from wald.kernel.actor import everything
from wald.kernel.policy import Role
from wald.kernel.workspace import Workspace
from wald.records.stores.users import create_user
from wald.records.stores.workspace import bring_up_to_date

WORDS = "four quiet words here"
ANA = everything("ana")


def workspace() -> Workspace:
    return Workspace(Path(settings.HOME), "default")


def loaded(folder: Path, at: datetime | None = None) -> LoadReport:
    return ingest.load(
        actor=ANA,
        workspace=workspace(),
        folder=folder,
        options=LoadOptions(),
        at=at or datetime.now(UTC),
    )


def undone(load_id: int) -> None:
    ingest.undo(actor=ANA, workspace=workspace(), load_id=load_id, at=datetime.now(UTC))


@contextmanager
def served(export: Path, blocker: DjangoDbBlocker, at: datetime | None = None) -> Iterator[None]:
    """Load `export`, now or `at`; Rae may read, Ana is sales operations; nothing is left."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with blocker.unblock(), override_settings(PASSWORD_HASHERS=quick):
        bring_up_to_date("default")
        try:
            create_user("rae", WORDS, Role.READ_ONLY, database="default")
            create_user("ana", WORDS, Role.SALES_OPERATIONS, database="default")
            loaded(export, at)
            yield
        finally:
            call_command("flush", interactive=False, verbosity=0)


def signed(name: str, password: str = WORDS) -> Client:
    """Return a client that sends a name and a password with every request."""
    mark = b64encode(f"{name}:{password}".encode()).decode()
    return Client(headers={"authorization": f"Basic {mark}"})

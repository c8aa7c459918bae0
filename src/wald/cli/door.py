"""From a command line to plain values: the workspace, the person who typed, the moment."""

import getpass
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from wald.kernel.actor import Actor, Door, everything
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace


def opened(home: Path) -> Workspace:
    """Return the workspace in `home`, making it at its first use.

    Only after this may a command import what stands on the record database.
    """
    with suppress(OSError):  # which opening it says better
        # The settings keep the secret key there.
        home.expanduser().mkdir(parents=True, exist_ok=True)
    prepared(home)
    from wald.actions.workspace import open_workspace

    return open_workspace(home)


def prepared(home: Path) -> None:
    """Let this process know its home; nothing is made there. Raises Refusal."""
    # Settings read the home from the environment, and so do the pages this process may serve.
    os.environ["WALD_HOME"] = str(home.expanduser().resolve())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wald.site.settings")
    import django
    from django.apps import apps
    from django.core.exceptions import ImproperlyConfigured

    try:
        if not apps.ready:
            django.setup()
    except ImproperlyConfigured as error:
        raise Refusal(str(error)) from error


def person() -> Actor:
    """Return who sits at this machine; they may do everything (ADR 0010)."""
    try:
        return everything(getpass.getuser(), Door.COMMAND)
    except (KeyError, OSError):  # a container's user may have no name
        return everything(f"user {os.getuid()}", Door.COMMAND)


def moment() -> datetime:
    return datetime.now(UTC)

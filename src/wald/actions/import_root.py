"""Which folders others than whoever sits at the machine may load: those below one root."""

import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from django.conf import settings

from wald.actions.work.queue import queue
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, NotAllowed, Problem
from wald.kernel.workspace import Workspace

_MOST_FOLDERS = 500


def below_import_root(folder: str) -> Path:
    """Return the folder, links followed. Raises NotAllowed, or BadInput where it lies elsewhere."""
    if not settings.IMPORT_ROOT:
        raise NotAllowed(
            "This server loads no folders for others; whoever runs it names one, "
            "WALD_IMPORT_ROOT, below which they may lie."
        )
    root = os.path.realpath(settings.IMPORT_ROOT)
    path = "" if "\0" in folder else os.path.realpath(os.path.join(root, folder))
    if os.path.commonpath([root, path or "/"]) != root or not os.path.isdir(path):
        fix = "give the path of a folder below the import folder"
        problem = Problem("folder", f"{folder!r} is not one below the import folder", fix)
        raise BadInput("This folder cannot be loaded.", [problem])
    return Path(path)


def folders_to_load(*, actor: Actor) -> tuple[str, ...] | None:
    """Return the folders right below the root, by name; None: there is no root."""
    actor.must("facts.load")
    if not settings.IMPORT_ROOT or not os.path.isdir(settings.IMPORT_ROOT):
        return None
    with os.scandir(settings.IMPORT_ROOT) as entries:
        names = sorted(one.name for one in entries if one.is_dir() and one.name[0] != ".")
    return tuple(names[:_MOST_FOLDERS])


def queue_load(
    *,
    actor: Actor,
    workspace: Workspace,
    folder: str,
    options: Mapping[str, object],
    at: datetime,
) -> int:
    """Queue the load of a folder below the root; return the job. Raises as `below_import_root`."""
    actor.must("facts.load")
    given = {name: value for name, value in options.items() if value}
    return queue(
        actor=actor,
        workspace=workspace,
        kind="load_folder",
        at=at,
        arguments={"folder": str(below_import_root(folder)), **given},
    )

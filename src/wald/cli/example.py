"""Acme, the invented company: its two loads, its people, and how to sign in as one of them."""

import base64
import hashlib
import hmac
import shlex
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from wald.cli.door import moment, person
from wald.cli.options import DEFAULT_HOME
from wald.cli.output import put_records, say
from wald.cli.progress import progress

if TYPE_CHECKING:
    from wald.facts.load_report import LoadReport
    from wald.kernel.workspace import Workspace

_COMPANY, _SEED = "acme", 7
_LENGTH = 12  # characters of a password, 60 bits


def example_loaded(workspace: "Workspace", *, years: int, scale: float) -> "LoadReport":
    """Invent Acme as it was known in July, then all of it; add its people and their records."""
    from wald.actions import ingest
    from wald.actions.example import KNOWN_UNTIL, add_example
    from wald.facts.load_report import LoadOptions

    say("Nothing is loaded yet: inventing Acme, a company that does not exist.")
    early = _folder(workspace, years, scale, KNOWN_UNTIL)
    whole = _folder(workspace, years, scale, None)
    known_at = datetime.combine(KNOWN_UNTIL + timedelta(days=1), time(6), UTC)
    for folder, at in ((early, known_at), (whole, moment())):
        with progress() as told:
            report = ingest.load(
                actor=person(),
                workspace=workspace,
                folder=folder,
                options=LoadOptions(),
                at=at,
                progress=told,
            )
    say("Adding its people, and what they agreed, noticed and decided.")
    add_example(actor=person(), workspace=workspace, password_of=password_of, at=moment())
    _queue_forecasts(workspace)
    return report


def _queue_forecasts(workspace: "Workspace") -> None:
    """Leave what takes minutes to a worker: `wald serve` has one."""
    from wald.actions.work.queue import queue

    queue(
        actor=person(),
        workspace=workspace,
        kind="example_forecast",
        at=moment(),
        key="example forecast",
    )
    say("Its forecasts are computed in the background once it is served.")


def say_example_people(workspace: "Workspace") -> bool:
    """Print who may look at the invented company, with their passwords; False: nobody does."""
    from wald.actions.example import example_people
    from wald.queries.loads import is_invented
    from wald.queries.users import users

    if not is_invented(actor=person(), workspace=workspace):
        return False
    there = {user.name for user in users(actor=person(), workspace=workspace)}
    people = example_people(actor=person(), workspace=workspace)
    if not there.issuperset(one.name for one in people):
        return False
    say("Sign in as one of these; they belong to the invented company, and nobody else has them:")
    put_records(
        [
            {
                "name": one.name,
                "password": password_of(one.name),
                "role": one.role.title,
                "is": one.shown_as or one.unit,
            }
            for one in people
        ]
    )
    option = "" if workspace.home == DEFAULT_HOME.resolve() else f" --home {_quoted(workspace)}"
    say(f"Once changed, a password is not shown here: wald users password NAME{option}")
    return True


def password_of(name: str) -> str:
    """Return the password of an example person: this workspace's own, the same every time.

    It is worked out from the workspace's secret key, so it stands nowhere.
    """
    from django.conf import settings

    mark = hmac.digest(settings.SECRET_KEY.encode(), f"example {name}".encode(), hashlib.sha256)
    return base64.b32encode(mark).decode().lower()[:_LENGTH]


def _folder(workspace: "Workspace", years: int, scale: float, until: date | None) -> Path:
    """Return the folder with the invented company's files, made at its first use."""
    from wald.actions.simulate import simulate_to

    out = workspace.home / (_COMPANY if until is None else f"{_COMPANY}-until-{until}")
    if (out / "answers.json").exists():
        return out
    with progress() as told:
        simulate_to(
            actor=person(),
            company=_COMPANY,
            seed=_SEED,
            years=years,
            scale=scale,
            planted=None,
            until=until,
            out=out,
            form="parquet",
            progress=lambda name, rows: told(f"{name}, {rows:,} rows", rows, None),
        )
    return out


def _quoted(workspace: "Workspace") -> str:
    return shlex.quote(str(workspace.home))

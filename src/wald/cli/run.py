"""The front door: one command from an export, or from nothing, to a running Wald."""

import hashlib
import os
import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import opened, person
from wald.cli.ending import Code
from wald.cli.options import DEFAULT_HOME
from wald.cli.output import say
from wald.cli.serve import DEFAULT_PORT, LOCALHOST, Port, must_be_free

if TYPE_CHECKING:
    from wald.facts.load_report import LoadReport
    from wald.kernel.workspace import Workspace

RUN_EXAMPLES = """\b
Examples:
  wald run                           Acme, an invented company, if nothing is loaded yet
  wald run examples/adventureworks   real public data, in a workspace of its own
  wald run exports/2024-06 --port 8080
  wald run exports/2024-06 --no-serve

\b
A folder gets its own workspace under var/, and is loaded again as a difference.
"""
_YEARS, _SCALE = 3, 1.0


def run(
    folder: Annotated[
        Path | None, typer.Argument(metavar="FOLDER", help="An export. [default: Acme]")
    ] = None,
    port: Port = DEFAULT_PORT,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="End after the pulse.")] = False,
    home: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="The workspace's folder. [default: one per FOLDER]"),
    ] = None,
) -> None:
    """Load, show the pulse, and serve the pages on this machine."""
    if not no_serve:
        must_be_free(LOCALHOST, port)  # before the work, not after it
    place = home or home_of(folder)
    say(f"The workspace is {place}.")
    workspace = opened(place)
    report = _loaded(workspace, folder)
    _show_pulse(workspace)
    _say_how_to_sign_in(workspace, place)
    if not no_serve:
        _become_the_server(port, place)
    elif report is not None and not report.is_clean:
        raise typer.Exit(Code.QUALITY)


def _become_the_server(port: int, home: Path) -> None:
    """Go on as `wald serve`, which gives back the memory that loading took."""
    sys.stdout.flush()
    sys.stderr.flush()
    words = ["-m", "wald", "serve", "--port", str(port), "--home", str(home)]
    os.execv(sys.executable, [sys.executable, *words])  # noqa: S606  # our own words


def home_of(folder: Path | None) -> Path:
    """Return a workspace of the folder's own; two folders of one name differ by their path."""
    if folder is None:
        return DEFAULT_HOME
    path = folder.expanduser().resolve()
    slug = re.sub(r"[^a-z0-9]+", "-", path.name.lower()).strip("-") or "folder"
    mark = hashlib.sha256(str(path).encode()).hexdigest()[:8]
    return DEFAULT_HOME.parent / f"{slug}-{mark}"


def _loaded(workspace: "Workspace", folder: Path | None) -> "LoadReport | None":
    """Load the folder, or Acme into a workspace that has nothing; None: nothing was to be done."""
    from wald.cli.load import loaded, show
    from wald.facts.load_report import LoadOptions

    if folder is None:
        if not _is_empty(workspace):
            return None
        from wald.cli.example import example_loaded

        report = example_loaded(workspace, years=_YEARS, scale=_SCALE)
    else:
        report = loaded(workspace, folder, LoadOptions(), dry_run=False, quiet=False)
    if report.load_id is None and report.is_clean:
        say(f"{folder} brings nothing new.")
    else:
        show(report, workspace.home, as_json=False)
    return report


def _is_empty(workspace: "Workspace") -> bool:
    from wald.queries.measure import view

    return not view(actor=person(), workspace=workspace).snapshot.visible


def _show_pulse(workspace: "Workspace") -> None:
    from wald.cli.pulse import show_pulse

    show_pulse(workspace)


def _say_how_to_sign_in(workspace: "Workspace", home: Path) -> None:
    from wald.cli.example import say_example_people
    from wald.cli.users import ensure_somebody_may_sign_in

    if say_example_people(workspace):
        return
    words = "" if home == DEFAULT_HOME else f" --home {shlex.quote(str(home))}"
    ensure_somebody_may_sign_in(workspace, words)

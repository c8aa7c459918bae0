"""The way of a version at the command line: filed, submitted, approved, sent back, withdrawn."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import put_json, say
from wald.kernel.problem import BadInput, Problem, Refusal

if TYPE_CHECKING:
    from wald.documents.version import Version
    from wald.kernel.workspace import Workspace

VersionId = Annotated[int, typer.Argument(metavar="VERSION", min=1, help="A version's id.")]
File = Annotated[Path, typer.Argument(metavar="FILE", help="A text in YAML; - is standard input.")]
Revision = Annotated[
    int | None,
    typer.Option("--revision", metavar="N", min=1, help="As you read it. [default: as it is now]"),
]
Why = Annotated[str, typer.Option("--why", metavar="TEXT", help="Why; the writers read it.")]


def apply(
    file: File,
    version: Annotated[
        int | None,
        typer.Option("--version", metavar="VERSION", min=1, help="The draft to replace, by id."),
    ] = None,
    revision: Revision = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """File a text as a draft; the same text again changes nothing."""
    workspace = opened(home)
    from wald.actions import documents as desk

    if version is not None and revision is None:
        revision = version_of(version, workspace).revision
    done = desk.draft(
        actor=person(),
        workspace=workspace,
        text=text_of(file),
        at=moment(),
        version_id=version,
        revision=revision,
    )
    words = "is filed as a draft" if done.is_new else "says this already; nothing is new"
    _put(done.version, words, as_json=as_json)


def submit(
    version: VersionId,
    revision: Revision = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Ask for the approval of a draft."""
    workspace = opened(home)
    from wald.actions import documents as desk

    seen = revision or version_of(version, workspace).revision
    done = desk.submit(
        actor=person(), workspace=workspace, version_id=version, revision=seen, at=moment()
    )
    _put(done, "waits for approval", as_json=as_json)


def approve(
    version: VersionId,
    revision: Annotated[
        int, typer.Option("--revision", metavar="N", min=1, help="Which revision you read.")
    ],
    why: Why = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Approve what somebody else wrote and submitted."""
    workspace = opened(home)
    from wald.actions import documents as desk

    done = desk.approve(
        actor=person(),
        workspace=workspace,
        version_id=version,
        revision=revision,
        why=why,
        at=moment(),
    )
    _put(done, f"is approved and holds from {done.starts_on}", as_json=as_json)


def send_back(
    version: VersionId,
    why: Why = "",
    revision: Revision = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Send a submitted version back to its writers, saying why."""
    workspace = opened(home)
    from wald.actions import documents as desk

    done = _answer(desk.send_back, workspace, version, revision, why)
    _put(done, "is sent back", as_json=as_json)


def withdraw(
    version: VersionId,
    why: Why = "",
    revision: Revision = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Withdraw a draft, or an approved version that does not hold yet."""
    workspace = opened(home)
    from wald.actions import documents as desk

    done = _answer(desk.withdraw, workspace, version, revision, why)
    _put(done, "is withdrawn", as_json=as_json)


def _answer(
    take: Callable[..., "Version"],
    workspace: "Workspace",
    version: int,
    revision: int | None,
    why: str,
) -> "Version":
    return take(
        actor=person(),
        workspace=workspace,
        version_id=version,
        revision=revision or version_of(version, workspace).revision,
        answer=why,
        at=moment(),
    )


def version_of(version_id: int, workspace: "Workspace") -> "Version":
    from wald.queries.documents import one_version

    found = one_version(actor=person(), workspace=workspace, version_id=version_id)
    if found is None:
        raise Refusal(f"There is no version {version_id}; `wald documents show` gives their ids.")
    return found


def _put(version: "Version", words: str, *, as_json: bool) -> None:
    from wald.queries.plain_documents import version_json

    if as_json:
        put_json(version_json(version, with_text=False))
    else:
        whose = f" of {version.unit}" if version.unit else ""
        say(
            f"{version.name}{whose}, version {version.number} (id {version.version_id}, "
            f"revision {version.revision}), {words}."
        )


def text_of(file: Path) -> str:
    """Return a file's text, every byte kept. Raises BadInput."""
    from wald.documents.nodes import MOST_BYTES, decoded

    if str(file) == "-":
        return sys.stdin.read(MOST_BYTES + 1)
    if not file.is_file():
        problem = Problem(str(file), "there is no such file", "give the path of a text in YAML")
        raise BadInput("This file cannot be read.", [problem])
    with file.open("rb") as opened_file:
        found = decoded(opened_file.read(MOST_BYTES + 1))
    if isinstance(found, Problem):
        raise BadInput(f"{file} cannot be read.", [found])
    return found

"""Notices of a user: list them, mark them as read, choose how they come."""

from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import console, put_json, put_records, say
from wald.kernel.problem import Refusal

if TYPE_CHECKING:
    from wald.kernel.actor import Actor
    from wald.kernel.workspace import Workspace

NOTICES_EXAMPLES = """\b
Examples:
  wald notices list --for ana
  wald notices read --for ana                        all of them
  wald notices choose --for ana --mail daily --zone Europe/Berlin --digest-at 07:30
  wald notices choose --for ana --mail each --quiet-from 20:00 --quiet-until 07:00

\b
--mail: none, daily (one digest a day), each (every notice at once, and the digest).
"""

ForUser = Annotated[str, typer.Option("--for", metavar="USER", help="Whose notices.")]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list", epilog=NOTICES_EXAMPLES)
def list_notices(
    user: ForUser,
    unread: Annotated[bool, typer.Option("--unread", help="Only those not read.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="How many.")] = 50,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """List a user's notices, newest first."""
    workspace = opened(home)
    from wald.queries.notices import notice_json, notices

    found = notices(
        actor=_as(user, workspace), workspace=workspace, unread_only=unread, limit=limit
    )
    lines = [notice_json(one) for one in found]
    if as_json:
        put_json(lines)
    elif not lines:
        say(f"There is nothing that {user} is to know.")
    else:
        put_records(lines)


@app.command("read", epilog=NOTICES_EXAMPLES)
def read(
    user: ForUser,
    notice: Annotated[
        list[int] | None, typer.Option(metavar="N", help="Only this one; repeatable.")
    ] = None,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Mark a user's notices as read: all, or some."""
    workspace = opened(home)
    from wald.actions.notices import mark_read

    count = mark_read(
        actor=_as(user, workspace), workspace=workspace, at=moment(), notice_ids=notice or None
    )
    if as_json:
        put_json({"read": count})
    else:
        console().print(f"{count} marked as read.")


@app.command("choose", epilog=NOTICES_EXAMPLES)
def choose(
    user: ForUser,
    mail: Annotated[str, typer.Option(metavar="HOW", help="none, daily or each.")] = "daily",
    zone: Annotated[str, typer.Option(metavar="ZONE", help="An IANA time zone.")] = "UTC",
    digest_at: Annotated[
        str, typer.Option(metavar="TIME", help="When the digest comes.")
    ] = "07:00",
    quiet_from: Annotated[str, typer.Option(metavar="TIME", help="No mail from here,")] = "",
    quiet_until: Annotated[str, typer.Option(metavar="TIME", help="to here.")] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Choose how a user's notices come."""
    workspace = opened(home)
    from wald.actions import notices
    from wald.queries.notices import choice_json

    chosen = notices.choose(
        actor=_as(user, workspace),
        workspace=workspace,
        by_mail=mail,
        zone=zone,
        digest_at=digest_at,
        quiet_from=quiet_from,
        quiet_until=quiet_until,
        at=moment(),
    )
    if as_json:
        put_json(choice_json(chosen))
    else:
        put_records([choice_json(chosen)])


def _as(user: str, workspace: "Workspace") -> "Actor":
    """Return the user: notices are everybody's own, and who sits here may act for them."""
    from wald.kernel.actor import Door
    from wald.records.stores.users import actor_named, has_user

    if not has_user(user, database=workspace.database):
        raise Refusal(f"There is no user {user!r}; `wald users list` shows who there is.")
    return actor_named(user, Door.COMMAND, database=workspace.database)

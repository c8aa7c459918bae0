"""Rights of people: role, person of the facts, unit; end access and give it back; the review."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsCsv, AsJson, Home
from wald.cli.output import put_csv, put_json, put_records, say
from wald.cli.users import USERS_EXAMPLES, Name
from wald.cli.users import app as app
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, Problem

if TYPE_CHECKING:
    from wald.actions.access import Access
    from wald.records.stores.users import User

Why = Annotated[
    str, typer.Option("--why", metavar="TEXT", help="The reason; the journal keeps it.")
]


@app.command("role", epilog=USERS_EXAMPLES)
def role(
    name: Name,
    new: Annotated[Role, typer.Argument(metavar="ROLE", help="What they are; see below.")],
    why: Why = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Give somebody another role; it counts on their next request."""
    opened(home)
    from wald.actions.access import Access

    _change(name, Access(role=new), why, home)
    say(f"{name} is {new.value} now.")


@app.command("person", epilog=USERS_EXAMPLES)
def as_person(
    name: Name,
    person_id: Annotated[
        str, typer.Argument(metavar="ID", help='Key of a person of the facts; "" for nobody.')
    ],
    why: Why = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Say who of the facts somebody is: managers see the people below that person."""
    opened(home)
    from wald.actions.access import Access

    _change(name, Access(person_id=person_id), why, home)
    say(f"{name} is {person_id or 'nobody'} of the facts.")


@app.command("unit", epilog=USERS_EXAMPLES)
def unit(
    name: Name,
    new: Annotated[
        str, typer.Argument(metavar="UNIT", help='Region or team, or everybody; "" for none.')
    ],
    why: Why = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Say which region or team somebody looks after besides those below them."""
    opened(home)
    from wald.actions.access import Access

    _change(name, Access(unit=new), why, home)
    say(f"{name} looks after {new or 'no unit'}.")


@app.command("email", epilog=USERS_EXAMPLES)
def email(
    name: Name,
    new: Annotated[str, typer.Argument(metavar="ADDRESS", help='Where to write to; "" for none.')],
    why: Why = "",
    home: Home = DEFAULT_HOME,
) -> None:
    """Say where somebody gets mail, and by which verified address another system names them."""
    opened(home)
    from wald.actions.access import Access

    _change(name, Access(email=new), why, home)
    say(f"{name} gets mail at {new or 'no address'}.")


@app.command("disable", epilog=USERS_EXAMPLES)
def disable(name: Name, why: Why = "", home: Home = DEFAULT_HOME) -> None:
    """End somebody's access at once; nothing they did is lost."""
    workspace = opened(home)
    from wald.actions.access import disable_user

    disable_user(actor=person(), workspace=workspace, name=name, why=why, at=moment())
    say(f"{name} may no longer sign in; their sessions have ended.")


@app.command("enable", epilog=USERS_EXAMPLES)
def enable(name: Name, why: Why = "", home: Home = DEFAULT_HOME) -> None:
    """Let somebody sign in again, with the role they had."""
    workspace = opened(home)
    from wald.actions.access import enable_user

    enable_user(actor=person(), workspace=workspace, name=name, why=why, at=moment())
    say(f"{name} may sign in again.")


@app.command("review", epilog=USERS_EXAMPLES)
def review(home: Home = DEFAULT_HOME, as_json: AsJson = False, as_csv: AsCsv = False) -> None:
    """List who may do and see what, who signed in when, and who has not for 90 days."""
    if as_json and as_csv:
        raise BadInput("Choose one form.", [Problem("--json --csv", "both are given", "drop one")])
    workspace = opened(home)
    from wald.engine.escapes import escaped
    from wald.queries.people import access_review
    from wald.queries.plain import plain

    found = access_review(actor=person(), workspace=workspace, at=moment())
    if as_csv:
        safe = escaped(found)  # as the file of the page: no cell is a formula
        put_csv(
            safe.column_names, [[plain(one) for one in row.values()] for row in safe.to_pylist()]
        )
        return
    records = [{key: plain(value) for key, value in row.items()} for row in found.to_pylist()]
    if as_json:
        put_json(records)
    elif not records:
        say("Nobody may sign in yet; `wald users add NAME` adds somebody.")
    else:
        put_records(records)


def _change(name: str, change: "Access", why: str, home: Path) -> "User":
    from wald.actions.access import change_access

    return change_access(
        actor=person(), workspace=opened(home), name=name, change=change, why=why, at=moment()
    )

"""Who may sign in to the pages and the API: add somebody, set a password, list them."""

import getpass
import secrets
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home, NoInput
from wald.cli.output import put_json, put_records, say
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, Problem

if TYPE_CHECKING:
    from wald.kernel.workspace import Workspace

USERS_EXAMPLES = """\b
Examples:
  wald users list
  wald users add ana --role sales_operations              asks for her password
  wald users add robot --generate                makes one and prints it once
  pass show wald | wald users password ana --password-stdin
  wald users role max manager --why "leads the North from July on"
  wald users person max P17 --why "joined as rep"
  wald users email max max@example.org
  wald users disable max --why "left the company"
  wald users review --csv > review.csv           for the review auditors ask for

\b
Roles: administrator, sales_operations, local_operations, sales_leader, manager, rep,
finance, read_only. No option takes a password: others could read it in the list of processes.
"""
ADMIN = "admin"
_RANDOM_BYTES = 15  # 120 bits

Name = Annotated[str, typer.Argument(metavar="NAME", help="The name to sign in with.")]
Generate = Annotated[bool, typer.Option("--generate", help="Make a password, print it once.")]
FromStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read it from standard input's first line.")
]
NoPassword = Annotated[
    bool, typer.Option("--none", help="No password: another system signs them in.")
]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("add", epilog=USERS_EXAMPLES)
def add(
    name: Name,
    role: Annotated[
        Role, typer.Option(metavar="ROLE", help="What they are; see below.")
    ] = Role.READ_ONLY,
    as_person: Annotated[
        str, typer.Option("--person", metavar="ID", help="Who of the facts they are.")
    ] = "",
    unit: Annotated[
        str,
        typer.Option(
            metavar="UNIT", help="Region or team they look after; everybody, for a leader."
        ),
    ] = "",
    none: NoPassword = False,
    generate: Generate = False,
    password_stdin: FromStdin = False,
    no_input: NoInput = False,
    home: Home = DEFAULT_HOME,
) -> None:
    """Add somebody who may sign in."""
    workspace = opened(home)
    password = _wanted_password(
        none=none, generate=generate, from_stdin=password_stdin, may_ask=not no_input
    )
    add_user(workspace, name, password, role, as_person, unit)
    say(f"{name} may sign in, as {role.value}.")
    _put_made(password, made=generate)


@app.command("password", epilog=USERS_EXAMPLES)
def password(
    name: Name,
    none: NoPassword = False,
    generate: Generate = False,
    password_stdin: FromStdin = False,
    no_input: NoInput = False,
    home: Home = DEFAULT_HOME,
) -> None:
    """Give somebody a new password; it ends their sessions."""
    workspace = opened(home)
    from wald.actions.users import change_password

    given = _wanted_password(
        none=none, generate=generate, from_stdin=password_stdin, may_ask=not no_input
    )
    change_password(actor=person(), workspace=workspace, name=name, password=given, at=moment())
    say(f"{name} has {'no' if none else 'a new'} password.")
    _put_made(given, made=generate)


@app.command("list", epilog=USERS_EXAMPLES)
def list_users(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """List who may sign in."""
    workspace = opened(home)
    from wald.queries.plain import plain
    from wald.queries.users import users

    found = [
        {
            "name": user.name,
            "role": None if user.role is None else user.role.value,
            "person": user.person_id,
            "unit": user.unit,
            "may_sign_in": user.may_sign_in,
            "signed_in_at": plain(user.signed_in_at),
        }
        for user in users(actor=person(), workspace=workspace)
    ]
    if as_json:
        put_json(found)
    elif not found:
        say("Nobody may sign in yet; `wald users add NAME` adds somebody.")
    else:
        put_records(found)


def add_user(
    workspace: "Workspace",
    name: str,
    password: str | None,
    role: Role,
    person_id: str = "",
    unit: str = "",
) -> None:
    from wald.actions import users

    users.add_user(
        actor=person(),
        workspace=workspace,
        name=name,
        password=password,
        role=role,
        at=moment(),
        person_id=person_id,
        unit=unit,
    )


def ensure_somebody_may_sign_in(workspace: "Workspace", home_words: str) -> None:
    """Make an administrator where nobody has an account, and say how to sign in."""
    from wald.queries.users import users

    names = [user.name for user in users(actor=person(), workspace=workspace)]
    if names:
        say(f"Sign in as {' or '.join(names[:3])}.")
        say(f"Forgotten the password? wald users password {names[0]}{home_words}")
        return
    made = made_password()
    add_user(workspace, ADMIN, made, Role.ADMINISTRATOR)
    say(f"Sign in as {ADMIN} with the password {made}")
    say(f"It is shown this once; a new one: wald users password {ADMIN}{home_words}")


def made_password() -> str:
    return secrets.token_urlsafe(_RANDOM_BYTES)


def _put_made(password: str | None, *, made: bool) -> None:
    """Print a password that was made: it is the answer, so it goes to standard output."""
    if made:
        sys.stdout.write(f"{password}\n")


def _wanted_password(*, none: bool, generate: bool, from_stdin: bool, may_ask: bool) -> str | None:
    if none and (generate or from_stdin):
        fix = "leave --none out, or the others"
        raise BadInput("Which password?", [Problem("--none", "it says that there is none", fix)])
    return None if none else _password(generate=generate, from_stdin=from_stdin, may_ask=may_ask)


def _password(*, generate: bool, from_stdin: bool, may_ask: bool) -> str:
    """Return a password made, read, or asked for. Raises BadInput where none can be had."""
    if generate:
        return made_password()
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not (may_ask and sys.stdin.isatty()):
        fix = "give --generate, or --password-stdin and the password on standard input"
        raise BadInput(
            "There is nobody to ask for a password.",
            [Problem("password", "none is given, and standard input is no terminal", fix)],
        )
    first = getpass.getpass("Password: ", stream=sys.stderr)
    if getpass.getpass("Again: ", stream=sys.stderr) != first:
        raise BadInput("The two differ.", [Problem("password", "typed differently", "try again")])
    return first

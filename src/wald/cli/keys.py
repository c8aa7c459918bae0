"""API keys: make one, list them, revoke one, exchange one for another."""

import sys
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home, read_day_option
from wald.cli.output import put_json, put_records, say

if TYPE_CHECKING:
    from wald.actions.keys import NewKey
    from wald.records.stores.keys import Key

KEYS_EXAMPLES = """\b
Examples:
  wald keys add nightly --for robot --scope facts.read --scope facts.load
  wald keys list
  wald keys rotate 3 --overlap 48
  wald keys revoke 3

\b
A key is printed once, on standard output, and kept nowhere. It may what its user may, with
--scope at most that. Programs send it as the header Authorization: Bearer KEY.
"""

Number = Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="Of the key; see list.")]

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("add", epilog=KEYS_EXAMPLES)
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What it is for.")],
    user: Annotated[str, typer.Option("--for", metavar="USER", help="In whose name it acts.")],
    scope: Annotated[
        list[str] | None, typer.Option("--scope", metavar="PERMISSION", help="May be repeated.")
    ] = None,
    expires: Annotated[
        str, typer.Option("--expires", metavar="DAY", help="[default: in 90 days]")
    ] = "",
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Make a key for a program, and print it once."""
    workspace = opened(home)
    from wald.actions.keys import add_key

    made = add_key(
        actor=person(),
        workspace=workspace,
        name=name,
        user=user,
        scopes=scope or (),
        expires_on=read_day_option(expires, "--expires"),
        at=moment(),
    )
    _put_made(made, as_json=as_json)


@app.command("list", epilog=KEYS_EXAMPLES)
def list_keys(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """List everybody's keys, newest first."""
    workspace = opened(home)
    from wald.queries.keys import keys

    found = [_told(key) for key in keys(actor=person(), workspace=workspace, everybody=True)]
    if as_json:
        put_json(found)
    elif not found:
        say("There are no keys yet; `wald keys add NAME --for USER` makes one.")
    else:
        put_records([{**one, "scopes": _words(one["scopes"])} for one in found])


@app.command("revoke", epilog=KEYS_EXAMPLES)
def revoke(number: Number, home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """End a key at once."""
    workspace = opened(home)
    from wald.actions.keys import revoke_key
    from wald.queries.keys import one_key

    revoke_key(actor=person(), workspace=workspace, key_id=number, at=moment())
    key = one_key(actor=person(), workspace=workspace, key_id=number)
    if as_json and key is not None:
        put_json(_told(key))
    else:
        say(f"Key {number} works no longer.")


@app.command("rotate", epilog=KEYS_EXAMPLES)
def rotate(
    number: Number,
    overlap: Annotated[
        int, typer.Option(metavar="HOURS", min=0, max=720, help="How long the old one works on.")
    ] = 24,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Make another key like this one, and print it once; the old one ends by itself."""
    workspace = opened(home)
    from wald.actions.keys import rotate_key

    hours = timedelta(hours=overlap)
    made = rotate_key(
        actor=person(), workspace=workspace, key_id=number, overlap=hours, at=moment()
    )
    _put_made(made, as_json=as_json)


def _put_made(made: "NewKey", *, as_json: bool) -> None:
    """Print a key that was made: it is the answer, so it goes to standard output."""
    key = made.key
    if as_json:
        put_json({**_told(key), "key": made.text})
        return
    sys.stdout.write(f"{made.text}\n")
    say(f"Key {key.key_id} of {key.user} works until {key.expires_at:%Y-%m-%d}. It is shown once.")


def _told(key: "Key") -> dict[str, object]:
    from wald.queries.keys import key_json

    return key_json(key, moment())


def _words(scopes: object) -> str:
    return " ".join(scopes) if isinstance(scopes, list) and scopes else "all"

"""Saved views: pages under a name; kept by command to be there for everybody from the start."""

from typing import TYPE_CHECKING, Annotated

import typer

from wald.cli.door import moment, opened, person
from wald.cli.options import DEFAULT_HOME, AsJson, Home
from wald.cli.output import put_json, put_records, say

if TYPE_CHECKING:
    from wald.records.stores.views import View

VIEWS_EXAMPLES = """\b
Examples:
  wald views list
  wald views save "Won this year" "/deals/?outcome=won" --shared
  wald views delete 3

\b
An address is what stands behind the host's name where the page is open in a browser. Whoever
opens a shared view sees the rows that they may see.
"""

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.command("list", epilog=VIEWS_EXAMPLES)
def list_views(home: Home = DEFAULT_HOME, as_json: AsJson = False) -> None:
    """List your views and those that are shared."""
    workspace = opened(home)
    from wald.queries.views import views

    found = [_told(one) for one in views(actor=person(), workspace=workspace)]
    if as_json:
        put_json(found)
    elif not found:
        say("No views are kept yet; `wald views save NAME ADDRESS` keeps one.")
    else:
        put_records(found)


@app.command("save", epilog=VIEWS_EXAMPLES)
def save(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the view shows.")],
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A path of the site.")],
    shared: Annotated[
        bool, typer.Option("--shared", help="Show it to everybody who may open the page.")
    ] = False,
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Keep a page under a name."""
    workspace = opened(home)
    from wald.actions.views import save_view

    view = save_view(
        actor=person(),
        workspace=workspace,
        name=name,
        address=address,
        is_shared=shared,
        at=moment(),
    )
    if as_json:
        put_json(_told(view))
    else:
        say(f"View {view.view_id} is kept.")


@app.command("delete", epilog=VIEWS_EXAMPLES)
def delete(
    number: Annotated[int, typer.Argument(metavar="NUMBER", min=1, help="See list.")],
    home: Home = DEFAULT_HOME,
    as_json: AsJson = False,
) -> None:
    """Delete one of your views."""
    workspace = opened(home)
    from wald.actions.views import delete_view

    gone = delete_view(actor=person(), workspace=workspace, view_id=number, at=moment())
    if as_json:
        put_json(_told(gone))
    else:
        say(f"View {number}, {gone.name}, is deleted. It showed {gone.address}")


def _told(view: "View") -> dict[str, object]:
    from wald.queries.views import view_json

    return view_json(view)

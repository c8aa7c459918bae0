"""What people do with saved views: keep a page under a name, rename it, share it, delete it."""

from collections.abc import Iterator
from datetime import datetime

from wald.actions.act import act
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Conflict, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.views import PAGES, may_open, page_of
from wald.records.stores import views as store
from wald.records.stores.views import View

LONGEST_NAME = 100
LONGEST_ADDRESS = 2000
_MOST_VIEWS = 200  # of one person


def save_view(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    address: str,
    at: datetime,
    is_shared: bool = False,
) -> View:
    """Keep the page at `address`, a path of this site, under a name. Raises BadInput, Refusal."""
    actor.must("views.keep")
    name = name.strip()
    problems = [*_name_problems(name), *_address_problems(actor, address)]
    if problems:
        raise BadInput("This view cannot be kept.", problems)
    with act(
        actor=actor, workspace=workspace, at=at, permission="views.keep", action="view.save"
    ) as entry:
        if store.count_views(owner=actor.name, database=workspace.database) >= _MOST_VIEWS:
            raise Refusal(f"You keep {_MOST_VIEWS} views; delete one that is no longer used.")
        view = store.create(
            owner=actor.name,
            name=name,
            address=address,
            is_shared=is_shared,
            at=at,
            database=workspace.database,
        )
        if view is None:
            raise _taken(name)
        entry.about = f"view:{view.view_id}"
        entry.after = _told(view)
    return view


def change_view(
    *,
    actor: Actor,
    workspace: Workspace,
    view_id: int,
    name: str,
    is_shared: bool,
    at: datetime,
) -> None:
    """Give one's own view another name, share it or keep it. Raises BadInput, Refusal."""
    actor.must("views.keep")
    name = name.strip()
    problems = [*_name_problems(name)]
    if problems:
        raise BadInput("This view cannot be changed.", problems)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="views.keep",
        action="view.change",
        about=f"view:{view_id}",
    ) as entry:
        view = _own(actor, workspace, view_id)
        if not store.change(view_id, name=name, is_shared=is_shared, database=workspace.database):
            raise _taken(name)
        entry.before = _told(view)
        entry.after = {**entry.before, "name": name, "is_shared": is_shared}


def delete_view(*, actor: Actor, workspace: Workspace, view_id: int, at: datetime) -> View:
    """Delete one's own view and return it: saved again, it is as it was. Raises Refusal."""
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="views.keep",
        action="view.delete",
        about=f"view:{view_id}",
    ) as entry:
        view = _own(actor, workspace, view_id)
        store.delete(view_id, database=workspace.database)
        entry.before = _told(view)
    return view


def _own(actor: Actor, workspace: Workspace, view_id: int) -> View:
    database = workspace.database
    found = store.find_view(view_id, owner=actor.name, database=database, lock=True)
    if found is None:
        raise Refusal(f"You keep no view {view_id}.")
    return found


def _taken(name: str) -> Conflict:
    return Conflict(f"You have a view called {name!r} already; give this one another name.")


def _told(view: View) -> dict[str, object]:
    return {"name": view.name, "address": view.address, "is_shared": view.is_shared}


def _name_problems(name: str) -> Iterator[Problem]:
    if not 0 < len(name) <= LONGEST_NAME or not name.isprintable():
        fix = f"say in 1 to {LONGEST_NAME} characters what the view shows"
        yield Problem("name", "it is no name for a view", fix)


def _address_problems(actor: Actor, address: str) -> Iterator[Problem]:
    """Refuse what is not a page of this site: another host, a script, a file, a hidden sign."""
    if len(address) > LONGEST_ADDRESS:
        fix = "take filters away until it is shorter"
        yield Problem("address", f"it has more than {LONGEST_ADDRESS} characters", fix)
    elif not address.isprintable() or "\\" in address or "//" in address.partition("?")[0]:
        fix = "give a path as /deals/?outcome=won"
        yield Problem("address", "it is no address of this site", fix)
    elif not page_of(address):
        fix = f"choose a page below one of {', '.join(PAGES)}"
        yield Problem("address", "it is no page of which views are kept", fix)
    elif not may_open(actor, address):
        yield Problem("address", "you may not open this page", "choose a page that you may open")

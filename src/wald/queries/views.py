"""Saved views: one's own, and those that others share of pages that one may open."""

from collections.abc import Mapping
from types import MappingProxyType

from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.plain import plain
from wald.records.stores import views as store
from wald.records.stores.views import View

# Every list and page that can be saved as a view, with the permission that opens it.
PAGES: Mapping[str, str] = MappingProxyType(
    {
        "/": "facts.read",
        "/cases/": "cases.read",
        "/deals/": "facts.read",
        "/metrics/": "facts.read",
        "/quotas/": "documents.read",
        "/pipeline/": "facts.read",
        "/pipeline/changes/": "facts.read",
        "/pipeline/process/": "facts.read",
        "/hygiene/": "facts.read",
        "/forecast/": "facts.read",
        "/forecast/model/": "facts.read",
        "/forecast/track-record/": "facts.read",
        "/verdict/": "facts.read",
        "/insights/": "insights.read",
        "/decisions/": "decisions.read",
        "/pay/": "pay.read",
        "/pay/mine/": "pay.read",
        "/documents/": "documents.read",
        "/definitions/": "facts.read",
        "/data/": "facts.read",
        "/work/": "work.read",
        "/journal/": "journal.read",
        "/people/": "users.read",
        "/notices/": "notices.keep",
        "/channels/": "channels.change",
        "/views/": "views.keep",
    }
)


def views(*, actor: Actor, workspace: Workspace, of_page: str = "") -> tuple[View, ...]:
    """Return the views that `actor` keeps or is shown, by name; with `of_page` of that alone.

    A view says nothing of its rows: these are asked for when it is opened, by who opens it.
    """
    actor.must("views.keep")
    found = store.list_views(owner=actor.name, database=workspace.database, beginning=of_page)
    return tuple(
        one
        for one in found
        if may_open(actor, one.address) and of_page in ("", one.address.partition("?")[0])
    )


def one_view(*, actor: Actor, workspace: Workspace, view_id: int) -> View | None:
    """Return one of the actor's own views."""
    actor.must("views.keep")
    return store.find_view(view_id, owner=actor.name, database=workspace.database)


def page_of(address: str) -> str:
    """Return the entry of PAGES that an address belongs to, "" for none."""
    path = address.partition("?")[0]
    found = [page for page in PAGES if page != "/" and path.startswith(page)]
    return max(found, key=len, default="/" if path == "/" else "")


def may_open(actor: Actor, address: str) -> bool:
    page = page_of(address)
    return bool(page) and actor.may(PAGES[page])


def view_json(view: View) -> dict[str, object]:
    """Return a view as the command and the API give it."""
    return {
        "view_id": view.view_id,
        "owner": view.owner,
        "name": view.name,
        "address": view.address,
        "is_shared": view.is_shared,
        "created_at": plain(view.created_at),
    }

"""Find any record by a few words: each noun's own query is asked, with the asker's rights."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice
from urllib.parse import quote

from wald.facts.metric import metrics
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries import search
from wald.queries.cases import find_cases
from wald.queries.documents import find_documents, page_of
from wald.queries.find_deals import deals_named
from wald.queries.loads import all_loads
from wald.queries.users import users

LONGEST = 200  # characters of a question that are looked for


@dataclass(frozen=True, slots=True)
class Found:
    """One record: what it is (`kind`, such as Deal), its name, a few words more, its page."""

    kind: str
    title: str
    detail: str
    address: str


@dataclass(frozen=True, slots=True)
class Finder:
    """How the records of one noun are found, by who holds `permission`."""

    permission: str
    find: Callable[[Actor, Workspace, str, int], Iterable[Found]]


def find(*, actor: Actor, workspace: Workspace, text: str, limit: int = 5) -> tuple[Found, ...]:
    """Return at most `limit` records of each noun that `text` names, as this actor may see them."""
    actor.must("facts.read")
    wanted = " ".join(text.split())[:LONGEST]
    if not wanted:
        return ()
    return tuple(
        found
        for finder in FINDERS
        if actor.may(finder.permission)
        for found in finder.find(actor, workspace, wanted, limit)
    )


def _deals(actor: Actor, workspace: Workspace, text: str, limit: int) -> Iterable[Found]:
    for deal in deals_named(actor=actor, workspace=workspace, text=text, limit=limit):
        key = deal["opportunity_id"] or ""
        title = deal["name"] or deal["account"] or key
        yield Found("Deal", title, _joined(deal["account"], deal["stage"]), _page("deals", key))


def _metrics(actor: Actor, workspace: Workspace, text: str, limit: int) -> Iterable[Found]:
    found = (one for one in metrics().values() if _holds(text, one.title, one.key))
    for metric in islice(found, limit):
        yield Found("Metric", metric.title, metric.definition, _page("metrics", metric.key))


def _loads(actor: Actor, workspace: Workspace, text: str, limit: int) -> Iterable[Found]:
    found = (
        one
        for one in all_loads(actor=actor, workspace=workspace)
        if _holds(text, f"load {one.load_id}", one.source)
    )
    for load in islice(found, limit):
        detail = f"{load.loaded_at:%-d %b %Y}, {load.source}"
        address = _page("data", "loads", str(load.load_id))
        yield Found("Load", f"Load {load.load_id}", detail, address)


def _people(actor: Actor, workspace: Workspace, text: str, limit: int) -> Iterable[Found]:
    found = (one for one in users(actor=actor, workspace=workspace) if _holds(text, one.name))
    for user in islice(found, limit):
        role = user.role.title if user.role is not None else "no role yet"
        yield Found("Person", user.name, role, _page("people", user.name))


def _documents(actor: Actor, workspace: Workspace, text: str, limit: int) -> Iterable[Found]:
    for one in find_documents(actor=actor, workspace=workspace, text=text, limit=limit):
        title = f"{one.name} of {one.unit}" if one.unit else one.name
        yield Found("Document", title, one.title, page_of(one.type, one.name, one.unit))


def _cases(actor: Actor, workspace: Workspace, text: str, limit: int) -> Iterable[Found]:
    for case in find_cases(actor=actor, workspace=workspace, text=text, limit=limit):
        detail = _joined(f"case {case.case_id}", case.state, case.assignee)
        yield Found("Case", case.title, detail, _page("cases", str(case.case_id)))


def _knowledge(actor: Actor, workspace: Workspace, text: str, limit: int) -> Iterable[Found]:
    """Find insights and decisions."""
    for one in search.find(actor=actor, workspace=workspace, text=text, limit=2 * limit):
        yield Found(one.kind.capitalize(), one.title, one.detail, one.address)


def _holds(text: str, *names: str) -> bool:
    """Does one of the names hold every word?"""
    words = text.lower().split()
    return any(all(word in name.lower() for word in words) for name in names)


def _joined(*parts: str | None) -> str:
    return ", ".join(part for part in parts if part)


def _page(*parts: str) -> str:
    """Return the address of a page; a key may hold any sign."""
    return "".join(f"/{quote(part)}" for part in parts) + "/"


# Who works on something looks for that first.
FINDERS = (
    Finder("cases.read", _cases),
    Finder("facts.read", _deals),
    Finder("insights.read", _knowledge),
    Finder("documents.read", _documents),
    Finder("facts.read", _metrics),
    Finder("users.read", _people),
    Finder("facts.read", _loads),
)

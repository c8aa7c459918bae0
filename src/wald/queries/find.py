"""Find any record by a few words: each noun's own query is asked, with the asker's rights."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace

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


FINDERS: tuple[Finder, ...] = ()

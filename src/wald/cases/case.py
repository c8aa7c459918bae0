"""What a kind of case is: its states, the moves between them, who may make each, by when.

A kind is one file of `cases/kinds/`. What became of one case is the fold of its events
(`cases/fold.py`); what may be done to it next, `cases/checks.py` says.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache

from wald.kernel.catalogue import collect
from wald.kernel.policy import Role


class Part(Enum):
    """What somebody is to a case. One person may be several."""

    OPENER = "who opened it"
    ASSIGNEE = "who has it"
    QUEUE = "the people of its queue"
    ASKED = "who was asked to approve"
    OPERATIONS = "sales operations"  # the central ones, and who keeps the system running


class Asks(Enum):
    """What a move wants said."""

    REASON = "reason"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class Move:
    """A way from some states to another one, as a button says it."""

    key: str
    title: str
    starts: tuple[str, ...]
    leads: str
    by: frozenset[Part]
    asks: tuple[Asks, ...] = ()
    is_vote: bool = False  # it leads there only when enough of those asked have made it
    has_four_eyes: bool = False  # never by, or on behalf of, anybody who wrote what is asked for


@dataclass(frozen=True, slots=True)
class CaseKind:
    """`states` begin with the one a case opens in; a case in one of `ends` is closed."""

    key: str
    title: str
    what: str  # one sentence: when to open one
    states: tuple[str, ...]
    ends: frozenset[str]
    moves: tuple[Move, ...]
    queue: Role  # whose it is when nobody else is named
    hours: int  # of business, until it is due
    source: str
    may_be_opened_by_people: bool = True  # in the form; actions may open every kind

    def move(self, key: str) -> Move | None:
        return next((move for move in self.moves if move.key == key), None)

    @property
    def has_votes(self) -> bool:
        return any(move.is_vote for move in self.moves)


# The roles that a queue may belong to: those that see more than what is their own.
QUEUE_ROLES = (
    Role.SALES_OPERATIONS,
    Role.LOCAL_OPERATIONS,
    Role.SALES_LEADER,
    Role.MANAGER,
    Role.FINANCE,
    Role.ADMINISTRATOR,
)
WORKERS = frozenset({Part.ASSIGNEE, Part.QUEUE, Part.OPERATIONS})
INVOLVED = WORKERS | {Part.OPENER}


@cache
def kinds() -> Mapping[str, CaseKind]:
    """Return every kind of case by key."""
    return collect("wald.cases.kinds", CaseKind, "CASE")


def title_of(state: str) -> str:
    """Return a state as people read it."""
    return state.replace("_", " ").capitalize()

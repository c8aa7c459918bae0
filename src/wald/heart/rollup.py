"""The roll-up: people under people as of one day, what they said, and what their deals add up to.

A number that somebody says covers themselves and everybody below them. It is said from a seat: a
rep's own, or the lead of a team or region as of that day. Numbers of a lead stay with the seat, so
whoever leads the team next finds them there, told as what they are. Of all that was said from a
seat the newest stands; an override stands beside the number that it replaced, until it is taken
back. Source: docs/forecast/roll-up.md
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from wald.heart.seating import Node

NOTHING = Decimal(0)
CLOSED, OMITTED, NO_CATEGORY = "closed", "omitted", ""
# Categories of deals from the surest to the widest; what is omitted counts in none of them.
OPEN_CATEGORIES = ("commit", "most_likely", "best_case", "pipeline")


class Kind(Enum):
    """What an entry of the one history is."""

    SUBMISSION = "submission"
    OVERRIDE = "override"


@dataclass(frozen=True, slots=True)
class Said:
    """A number that somebody said. `amount` is in the reporting currency, None where no rate is
    known; `given` as it was said, None where an override is taken back.

    `replaced` is the number that an override stands for, as its author saw it; `by` the user who
    said it here, "" where it was loaded.
    """

    key: str  # "wald:17", or "loaded:" and the key in the source
    kind: Kind
    person_id: str
    seat: str
    category: str
    said_at: datetime
    amount: Decimal | None
    given: Decimal | None
    currency: str
    by: str = ""
    by_person_id: str = ""
    note: str = ""
    is_late: bool = False  # after a lock
    number: int = 0  # of the entries of this person and period made here
    replaced: Decimal | None = None
    replaced_currency: str = ""
    replaced_key: str = ""

    @property
    def is_loaded(self) -> bool:
        return self.key.startswith("loaded:")


@dataclass(frozen=True, slots=True)
class Call:
    """What stands for somebody in one category: the number said, the override, both or neither.

    `former` is who said it, where that was another lead of the same team.
    """

    said: Said | None = None
    override: Said | None = None
    former: str = ""

    @property
    def amount(self) -> Decimal | None:
        """Return what counts: the override where there is one."""
        if self.override is not None:
            return self.override.amount
        return None if self.said is None else self.said.amount

    @property
    def changed_since(self) -> bool:
        """Was another number said after the override was made?"""
        one, other = self.said, self.override
        return one is not None and other is not None and one.said_at > other.said_at


def calls(
    node: Node, entries: Sequence[Said], leads: Mapping[str, Collection[str]]
) -> dict[str, Call]:
    """Return what stands for `node` by category, of `entries` of one period.

    `leads` are who leads each seat on the day: only a seat with one lead takes over numbers, and
    only of people who do not lead it any more.
    """
    now = leads.get(node.seat, ())
    own = [one for one in entries if one.person_id == node.person_id and one.seat == node.seat]
    takes_over = node.is_lead and len(now) == 1 and not node.seat.startswith("lead:")
    before = [
        one for one in entries if takes_over and one.seat == node.seat and one.person_id not in now
    ]
    found = {}
    for category in {one.category for one in (*own, *before)}:
        said = _newest(own, Kind.SUBMISSION, category)
        former = ""
        if said is None and (said := _newest(before, Kind.SUBMISSION, category)) is not None:
            former = said.person_id
        override = _newest(own, Kind.OVERRIDE, category)
        if override is None and (former or said is None):
            override = _newest(before, Kind.OVERRIDE, category)
        if override is not None and override.given is None:
            override = None  # taken back
        if said is not None or override is not None:
            found[category] = Call(said, override, former)
    return found


def _newest(entries: Iterable[Said], kind: Kind, category: str) -> Said | None:
    ours = [one for one in entries if one.kind is kind and one.category == category]
    return max(ours, key=lambda one: (one.said_at, one.number, one.key), default=None)


@dataclass(frozen=True, slots=True)
class Own:
    """What the facts say of one person alone."""

    quota: Decimal | None = None
    closed: Decimal | None = None
    deals: Mapping[str, Decimal] = field(default_factory=dict)  # open, by category
    unpriced: int = 0  # open deals without an amount, or without a rate


@dataclass(frozen=True, slots=True)
class Sum:
    """What somebody and everybody below them adds up to. `called` sums, by category, what stands
    for those directly below, `silent` counts those of them for whom nothing does."""

    quota: Decimal | None
    closed: Decimal
    deals: Mapping[str, Decimal]
    unpriced: int
    called: Mapping[str, Decimal]
    silent: Mapping[str, int]
    stands_for: Decimal | None = None  # of somebody who has left: what they closed themselves


def sums(
    nodes: Sequence[Node],
    own: Mapping[str, Own],
    standing: Mapping[str, Mapping[str, Call]],
    categories: Sequence[str],
    silent: Collection[str] = (),
) -> dict[str, Sum]:
    """Return the sum of each node by person. `silent` are those of whom nothing is asked.

    Where nothing stands for somebody, the sum of those below them counts in their place; of
    somebody who has left, what they closed themselves and the sum of those below.
    """
    found: dict[str, Sum] = {}
    below: dict[str, list[str]] = {}
    for node in nodes:
        below.setdefault(node.parent, []).append(node.person_id)
    for node in reversed(nodes):
        person = node.person_id
        mine, children = own.get(person, Own()), below.get(person, ())
        found[person] = added(mine, children, found, standing, categories, silent)
        if node.has_left:
            found[person] = replace(found[person], stands_for=mine.closed or NOTHING)
    return found


def added(
    mine: Own,
    children: Sequence[str],
    found: Mapping[str, Sum],
    standing: Mapping[str, Mapping[str, Call]],
    categories: Sequence[str],
    silent: Collection[str] = (),
) -> Sum:
    """Return what somebody's own facts and the sums of some children add up to."""
    parts = [found[child] for child in children]
    called, missing = {}, {}
    for category in categories:
        called[category], missing[category] = _called(category, children, standing, found, silent)
    quotas = [q for q in (mine.quota, *(part.quota for part in parts)) if q is not None]
    names = dict.fromkeys([*mine.deals, *(name for part in parts for name in part.deals)])
    return Sum(
        quota=sum(quotas, NOTHING) if quotas else None,
        closed=sum((part.closed for part in parts), mine.closed or NOTHING),
        deals={
            name: sum(
                (part.deals.get(name, NOTHING) for part in parts), mine.deals.get(name, NOTHING)
            )
            for name in names
        },
        unpriced=sum((part.unpriced for part in parts), mine.unpriced),
        called=called,
        silent=missing,
    )


def _called(
    category: str,
    children: Iterable[str],
    standing: Mapping[str, Mapping[str, Call]],
    found: Mapping[str, Sum],
    excused: Collection[str],
) -> tuple[Decimal, int]:
    """Return what stands for the children together, and for how many of them nothing does."""
    amount, missing = NOTHING, 0
    for child in children:
        part, call = found[child], standing.get(child, {}).get(category)
        if part.stands_for is not None:
            amount += part.stands_for + part.called[category]
        elif call is not None and call.amount is not None:
            amount += call.amount
        else:
            amount += part.called[category]
            missing += child not in excused
    return amount, missing


def rolled(
    deals: Mapping[str, Decimal], closed: Decimal, is_cumulative: bool
) -> dict[str, Decimal]:
    """Return what deals add up to by category; cumulative: with what is closed and all that is
    surer. What is omitted, and what has no category, stands by itself either way."""
    found, reached = {}, closed
    for name in OPEN_CATEGORIES:
        amount = deals.get(name, NOTHING)
        reached += amount
        found[name] = reached if is_cumulative else amount
    return found


def is_odd(amounts: Mapping[str, Decimal]) -> bool:
    """Is a wider category below a surer one, which cannot be meant?"""
    told = [amounts[name] for name in OPEN_CATEGORIES if name in amounts]
    return any(later < earlier for earlier, later in pairwise(told))

"""May this be done to that case, by this person? What an event is checked against.

Problems are about what was said (a reason that is missing, a move that does not start here);
`standing` says in whose name somebody may act, or in one sentence why they may not.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from wald.cases.case import Asks, CaseKind, Move, Part, title_of
from wald.cases.fold import Case
from wald.kernel.policy import REACH, Reach, Role
from wald.kernel.problem import Problem

LONGEST_TITLE = 300
LONGEST_TEXT = 10_000

_CENTRAL = (Role.SALES_OPERATIONS, Role.ADMINISTRATOR)


@dataclass(frozen=True, slots=True)
class Person:
    """Who acts. `role` None reaches everything, as whoever sits at the machine does.

    `names` and `persons` are who is below them in the hierarchy: users, and persons of the facts.
    """

    name: str
    role: Role | None
    unit: str = ""
    stands_in_for: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    persons: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Standing:
    """In whose name somebody acts: "" is their own."""

    for_name: str


def parts_of(case: Case, name: str) -> frozenset[Part]:
    """Return what a name makes somebody to a case, whatever their role."""
    found = set()
    if name == case.opened_by:
        found.add(Part.OPENER)
    if name == case.assignee:
        found.add(Part.ASSIGNEE)
    if name in case.approvers:
        found.add(Part.ASKED)
    return frozenset(found)


def own_parts(case: Case, person: Person) -> frozenset[Part]:
    """Return what somebody is to a case in their own name, by name and by role."""
    found = set(parts_of(case, person.name))
    if in_queue(case, person):
        found.add(Part.QUEUE)
        if not case.approvers:
            found.add(Part.ASKED)
    if person.role is None or person.role in _CENTRAL:
        found.add(Part.OPERATIONS)
    return frozenset(found)


def in_queue(case: Case, person: Person) -> bool:
    """Is somebody of the people whose queue this is?

    Local operations keep to their unit, managers and leaders to the people below them.
    """
    if person.role is None:
        return True
    if person.role.value != case.queue:
        return False
    reach = REACH[person.role]
    if reach is Reach.UNIT:
        return bool(person.unit) and case.unit == person.unit
    if reach is Reach.BELOW:
        return case.opened_by in person.names or case.person_id in person.persons
    return reach is Reach.EVERYBODY


def standing(case: Case, by: frozenset[Part], person: Person) -> Standing | str:
    """Return in whose name somebody may do what `by` may; a sentence where they may not."""
    if own_parts(case, person) & by:
        return Standing("")
    for owner in person.stands_in_for:
        if parts_of(case, owner) & by:
            return Standing(owner)
    whose = ", ".join(sorted(part.value for part in by))
    return f"this is for {whose}; {person.name} is none of them"


def may_move(case: Case, move: Move, person: Person) -> Standing | str:
    """Return in whose name somebody may make a move; a sentence where they may not."""
    if not move.has_four_eyes:
        return standing(case, move.by, person)
    if person.name in case.authors:
        return f"{person.name} wrote what is asked for; somebody else has to look at it"
    voted = {name for vote in case.votes for name in (vote.name, vote.by)}
    if person.name in voted:
        return f"{person.name} has agreed already; each approval needs a person of its own"
    own = own_parts(case, person)
    if own & move.by:
        return Standing("")
    for owner in person.stands_in_for:
        is_free = owner not in case.authors and owner not in voted
        if is_free and parts_of(case, owner) & move.by:
            return Standing(owner)
    return standing_refused(case, move, person)


def may_hand_on(case: Case, person: Person, to: str = "") -> bool:
    """May somebody choose who agrees? Those asked by name may, and operations for another one."""
    if person.name in case.authors:
        return False
    if not case.approvers or {person.name, *person.stands_in_for} & set(case.approvers):
        return True
    is_operations = Part.OPERATIONS in own_parts(case, person)
    return is_operations and case.assignee in case.approvers and to != person.name


def may_write(case: Case, person: Person, *, has_votes: bool) -> bool:
    """May somebody change what is asked for? Who was asked to approve it says it in a comment."""
    return not (has_votes and person.name in case.approvers)


def standing_refused(case: Case, move: Move, person: Person) -> str:
    """Say why somebody may not make a move under four eyes."""
    if any(owner in case.authors for owner in person.stands_in_for):
        return f"{person.name} stands in for who wrote this, and nobody agrees to their own writing"
    asked = ", ".join(case.approvers) or f"the people of the queue {title_of(case.queue)}"
    return f"{move.title} is for {asked}"


def move_problems(
    case: Case, kind: CaseKind, move: Move | None, key: str, *, reason: str, outcome: str
) -> Iterator[Problem]:
    """Yield what is wrong with a move as it was asked for."""
    if move is None:
        known = ", ".join(one.key for one in kind.moves)
        yield Problem("move", f"{kind.title} has no move {key!r}", f"choose among {known}")
        return
    if case.state not in move.starts:
        here = ", ".join(one.key for one in kind.moves if case.state in one.starts)
        yield Problem(
            "move",
            f"{move.title!r} does not start from {title_of(case.state).lower()}",
            f"choose among {here}" if here else "a case that is closed for good stays closed",
        )
    said = {Asks.REASON: reason, Asks.OUTCOME: outcome}
    for asks in move.asks:
        if not said[asks].strip():
            yield Problem(asks.value, "it is missing", f"say the {asks.value} in a few words")
    for name, text in (("reason", reason), ("outcome", outcome)):
        yield from text_problems(name, text, LONGEST_TEXT)


def open_problems(case: Case) -> Iterator[Problem]:
    """Yield a Problem if the case is closed: then only moves that open it again are left."""
    if not case.is_open:
        yield Problem("case", f"it is closed ({title_of(case.state).lower()})", "open it again")


def text_problems(where: str, text: str, longest: int) -> Iterator[Problem]:
    if len(text) > longest:
        what = f"it has {len(text):,} characters"
        yield Problem(where, what, f"keep to {longest:,}; link what is longer")
    if "\0" in text:
        yield Problem(where, "it holds a NUL character", "take it out")


def ends_vote(case: Case, voter: str) -> bool:
    """Is this vote the last one that was needed?"""
    if not case.needs_all or not case.approvers:
        return True
    voted = {vote.name for vote in case.votes} | {voter}
    return set(case.approvers) <= voted

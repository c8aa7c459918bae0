"""One event on one case: seen by who acts, locked, checked, written, told and journalled."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from wald.actions.act import Entry, act
from wald.cases.case import CaseKind, Part, kinds
from wald.cases.checks import Person, open_problems, parts_of, standing
from wald.cases.fold import Case, Event, EventKind
from wald.cases.words import changed_since
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal, Stale
from wald.kernel.workspace import Workspace
from wald.queries.case_sight import person_of, sight
from wald.records.stores import cases as store
from wald.records.stores.case_lists import CaseSight, sees
from wald.records.stores.delegations import owners_of


class NoSuchCase(Refusal):
    """There is no such case, or it is none of the actor's business."""


@dataclass(slots=True)
class Touched:
    """A case that is locked, with who acts on it. `case` is what it is after `add`."""

    case_id: int
    case: Case
    kind: CaseKind
    person: Person
    at: datetime
    entry: Entry
    database: str
    sight: CaseSight

    @property
    def stood_in_for(self) -> str:
        """Return for whom alone they see the case, "" where they see it themselves."""
        owners = self.person.stands_in_for
        own = replace(self.sight, owners=())
        if not owners or sees(own, self.case_id, database=self.database):
            return ""
        named = (n for n in owners if parts_of(self.case, n) or n in self.case.watchers)
        return next(named, owners[0])

    @property
    def address(self) -> str:
        return f"/cases/{self.case_id}/"

    def must_stand(self, by: frozenset[Part]) -> str:
        """Return in whose name they act. Raises NotAllowed with the reason."""
        found = standing(self.case, by, self.person)
        if isinstance(found, str):
            raise NotAllowed(f"Case {self.case_id}: {found}.")
        return found.for_name

    def must_be_open(self) -> None:
        problems = list(open_problems(self.case))
        if problems:
            raise BadInput(f"Case {self.case_id} cannot be changed.", problems)

    def must_be_fresh(self, version: int | None, matters: frozenset[EventKind]) -> None:
        """Raise Stale if somebody changed, after `version`, what this rests on."""
        if version is None or version == self.case.version:
            return
        if not 1 <= version <= self.case.version:
            fix = "give the version that was read"
            raise BadInput(
                f"Case {self.case_id} is at version {self.case.version}.",
                [Problem("version", f"there is no version {version}", fix)],
            )
        events = store.events(self.case_id, database=self.database)
        changed = changed_since(events, version, matters)
        if changed:
            raise Stale(
                f"Case {self.case_id} has changed since you read it; look again, then decide.",
                changed,
            )

    def add(self, kind: EventKind, body: Mapping[str, object], *, for_name: str = "") -> Case:
        """Write the next event."""
        event = Event(self.case.version + 1, kind, self.at, self.person.name, for_name, dict(body))
        try:
            self.case = store.append(self.case_id, self.case, event, database=self.database)
        except store.OpenAlready as error:
            raise Refusal(
                f"Case {self.case_id} cannot be opened again: another one about the same is open."
            ) from error
        return self.case

    def tell(self, words: str, *more: str) -> None:
        """Leave a notice for everybody whom this case is about."""
        self.entry.tell(concerned(self.case, *more), words, self.address)


def concerned(case: Case, *more: str) -> Iterable[str]:
    """Return the users who hear of what happens to a case."""
    return dict.fromkeys((case.assignee, case.opened_by, *case.approvers, *case.watchers, *more))


@contextmanager
def touched(
    *, actor: Actor, workspace: Workspace, case_id: int, at: datetime, action: str, why: str = ""
) -> Iterator[Touched]:
    """Give a case that `actor` sees, locked. Raises NotAllowed, NoSuchCase."""
    actor.must("cases.work")
    on = at.date()
    visible = sight(actor=actor, workspace=workspace, on=on)
    who = person_of(actor, visible)
    database = workspace.database
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="cases.work",
        action=action,
        about=f"case:{case_id}",
        why=why,
    ) as entry:
        case = store.locked(case_id, database=database)
        if case is None or not sees(visible, case_id, database=database):
            raise NoSuchCase(f"There is no case {case_id}, or none that you see.")
        owners = owners_of(actor.name, on=on, database=database)  # nobody ends it meanwhile
        who = replace(who, stands_in_for=owners)
        yield Touched(case_id, case, kinds()[case.kind], who, at, entry, database, visible)

"""Cases as people ask for them: an inbox, one case with its time line, a search.

Every list and every count begins from what the actor may see (`queries/case_sight.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from wald.cases.case import INVOLVED, WORKERS, CaseKind, Move, Part, kinds
from wald.cases.checks import Person, Standing, may_hand_on, may_move, may_write, standing
from wald.cases.fold import Case, Event, fold
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.case_sight import person_of, sight
from wald.records.stores import case_lists
from wald.records.stores import cases as store
from wald.records.stores.case_lists import CaseLine, CaseSight, Wanted
from wald.records.stores.delegations import names_who_may

WHOSE: Mapping[str, str] = {
    "mine": "Mine",
    "team": "My team's",
    "waiting": "Waiting for others",
    "queue": "Queue",
    "all": "All I see",
}
STATES = ("open", "closed", "any")
SORTS: Mapping[str, str] = {"due": "due first", "newest": "newest first", "moved": "moved last"}
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class CasesAsk:
    """Which cases are wanted; empty means any, except that closed ones have to be asked for."""

    whose: str = "all"
    status: str = "open"  # open, closed, any
    kind: str = ""
    state: str = ""
    assignee: str = ""
    is_overdue: bool = False
    search: str = ""
    link: str = ""
    sort: str = "due"


@dataclass(frozen=True, slots=True)
class CasesPage:
    """One page of cases. `counts` are of the open ones, by whose they are."""

    lines: tuple[CaseLine, ...]
    total: int
    counts: Mapping[str, int]
    owners: tuple[str, ...]  # for whom the actor stands in


@dataclass(frozen=True, slots=True)
class CasePage:
    """One case with its events, and what the actor may do with it now."""

    case_id: int
    case: Case
    kind: CaseKind
    events: tuple[Event, ...]
    moves: tuple[Move, ...]
    waits_for: str
    may_work: bool
    may_assign: bool
    may_take: bool
    may_give_back: bool
    may_change: bool
    stands_for: Mapping[str, str] = field(default_factory=dict)  # per move, in whose name


def cases_page(
    *,
    actor: Actor,
    workspace: Workspace,
    ask: CasesAsk,
    at: datetime,
    limit: int,
    offset: int = 0,
) -> CasesPage:
    """Return `limit` cases from `offset` on, with what is counted beside them.

    Raises BadInput with every Problem in what was asked.
    """
    actor.must("cases.read")
    wanted = wanted_of(ask, at)
    seen = sight(actor=actor, workspace=workspace, on=at.date())
    database = workspace.database
    counts = case_lists.counts_by_whose(seen, tuple(WHOSE)[:-1], database=database)
    return CasesPage(
        lines=case_lists.lines(
            seen, wanted, limit=limit, offset=offset, sort=ask.sort, database=database
        ),
        total=_total(ask, seen, wanted, counts, database),
        counts=counts,
        owners=seen.owners,
    )


def case_lines(
    *,
    actor: Actor,
    workspace: Workspace,
    ask: CasesAsk,
    at: datetime,
    limit: int,
    before: int | None = None,
) -> tuple[CaseLine, ...]:
    """Return at most `limit` cases, the newest first, below the number `before`."""
    actor.must("cases.read")
    wanted = wanted_of(ask, at)
    seen = sight(actor=actor, workspace=workspace, on=at.date())
    sort = "newest" if before is not None else ask.sort
    return case_lists.lines(
        seen, wanted, limit=limit, before=before, sort=sort, database=workspace.database
    )


def one_case(*, actor: Actor, workspace: Workspace, case_id: int, at: datetime) -> CasePage | None:
    """Return a case with its time line, None if there is none that the actor sees."""
    actor.must("cases.read")
    database = workspace.database
    seen = sight(actor=actor, workspace=workspace, on=at.date())
    if not case_lists.sees(seen, case_id, database=database):
        return None
    events = store.events(case_id, database=database)
    case = fold(events)
    return _page(case_id, case, events, person_of(actor, seen), may_work=actor.may("cases.work"))


def find_cases(
    *, actor: Actor, workspace: Workspace, text: str, limit: int, on: date | None = None
) -> tuple[CaseLine, ...]:
    """Return cases whose title or number this is, open or closed, the newest first.

    Without a day, the cases of those whom the actor stands in for are not among them.
    """
    actor.must("cases.read")
    wanted = " ".join(text.split())[:LONGEST_SEARCH]
    if not wanted or "\0" in wanted:
        return ()
    seen = sight(actor=actor, workspace=workspace, on=on)
    return case_lists.lines(
        seen,
        Wanted(is_open=None, search=wanted),
        limit=limit,
        sort="newest",
        database=workspace.database,
    )


def cases_about(
    *, actor: Actor, workspace: Workspace, target: str, at: datetime, limit: int = 20
) -> tuple[CaseLine, ...]:
    """Return the cases that link to something, such as `insight:7`, the newest first."""
    actor.must("cases.read")
    seen = sight(actor=actor, workspace=workspace, on=at.date())
    return case_lists.lines(
        seen,
        Wanted(is_open=None, link=target),
        limit=limit,
        sort="newest",
        database=workspace.database,
    )


def workers(*, actor: Actor, workspace: Workspace) -> tuple[str, ...]:
    """Return the names of those to whom a case can be given."""
    actor.must("cases.work")
    return names_who_may("cases.work", database=workspace.database)


def wanted_of(ask: CasesAsk, at: datetime) -> Wanted:
    """Turn what was asked into what is looked for. Raises BadInput with every Problem."""
    problems = list(_ask_problems(ask))
    if problems:
        raise BadInput("The cases cannot be shown like this.", problems)
    return Wanted(
        whose="" if ask.whose == "all" else ask.whose,
        kind=ask.kind,
        state=ask.state,
        is_open={"open": True, "closed": False, "any": None}[ask.status],
        assignee=ask.assignee,
        overdue_at=at if ask.is_overdue else None,
        search=" ".join(ask.search.split())[:LONGEST_SEARCH],
        link=ask.link,
    )


def _ask_problems(ask: CasesAsk) -> list[Problem]:
    choices = {
        "whose": (ask.whose, tuple(WHOSE)),
        "status": (ask.status, STATES),
        "sort": (ask.sort, tuple(SORTS)),
        "kind": (ask.kind or "any", ("any", *kinds())),
    }
    problems = [
        Problem(name, f"{value[:80]!r} is not known", f"choose among {', '.join(known)}")
        for name, (value, known) in choices.items()
        if value not in known
    ]
    texts = {"state": ask.state, "assignee": ask.assignee, "search": ask.search, "link": ask.link}
    problems += [
        Problem(name, "it holds a NUL character", "take it out")
        for name, text in texts.items()
        if "\0" in text
    ]
    return problems


def _total(
    ask: CasesAsk, seen: CaseSight, wanted: Wanted, counts: Mapping[str, int], database: str
) -> int:
    """Count what was asked for; a plain list was counted already."""
    if ask == CasesAsk(whose=ask.whose, sort=ask.sort) and ask.whose in counts:
        return counts[ask.whose]
    return case_lists.count(seen, wanted, database=database)


def _page(
    case_id: int, case: Case, events: tuple[Event, ...], who: Person, *, may_work: bool
) -> CasePage:
    kind = kinds()[case.kind]
    found = {
        move: may_move(case, move, who)
        for move in kind.moves
        if may_work and case.state in move.starts
    }
    moves = tuple(move for move, way in found.items() if isinstance(way, Standing))
    editors = frozenset({Part.OPENER, Part.OPERATIONS}) if kind.has_votes else INVOLVED
    may_touch = may_work and case.is_open
    chooses = not kind.has_votes or may_hand_on(case, who)
    is_named = kind.has_votes and bool(case.approvers)
    return CasePage(
        case_id=case_id,
        case=case,
        kind=kind,
        events=events,
        moves=moves,
        waits_for=waits_for(case),
        may_work=may_work,
        may_assign=may_touch and chooses and _may(case, INVOLVED | {Part.ASKED}, who),
        may_take=may_touch
        and not (is_named or case.assignee)
        and chooses
        and _may(case, WORKERS, who),
        may_give_back=may_touch and bool(case.assignee) and not case.approvers
        and _may(case, frozenset({Part.ASSIGNEE, Part.OPERATIONS}), who),
        may_change=may_touch
        and _may(case, editors, who)
        and may_write(case, who, has_votes=kind.has_votes),
        stands_for={
            move.key: way.for_name for move, way in found.items() if isinstance(way, Standing)
        },
    )  # fmt: skip


def _may(case: Case, by: frozenset[Part], who: Person) -> bool:
    return isinstance(standing(case, by, who), Standing)


def waits_for(case: Case) -> str:
    """Return for whom a case waits: names, or the role of its queue; "" when it is closed."""
    if not case.is_open:
        return ""
    voted = {vote.name for vote in case.votes}
    asked = [name for name in case.approvers if name not in voted]
    if asked:
        joined = " and " if case.needs_all else " or "
        return joined.join(asked)
    return case.assignee or f"the queue of {case.queue.replace('_', ' ')}"

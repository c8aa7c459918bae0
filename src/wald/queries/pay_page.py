"""Pay runs as pages, commands and the API show them: all runs, one run, its people, its export.

Sums are of the people whose pay the reader may see, and of no others: so no sum tells one
person's pay to somebody who may not see it. Who may see everybody's pay sees drafts too.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from wald.heart.compensation.payroll import Entry as PayrollEntry
from wald.heart.compensation.payroll import Mapping as PayrollMapping
from wald.heart.compensation.payroll import PayrollLine, lines_of, mapping_of
from wald.heart.compensation.result import Cause, Delta
from wald.kernel.actor import Actor
from wald.kernel.problem import Problem
from wald.kernel.words import words_of
from wald.kernel.workspace import Workspace
from wald.queries.pay import Entry, amount_of, delta_of, entries_of, run_seen
from wald.queries.pay_basis import basis_now, basis_of
from wald.queries.sight import persons_with_pay_seen, places_on
from wald.records.stores import pay as store
from wald.records.stores import pay_entries
from wald.records.stores.pay import KeptRun, State
from wald.records.stores.pay_entries import Entered, Hold

MOST = 1000  # people on one page


@dataclass(frozen=True, slots=True)
class PersonLine:
    """One person of a run; amounts in `currency`."""

    person_id: str
    name: str
    currency: str
    pay: Decimal
    deltas: Decimal
    adjustments: Decimal
    carried: Decimal  # withheld before, or withheld now: then below zero
    paid: Decimal
    before: Decimal | None  # paid in the run before, in the same currency
    is_withheld: bool
    is_beside: bool = False  # beside their first payment, which is in another currency


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum over the people seen: of a plan, a component, a cause."""

    name: str
    currency: str
    amount: Decimal
    before: Decimal | None = None  # the same of the run before


@dataclass(frozen=True, slots=True)
class PersonDelta:
    person_id: str
    name: str
    currency: str
    delta: Delta


@dataclass(frozen=True, slots=True)
class RunPage:
    """One run; `people` is one page of `total` people, sums are over all of them seen."""

    run: KeptRun
    people: tuple[PersonLine, ...]
    total: int
    sums: tuple[Sum, ...]  # by what makes up the payment: pay, delta, adjustment, paid
    by_plan: tuple[Sum, ...]
    by_component: tuple[Sum, ...]
    by_cause: tuple[Sum, ...]
    deltas: tuple[PersonDelta, ...]
    problems: tuple[Problem, ...]
    compared_with: KeptRun | None
    news: tuple[str, ...] = ()  # what has changed since a draft was computed
    left_out: tuple[str, ...] = ()  # keys of those seen whom a problem keeps from being paid
    sees_everybody: bool = False


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs that the reader may know of, newest first, and what waits beside them."""

    runs: tuple[KeptRun, ...]
    next_from: date | None  # the first day that no released run covers
    holds: tuple[Hold, ...] = field(default=())
    adjustments: tuple[Entered, ...] = field(default=())


def runs(*, actor: Actor, workspace: Workspace, limit: int = 100) -> Runs:
    """Return runs; drafts, holds and adjustments only to who may see everybody's pay.

    Totals of a run are in it only for them: others see that there was a run.
    """
    actor.must("pay.read")
    database = workspace.database
    released = store.released(database=database)
    following = released[-1].ends_on if released else None
    if not actor.may("pay.read_all"):
        seen = tuple(_bare(one) for one in reversed(released))
        return Runs(seen[:limit], following)
    return Runs(
        store.list_runs(database=database, limit=limit),
        following,
        pay_entries.list_holds(database=database),
        pay_entries.list_adjustments(database=database, limit=limit),
    )


def run_page(
    *,
    actor: Actor,
    workspace: Workspace,
    run_id: int,
    at: datetime | None = None,
    search: str = "",
    limit: int = 50,
    offset: int = 0,
) -> RunPage:
    """Return one run as `actor` may see it. Raises pay.NoSuchPay where there is none.

    `at` asks what has changed since a draft was computed.
    """
    run = run_seen(actor, workspace, run_id)
    entries = _seen(actor, workspace, run)
    names = _names(workspace, run)
    other = _before(workspace, run)
    earlier = [] if other is None else _seen(actor, workspace, other)
    people = _people(entries, names, earlier if other else None)
    found = [one for one in people if _fits(one, search)]
    sees_everybody = actor.may("pay.read_all")
    persons = persons_with_pay_seen(
        actor=actor, workspace=workspace, on=run.ends_on - timedelta(days=1)
    )
    seen = persons or frozenset()
    problems = [one for one in run.problems if sees_everybody or _about(one) in seen]
    return RunPage(
        run=run if sees_everybody else _bare(run),
        people=tuple(found[offset : offset + min(limit, MOST)]),
        total=len(found),
        sums=_sums(entries, earlier, "entry", (*_KINDS,)),
        by_plan=_sums(entries, earlier, "plan", ("pay", "delta")),
        by_component=_sums(entries, earlier, "component", ("pay", "delta")),
        by_cause=_sums(entries, earlier, "cause", ("delta",)),
        deltas=tuple(_changed(entries, names)),
        problems=tuple(_named(one, names) for one in problems),
        compared_with=other if other is None or sees_everybody else _bare(other),
        news=tuple(_news(workspace, run, at)) if at is not None and sees_everybody else (),
        left_out=_left_out(problems, people),
        sees_everybody=sees_everybody,
    )


def payroll(
    *, actor: Actor, workspace: Workspace, run_id: int, mapping: PayrollMapping | None = None
) -> tuple[KeptRun, PayrollMapping, tuple[PayrollLine, ...]]:
    """Return the lines of a run for payroll, which add up to what it pays.

    For those who may see everybody's pay. Whose payment is held has no line.
    """
    actor.must("pay.read_all")
    run = run_seen(actor, workspace, run_id)
    names = _names(workspace, run)
    entries = entries_of(workspace, run)
    withheld = {one["person_id"] for one in entries if one["entry"] == "withheld"}
    used = mapping or mapping_of(store.newest_mapping(database=workspace.database))
    found = (
        PayrollEntry(
            person_id=str(one["person_id"]),
            name=names.get(str(one["person_id"]), ""),
            entry=str(one["entry"]),
            plan=str(one["plan"]),
            component=str(one["component"]),
            period=str(one["period"]),
            amount=Decimal(str(one["amount"])),
            currency=str(one["currency"]),
        )
        for one in entries
        if one["person_id"] not in withheld
    )
    return run, used, lines_of(found, used)


_KINDS = ("pay", "delta", "adjustment", "withheld", "carried")


def _bare(run: KeptRun) -> KeptRun:
    """Return a run without what it says of people whom the reader may not see."""
    return KeptRun(
        **{name: getattr(run, name) for name in KeptRun.__slots__}
        | {"totals": {}, "problems": (), "inputs": {}}
    )


def _seen(actor: Actor, workspace: Workspace, run: KeptRun) -> list[Entry]:
    """Return the entries of the people whose pay the reader may see."""
    last_day = run.ends_on - timedelta(days=1)
    persons = persons_with_pay_seen(actor=actor, workspace=workspace, on=last_day)
    return entries_of(workspace, run, None if persons is None else sorted(persons))


def _names(workspace: Workspace, run: KeptRun) -> dict[str, str]:
    places = places_on(workspace=workspace, on=run.ends_on - timedelta(days=1))
    return {person: place.name or person for person, place in places.items()}


def _before(workspace: Workspace, run: KeptRun) -> KeptRun | None:
    """Return the released run whose period ends where this one's begins."""
    released = store.released(database=workspace.database)
    return next((one for one in reversed(released) if one.ends_on <= run.starts_on), None)


def _people(
    entries: Sequence[Entry], names: Mapping[str, str], earlier: Sequence[Entry] | None
) -> list[PersonLine]:
    paid_before: dict[tuple[str, str], Decimal] = {}
    for entry in earlier or ():
        key = (str(entry["person_id"]), str(entry["currency"]))
        paid_before[key] = paid_before.get(key, Decimal(0)) + Decimal(str(entry["amount"]))
    by_person: dict[tuple[str, str], list[Entry]] = {}
    first: dict[str, str] = {}
    for entry in entries:
        person, currency = str(entry["person_id"]), str(entry["currency"])
        first.setdefault(person, currency)
        by_person.setdefault((person, currency), []).append(entry)
    return [
        PersonLine(
            person_id=person,
            name=names.get(person, person),
            currency=currency,
            pay=amount_of(own, "pay"),
            deltas=amount_of(own, "delta"),
            adjustments=amount_of(own, "adjustment"),
            carried=amount_of(own, "withheld", "carried"),
            paid=amount_of(own),
            before=None if earlier is None else paid_before.get((person, currency), Decimal(0)),
            is_withheld=any(one["entry"] == "withheld" for one in own),
            is_beside=currency != first[person],
        )
        for (person, currency), own in sorted(
            by_person.items(), key=lambda one: (one[0][0], one[0][1] != first[one[0][0]], one[0][1])
        )
    ]


def _fits(one: PersonLine, search: str) -> bool:
    wanted = words_of(search)
    told = " ".join((one.name, one.person_id)).casefold()
    return all(word.casefold() in told for word in wanted)


def _sums(
    entries: Iterable[Entry], earlier: Iterable[Entry], column: str, kinds: tuple[str, ...]
) -> tuple[Sum, ...]:
    """Return sums by a column and currency, with those of the run before; over all: "paid"."""
    now, then = _by(entries, column, kinds), _by(earlier, column, kinds)
    return tuple(
        Sum(name, currency, now.get((name, currency), Decimal(0)), then.get((name, currency)))
        for name, currency in sorted({*now, *then}, key=_order)
    )


def _order(key: tuple[str, str]) -> tuple[str, int, str]:
    name, currency = key
    place = _KINDS.index(name) if name in _KINDS else len(_KINDS)
    return (currency, place, name)


def _by(
    entries: Iterable[Entry], column: str, kinds: tuple[str, ...]
) -> dict[tuple[str, str], Decimal]:
    found: dict[tuple[str, str], Decimal] = {}
    for entry in entries:
        if entry["entry"] not in kinds:
            continue
        amount, currency = Decimal(str(entry["amount"])), str(entry["currency"])
        names = [str(entry[column])] + (["paid"] if column == "entry" else [])
        for name in names:
            found[name, currency] = found.get((name, currency), Decimal(0)) + amount
    return found


def _changed(entries: Iterable[Entry], names: Mapping[str, str]) -> Iterable[PersonDelta]:
    for entry in entries:
        if entry["entry"] == "delta":
            person = str(entry["person_id"])
            yield PersonDelta(
                person, names.get(person, person), str(entry["currency"]), delta_of(entry)
            )


_OF_A_PERSON = ("person ", "plan of ", "manager of ")


def _about(problem: Problem) -> str:
    """Return the key of the person that a problem is about, or what else it is about."""
    start = next((one for one in _OF_A_PERSON if problem.where.startswith(one)), "")
    return problem.where.removeprefix(start)


def _left_out(problems: Iterable[Problem], paid: Iterable[PersonLine]) -> tuple[str, ...]:
    """Return whom a problem keeps from being paid at all; a ring in the hierarchy keeps nobody."""
    named = {_about(one) for one in problems if one.where.startswith(_OF_A_PERSON[:2])}
    return tuple(sorted(named - {one.person_id for one in paid}))


def _named(problem: Problem, names: Mapping[str, str]) -> Problem:
    """Say who it is about by name, the key beside it."""
    person = _about(problem)
    name = names.get(person, person)
    if name == person:
        return problem
    start = problem.where.removesuffix(person).removeprefix("person ")
    alone = rf"(?<!\w){re.escape(person)}(?!\w)"
    what = re.sub(alone, lambda found: name, problem.what)
    return replace(problem, where=f"{start}{name} ({person})", what=what)


def _news(workspace: Workspace, run: KeptRun, at: datetime) -> Iterable[str]:
    """Yield what a draft does not know yet: computed again it would."""
    if run.state is not State.DRAFT:
        return
    last_day = run.ends_on - timedelta(days=1)
    old, new = basis_of(run.inputs), basis_now(workspace, last_day=last_day, at=at)
    words = {
        Cause.DATA: "facts were loaded, or taken back",
        Cause.SPLIT: "splits of deals were loaded",
        Cause.HIERARCHY: "changes of people were loaded",
        Cause.FX: "exchange rates were loaded",
        Cause.PLAN: "plans, terms, quotas or settings have changed",
        Cause.MANUAL: "holds on deals have changed",
        Cause.ENGINE: "Wald was upgraded",
    }
    for cause, sentence in words.items():
        if old.differs(cause, new):
            yield sentence
    known = run.inputs.get("adjustments")
    payable = pay_entries.payable(until=run.ends_on, known=at, database=workspace.database)
    if [one.adjustment_id for one in payable] != known:
        yield "adjustments were approved or retracted"

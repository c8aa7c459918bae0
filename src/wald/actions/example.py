"""The invented company's people and what they agreed, noticed and decided: something to look at.

Only for a workspace whose facts are invented. What happened in July is written as of July, so
that documents have held for a while and a decision has had its review date.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from wald.actions import example_documents as texts
from wald.actions.cases import comment, open_case
from wald.actions.decisions import decide, review_due
from wald.actions.delegations import delegate
from wald.actions.documents import approve, draft, submit
from wald.actions.insights import record_insight
from wald.actions.overrides import check_overrides
from wald.actions.pay import release, run
from wald.actions.users import add_user
from wald.actions.work.schedule import WALD
from wald.brain.stats import difference_of_shares
from wald.facts.settings import calendar_of
from wald.insights.insight import Effect, Insight, StoredQuery
from wald.kernel.actor import Actor
from wald.kernel.period import Grain, period_of, periods
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import Refusal
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.memory.draft import Draft
from wald.queries.measure import Ask, measure
from wald.queries.tables import table_as_of
from wald.records.stores.loads import has_invented
from wald.records.stores.settings import load_settings

# The first load of the invented company tells what was known by then; the second the rest.
KNOWN_UNTIL = date(2026, 6, 30)
_PAID_FROM = date(2023, 10, 1)
_MORNING = datetime(2026, 7, 1, 8, tzinfo=UTC)
_SLOW = "region = 'Central Europe' AND segment = 'Mid-Market'"
_OTHERS = f"NOT ({_SLOW})"
_BEFORE = "2026-Q2"
_MORE, _STEP = Decimal("1.1"), 100_000  # of the quota plan: how much more, in whole steps


# On the data of the invented company the first of these does not come, and the second does.
_SLIMMER = Draft(
    question="What do we do about slow mid-market deals in Central Europe?",
    options=("Take the extra proposal step out", "Leave it", "Add a second proposal desk"),
    choice="Take the extra proposal step out",
    why="Deals wait in Proposal since the step was added; nobody can say what it prevents.",
    kind="pipeline",
    metric="median_cycle_days",
    population=_SLOW,
    period="2026-Q3",
    low="-40",
    estimate="-25",
    high="-10",
    confidence="0.7",
    review_on="2026-10-05",
)
_COACHED = Draft(
    question="How do we win more mid-market deals in Central Europe?",
    options=("Review every deal that enters Proposal", "Lower prices", "Wait a quarter"),
    choice="Review every deal that enters Proposal",
    why="A manager's hour costs less than two points of price on every deal.",
    kind="enablement",
    metric="win_rate",
    population=_SLOW,
    period="2026-Q3",
    low="0.03",
    estimate="0.06",
    high="0.12",
    confidence="0.6",
    review_on="2026-10-05",
)


@dataclass(frozen=True, slots=True)
class ExamplePerson:
    """Somebody who may sign in to look at the invented company, and who of it they are."""

    name: str
    role: Role
    person_id: str
    shown_as: str  # "Mei Larsen", "" for nobody of the facts
    unit: str


def example_people(*, actor: Actor, workspace: Workspace) -> tuple[ExamplePerson, ...]:
    """Return one person for each role, chosen from the facts so that they see one another."""
    actor.must("users.read")
    rows = table_as_of(actor=actor, workspace=workspace, name="person").to_pylist()
    here = {row["person_id"]: row for row in rows if row["left_on"] is None}
    manager = _first(here, role="manager")
    rep = _first(here, role="rep", manager_id=manager["person_id"])
    leader = here[manager["manager_id"]]
    operations = _first(here, role="operations")
    region = manager["region"]
    return (
        _of("administrator", Role.ADMINISTRATOR),
        _of("operations", Role.SALES_OPERATIONS, operations),
        ExamplePerson("local", Role.LOCAL_OPERATIONS, "", "", region),
        _of("leader", Role.SALES_LEADER, leader),
        _of("manager", Role.MANAGER, manager),
        _of("rep", Role.REP, rep),
        _of("finance", Role.FINANCE),
        _of("reader", Role.READ_ONLY),
    )


def add_example(
    *, actor: Actor, workspace: Workspace, password_of: Callable[[str], str], at: datetime
) -> tuple[ExamplePerson, ...]:
    """Add the people and their records to the invented company. Raises Refusal elsewhere."""
    actor.must("users.change")
    if not has_invented(database=workspace.database):
        raise Refusal("Example people belong to invented data only; load what is invented first.")
    people = example_people(actor=actor, workspace=workspace)
    for one in people:
        add_user(
            actor=actor,
            workspace=workspace,
            name=one.name,
            password=password_of(one.name),
            role=one.role,
            at=at,
            person_id=one.person_id,
            unit=one.unit,
        )
    actors = {one.role: acting(one) for one in people}
    _agree(actors, workspace)
    _pay(actors, workspace, at)
    _learn(actors, workspace)
    _work(actors, workspace, at)
    return people


def _agree(actors: Mapping[Role, Actor], workspace: Workspace) -> None:
    """Put the documents in force: written by one, approved by another."""
    operations, leader = actors[Role.SALES_OPERATIONS], actors[Role.SALES_LEADER]
    local, finance = actors[Role.LOCAL_OPERATIONS], actors[Role.FINANCE]
    names = {"operations": operations.name, "local": local.name}
    hours = _MORNING + timedelta(hours=1)
    _put(texts.POLICY.format(**names), operations, finance, workspace, hours)
    _put(texts.HOURS.format(**names), operations, finance, workspace, hours)
    inside = texts.INSIDE.format(unit=local.unit, **names)
    _put(inside, local, leader, workspace, hours + timedelta(hours=1))
    _put(texts.PROCESS.format(**names), operations, finance, workspace, hours)
    there = texts.PROCESS_THERE.format(unit=local.unit, **names)
    _put(there, local, leader, workspace, hours + timedelta(hours=1))
    expired = texts.EXPIRED.format(unit="UK & Ireland", **names)
    _put(expired, operations, finance, workspace, hours + timedelta(hours=2))
    _put(texts.FORECAST.format(**names), operations, leader, workspace, hours)
    for paid in (texts.REPS, texts.MANAGERS, texts.ACCOUNTING):
        _put(paid.format(**names), operations, finance, workspace, hours + timedelta(hours=2))
    plan = _quota_plan(operations, workspace)
    if plan:
        _put(plan, operations, finance, workspace, hours + timedelta(hours=3))


def _quota_plan(operations: Actor, workspace: Workspace) -> str:
    """Return a plan of a tenth more than was booked in 2025, "" where that is not known."""
    ask = Ask("bookings", (), "", "2025", KNOWN_UNTIL, _MORNING)
    answer = measure(actor=operations, workspace=workspace, ask=ask)
    booked = answer.rows[0].value
    if not booked or answer.currency is None:
        return ""
    total = (int(Decimal(booked) * _MORE) // _STEP + 1) * _STEP
    return texts.QUOTAS.format(operations=operations.name, total=total, currency=answer.currency)


def _put(text: str, author: Actor, approver: Actor, workspace: Workspace, at: datetime) -> None:
    written = draft(actor=author, workspace=workspace, text=text, at=at).version
    handed_in = submit(
        actor=author,
        workspace=workspace,
        version_id=written.version_id,
        revision=written.revision,
        at=at,
    )
    approve(
        actor=approver,
        workspace=workspace,
        version_id=handed_in.version_id,
        revision=handed_in.revision,
        at=at + timedelta(minutes=30),
    )


def _pay(actors: Mapping[Role, Actor], workspace: Workspace, at: datetime) -> None:
    """Pay every quarter as it was known in July, and compute the next one: late data and what
    changed since are in it, and it waits for somebody else to release it."""
    finance, operations = actors[Role.FINANCE], actors[Role.SALES_OPERATIONS]
    paid_at = _MORNING + timedelta(days=1)
    calendar = calendar_of(load_settings(database=workspace.database))
    days = (_PAID_FROM, KNOWN_UNTIL + timedelta(days=1))
    for quarter in periods(calendar, Grain.QUARTER, *days):
        made = run(actor=finance, workspace=workspace, period=quarter.label, at=paid_at)
        paid_at += timedelta(minutes=20)
        release(actor=operations, workspace=workspace, run_id=made.run_id, at=paid_at)
        paid_at += timedelta(minutes=10)
    following = period_of(calendar, Grain.QUARTER, days[1])
    run(actor=finance, workspace=workspace, period=following.label, at=at)


def _learn(actors: Mapping[Role, Actor], workspace: Workspace) -> None:
    """Notice what broke, and decide about it: once with too much hope, once not."""
    operations, leader = actors[Role.SALES_OPERATIONS], actors[Role.SALES_LEADER]
    noticed = _MORNING + timedelta(days=1)
    insight_id = record_insight(
        actor=operations, workspace=workspace, insight=_insight(operations, workspace), at=noticed
    )
    decided = noticed + timedelta(days=1)
    for actor, chosen in ((operations, _SLIMMER), (leader, _COACHED)):
        made = replace(chosen, insight_id=insight_id)
        decide(actor=actor, workspace=workspace, draft=made, at=decided)


def _insight(actor: Actor, workspace: Workspace) -> Insight:
    """Compare win rates there and elsewhere, as they were known then."""
    counts = {}
    for where in (_SLOW, _OTHERS):
        ask = Ask("win_rate", (), where, _BEFORE, KNOWN_UNTIL, _MORNING)
        (row,) = measure(actor=actor, workspace=workspace, ask=ask).rows
        counts[where] = (int(row.numerator or 0), int(row.denominator or 0))
    found = difference_of_shares(counts[_SLOW], counts[_OTHERS])
    low, estimate, high = (
        Decimal(part).quantize(Decimal("0.0001"))
        for part in (found.low, found.estimate, found.high)
    )
    return Insight(
        claim="Mid-market deals in Central Europe are won less often than all others",
        source="person",
        subject="segment:Mid-Market",
        metric="win_rate",
        effect=Effect(low, estimate, high, Unit.RATIO, confidence=Decimal("0.95")),
        evidence={
            "there": "{} of {} closed deals won".format(*counts[_SLOW]),
            "elsewhere": "{} of {} closed deals won".format(*counts[_OTHERS]),
            "method": "difference of shares, Newcombe (1998), method 10",
        },
        question=StoredQuery("win_rate", ("stage",), _SLOW, _BEFORE, KNOWN_UNTIL, _MORNING),
    )


def _work(actors: Mapping[Role, Actor], workspace: Workspace, at: datetime) -> None:
    """Let time pass: what is due is measured, what has expired is a case, and people ask."""
    review_due(actor=WALD, workspace=workspace, at=at)
    check_overrides(actor=WALD, workspace=workspace, at=at)
    rep, manager = actors[Role.REP], actors[Role.MANAGER]
    dispute = open_case(
        actor=rep,
        workspace=workspace,
        kind="dispute",
        title="A deal of September is missing from my bookings",
        at=at - timedelta(hours=30),
        person_id=rep.person_id,
        links=("metric:bookings",),
        body={"text": "It was signed on the last day of the quarter."},
    )
    words = "Which deal? I see the closing day in the next quarter."
    comment(actor=manager, workspace=workspace, case_id=dispute, text=words, at=at)
    open_case(
        actor=manager,
        workspace=workspace,
        kind="task",
        title="Give every open deal a closing day",
        at=at - timedelta(hours=4),
        assignee=rep.name,
        links=("metric:deals_without_close_day",),
    )
    delegate(
        actor=actors[Role.SALES_LEADER],
        workspace=workspace,
        to=manager.name,
        starts_on=at.date(),
        ends_on=at.date() + timedelta(days=14),
        at=at,
        why="On the road with customers",
    )


def acting(one: ExamplePerson) -> Actor:
    """Return one of the example's people as somebody who acts."""
    return Actor(one.name, GRANTS[one.role], one.role, one.person_id, one.unit)


def _of(name: str, role: Role, row: Mapping[str, str] | None = None) -> ExamplePerson:
    if row is None:
        return ExamplePerson(name, role, "", "", "")
    return ExamplePerson(name, role, row["person_id"], row["name"], "")


def _first(people: Mapping[str, Mapping[str, str]], **wanted: str) -> Mapping[str, str]:
    """Return the first person, by key, of whom all of this is true."""
    for _, row in sorted(people.items()):
        if all(row[name] == value for name, value in wanted.items()):
            return row
    raise Refusal(f"The invented company has nobody with {wanted}.")

"""Statements of pay: one person's in one run, their newest, its disputes and what is behind one.

Who may see somebody's pay sees their statements, by every door: `queries.pay` asks, and nothing
here tells an amount before it has said yes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from wald.cases.case import title_of
from wald.facts.settings import calendar_of
from wald.heart.compensation.diagnosis import Finding, diagnose, disputed
from wald.heart.compensation.fold import Line
from wald.heart.compensation.outlook import next_tiers
from wald.heart.compensation.result import PersonPay
from wald.heart.compensation.statement import NextTier, Statement, statement_of
from wald.heart.compensation.statement_json import line_nodes
from wald.kernel.actor import Actor
from wald.kernel.problem import NotAllowed, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.cases import CasesAsk, case_lines, one_case
from wald.queries.pay import NoSuchPay, entries_of, pay_of
from wald.queries.pay_basis import basis_of
from wald.queries.pay_deeds import deeds_of, rates_of
from wald.queries.sight import may_see_pay
from wald.records.stores import pay as runs

_MOST_RUNS = 24  # among which a person's newest statement is looked for
_MOST_DISPUTES = 200


class NoSuchLine(Refusal):
    """A statement has no line with this node."""


@dataclass(frozen=True, slots=True)
class StatementRun:
    """A run in which somebody was paid, as a list of their statements shows it."""

    run_id: int
    period: str
    starts_on: date
    released_at: datetime | None


@dataclass(frozen=True, slots=True)
class Dispute:
    """A dispute of one line; `node` is that of the line's amount."""

    case_id: int
    node: str
    title: str
    state: str
    is_open: bool
    opened_by: str
    opened_at: datetime
    outcome: str


@dataclass(frozen=True, slots=True)
class LinePage:
    """One line of a statement, and what may be behind it."""

    statement: Statement
    line: Line
    findings: tuple[Finding, ...]


def statement(
    *,
    actor: Actor,
    workspace: Workspace,
    run_id: int,
    person_id: str,
    currency: str = "",
    with_outlook: bool = True,
) -> Statement:
    """Return what one person is paid in one run, and why: in one currency, "" for the first.

    Raises NotAllowed to whoever may not see their pay, pay.NoSuchPay where there is none.
    """
    actor.must("pay.read")
    pay = pay_of(
        actor=actor, workspace=workspace, run_id=run_id, person_id=person_id, currency=currency
    )
    return statement_of(pay, _outlook(workspace, pay) if with_outlook else ())


def _outlook(workspace: Workspace, pay: PersonPay) -> Iterator[NextTier]:
    """Yield what the next tier of each component is worth, from what the run rested on."""
    run = runs.find(pay.run_id, database=workspace.database)
    if run is None or pay.inputs is None:
        return
    calendar = calendar_of(basis_of(run.inputs).settings)
    for chain in pay.chains:
        last = [one for one in chain if one.paid_in.end <= pay.period.end]
        if last and last[-1].plan.currency != pay.currency:
            continue
        yield from next_tiers(pay.person_id, last, pay.inputs, calendar)


def statements_of(
    *, actor: Actor, workspace: Workspace, person_id: str, on: date, limit: int = _MOST_RUNS
) -> tuple[StatementRun, ...]:
    """Return the runs in which somebody was paid, newest first, among the newest `limit`.

    Those of days on which the actor might see their pay. Raises NotAllowed to whoever may see
    it neither `on` a day nor in any of the runs.
    """
    actor.must("pay.read")
    found = []
    is_seen = may_see_pay(actor=actor, workspace=workspace, person_id=person_id, on=on)
    for run in reversed(runs.released(database=workspace.database)[-limit:]):
        last_day = run.ends_on - timedelta(days=1)
        if not may_see_pay(actor=actor, workspace=workspace, person_id=person_id, on=last_day):
            continue
        is_seen = True
        if entries_of(workspace, run, [person_id]):
            found.append(StatementRun(run.run_id, run.period, run.starts_on, run.released_at))
    if not is_seen:
        raise NotAllowed(f"{actor.name} may not see what {person_id} is paid.")
    return tuple(found)


def disputes_of(
    *, actor: Actor, workspace: Workspace, run_id: int, person_id: str, at: datetime
) -> tuple[Dispute, ...]:
    """Return the disputes of a statement that the actor sees, newest first."""
    actor.must("pay.read")
    key = link_of(run_id, person_id)
    ask = CasesAsk(status="any", kind="dispute", link=key, sort="newest")
    lines = case_lines(actor=actor, workspace=workspace, ask=ask, at=at, limit=_MOST_DISPUTES)
    found = []
    for line in lines:
        page = one_case(actor=actor, workspace=workspace, case_id=line.case_id, at=at)
        if page is not None:
            nodes = (one.partition("#")[2] for one in page.case.links if one.startswith(f"{key}#"))
            found.append(
                Dispute(
                    case_id=line.case_id,
                    node=next(nodes, ""),
                    title=page.case.title,
                    state=title_of(page.case.state).lower(),
                    is_open=page.case.is_open,
                    opened_by=page.case.opened_by,
                    opened_at=page.case.opened_at,
                    outcome=page.case.outcome,
                )
            )
    return tuple(found)


def diagnosis(
    *, actor: Actor, workspace: Workspace, run_id: int, person_id: str, node: str
) -> tuple[Finding, ...]:
    """Return what may be behind a line that somebody doubts, in sentences.

    Raises NotAllowed, pay.NoSuchPay, NoSuchLine.
    """
    actor.must("pay.read")
    return line_page(
        actor=actor, workspace=workspace, run_id=run_id, person_id=person_id, node=node
    ).findings


def line_page(
    *, actor: Actor, workspace: Workspace, run_id: int, person_id: str, node: str
) -> LinePage:
    """Return one line of a statement, and what may be behind it.

    Raises NotAllowed, pay.NoSuchPay, NoSuchLine.
    """
    actor.must("pay.read")
    found = statement(
        actor=actor,
        workspace=workspace,
        run_id=run_id,
        person_id=person_id,
        currency=node.partition("-")[0] if "-" in node else "",
        with_outlook=False,
    )
    line = line_at(found, node)
    run = runs.find(run_id, database=workspace.database)
    if run is None:
        raise NoSuchPay(f"There is no pay run {run_id}.")
    case, basis = disputed(found, line), basis_of(run.inputs)
    deeds = deeds_of(workspace, person_id, case.component.period, basis)
    rates = rates_of(workspace, case.plan.currency)
    return LinePage(found, line, diagnose(case, deeds, basis.known, rates))


def line_at(statement: Statement, node: str) -> Line:
    """Return the line of a node. Raises NoSuchLine."""
    lines = line_nodes(statement)
    if node not in lines:
        raise NoSuchLine(f"Statement {statement.key} has no line {node[:40]!r}.")
    return lines[node]


def link_of(run_id: int, person_id: str, node: str = "") -> str:
    """Return what names a statement, or one figure of it, in links of cases."""
    return f"statement:{run_id}/{person_id}" + (f"#{node}" if node else "")

"""Who has not said their number before a deadline gets a task that is due then.

The task is a case like any other: it tells who is to act, is reminded of before it is due, and
escalated to the manager above after. Saying the number ends it.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from wald.actions.cases import open_case
from wald.actions.forecast import reminder_of
from wald.heart.cadence import Cadence, Deadline, round_began, standing
from wald.heart.rollup import Kind
from wald.heart.seating import Node
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.rollup_stage import AskedRollUp, Stage, is_asked, stage_of
from wald.records.stores import cases
from wald.records.stores.users import list_users

_ENOUGH = timedelta(days=35)  # ahead, within which the next period may have opened
Told = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Reminded:
    """`without_account` counts those who are asked for a number and cannot sign in."""

    cases: tuple[int, ...]
    without_account: int


def remind_forecasts(
    *,
    actor: Actor,
    workspace: Workspace,
    at: datetime,
    told: Told = lambda step, done, total: None,
) -> Reminded:
    """Open a task for everybody who is to say a number before a deadline that is near."""
    actor.must("cases.open")
    actor.must("facts.read")
    names = {
        user.person_id: user.name
        for user in list_users(database=workspace.database)
        if user.person_id and user.may_sign_in
    }
    opened: list[int] = []
    lacking: set[str] = set()
    for stage in _stages(actor, workspace, at):
        for node, deadline in _late(stage, at):
            told("people asked for a number", len(opened), None)
            name = names.get(node.person_id)
            if name is None:
                lacking.add(node.person_id)
                continue
            mark = reminder_of(node.person_id, stage.period.start)
            if cases.open_with(mark, database=workspace.database) is None:
                opened.append(_ask(actor, workspace, stage, node, deadline, name, mark, at))
    return Reminded(tuple(opened), len(lacking))


def _stages(actor: Actor, workspace: Workspace, at: datetime) -> Iterable[Stage]:
    """Yield the periods of a calendar in force that may have a deadline soon: the one of today and
    the one after."""
    seen = set()
    for day in (at.date(), at.date() + _ENOUGH):
        ask = AskedRollUp(holding=day)
        stage = stage_of(actor=actor, workspace=workspace, ask=ask, at=at)
        is_agreed = stage is not None and stage.calendars.label  # without, nobody asks
        if stage is not None and is_agreed and stage.period not in seen:
            seen.add(stage.period)
            yield stage


def _late(stage: Stage, at: datetime) -> Iterable[tuple[Node, Deadline]]:
    """Yield who has said nothing for a deadline that is near, by the calendar of their unit."""
    said: dict[str, datetime] = {}
    for one in stage.history.entries:
        if one.kind is Kind.SUBMISSION:
            said[one.person_id] = one.said_at
    near: dict[str, tuple[Cadence, Deadline | None]] = {}
    for node in stage.nodes:
        if node.unit not in near:
            cadence = stage.calendars.of(node.unit)
            near[node.unit] = (cadence, _near(stage, cadence, at))
        cadence, deadline = near[node.unit]
        if deadline is None or not is_asked(node, cadence):
            continue
        began = round_began(stage.period, cadence, deadline)
        last = said.get(node.person_id)
        if last is None or last < began:
            yield node, deadline


def _near(stage: Stage, cadence: Cadence, at: datetime) -> Deadline | None:
    """Return the next deadline of a period if it is time to remind of it."""
    now = standing(stage.period, cadence, at)
    hours = timedelta(hours=cadence.remind_hours_before)
    if not hours or now.deadline is None or now.deadline.at - hours > at:
        return None
    return now.deadline


def _ask(
    actor: Actor,
    workspace: Workspace,
    stage: Stage,
    node: Node,
    deadline: Deadline,
    name: str,
    mark: str,
    at: datetime,
) -> int:
    label = stage.period.label
    locks = "; then it locks" if deadline.is_lock else ""
    return open_case(
        actor=actor,
        workspace=workspace,
        kind="task",
        title=f"Say your forecast for {label}",
        at=at,
        assignee=name,
        person_id=node.person_id,
        due_at=deadline.at,
        body={"text": _text(label, deadline, locks), "where": f"/forecast/?period={label}"},
        fingerprint=mark,
    )


def _text(label: str, deadline: Deadline, locks: str) -> str:
    return (
        f"Your number for {label} is due {deadline.at:%Y-%m-%d %H:%M} UTC{locks}. "
        f"Say it on the forecast page, or with wald forecast submit --period {label}."
    )

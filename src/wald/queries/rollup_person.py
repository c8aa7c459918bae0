"""What was said of one person and period: every number, whoever said it, newest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from wald.heart.cadence import Cadence, Standing, deadlines, standing
from wald.heart.cadence import Deadline as Due
from wald.heart.rollup import Call, Kind, Said
from wald.heart.seating import Node
from wald.kernel.actor import Actor
from wald.kernel.period import Period
from wald.kernel.workspace import Workspace
from wald.queries.rollup_stage import (
    AskedRollUp,
    Stage,
    is_asked,
    may_speak,
    node_of,
    stage_of,
    standing_calls,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A number with who said it and from where. `team` is the seat of a lead, "" for a rep;
    `is_former` is told of a number that somebody else said as lead of the same team."""

    said: Said
    by: str
    team: str
    is_former: bool
    stands: bool
    is_overridden: bool = False  # it would stand


@dataclass(frozen=True, slots=True)
class PersonForecast:
    """`version` is what a writer gives as seen."""

    node: Node
    period: Period
    as_of: date
    currency: str
    cadence: Cadence
    standing: Standing
    deadlines: tuple[Due, ...]
    entries: tuple[Entry, ...]
    calls: Mapping[str, Call]
    version: int
    is_asked: bool
    may_submit: bool
    may_override: bool


def forecast_history(
    *, actor: Actor, workspace: Workspace, person_id: str, ask: AskedRollUp, at: datetime
) -> PersonForecast | None:
    """Return what was said of somebody; None where there is nobody like that to be seen. Raises
    BadInput for a period that does not exist."""
    actor.must("facts.read")
    stage = stage_of(actor=actor, workspace=workspace, ask=ask, at=at)
    node = None if stage is None else node_of(stage, person_id)
    if stage is None or node is None:
        return None
    cadence = stage.calendars.of(node.unit)
    held = standing_calls(stage)[person_id]
    may_submit, may_override = may_speak(node, actor)
    return PersonForecast(
        node=node,
        period=stage.period,
        as_of=stage.day,
        currency=stage.seen.terms.currency,
        cadence=cadence,
        standing=standing(stage.period, cadence, at),
        deadlines=deadlines(stage.period, cadence),
        entries=_entries(stage, node, held),
        calls=held,
        version=max(
            (one.number for one in stage.history.entries if one.person_id == person_id), default=0
        ),
        is_asked=is_asked(node, cadence),
        may_submit=may_submit and not node.has_left,
        may_override=may_override,
    )


def overrides(
    *, actor: Actor, workspace: Workspace, ask: AskedRollUp, at: datetime
) -> tuple[Entry, ...]:
    """Return every override of a period that may be seen, oldest first: who put which number in
    the place of which, and when. What came of each can be held against it."""
    actor.must("facts.read")
    stage = stage_of(actor=actor, workspace=workspace, ask=ask, at=at)
    if stage is None:
        return ()
    standing_now = standing_calls(stage)
    keys = {
        call.override.key
        for by_category in standing_now.values()
        for call in by_category.values()
        if call.override is not None
    }
    return tuple(
        Entry(one, _by(stage, one), _team(one), is_former=False, stands=one.key in keys)
        for one in stage.history.entries
        if one.kind is Kind.OVERRIDE
    )


def _entries(stage: Stage, node: Node, held: Mapping[str, Call]) -> tuple[Entry, ...]:
    counts = {one.key for call in held.values() if (one := call.override or call.said)}
    under = {call.said.key for call in held.values() if call.override and call.said}
    takes_over = node.is_lead and not node.seat.startswith("lead:")
    found = [
        Entry(
            said=one,
            by=_by(stage, one),
            team=_team(one),
            is_former=one.person_id != node.person_id,
            stands=one.key in counts,
            is_overridden=one.key in under,
        )
        for one in stage.history.entries
        if one.person_id == node.person_id or (takes_over and one.seat == node.seat)
    ]
    return tuple(reversed(found))


def _by(stage: Stage, said: Said) -> str:
    """Return who said a number, by their name in the data where they have one."""
    row = stage.seats.row(said.by_person_id, stage.day) if said.by_person_id else None
    return row.name if row is not None and row.name else said.by or said.by_person_id


def _team(said: Said) -> str:
    kind, _, name = said.seat.partition(":")
    return name if kind in ("team", "region") else ""

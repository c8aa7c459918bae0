"""What the invented company's people say of their quarters, and put in the place of one another's
numbers: said through the same actions as by anybody else, from what their deals add up to then.

Who has a user speaks for themselves; for the others sales operations writes down what was said in
the call. Said again, nothing is new.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zlib import crc32

from wald.actions.example import acting, example_people
from wald.actions.forecast import NewOverride, NewSubmission, override, submit
from wald.kernel.actor import Actor
from wald.kernel.policy import Role
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace
from wald.queries.rollup import Line, RollUpPage, roll_up
from wald.queries.rollup_stage import AskedRollUp
from wald.records.stores import forecast as store
from wald.records.stores.loads import has_invented

_OVER, _NEXT = "2026-Q3", "2026-Q4"
_CALL = date(2026, 9, 28)  # on which everybody says their first number for the next quarter
_REVIEWS = (date(2026, 8, 4), date(2026, 8, 25), date(2026, 9, 15))  # of a quarter that goes on
_SAID = ("commit", "best_case", "pipeline")
_HOUR = time(13)
_STEP = Decimal(1000)  # people say round numbers
_WIDE = 0.15  # how far somebody's number lies from their deals, at most
_NOTE = "Said in the call of 28 September"
_REASON = "Deals that are most likely come in by half; that is what I tell upward"

Told = Callable[[str, int, int | None], None]
_Keys = set[tuple[str, str, datetime]]


@dataclass(frozen=True, slots=True)
class _Saying:
    """Who writes, whose numbers those are, and when."""

    actor: Actor
    person_id: str
    amounts: Mapping[str, str]
    note: str
    at: datetime


def say_example_forecasts(*, actor: Actor, workspace: Workspace, told: Told) -> int:
    """Say all that is not said yet, and return how many numbers are new. Raises Refusal where
    the data are not invented."""
    actor.must("users.change")
    if not has_invented(database=workspace.database):
        raise Refusal("Nobody but invented people says invented numbers.")
    people = example_people(actor=actor, workspace=workspace)
    actors = {one.role: acting(one) for one in people}
    there = {
        (one.kind.value, one.person_id, one.said_at)
        for one in store.entries_of(database=workspace.database)
    }
    made = _reviewed(actors, workspace, there, told)
    return made + _called(actors, workspace, there, told)


def _reviewed(actors: Mapping[Role, Actor], workspace: Workspace, there: _Keys, told: Told) -> int:
    """Let the manager and the leader override what those below them said of the quarter."""
    made = 0
    for place, day in enumerate(_REVIEWS):
        told("Overrides of a quarter", place, len(_REVIEWS))
        for role in (Role.MANAGER, Role.SALES_LEADER):
            actor, at = actors[role], _moment(day, role is Role.SALES_LEADER)
            page = _page(actors[role], workspace, _OVER, day, at)
            for line in _below(page, actor, place):
                if ("override", line.node.person_id, at) in there:
                    continue
                middle = (line.deals["commit"] + line.deals["most_likely"]) / 2
                new = NewOverride(line.node.person_id, _OVER, "commit", _round(middle), _REASON)
                override(actor=actor, workspace=workspace, new=new, at=at)
                made += 1
    return made


def _below(page: RollUpPage, actor: Actor, place: int) -> Iterator[Line]:
    """Yield whose number is overridden: of those directly below who said one, each third."""
    ours = [
        one
        for one in page.lines
        if one.node.parent == actor.person_id and one.may_override and "commit" in one.calls
    ]
    for number, one in enumerate(ours):
        if (number + place) % 3 == 0:
            yield one


def _called(actors: Mapping[Role, Actor], workspace: Workspace, there: _Keys, told: Told) -> int:
    """Let everybody say their first number for the next quarter."""
    operations = actors[Role.SALES_OPERATIONS]
    own = {one.person_id: one for one in actors.values() if one.person_id}
    page = _page(operations, workspace, _NEXT, _CALL, _moment(_CALL))
    asked = [one for one in page.lines if one.is_asked]
    made = 0
    for place, one in enumerate(_sayings(asked, own, operations)):
        told(f"Numbers for {_NEXT}", place, len(asked))
        if ("submission", one.person_id, one.at) in there:
            continue
        person = "" if one.actor.person_id == one.person_id else one.person_id
        new = NewSubmission(_NEXT, one.amounts, note=one.note, person_id=person)
        submit(actor=one.actor, workspace=workspace, new=new, at=one.at)
        made += 1
    return made


def _sayings(
    lines: Iterable[Line], own: Mapping[str, Actor], operations: Actor
) -> Iterator[_Saying]:
    for line in lines:
        person = line.node.person_id
        speaks = own.get(person, operations)
        bent = 1 + Decimal(_WIDE * (crc32(person.encode()) % 1000 / 500 - 1))
        yield _Saying(
            actor=speaks,
            person_id=person,
            amounts={name: _round(line.deals[name] * bent) for name in _SAID},
            note="" if person in own else _NOTE,
            at=_moment(_CALL, line.node.is_lead),
        )


def _page(actor: Actor, workspace: Workspace, period: str, day: date, at: datetime) -> RollUpPage:
    """Return what deals added up to on a day, as it was then."""
    ask = AskedRollUp(period, as_of=day)
    page = roll_up(actor=actor, workspace=workspace, ask=ask, at=at)
    if page is None:
        raise Refusal(f"The invented company has no {period}.")
    return page


def _moment(day: date, is_later: bool = False) -> datetime:
    return datetime.combine(day, _HOUR, UTC) + timedelta(hours=int(is_later))


def _round(amount: Decimal) -> str:
    return f"{(amount / _STEP).to_integral_value() * _STEP:f}"

"""Approvals under many hands at once: nothing is ever released by one person.

Five people, in an order drawn by the seed, approve, change what is asked for, hand it on, stand
in for each other and end that again, each acting on the version they read last. Every twentieth
attempt they do so at once, in threads. Whatever comes of it, a release must rest on somebody
who agreed to the final text and wrote none of it, neither themselves nor for somebody.
"""

import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from tests.reliability.desk import served
from tests.reliability.hands import at_once, one_of
from tests.reliability.result import Result
from wald.cases.fold import Case, Event, EventKind, fold
from wald.kernel.actor import Actor
from wald.kernel.policy import GRANTS, Role
from wald.kernel.workspace import Workspace

T0 = datetime(2024, 5, 3, 9, tzinfo=UTC)
AT_ONCE_EVERY = 20
STEPS = 14
ROLES = {
    "ann": "rep",
    "bob": "manager",
    "cat": "finance",
    "dan": "rep",
    "eve": "sales_operations",
}
NAMES = tuple(ROLES)


@dataclass
class Trial:
    """One approval, what each person read last, and which version each vote had seen."""

    case_id: int
    home: Path
    seen: dict[str, int] = field(default_factory=dict)
    voted: dict[int, int] = field(default_factory=dict)  # number of the vote: version it saw


def run(count: int, seed: int, address: str = "") -> Result:
    """Make `count` interleavings; `address` names an empty PostgreSQL for the records."""
    started, failures, released = time.monotonic(), [], 0
    chance = random.Random(seed)  # noqa: S311  # a seed
    with served(address) as home, ThreadPoolExecutor(len(NAMES)) as threads:
        _hire()
        for number in range(count):
            trial = _opened(home, chance)
            if number % AT_ONCE_EVERY == 0:
                at_once(NAMES, STEPS // 3, chance, threads, partial(_step, trial))
            else:
                for _ in range(STEPS):
                    _step(trial, chance.choice(NAMES), chance)
            found = list(_broken(trial))
            failures += [f"attempt {number}: {one}" for one in found]
            released += _is_released(trial)
            _end_delegations()
    tried = f"{count} interleavings of five people, {released} released"
    words = "; ".join([tried, *failures[:5]])
    return Result(count, len(failures), words, time.monotonic() - started)


def _opened(home: Path, chance: random.Random) -> Trial:
    from wald.actions.cases import open_case

    asker = chance.choice(("ann", "dan", "eve"))
    others = [name for name in NAMES if name != asker]
    approvers = chance.sample(others, chance.choice((0, 1, 1, 2, 2)))
    body = {"approvers": approvers, "needs": chance.choice(("all", "any")), "text": "10 %"}
    case_id = open_case(
        actor=_actor(asker), workspace=_workspace(home), kind="approval", title="Discount",
        at=T0, body=body,
    )  # fmt: skip
    return Trial(case_id, home, dict.fromkeys(NAMES, 1))


def _step(trial: Trial, name: str, chance: random.Random) -> None:
    if chance.random() < 0.4:
        _read(trial, name)
    one_of(_STEPS, _WEIGHTS, trial, name, chance)


def _read(trial: Trial, name: str) -> None:
    from wald.records.stores.cases import load

    case = load(trial.case_id, database="default")
    if case is not None:
        trial.seen[name] = case.version


def _approve(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.actions.case_moves import move_case

    version = trial.seen[name]
    number = move_case(
        actor=_actor(name), workspace=_workspace(trial.home), case_id=trial.case_id,
        move="approve", version=version, at=T0 + timedelta(minutes=1),
    )  # fmt: skip
    trial.voted[number] = version


def _change(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.actions.cases import change_case

    change_case(
        actor=_actor(name), workspace=_workspace(trial.home), case_id=trial.case_id,
        text=f"{chance.randrange(50)} %", at=T0 + timedelta(minutes=1),
    )  # fmt: skip


def _hand_on(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.actions.case_moves import assign

    assign(
        actor=_actor(name), workspace=_workspace(trial.home), case_id=trial.case_id,
        to=chance.choice(NAMES), at=T0 + timedelta(minutes=1),
    )  # fmt: skip


def _take(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.actions.case_moves import take

    take(
        actor=_actor(name), workspace=_workspace(trial.home), case_id=trial.case_id,
        at=T0 + timedelta(minutes=1),
    )  # fmt: skip


def _comment(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.actions.cases import comment

    comment(
        actor=_actor(name), workspace=_workspace(trial.home), case_id=trial.case_id,
        text="Hm", at=T0 + timedelta(minutes=1),
    )  # fmt: skip


def _stand_in(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.actions.delegations import delegate

    delegate(
        actor=_actor(name), workspace=_workspace(trial.home), to=chance.choice(NAMES),
        starts_on=T0.date(), ends_on=T0.date() + timedelta(days=2), at=T0,
    )  # fmt: skip


_STEPS: tuple[Callable[[Trial, str, random.Random], None], ...] = (
    _approve, _change, _hand_on, _take, _comment, _stand_in,
)  # fmt: skip
_WEIGHTS = (6, 2, 2, 1, 1, 3)


def _broken(trial: Trial) -> Iterator[str]:
    """Say how the approval was released though it may not have been."""
    from wald.records.stores.cases import events

    found = events(trial.case_id, database="default")
    if [event.number for event in found] != list(range(1, len(found) + 1)):
        yield "events are missing"
    case = fold(found)
    if case.state != "approved":
        return
    writes = (EventKind.OPENED, EventKind.CHANGED)
    writers = {n for e in found if e.kind in writes for n in (e.by, e.for_name) if n}
    changed = max([e.number for e in found if e.kind is EventKind.CHANGED], default=1)
    votes = [e for e in found if e.text("vote") and e.number > changed]
    if not votes:
        yield "released without a vote on the final text"
    for vote in votes:
        if {vote.by, vote.text("vote")} & writers:
            yield f"{vote.who} wrote it and agreed to it"
        if trial.voted.get(vote.number, 0) < changed:
            yield f"{vote.who} agreed to a text they had not read"
    yield from _miscounted(case, votes)


def _miscounted(case: Case, votes: list[Event]) -> Iterator[str]:
    if len({vote.by for vote in votes}) != len(votes):
        yield "one person counted twice"
    missing = set(case.approvers) - {vote.text("vote") for vote in votes}
    if case.needs_all and missing:
        yield f"released without {', '.join(sorted(missing))}"


def _is_released(trial: Trial) -> bool:
    from wald.records.stores.cases import load

    case = load(trial.case_id, database="default")
    return case is not None and case.state == "approved"


def _hire() -> None:
    from wald.records.stores.users import create_user

    for name, role in ROLES.items():
        create_user(name, None, Role(role), database="default")


def _end_delegations() -> None:
    from wald.records.stores import delegations

    for one in delegations.all_of_them(database="default"):
        if one.ended_at is None:
            delegations.end(one.delegation_id, at=T0, database="default")


def _actor(name: str) -> Actor:
    role = Role(ROLES[name])
    return Actor(name, GRANTS[role], role)


def _workspace(home: Path) -> Workspace:
    return Workspace(home, "default")

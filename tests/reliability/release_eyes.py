"""A pay run under many hands at once: what counts was made by one and released by another.

Five people, in an order drawn by the seed, compute a quarter again, release it, take it back, hold
a deal, stand in for each other and end that, each acting on the draft they read last. Every tenth
attempt they do so at once, in threads. Whatever comes of it: at most one run of the quarter counts;
who released it was apart from who made it by the delegations of that very moment, as the journal
has them; it is the draft that they named, whole, and it pays the adjustment once; nothing is left
to release beside it. A run that is computed again has the layers of the first one: each fiftieth
attempt computes them anew, the others lay the same files there.
"""

import random
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from unittest.mock import patch

from tests.reliability.desk import served
from tests.reliability.hands import at_once, one_of
from tests.reliability.result import Result
from wald.actions import pay
from wald.documents.four_eyes import one_with
from wald.kernel.actor import Actor, everything
from wald.kernel.policy import GRANTS, Role
from wald.kernel.workspace import Workspace
from wald.queries.pay_computing import Computed, Computing, Told

AT = datetime(2026, 4, 2, 9, tzinfo=UTC)
PERIOD = "2026-Q1"
NAMES = ("ana", "ben", "cat", "fin", "rep")
AT_ONCE_EVERY = 10
ANEW_EVERY = 50
STEPS = 14


@dataclass
class Trial:
    """One quarter: which draft each person read last, and which runs they heard they released."""

    workspace: Workspace
    since: int  # number of the last entry before it
    seen: dict[str, int] = field(default_factory=dict)
    released: list[tuple[str, int]] = field(default_factory=list)


@dataclass(frozen=True)
class Laid:
    """Gives a run the layers of another one in place of computing them."""

    folder: Path
    computed: Computed

    def __call__(
        self, *, workspace: Workspace, asked: Computing, folder: Path, told: Told
    ) -> Computed:
        shutil.copytree(self.folder, folder)
        return self.computed


def run(count: int, seed: int, address: str = "") -> Result:
    """Make `count` interleavings; `address` names an empty PostgreSQL for the records."""
    started, failures, released = time.monotonic(), [], 0
    chance = random.Random(seed)  # noqa: S311  # a seed
    with served(address, is_durable=False) as home, ThreadPoolExecutor(len(NAMES)) as threads:
        workspace = Workspace(home, "default")
        laid = _prepared(workspace)
        for number in range(count):
            with patch.object(pay, "compute", pay.compute if number % ANEW_EVERY == 0 else laid):
                trial = _opened(workspace, chance)
                if number % AT_ONCE_EVERY == 0:
                    at_once(NAMES, STEPS // 3, chance, threads, partial(_step, trial))
                else:
                    for _ in range(STEPS):
                        _step(trial, chance.choice(NAMES), chance)
            failures += [f"attempt {number}: {one}" for one in _broken(trial, laid)]
            released += len(trial.released)
            _begin_anew()
    tried = f"{count} interleavings of five people, {released} released"
    words = "; ".join([tried, *failures[:5]])
    return Result(count, len(failures), words, time.monotonic() - started)


def _prepared(workspace: Workspace) -> Laid:
    """Make the company with an adjustment to pay; compute its quarter once, to be laid again."""
    from tests.paying_runs import ANA, FIN, payroll
    from wald.actions import pay_entries
    from wald.records.stores.users import create_user

    desk = payroll(workspace.home, workspace)
    for name in NAMES:
        create_user(name, None, Role.REP if name == "rep" else Role.FINANCE, database="default")
    new = pay_entries.NewAdjustment("R2", "10", "EUR", "a prize", desk.at.date())
    number = pay_entries.adjust(actor=ANA, workspace=workspace, new=new, at=desk.tick())
    pay_entries.decide(
        actor=FIN, workspace=workspace, adjustment_id=number, is_approved=True, at=desk.tick()
    )
    kept: list[Computed] = []

    def heard(**asked: object) -> Computed:
        kept.append(compute(**asked))  # type: ignore[arg-type]  # as it was asked
        return kept[-1]

    compute = pay.compute
    with patch.object(pay, "compute", heard):
        made = _run_again(workspace, "ana")
    folder = workspace.home / "laid"
    shutil.copytree(pay.folder_of(workspace, made), folder)
    _begin_anew()
    return Laid(folder, kept[0])


def _opened(workspace: Workspace, chance: random.Random) -> Trial:
    """Begin with a draft that everybody has read."""
    ((since,),) = _rows("SELECT coalesce(max(seq), 0) FROM records_journalentry")
    run_id = _run_again(workspace, chance.choice(NAMES[:-1]))
    return Trial(workspace, int(str(since)), dict.fromkeys(NAMES, run_id))


def _step(trial: Trial, name: str, chance: random.Random) -> None:
    if chance.random() < 0.6:
        trial.seen[name] = _newest(trial.seen[name])
    one_of(_STEPS, _WEIGHTS, trial, name, chance)


def _newest(otherwise: int) -> int:
    from wald.records.stores.pay import State, list_runs

    return next(
        (one.run_id for one in list_runs(database="default", states=(State.DRAFT,))), otherwise
    )


def _release(trial: Trial, name: str, chance: random.Random) -> None:
    run_id = trial.seen[name]
    pay.release(actor=_actor(name), workspace=trial.workspace, run_id=run_id, at=AT)
    trial.released.append((name, run_id))


def _again(trial: Trial, name: str, chance: random.Random) -> None:
    trial.seen[name] = _run_again(trial.workspace, name)


def _run_again(workspace: Workspace, name: str) -> int:
    how = pay.How(processes=1)
    made = pay.run(actor=_actor(name), workspace=workspace, period=PERIOD, at=AT, how=how)
    return made.run_id


def _take_back(trial: Trial, name: str, chance: random.Random) -> None:
    pay.withdraw(
        actor=_actor(name), workspace=trial.workspace, run_id=trial.seen[name], why="Hm", at=AT
    )


def _stand_in(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.actions.delegations import delegate

    delegate(
        actor=_actor(name), workspace=trial.workspace, to=chance.choice(NAMES),
        starts_on=AT.date(), ends_on=AT.date() + timedelta(days=2), at=AT,
    )  # fmt: skip


def _end(trial: Trial, name: str, chance: random.Random) -> None:
    from wald.actions.delegations import end_delegation
    from wald.records.stores.delegations import all_of_them

    mine = [
        one.delegation_id
        for one in all_of_them(database="default")
        if one.ended_at is None and name in (one.owner, one.delegate)
    ]
    if mine:
        end_delegation(
            actor=_actor(name), workspace=trial.workspace, delegation_id=chance.choice(mine), at=AT
        )


_STEPS: tuple[Callable[[Trial, str, random.Random], None], ...] = (
    _release, _again, _take_back, _stand_in, _end,
)  # fmt: skip
_WEIGHTS = (6, 2.5, 0.7, 2, 0.8)


def _broken(trial: Trial, laid: Laid) -> Iterator[str]:
    """Say what counts, or could come to count, though it may not."""
    runs = _rows("SELECT id, state, made_by, released_by FROM records_payrun ORDER BY id")
    states = [one[1] for one in runs]
    released = [one for one in runs if one[1] == "released"]
    if len(released) > 1 or states.count("draft") > 1 - len(released):
        yield f"of the runs of one quarter there are {states}"
    if set(states) - {"released", "draft", "withdrawn"}:
        yield "a run is neither draft nor released nor withdrawn"
    if [(str(by), number) for number, _, _, by in released] != trial.released:
        yield f"released are {released}, and they heard {trial.released}"
    paid = [one[0] for one in _rows("SELECT paid_in_id FROM records_payadjustment")]
    if paid != ([one[0] for one in released] or [None]):
        yield f"the adjustment was paid in {paid}"
    yield from _badly_released(trial, released, laid)


def _badly_released(trial: Trial, released: list[tuple[object, ...]], laid: Laid) -> Iterator[str]:
    """Say who released what they may not, and what was released otherwise than computed."""
    entries = _rows(
        "SELECT seq, action, about FROM records_journalentry "
        f"WHERE seq > {trial.since} ORDER BY seq"
    )
    told = [about for _, action, about in entries if action == "pay.release"]
    if told != [f"pay:{one[0]}" for one in released]:
        yield f"the journal tells releases of {told}"
    for number, _, made_by, released_by in released:
        pairs = _pairs_at(f"pay:{number}", entries)
        if one_with(str(released_by), (str(made_by),), pairs) is not None:
            yield f"run {number} was made by {made_by} and released by {released_by}: {pairs}"
        if released_by == "rep":
            yield f"run {number} was released by somebody without the right"
        if _files(pay.folder_of(trial.workspace, int(str(number)))) != _files(laid.folder):
            yield f"run {number} has other files"


def _pairs_at(about: str, entries: list[tuple[object, ...]]) -> tuple[tuple[str, str], ...]:
    """Return who stood in for whom when a run was released, by the order of the journal."""
    own = {
        str(number): (str(owner), str(delegate))
        for number, owner, delegate in _rows("SELECT id, owner, delegate FROM records_delegation")
    }
    lasting: dict[str, tuple[str, str]] = {}
    for _, action, whom in entries:
        if (action, whom) == ("pay.release", about):
            break
        number = str(whom).partition(":")[2]
        if action == "delegation.add":
            lasting[number] = own[number]
        elif action == "delegation.end":
            lasting.pop(number, None)
    return tuple(lasting.values())


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*"))}


def _rows(select: str) -> list[tuple[object, ...]]:
    from django.db import connections

    with connections["default"].cursor() as cursor:
        cursor.execute(select)
        return list(cursor.fetchall())


def _begin_anew() -> None:
    """Forget all runs and end all delegations: the next attempt has the same open quarter."""
    from django.db import connections

    from wald.records.stores import delegations

    with connections["default"].cursor() as cursor:
        cursor.execute("UPDATE records_payadjustment SET paid_in_id = NULL")
        cursor.execute("DELETE FROM records_payrun")
    for one in delegations.all_of_them(database="default"):
        if one.ended_at is None:
            delegations.end(one.delegation_id, at=AT, database="default")


def _actor(name: str) -> Actor:
    """Return somebody who may do everything; the rep may do what reps may."""
    return everything(name) if name != "rep" else Actor(name, GRANTS[Role.REP], Role.REP)

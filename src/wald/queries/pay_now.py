"""What is computed on the spot: what has changed for one person, and a run computed again."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from wald.facts.settings import calendar_of
from wald.heart.compensation.layers import LAYERS
from wald.heart.compensation.result import Delta
from wald.kernel.actor import Actor
from wald.kernel.period import Period
from wald.kernel.problem import NotAllowed
from wald.kernel.workspace import Workspace
from wald.queries.pay import run_seen
from wald.queries.pay_basis import basis_now, basis_of
from wald.queries.pay_computing import Computing, compute, delta_of
from wald.queries.pay_reading import Span, span_of
from wald.queries.sight import may_see_pay
from wald.records.stores import pay as store

Told = Callable[[str, int, int | None], None]


@dataclass(frozen=True, slots=True)
class Compared:
    """One layer of a run, computed again; `hash` is the new one."""

    layer: str
    rows: int
    hash: str
    is_same: bool


def delta_now(
    *, actor: Actor, workspace: Workspace, person_id: str, at: datetime, engine: str = ""
) -> tuple[Delta, ...]:
    """Return what the next run would pay one person for periods past, cause by cause.

    Nothing before the first released run. Raises NotAllowed to whoever may not see their pay.
    """
    actor.must("pay.read")
    released = store.released(database=workspace.database)
    if not released:
        return ()
    last = released[-1]
    last_day = last.ends_on - timedelta(days=1)
    if not may_see_pay(actor=actor, workspace=workspace, person_id=person_id, on=last_day):
        raise NotAllowed(f"{actor.name} may not see what {person_id} is paid.")
    basis = basis_now(workspace, last_day=last_day, at=at)
    calendar = calendar_of(basis.settings)
    # The days after the last run: whatever was paid before them is the past.
    following = Period(last.ends_on, last.ends_on + timedelta(days=1), "next")
    span = Span.of(following, released[0].starts_on, calendar)
    found, _ = delta_of(
        workspace=workspace, asked=Computing(basis, span, engine), person_id=person_id
    )
    return found


def replayed(
    *,
    actor: Actor,
    workspace: Workspace,
    run_id: int,
    engine: str = "",
    told: Told = lambda step, done, total: None,
) -> tuple[Compared, ...]:
    """Compute a run again from what it rested on; return each layer with whether it is the same.

    Raises pay.NoSuchPay, and Refusal where a document or a load of it is gone.
    """
    actor.must("pay.read_all")
    run = run_seen(actor, workspace, run_id)
    asked = Computing(basis_of(run.inputs), span_of(run), engine, pinned=run.inputs)
    workspace.cache.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=workspace.cache, prefix="replay-") as room:
        made = compute(workspace=workspace, asked=asked, folder=Path(room) / "again", told=told)
    return tuple(
        Compared(
            name, made.kept.layers[name].rows, made.kept.layers[name].hash,
            made.kept.layers[name] == run.layers.get(name),
        )
        for name in LAYERS
    )  # fmt: skip

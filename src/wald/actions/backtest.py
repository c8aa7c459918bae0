"""Back-test every forecaster on all past periods, and make the forecast of the next with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from wald.actions.act import act
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.chances_kept import are_kept
from wald.queries.forecast_ground import Wanted, asked_period
from wald.queries.forecast_kept import Kept, find, is_kept
from wald.queries.forecast_making import make
from wald.queries.forecast_submitted import marks
from wald.queries.forecasts import read_grain
from wald.queries.measure import view

Progress = Callable[[str, int, int | None], None]


def silent(step: str, done: int, total: int | None) -> None:
    """Show no progress."""


@dataclass(frozen=True, slots=True)
class Made:
    """`is_new`: it was computed now; else the same facts had been back-tested before."""

    kept: Kept
    is_new: bool


def run_backtest(
    *,
    actor: Actor,
    workspace: Workspace,
    at: datetime,
    grain: str = "",
    back: int = 16,
    progress: Progress = silent,
) -> Made:
    """Back-test on up to `back` past periods of a grain, quarter or month, and keep it.

    Killed, it goes on with the period it was at. Raises BadInput for a grain that is none, or
    where nothing is loaded.
    """
    actor.must("work.run")
    wanted = Wanted(read_grain(grain), back=back)
    seen = view(actor=actor, workspace=workspace)
    said = marks(workspace, *asked_period(seen, wanted))
    is_new = not (is_kept(seen, wanted.grain, said) and are_kept(seen, wanted.grain))
    if is_new:
        make(seen, workspace, wanted, said, at, progress)
    found = find(seen, wanted.grain, said)
    if found is None:
        raise RuntimeError("what was kept a moment ago cannot be read")
    if is_new:
        with act(
            actor=actor,
            workspace=workspace,
            at=at,
            permission="work.run",
            action="forecast.backtest",
            about="forecast",
        ) as entry:
            periods = found.meta["periods"]
            entry.after = {"grain": wanted.grain.value, "periods": periods, "key": found.key}
    return Made(found, is_new)


def is_wanted(*, actor: Actor, workspace: Workspace) -> bool:
    """Are there facts, or numbers said of them, that nobody has forecast from yet?"""
    actor.must("work.run")
    seen = view(actor=actor, workspace=workspace)
    has_facts = seen.snapshot.has("booking") or seen.snapshot.has("opportunity")
    if not has_facts:
        return False
    grain = read_grain("")
    said = marks(workspace, *asked_period(seen, Wanted(grain)))
    return not (is_kept(seen, grain, said) and are_kept(seen, grain))

"""The sales process as deals went through it: time in stage, what ended it, the funnel by cohort.

Source: docs/pipeline/process.md
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from wald.heart.pipeline.survival import Curve, Stays, shares_of_ends, survival

ON, BACK, WON, LOST = ENDS = ("on", "back", "won", "lost")
OPEN = "open"
_CLOSED = (WON, LOST)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage of the process: where it stands, and what a deal in it is: open, won or lost."""

    stage: str
    title: str
    position: int
    outcome: str

    @property
    def is_open(self) -> bool:
        return self.outcome == OPEN


@dataclass(frozen=True, slots=True)
class StageTimes:
    """How long deals stay in one stage; `shares` of each of ENDS, as far as days were seen.

    `median_of_ended` is of stays that are over alone, to be seen beside the honest one.
    """

    step: Step
    stays: int
    running: int
    curve: Curve
    shares: Mapping[str, float]
    median_of_ended: int | None


@dataclass(frozen=True, slots=True)
class Cohort:
    """Deals opened in one period: of `deals`, how many reached each step, won, lost, are open.

    `reached` and `pending` by position: `pending` stand there now and may go further yet.
    """

    label: str
    deals: int
    reached: Mapping[int, int]
    pending: Mapping[int, int]
    won: int
    lost: int
    open: int


@dataclass(frozen=True, slots=True)
class StageHistory:
    """`backwards`: stays left out because they ended before they began."""

    steps: tuple[Step, ...]
    stages: tuple[StageTimes, ...]
    to_close: Curve
    close_shares: Mapping[str, float]  # won and lost
    deals: int
    open_deals: int
    cohorts: tuple[Cohort, ...]
    backwards: int


def judge_stages(
    rows: Iterable[Mapping[str, Any]], steps: Mapping[str, Step]
) -> tuple[tuple[StageTimes, ...], int]:
    """Return the times of each open stage in the order of the process, and what was left out.

    `rows` as `passages.compose_stays` gives them.
    """
    ended: dict[str, dict[str, Counter[int]]] = defaultdict(lambda: defaultdict(Counter))
    running: dict[str, Counter[int]] = defaultdict(Counter)
    backwards = 0
    for row in rows:
        step = steps.get(row["stage"])
        if step is None or step.outcome in _CLOSED:
            continue
        if row["days"] < 0:
            backwards += row["deals"]
        elif not row["is_over"]:
            running[step.stage][row["days"]] += row["deals"]
        else:
            ended[step.stage][_end(row, step, steps)][row["days"]] += row["deals"]
    found = [
        _times(step, Stays(ended[step.stage], running[step.stage]))
        for step in sorted(steps.values(), key=lambda one: one.position)
        if step.stage in ended or step.stage in running
    ]
    return tuple(found), backwards


def judge_closings(rows: Iterable[Mapping[str, Any]]) -> Stays:
    """Return how long deals took to be won or lost. `rows` as `compose_closings` gives them."""
    ended: dict[str, Counter[int]] = {WON: Counter(), LOST: Counter()}
    running: Counter[int] = Counter()
    for row in rows:
        if row["days"] < 0:
            continue
        by_days = ended.get(row["outcome"], running)
        by_days[row["days"]] += row["deals"]
    return Stays(ended, running)


def judge_cohorts(
    rows: Iterable[Mapping[str, Any]], positions: Iterable[int], label: Callable[[date], str]
) -> tuple[Cohort, ...]:
    """Return the funnel of each cohort, oldest first. `rows` as `compose_reached` gives them.

    A won deal has reached every step, also those it skipped.
    """
    by_label: dict[str, list[Mapping[str, Any]]] = {}
    for row in sorted(rows, key=lambda one: one["opened_in"]):
        by_label.setdefault(label(row["opened_in"]), []).append(row)
    steps = sorted(positions)
    return tuple(_cohort(name, found, steps) for name, found in by_label.items())


def _cohort(name: str, rows: list[Mapping[str, Any]], steps: list[int]) -> Cohort:
    def count(outcome: str = "") -> int:
        return sum(row["deals"] for row in rows if not outcome or row["outcome"] == outcome)

    def past(step: int) -> int:
        rest = (row["deals"] for row in rows if row["outcome"] == WON or row["reached"] >= step)
        return sum(rest)

    def stands(step: int) -> int:
        here = (r["deals"] for r in rows if r["outcome"] == OPEN and r["reached"] == step)
        return sum(here)

    return Cohort(
        name,
        count(),
        {step: past(step) for step in steps},
        {step: stands(step) for step in steps},
        count(WON),
        count(LOST),
        count(OPEN),
    )


def _end(row: Mapping[str, Any], step: Step, steps: Mapping[str, Step]) -> str:
    """Say how a stay ended: the deal closed, or went on or back in the process."""
    following = steps.get(row["next_stage"]) if row["next_stage"] else None
    if following is None or following.outcome in _CLOSED:
        closed = following.outcome if following else row["outcome"]
        return closed if closed in _CLOSED else ON
    return ON if following.position > step.position else BACK


def _times(step: Step, stays: Stays) -> StageTimes:
    shares = dict.fromkeys(ENDS, 0.0) | dict(shares_of_ends(stays))
    over = survival(Stays(stays.ended, {})).median  # of those that are over alone
    return StageTimes(step, stays.count, sum(stays.running.values()), survival(stays), shares, over)

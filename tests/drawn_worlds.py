"""Worlds drawn day by day from known laws, so that what is learned from them can be judged.

A deal comes, moves through four stages and is won or lost with a chance that depends on its stage,
the end of the quarter and a shock that its quarter and team share. In a plain world nothing does:
one stage, one chance, expected days that mean nothing.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.forecast import BOOKED, CLOSED, OPEN, SUBMITTED, Known, Unit, grid
from wald.brain.ground import Seat
from wald.kernel.period import Grain, Period, months_calendar, periods

STARTS, STAGES = date(2023, 1, 1), 4
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Law:
    """`a_day` deals come; `shock` and `team_shock` are spreads in logits of the daily chances."""

    quarters: int = 9
    a_day: float = 1.6
    reps: int = 8
    teams: int = 2
    moves: float = 0.05
    wins: tuple[float, ...] = (0.001, 0.003, 0.01, 0.05)
    loses: tuple[float, ...] = (0.018, 0.013, 0.012, 0.02)
    rush: float = 3.0  # factor on the chance to win in a quarter's last ten days
    shock: float = 0.2
    team_shock: float = 0.1
    arrival_shock: float = 0.1
    rep_spread: float = 0.0  # of the logarithm of a rep's factor on the chance to win


PLAIN = Law(
    moves=0.0, wins=(0.012,), loses=(0.016,), rush=1.0, shock=0.0, team_shock=0.0, arrival_shock=0.0
)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A whole world; `known_on` cuts it. Arrays have an entry per deal."""

    law: Law
    quarters: tuple[Period, ...]
    open: pa.Table
    closed: pa.Table
    booked: pa.Table

    @property
    def submitted(self) -> pa.Table:
        return SUBMITTED.empty_table()

    @property
    def seats(self) -> tuple[Seat, ...]:
        return tuple(
            Seat(f"p{one}", STARTS, None, f"p{one}", f"T{one % self.law.teams}", "", "rep", None)
            for one in range(self.law.reps)
        )

    def known_on(self, period: Period, weeks_left: int) -> Known:
        day = grid(period)[-1 - weeks_left]
        return Known(
            day=day,
            period=period,
            before=tuple(one for one in self.quarters if one.end <= period.start),
            units=_units(self.law),
            booked=self.booked.filter(pc.field("booked_on") <= day),
            open=self.open.filter(pc.field("on") == day),
            past=self.open.filter(pc.field("on") < day),
            closed=self.closed.filter(pc.field("closed_on") <= day),
            submitted=SUBMITTED.empty_table(),
            quotas={},
        )


def drawn_world(seed: int, law: Law | None = None) -> Drawn:
    """Draw a world; where no law is given the shocks are drawn too, from 0 to 0.35 logits."""
    rng = np.random.default_rng(seed)
    if law is None:
        shock, team = rng.uniform(0, 0.35), rng.uniform(0, 0.2)
        law = replace(Law(), shock=shock, team_shock=team)
    ends = _EPOCH + timedelta(days=int(_number(STARTS) + 92 * law.quarters))
    quarters = tuple(periods(months_calendar(), Grain.QUARTER, STARTS, ends))[: law.quarters]
    return _lived(law, quarters, rng)


def _lived(law: Law, quarters: tuple[Period, ...], rng: np.random.Generator) -> Drawn:
    first, last = _number(quarters[0].start) - 120, _number(quarters[-1].last_day)
    count = int(law.a_day * (last - first) * 1.6)
    busy = np.exp(law.arrival_shock * rng.standard_normal(len(quarters) + 3))
    rate = law.a_day * busy[np.maximum(0, (np.arange(first, last + 1) - first) // 91)]
    opened = np.repeat(np.arange(first, last + 1), rng.poisson(rate))[:count]
    count = len(opened)
    rep = rng.integers(0, law.reps, count)
    team = rep % law.teams
    amount = np.exp(rng.normal(10, 0.6, count))
    due = opened + rng.integers(20, 120, count)
    stage, moved = np.zeros(count, dtype=np.int64), opened.copy()
    moves, pushes = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    closed, won = np.full(count, 10**9), np.zeros(count, dtype=bool)
    common = law.shock * rng.standard_normal(len(quarters) + 3)
    own = law.team_shock * rng.standard_normal((len(quarters) + 3, law.teams))
    skill = np.exp(law.rep_spread * rng.standard_normal(law.reps))
    wins, loses = np.array(law.wins), np.array(law.loses)
    days = {_number(day) for one in quarters for day in grid(one)}
    ends = [_number(one.last_day) for one in quarters]
    shots = []
    for day in range(first, last + 1):
        here = np.flatnonzero((opened < day) & (closed > 10**8))
        turn = int(np.searchsorted(ends, day))
        left = ends[min(turn, len(ends) - 1)] - day
        bend = np.exp(common[turn] + own[turn, team[here]]) * skill[rep[here]]
        bend = bend * (law.rush if 0 <= left < 10 else 1.0)
        chance = rng.random(len(here))
        win = np.minimum(wins[stage[here]] * bend, 0.5)
        ended = chance < win + loses[stage[here]]
        won[here] = chance < win
        closed[here[ended]] = day
        on = here[~ended]
        up = on[(rng.random(len(on)) < law.moves) & (stage[on] < len(wins) - 1)]
        stage[up], moved[up], moves[up] = stage[up] + 1, day, moves[up] + 1
        late = on[due[on] <= day]
        due[late], pushes[late] = day + rng.integers(15, 60, len(late)), pushes[late] + 1
        if day in days:
            still = np.flatnonzero((opened <= day) & (closed > day))
            shots.append(
                (still, np.full(len(still), day), stage[still], due[still], moved[still],
                 moves[still], pushes[still])
            )  # fmt: skip
    parts = [np.concatenate(part) for part in zip(*shots, strict=True)]
    paid = amount * np.exp(rng.normal(-0.05, 0.1, count))
    return _tables(law, quarters, parts, (opened, rep, amount, closed, won, paid))


def _tables(
    law: Law, quarters: tuple[Period, ...], parts: list[np.ndarray], deals: tuple[np.ndarray, ...]
) -> Drawn:
    opened, rep, amount, closed, won, paid = deals
    at, on, stage, due, moved, moves, pushes = parts
    ids = np.array([f"O{place}" for place in range(len(opened))])
    names = np.array([f"p{place}" for place in range(law.reps)])
    teams = np.array([f"T{place % law.teams}" for place in range(law.reps)])
    words = {name: pa.nulls(len(at), pa.string()) for name in ("segment", "type", "lead_source")}
    rows = pa.table(
        {
            "on": _dates(on),
            "opportunity_id": ids[at],
            "owner_id": names[rep[at]],
            "team": teams[rep[at]],
            **words,
            "stage": np.array([f"S{place}" for place in range(STAGES)])[stage],
            "position": stage + 1,
            "probability": pa.nulls(len(at), pa.float64()),
            "category": pa.nulls(len(at), pa.string()),
            "amount": amount[at],
            "opened_on": _dates(opened[at]),
            "close_on": _dates(due),
            "stage_on": _dates(moved),
            "moves": moves,
            "pushes": pushes,
            "pushed_days": pushes * 30,
            "active_on": pa.nulls(len(at), pa.date32()),
            "active_days": np.zeros(len(at), dtype=np.int64),
        }
    ).cast(OPEN)
    done = np.flatnonzero(closed < 10**8)
    done = done[np.argsort(closed[done], kind="stable")]
    ended = pa.table(
        {
            "opportunity_id": ids[done],
            "owner_id": names[rep[done]],
            "team": teams[rep[done]],
            "outcome": np.where(won[done], "won", "lost"),
            "amount": amount[done],
            "opened_on": _dates(opened[done]),
            "closed_on": _dates(closed[done]),
        }
    ).cast(CLOSED)
    wins = done[won[done]]
    booked = pa.table(
        {
            "booked_on": _dates(closed[wins]),
            "opportunity_id": ids[wins],
            "owner_id": names[rep[wins]],
            "team": teams[rep[wins]],
            "amount": paid[wins],
        }
    ).cast(BOOKED)
    booked = booked.filter(pc.field("booked_on") >= quarters[0].start)
    return Drawn(law, quarters, rows, ended, booked)


def _units(law: Law) -> tuple[Unit, ...]:
    people = [f"p{place}" for place in range(law.reps)]
    teams = [
        Unit(f"team:T{one}", "team", f"T{one}", frozenset(people[one :: law.teams]))
        for one in range(law.teams)
    ]
    single = [Unit(f"rep:{one}", "rep", one, frozenset({one}), one) for one in people]
    return (Unit("all", "all", "Everybody", frozenset(people)), *teams, *single)


def _dates(days: np.ndarray) -> pa.Array:
    return pa.array(days.astype(np.int32), pa.int32()).cast(pa.date32())


def _number(day: date) -> int:
    return (day - _EPOCH).days

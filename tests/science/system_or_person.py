"""System or person, judged on teams in which what is true is known, and on two public data sets.

Built on seeds below 100, judged on seeds from 3001 on.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from tests.science.experiment import Experiment, Figure
from tests.trials.maven_verdict import maven_words
from tests.verdict_worlds import Team, drawn, listed, summed, two_largest
from wald.brain.apart import standings
from wald.brain.verdict import Kind, Months, Verdict, verdict
from wald.brain.xmr import LIMIT

_TRIALS = 400
_FIRST_SEED = 3001
_DATA = Path(__file__).parents[3] / "shared" / "data"
_LEAST = 0.01
_NOTHING = Months()


@dataclass(frozen=True)
class _Count:
    worlds: int
    people: int
    named: int  # people without cause
    found: int  # worlds in which the planted one is named
    kinds: dict[Kind, int]


def _figures(share: float) -> Iterator[Figure]:
    trials = max(int(_TRIALS * share), 10)
    yield from _quiet(trials)
    yield from _planted(trials)
    yield from _charts(max(int(4000 * share), 200))
    yield from _public()


def _quiet(trials: int) -> Iterator[Figure]:
    team = Team()
    worlds = {
        "30 people who are equal": replace(team, spread=0.0, month_spread=0.0),
        "30 people who differ as usual (sd 4 points)": team,
        "30 people who differ much (sd 10 points)": replace(team, spread=0.10),
        "8 people who differ as usual": replace(team, people=8),
        "200 people with a deal a month": replace(team, people=200, deals=1.0),
        "30 people, days with a long tail": replace(team, is_days=True),
    }
    for place, (name, one) in enumerate(worlds.items()):
        found = _tried(one, trials, _FIRST_SEED + 10_000 * place)
        wrong = found.named / found.people
        yield Figure(
            f"null: {name}: people named without cause",
            f"{wrong:.3%} of {found.people:,}",
            f"at most {_LEAST:.0%}",
            wrong <= _LEAST,
        )
        shifted = {kind: found.kinds[kind] / found.worlds for kind in (Kind.SYSTEM, Kind.SEGMENT)}
        yield Figure(
            f"null: {name}: told that the system, that a segment shifted",
            f"{shifted[Kind.SYSTEM]:.1%}, {shifted[Kind.SEGMENT]:.1%} of {found.worlds}",
            "at most 2 % each",
            max(shifted.values()) <= 0.02,
            note="named level 1 % each",
        )


def _planted(trials: int) -> Iterator[Figure]:
    trials = max(trials // 2, 10)
    for place, (apart, deals) in enumerate(
        ((-0.15, 5.0), (-0.20, 5.0), (0.20, 5.0), (0.30, 5.0), (-0.20, 12.0), (0.20, 12.0))
    ):
        team = Team(apart=apart, deals=deals)
        found = _tried(team, trials, _FIRST_SEED + 100_000 + 10_000 * place, planted=True)
        yield Figure(
            f"power: one of 30 people {apart * 100:+.0f} points away, {deals * 12:.0f} deals "
            "a year",
            f"named in {found.found / found.worlds:.0%} of {found.worlds}; others named "
            f"{found.named / found.people:.3%}",
        )
    for place, team in enumerate(
        (Team(shift=-0.05), Team(shift=-0.08), Team(place_shift=-0.10), Team(place_shift=-0.15))
    ):
        kind = Kind.SYSTEM if team.shift else Kind.SEGMENT
        what = "everybody" if team.shift else "one of four segments"
        found = _tried(team, trials, _FIRST_SEED + 200_000 + 10_000 * place)
        other = Kind.SEGMENT if kind is Kind.SYSTEM else Kind.SYSTEM
        yield Figure(
            f"power: {what} {(team.shift or team.place_shift) * 100:+.0f} points for six months, "
            "150 deals a month",
            f"told in {found.kinds[kind] / found.worlds:.0%} of {found.worlds}; blamed on the "
            f"other {found.kinds[other] / found.worlds:.1%}",
        )


def _tried(team: Team, trials: int, seed: int, *, planted: bool = False) -> _Count:
    """Return what verdicts on so many teams said."""
    kinds = dict.fromkeys(Kind, 0)
    people = named = found = 0
    for trial in range(trials):
        chance = np.random.Generator(np.random.PCG64(seed + trial))
        told = _verdict(team, chance)
        kinds[told.kind] += 1
        own = {one.key for one in told.named}
        people += len(told.standings)
        found += planted and "P0" in own
        named += len(own - {"P0"} if planted else own)
    return _Count(trials, people, named, found, kinds)


def _verdict(team: Team, chance: np.random.Generator) -> Verdict:
    people, months = summed(drawn(team, chance))
    return verdict(people, months, chance)


def _charts(trials: int) -> Iterator[Figure]:
    for points, published in ((6, 0.25), (8, 0.21), (12, 0.16), (24, 0.09)):
        chance = np.random.Generator(np.random.PCG64(_FIRST_SEED + points))
        values = chance.standard_normal((trials, points + 12))
        told = values[:, :points]
        moves = np.abs(np.diff(told, axis=1)).mean(axis=1)
        away = np.abs(values[:, points:] - told.mean(axis=1)[:, None])
        wrong = float((away > LIMIT * moves[:, None]).any(axis=1).mean())
        yield Figure(
            f"XmR limits of {points} points: a false signal outside among the next 12",
            f"{wrong:.1%}",
            "the published figure, 2 points",
            abs(wrong - published) <= 0.02,
            f"{published:.0%}",
        )


def _public() -> Iterator[Figure]:
    maven = _DATA / "maven_crm"
    if maven.exists():
        kind, differ, p_value = maven_words(maven)
        yield Figure(
            "Maven CRM, 30 reps, win rate: do reps differ?",
            f"{'they differ' if differ else 'no evidence that they do'} "
            f"(luck alone {p_value:.0%}); {kind.value.replace('_', ' ')}",
            "no evidence that reps differ, nobody named",
            not differ and kind is not Kind.PERSON,
        )
    bohanec = _DATA / "b2b_bohanec" / "b2b_opportunities.csv"
    if bohanec.exists():
        people = listed(bohanec, "Seller", "Won", ("Product", "Comp_size", "Source"))
        chance = np.random.Generator(np.random.PCG64(1))
        all_of_them = standings(people.sums, chance)
        yield Figure(
            "Bohanec, 18 sellers net of product, size and source: do they differ?",
            f"{'they differ' if all_of_them.differ else 'no evidence'} "
            f"(luck alone {all_of_them.differ_p:.2%})",
            "they differ",
            all_of_them.differ,
        )
        told = verdict(two_largest(people), _NOTHING, chance)
        yield Figure(
            "Bohanec, the two largest sellers beside each other",
            " and ".join(f"{one.title} {one.adjusted.estimate:.0%}" for one in told.named)
            or "cannot be told apart",
            "the two sellers differ",
            told.kind is Kind.PERSON,
        )


EXPERIMENT = Experiment(
    key="system_or_person",
    title="System or person",
    what=(
        "Teams of known truth: deals of people in segments, accounts and months that hang "
        "together, verdicts as `wald verdict` gives them; and two public data sets. Seeds from "
        "3001 on, none used while building."
    ),
    figures=_figures,
)

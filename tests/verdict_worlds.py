"""Invented sales teams for verdicts: deals of people, segments, accounts and months, summed up.

What is planted is known; nothing here knows how a verdict is made.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.random import Generator

from wald.brain.apart import Tallies
from wald.brain.case_mix import Cells, expected, fit_case_mix
from wald.brain.deal_weeks import Floats, Ints
from wald.brain.shift import Against, Series
from wald.brain.verdict import Months, People

MONTHS, YEAR = 36, 12
_SEGMENTS = (0.08, 0.0, -0.06, 0.03)


@dataclass(frozen=True)
class Team:
    """`deals` a month and person; `spread` of usual people; `apart` what is planted on the first;
    `shift` for everybody and `place_shift` in the first segment, over the last six months."""

    people: int = 30
    deals: float = 5.0
    spread: float = 0.04
    month_spread: float = 0.02
    account_spread: float = 0.1
    apart: float = 0.0
    shift: float = 0.0
    place_shift: float = 0.0
    is_days: bool = False  # days with a long tail, instead of won and lost


@dataclass(frozen=True)
class Rows:
    """One entry a deal."""

    x: Floats
    person: Ints
    segment: Ints
    month: Ints
    account: Ints


def drawn(team: Team, chance: Generator) -> Rows:
    """Return the deals of a team; sellers have segments they mostly sell to."""
    pace = team.deals * chance.gamma(6, 1 / 6, team.people)
    count = chance.poisson(np.repeat(pace[:, None], MONTHS, axis=1))
    person = np.repeat(np.arange(team.people), count.sum(axis=1))
    month = np.concatenate([np.repeat(np.arange(MONTHS), one) for one in count])
    usual = chance.integers(0, len(_SEGMENTS), team.people)
    strays = chance.random(len(person)) < 0.4
    segment = np.where(strays, chance.integers(0, len(_SEGMENTS), len(person)), usual[person])
    account = person * 1000 + chance.integers(0, 60, len(person))
    own = team.spread * chance.standard_normal(team.people)
    own[0] += team.apart
    late = month >= MONTHS - 6
    level = (
        np.array(_SEGMENTS)[segment]
        + own[person]
        + (team.month_spread * chance.standard_normal(MONTHS))[month]
        + 0.05 * (month % 3 == 2)
        + (team.account_spread * chance.standard_normal(team.people * 1000))[account]
        + team.shift * late
        + team.place_shift * (late & (segment == 0))
    )
    if team.is_days:
        mean = 60 * np.exp(2 * level)
        return Rows(mean * chance.gamma(1.2, 1 / 1.2, len(person)), person, segment, month, account)
    won = chance.random(len(person)) < np.clip(0.3 + level, 0.01, 0.99)
    return Rows(won.astype(np.float64), person, segment, month, account)


def summed(rows: Rows) -> tuple[People, Months]:
    """Return the sums that a verdict is judged from: people over a year, months of three."""
    cells = _cells(rows.x, {"segment": rows.segment}, rows.month)
    mix = fit_case_mix(cells)
    usual = expected(cells, mix)
    here = rows.month >= MONTHS - YEAR
    r = (rows.x - usual - np.array(mix.months)[rows.month])[here]
    sums = _tallies(rows.x[here], r, rows.person[here], rows.account[here])
    names = tuple(f"P{i}" for i in range(len(sums.rows)))
    left = rows.x - usual
    skew = float((left**3).mean() / (left**2).mean() ** 1.5)
    luck = (mix.row_variance, skew)
    everybody = _series("", left, rows.month, luck)
    places = []
    for level in range(len(_SEGMENTS)):
        at = rows.segment == level
        one, rest = (_series(f"segment:{level}", left[w], rows.month[w], luck) for w in (at, ~at))
        place = Series(
            one.key, one.off - rest.off, one.variance + rest.variance, one.month, one.rows, skew
        )
        places.append(Against(place, rest))
    return People(names, names, sums), Months(everybody, tuple(places))


def listed(path: Path, who: str, won: str, mix: Sequence[str]) -> People:
    """Return the sums of a file with a row a deal, net of what columns say of the deal."""
    with path.open() as file:
        found = list(csv.DictReader(file))
    codes = {name: _coded([row[name] for row in found])[0] for name in mix}
    x = np.array([float(row["Status"] == won) for row in found])
    cells = _cells(x, codes, np.zeros(len(x), dtype=np.int64))
    person, names = _coded([row[who] for row in found])
    r = x - expected(cells, fit_case_mix(cells))
    return People(names, names, _tallies(x, r, person, np.arange(len(x))), bounds=(0.0, 1.0))


def two_largest(people: People) -> People:
    """Return the two with most rows, beside each other."""
    at = np.sort(np.argsort(-people.sums.rows)[:2])
    sums = Tallies(*(getattr(people.sums, name)[at] for name in Tallies.__slots__))
    names = tuple(people.titles[i] for i in at)
    return People(names, names, sums, bounds=people.bounds)


def _coded(values: list[str]) -> tuple[Ints, tuple[str, ...]]:
    labels, codes = np.unique(np.array(values), return_inverse=True)
    return codes.astype(np.int64), tuple(map(str, labels))


def _cells(x: Floats, codes: Mapping[str, Ints], month: Ints) -> Cells:
    one = np.ones(len(x))
    labels = {name: tuple(str(i) for i in range(int(c.max()) + 1)) for name, c in codes.items()}
    return Cells(one, x, one, x * x, x, one, dict(codes), labels, month)


def _tallies(x: Floats, r: Floats, person: Ints, cluster: Ints) -> Tallies:
    people = int(person.max()) + 1
    one = np.ones(len(x))

    def added(each: Floats) -> Floats:
        return np.bincount(person, each, minlength=people).astype(np.float64)

    keys, place = np.unique(cluster, return_inverse=True)
    whose = np.zeros(len(keys), dtype=np.int64)
    whose[place] = person
    r_sum, w_sum = (np.bincount(place, each).astype(np.float64) for each in (r, one))

    def clustered(each: Floats) -> Floats:
        return np.bincount(whose, each, minlength=people).astype(np.float64)

    return Tallies(
        added(one), added(x), added(one), added(r), added(r * r), added(r**3), added(r),
        added(one), clustered(r_sum**2), clustered(r_sum * w_sum), clustered(w_sum**2),
    )  # fmt: skip


def _series(key: str, left: Floats, month: Ints, luck: tuple[float, float]) -> Series:
    rows = np.bincount(month, minlength=MONTHS).astype(np.float64)
    off = np.bincount(month, left, minlength=MONTHS) / np.maximum(rows, 1)
    doubt = np.where(rows > 0, luck[0] / np.maximum(rows, 1), np.inf)
    return Series(key, off, doubt, np.arange(MONTHS), rows, luck[1])

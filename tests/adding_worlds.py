"""Frames of drawn worlds in which it is known how far each level is missed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType

import numpy as np

from wald.brain.frames import Frame
from wald.brain.hierarchy import Place, children_of
from wald.kernel.period import Period

TWO = (
    Place("all", "all", "", "Everybody", frozenset("ab"), "boss"),
    Place("rep:a", "rep", "all", "A", frozenset("a"), "a"),
    Place("rep:b", "rep", "all", "B", frozenset("b"), "b"),
)


def frame(
    number: int,
    points: Mapping[str, float],
    actual: Mapping[str, float],
    *,
    said: Mapping[str, float] | None = None,
    closed: Mapping[str, float] | None = None,
    places: Sequence[Place] = TWO,
) -> Frame:
    start = date(2020 + number, 1, 1)
    return Frame(
        period=Period(start, date(2020 + number, 4, 1), f"{start:%Y}-Q1"),
        weeks=6,
        places=tuple(places),
        points=MappingProxyType(dict(points)),
        closed=MappingProxyType(dict(closed or dict.fromkeys(points, 0.0))),
        scales=MappingProxyType(dict.fromkeys(points, 100.0)),
        said=MappingProxyType(dict(said or {})),
        actual=MappingProxyType(dict(actual)),
        below=MappingProxyType(children_of(places)),
    )


def worlds(count: int, spreads: Sequence[float], seed: int) -> list[Frame]:
    """Return frames of three teams of three; `spreads`: how far all, teams and reps are missed."""
    rng = np.random.default_rng(seed)
    teams = [Place(f"team:{one}", "team", "all", one, frozenset(), f"m{one}") for one in "NSW"]
    places = [Place("all", "all", "", "Everybody", frozenset(), "boss"), *teams]
    for team in teams:
        for one in "xyz":
            key = f"{team.title}{one}"
            places.append(Place(f"rep:{key}", "rep", team.key, key, frozenset({key}), key))
    found = []
    for number in range(count):
        came = {one.key: float(rng.normal(100, 20)) for one in places if one.level == "rep"}
        for team in teams:
            came[team.key] = sum(came[one.key] for one in places if one.parent == team.key)
        came["all"] = sum(came[team.key] for team in teams)
        wide = dict(zip(("all", "team", "rep"), spreads, strict=True))
        told = {one.key: came[one.key] + rng.normal(0, wide[one.level]) for one in places}
        scales = {"all": 900.0, "team": 300.0, "rep": 100.0}
        made_of = frame(number, told, came, places=places)
        usual = {one.key: scales[one.level] for one in places}
        found.append(replace(made_of, scales=MappingProxyType(usual)))
    return found

"""Learned models of deals as JSON and back, to the last bit: what is kept gives the same chances.

Raises KeyError, TypeError or ValueError for anything that was not written here.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np

from wald.brain.additive import Additive
from wald.brain.bookings_ahead import Learned
from wald.brain.chance_judged import Bin, Judgement
from wald.brain.deal_states import Coding
from wald.brain.deal_weeks import Floats
from wald.brain.hazards import Hazards
from wald.brain.open_deals import Amounts
from wald.brain.shock import Shock
from wald.brain.stats import Interval
from wald.brain.win_chance import WinModel
from wald.kernel.period import Period

Plain: TypeAlias = dict[str, Any]  # what json reads and writes


def win_model_plain(model: WinModel) -> Plain:
    additive = model.additive
    return {
        "levels": {name: list(each) for name, each in additive.levels.items()},
        "scales": {name: list(each) for name, each in additive.scales.items()},
        "columns": list(additive.columns),
        "centre": additive.centre.tolist(),
        "weights": additive.weights.tolist(),
        "start": additive.start,
        "ridge": additive.ridge,
        "base": dict(model.base),
        "deals": model.deals,
        "judgement": _judgement_plain(model.judgement),
    }


def win_model(plain: Plain) -> WinModel:
    scales = plain["scales"]
    additive = Additive(
        levels=_tuples(plain["levels"]),
        scales=MappingProxyType({name: (mean, wide) for name, (mean, wide) in scales.items()}),
        columns=tuple(plain["columns"]),
        centre=_floats(plain["centre"]),
        weights=_floats(plain["weights"]),
        start=plain["start"],
        ridge=plain["ridge"],
    )  # fmt: skip
    base = MappingProxyType(dict(plain["base"]))
    return WinModel(additive, base, _judgement(plain["judgement"]), plain["deals"])


def learned_plain(learned: Learned) -> Plain:
    hazards, coding = learned.hazards, learned.hazards.coding
    shock = learned.shock
    return {
        "coding": {
            "levels": {name: list(each) for name, each in coding.levels.items()},
            "columns": list(coding.columns),
            "means": coding.means.tolist(),
            "spreads": coding.spreads.tolist(),
            "last_position": coding.last_position,
            "fills": dict(coding.fills),
        },
        "weights": hazards.weights.tolist(),
        "start": hazards.start.tolist(),
        "periods": [[str(one.start), str(one.end), one.label] for one in hazards.periods],
        "reps": {name: list(each) for name, each in hazards.reps.items()},
        "wins": hazards.wins,
        "losses": hazards.losses,
        "says": hazards.says,
        "ratios": learned.amounts.ratios.tolist(),
        "usual": learned.amounts.usual,
        "shock": [shock.mean, shock.spread, shock.team_spread, shock.degrees, shock.periods],
    }


def learned(plain: Plain) -> Learned:
    coding = plain["coding"]
    periods = [
        Period(date.fromisoformat(start), date.fromisoformat(end), label)
        for start, end, label in plain["periods"]
    ]
    hazards = Hazards(
        coding=Coding(
            _tuples(coding["levels"]),
            tuple(coding["columns"]),
            _floats(coding["means"]),
            _floats(coding["spreads"]),
            coding["last_position"],
            MappingProxyType(dict(coding["fills"])),
        ),
        weights=_floats(plain["weights"]),
        start=_floats(plain["start"]),
        periods=tuple(periods),
        reps=MappingProxyType({name: (won, lost) for name, (won, lost) in plain["reps"].items()}),
        wins=plain["wins"],
        losses=plain["losses"],
        says=plain["says"],
    )
    mean, spread, team_spread, degrees, count = plain["shock"]
    return Learned(
        hazards,
        Amounts(_floats(plain["ratios"]), plain["usual"]),
        Shock(mean, spread, team_spread, degrees, count),
    )


def _judgement_plain(found: Judgement) -> Plain:
    return {
        "deals": found.deals,
        "won": found.won,
        "brier": found.brier,
        "base_brier": found.base_brier,
        "skill": _three(found.skill),
        "auc": _three(found.auc) if found.auc else None,
        "lean": _three(found.lean),
        "bins": [[one.deals, one.said, _three(one.came)] for one in found.bins],
    }


def _judgement(plain: Plain) -> Judgement:
    return Judgement(
        deals=plain["deals"],
        won=plain["won"],
        brier=plain["brier"],
        base_brier=plain["base_brier"],
        skill=Interval(*plain["skill"]),
        auc=Interval(*plain["auc"]) if plain["auc"] else None,
        lean=Interval(*plain["lean"]),
        bins=tuple(Bin(deals, said, Interval(*came)) for deals, said, came in plain["bins"]),
    )


def _three(one: Interval) -> list[float]:
    return [one.low, one.estimate, one.high]


def _floats(values: Sequence[object]) -> Floats:
    return np.array(values, dtype=np.float64)


def _tuples(levels: Mapping[str, Sequence[str]]) -> Mapping[str, tuple[str, ...]]:
    return MappingProxyType({name: tuple(each) for name, each in levels.items()})

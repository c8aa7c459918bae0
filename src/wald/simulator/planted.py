"""The problems that can be planted: one switch each; of Acme's own, what they bend and how much."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from wald.simulator.company import INDUSTRIES, PROPOSAL, REGIONS, SEGMENTS, STAGES
from wald.simulator.days import day_of, quarter_starts
from wald.simulator.people import Staff
from wald.simulator.problems import (
    FURTHER,
    NONE_FURTHER,
    Further,
    further,
    spots,
    strength_of,
    where_of,
)

SWITCHES: Mapping[str, str] = {
    "process_broke": "a step was added to one stage for one segment in one region: deals stall",
    "sandbagger": "one rep keeps wins back until the next quarter and commits too little",
    "segment_slipped": "one industry is won less often from a day on",
    "discount_creep": "the discounts of one team grow, quarter by quarter",
    "plan_pays_margin_away": "a new plan pays a bonus per large deal: discounts buy deals over it",
    "weak_rep": "one rep loses deals that others would win",
    **FURTHER,
}
OWN = tuple(name for name in SWITCHES if name not in FURTHER)  # Acme's own
_KINDS = {
    "stage_chances_off": "document",
    "quota_out_of_reach": "document",
    "activity_without_result": "team",
    "team_overcommits": "team",
}


@dataclass(frozen=True, slots=True)
class ProcessBroke:
    starts: int
    region: int
    segment: int
    stage: int = PROPOSAL
    slower: float = 2.6  # factor on the days in the stage
    losing: float = 1.9  # factor on the chance to lose in the stage


@dataclass(frozen=True, slots=True)
class Sandbagger:
    starts: int
    person: int
    held_back: float = 0.7  # share of the wins of a quarter's last four weeks that wait
    commits: float = 0.35  # factor on what is committed of open deals


@dataclass(frozen=True, slots=True)
class SegmentSlipped:
    starts: int
    industry: int
    losing: float = 1.8  # factor on the chance to lose, from Discovery on


@dataclass(frozen=True, slots=True)
class DiscountCreep:
    starts: int
    team: int  # index in the first block
    a_quarter: float = 0.018  # share of list price, more each quarter
    most: float = 0.2  # share of list price


@dataclass(frozen=True, slots=True)
class PlanPaysMarginAway:
    starts: int
    threshold: int = 40_000_00  # cents of the deal's own currency
    reach: float = 0.74  # deals from this share of the threshold up are tempted
    tempted: float = 0.6  # share of those deals that give in
    discount: float = 0.11  # what they give away on top, share of list price


@dataclass(frozen=True, slots=True)
class WeakRep:
    starts: int
    person: int
    losing: float = 1.4  # factor on the chance to lose, in each stage


@dataclass(frozen=True, slots=True)
class Planted:
    """What is planted in one history; None: not switched on."""

    process_broke: ProcessBroke | None = None
    sandbagger: Sandbagger | None = None
    segment_slipped: SegmentSlipped | None = None
    discount_creep: DiscountCreep | None = None
    plan_pays_margin_away: PlanPaysMarginAway | None = None
    weak_rep: WeakRep | None = None
    further: Further = NONE_FURTHER


def plant(names: tuple[str, ...], house: Staff, first_day: int, last_day: int) -> Planted:
    """Choose where each switched-on problem sits; people and teams come from the first block.

    The choice depends on the people alone, not on which other problems are switched on.
    """
    weak, sandbagger = _long_serving(house, first_day, last_day)
    avoided = {house.seat_teams[_seat(house, person)] for person in (weak, sandbagger)}
    team = next((t for t in range(len(house.teams)) if t not in avoided), 0)
    everything = Planted(
        ProcessBroke(_quarter(first_day, last_day, 0.55), 0, 1),
        Sandbagger(first_day, house.first_number + sandbagger),
        SegmentSlipped(_quarter(first_day, last_day, 0.62), INDUSTRIES.index("Retail")),
        DiscountCreep(_quarter(first_day, last_day, 0.4), team),
        PlanPaysMarginAway(_quarter(first_day, last_day, 0.7)),
        WeakRep(first_day, house.first_number + weak),
    )
    off = {name: None for name in OWN if name not in names}
    quarters = tuple(_quarter(first_day, last_day, share) for share in (0.3, 0.45, 0.6))
    return replace(everything, **off, further=further(names, quarters, len(house.teams)))


def answers(planted: Planted, house: Staff, cut: int) -> list[dict[str, object]]:
    """Return what was planted and had begun by the end of the day `cut`, as plain JSON values."""
    found = [
        _broken_step(planted.process_broke),
        _sandbagger(planted.sandbagger),
        _segment_slipped(planted.segment_slipped),
        _discount_creep(planted.discount_creep, house),
        _plan_pays_margin_away(planted.plan_pays_margin_away),
        _weak_rep(planted.weak_rep),
        *_further(planted.further, house),
    ]
    return [answer for starts, answer in found if starts is not None and starts <= cut]


_Answer = tuple[int | None, dict[str, object]]


def _answer(
    name: str, kind: str, starts: int, where: dict[str, object], strength: dict[str, object]
) -> _Answer:
    return starts, {
        "problem": name,
        "kind": kind,
        "what": SWITCHES[name],
        "from": day_of(starts).isoformat(),
        "where": where,
        "strength": strength,
    }


def _broken_step(problem: ProcessBroke | None) -> _Answer:
    if problem is None:
        return None, {}
    where: dict[str, object] = {
        "region": REGIONS[problem.region].name,
        "segment": SEGMENTS[problem.segment].name,
        "stage": STAGES[problem.stage].name,
    }
    strength: dict[str, object] = {
        "days_in_stage_factor": problem.slower,
        "loss_in_stage_factor": problem.losing,
    }
    return _answer("process_broke", "system", problem.starts, where, strength)


def _sandbagger(problem: Sandbagger | None) -> _Answer:
    if problem is None:
        return None, {}
    strength: dict[str, object] = {
        "share_of_late_wins_held_back": problem.held_back,
        "commit_of_open_deals_factor": problem.commits,
    }
    where: dict[str, object] = {"person_id": person_id(problem.person)}
    return _answer("sandbagger", "person", problem.starts, where, strength)


def _segment_slipped(problem: SegmentSlipped | None) -> _Answer:
    if problem is None:
        return None, {}
    where: dict[str, object] = {"industry": INDUSTRIES[problem.industry]}
    strength: dict[str, object] = {"loss_factor_from_discovery": problem.losing}
    return _answer("segment_slipped", "system", problem.starts, where, strength)


def _discount_creep(problem: DiscountCreep | None, house: Staff) -> _Answer:
    if problem is None:
        return None, {}
    where: dict[str, object] = {"team": house.teams[problem.team].name}
    strength: dict[str, object] = {"more_each_quarter": problem.a_quarter, "most": problem.most}
    return _answer("discount_creep", "team", problem.starts, where, strength)


def _plan_pays_margin_away(problem: PlanPaysMarginAway | None) -> _Answer:
    if problem is None:
        return None, {}
    where: dict[str, object] = {"deal_amount_at": problem.threshold // 100, "currency": "any"}
    strength: dict[str, object] = {
        "tempted_from": round(problem.threshold * problem.reach) // 100,
        "share_tempted": problem.tempted,
        "extra_discount": problem.discount,
    }
    return _answer("plan_pays_margin_away", "plan", problem.starts, where, strength)


def _weak_rep(problem: WeakRep | None) -> _Answer:
    if problem is None:
        return None, {}
    where: dict[str, object] = {"person_id": person_id(problem.person)}
    return _answer(
        "weak_rep", "person", problem.starts, where, {"loss_factor_each_stage": problem.losing}
    )


def _further(planted: Further, house: Staff) -> Iterator[_Answer]:
    for name, spot in spots(planted).items():
        kind, where = _KINDS.get(name, "system"), where_of(spot, house)
        yield _answer(name, kind, spot.starts, where, strength_of(planted, name))


def person_id(person: int) -> str:
    return f"P{person:06d}"


def _quarter(first_day: int, last_day: int, share: float) -> int:
    """Return the start of the fiscal quarter a share of the history in, never before it."""
    day = np.array([first_day + round(share * (last_day - first_day))], dtype=np.int64)
    return max(first_day, int(quarter_starts(day)[0]))


def _seat(house: Staff, person: int) -> int:
    return next(stint.seat for stint in house.life.stints if stint.person == person)


def _long_serving(house: Staff, first_day: int, last_day: int) -> tuple[int, int]:
    """Return the two reps who held their seats longest, of different teams if there are two."""
    served = sorted(
        (first_day - stint.ends if stint.ends is not None else first_day - last_day, stint.person)
        for stint in house.life.stints
        if stint.starts <= first_day
    )
    first = served[0][1]
    team = house.seat_teams[_seat(house, first)]
    others = [p for _, p in served if house.seat_teams[_seat(house, p)] != team]
    return first, others[0] if others else first

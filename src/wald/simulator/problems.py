"""Problems beside Acme's own six: each with its spot, and how strong it is.

None of them is switched on unless the caller names it; what it bends draws from streams of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from wald.simulator.columns import NOTHING
from wald.simulator.company import (
    DISCOVERY,
    PARTNER,
    PRODUCTS,
    REGIONS,
    SEGMENTS,
    SOURCES,
    STAGES,
)
from wald.simulator.deals import Openings
from wald.simulator.people import Staff
from wald.simulator.streams import Flags, Ints

FURTHER: Mapping[str, str] = {
    "product_mix_shifted": "one segment buys hardware where it bought platforms",
    "quarter_end_discounts": "one region gives discounts away in the last days of each quarter",
    "discounts_under_limit": "one region raises discounts to just under the limit of approval",
    "deals_split": "one region splits deals so that each part stays under a limit of approval",
    "deals_stall": "in one region many deals fall asleep in one stage",
    "deals_pushed": "one region promises dates too early and moves them again and again",
    "pipeline_dries_up": "one region no longer looks for deals: few of its own making open",
    "leads_wait": "leads of one source wait much longer for their first answer",
    "leads_convert_less": "leads of one source no longer become deals as they did",
    "activity_without_result": "one team does much more about its deals, and wins no more",
    "slow_ramp": "people hired from a day on open fewer deals in their first months and lose more",
    "stage_chances_off": "the agreed chances of two stages are raised; deals do as they did",
    "quota_out_of_reach": "the quotas of one team are raised beyond what its territories bear",
    "entry_habit_changed": "one region leaves amounts empty until a deal is won",
    "step_unused": "nobody records tasks any more",
    "deals_pulled_forward": "one region books the next quarter's deals in a quarter's last days",
    "team_overcommits": "one team commits far more than its open deals bring",
}
_TASK = 3  # a kind of activity, by index
AMOUNT_LIMIT = 25_000_00  # cents of the deal's own currency
_GATEWAY = 6  # index in PRODUCTS: hardware


@dataclass(frozen=True, slots=True)
class Spot:
    """From which day and where; NOTHING: everywhere. A team is an index in the first block."""

    starts: int
    team: int = NOTHING
    region: int = NOTHING
    segment: int = NOTHING
    source: int = NOTHING
    stage: int = NOTHING

    def holds(self, staff: Staff, deals: Openings, days: Ints, block: int) -> Flags:
        """Return which deals lie at the spot, each on its own day."""
        there = days >= self.starts
        for wanted, codes in (
            (self.region, deals.region),
            (self.segment, deals.segment),
            (self.source, deals.source),
        ):
            if wanted != NOTHING:
                there &= codes == wanted
        return there & self.of_team(staff, deals.seat, days, block)

    def of_team(self, staff: Staff, seats: Ints, days: Ints, block: int) -> Flags:
        if self.team == NOTHING:
            return days >= self.starts
        here = staff.team(seats, days) == self.team
        return np.asarray((days >= self.starts) & here & (block == 0))


@dataclass(frozen=True, slots=True)
class ProductMixShifted:
    spot: Spot
    share: float = 0.45  # of the deals about anything else
    to: int = _GATEWAY


@dataclass(frozen=True, slots=True)
class QuarterEndDiscounts:
    spot: Spot
    last_days: int = 12
    more: float = 0.08  # share of list price


@dataclass(frozen=True, slots=True)
class DiscountsUnderLimit:
    spot: Spot
    limit: float = 0.15
    from_below: float = 0.1  # discounts this far under the limit are raised to it
    from_above: float = 0.06
    share: float = 0.8


@dataclass(frozen=True, slots=True)
class DealsSplit:
    spot: Spot
    limit: int = AMOUNT_LIMIT
    up_to: float = 4.0  # deals worth up to so many limits
    share: float = 0.7


@dataclass(frozen=True, slots=True)
class DealsStall:
    spot: Spot
    share: float = 0.3  # of the deals in the stage
    slower: float = 6.5  # factor on the days in the stage


@dataclass(frozen=True, slots=True)
class DealsPushed:
    spot: Spot
    hopes: float = 0.1  # factor on the days to the first close date
    stays: float = 0.8  # factor on the days a date is moved by


@dataclass(frozen=True, slots=True)
class PipelineDriesUp:
    spot: Spot
    share: float = 0.65  # of the deals of its own making


@dataclass(frozen=True, slots=True)
class LeadsWait:
    spot: Spot
    longer: float = 4.0  # factor on the hours until the first answer


@dataclass(frozen=True, slots=True)
class LeadsConvertLess:
    spot: Spot
    share: float = 0.5  # of those that would have become deals


@dataclass(frozen=True, slots=True)
class ActivityWithoutResult:
    spot: Spot
    more: float = 0.9  # of the activities have another one after them


@dataclass(frozen=True, slots=True)
class SlowRamp:
    spot: Spot
    days: int = 300  # after hiring
    share: float = 0.5  # of their deals do not open
    losing: float = 1.35  # factor on the chance to lose, in each stage


@dataclass(frozen=True, slots=True)
class StageChancesOff:
    spot: Spot
    discovery: float = 0.7
    proposal: float = 0.85


@dataclass(frozen=True, slots=True)
class QuotaOutOfReach:
    spot: Spot
    factor: float = 2.0


@dataclass(frozen=True, slots=True)
class EntryHabitChanged:
    spot: Spot
    share: float = 0.6  # of deals have no amount until they are won


@dataclass(frozen=True, slots=True)
class StepUnused:
    spot: Spot
    kind: int = _TASK
    share: float = 0.98  # of them are not recorded


@dataclass(frozen=True, slots=True)
class DealsPulledForward:
    spot: Spot
    within: int = 35  # days of the next quarter
    share: float = 0.7


@dataclass(frozen=True, slots=True)
class TeamOvercommits:
    spot: Spot
    factor: float = 1.9  # on what is committed of open deals


@dataclass(frozen=True, slots=True)
class Further:
    """The problems of this module that are switched on; None: not."""

    product_mix_shifted: ProductMixShifted | None = None
    quarter_end_discounts: QuarterEndDiscounts | None = None
    discounts_under_limit: DiscountsUnderLimit | None = None
    deals_split: DealsSplit | None = None
    deals_stall: DealsStall | None = None
    deals_pushed: DealsPushed | None = None
    pipeline_dries_up: PipelineDriesUp | None = None
    leads_wait: LeadsWait | None = None
    leads_convert_less: LeadsConvertLess | None = None
    activity_without_result: ActivityWithoutResult | None = None
    slow_ramp: SlowRamp | None = None
    stage_chances_off: StageChancesOff | None = None
    quota_out_of_reach: QuotaOutOfReach | None = None
    entry_habit_changed: EntryHabitChanged | None = None
    step_unused: StepUnused | None = None
    deals_pulled_forward: DealsPulledForward | None = None
    team_overcommits: TeamOvercommits | None = None


NONE_FURTHER = Further()


def further(names: tuple[str, ...], quarters: tuple[int, ...], teams: int) -> Further:
    """Choose the spot of each switched-on problem.

    `quarters` are three days on which a quarter begins, an early one, a middle one, a late one;
    `teams` is how many the first block has.
    """
    early, middle, late = quarters
    first, second = 1 % teams, 2 % teams
    everything = Further(
        ProductMixShifted(Spot(middle, segment=0)),
        QuarterEndDiscounts(Spot(middle, region=0)),
        DiscountsUnderLimit(Spot(middle, region=0)),
        DealsSplit(Spot(middle, region=0)),
        DealsStall(Spot(middle, region=2, stage=DISCOVERY)),
        DealsPushed(Spot(middle, region=0)),
        PipelineDriesUp(Spot(middle, region=1, source=len(SOURCES) - 1)),
        LeadsWait(Spot(late, source=0)),
        LeadsConvertLess(Spot(middle, source=PARTNER)),
        ActivityWithoutResult(Spot(middle, team=first)),
        SlowRamp(Spot(early)),
        StageChancesOff(Spot(middle)),
        QuotaOutOfReach(Spot(middle, team=second)),
        EntryHabitChanged(Spot(late, region=1)),
        StepUnused(Spot(late)),
        DealsPulledForward(Spot(early, region=0)),
        TeamOvercommits(Spot(middle, team=first)),
    )
    chosen = {f.name: getattr(everything, f.name) for f in fields(everything) if f.name in names}
    return Further(**chosen)


def spots(planted: Further) -> Mapping[str, Spot]:
    """Return the spot of each problem that is switched on."""
    found = {f.name: getattr(planted, f.name) for f in fields(planted)}
    return {name: one.spot for name, one in found.items() if one is not None}


def where_of(spot: Spot, house: Staff) -> dict[str, object]:
    """Return the spot as plain JSON values; {}: everywhere."""
    named: list[tuple[str, int, tuple[str, ...]]] = [
        ("team", spot.team, tuple(team.name for team in house.teams)),
        ("region", spot.region, tuple(region.name for region in REGIONS)),
        ("segment", spot.segment, tuple(segment.name for segment in SEGMENTS)),
        ("lead_source", spot.source, tuple(source.name for source in SOURCES)),
        ("stage", spot.stage, tuple(stage.name for stage in STAGES)),
    ]
    return {key: names[code] for key, code, names in named if code != NOTHING}


def strength_of(planted: Further, name: str) -> dict[str, object]:
    """Return how strong a problem is: its own numbers; a product by its name."""
    problem = getattr(planted, name)
    own = {f.name: getattr(problem, f.name) for f in fields(problem) if f.name != "spot"}
    if name == "product_mix_shifted":
        own["to"] = PRODUCTS[problem.to].name
    if name == "deals_split":
        own["limit"] = problem.limit // 100
    return own

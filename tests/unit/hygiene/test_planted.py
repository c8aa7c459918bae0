"""Drawn pipelines in which faults are planted in some deals: all are found, the others clean.

What is usual is measured on drawn deals of the past, so where the borders lie differs from draw to
draw; a clean deal stays well within them, a planted one goes beyond.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random

import pytest

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import GoingOn, Ground, Share, StageGround, spread
from wald.heart.hygiene.rule import judge_deals
from wald.heart.hygiene.usual import peers_on
from wald.heart.pipeline.exit_criteria import Criterion, Evidence, Finding, StageRule

TODAY = date(2026, 6, 30)
STAGES = ("qualify", "demo", "offer")
PROOF = Finding(
    StageRule("qualify", "qualify"), Criterion("met", "We met", Evidence.ACTIVITY), is_met=False
)


def _ground(chance: Random) -> Ground:
    """What is usual where stays last up to 60 days and silences up to 14."""
    stages = {}
    for position, stage in enumerate(STAGES, start=1):
        stays = Counter(chance.randint(5, 60) for _ in range(200))
        days = tuple(sorted(stays))
        so_far = [sum(stays[one] for one in days if one <= day) / 200 for day in days]
        stages[stage] = StageGround(
            stage=stage,
            title=stage.title(),
            position=position,
            going_on=GoingOn(days, tuple(so_far), tuple(1 - one for one in so_far), 200, 200),
            silences=spread(Counter(chance.randint(1, 14) for _ in range(300))),
            to_win=spread(Counter(chance.randint(20, 90) for _ in range(100))),
            many_contacts=Share(chance.randint(55, 100), 100),
            skipped=Share(chance.randint(0, 100), 100),
        )
    won = [
        {"segment": "SMB", "type": "renewal", "amount": Decimal(chance.randint(5_000, 20_000))}
        for _ in range(80)
    ]
    return Ground(TODAY, "EUR", stages, peers_on(won), changes_from=date(2024, 1, 1))


def _clean(chance: Random, i: int) -> OpenDeal:
    stage = chance.choice(STAGES)
    since = TODAY - timedelta(days=chance.randint(0, 35))
    worth = Decimal(chance.randint(5_000, 20_000))
    return OpenDeal(
        deal_id=f"D{i}",
        name=f"Deal {i}",
        account_id=None,
        account=None,
        segment=chance.choice(("SMB", None)),
        type=chance.choice(("renewal", None)),
        owner_id=chance.choice(("R1", "R2", None)),
        owner=None,
        team=None,
        stage=stage,
        position=STAGES.index(stage) + 1,
        amount=worth,
        given_amount=worth,
        currency="EUR",
        opened_on=since,
        close_on=TODAY + timedelta(days=chance.randint(0, 200)),
        stage_since=since,
        has_history=chance.random() < 0.5,
        pushes=chance.randint(0, 2),
        activities=(acts := chance.randint(1, 9)),
        last_active_on=TODAY - timedelta(days=chance.randint(0, 10)),
        next_active_on=TODAY + timedelta(days=chance.randint(1, 30)),
        contacts=chance.randint(2, 2 + acts),
        unproved=(),
    )


Plant = Callable[[OpenDeal, Random], OpenDeal]
PLANTS: dict[str, Plant] = {
    "close_date_past": lambda deal, chance: replace(
        deal, close_on=TODAY - timedelta(days=chance.randint(1, 300))
    ),
    "stale_for_stage": lambda deal, chance: replace(
        deal, stage_since=TODAY - timedelta(days=chance.randint(61, 400))
    ),
    "no_amount": lambda deal, chance: replace(
        deal, amount=None, given_amount=chance.choice((None, Decimal(0)))
    ),
    "no_next_step": lambda deal, chance: replace(deal, next_active_on=None),
    "no_activity": lambda deal, chance: replace(
        deal, last_active_on=TODAY - timedelta(days=chance.randint(15, 400))
    ),
    "single_contact": lambda deal, chance: replace(deal, contacts=chance.randint(0, 1)),
    "skipped_stage": lambda deal, chance: replace(deal, skipped=(chance.choice(STAGES),)),
    "unproved_exit": lambda deal, chance: replace(deal, unproved=(PROOF,) * chance.randint(1, 5)),
    "amount_far_from_peers": lambda deal, chance: replace(
        deal, amount=(far := Decimal(chance.choice((1, 5_000_000)))), given_amount=far
    ),
    "pushed_three_times": lambda deal, chance: replace(deal, pushes=chance.randint(3, 12)),
}


@pytest.mark.parametrize("seed", range(20))
def test_planted_faults_are_all_found_and_clean_deals_stay_clean(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - draws of a test
    ground = _ground(chance)
    planted: set[tuple[str, str]] = set()
    deals = []
    for i in range(120):
        deal = _clean(chance, i)
        for rule in chance.sample(sorted(PLANTS), chance.choice((0, 0, 1, 2, 3))):
            if {"no_amount", "amount_far_from_peers"} <= {
                rule, *(r for d, r in planted if d == deal.deal_id)
            }:  # fmt: skip
                continue  # a deal without an amount is not far from any
            deal = PLANTS[rule](deal, chance)
            planted.add((deal.deal_id, rule))
        deals.append(deal)
    judged = judge_deals(deals, ground)
    assert {(one.deal_id, one.rule) for one in judged.findings} == planted
    assert judged.unjudged == ()
    assert len({deal for deal, _ in planted}) > 40

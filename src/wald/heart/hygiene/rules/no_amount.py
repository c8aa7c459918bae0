"""No amount: nobody has said what an open deal is worth.

Reads     the amount as it was entered, in the currency of the deal
Finds     deals without one, or with an amount of zero
Severity  medium; high where the deal is expected to close within 30 days
Proposes  the median of won deals of the same kind, where the deal is in the reporting currency
Source    docs/hygiene/no_amount.md
"""

from decimal import ROUND_HALF_UP, Decimal

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import Ground, peers_of
from wald.heart.hygiene.rule import CannotTell, Fault, HygieneRule, Proposal, Severity, Verdict
from wald.kernel.money import minor_units

_SOON_DAYS = 30


def judge(deal: OpenDeal, ground: Ground) -> Verdict:
    if not ground.has_amounts:
        return CannotTell("No open deal has an amount.")
    if deal.given_amount is not None and deal.given_amount != 0:
        return None
    words = "Nobody has said what it is worth" if deal.given_amount is None else "Its amount is 0"
    if deal.close_on is None:
        return Fault(f"{words}.", None, _proposal(deal, ground))
    words = f"{words}; it is expected to close on {deal.close_on}."
    is_soon = 0 <= (deal.close_on - ground.on).days <= _SOON_DAYS
    return Fault(words, Severity.HIGH if is_soon else None, _proposal(deal, ground))


def _proposal(deal: OpenDeal, ground: Ground) -> Proposal | None:
    peers = peers_of(ground, deal.segment, deal.type)
    if peers is None or deal.currency not in (None, ground.currency):
        return None
    unit = Decimal(1).scaleb(-minor_units(ground.currency))
    median = Decimal(peers.median).quantize(unit, rounding=ROUND_HALF_UP)
    why = (
        f"The median of {peers.count:,} {peers.name}. It is what such deals come to, and knows "
        "nothing of this one."
    )
    return Proposal(median, why)


RULE = HygieneRule(
    key="no_amount",
    title="No amount",
    what="Nobody has said what the deal is worth, so it adds nothing to any sum.",
    measures="The amount as it was entered; zero counts as none.",
    cure="Enter the amount, a rough one if need be.",
    severity=Severity.MEDIUM,
    judge=judge,
    column="amount",
    source="docs/hygiene/no_amount.md",
)

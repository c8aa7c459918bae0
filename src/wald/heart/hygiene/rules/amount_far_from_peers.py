"""Amount far from peers: a deal is far larger or smaller than won deals of its kind.

Reads     the amount in the reporting currency; won deals of the same segment and type
Finds     more than 3.5 robust standard deviations from the median of the logarithms; below zero
Severity  medium; high where the amount is below zero
Method    Iglewicz and Hoaglin (1993), with the median absolute deviation
Source    docs/hygiene/amount_far_from_peers.md
"""

from math import log

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import Ground, Peers, peers_of
from wald.heart.hygiene.rule import CannotTell, Fault, HygieneRule, Severity, Verdict

_FAR = 3.5


def judge(deal: OpenDeal, ground: Ground) -> Verdict:
    if deal.given_amount is not None and deal.given_amount < 0:
        return Fault("Its amount is below zero, and makes every sum smaller.", Severity.HIGH)
    if not deal.given_amount:
        return None  # no amount is another rule's
    if deal.amount is None:
        return CannotTell(f"No rate from {deal.currency} to {ground.currency} is known.")
    peers = peers_of(ground, deal.segment, deal.type)
    if peers is None or deal.amount <= 0:
        return CannotTell("There are too few won deals to compare its amount with.")
    if peers.log_spread <= 0:
        return CannotTell(f"Most of the {peers.name} have the very same amount.")
    far = (log(float(deal.amount)) - log(peers.median)) / peers.log_spread
    if abs(far) <= _FAR:
        return None
    return Fault(_words(float(deal.amount), peers, far, ground.currency))


def _words(amount: float, peers: Peers, far: float, currency: str) -> str:
    times = amount / peers.median if far > 0 else peers.median / amount
    size = "times" if far > 0 else "times smaller than"
    return (
        f"{amount:,.0f} {currency} is {times:,.1f} {size} the median of {peers.count:,} "
        f"{peers.name}, {peers.median:,.0f} {currency}: {abs(far):.1f} robust standard deviations."
    )


RULE = HygieneRule(
    key="amount_far_from_peers",
    title="Amount far from peers",
    what="The deal is far larger or smaller than won deals of its kind.",
    measures=(
        "The logarithm of the amount against the median of won deals of the same segment and type, "
        "in robust standard deviations; a wider group where these are too few."
    ),
    cure="Check the amount and its currency; if it is right, say why the deal is special.",
    severity=Severity.MEDIUM,
    judge=judge,
    column="amount",
    source="docs/hygiene/amount_far_from_peers.md",
)

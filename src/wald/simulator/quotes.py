"""What a deal is about and what it costs: products, quantities, list value, discounts, amounts."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from wald.simulator.bent_prices import bent_discounts, main_products
from wald.simulator.columns import NOTHING
from wald.simulator.company import (
    DISCOVERY,
    NEGOTIATION,
    PRODUCTS,
    PROPOSAL,
    REGIONS,
    RENEWAL,
    SEGMENTS,
    TYPES,
    WON,
)
from wald.simulator.courses import Courses, quoted_at
from wald.simulator.days import DAY, quarter_ends, quarter_starts
from wald.simulator.deals import Openings
from wald.simulator.detours import Detours
from wald.simulator.histories import History, history
from wald.simulator.people import Staff
from wald.simulator.planted import DiscountCreep, PlanPaysMarginAway, Planted
from wald.simulator.streams import Flags, Floats, Ints, Streams, picks

MAX_LINES = 4
_NO_AMOUNT_SHARE = 0.1  # deals opened without an amount; it comes with Discovery
_FORGOTTEN_SHARE = 0.025  # deals whose amount nobody enters until they are won
_RESCOPED_SHARE = 0.22  # deals whose estimate changes at Discovery
_MOST_DISCOUNT = 0.62
_APPROVALS = (0.15, 0.25)  # above each, somebody must agree: many stop there


@dataclass(frozen=True, slots=True)
class Lines:
    """One entry per line: its deal, its place on it from 0, units, net amount in cents."""

    deal: Ints
    place: Ints
    quantity: Ints
    cents: Ints


@dataclass(frozen=True, slots=True)
class Quotes:
    """Lines are (deals, MAX_LINES); a quantity of 0 is no line. Money in cents."""

    product: Ints
    quantity: Ints  # offered
    signed_quantity: Ints  # on the order; more than offered where a bonus tempted
    list_price: Ints  # of one unit, in the deal's currency
    gross: Ints  # list value of the lines offered
    discount: Floats  # of the last offer, share of list value
    final: Ints  # amount of the order, if one comes
    tempted: Flags  # brought over the bonus of the planted plan
    crept: Flags  # discount raised by the planted creep
    bent: Mapping[str, Flags]  # further problem -> which deals it touched

    def lines(self, deals: Ints, amounts: Ints, signed: Flags) -> Lines:
        """Share each deal's amount among its lines, by list value; they sum to it exactly."""
        quantity = np.where(signed[:, None], self.signed_quantity[deals], self.quantity[deals])
        values = quantity * self.list_price[deals]
        share = amounts / np.maximum(values.sum(axis=1), 1)
        cents = np.floor(values * share[:, None]).astype(np.int64)
        cents[:, 0] += amounts - cents.sum(axis=1)  # the first line takes what rounding leaves
        position, line = np.nonzero(quantity)
        return Lines(deals[position], line, quantity[position, line], cents[position, line])


def list_prices() -> Ints:
    """Return the list price of each product in each region, in cents of its currency."""
    prices = np.array([product.list_price for product in PRODUCTS])
    factors = np.array([region.prices for region in REGIONS])
    return np.asarray(np.round(prices[:, None] * factors / 100).astype(np.int64) * 100)


def unit_costs() -> Ints:
    """Return the cost of one unit of each product in each region, in cents of its currency."""
    costs = np.array([product.cost for product in PRODUCTS])
    return np.asarray(np.round(list_prices() * costs[:, None]).astype(np.int64))


def quotes(
    streams: Streams, staff: Staff, deals: Openings, runs: Courses, planted: Planted
) -> Quotes:
    """Draw what each deal is offered, and what is signed if it is won."""
    main, shifted = main_products(streams, staff, deals, planted.further)
    product, quantity, price = _basket(streams, deals, main)
    discount = _discounts(streams, deals, runs)
    discount, bent = bent_discounts(streams, staff, deals, runs, discount, planted.further)
    crept = _crept(streams, staff, deals, runs, planted.discount_creep)
    discount = np.minimum(discount + crept, _MOST_DISCOUNT)
    gross = (quantity * price).sum(axis=1)
    final = np.round(gross * (1 - discount)).astype(np.int64)
    signed = quantity.copy()
    plan = planted.plan_pays_margin_away
    tempted = _tempted(streams, runs, final, plan)
    if plan is not None:
        over = 1 + 0.025 * streams.uniform("over the bonus", len(final)) ** 2
        final[tempted] = np.round(plan.threshold * over[tempted], -3).astype(np.int64)
        wanted = final / (1 - np.minimum(discount + plan.discount, _MOST_DISCOUNT))
        more = np.ceil(np.maximum(wanted - gross, 0) / price[:, 0]).astype(np.int64)
        signed[tempted, 0] += more[tempted]
    return Quotes(
        product,
        quantity,
        signed,
        price,
        gross,
        discount,
        final,
        tempted,
        crept > 0,
        {**bent, "product_mix_shifted": shifted},
    )


def _basket(streams: Streams, deals: Openings, main: Ints) -> tuple[Ints, Ints, Ints]:
    """Return product, quantity and list price of each line, per deal; `main` is the first."""
    count = len(deals.number)
    chance = streams.uniform("basket", (count, MAX_LINES))
    steps = 1 + np.floor(chance * 3).astype(np.int64) + 3 * (np.arange(MAX_LINES) - 1)
    steps[:, 0] = 0  # later lines are 1-3, 4-6 and 7-9 products further: all differ
    product = (main[:, None] + steps) % len(PRODUCTS)
    share = 0.08 + 0.42 * chance
    share[:, 0] = 1.0
    has = (
        np.arange(MAX_LINES)
        <= picks((0.42, 0.3, 0.18, 0.1), streams.uniform("lines", count))[:, None]
    )
    share = np.where(has, share, 0.0)
    price = list_prices()[product, deals.region[:, None]]
    value = _list_value(streams, deals)[:, None] * share / share.sum(axis=1, keepdims=True)
    quantity = np.maximum(np.rint(value / price), 1).astype(np.int64)
    return product, np.where(has, quantity, 0), price


def _list_value(streams: Streams, deals: Openings) -> Floats:
    """Return the list value a deal aims at, in cents of its currency: log-normal by segment."""
    medians = np.array([segment.gross for segment in SEGMENTS])[deals.segment]
    spreads = np.array([segment.spread for segment in SEGMENTS])[deals.segment]
    sizes = np.array([kind.size for kind in TYPES])[deals.type]
    prices = np.array([region.prices for region in REGIONS])[deals.region]
    bell = np.minimum(streams.normal("value", len(medians)), 4.0)
    return np.asarray(100 * medians * sizes * prices * np.exp(spreads * bell))


def _discounts(streams: Streams, deals: Openings, runs: Courses) -> Floats:
    """Return the last discount: by segment, long-tailed, on round steps, more at quarter ends."""
    count = len(deals.number)
    typical = np.array([segment.discount for segment in SEGMENTS])[deals.segment]
    typical = typical * np.where(deals.type == RENEWAL, 0.6, 1.0)
    share = typical * np.exp(0.62 * streams.normal("discount", count))
    day = runs.closes_at // DAY
    share += np.where(quarter_ends(day) - day <= 12, 0.03, 0.0)
    chance = streams.uniform("discount steps", (count, 2))
    for limit in _APPROVALS:
        above = (share > limit) & (share < limit + 0.035) & (chance[:, 0] < 0.6)
        share = np.where(above, limit, share)
    round_step = np.round(share / 0.05) * 0.05
    share = np.where(chance[:, 1] < 0.42, round_step, np.round(share, 3))
    return np.asarray(np.clip(share, 0.0, _MOST_DISCOUNT))


def _crept(
    streams: Streams, staff: Staff, deals: Openings, runs: Courses, problem: DiscountCreep | None
) -> Floats:
    if problem is None or streams.block != 0:
        return np.zeros(len(deals.number))
    first_offer = quoted_at(runs)
    day = first_offer // DAY
    quarters = (quarter_starts(day) - problem.starts) // 90 + 1
    there = (staff.team(deals.seat, np.maximum(day, 0)) == problem.team) & (day >= problem.starts)
    there &= first_offer != NOTHING
    return np.where(there, np.minimum(problem.a_quarter * quarters, problem.most), 0.0)


def _tempted(
    streams: Streams, runs: Courses, final: Ints, problem: PlanPaysMarginAway | None
) -> Flags:
    chance = streams.uniform("tempted", len(final))
    if problem is None:
        return np.zeros(len(final), dtype=bool)
    near = (final >= problem.reach * problem.threshold) & (final < problem.threshold)
    return np.asarray(
        near
        & (runs.result == WON)
        & (runs.closes_at // DAY >= problem.starts)
        & (chance < problem.tempted)
    )


def amount_history(
    streams: Streams,
    deals: Openings,
    runs: Courses,
    offered: Quotes,
    away: Detours,
    empty: Flags,
) -> History:
    """Return how each deal's amount moved: estimate, offer, concession, signature; in cents.

    `empty` are deals whose amount a planted habit leaves empty until they are won.
    """
    count = len(deals.number)
    chance = streams.uniform("amounts", (count, 4))
    guess = _two_digits(offered.gross * np.exp(0.22 * streams.normal("estimate", count) - 0.05))
    again = _two_digits(guess * np.exp(0.35 * streams.normal("rescope", count)))
    forgotten = (chance[:, 1] < _FORGOTTEN_SHARE) | empty
    unknown = forgotten | (chance[:, 0] < _NO_AMOUNT_SHARE)
    every = np.arange(count, dtype=np.int64)
    late = runs.reached[:, DISCOVERY] & ~forgotten & (runs.enters[:, DISCOVERY] > deals.created_at)
    estimated = every[late & unknown]
    rescoped = every[late & ~unknown & (chance[:, 2] < _RESCOPED_SHARE)]
    quoted = every[(runs.reached[:, PROPOSAL] | runs.reached[:, NEGOTIATION]) & ~forgotten]
    offered_at = quoted_at(runs)
    haggled = every[runs.reached[:, NEGOTIATION] & ~forgotten & (chance[:, 3] < 0.6)]
    haggled_at = runs.enters[:, NEGOTIATION] + (
        (runs.closes_at - runs.enters[:, NEGOTIATION]) * (0.2 + chance[:, 3])
    ).astype(np.int64)
    first_offer = _offer(offered, 0.45 + 0.4 * chance[:, 2])
    next_offer = _offer(offered, 0.85 + 0.15 * chance[:, 2])
    won = every[runs.result == WON]
    return history(
        np.where(unknown, NOTHING, guess),
        (estimated, runs.enters[estimated, DISCOVERY], guess[estimated]),
        (rescoped, runs.enters[rescoped, DISCOVERY], again[rescoped]),
        (quoted, offered_at[quoted], first_offer[quoted]),
        away.undisturbed((haggled, haggled_at[haggled], next_offer[haggled])),
        (won, runs.closes_at[won], offered.final[won]),
    )


def _offer(offered: Quotes, part: Floats) -> Ints:
    """Return the amount with a part of the last discount given, in whole currency units."""
    net = offered.gross * (1 - offered.discount * part)
    return np.maximum(np.round(net, -2), 100).astype(np.int64)


def _two_digits(cents: Floats | Ints) -> Ints:
    """Round to two leading digits, as people estimate."""
    scale = 10.0 ** (np.floor(np.log10(np.maximum(cents, 1_000))) - 1)
    return np.maximum(np.round(cents / scale) * scale, 1_000).astype(np.int64)

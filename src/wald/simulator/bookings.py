"""What won deals turn into: bookings, their lines with cost, and the payments that follow."""

import numpy as np
import pyarrow as pa

from wald.simulator.accounts import Accounts
from wald.simulator.columns import dates, decimals, keys, money, table, words
from wald.simulator.company import CHANNELS, PARTNER, REGIONS, TYPES, WON
from wald.simulator.courses import Courses
from wald.simulator.days import DAY, working_later
from wald.simulator.deals import Openings
from wald.simulator.opportunities import currencies, net_prices, opportunity_keys, product_keys
from wald.simulator.people import Staff
from wald.simulator.persons import person_keys
from wald.simulator.progress import Progress
from wald.simulator.quotes import Quotes, unit_costs
from wald.simulator.streams import Flags, Ints, Streams

_TERMS_DAYS = 30
TWO_PARTS_SHARE = 0.16
_UNPAID_SHARE = 0.008
_ONLINE_SHARE = 0.06
_TAX = tuple({"EUR": 19, "GBP": 20, "USD": 0}[region.currency] for region in REGIONS)  # percent


def won_by(deals: Openings, runs: Courses, kept: Flags, cut: int) -> Ints:
    """Return the deals that were won by the end of a day, in order of creation."""
    won = kept & (runs.result == WON) & (runs.closes_at // DAY <= cut)
    return np.flatnonzero(won).astype(np.int64)


def booking_table(
    deals: Openings,
    runs: Courses,
    shown: Progress,
    offered: Quotes,
    known: Accounts,
    staff: Staff,
    streams: Streams,
    won: Ints,
) -> pa.Table:
    online = streams.uniform("channel", len(deals.number))[won] < _ONLINE_SHARE
    channel = np.where(deals.source[won] == PARTNER, 1, np.where(online, 2, 0))
    return table(
        "booking",
        {
            "booking_id": booking_keys(deals, won),
            "opportunity_id": opportunity_keys(deals, won),
            "account_id": known.keys(deals.account[won]),
            "owner_id": person_keys(shown.owner_id.value(won, runs.closes_at[won])),
            "type": words([kind.name for kind in TYPES], deals.type[won]),
            "channel": words(CHANNELS, channel),
            "territory": words(staff.territories, deals.seat[won]),
            "booked_on": dates(runs.closes_at[won] // DAY),
            "amount": money(offered.final[won]),
            "tax": money(taxes(deals, offered, won)),
            "currency": currencies(deals, won),
        },
    )


def taxes(deals: Openings, offered: Quotes, won: Ints) -> Ints:
    """Return the tax on each booking in cents, at the rate of its region, half a cent upwards."""
    percent = np.array(_TAX)[deals.region[won]]
    return np.asarray((offered.final[won] * percent + 50) // 100)


def booking_keys(deals: Openings, won: Ints) -> pa.Array:
    return keys("B", (deals.number[won], 9))


def booking_line_table(deals: Openings, runs: Courses, offered: Quotes, won: Ints) -> pa.Table:
    lines = offered.lines(won, offered.final[won], np.ones(len(won), dtype=bool))
    deal, product = lines.deal, offered.product[lines.deal, lines.place]
    return table(
        "booking_line",
        {
            "booking_line_id": keys("D", (deals.number[deal], 9), (lines.place + 1, 1)),
            "booking_id": booking_keys(deals, deal),
            "product_id": product_keys(product),
            "booked_on": dates(runs.closes_at[deal] // DAY),
            "quantity": decimals(lines.quantity * 10_000, 4),
            "list_price": decimals(offered.list_price[deal, lines.place] * 10_000, 6),
            "net_price": decimals(net_prices(lines), 6),
            "unit_cost": decimals(unit_costs()[product, deals.region[deal]] * 10_000, 6),
            "amount": money(lines.cents),
            "currency": currencies(deals, deal),
        },
    )


def payment_table(
    deals: Openings,
    runs: Courses,
    offered: Quotes,
    known: Accounts,
    streams: Streams,
    won: Ints,
    cut: int,
) -> pa.Table:
    """Return the payments of won deals up to a day: most once, after the terms, some late."""
    chance = streams.uniform("payments", (len(deals.number), 3))[won]
    lag = np.exp(0.55 * streams.normal("payment lag", (len(deals.number), 2))[won])
    booked_on = runs.closes_at[won] // DAY
    in_two = chance[:, 0] < TWO_PARTS_SHARE
    first = np.where(in_two, offered.final[won] // 2, offered.final[won])
    first_on = working_later(booked_on + (_TERMS_DAYS * 0.25 + 26 * lag[:, 0]).astype(np.int64))
    second_on = working_later(first_on + _TERMS_DAYS + (26 * lag[:, 1]).astype(np.int64))
    deal = np.concatenate([won, won[in_two]])
    part = np.repeat([1, 2], [len(won), int(in_two.sum())])
    paid_on = np.concatenate([first_on, second_on[in_two]])
    cents = np.concatenate([first, (offered.final[won] - first)[in_two]])
    unpaid = np.concatenate([chance[:, 1], chance[in_two, 1]]) < _UNPAID_SHARE
    order = np.lexsort((part, deal))
    order = order[(paid_on[order] <= cut) & ~unpaid[order]]
    deal, part = deal[order], part[order]
    return table(
        "payment",
        {
            "payment_id": keys("Y", (deals.number[deal], 9), (part, 1)),
            "booking_id": booking_keys(deals, deal),
            "account_id": known.keys(deals.account[deal]),
            "paid_on": dates(paid_on[order]),
            "amount": money(cents[order]),
            "currency": currencies(deals, deal),
        },
    )

"""What follows a booking: who shares it, invoices, cancellations, subscriptions and their renewals.

Each draws from streams of its own, so that nothing else of the history knows of it.
"""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.simulator.accounts import Accounts
from wald.simulator.bookings import TWO_PARTS_SHARE, booking_keys
from wald.simulator.columns import NOTHING, dates, decimals, keys, money, table, words
from wald.simulator.company import PRODUCTS
from wald.simulator.courses import Courses
from wald.simulator.days import DAY, month_starts, months, working_later
from wald.simulator.deals import Openings
from wald.simulator.late import Late
from wald.simulator.opportunities import currencies
from wald.simulator.people import Staff
from wald.simulator.persons import person_keys
from wald.simulator.progress import Progress
from wald.simulator.quotas import Quotas
from wald.simulator.quotes import Quotes
from wald.simulator.streams import Flags, Floats, Ints, Streams, picks

_SPLIT_SHARE, _OVERLAY_SHARE = 0.16, 0.06  # of bookings
_OWN = np.array([500_000, 600_000, 700_000, 800_000])  # millionths that stay with the owner
_OVERLAYS = np.array([200_000, 300_000, 500_000])
_CANCELLED_SHARE, _IN_FULL_SHARE = 0.028, 0.6
_REASONS = ("bankruptcy", "went to a competitor", "project stopped", "signed in error")
_RENEWED_SHARE, _YEARS = 0.82, 9  # of terms that end; most terms of one subscription
_RECURRING = tuple(p.family in ("Platform", "Analytics", "Connectors") for p in PRODUCTS)
_OBJECTIVES = ("pipeline_hygiene", "enablement")
_REACHED = np.array([0, 50, 75, 100, 100, 120]) * 1_000_000  # percent, eight digits after the point


def partners(
    deals: Openings, runs: Courses, shown: Progress, staff: Staff, streams: Streams, name: str
) -> tuple[Ints, Flags, Floats]:
    """Return per deal another seat's rep on the day it closed, whether there is one, and chances.

    Seats that nobody holds, or the owner does, give no partner.
    """
    chance = streams.uniform(name, (len(deals.number), 3))
    seats = len(staff.seat_teams)
    seat = (deals.seat + 1 + (chance[:, 0] * max(1, seats - 1)).astype(np.int64)) % seats
    day = runs.closes_at // DAY
    every = np.arange(len(deals.number), dtype=np.int64)
    other = staff.owners(seat, day)
    return other, other != shown.owner_id.value(every, runs.closes_at), chance


def uneven_splits(
    deals: Openings, runs: Courses, shown: Progress, staff: Staff, streams: Streams
) -> Ints:
    """Return the deals that are shared by two in unequal parts."""
    _, there, chance = partners(deals, runs, shown, staff, streams, "splits")
    own = _OWN[(chance[:, 2] * len(_OWN)).astype(np.int64)]
    return np.flatnonzero((chance[:, 1] < _SPLIT_SHARE) & there & (own != 500_000))


def split_table(
    deals: Openings,
    runs: Courses,
    shown: Progress,
    staff: Staff,
    streams: Streams,
    won: Ints,
    known: Late,
    cut: int,
) -> pa.Table:
    """Return who shares bookings; until it is corrected, one split stands the wrong way round."""
    other, there, chance = partners(deals, runs, shown, staff, streams, "splits")
    own = _OWN[(chance[:, 2] * len(_OWN)).astype(np.int64)]
    if known.is_wrong(cut) and known.split != NOTHING:
        own[known.split] = 1_000_000 - own[known.split]
    shared = won[((chance[:, 1] < _SPLIT_SHARE) & there)[won]]
    beyond, beside, luck = partners(deals, runs, shown, staff, streams, "overlays")
    helped = won[((luck[:, 1] < _OVERLAY_SHARE) & beside)[won]]
    extra = _OVERLAYS[(luck[:, 2] * len(_OVERLAYS)).astype(np.int64)]
    deal = np.concatenate([shared, shared, helped])
    part = np.repeat([1, 2, 3], [len(shared), len(shared), len(helped)])
    owner = shown.owner_id.value(shared, runs.closes_at[shared])
    person = np.concatenate([owner, other[shared], beyond[helped]])
    share = np.concatenate([own[shared], 1_000_000 - own[shared], extra[helped]])
    order = np.lexsort((part, deal))
    deal, part = deal[order], part[order]
    return table(
        "booking_split",
        {
            "booking_split_id": keys("X", (deals.number[deal], 9), (part, 1)),
            "booking_id": booking_keys(deals, deal),
            "person_id": person_keys(person[order]),
            "share": decimals(share[order], 6),
            "kind": words(("split", "overlay"), np.where(part == 3, 1, 0)),
        },
    )


def invoice_table(
    deals: Openings, runs: Courses, offered: Quotes, streams: Streams, won: Ints, cut: int
) -> pa.Table:
    """Return the invoices up to a day: one soon after the booking, two where two payments come."""
    chance = streams.uniform("invoices", (len(deals.number), 2))[won]
    in_two = streams.uniform("payments", (len(deals.number), 3))[won, 0] < TWO_PARTS_SHARE
    booked_on = runs.closes_at[won] // DAY
    first = np.where(in_two, offered.final[won] // 2, offered.final[won])
    first_on = working_later(booked_on + 1 + (chance[:, 0] * 4).astype(np.int64))
    second_on = working_later(booked_on + 30 + (chance[:, 1] * 4).astype(np.int64))
    deal = np.concatenate([won, won[in_two]])
    part = np.repeat([1, 2], [len(won), int(in_two.sum())])
    invoiced_on = np.concatenate([first_on, second_on[in_two]])
    cents = np.concatenate([first, (offered.final[won] - first)[in_two]])
    order = np.lexsort((part, deal))
    order = order[invoiced_on[order] <= cut]
    deal, part = deal[order], part[order]
    return table(
        "invoice",
        {
            "invoice_id": keys("I", (deals.number[deal], 9), (part, 1)),
            "booking_id": booking_keys(deals, deal),
            "invoiced_on": dates(invoiced_on[order]),
            "amount": money(cents[order]),
            "currency": currencies(deals, deal),
        },
    )


def _cancelled(
    deals: Openings, runs: Courses, offered: Quotes, streams: Streams
) -> tuple[Ints, Ints, Floats]:
    """Return per deal the day of its cancellation (NOTHING: none), the cents gone, and chances."""
    chance = streams.uniform("cancellations", (len(deals.number), 5))
    day = working_later(runs.closes_at // DAY + 20 + (chance[:, 1] * 280).astype(np.int64))
    part = np.floor(offered.final * (0.3 + 0.4 * chance[:, 2])).astype(np.int64)
    cents = np.where(chance[:, 3] < _IN_FULL_SHARE, offered.final, part)
    return np.where(chance[:, 0] < _CANCELLED_SHARE, day, NOTHING), cents, chance


def cancellation_table(
    deals: Openings, runs: Courses, offered: Quotes, streams: Streams, won: Ints, cut: int
) -> pa.Table:
    """Return what was cancelled up to a day: a few bookings, more than half of them in full."""
    day, cents, chance = _cancelled(deals, runs, offered, streams)
    deal = won[(day[won] != NOTHING) & (day[won] <= cut) & (cents[won] > 0)]
    return table(
        "cancellation",
        {
            "cancellation_id": keys("Z", (deals.number[deal], 9)),
            "booking_id": booking_keys(deals, deal),
            "cancelled_on": dates(day[deal]),
            "amount": money(cents[deal]),
            "currency": currencies(deals, deal),
            "reason": words(_REASONS, picks((1,) * len(_REASONS), chance[deal, 4])),
        },
    )


def subscription_table(
    deals: Openings,
    runs: Courses,
    offered: Quotes,
    known: Accounts,
    streams: Streams,
    won: Ints,
    cut: int,
) -> pa.Table:
    """Return the terms that began up to a day: a year each; what was cancelled is not renewed.

    A term begins on the first day of the month after the booking. A renewal costs a little more.
    """
    chance = streams.uniform("renewals", (len(deals.number), _YEARS, 2))
    gone, _, _ = _cancelled(deals, runs, offered, streams)
    lasting = won[np.array(_RECURRING)[offered.product[won, 0]]]
    month = months(runs.closes_at[lasting] // DAY) + 1
    cents, running = offered.final[lasting], np.ones(len(lasting), dtype=bool)
    deal, term, starts, amount = [], [], [], []
    for year in range(_YEARS):
        if year:
            ended = month_starts(month + 12 * year)
            lost = (gone[lasting] != NOTHING) & (gone[lasting] < ended)
            running &= (chance[lasting, year, 0] < _RENEWED_SHARE) & ~lost
            cents = np.floor(cents * (1 + 0.06 * chance[lasting, year, 1])).astype(np.int64)
        begun = np.flatnonzero(running & (month_starts(month + 12 * year) <= cut))
        deal.append(lasting[begun])
        term.append(np.full(len(begun), year, dtype=np.int64))
        starts.append(month[begun] + 12 * year)
        amount.append(cents[begun])
    return _terms(deals, known, *(np.concatenate(one) for one in (deal, term, starts, amount)))


def _terms(
    deals: Openings, known: Accounts, deal: Ints, term: Ints, month: Ints, cents: Ints
) -> pa.Table:
    order = np.lexsort((term, deal))
    deal, term, month, cents = deal[order], term[order], month[order], cents[order]
    named = keys("U", (deals.number[deal], 9), (term + 1, 1))
    before = keys("U", (deals.number[deal], 9), (np.maximum(term, 1), 1))
    return table(
        "subscription",
        {
            "subscription_id": named,
            "account_id": known.keys(deals.account[deal]),
            "booking_id": booking_keys(deals, deal),
            "renews_id": pc.if_else(pa.array(term > 0), before, None),
            "starts_on": dates(month_starts(month)),
            "ends_on": dates(month_starts(month + 12)),
            "amount": money(cents),
            "currency": currencies(deals, deal),
        },
    )


def score_table(targets: Quotas, streams: Streams, cut: int) -> pa.Table:
    """Return which share of two objectives each rep with a quota reached in quarters now over."""
    count = len(_OBJECTIVES)
    chance = streams.uniform("objectives", (len(targets.person), count))
    place, which = np.nonzero(np.tile((targets.ends_on <= cut + 1)[:, None], (1, count)))
    reached = _REACHED[(chance[place, which] * len(_REACHED)).astype(np.int64)]
    person, starts_on = targets.person[place], targets.starts_on[place]
    return table(
        "objective_score",
        {
            "objective_score_id": keys("J", (person, 6), (months(starts_on), 4), (which + 1, 1)),
            "person_id": person_keys(person),
            "objective": words(_OBJECTIVES, which),
            "starts_on": dates(starts_on),
            "ends_on": dates(targets.ends_on[place]),
            "reached": decimals(reached, 8),
        },
    )

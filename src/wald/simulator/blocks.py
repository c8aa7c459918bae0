"""One block of teams from its people to its payments; blocks share nothing but the seed."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from wald.simulator.accounts import (
    Accounts,
    Contacts,
    account_table,
    accounts,
    contact_table,
    contacts,
)
from wald.simulator.activities import activity_table, lead_activity_table
from wald.simulator.after_booking import (
    cancellation_table,
    invoice_table,
    score_table,
    split_table,
    subscription_table,
    uneven_splits,
)
from wald.simulator.bookings import booking_line_table, booking_table, payment_table, won_by
from wald.simulator.columns import NOTHING
from wald.simulator.courses import Courses, courses
from wald.simulator.days import DAY
from wald.simulator.deals import Openings, openings
from wald.simulator.forecasts import forecast_table
from wald.simulator.late import LATE, NEVER, Late, late
from wald.simulator.leads import lead_table, leads
from wald.simulator.opportunities import (
    change_table,
    line_table,
    opened_by,
    opportunity_keys,
    opportunity_table,
)
from wald.simulator.people import Staff
from wald.simulator.persons import block_rows, person_table
from wald.simulator.planted import SWITCHES, Planted
from wald.simulator.progress import Progress, progress
from wald.simulator.quotas import quota_table, quotas
from wald.simulator.quotes import Quotes, quoted_at, quotes
from wald.simulator.request import Request
from wald.simulator.streams import Flags, Ints, Streams

TOUCHED = "touched"  # not a canonical table: which planted problem touched which deal

Chunk = tuple[str, pa.Table]


@dataclass(frozen=True, slots=True)
class Block:
    """Everything drawn for one block, to the end of the history and beyond."""

    streams: Streams
    staff: Staff
    accounts: Accounts
    contacts: Contacts
    deals: Openings
    runs: Courses
    offered: Quotes
    shown: Progress
    kept: Flags  # deals that were still open on the first day, or opened since
    known: Late  # what becomes known late


def drawn(streams: Streams, request: Request, house: Staff, planted: Planted) -> Block:
    """Draw a block's whole history."""
    known = accounts(streams, request.company, house, request.dawn, request.last)
    deals = openings(streams, request.company, house, known, request.dawn, request.last)
    runs = courses(streams, house, deals, planted)
    offered = quotes(streams, house, deals, runs, planted)
    shown = progress(streams, house, deals, runs, offered)
    kept = runs.closes_at >= request.first * DAY
    return Block(
        streams,
        house,
        known,
        contacts(streams, known),
        deals,
        runs,
        offered,
        shown,
        kept,
        _late(streams, request, house, deals, runs, shown, kept),
    )


def _late(
    streams: Streams,
    request: Request,
    house: Staff,
    deals: Openings,
    runs: Courses,
    shown: Progress,
    kept: Flags,
) -> Late:
    """Choose what becomes known late: in the first block alone."""
    if streams.block:
        return NEVER
    won = won_by(deals, runs, kept, request.last)
    return late(request, runs, won, uneven_splits(deals, runs, shown, house, streams))


def chunks(block: Block, request: Request, planted: Planted) -> Iterator[Chunk]:
    """Yield the block's rows as they stood at the end of the day of the export."""
    seed, cut = request.seed, request.cut
    staff, known, streams = block.staff, block.accounts, block.streams
    yield "person", person_table(block_rows(staff), request.company, seed, cut)
    named = account_table(known, streams, staff, request.last)
    yield "account", account_table(known, streams, staff, cut)
    yield "contact", contact_table(block.contacts, known, named["name"], streams, seed, cut)
    yield from _deal_chunks(block, cut)
    yield from _booking_chunks(block, cut)
    span = np.array([request.first, request.last], dtype=np.int64)
    yield from _work_chunks(block, request, span)
    targets = quotas(streams, request.company, staff, request.first, request.last)
    yield "quota", quota_table(targets, staff, cut)
    yield "objective_score", score_table(targets, streams, cut)
    said = forecast_table(
        streams, staff, block.deals, block.runs, block.shown, block.kept, planted, span
    )
    at = said["submitted_at"].cast(pa.int64()).to_numpy()
    yield "forecast_submission", said.filter(pa.array(at < (cut + 1) * DAY * 1_000_000))
    yield TOUCHED, _touched(block, _cut_at(cut))


def _cut_at(cut: int) -> int:
    return (cut + 1) * DAY - 1


def _deal_chunks(block: Block, cut: int) -> Iterator[Chunk]:
    deals, shown, offered, cut_at = block.deals, block.shown, block.offered, _cut_at(cut)
    which = opened_by(deals, block.kept, cut_at)
    yield (
        "opportunity",
        opportunity_table(deals, shown, offered, block.accounts, block.streams, which, cut_at),
    )
    yield "opportunity_change", change_table(deals, shown, block.kept, cut_at)
    yield "opportunity_line", line_table(deals, block.runs, shown, offered, which, cut_at)


def _booking_chunks(block: Block, cut: int) -> Iterator[Chunk]:
    deals, runs, offered = block.deals, block.runs, block.offered
    known, streams = block.accounts, block.streams
    won = block.known.shown(won_by(deals, runs, block.kept, cut), cut)
    yield (
        "booking",
        booking_table(deals, runs, block.shown, offered, known, block.staff, streams, won),
    )
    yield "booking_line", booking_line_table(deals, runs, offered, won)
    yield (
        "booking_split",
        split_table(deals, runs, block.shown, block.staff, streams, won, block.known, cut),
    )
    yield "invoice", invoice_table(deals, runs, offered, streams, won, cut)
    yield "payment", payment_table(deals, runs, offered, known, streams, won, cut)
    yield "cancellation", cancellation_table(deals, runs, offered, streams, won, cut)
    yield "subscription", subscription_table(deals, runs, offered, known, streams, won, cut)


def _work_chunks(block: Block, request: Request, span: Ints) -> Iterator[Chunk]:
    deals, staff, streams, known = block.deals, block.staff, block.streams, block.accounts
    first_at, cut_at = request.first * DAY, _cut_at(request.cut)
    asked = leads(streams, request.company, staff, deals, block.kept, span)
    yield "lead", lead_table(asked, deals, staff, known, request.seed, request.cut)
    yield (
        "activity",
        activity_table(
            deals,
            block.runs,
            block.shown,
            known,
            block.contacts,
            streams,
            block.kept,
            first_at,
            cut_at,
        ),
    )
    yield "activity", lead_activity_table(asked, staff, streams, first_at, cut_at)


def _touched(block: Block, cut_at: int) -> pa.Table:
    """Return which deals of the export each planted problem had touched by an instant."""
    at = dict(block.runs.touched)
    at["discount_creep"] = np.where(block.offered.crept, quoted_at(block.runs), NOTHING)
    at["plan_pays_margin_away"] = np.where(block.offered.tempted, block.runs.closes_at, NOTHING)
    at |= _known_late(block)
    names, deals = [], []
    for problem in (*SWITCHES, *LATE):
        when = at.get(problem, np.zeros(0, dtype=np.int64))
        touched = np.flatnonzero((when != NOTHING) & (when <= cut_at) & block.kept[: len(when)])
        names += [problem] * len(touched)
        deals.append(touched.astype(np.int64))
    ids = opportunity_keys(block.deals, np.concatenate(deals))
    return pa.table({"problem": pa.array(names, pa.string()), "opportunity_id": ids})


def _known_late(block: Block) -> dict[str, Ints]:
    """Return per deal the instant at which what is known late became known, NOTHING: no such."""
    known, found = block.known, {}
    for name, deal, day in (
        (LATE[0], known.booking, known.known_on),
        (LATE[1], known.split, known.corrected_on),
    ):
        found[name] = np.full(len(block.deals.number), NOTHING, dtype=np.int64)
        if deal != NOTHING:
            found[name][deal] = day * DAY
    return found

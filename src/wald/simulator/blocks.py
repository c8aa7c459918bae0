"""One block of teams from its people to its payments; blocks share nothing but the seed."""

from collections.abc import Iterator, Mapping
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
from wald.simulator.activities import activity_table, busy_table, lead_activity_table
from wald.simulator.after_booking import (
    cancellation_table,
    invoice_table,
    score_table,
    split_table,
    subscription_table,
    uneven_splits,
)
from wald.simulator.bends import never_opened
from wald.simulator.bookings import booking_line_table, booking_table, payment_table, won_by
from wald.simulator.columns import NOTHING
from wald.simulator.courses import Courses, courses, quoted_at
from wald.simulator.days import DAY
from wald.simulator.deals import Openings, openings
from wald.simulator.forecasts import forecast_table
from wald.simulator.late import LATE, NEVER, Late, late
from wald.simulator.leads import from_lead, lead_table, leads
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
from wald.simulator.problems import Further
from wald.simulator.progress import Progress, progress
from wald.simulator.quotas import quota_table, quotas
from wald.simulator.quotes import Quotes, quotes
from wald.simulator.request import Request
from wald.simulator.splitting import split
from wald.simulator.streams import Flags, Ints, Streams
from wald.simulator.traces import at_or_nothing, further_touched, other_things

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
    missing: Mapping[str, Flags]  # further problem -> deals that it kept from opening
    parts: Flags  # deals that are parts of one that was split


def drawn(streams: Streams, request: Request, house: Staff, planted: Planted) -> Block:
    """Draw a block's whole history."""
    known = accounts(streams, request.company, house, request.dawn, request.last)
    deals = openings(streams, request.company, house, known, request.dawn, request.last)
    runs = courses(streams, house, deals, planted)
    offered = quotes(streams, house, deals, runs, planted)
    shown = progress(streams, house, deals, runs, offered, planted.further)
    cut = split(streams, house, deals, runs, offered, shown, planted.further)
    deals, runs, offered, shown = cut.deals, cut.runs, cut.offered, cut.shown
    missing = never_opened(streams, house, deals, from_lead(streams, deals), planted.further)
    kept = (runs.closes_at >= request.first * DAY) & ~any_of(missing, len(runs.closes_at))
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
        missing,
        cut.parts,
    )


def any_of(flags: Mapping[str, Flags], count: int) -> Flags:
    return np.asarray(np.any([np.zeros(count, dtype=bool), *flags.values()], axis=0))


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
    yield from _work_chunks(block, request, span, planted.further)
    targets = quotas(streams, request.company, staff, request.first, request.last, planted.further)
    yield "quota", quota_table(targets, staff, cut)
    yield "objective_score", score_table(targets, streams, cut)
    said = forecast_table(
        streams, staff, block.deals, block.runs, block.shown, block.kept, planted, span
    )
    at = said["submitted_at"].cast(pa.int64()).to_numpy()
    yield "forecast_submission", said.filter(pa.array(at < (cut + 1) * DAY * 1_000_000))
    yield TOUCHED, _touched(block, planted, request)


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


def _work_chunks(block: Block, request: Request, span: Ints, planted: Further) -> Iterator[Chunk]:
    deals, staff, streams, known = block.deals, block.staff, block.streams, block.accounts
    first_at, cut_at = request.first * DAY, _cut_at(request.cut)
    missing = any_of(block.missing, len(block.kept))
    asked = leads(streams, request.company, staff, deals, block.kept, span, missing, planted)
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
            planted.step_unused,
        ),
    )
    yield "activity", lead_activity_table(asked, staff, streams, first_at, cut_at)
    busy = planted.activity_without_result
    if busy is not None:
        parts = (deals, block.runs, block.shown, known, streams, staff, block.kept)
        yield "activity", busy_table(*parts, cut_at, busy)


def _touched(block: Block, planted: Planted, request: Request) -> pa.Table:
    """Return what each planted problem had touched by the day of the export, and when that shows.

    Things that are no deals (weeks and quarters of a territory) have no opportunity_id.
    """
    at = dict(block.runs.touched)
    at["discount_creep"] = at_or_nothing(block.offered.crept, quoted_at(block.runs))
    at["plan_pays_margin_away"] = at_or_nothing(block.offered.tempted, block.runs.closes_at)
    at |= further_touched(block, planted.further)
    at |= _known_late(block)
    cut_at = _cut_at(request.cut)
    names, deals, seen = [], [], []
    for problem in (*SWITCHES, *LATE):
        when = at.get(problem, np.zeros(0, dtype=np.int64))
        there = (when != NOTHING) & (when <= cut_at)
        missing = block.missing.get(problem, np.zeros(len(when), dtype=bool))
        touched = np.flatnonzero(there & (block.kept[: len(when)] | missing[: len(when)]))
        shows = np.where(missing[touched], block.deals.created_at[touched], 0)
        shows = np.maximum(shows, block.runs.closes_at[touched] * ~missing[touched]) // DAY
        others = other_things(block.staff, planted, problem, request)
        if len(others):
            shows = others
        names += [problem] * max(len(touched), len(shows))
        deals.append(_filled(touched.astype(np.int64), len(shows)))
        seen.append(_filled(shows, len(touched)))
    ids = opportunity_keys(block.deals, np.concatenate(deals))
    return pa.table(
        {
            "problem": pa.array(names, pa.string()),
            "opportunity_id": ids,
            "seen_on": pa.array(np.concatenate(seen)),
        }
    )


def _filled(column: Ints, count: int) -> Ints:
    """Return the column with NOTHING at its end until it has that many places."""
    more = max(0, count - len(column))
    return np.concatenate([column, np.full(more, NOTHING, dtype=np.int64)])


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

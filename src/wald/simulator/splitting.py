"""Deals that are split in parts, each under a limit of approval: a copy per further part.

Copies stand after all other deals, so that what chance draws for those stays as it was; they come
from no lead. The parts of a deal add up to its quantities.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np

from wald.simulator.columns import NOTHING
from wald.simulator.company import OUTCOMES, SOURCES
from wald.simulator.courses import Courses
from wald.simulator.days import DAY
from wald.simulator.deals import Openings
from wald.simulator.histories import History
from wald.simulator.people import Staff
from wald.simulator.problems import DealsSplit, Further
from wald.simulator.progress import Progress
from wald.simulator.quotes import Quotes
from wald.simulator.streams import Flags, Floats, Ints, Streams

_NO_LEADS = len(SOURCES) - 1


@dataclass(frozen=True, slots=True)
class Split:
    """Deals with their courses, offers and histories, after splitting; `parts`: which are parts."""

    deals: Openings
    runs: Courses
    offered: Quotes
    shown: Progress
    parts: Flags


def split(
    streams: Streams,
    staff: Staff,
    deals: Openings,
    runs: Courses,
    offered: Quotes,
    shown: Progress,
    planted: Further,
) -> Split:
    """Return the deals with those a planted problem splits in their parts."""
    problem = planted.deals_split
    count = len(deals.number)
    if problem is None:
        return Split(deals, runs, offered, shown, np.zeros(count, dtype=bool))
    pieces = _pieces(streams, staff, deals, offered, problem)
    source, place = _sources(pieces)
    parts = pieces[source] > 1
    number = np.concatenate([deals.number, deals.number[-1] + 1 + np.arange(len(source) - count)])
    several = replace(_taken(deals, source), number=number)
    return Split(
        several,
        _runs(runs, source),
        _shared(offered, source, place, pieces[source]),
        _shown(shown, source, place, pieces, offered),
        parts,
    )


def _pieces(
    streams: Streams, staff: Staff, deals: Openings, offered: Quotes, problem: DealsSplit
) -> Ints:
    """Return in how many parts each deal comes: as few as stay under the limit; 1 is whole."""
    there = problem.spot.holds(staff, deals, deals.created_at // DAY, streams.block)
    worth = offered.final / problem.limit
    pieces = np.ceil(np.maximum(worth / 0.98, 1.0)).astype(np.int64)
    chosen = there & (worth >= 1) & (worth <= problem.up_to) & (deals.source == _NO_LEADS)
    chosen &= (streams.uniform("split", len(worth)) < problem.share) & ~offered.tempted
    enough = offered.quantity[:, 0] >= 4 * pieces  # parts of one size can be cut
    return np.where(chosen & enough, pieces, 1)


def _sources(pieces: Ints) -> tuple[Ints, Ints]:
    """Return for each deal after splitting the one it is of, and which part: copies come last."""
    every = np.arange(len(pieces), dtype=np.int64)
    copies = np.repeat(every, pieces - 1)
    first = np.cumsum(pieces - 1) - (pieces - 1)
    place = np.arange(len(copies)) - first[copies] + 1
    return np.concatenate([every, copies]), np.concatenate([np.zeros_like(every), place])


def _taken(deals: Openings, source: Ints) -> Openings:
    columns = {field.name: getattr(deals, field.name)[source] for field in fields(deals)}
    return Openings(**columns)


def _runs(runs: Courses, source: Ints) -> Courses:
    touched: Mapping[str, Ints] = {name: at[source] for name, at in runs.touched.items()}
    return Courses(
        runs.enters[source],
        runs.reached[source],
        runs.closes_at[source],
        runs.result[source],
        runs.last_stage[source],
        touched,
    )


def _of(quantity: Ints, place: Ints, pieces: Ints) -> Ints:
    """Return a part's share of each line's units; the first parts take what is left over."""
    return quantity // pieces[:, None] + (place[:, None] < quantity % pieces[:, None])


def _shared(offered: Quotes, source: Ints, place: Ints, pieces: Ints) -> Quotes:
    quantity = _of(offered.quantity[source], place, pieces)
    signed = _of(offered.signed_quantity[source], place, pieces)
    price, discount = offered.list_price[source], offered.discount[source]
    gross = (quantity * price).sum(axis=1)
    final = np.where(
        pieces > 1, np.round(gross * (1 - discount)).astype(np.int64), offered.final[source]
    )
    return Quotes(
        offered.product[source],
        quantity,
        signed,
        price,
        gross,
        discount,
        final,
        offered.tempted[source],
        offered.crept[source],
        {name: flags[source] for name, flags in offered.bent.items()},
    )


def _shown(shown: Progress, source: Ints, place: Ints, pieces: Ints, offered: Quotes) -> Progress:
    parts = _shared(offered, source, place, pieces[source])
    share = parts.gross / offered.gross[source]
    whole = pieces[source] == 1
    histories = {field.name: _copied(getattr(shown, field.name), source) for field in fields(shown)}
    amount = _scaled(histories["amount"], np.where(whole, 1.0, share))
    at_last = np.zeros(len(amount.deal), dtype=bool)
    at_last[:-1] = amount.deal[1:] != amount.deal[:-1]
    at_last[-1:] = True
    outcome = histories["outcome"]
    won = np.zeros(len(source), dtype=bool)
    won[outcome.deal[outcome.new == OUTCOMES.index("won")]] = True
    signs = at_last & won[amount.deal] & ~whole[amount.deal]
    new = np.where(signs, parts.final[amount.deal], amount.new)
    histories["amount"] = replace(amount, new=new)
    return Progress(**histories)


def _copied(one: History, source: Ints) -> History:
    """Return the history with the changes of each copied deal repeated for its copy."""
    copies = np.arange(len(source))[len(one.first) :]
    starts = np.searchsorted(one.deal, source[copies], side="left")
    ends = np.searchsorted(one.deal, source[copies], side="right")
    counts = ends - starts
    before = np.cumsum(counts) - counts
    copy = np.repeat(np.arange(len(copies)), counts)
    rows = starts[copy] + np.arange(int(counts.sum())) - before[copy]
    deal = np.concatenate([one.deal, copies[copy]]).astype(np.int64)
    index = np.concatenate([np.arange(len(one.deal)), rows]).astype(np.int64)
    return History(one.first[source], deal, one.at[index], one.old[index], one.new[index])


def _scaled(amount: History, share: Floats) -> History:
    """Return the amounts of each deal times its share, in whole currency units."""

    def part(values: Ints, deals: Ints) -> Ints:
        cut = np.maximum(np.round(values * share[deals], -2), 100).astype(np.int64)
        return np.where((values == NOTHING) | (share[deals] == 1.0), values, cut)

    every = np.arange(len(share), dtype=np.int64)
    old, new = part(amount.old, amount.deal), part(amount.new, amount.deal)
    return History(part(amount.first, every), amount.deal, amount.at, old, new)

"""People who might buy: where they came from, how long they waited, and what became of them."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.simulator.accounts import Accounts, countries
from wald.simulator.columns import NOTHING, dates, instants, keys, table, words
from wald.simulator.company import (
    INDUSTRIES,
    NEW_BUSINESS,
    SEGMENTS,
    SOURCES,
    TYPES,
    Company,
)
from wald.simulator.days import DAY, month_starts, months
from wald.simulator.deals import Openings, expected_deals
from wald.simulator.names import company_names, person_names
from wald.simulator.opportunities import opportunity_keys
from wald.simulator.people import Staff
from wald.simulator.persons import person_keys
from wald.simulator.problems import Further
from wald.simulator.streams import Flags, Ints, Streams, picks

BLOCK_LEADS = 1_000_000  # room for the numbers of one block
_FROM_LEAD_SHARE = 0.85  # of the deals whose source has leads
_NEVER_ANSWERED_SHARE = 0.11
_GIVEN_UP_DAYS = 90  # a lead that did not convert by then is called nurture
_SPREAD = 1.35  # standard deviation of the logarithm of the hours until an answer
_SOONER = 0.35  # how much sooner, in those deviations, leads that convert were answered


@dataclass(frozen=True, slots=True)
class Leads:
    """Leads of one block by creation; NOTHING where there was no answer or no deal."""

    number: Ints
    seat: Ints
    source: Ints
    segment: Ints
    industry: Ints
    created_at: Ints
    answered_at: Ints
    deal: Ints  # position of the deal it became
    kept: Flags


def leads(
    streams: Streams,
    company: Company,
    staff: Staff,
    deals: Openings,
    kept: Flags,
    span: Ints,
    missing: Flags,
    planted: Further,
) -> Leads:
    """Draw the leads of a block between two days: those that became deals, and the others.

    Leads of deals that a planted problem kept from opening, `missing`, become nothing.
    """
    converted = np.flatnonzero(from_lead(streams, deals)).astype(np.int64)
    seat, source, arrived = _strays(streams, company, staff, span)
    strays = np.full(len(seat), NOTHING, dtype=np.int64)
    deal = np.concatenate([converted, strays])
    is_stray = deal == NOTHING
    source = np.concatenate([deals.source[converted], source])
    seats = np.concatenate([deals.seat[converted], seat])
    made = np.concatenate([deals.created_at[converted], arrived])
    waited = _seconds_until_answer(streams, source, is_stray)
    waited = np.where(waits_longer(source, made, planted), waited * _longer(planted), waited)
    waited = waited.astype(np.int64)
    chance = streams.uniform("lead", (len(deal), 4))
    talked = ((0.2 + 9 * chance[:, 0] ** 2) * DAY).astype(np.int64)  # from the answer to the deal
    made[is_stray] += waited[is_stray]
    created_at = made - waited - np.where(is_stray, 0, talked)
    never = is_stray & (chance[:, 1] < _NEVER_ANSWERED_SHARE)
    own = np.maximum(deal, 0)
    deal = np.where(is_stray | missing[own], NOTHING, deal)
    segment = picks(tuple(s.weight for s in SEGMENTS), chance[:, 2])
    industry = (chance[:, 3] * len(INDUSTRIES)).astype(np.int64)
    return Leads(
        streams.block * BLOCK_LEADS + np.arange(len(deal), dtype=np.int64),
        seats,
        source,
        np.where(is_stray, segment, deals.segment[own]),
        np.where(is_stray, industry, deals.industry[own]),
        created_at,
        np.where(never, NOTHING, created_at + waited),
        deal,
        (created_at >= span[0] * DAY) & (is_stray | missing[own] | kept[own]),
    )


def waits_longer(source: Ints, made_at: Ints, planted: Further) -> Flags:
    """Return which leads a planted problem lets wait, by what they came from and when."""
    problem = planted.leads_wait
    if problem is None:
        return np.zeros(len(source), dtype=bool)
    return np.asarray((source == problem.spot.source) & (made_at // DAY >= problem.spot.starts))


def _longer(planted: Further) -> float:
    return 1.0 if planted.leads_wait is None else planted.leads_wait.longer


def from_lead(streams: Streams, deals: Openings) -> Flags:
    """Return which deals came from a lead."""
    has_leads = np.array([source.converts > 0 for source in SOURCES])[deals.source]
    chance = streams.uniform("from a lead", len(deals.number))
    return np.asarray(has_leads & (chance < _FROM_LEAD_SHARE))


def _strays(
    streams: Streams, company: Company, staff: Staff, span: Ints
) -> tuple[Ints, Ints, Ints]:
    """Return seat, source and instant of the leads that never become a deal."""
    calendar = np.arange(*(months(span) + np.array([0, 1])))
    deals = expected_deals(streams, company, staff, calendar)
    deals *= TYPES[NEW_BUSINESS].weight * _FROM_LEAD_SHARE
    each = np.array([s.weight * (1 / s.converts - 1) if s.converts else 0.0 for s in SOURCES])
    counts = streams.of("strays").poisson(deals[:, :, None] * each)
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    month = cell // len(SOURCES) % len(calendar)
    starts, ends = month_starts(calendar)[month], month_starts(calendar + 1)[month]
    instant = starts * DAY + (streams.uniform("arrived", len(cell)) * (ends - starts) * DAY)
    inside = (instant >= span[0] * DAY) & (instant < (span[1] + 1) * DAY)
    cell = cell[inside]
    return (
        cell // (len(calendar) * len(SOURCES)),
        cell % len(SOURCES),
        instant[inside].astype(np.int64),
    )


def _seconds_until_answer(streams: Streams, source: Ints, is_stray: Flags) -> Ints:
    """Return how long each lead waits: log-normal by source, sooner where it becomes a deal."""
    median = np.array([max(s.answer_hours, 1.0) for s in SOURCES])[source]
    bell = streams.normal("answered", len(source)) - np.where(is_stray, 0.0, _SOONER)
    return np.asarray(np.maximum(median * 3600 * np.exp(_SPREAD * bell), 60).astype(np.int64))


def lead_keys(known: Leads, which: Ints) -> pa.Array:
    return keys("E", (known.number[which], 9))


def lead_table(
    known: Leads, deals: Openings, staff: Staff, accounts: Accounts, seed: int, cut: int
) -> pa.Table:
    """Return the leads as they stood at the end of the day `cut`, by creation."""
    which = np.flatnonzero(known.kept & (known.created_at < (cut + 1) * DAY))
    which = which[np.argsort(known.created_at[which], kind="stable")].astype(np.int64)
    deal = known.deal[which]
    converted_on = np.where(deal == NOTHING, cut + 1, deals.created_at[np.maximum(deal, 0)] // DAY)
    deal = np.where(converted_on <= cut, deal, NOTHING)
    answered_at = known.answered_at[which]
    answered_at = np.where(answered_at < (cut + 1) * DAY, answered_at, NOTHING)
    created_at, seat, number = known.created_at[which], known.seat[which], known.number[which]
    names = person_names(number * 3 + 11, seed)
    mailbox = pc.replace_substring(pc.utf8_lower(names), " ", ".")
    return table(
        "lead",
        {
            "lead_id": lead_keys(known, which),
            "name": names,
            "company": company_names(number % 90_000, known.industry[which], INDUSTRIES),
            "email": pc.binary_join_element_wise(mailbox, "leads.example", "@"),
            "owner_id": person_keys(staff.owners(seat, created_at // DAY)),
            "source": words([source.name for source in SOURCES], known.source[which]),
            "segment": words([segment.name for segment in SEGMENTS], known.segment[which]),
            "country": countries(staff, seat, (number * 37 % 100) / 100),
            "status": words(_STATUSES, _statuses(deal, answered_at, created_at, cut)),
            "created_at": instants(created_at),
            "first_response_at": instants(answered_at),
            "converted_on": dates(np.where(deal == NOTHING, NOTHING, converted_on)),
            "opportunity_id": opportunity_keys(deals, deal),
            "account_id": accounts.keys(
                np.where(deal == NOTHING, NOTHING, deals.account[np.maximum(deal, 0)])
            ),
        },
    )


_STATUSES = ("new", "working", "nurture", "converted")


def _statuses(deal: Ints, answered_at: Ints, created_at: Ints, cut: int) -> Ints:
    """Return where each lead stands on a day: nothing but the dates decides it."""
    given_up = created_at // DAY + _GIVEN_UP_DAYS <= cut
    waiting = np.where(given_up, 2, np.where(answered_at == NOTHING, 0, 1))
    return np.where(deal == NOTHING, waiting, 3)

"""The companies we sell to and the people there, by territory."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.simulator.columns import (
    NOTHING,
    blank,
    dates,
    decimals,
    keys,
    table,
    taken,
    whole,
    words,
)
from wald.simulator.company import (
    INDUSTRIES,
    INDUSTRY_WEIGHTS,
    MARKETS,
    REGIONS,
    SEGMENTS,
    Company,
)
from wald.simulator.names import TITLES, company_names, person_names
from wald.simulator.people import Staff
from wald.simulator.persons import person_keys
from wald.simulator.streams import Floats, Ints, Streams, picks

BLOCK_ACCOUNTS = 100_000  # room for the numbers of one block
_CHILD_SHARE = 0.05
_REVENUE_A_HEAD = 190_000.0  # median, in the account's currency
_SEAT_STEP = 1_000_000


@dataclass(frozen=True, slots=True)
class Accounts:
    """Accounts of one block, sorted by seat and then by the day they were recorded."""

    first_number: int
    seat: Ints
    created_on: Ints
    segment: Ints
    industry: Ints

    def choose(self, seats: Ints, days: Ints, chance: Floats) -> Ints:
        """Return for each deal an account of its seat that is known by that day."""
        first = np.searchsorted(self.seat, seats, side="left")
        known = np.searchsorted(self.seat * _SEAT_STEP + self.created_on, seats * _SEAT_STEP + days)
        return np.asarray(first + (chance * np.maximum(known - first, 1)).astype(np.int64))

    def keys(self, accounts: Ints) -> pa.Array:
        numbers = np.where(accounts == NOTHING, 0, accounts) + self.first_number
        return blank(keys("A", (numbers, 8)), accounts == NOTHING)


def accounts(
    streams: Streams, company: Company, staff: Staff, dawn: int, last_day: int
) -> Accounts:
    """Draw the accounts of a block: four in five were there before `dawn`, the rest come later."""
    seats = len(staff.seat_teams)
    each = np.maximum(8, streams.of("account count").poisson(company.accounts_a_rep, seats))
    seat = np.repeat(np.arange(seats), each).astype(np.int64)
    chance = streams.uniform("account created", len(seat))
    before = dawn - 30 - (chance / 0.8 * 1_800).astype(np.int64)
    later = dawn + ((chance - 0.8) / 0.2 * (last_day - dawn)).astype(np.int64)
    created_on = np.where(chance < 0.8, before, later)
    created_on[np.cumsum(each) - each] = dawn - 60  # every seat has an account from the start
    order = np.lexsort((created_on, seat))
    return Accounts(
        streams.block * BLOCK_ACCOUNTS,
        seat[order],
        created_on[order],
        picks(tuple(s.weight for s in SEGMENTS), streams.uniform("account segment", len(seat))),
        picks(INDUSTRY_WEIGHTS, streams.uniform("account industry", len(seat))),
    )


def account_table(known: Accounts, streams: Streams, staff: Staff, cut: int) -> pa.Table:
    """Return the account table at the end of the day `cut`: the owner is who held the seat then."""
    count = len(known.seat)
    regions = staff.regions[known.seat]
    heads = _heads(known, streams)
    revenue = heads * _REVENUE_A_HEAD * np.exp(0.5 * streams.normal("revenue", count))
    numbers = np.arange(count, dtype=np.int64)
    full = table(
        "account",
        {
            "account_id": known.keys(numbers),
            "name": company_names(numbers + known.first_number, known.industry, INDUSTRIES),
            "parent_id": known.keys(_parents(known, streams)),
            "owner_id": person_keys(staff.owners(known.seat, np.full(count, cut))),
            "segment": words([segment.name for segment in SEGMENTS], known.segment),
            "industry": words(INDUSTRIES, known.industry),
            "country": countries(staff, known.seat, streams.uniform("country", count)),
            "territory": words(staff.territories, known.seat),
            "employees": whole(heads.astype(np.int64)),
            "annual_revenue": decimals(np.round(revenue, -4).astype(np.int64) * 10_000, 4),
            "currency": words([region.currency for region in REGIONS], regions),
            "created_on": dates(known.created_on),
        },
    )
    return full.filter(pa.array(known.created_on <= cut))


def countries(staff: Staff, seats: Ints, chance: Floats) -> pa.Array:
    """Return a country of each seat's market; the first country of a market is the largest."""
    places = [market.countries for market in MARKETS]
    flat = [country for market in places for country in market]
    starts = np.cumsum([0, *(len(market) for market in places)])
    sizes = np.array([len(market) for market in places])
    market = np.array([team.market for team in staff.teams])[staff.seat_teams][seats]
    return words(flat, starts[market] + (chance**1.7 * sizes[market]).astype(np.int64))


def _heads(known: Accounts, streams: Streams) -> Floats:
    medians = np.array([segment.employees for segment in SEGMENTS])[known.segment]
    return np.asarray(np.ceil(medians * np.exp(0.6 * streams.normal("employees", len(known.seat)))))


def _parents(known: Accounts, streams: Streams) -> Ints:
    """Let some smaller accounts belong to an earlier large one; NOTHING for the rest."""
    count = len(known.seat)
    chance = streams.uniform("parents", (count, 2))
    large = np.flatnonzero(known.segment == len(SEGMENTS) - 1)
    if not len(large):
        return np.full(count, NOTHING, dtype=np.int64)
    parent = large[(chance[:, 0] * len(large)).astype(np.int64)]
    is_child = (
        (chance[:, 1] < _CHILD_SHARE)
        & (known.segment < len(SEGMENTS) - 1)
        & (known.created_on[parent] <= known.created_on)
    )
    return np.where(is_child, parent, NOTHING)


@dataclass(frozen=True, slots=True)
class Contacts:
    """Contacts of one block, sorted by account; every account has at least one."""

    first: Ints  # first contact of each account, and one past the last at the end
    account: Ints

    def choose(self, accounts: Ints, chance: Floats) -> Ints:
        first, end = self.first[accounts], self.first[accounts + 1]
        return np.asarray(first + (chance * (end - first)).astype(np.int64))

    def keys(self, known: Accounts, contacts: Ints) -> pa.Array:
        which = np.where(contacts == NOTHING, 0, contacts)
        account = self.account[which]
        place = which - self.first[account] + 1
        named = keys("N", (account + known.first_number, 8), (place, 2))
        return blank(named, contacts == NOTHING)


def contacts(streams: Streams, known: Accounts) -> Contacts:
    each = 1 + streams.of("contact count").poisson(1.3 + 0.8 * known.segment)
    each = np.minimum(each, 99)
    first = np.concatenate([[0], np.cumsum(each)]).astype(np.int64)
    return Contacts(first, np.repeat(np.arange(len(each)), each).astype(np.int64))


def contact_table(
    people: Contacts, known: Accounts, names: pa.Array, streams: Streams, seed: int, cut: int
) -> pa.Table:
    """Return the contact table at the end of the day `cut`; `names` are the accounts' names."""
    count = len(people.account)
    numbers = np.arange(count, dtype=np.int64)
    first = person_names(numbers * 7 + known.first_number + 5, seed)
    site = pc.replace_substring(pc.utf8_lower(taken(names, people.account)), " ", "-")
    mailbox = pc.replace_substring(pc.utf8_lower(first), " ", ".")
    created_on = known.created_on[people.account]
    phones = keys("+00 555 ", (numbers % 10_000_000, 7))
    full = table(
        "contact",
        {
            "contact_id": people.keys(known, numbers),
            "account_id": known.keys(people.account),
            "name": first,
            "email": pc.binary_join_element_wise(
                mailbox, pc.binary_join_element_wise(site, "example", "."), "@"
            ),
            "title": words(TITLES, picks((1,) * len(TITLES), streams.uniform("title", count))),
            "phone": phones,
            "created_on": dates(created_on),
        },
    )
    return full.filter(pa.array(created_on <= cut))

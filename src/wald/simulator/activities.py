"""Calls, e-mails, meetings: more where a deal moves on, none long after it fell asleep."""

import numpy as np
import pyarrow as pa

from wald.simulator.accounts import Accounts, Contacts
from wald.simulator.columns import NOTHING, instants, keys, nulls, table, words
from wald.simulator.company import OPEN_STAGES, SEGMENTS, WON
from wald.simulator.courses import Courses
from wald.simulator.days import DAY, at_work, working_earlier
from wald.simulator.deals import Openings
from wald.simulator.leads import Leads, lead_keys
from wald.simulator.opportunities import opportunity_keys
from wald.simulator.people import Staff
from wald.simulator.persons import person_keys
from wald.simulator.problems import ActivityWithoutResult, StepUnused
from wald.simulator.progress import Progress
from wald.simulator.streams import Flags, Floats, Ints, Streams, picks

_KINDS = ("call", "email", "meeting", "task", "note")
_KIND_WEIGHTS = (0.27, 0.40, 0.16, 0.11, 0.06)
_A_STAGE = (2.2, 2.8, 3.6, 3.8, 4.2)  # mean activities of a small deal in each stage
_ATTENTION_DAYS = 45  # after that long in one stage nobody calls any more
_NO_CONTACT_SHARE = 0.18


def activity_table(
    deals: Openings,
    runs: Courses,
    shown: Progress,
    known: Accounts,
    people: Contacts,
    streams: Streams,
    kept: Flags,
    first_at: int,
    cut_at: int,
    unused: StepUnused | None,
) -> pa.Table:
    """Return the activities about the kept deals between two instants.

    Of a kind that a planted problem lets nobody record any more, few are left.
    """
    deal, stage, chance = _drawn(deals, runs, streams)
    at = _placed(deals, runs, deal, stage, chance[:, 0], chance[:, 1])
    valid = kept[deal] & runs.reached[deal, stage] & (at >= first_at) & (at <= cut_at)
    valid &= (at > deals.created_at[deal]) & (at < runs.closes_at[deal])
    kind = picks(_KIND_WEIGHTS, chance[:, 4])
    if unused is not None:
        dropped = streams.uniform("unused", len(deal)) < unused.share
        valid &= ~(dropped & (kind == unused.kind) & (at // DAY >= unused.spot.starts))
    index = np.flatnonzero(valid)
    deal, at, chance = deal[index], at[index], chance[index]
    account = deals.account[deal]
    contact = people.choose(account, chance[:, 2])
    contact = np.where(chance[:, 3] < _NO_CONTACT_SHARE, NOTHING, contact)
    return table(
        "activity",
        {
            "activity_id": keys("T", (index + streams.block * 100_000_000, 10)),
            "person_id": person_keys(shown.owner_id.value(deal, at)),
            "account_id": known.keys(account),
            "opportunity_id": opportunity_keys(deals, deal),
            "contact_id": people.keys(known, contact),
            "lead_id": nulls(len(deal)),
            "kind": words(_KINDS, kind[index]),
            "happened_at": instants(at),
        },
    )


def busy_table(
    deals: Openings,
    runs: Courses,
    shown: Progress,
    known: Accounts,
    streams: Streams,
    staff: Staff,
    kept: Flags,
    cut_at: int,
    problem: ActivityWithoutResult,
) -> pa.Table:
    """Return what a planted problem adds: another e-mail or call after many activities."""
    deal, stage, chance = _drawn(deals, runs, streams)
    more = streams.uniform("busy", (len(deal), 3))
    at = _placed(deals, runs, deal, stage, more[:, 1], more[:, 2])
    there = problem.spot.of_team(staff, deals.seat[deal], at // DAY, streams.block)
    valid = there & kept[deal] & runs.reached[deal, stage] & (at <= cut_at)
    valid &= (at > deals.created_at[deal]) & (at < runs.closes_at[deal])
    index = np.flatnonzero(valid & (more[:, 0] < problem.more))
    deal, at = deal[index], at[index]
    return table(
        "activity",
        {
            "activity_id": keys("TM", (index + streams.block * 100_000_000, 10)),
            "person_id": person_keys(shown.owner_id.value(deal, at)),
            "account_id": known.keys(deals.account[deal]),
            "opportunity_id": opportunity_keys(deals, deal),
            "contact_id": nulls(len(deal)),
            "lead_id": nulls(len(deal)),
            "kind": words(_KINDS, np.where(chance[index, 4] < 0.5, 0, 1)),
            "happened_at": instants(at),
        },
    )


def _drawn(deals: Openings, runs: Courses, streams: Streams) -> tuple[Ints, Ints, Floats]:
    """Return deal, stage and chances of each activity that could be; unreached stages fall away."""
    size = np.array([0.8 + 0.3 * index for index in range(len(SEGMENTS))])[deals.segment]
    mean = np.array(_A_STAGE)[None, :] * size[:, None]
    counts = streams.of("activity count").poisson(mean)
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    keeps = np.where(runs.result == WON, 1.0, 0.78)[cell // OPEN_STAGES]
    chance = streams.uniform("activities", (len(cell), 6))
    cell, chance = cell[chance[:, 5] < keeps], chance[chance[:, 5] < keeps]
    return cell // OPEN_STAGES, cell % OPEN_STAGES, chance


def _placed(
    deals: Openings, runs: Courses, deal: Ints, stage: Ints, when: Floats, clock: Floats
) -> Ints:
    """Return the instant of each activity: within its stage, while somebody still cares."""
    enters = runs.enters[deal, stage]
    following = np.concatenate([runs.enters[:, 1:], runs.closes_at[:, None]], axis=1)
    leaves = np.where(runs.last_stage[deal] == stage, runs.closes_at[deal], following[deal, stage])
    days = np.minimum((leaves - enters) / DAY, _ATTENTION_DAYS)
    day = working_earlier((enters // DAY + (days * when)).astype(np.int64))
    return at_work(day, deals.opens_at[deal], clock)


def lead_activity_table(
    leads: Leads, staff: Staff, streams: Streams, first_at: int, cut_at: int
) -> pa.Table:
    """Return the first answer to each answered lead as an activity."""
    answered = np.flatnonzero(
        leads.kept & (leads.answered_at >= first_at) & (leads.answered_at <= cut_at)
    ).astype(np.int64)
    at = leads.answered_at[answered]
    calls = streams.uniform("lead answers", len(leads.created_at))[answered] < 0.45
    nobody = nulls(len(answered))
    return table(
        "activity",
        {
            "activity_id": keys("TL", (leads.number[answered], 9)),
            "person_id": person_keys(staff.owners(leads.seat[answered], at // DAY)),
            "account_id": nobody,
            "opportunity_id": nobody,
            "contact_id": nobody,
            "lead_id": lead_keys(leads, answered),
            "kind": words(_KINDS, np.where(calls, 0, 1)),
            "happened_at": instants(at),
        },
    )

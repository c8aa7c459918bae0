"""How each rule of hygiene fared on days of the past: were deals with its finding won less often?

Learned from everybody's deals, as they were known on days half a year apart, the last of them half
a year ago; only shares of many deals are shown of it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np

from wald.brain.rule_record import Looked, RuleRecord, judge_record
from wald.heart.hygiene.past import Past, number
from wald.heart.hygiene.rule import HygieneRule, hygiene_rules, judge_deals
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.hygiene_deals import DealsOfDay, deals_of_days, hygiene_day, past_for
from wald.queries.hygiene_evidence import evidence_of
from wald.queries.kept import kept
from wald.queries.measure import View
from wald.queries.sales_process import staged_view

AHEAD_DAYS = 180  # in which a deal is won or is not
_MOST_DAYS = 4  # days looked at, two years back


@dataclass(frozen=True, slots=True)
class RuleFared:
    """A rule, its record, and of how many of the deals looked at it could not tell."""

    rule: HygieneRule
    record: RuleRecord
    unjudged: int


@dataclass(frozen=True, slots=True)
class HygieneRecord:
    """`days` are those looked at, latest first, () where the data do not reach back as far."""

    on: date
    days: tuple[date, ...]
    ahead_days: int
    deals: int
    rules: tuple[RuleFared, ...]


def hygiene_record(
    *, actor: Actor, workspace: Workspace, on: date | None = None, engine: str = ""
) -> HygieneRecord | None:
    """Return how the rules fared before a day (None or later: the last in the data), None when no
    deals are loaded."""
    seen = staged_view(actor=actor, workspace=workspace, engine=engine)
    last = hygiene_day(seen)
    if last is None or not seen.snapshot.has("opportunity"):
        return None
    day = last if on is None else min(on, last)  # of later days nobody knows what was won
    return kept(
        (seen.whole.signature, "record of hygiene", day),
        lambda: _record(actor, workspace, seen, day),
    )


def _record(actor: Actor, workspace: Workspace, seen: View, day: date) -> HygieneRecord:
    past = past_for(seen, day)
    days = _days(past, day)
    evidence = evidence_of(actor=actor, workspace=workspace, seen=seen, past=past)
    looked: dict[str, list[Looked]] = {key: [] for key in hygiene_rules()}
    unjudged = dict.fromkeys(hygiene_rules(), 0)
    deals: set[str] = set()
    for of_day in deals_of_days(seen, past, days, evidence).values():
        won = _won_after(past, of_day.on)
        deals |= {one.deal_id for one in of_day.deals}
        for key, rule in hygiene_rules().items():
            rows, untold = _looked(rule, of_day, won)
            looked[key] += rows
            unjudged[key] += untold
    return HygieneRecord(
        day,
        days,
        AHEAD_DAYS,
        len(deals),
        tuple(
            RuleFared(rule, judge_record(looked[key]), unjudged[key])
            for key, rule in hygiene_rules().items()
        ),
    )


def _days(past: Past, day: date) -> tuple[date, ...]:
    """Return days half a year apart, none before the first recorded opening."""
    if not len(past.opened):
        return ()
    days = [day - timedelta(days=AHEAD_DAYS * back) for back in range(1, _MOST_DAYS + 1)]
    return tuple(one for one in days if number(one) >= int(past.opened.min()))


def _won_after(past: Past, on: date) -> Mapping[str, bool]:
    """Say of each deal whether it was won in the days after `on`."""
    start = number(on)
    won = past.won & (past.closed > start) & (past.closed <= start + AHEAD_DAYS)
    keys = past.ids.take(np.flatnonzero(won)).to_pylist()
    return MappingProxyType(dict.fromkeys(keys, True))


def _looked(
    rule: HygieneRule, of_day: DealsOfDay, won: Mapping[str, bool]
) -> tuple[list[Looked], int]:
    """Return the deals that a rule could judge on a day, and of how many it could not tell."""
    rows, untold = [], 0
    for deal in of_day.deals:
        said = judge_deals([deal], of_day.ground, [rule])
        if said.unjudged:
            untold += 1
            continue
        rows.append(Looked(deal.deal_id, bool(said.findings), won.get(deal.deal_id, False)))
    return rows, untold

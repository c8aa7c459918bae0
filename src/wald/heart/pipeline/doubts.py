"""What a pipeline cannot know: deals and people that lack something, each kind with its count.

A page with such deals still works: it counts them, says what is wrong, and what that hides.
Source: docs/pipeline/README.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlglot import exp

from wald.facts.relations import Scene, template

_SHORT_DAYS = 91  # of history: a quarter


@dataclass(frozen=True, slots=True)
class Doubt:
    """One kind of thing that is not known; `records` says of how many, 0 where it is no count."""

    key: str
    records: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Ground:
    """What the facts reach over, which decides what a day can say."""

    days: Sequence[date]
    reaches: date | None  # last day of the facts
    begins: date | None  # first recorded change of a deal, None where none is recorded
    has_stages: bool
    has_people: bool


_DEALS = """
SELECT COUNT(*) AS deals,
       COUNT(*) FILTER (WHERE deal.given_amount IS NULL) AS no_amount,
       COUNT(*) FILTER (WHERE deal.given_amount IS NOT NULL AND deal.amount IS NULL) AS no_rate,
       COUNT(DISTINCT CASE WHEN deal.given_amount IS NOT NULL AND deal.amount IS NULL
                           THEN deal.currency END) AS currencies,
       MIN(CASE WHEN deal.given_amount IS NOT NULL AND deal.amount IS NULL
                THEN deal.currency END) AS currency,
       COUNT(*) FILTER (WHERE deal.amount < 0) AS negative,
       COUNT(*) FILTER (WHERE deal.stage IS NULL) AS no_stage,
       COUNT(*) FILTER (WHERE deal.stage IS NOT NULL AND stage.stage IS NULL) AS strange_stage,
       MIN(CASE WHEN stage.stage IS NULL THEN deal.stage END) AS a_stage,
       COUNT(*) FILTER (WHERE deal.owner_id IS NULL) AS no_owner,
       COUNT(*) FILTER (WHERE deal.owner_id IS NOT NULL AND person.person_id IS NULL) AS stranger,
       COUNT(*) FILTER (WHERE deal.close_on IS NULL) AS no_close
  FROM deal
  LEFT JOIN stage ON stage.stage = deal.stage
  LEFT JOIN (SELECT DISTINCT person_id FROM everybody) AS person
    ON person.person_id = deal.owner_id
"""
# A question of its own: an engine then goes through the changes without keeping them.
_CHANGED = """
SELECT COUNT(*) AS changed FROM deal
 WHERE opportunity_id IN (SELECT opportunity_id FROM changed)
"""
_CLOSED_EARLY = """
SELECT COUNT(*) AS closed_early FROM deal WHERE closed_on < CAST(created_at AS DATE)
"""


def compose_doubts(deals: exp.Expr, scene: Scene, stages: exp.Select | None = None) -> exp.Select:
    """Return the SELECT of one row of counts over `deals`: rows with opportunity_id, stage,
    owner_id, amount, given_amount, currency and close_on. `stages`: those that are defined, None
    for those of the data."""
    return template(
        _DEALS,
        deal=exp.select("*").from_(deals, copy=False),
        stage=scene.table("stage", ["stage"]) if stages is None else stages,
        everybody=scene.labels("person", ["person_id"]),
    )


def compose_changed(deals: exp.Expr, scene: Scene) -> exp.Select:
    """Return the SELECT of how many of `deals` have any recorded change up to the day."""
    return template(
        _CHANGED,
        deal=exp.select("*").from_(deals, copy=False),
        changed=scene.table("opportunity_change", ["opportunity_id"]),
    )


def compose_closed_early(scene: Scene) -> exp.Select:
    """Return the SELECT of how many deals are said to have closed before they were opened."""
    return template(
        _CLOSED_EARLY,
        deal=scene.table("opportunity", ["opportunity_id", "created_at", "closed_on"]),
    )


_SENTENCES = {
    "no_amount": "{n} no amount: counted as deals, they add nothing.",
    "no_rate": "{n} an amount in {currency}, for which no rate into {reporting} is known: they add "
    "nothing.",
    "negative": "{n} a negative amount: it is added as it stands, so the sum is smaller.",
    "no_stage": "{n} no stage on this day: nobody recorded which it was.",
    "strange_stage": "{n} a stage that nobody defined, such as {a_stage!r}: it has no place in the "
    "order.",
    "no_owner": "{n} no owner: they belong to no team.",
    "stranger": "{n} an owner who is nobody of the data: they belong to no team.",
    "no_close": "{n} no expected closing day: no period has them.",
    "no_history": "{n} no recorded change: as of an earlier day they look as they do now.",
}


def judge_doubts(
    counts: Mapping[str, Any], changed: int, ground: Ground, reporting: str
) -> list[Doubt]:
    """Return what the counts say, worst first as listed above; nothing where all is known."""
    found = []
    row = {**counts, "no_history": counts["deals"] - changed}
    several = int(row["currencies"] or 0) > 1
    currency = f"{row['currency']} and others" if several else str(row["currency"])
    for key, sentence in _SENTENCES.items():
        number = int(row[key] or 0)
        if not number or _is_told_once(key, ground):
            continue
        said = f"{number:,} {'deal has' if number == 1 else 'deals have'}"
        text = sentence.format(
            n=said, currency=currency, reporting=reporting, a_stage=row["a_stage"]
        )
        found.append(Doubt(key, number, text))
    return found


def _is_told_once(key: str, ground: Ground) -> bool:
    """Is it so of every deal, which one sentence about the data says better?"""
    if key == "no_history":
        return ground.begins is None
    if key == "strange_stage":
        return not ground.has_stages
    return key == "stranger" and not ground.has_people


def judge_ground(ground: Ground) -> list[Doubt]:
    """Return what the reach of the facts says of the days asked about."""
    found = []
    if ground.begins is None:
        text = "No change of a deal is recorded: as of an earlier day every deal looks as it does "
        found.append(Doubt("no_changes", 0, text + "now, and what changed cannot be told."))
    if ground.begins is not None and ground.reaches is not None:
        span = (ground.reaches - ground.begins).days + 1
        early = [day for day in ground.days if day < ground.begins]
        if early:
            text = f"The first recorded change is of {ground.begins}: before it, deals look as they"
            found.append(Doubt("before_history", 0, f"{text} did on that day."))
        if span < _SHORT_DAYS:
            text = f"Changes are recorded for {span} days alone, less than a quarter: what is usual"
            found.append(Doubt("short_history", 0, f"{text} cannot be told from them."))
    if ground.reaches is not None and max(ground.days) > ground.reaches:
        text = f"The data reach to {ground.reaches}: after it nothing is known, so nothing changed."
        found.append(Doubt("after_data", 0, text))
    if not ground.has_stages:
        text = "No stages are loaded: they have no order and no outcome of their own."
        found.append(Doubt("no_stages", 0, text))
    if not ground.has_people:
        text = "No people are loaded: deals belong to keys, and there are no teams."
        found.append(Doubt("no_people", 0, text))
    return found


def judge_closed_early(number: int) -> list[Doubt]:
    if not number:
        return []
    said = f"{number:,} {'deal is' if number == 1 else 'deals are'}"
    text = f"{said} said to have closed before being opened: as of the days between, not there."
    return [Doubt("closed_early", number, text)]


def judge_holes(lost: Sequence[str]) -> list[Doubt]:
    """Say how many people report to somebody whom the data do not have; `lost` are their names."""
    if not lost:
        return []
    said = f"{len(lost):,} {'person reports' if len(lost) == 1 else 'people report'}"
    text = f"{said} to somebody the data do not have, such as {lost[0]}: who leads them cannot see "
    return [Doubt("hierarchy_hole", len(lost), text + "their deals, and no manager sums them up.")]

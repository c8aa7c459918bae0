"""What a deal that is not won yet would pay, now and if it slips into the next quarter.

The fold of a run, with one more credit and without it, on what is known now: an estimate, never
a promise. A deal is asked for its owner and those above them whose plans credit their people's
deals, as far as the asker may see their pay.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlglot import exp

from wald.engine.connect import run, shared
from wald.facts.relations import Scene, template
from wald.facts.settings import calendar_of, terms_of
from wald.heart.compensation.credit import Credit, Kind
from wald.heart.compensation.fold import Stretch
from wald.heart.compensation.outlook import Outlook, outlook
from wald.heart.compensation.paying import Payee
from wald.heart.compensation.plan import CreditRule, Plan
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import YEARS, Calendar, Grain, Period, period_of
from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.measure import view
from wald.queries.pay_basis import basis_now
from wald.queries.pay_deeds import rates_of
from wald.queries.pay_reading import Reading, Span, read
from wald.queries.sight import above, may_see_pay, places_on
from wald.records.stores.settings import load_settings

_MOST = Decimal(10) ** 12
_FIX = f"give one above zero and below {_MOST:,}"
_TYPES = {Kind.DIRECT: "owner", Kind.SPLIT: "owner", Kind.ROLL_UP: "manager"}


class NoSuchDeal(Refusal):
    """There is no such open deal, or none that the actor sees."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A deal, or an amount in `currency` ("": the reporting one) for one person, closing `on`.

    Without `on` a deal closes on the day it is expected to, an amount today.
    """

    opportunity_id: str = ""
    amount: Decimal | None = None
    currency: str = ""
    person_id: str = ""  # of an amount; "": the asker
    on: date | None = None


@dataclass(frozen=True, slots=True)
class PersonEstimate:
    """What it would pay one person, in the currency of their plan."""

    person_id: str
    name: str
    why: str  # owner, manager
    currency: str
    now: Outlook | None
    later: Outlook | None
    why_not: tuple[str, ...] = ()  # one of the two cannot be said, in sentences


@dataclass(frozen=True, slots=True)
class Estimate:
    """`unpaid`: who would be credited but is in no plan on that day, in words."""

    title: str
    amount: Decimal
    currency: str
    on: date
    later_on: date
    people: tuple[PersonEstimate, ...]
    unpaid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Deal:
    """What is asked about: amount in its currency, whose it is, when it would close."""

    title: str
    amount: Decimal
    currency: str
    owner_id: str
    on: date


def estimate(*, actor: Actor, workspace: Workspace, asked: Asked, at: datetime) -> Estimate:
    """Return what a deal would pay. Raises BadInput, NotAllowed, and Refusal for no such deal."""
    actor.must("pay.read")
    deal = _deal(actor, workspace, asked, at)
    last = _last_day(workspace, deal)
    basis = basis_now(workspace, last_day=last, at=at)
    calendar = calendar_of(basis.settings)
    later = _slipped(deal.on, calendar)
    persons = _persons(actor, workspace, deal, at.date())
    period = Period(_first_day(at.date(), deal.on), last + timedelta(days=1), "estimate")
    reading = read(
        workspace,
        basis,
        Span.of(period, period.start, calendar),
        persons=frozenset(persons),
        with_credits=True,
    )
    found, unpaid = [], []
    for person in persons:
        payee = reading.payees.get(person)
        one = payee and _of(workspace, deal, later, payee, reading, calendar)
        if one:
            found.append(one)
        else:
            name = reading.names.get(person, person)
            unpaid.append(f"{name} has no plan on {deal.on} that credits it.")
    return Estimate(
        deal.title, deal.amount, deal.currency, deal.on, later, tuple(found), tuple(unpaid)
    )


def _of(
    workspace: Workspace,
    deal: _Deal,
    later: date,
    payee: Payee,
    reading: Reading,
    calendar: Calendar,
) -> PersonEstimate | None:
    """Return what a deal would pay one person, None where none of their plans credits it."""
    wanted = Kind.DIRECT if payee.person_id == deal.owner_id else Kind.ROLL_UP
    for chain in payee.chains:
        plan = _plan_on(chain, deal.on)
        rule = _rule(plan, wanted) if plan is not None else None
        if plan is None or rule is None:
            continue
        amount = _converted(workspace, deal, plan.currency)
        known = reading.known.get(payee.person_id)
        likes = known.all_credits if known is not None else ()
        like = _like(likes, rule, payee.person_id, deal.on)
        share = replace(like, deal_amount=amount, share=rule.share)
        told = [
            _outlook(payee, chain, calendar, replace(share, credited_on=day, booked_on=day))
            for day in (deal.on, later)
        ]
        now, slipped = (one if isinstance(one, Outlook) else None for one in told)
        name = reading.names.get(payee.person_id, payee.person_id)
        why_not = tuple(one for one in told if isinstance(one, str))
        return PersonEstimate(
            payee.person_id, name, _TYPES[wanted], plan.currency, now, slipped, why_not
        )
    return None


def _outlook(
    payee: Payee, chain: Sequence[Stretch], calendar: Calendar, credit: Credit
) -> Outlook | str:
    """Return what a credit would pay, or in a sentence why nobody can say: no quota yet."""
    found = outlook(payee.person_id, chain, payee.inputs, calendar, [credit])
    return f"On {credit.credited_on}: {found.unpaid[0]}" if found.unpaid else found


def _plan_on(chain: Sequence[Stretch], on: date) -> Plan | None:
    return next((one.plan for one in chain if on in one.days), None)


def _rule(plan: Plan, kind: Kind) -> CreditRule | None:
    """Return the rule by which a plan would credit somebody for a deal of theirs."""
    kinds = (Kind.DIRECT, Kind.SPLIT) if kind is Kind.DIRECT else (Kind.ROLL_UP,)
    return next((rule for rule in plan.credits if rule.kind in kinds), None)


def _like(credits: Sequence[Credit], rule: CreditRule, person_id: str, on: date) -> Credit:
    """Return a credit with the columns of their last one by this rule, so that measures that
    take only some credits take this one where they took that one."""
    same = [one for one in credits if one.rule == rule.name]
    last = max(same, key=lambda one: one.credited_on, default=None)
    made = Credit("estimate", person_id, "estimate", on, Decimal(0), rule=rule.name, kind=rule.kind)
    return made if last is None else replace(made, row=last.row)


def _converted(workspace: Workspace, deal: _Deal, currency: str) -> Decimal:
    if deal.currency in ("", currency):
        return deal.amount
    rate = rates_of(workspace, currency)(deal.currency, deal.on)
    if rate is None:
        raise Refusal(f"There is no exchange rate from {deal.currency} to {currency}; load one.")
    return (deal.amount * rate).quantize(Decimal("0.0001"))


def _deal(actor: Actor, workspace: Workspace, asked: Asked, at: datetime) -> _Deal:
    problems = list(_problems(asked))
    if problems:
        raise BadInput("This cannot be estimated.", problems)
    if asked.opportunity_id:
        return _opportunity(actor, workspace, asked, at)
    person = asked.person_id or actor.person_id
    if not person:
        fix = "name a person of the data"
        raise BadInput(
            "This cannot be estimated.",
            [Problem("person", f"{actor.name} is nobody of the data", fix)],
        )
    amount = asked.amount or Decimal(0)
    return _Deal("An amount", amount, asked.currency, person, asked.on or at.date())


def _problems(asked: Asked) -> Iterator[Problem]:
    if bool(asked.opportunity_id) == (asked.amount is not None):
        yield Problem("deal", "a deal or an amount is wanted", "give one of the two")
    if "\0" in asked.opportunity_id + asked.person_id:
        yield Problem("deal", "it holds a NUL character", "take it out")
    if asked.amount is not None and not (asked.amount.is_finite() and 0 < asked.amount < _MOST):
        yield Problem("amount", f"{asked.amount} is no amount of a deal", _FIX)
    if asked.on is not None and asked.on.year not in YEARS:
        years = f"{YEARS.start} to {YEARS.stop - 1}"
        yield Problem("on", "it is far from our time", f"give a day in the years {years}")


def _opportunity(actor: Actor, workspace: Workspace, asked: Asked, at: datetime) -> _Deal:
    """Return an open deal that the actor sees. Raises Refusal."""
    seen = view(actor=actor, workspace=workspace)
    nothing = NoSuchDeal("There is no open deal of that key among those that you see.")
    if not seen.snapshot.has("opportunity"):
        raise nothing
    scene = Scene(seen.snapshot, AsOf(date.max, None), terms_of(seen.settings))
    columns = ["opportunity_id", "name", "owner_id", "amount", "currency", "close_on", "outcome"]
    tree = template(
        "SELECT * FROM opportunity WHERE opportunity_id = :wanted AND outcome = 'open'",
        opportunity=scene.table("opportunity", columns),
        wanted=exp.Literal.string(asked.opportunity_id),
    )
    rows = run(shared("", workspace.facts), tree).to_pylist()
    if not rows:
        raise nothing
    row = rows[0]
    if row["amount"] is None or not row["owner_id"]:
        lacking = "amount" if row["amount"] is None else "owner"
        raise Refusal(f"Deal {asked.opportunity_id} has no {lacking} yet; give an amount instead.")
    return _Deal(
        title=row["name"] or row["opportunity_id"],
        amount=row["amount"],
        currency=row["currency"] or seen.settings.currency or "",
        owner_id=row["owner_id"],
        on=asked.on or max(row["close_on"] or at.date(), at.date()),
    )


def _persons(actor: Actor, workspace: Workspace, deal: _Deal, on: date) -> list[str]:
    """Return whose estimate the actor may see: the owner's, then of those above. Raises
    NotAllowed where it is nobody's."""
    places = places_on(workspace=workspace, on=on)
    asked = [deal.owner_id, *sorted(above(deal.owner_id, places))]
    seen = [
        one for one in asked if may_see_pay(actor=actor, workspace=workspace, person_id=one, on=on)
    ]
    if not seen:
        raise NotAllowed(f"{actor.name} may not see what this deal would pay.")
    return seen


def _first_day(today: date, on: date) -> date:
    """Return the day from which the estimate counts: of the months of both days."""
    return min(today, on).replace(day=1)


def _last_day(workspace: Workspace, deal: _Deal) -> date:
    """Return the last day of the year that a slipped deal would fall into."""
    calendar = calendar_of(load_settings(database=workspace.database))
    return period_of(calendar, Grain.YEAR, _slipped(deal.on, calendar)).last_day


def _slipped(on: date, calendar: Calendar) -> date:
    """Return the day as far into the next quarter as `on` is into its own."""
    quarter = period_of(calendar, Grain.QUARTER, on)
    following = period_of(calendar, Grain.QUARTER, quarter.end)
    return min(quarter.end + (on - quarter.start), following.last_day)

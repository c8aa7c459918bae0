"""What was agreed on a day, as detectors take it: from the documents in force, as known then.

What a source states of its stages was agreed by nobody: chances are those of the sales process.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

from pydantic import BaseModel
from sqlglot import exp

from wald.agreements.approval_policy import ApprovalPolicy
from wald.agreements.compensation_plan import CompensationPlan, plan_of
from wald.agreements.sales_process import SalesProcess
from wald.brain.agreed import Agreed, Threshold
from wald.documents.document import document_types
from wald.documents.in_force import in_force, is_known
from wald.documents.resolve import value_of
from wald.documents.version import Version
from wald.facts.relations import Scene, rates_known
from wald.heart.compensation.components.spiff import Per, Spiff
from wald.heart.compensation.measuring import read_credit_condition
from wald.heart.compensation.plan import Plan
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept_rows
from wald.queries.measure import READ, View, view
from wald.records.stores import documents as store

TYPES = ("approval_policy", "compensation_plan", "sales_process")
_OF_A_DEAL = ("amount", "deal_amount")  # columns of credits that say how large a deal is


def agreed_view(
    *, actor: Actor, workspace: Workspace, engine: str = "", known: datetime | None = None
) -> View:
    """Return the workspace as `view` does, with every document that detectors look at."""
    actor.must(READ)
    seen = view(actor=actor, workspace=workspace, engine=engine, known=known)
    versions = (
        one
        for type in TYPES
        for one in store.versions_of_type(type, database=workspace.database)
        if is_known(one, known)
    )
    return replace(seen, agreed=tuple(versions))


def agreed_on(seen: View, day: date) -> Agreed:
    """Return what the organization had agreed as of a day, in a view of `agreed_view`.

    Overrides of units do not count: what they change holds for their own deals alone. Limits in
    another currency than the reporting one are turned into it at the rate of the day; where none
    is known they are left out.
    """
    policies = [one for one in _held(seen, day) if isinstance(one[1], ApprovalPolicy)]
    shares: set[Decimal] = set()
    amounts: set[Decimal] = set()
    for _, policy in policies:
        if isinstance(policy, ApprovalPolicy):
            shares |= {one.discount_above for one in policy.rules if one.discount_above}
            totals = {one.total_above for one in policy.rules if one.total_above}
            rate = _rate(seen, day, policy.currency) if totals else None
            amounts |= {one * rate for one in totals} if rate is not None else set()
    return Agreed(
        stage_chances=_chances(content for _, content in _held(seen, day)),
        discount_limits=tuple(sorted(shares)),
        amount_limits=tuple(sorted(amounts)),
        thresholds=tuple(_thresholds(seen, day)),
    )


def _held(seen: View, day: date) -> list[tuple[Version, BaseModel]]:
    """Return the organization's version in force of each document, with its content."""
    named: dict[tuple[str, str], list[Version]] = {}
    for one in seen.agreed:
        if one.unit == "":
            named.setdefault((one.type, one.name), []).append(one)
    held = (in_force(named[key], day, seen.snapshot.known) for key in sorted(named))
    return [(one, value_of(document_types()[one.type], one)) for one in held if one is not None]


def _chances(contents: Iterable[BaseModel]) -> dict[str, Decimal]:
    """Return chances by stage as deals carry it; of several processes the first by name counts."""
    process = next((one for one in contents if isinstance(one, SalesProcess)), None)
    stages = () if process is None else process.stages
    return {
        one.stage: one.probability for one in stages if one.is_open and one.probability is not None
    }


def _rate(seen: View, day: date, currency: str) -> Decimal | None:
    """Return what one unit of a currency is worth in the reporting one on a day."""
    if currency == seen.terms.currency:
        return Decimal(1)
    if not seen.snapshot.has("exchange_rate"):
        return None
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms)
    wanted = exp.column("from_currency").eq(exp.Literal.string(currency))
    rows = exp.select("rate", "valid_from").from_(rates_known(scene).subquery("rates"))
    found = kept_rows(seen.engine, seen.snapshot, rows.where(wanted)).to_pylist()
    known = [(one["valid_from"], one["rate"]) for one in found if one["valid_from"] <= day]
    return Decimal(max(known)[1]) if known else None


def _thresholds(seen: View, day: date) -> Iterator[Threshold]:
    """Yield amounts of one deal at which a clause of a plan pays more, each once."""
    found: dict[tuple[str, str, Decimal], Threshold] = {}
    for version, content in _held(seen, day):
        if isinstance(content, CompensationPlan):
            plan = plan_of(content, key=version.name)
            for clause, amount in _amounts(plan):
                since = _since(seen.agreed, version, clause, amount)
                one = Threshold(version.name, clause, amount, plan.currency, since)
                found.setdefault((version.name, clause, amount), one)
    yield from found.values()


def _amounts(plan: Plan) -> Iterator[tuple[str, Decimal]]:
    """Yield each component that pays for large deals only, and from which amount on."""
    large = {one.key: tuple(_least(one.where)) for one in plan.measures}
    for entry in plan.components:
        terms = entry.terms
        if isinstance(terms, Spiff) and terms.per is Per.DEAL and terms.at_least > 0:
            yield entry.key, terms.at_least
        for amount in large.get(entry.measure, ()):
            yield entry.key, amount


def _least(where: str) -> Iterator[Decimal]:
    """Yield the amounts that a condition asks of a deal: `deal_amount >= 40000`."""
    tree = read_credit_condition(where).tree if where.strip() else None
    if tree is None:
        return
    for one in tree.find_all(exp.GTE, exp.GT):
        if isinstance(one.this, exp.Column) and one.this.name in _OF_A_DEAL:
            number = one.expression.find(exp.Literal)
            if number is not None and number.is_number and Decimal(number.this) > 0:
                yield Decimal(number.this)


def _since(versions: Sequence[Version], held: Version, clause: str, amount: Decimal) -> date:
    """Return the first day of the oldest version in a row, up to the one in force, that has the
    clause at this amount."""
    since = held.starts_on
    same = [one for one in versions if (one.type, one.name, one.unit) == (held.type, held.name, "")]
    earlier = (one for one in same if one.starts_on < held.starts_on)
    for one in sorted(earlier, key=lambda each: each.starts_on, reverse=True):
        content = value_of(document_types()[one.type], one)
        if not isinstance(content, CompensationPlan):
            break
        if (clause, amount) not in tuple(_amounts(plan_of(content, key=one.name))):
            break
        since = one.starts_on
    return since

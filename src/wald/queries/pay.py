"""What one person is paid in one run, and who may see it.

Everybody sees their own pay, those above a person that person's, and who may see everybody's
pay all of it. A draft is seen by the last alone: what is not released is not paid yet.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from wald.engine.layers import read_layer
from wald.facts.settings import calendar_of
from wald.heart.compensation.figure import Figure, given, total
from wald.heart.compensation.fold import PeriodPay
from wald.heart.compensation.inputs import Known
from wald.heart.compensation.paying import Payee, pays_of
from wald.heart.compensation.result import Adjustment, Cause, Delta, PersonPay
from wald.heart.compensation.settling import is_paid_in
from wald.kernel.actor import Actor
from wald.kernel.period import Period, year_of
from wald.kernel.problem import NotAllowed, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.pay_at_hand import AtHand, at_hand
from wald.queries.pay_basis import basis_of
from wald.queries.pay_credits_kept import CreditsOf, kept_credits
from wald.queries.pay_reading import read, span_of
from wald.queries.sight import may_see_pay
from wald.records.stores import pay as store
from wald.records.stores import pay_entries
from wald.records.stores.pay import KeptRun, State

Entry = dict[str, object]  # a row of the payment layer


class NoSuchPay(Refusal):
    """There is no such run, or nothing in it for this person."""


def pay_of(
    *, actor: Actor, workspace: Workspace, run_id: int, person_id: str, currency: str = ""
) -> PersonPay:
    """Return what one person is paid in one run, each figure with its derivation.

    Who is paid in several currencies has one such pay in each; "" is the first. It is computed
    again from what the run rests on. Raises NotAllowed to whoever may not see this person's pay,
    NoSuchPay where there is none, Refusal where it is no longer the same.
    """
    actor.must("pay.read")
    run = run_seen(actor, workspace, run_id)
    last_day = Period(run.starts_on, run.ends_on, run.period).last_day
    if not may_see_pay(actor=actor, workspace=workspace, person_id=person_id, on=last_day):
        raise NotAllowed(f"{actor.name} may not see what {person_id} is paid.")
    entries = entries_of(workspace, run, [person_id])
    if not entries:
        raise NoSuchPay(f"Pay run {run_id} pays nothing to {person_id}.")
    wanted = currency or str(entries[0]["currency"])
    if all(one["currency"] != wanted for one in entries):
        raise NoSuchPay(f"Pay run {run_id} pays nothing to {person_id} in {wanted[:20]}.")
    return _person_pay(workspace, run, person_id, entries, wanted)


def run_seen(actor: Actor, workspace: Workspace, run_id: int) -> KeptRun:
    """Return a run as far as `actor` may know of it. Raises NoSuchPay where there is none."""
    actor.must("pay.read")
    run = store.find(run_id, database=workspace.database)
    is_hidden = run is not None and run.state is not State.RELEASED
    if run is None or (is_hidden and not actor.may("pay.read_all")):
        raise NoSuchPay(f"There is no pay run {run_id}.")
    return run


def entries_of(
    workspace: Workspace, run: KeptRun, persons: Sequence[str] | None = None
) -> list[Entry]:
    """Return rows of the payment layer, everybody's or some people's; of pay seen already."""
    path = workspace.home / "pay" / "runs" / str(run.run_id) / "payment.parquet"
    if not path.exists():
        raise Refusal(f"The layers of pay run {run.run_id} are gone; restore them from a backup.")
    found: list[Entry] = read_layer(path, persons=persons).to_pylist()
    return found


def _person_pay(
    workspace: Workspace, run: KeptRun, person_id: str, paid: list[Entry], currency: str
) -> PersonPay:
    entries = [one for one in paid if one["currency"] == currency]
    span, calendar = span_of(run), calendar_of(basis_of(run.inputs).settings)
    key = (str(workspace.home), str(run.run_id), run.inputs_hash, run.results_hash, person_id)
    found_now = at_hand(key, lambda: _computed(workspace, run, person_id, paid))
    payee, known, pays = found_now.payee, found_now.known, found_now.pays
    own = tuple(
        pay
        for pay in pays
        if is_paid_in(pay, run.starts_on, run.ends_on) and pay.stretch.plan.currency == currency
    )
    _must_be_the_same(run, person_id, own, entries)
    year_start = year_of(calendar, run.starts_on).start
    past = [pay for pay in pays if pay.stretch.paid_in.end <= run.starts_on]
    found = _deltas(entries)
    adjustments = _adjustments(workspace, entries)
    return PersonPay(
        person_id=person_id,
        name=found_now.name,
        run_id=run.run_id,
        period=span.period,
        currency=currency,
        plans=tuple(dict.fromkeys(pay.stretch.plan.version for pay in own)),
        pays=own,
        earlier=tuple(one for one in past if one.stretch.paid_in.start >= year_start),
        older=tuple(one for one in past if one.stretch.paid_in.start < year_start),
        deltas=found,
        adjustments=adjustments,
        credits={one.credit_id: one for one in known.all_credits},
        quotas=tuple(known.quotas),
        paid=_paid(own, found, adjustments, entries),
        paid_before=_paid_before(workspace, run, person_id, currency, year_start),
        is_withheld=any(entry["entry"] == "withheld" for entry in entries),
        carried=amount_of(entries, "carried"),
        currencies=tuple(dict.fromkeys(str(one["currency"]) for one in paid)),
        chains=payee.chains,
        inputs=payee.inputs,
        opportunities=found_now.opportunities,
    )


def _computed(workspace: Workspace, run: KeptRun, person_id: str, entries: list[Entry]) -> AtHand:
    """Read and fold one person as a run did, from the credits that it left or from the facts."""
    credits = kept_credits(workspace, run)
    if credits is not None:
        found = _folded(workspace, run, person_id, credits.of)
        own = (pay for pay in found.pays if is_paid_in(pay, run.starts_on, run.ends_on))
        if sum((pay.total.value for pay in own), Decimal(0)) == amount_of(entries, "pay"):
            return replace(found, opportunities=credits.opportunities)
        credits.drop(f"{person_id} is not paid by it what the run has paid them")
    return _folded(workspace, run, person_id)


def _folded(
    workspace: Workspace, run: KeptRun, person_id: str, kept: CreditsOf | None = None
) -> AtHand:
    basis, person = basis_of(run.inputs), frozenset({person_id})
    reading = read(workspace, basis, span_of(run), persons=person, with_credits=True, kept=kept)
    payee = reading.payees.get(person_id) or Payee(person_id, "", (), reading.nobody)
    return AtHand(
        payee,
        reading.known.get(person_id, Known()),
        reading.names.get(person_id, person_id),
        pays_of(payee, calendar_of(basis.settings)) if payee.chains else (),
    )


def _must_be_the_same(
    run: KeptRun, person_id: str, pays: Iterable[PeriodPay], entries: list[Entry]
) -> None:
    """Raise Refusal if what is computed now is not what the run has stored."""
    now = sum((pay.total.value for pay in pays), Decimal(0))
    stored = amount_of(entries, "pay")
    if now != stored:
        raise Refusal(
            f"Pay run {run.run_id} gave {person_id} {stored}, and from the same inputs this Wald "
            f"computes {now}: `wald pay replay {run.run_id}` says where they part."
        )


def amount_of(entries: Iterable[Entry], *kinds: str) -> Decimal:
    """Add up entries of some kinds, without kinds all of them."""
    return sum(
        (Decimal(str(one["amount"])) for one in entries if not kinds or one["entry"] in kinds),
        Decimal(0),
    )


def _deltas(entries: Iterable[Entry]) -> tuple[Delta, ...]:
    return tuple(delta_of(one) for one in entries if one["entry"] == "delta")


def delta_of(entry: Entry) -> Delta:
    """Return an entry of the payment layer as the delta it tells of."""
    start, end = entry["starts_on"], entry["ends_on"]
    if not isinstance(start, date) or not isinstance(end, date):
        raise TypeError("a delta has days")
    return Delta(
        period=Period(start, end, str(entry["period"])),
        component=str(entry["component"]),
        cause=Cause(entry["cause"]),
        old=Decimal(str(entry["old"])),
        new=Decimal(str(entry["new"])),
        why=str(entry["why"]),
        plan=str(entry["plan"]),
        currency=str(entry["currency"]),
    )


def _adjustments(workspace: Workspace, entries: Iterable[Entry]) -> tuple[Adjustment, ...]:
    numbers = [int(str(one["period"])) for one in entries if one["entry"] == "adjustment"]
    found = pay_entries.list_adjustments(database=workspace.database, adjustment_ids=numbers)
    return tuple(
        Adjustment(
            one.adjustment_id, one.person_id, one.amount, one.currency, one.reason,
            one.entered_by, one.approved_by, one.counts_on,
        )
        for one in sorted(found, key=lambda one: one.adjustment_id)
    )  # fmt: skip


def _paid(
    pays: Iterable[PeriodPay],
    deltas: Iterable[Delta],
    adjustments: Iterable[Adjustment],
    entries: Iterable[Entry],
) -> Figure:
    parts: list[Figure] = [pay.total for pay in pays]
    for delta in deltas:
        source = f"delta:{delta.period.label}/{delta.component}/{delta.cause.value}"
        parts.append(given(delta.amount, f"{delta.component} of {delta.period.label}", source))
    for one in adjustments:
        parts.append(given(one.amount, one.reason, f"adjustment:{one.adjustment_id}"))
    for entry in entries:
        if entry["entry"] in ("withheld", "carried"):
            kind = str(entry["entry"])
            parts.append(given(str(entry["amount"]), str(entry["why"]), f"payment:{kind}"))
    return total(parts, "paid")


def _paid_before(
    workspace: Workspace, run: KeptRun, person_id: str, currency: str, since: date
) -> Decimal:
    earlier = [
        one
        for one in store.released(database=workspace.database)
        if since <= one.starts_on and one.ends_on <= run.starts_on
    ]
    entries = (entry for one in earlier for entry in entries_of(workspace, one, [person_id]))
    return amount_of(one for one in entries if one["currency"] == currency)

"""A statement: what one person is paid in one run, and why, to the last credit.

It is made of a person's pay and nothing else. Every figure carries its derivation, so a page can
unfold it, and its JSON (`statement_json.py`) can be checked by anybody without Wald.
Source: docs/compensation/statements.md
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation.credit import Credit
from wald.heart.compensation.derivation import sources_of
from wald.heart.compensation.figure import Figure, given, total
from wald.heart.compensation.fold import ComponentPay, Line, PeriodPay
from wald.heart.compensation.plan import Plan
from wald.heart.compensation.result import Adjustment, Delta, PersonPay


@dataclass(frozen=True, slots=True)
class Balance:
    """What a component carries on after the period: draw owed, held, carried."""

    component: str
    name: str
    amount: Figure


@dataclass(frozen=True, slots=True)
class Changed:
    """A delta as a figure: what is paid now for a period that was paid before."""

    delta: Delta
    old: Figure
    new: Figure
    amount: Figure


@dataclass(frozen=True, slots=True)
class Adjusted:
    adjustment: Adjustment
    amount: Figure


@dataclass(frozen=True, slots=True)
class Beside:
    """What a hold on the payment adds or takes: withheld now, or carried from earlier runs."""

    kind: str
    label: str
    amount: Figure


@dataclass(frozen=True, slots=True)
class NextTier:
    """The first bound above at which pay of a component bends or jumps: an attainment (1 = 100 %),
    or an amount of credit.

    `gain` is what all components together would pay more with `missing` more credit, and
    `beyond` what a further `step` of credit would pay from there. An outlook: its figures are
    stated, not derived.
    """

    component: str
    measure: str
    bound: Decimal
    missing: Decimal
    gain: Decimal
    step: Decimal
    beyond: Decimal
    is_amount: bool = False  # of credit, not an attainment

    @property
    def figures(self) -> tuple[tuple[str, Figure], ...]:
        """Return its numbers by name, as figures that say whose they are."""
        source = f"next:{self.component}"
        found = (self.bound, self.missing, self.gain, self.step, self.beyond)
        names = ("bound", "missing", "gain", "step", "beyond")
        return tuple(
            (name, given(value, name, f"{source}.{name}"))
            for name, value in zip(names, found, strict=True)
        )


@dataclass(frozen=True, slots=True)
class Statement:
    """`paid` = totals of the pays + changes + adjustments + beside; `to_date` is of the year."""

    pay: PersonPay
    plans: tuple[Plan, ...]  # every version that a figure stands on, the oldest first
    balances: tuple[Balance, ...]
    changes: tuple[Changed, ...]
    adjustments: tuple[Adjusted, ...]
    beside: tuple[Beside, ...]
    next_tiers: tuple[NextTier, ...]
    paid: Figure
    paid_before: Figure
    to_date: Figure

    @property
    def key(self) -> str:
        """What names it everywhere: run and person, beside their first payment the currency."""
        beside = f"/{self.pay.currency}" if self.pay.is_beside else ""
        return f"{self.pay.run_id}/{self.pay.person_id}{beside}"

    @property
    def earned(self) -> Figure:
        return total((one.total for one in self.pay.pays), "earned in the period")

    @property
    def lines(self) -> Iterator[tuple[PeriodPay, ComponentPay, Line]]:
        """Yield every line with its component and its stretch."""
        for period in self.pay.pays:
            for component in period.components:
                for line in component.lines:
                    yield period, component, line


def statement_of(pay: PersonPay, next_tiers: Iterable[NextTier] = ()) -> Statement:
    """Make the statement of somebody's pay.

    Raises ValueError if the pay says it comes to another sum than its parts: never show that.
    """
    changes = tuple(_changed(i, one) for i, one in enumerate(pay.deltas, start=1))
    adjustments = tuple(_adjusted(one) for one in pay.adjustments)
    parts = [*(one.total for one in pay.pays), *(one.amount for one in changes)]
    parts += [one.amount for one in adjustments]
    beside = tuple(_beside(pay, total(parts, "due")))
    paid = total([*parts, *(one.amount for one in beside)], "paid")
    if pay.paid is not None and pay.paid.value != paid.value:
        raise ValueError(f"run {pay.run_id}, {pay.person_id}: {pay.paid.value} is not {paid.value}")
    before = given(pay.paid_before, "paid before in the same year", "paid_before")
    return Statement(
        pay=pay,
        plans=tuple(_plans(pay)),
        balances=tuple(_balances(pay)),
        changes=changes,
        adjustments=adjustments,
        beside=beside,
        next_tiers=tuple(next_tiers),
        paid=paid,
        paid_before=before,
        to_date=total((before, paid), "paid in the year to date"),
    )


def _beside(pay: PersonPay, due: Figure) -> Iterator[Beside]:
    if pay.is_withheld:
        yield Beside("withheld", "withheld: payment is on hold", (-due).called("withheld"))
    elif pay.carried:
        label = "carried: withheld before, and paid now"
        yield Beside("carried", label, given(pay.carried, "withheld before", "carried"))


def _changed(place: int, delta: Delta) -> Changed:
    days = f"{delta.component}, {delta.period.label}"
    old = given(delta.old, f"{days}: as it stood", f"delta:{place}.old")
    new = given(delta.new, f"{days}: with {delta.cause.value}", f"delta:{place}.new")
    return Changed(delta, old, new, (new - old).called(f"{days}: {delta.cause.value}"))


def _adjusted(one: Adjustment) -> Adjusted:
    return Adjusted(one, given(one.amount, one.reason, f"adjustment:{one.adjustment_id}"))


def periods_of(pay: PersonPay) -> tuple[PeriodPay, ...]:
    """Return every stretch that a figure may stand on, the oldest first."""
    return (*pay.older, *pay.earlier, *pay.pays)


def version_of(plan: Plan) -> str:
    """Return what names a version of a plan in statements."""
    return plan.version or plan.key


def _plans(pay: PersonPay) -> Iterator[Plan]:
    yield from {version_of(one.stretch.plan): one.stretch.plan for one in periods_of(pay)}.values()


def _balances(pay: PersonPay) -> Iterator[Balance]:
    """Yield what each component carries on: as it stood when it last paid."""
    own = (one for one in (*pay.earlier, *pay.pays) if one.stretch.plan.currency == pay.currency)
    last = {one.key: one for period in own for one in period.components}
    for one in last.values():
        for name, amount in one.balance.items():
            if amount:
                yield Balance(one.key, name, amount)


def credits_named(statement: Statement) -> Mapping[str, Credit]:
    """Return the credits that were measured in the period, by id, oldest first."""
    roots = [
        measured.period
        for period in statement.pay.pays
        for component in period.components
        for measured in component.measures.values()
    ]
    known = statement.pay.credits
    found = {credit_of(source, known)[0] for source in sources_of(roots)} - {""}
    return {one: known[one] for one in sorted(found, key=lambda c: (known[c].credited_on, c))}


def credit_of(source: str, known: Container[str]) -> tuple[str, str]:
    """Return the credit that a source names, and what of it: `credit:17.share`, `credit:17#margin`.

    "" for the deal's amount; two empty texts where the source names no credit that is known.
    """
    kind, _, rest = source.partition(":")
    name = rest if kind == "credit" else ""
    while name and name not in known:
        name = name[: max(name.rfind("."), name.rfind("#"), 0)]
    return name, rest[len(name) + 1 :] if name else ""

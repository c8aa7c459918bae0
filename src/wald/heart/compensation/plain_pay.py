"""A pay run on plain files: plans, rows, nothing else; the same fold that pays a real run.

Whoever cannot be paid rightly is left out, with a Problem that says why and what to do; everybody
else is paid. Source: docs/compensation/plain-files.md
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from wald.heart.compensation.component import components
from wald.heart.compensation.credit import Credit, Kind
from wald.heart.compensation.fold import PeriodPay, Stretch, fold
from wald.heart.compensation.inputs import Known, OwnTerms, Quota
from wald.heart.compensation.plain_cancelled import within_what_was_credited
from wald.heart.compensation.plain_credits import Crediting
from wald.heart.compensation.plain_inputs import Deed, Files, Inputs, Person, read_inputs
from wald.heart.compensation.plain_members import (
    FIRST,
    DatedPlan,
    above_them,
    everybody,
    members_of,
    rings,
)
from wald.heart.compensation.plan import CreditDate, Every, Plan
from wald.heart.compensation.sheets import Fault, Faults
from wald.heart.compensation.spans import payout_period
from wald.kernel.period import Calendar, Period, periods
from wald.kernel.problem import BadInput, Problem, Refusal

_LENGTHS = (Every.MONTH, Every.QUARTER, Every.YEAR)
_LAST = date(2999, 12, 31)


@dataclass(frozen=True, slots=True)
class Payee:
    """What one person is paid by one plan; periods outside the one asked for are left out."""

    payee: str
    name: str
    plan: str
    currency: str
    pays: tuple[PeriodPay, ...]
    total: Decimal


@dataclass(frozen=True, slots=True)
class PlainPay:
    """`left_out`: who is not paid, though there is something about them in the files."""

    period: Period
    payees: tuple[Payee, ...]
    problems: tuple[Problem, ...]
    left_out: tuple[str, ...]


def pay(
    plans: Sequence[DatedPlan],
    files: Files,
    calendar: Calendar,
    period: Period | None = None,
    *,
    most: int | None = None,
) -> PlainPay:
    """Pay everybody in the files. Raises BadInput where a file or a plan cannot be used at all,
    or where more than `most` months of people would be paid."""
    faults = Faults()
    inputs = read_inputs(files, faults)
    _payments_given(plans, files)
    _over_a_whole(inputs, faults)
    inputs = replace(inputs, deeds=tuple(within_what_was_credited(inputs.deeds, faults)))
    unsound = {payee for fault in faults.found for payee in fault.payees
               if fault.problem.where.startswith(files.credits.name)}  # fmt: skip
    rings(plans, inputs, faults)
    by_name: dict[str, list[DatedPlan]] = {}
    for one in sorted(plans, key=lambda one: one.starts_on):
        by_name.setdefault(one.plan.key, []).append(one)
    span = _span(plans, inputs, calendar, period, faults)
    people = everybody(inputs)
    members = members_of(by_name, people, inputs, faults)
    _not_too_many(span, sum(len(found) for found in members.values()), most)
    for name, versions in by_name.items():
        above_them(versions[-1].plan, members[name], unsound, inputs, faults)
    found: list[tuple[str, Payee]] = []
    for name, versions in by_name.items():
        found += _pay_plan(versions, members[name], inputs, calendar, span, faults)
    shown = period or span
    left_out = {payee for fault in faults.found for payee in fault.payees}
    payees = tuple(
        _shown(one, shown) for payee, one in sorted(found, key=_by_name) if payee not in left_out
    )
    return PlainPay(shown, payees, _problems(faults.found), tuple(sorted(left_out)))


def _not_too_many(span: Period, members: int, most: int | None) -> None:
    months = span.days // 28 * members
    if most is not None and months > most:
        what = f"{members} people over {span.days} days are too much for one answer"
        fix = "send fewer people or days, or use the command `wald pay`"
        raise BadInput("This is too much at once.", [Problem("credits", what, fix)])


def _by_name(found: tuple[str, Payee]) -> tuple[str, str]:
    return found[0], found[1].plan


def _problems(found: Iterable[Fault]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(one.problem for one in found))


def _shown(payee: Payee, period: Period) -> Payee:
    pays = tuple(
        one for one in payee.pays
        if period.start <= one.stretch.paid_in.start and one.stretch.paid_in.end <= period.end
    )  # fmt: skip
    return replace(payee, pays=pays, total=sum((one.total.value for one in pays), Decimal(0)))


def _payments_given(plans: Iterable[DatedPlan], files: Files) -> None:
    waits = (CreditDate.PAID, CreditDate.COLLECTED)
    for one in plans:
        for rule in one.plan.credits:
            if rule.credited in waits and not files.payments.name:
                what = f"{rule.name} credits what was paid, and no payments are given"
                problem = Problem(f"plan {one.plan.key}", what, "give a file of payments")
                raise BadInput("Nobody can be credited.", [problem])


def _over_a_whole(inputs: Inputs, faults: Faults) -> None:
    """Find deals whose shares come to more than 100 %: nobody on them is paid rightly."""
    deals: dict[tuple[str, str, date], list[Deed]] = {}
    for deed in inputs.deeds:
        if deed.kind in (Kind.DIRECT, Kind.SPLIT):
            deals.setdefault((deed.deal, deed.event.value, deed.credited_on), []).append(deed)
    for (deal, _, _), parts in deals.items():
        whole = sum((one.share for one in parts), Decimal(0))
        if whole > 1 and any(one.kind is Kind.SPLIT for one in parts):
            rows = ", ".join(one.at.rpartition(" row ")[2] for one in parts)
            payees = tuple(dict.fromkeys(one.payee for one in parts))
            what = f"the shares of deal {deal} come to {(whole * 100).normalize():f} %"
            fix = "let them come to 100 %, or make one an overlay: kind overlay"
            where = f"{parts[0].at.rpartition(' row ')[0]} rows {rows} of {', '.join(payees)}"
            faults.add(f"{where}, share", what, fix, *payees)


def _span(
    plans: Iterable[DatedPlan],
    inputs: Inputs,
    calendar: Calendar,
    period: Period | None,
    faults: Faults,
) -> Period:
    """Return the days that are computed: whole payout periods around all that the files name."""
    days = [deed.credited_on for deed in inputs.deeds]
    days += [payment.paid_on for payment in inputs.payments]
    days += [one.days.last_day for found in inputs.scores.values() for one in found]
    if period is not None:
        days += [period.start, period.last_day]
    if not days:
        problem = Problem("--credits", "there are no credits", "give a period, or rows")
        raise BadInput("There is nothing to pay.", [*_problems(faults.found), problem])
    every = [one.every for plan in plans for one in plan.plan.components]
    every += [plan.plan.pays for plan in plans]
    longest = max((one for one in every if one in _LENGTHS), key=_LENGTHS.index)
    start = payout_period(longest, min(days), calendar).start
    end = payout_period(longest, max(days), calendar).end
    return Period(start, end, f"{start}..{end - timedelta(days=1)}")


def _pay_plan(
    versions: Sequence[DatedPlan],
    members: Sequence[Person],
    inputs: Inputs,
    calendar: Calendar,
    span: Period,
    faults: Faults,
) -> Iterator[tuple[str, Payee]]:
    """Yield what each member is paid by the versions of one plan."""
    newest = versions[-1].plan
    field_of = _credits_of(versions, members, inputs, calendar, faults)
    rows: dict[str, list[Person]] = {}
    for one in members:
        rows.setdefault(one.payee, []).append(one)
    for own in rows.values():
        person = own[-1]
        known = _known(own, versions, inputs, field_of)
        stretches = tuple(_stretches(versions, own, span, calendar))
        for one in own:
            _target_currency(one, newest, faults)
        if not _is_left_out(person, faults):
            _lacking(person, stretches, known, faults, calendar)
        _outside(own, stretches, inputs, known.all_credits, span, faults)
        if _is_left_out(person, faults):
            continue
        try:
            pays = tuple(fold(person.payee, stretches, known, calendar))
        except Refusal as refusal:
            faults.add(person.payee, str(refusal), "correct what it names", person.payee)
            continue
        if refused := next((pay.refused for pay in pays if pay.refused), ""):
            faults.add(person.payee, refused, "correct what it names", person.payee)
            continue
        label = newest.version or newest.key
        yield (
            person.payee,
            Payee(
                person.payee, person.name or person.payee, label, newest.currency, pays, Decimal(0)
            ),
        )


def _credits_of(
    versions: Sequence[DatedPlan],
    members: Sequence[Person],
    inputs: Inputs,
    calendar: Calendar,
    faults: Faults,
) -> dict[str, list[Credit]]:
    """Return credits by member: of each day by the rules of the version that holds on it."""
    paid = frozenset(person.payee for person in members)
    found: dict[str, list[Credit]] = {person.payee: [] for person in members}
    for i, one in enumerate(versions):
        start = one.starts_on if i else FIRST
        end = versions[i + 1].starts_on if i + 1 < len(versions) else _LAST
        for payee, credits in Crediting(one.plan, inputs, calendar, faults, paid).credits().items():
            found[payee] += [credit for credit in credits if start <= credit.credited_on < end]
    return found


def _is_left_out(person: Person, faults: Faults) -> bool:
    return any(person.payee in fault.payees for fault in faults.found)


def _known(
    rows: Sequence[Person],
    versions: Sequence[DatedPlan],
    inputs: Inputs,
    field_of: Mapping[str, Sequence[Credit]],
) -> Known:
    """Return what is known of a person; a quota that names no measure is one for every measure."""
    person = rows[-1]
    rules = [rule for one in versions for rule in one.plan.measures]
    wanted = dict.fromkeys(rule.quota for rule in rules if rule.quota)
    quotas: list[Quota] = []
    for one in inputs.quotas.get(person.payee, ()):
        quotas += [replace(one, measure=name) for name in wanted] if not one.measure else [one]
    return Known(
        all_credits=field_of[person.payee],
        quotas=quotas,
        own_target=person.target_incentive,
        own_rates=person.rates,
        all_scores=inputs.scores.get(person.payee, ()),
        field_of=field_of,
        own_terms=tuple(_own_terms(rows)) if len(rows) > 1 else (),
    )


def _own_terms(rows: Iterable[Person]) -> Iterator[OwnTerms]:
    for one in rows:
        start, end = one.first_on or FIRST, one.end_on or _LAST
        if start < end:
            yield OwnTerms(Period(start, end, f"from {start}"), one.target_incentive, one.rates)


def _stretches(
    versions: Sequence[DatedPlan], rows: Sequence[Person], span: Period, calendar: Calendar
) -> Iterator[Stretch]:
    """Yield the stretches of a person: payment periods, cut where a version or they end."""
    cuts: list[Stretch] = []
    for person in rows:
        for cut in _cuts(versions, person, span, calendar):
            last = cuts[-1] if cuts else None
            if (
                last
                and (last.paid_in, last.plan) == (cut.paid_in, cut.plan)
                and (last.days.end == cut.days.start)
            ):
                days = Period(last.days.start, cut.days.end, cut.days.label)
                cuts[-1] = replace(cut, days=days)
            else:
                cuts.append(cut)
    for i, cut in enumerate(cuts):
        follows = i + 1 < len(cuts) and cuts[i + 1].plan is cut.plan
        follows = follows and cuts[i + 1].days.start == cut.days.end
        yield replace(cut, closes=not follows and cut.days.end < span.end)


def _cuts(
    versions: Sequence[DatedPlan], person: Person, span: Period, calendar: Calendar
) -> Iterator[Stretch]:
    """Yield the payment periods in which one row of a person holds, version by version."""
    for i, one in enumerate(versions):
        following = versions[i + 1].starts_on if i + 1 < len(versions) else None
        ends = [end for end in (one.ends_on, following, person.end_on, span.end) if end]
        start = max(one.starts_on, person.first_on or FIRST, span.start)
        end, grain = min(ends), one.plan.pays.grain
        if grain is None or start >= end:
            continue
        for whole in periods(calendar, grain, start, end):
            days = Period(max(whole.start, start), min(whole.end, end), whole.label)
            yield Stretch(days, whole, one.plan)


def _target_currency(person: Person, plan: Plan, faults: Faults) -> None:
    if person.target_incentive is not None and person.currency not in ("", plan.currency):
        what = f"the target is in {person.currency}, the plan pays in {plan.currency}"
        where = f"{person.at} of {person.payee}, currency"
        faults.add(where, what, f"give the target in {plan.currency}", person.payee)


def _lacking(
    person: Person,
    stretches: Sequence[Stretch],
    known: Known,
    faults: Faults,
    calendar: Calendar,
) -> None:
    """Find a quota that a component needs and the person does not have."""
    for stretch in stretches:
        for entry in stretch.plan.components:
            if not components()[entry.component].needs_quota(entry.terms):
                continue
            goal = entry.attainment_by or entry.measure
            window = payout_period(entry.resets, stretch.days.start, calendar)
            if goal and not known.quota(stretch.plan, goal, window.start, window.end):
                what = f"{entry.key} needs a quota for {goal} in {window.label}, and there is none"
                fix = f"give {person.payee} a quota for these days in the file of quotas"
                faults.add(f"quotas of {person.payee}", what, fix, person.payee)


def _outside(
    rows: Sequence[Person],
    stretches: Sequence[Stretch],
    inputs: Inputs,
    credits: Sequence[Credit],
    span: Period,
    faults: Faults,
) -> None:
    """Find credits of days on which the person is in no version of the plan, nor in another plan
    by another row of theirs."""
    person = rows[-1]
    for credit in credits:
        day = credit.credited_on
        then = inputs.person_on(person.payee, day)
        if then is not None and then not in rows:
            continue
        if day in span and not any(day in one.days for one in stretches):
            what = f"it counts on {day}, when {person.payee} is not in the plan: it pays nothing"
            fix = "correct the day, or the days of the plan or of the person"
            faults.add(f"credit {credit.credit_id} of {person.payee}", what, fix)

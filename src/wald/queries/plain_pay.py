"""Pay from plain files, without a workspace: a plan, credits, and what else there is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from wald.agreements.compensation_plan import DOCUMENT, CompensationPlan, plan_of
from wald.connectors.sheet_files import read_sheet_file, read_sheet_text
from wald.documents.document import document_types
from wald.documents.nodes import decoded
from wald.documents.reading import read
from wald.heart.compensation.figure import Figure
from wald.heart.compensation.fold import Line
from wald.heart.compensation.plain_inputs import Files
from wald.heart.compensation.plain_members import DatedPlan
from wald.heart.compensation.plain_pay import Payee, PlainPay, pay
from wald.heart.compensation.plan_cases import without_cases
from wald.heart.compensation.sheets import Sheet
from wald.kernel.actor import Actor
from wald.kernel.money import minor_units
from wald.kernel.period import Calendar, Period, months_calendar, read_period
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.queries.plain import problem_json

MOST_ROWS = 5_000  # of all texts together, where somebody waits for an answer
_MOST_MONTHS = 6_000  # of people: 500 for a year


def pay_of_files(
    *,
    actor: Actor,
    plans: Sequence[Path],
    files: Mapping[str, Path],
    period: str = "",
    starts_month: int = 1,
) -> PlainPay:
    """Pay everybody in plain files by plans in texts; `files` by what they hold: credits, ...

    Raises BadInput where a plan or a file cannot be used at all.
    """
    actor.must("documents.read")
    calendar, wanted = _days(period, starts_month)
    dated = [plan_in(actor=actor, path=path) for path in plans]
    sheets = {kind: _sheet(path) for kind, path in files.items()}
    return pay(dated, Files(**sheets), calendar, wanted)


def pay_of_texts(
    *,
    actor: Actor,
    plans: Sequence[str],
    sheets: Mapping[str, str],
    period: str = "",
    starts_month: int = 1,
) -> PlainPay:
    """Pay everybody in texts, CSV or JSON, by what they hold: credits, ... Nothing is stored.

    Raises BadInput where a plan or a text cannot be used at all, or all is more than an answer
    can hold.
    """
    actor.must("documents.read")
    calendar, wanted = _days(period, starts_month)
    dated = [
        plan_in_text(actor=actor, text=text, name=f"plans[{i}]") for i, text in enumerate(plans)
    ]
    read_sheets = {kind: read_sheet_text(kind, text) for kind, text in sheets.items()}
    rows = sum(len(one.rows) for one in read_sheets.values())
    if rows > MOST_ROWS:
        fix = f"send at most {MOST_ROWS:,} rows, or use the command `wald pay`"
        raise BadInput("This is too much at once.", [Problem("credits", f"{rows:,} rows", fix)])
    return pay(dated, Files(**read_sheets), calendar, wanted, most=_MOST_MONTHS)


def plan_in(*, actor: Actor, path: Path) -> DatedPlan:
    """Read a plan of a file. Raises BadInput with every Problem, each with its line."""
    actor.must("documents.read")
    return plan_in_text(actor=actor, text=text_of(path), name=path.name)


def _days(text: str, starts_month: int) -> tuple[Calendar, Period | None]:
    """Return the fiscal calendar and the period to show, None for all. Raises BadInput."""
    calendar = months_calendar(starts_month)
    wanted = read_period(text, calendar) if text else None
    if isinstance(wanted, Problem):
        raise BadInput("The period cannot be read.", [wanted])
    return calendar, wanted


def _sheet(path: Path) -> Sheet:
    try:
        return read_sheet_file(path)
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from error


def text_of(path: Path) -> str:
    """Return the text of a file. Raises Refusal where it cannot be read, BadInput for its bytes."""
    try:
        text = decoded(path.read_bytes())
    except OSError as error:
        raise Refusal(f"{path} cannot be read: {error.strerror}.") from error
    if isinstance(text, Problem):
        raise BadInput(f"{path.name} cannot be read.", [text])
    return text


def plan_in_text(*, actor: Actor, text: str, name: str) -> DatedPlan:
    """Read a plan of a text; cases written beside it are passed over. Raises BadInput."""
    actor.must("documents.read")
    reading = read(without_cases(text), {DOCUMENT.key: document_types()[DOCUMENT.key]})
    written = reading.written
    if written is None:
        problems = [replace(one, where=f"{name} {one.where}") for one in reading.problems]
        raise BadInput(f"{name} is no sound compensation plan.", problems)
    if written.unit:
        what = f"it is an override of {written.unit}, some of a plan and no plan"
        fix = "give the organization's plan; `wald pay what-if` tries an override over it"
        raise BadInput(
            f"{name} is no whole compensation plan.",
            [Problem(f"{name} {reading.findings.told('unit')}", what, fix)],
        )
    content = CompensationPlan.model_validate(written.content)
    plan = plan_of(content, key=written.name, version=written.name)
    return DatedPlan(plan, written.starts_on, written.ends_on)


def pay_json(found: PlainPay) -> dict[str, object]:
    """Return a run as JSON; amounts are decimal texts, exact."""
    return {
        "period": found.period.label,
        "payees": [_payee_json(one) for one in found.payees],
        "problems": [problem_json(one) for one in found.problems],
        "left_out": list(found.left_out),
    }


def _payee_json(payee: Payee) -> dict[str, object]:
    currency = payee.currency
    lines = [
        _line_json(line, one.stretch.paid_in.label, currency)
        for one in payee.pays
        for line in one.lines
    ]
    balances = {
        component.key: {name: money(figure.value, currency)
                        for name, figure in component.balance.items()}
        for one in payee.pays for component in one.components if component.balance
    }  # fmt: skip
    by_period: dict[str, dict[str, object]] = {}
    sums: dict[str, Decimal] = {}
    for one in payee.pays:
        label = one.stretch.paid_in.label
        sums[label] = sums.get(label, Decimal(0)) + one.total.value
        by_period[label] = {
            "period": label,
            "starts_on": one.stretch.paid_in.start.isoformat(),
            "ends_on": one.stretch.paid_in.last_day.isoformat(),
            "total": money(sums[label], currency),
        }
    return {
        "payee": payee.payee,
        "name": payee.name,
        "plan": payee.plan,
        "total": money(payee.total, currency),
        "currency": currency,
        "lines": lines,
        "balances": balances,
        "periods": list(by_period.values()),
    }


def _line_json(line: Line, period: str, currency: str) -> dict[str, object]:
    return {
        "component": line.component,
        "period": period,
        "reason": line.reason,
        "base": exact(line.base),
        "rate": exact(line.rate),
        "amount": money(line.amount.value, currency),
        "kind": line.kind,
    }


def exact(figure: Figure) -> str:
    return f"{figure.value.normalize():f}"


def money(amount: Decimal, currency: str) -> str:
    """Return an amount with the digits of its currency, or with all it has if these are more."""
    digits = Decimal(1).scaleb(-minor_units(currency))
    whole = amount.normalize()
    exponent = whole.as_tuple().exponent
    fits = isinstance(exponent, int) and exponent >= digits.as_tuple().exponent  # type: ignore[operator]  # digits is finite
    return f"{amount.quantize(digits):f}" if fits else f"{whole:f}"

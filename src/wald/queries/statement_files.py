"""A statement as files: JSON with the whole derivation, CSV line by line, PDF for people.

Each takes a statement that somebody was allowed to see (`pay_statements.statement`). The same
statement gives the same bytes.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from importlib import import_module
from io import BytesIO
from pathlib import Path

import pyarrow as pa
import pyarrow.csv

from wald.engine.escapes import escaped
from wald.heart.compensation.component import components
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.derivation import plain
from wald.heart.compensation.figure import EXACT
from wald.heart.compensation.fold import Line
from wald.heart.compensation.plan_words import switches
from wald.heart.compensation.statement import Statement, credits_named, version_of
from wald.heart.compensation.statement_json import statement_json
from wald.kernel.money import minor_units
from wald.kernel.problem import Refusal

FORMATS: Mapping[str, str] = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "pdf": "application/pdf",
}
_TEMPLATE = Path(__file__).with_name("statement.typ")
_COLUMNS = (
    "section", "period", "plan", "component", "what", "base", "rate", "amount", "currency",
    "deal", "day", "share",
)  # fmt: skip
Row = dict[str, str | None]


def file_of(statement: Statement, format: str) -> bytes:
    """Return the statement as a file of one of FORMATS. Raises Refusal for another one."""
    if format == "json":
        return json_of(statement)
    if format == "csv":
        return csv_of(statement)
    if format == "pdf":
        return pdf_of(statement)
    raise Refusal(f"There is no {format!r} of a statement; choose among {', '.join(FORMATS)}.")


def name_of(statement: Statement, format: str) -> str:
    """Return a name for the file that says whose and when, in letters any system takes."""
    words = f"{statement.pay.person_id}-{statement.pay.period.label}-run-{statement.pay.run_id}"
    words += f"-{statement.pay.currency}" if statement.pay.is_beside else ""
    safe = "".join(sign if sign.isalnum() and sign.isascii() else "-" for sign in words)
    return f"statement-{safe}.{format}"


def json_of(statement: Statement) -> bytes:
    return json.dumps(statement_json(statement), ensure_ascii=False, indent=1).encode() + b"\n"


def csv_of(statement: Statement) -> bytes:
    """Return what the statement says as rows; texts that a spreadsheet would run are escaped."""
    rows = list(rows_of(statement))
    table = pa.table({name: pa.array([row.get(name) for row in rows], pa.string())
                      for name in _COLUMNS})  # fmt: skip
    out = BytesIO()
    pyarrow.csv.write_csv(escaped(table), out)
    return out.getvalue()


def rows_of(statement: Statement) -> Iterator[Row]:
    """Yield credits, lines, deltas, adjustments, what stands beside, balances and sums."""
    pay, currency = statement.pay, statement.pay.currency
    for one in credits_named(statement).values():
        yield {
            "section": "credit", "what": one.event.value, "base": plain(one.deal_amount),
            "share": plain(one.share), "amount": plain(one.amount), "currency": currency,
            "deal": one.deal_id, "day": one.credited_on.isoformat(),
        }  # fmt: skip
    for period, component, line in statement.lines:
        yield {
            "section": "line", "period": period.stretch.days.label,
            "plan": version_of(period.stretch.plan), "component": component.key,
            "what": line.reason, "base": plain(line.base.value), "rate": plain(line.rate.value),
            "amount": plain(line.amount.value), "currency": currency,
        }  # fmt: skip
    for change in statement.changes:
        delta = change.delta
        yield {
            "section": "delta", "period": delta.period.label, "component": delta.component,
            "what": f"{delta.cause.value}: {delta.why}", "amount": plain(delta.amount),
            "currency": currency,
        }  # fmt: skip
    for by_hand in statement.adjustments:
        yield {
            "section": "adjustment", "what": by_hand.adjustment.reason,
            "amount": plain(by_hand.amount.value), "currency": currency,
            "day": by_hand.adjustment.counts_on.isoformat(),
        }  # fmt: skip
    for name, what, amount in (
        *(("beside", one.label, one.amount.value) for one in statement.beside),
        *(
            ("balance", f"{one.component}: {one.name}", one.amount.value)
            for one in statement.balances
        ),
        ("paid", pay.period.label, statement.paid.value),
        ("year to date", str(pay.period.last_day.year), statement.to_date.value),
    ):
        yield {"section": name, "what": what, "amount": plain(amount), "currency": currency}


def pdf_of(statement: Statement) -> bytes:
    """Return the statement as a PDF. Raises Refusal where typst is not installed."""
    try:
        typst = import_module("typst")
    except ImportError as error:
        raise Refusal(
            "This Wald cannot make PDFs: the package typst is not installed. Take the CSV or JSON."
        ) from error
    day = statement.pay.period.last_day
    made: bytes = typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(printed(statement), ensure_ascii=False)},
        timestamp=datetime(day.year, day.month, day.day, tzinfo=UTC),
    )
    return made


def printed(statement: Statement) -> dict[str, object]:
    """Return what the PDF prints, every number as the text that it prints."""
    pay = statement.pay
    return {
        "name": pay.name or pay.person_id,
        "person": pay.person_id,
        "run": pay.run_id,
        "period": pay.period.label,
        "first": _day(pay.period.start),
        "last": _day(pay.period.last_day),
        "year": str(pay.period.last_day.year),
        "currency": pay.currency,
        "plans": list(pay.plans),
        "paid": money(statement.paid.value, pay.currency),
        "to_date": money(statement.to_date.value, pay.currency),
        "withheld": pay.is_withheld,
        "components": list(_components(statement)),
        **_tables(statement),
        "sha256": statement_json(statement)["sha256"],
    }


def _components(statement: Statement) -> Iterator[dict[str, object]]:
    currency = statement.pay.currency
    for period in statement.pay.pays:
        for one in period.components:
            yield {
                "title": f"{one.key}, {period.stretch.days.label}",
                "kind": components()[one.component].title,
                "earned": money(one.earned.value, currency),
                "lines": [_line(line, currency) for line in one.lines],
            }


def _line(line: Line, currency: str) -> list[str]:
    numbers = money(line.base.value, currency), plain(line.rate.value)
    return [line.reason, *numbers, money(line.amount.value, currency)]


def _tables(statement: Statement) -> dict[str, list[list[str]]]:
    """Return the tables of the PDF, row by row."""
    pay = statement.pay

    def told(amount: Decimal) -> str:
        return money(amount, pay.currency)

    by_hand = [(one.adjustment.reason, one.amount.value) for one in statement.adjustments]
    beside = [(one.label, one.amount.value) for one in statement.beside]
    deltas = (one.delta for one in statement.changes)
    credits = credits_named(statement).values()
    paid_by = {version_of(one.stretch.plan): one.stretch.plan for one in pay.pays}
    return {
        "deltas": [
            [one.period.label, one.component, f"{one.cause.value}: {one.why}", told(one.amount)]
            for one in deltas
        ],
        "adjustments": [[why, told(amount)] for why, amount in (*by_hand, *beside)],
        "balances": [
            [one.component, one.name, told(one.amount.value)] for one in statement.balances
        ],
        "credits": [_credit(one, pay.currency) for one in credits],
        "switches": [
            [version, said.of, said.label, said.words]
            for version, plan in paid_by.items()
            for said in switches(plan)
        ],
    }


def _credit(one: Credit, currency: str) -> list[str]:
    share = f"{plain(one.share * 100)} %"
    where = [one.deal_id, _day(one.credited_on), one.event.value]
    return [*where, money(one.deal_amount, currency), share, money(one.amount, currency)]


def money(amount: Decimal, currency: str) -> str:
    """Write an amount as `1,234.50`, with further digits where it has any."""
    step = Decimal(1).scaleb(-minor_units(currency))
    rounded = amount.quantize(step)
    return f"{rounded if rounded == amount else EXACT.normalize(amount):,f}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"

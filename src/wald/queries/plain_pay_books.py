"""Books and accruals as JSON values and rows of a table, for page, command and API."""

from decimal import Decimal

from wald.heart.compensation.capitalising import Commensurate, RollForward
from wald.heart.compensation.derivation import plain
from wald.queries.pay_accruals import Accruals, PersonAccrual, Track
from wald.queries.pay_books import Books, RunTied
from wald.queries.plain import Json, problem_json

# What a line of the journal is written as, in CSV too.
COLUMNS = (
    "month", "debit", "credit", "debit_account", "credit_account", "amount", "currency",
    "contract_id", "person_id", "name", "run", "why",
)  # fmt: skip


def line_rows(found: Books) -> list[tuple[object, ...]]:
    """Return one row for each line of the period, of COLUMNS; amounts are decimal texts."""
    return [
        (
            one.line.month.isoformat(),
            one.line.debit.value,
            one.line.credit.value,
            found.policy.account(one.line.debit),
            found.policy.account(one.line.credit),
            plain(one.line.amount),
            found.currency,
            one.line.contract_id,
            one.line.person_id,
            found.names.get(one.line.person_id, one.line.person_id),
            one.run_id,
            one.line.why,
        )
        for one in found.lines
    ]


def books_json(found: Books) -> Json:
    return {
        "period": found.period.label,
        "currency": found.currency,
        "policy": found.policy.label,
        "accounts": [
            {
                "month": month.isoformat(),
                "side": account.value,
                "account": found.policy.account(account),
                "debit": plain(debit),
                "credit": plain(credit),
            }
            for month, account, debit, credit in found.by_account
        ],
        "roll_forward": [_month(one) for one in found.months],
        "commensurate": None if found.test is None else _test(found.test),
        "runs": [_tied(one) for one in found.runs],
        "lines": [dict(zip(COLUMNS, row, strict=True)) for row in line_rows(found)],
        "accrued": plain(found.accruals.accrued),
        "doubts": list(found.doubts),
        "problems": [problem_json(one) for one in found.left_out],
    }


def accruals_json(found: Accruals) -> Json:
    return {
        "period": found.period.label,
        "currency": found.currency,
        "accrued": plain(found.accrued),
        "low": plain(found.low),
        "high": plain(found.high),
        "components": [
            {"component": key, "accrued": plain(amount)} for key, amount in found.by_component
        ],
        "people": [_accrual(one, found) for one in found.people],
        "earlier": [_track(one) for one in found.earlier],
        "problems": [problem_json(one) for one in found.left_out],
    }


def rate_in_words(test: Commensurate) -> str:
    """Say what the test found: "renewals are paid 97.7 % of the rate on first contracts ..."."""
    if test.ratio is None:
        return f"{test.renewals} renewals tell nothing yet; {test.least} are needed"
    verdict = "commensurate" if test.is_met else "not commensurate"
    return (
        f"{test.renewals} renewals are paid {test.ratio * 100:.1f} % of the rate on first "
        f"contracts: {verdict} (from {test.limit * 100:.0f} %)"
    )


def of_came(one: Track) -> str:
    """Return how far off an accrual was, over the pay of the windows: "-1.9 %"."""
    return "" if one.share is None else f"{one.share * 100:+.1f} %"


def _accrual(one: PersonAccrual, found: Accruals) -> Json:
    return {
        "person": one.person_id,
        "name": found.names.get(one.person_id, one.person_id),
        "component": one.component,
        "starts_on": one.window.start.isoformat(),
        "last_day": one.window.last_day.isoformat(),
        "currency": one.currency,
        **{
            name: plain(getattr(one, name))
            for name in ("expected", "recognised", "earned", "accrued", "low", "high", "booked")
        },
    }


def _track(one: Track) -> Json:
    amounts = ("accrued", "right", "error", "expected", "came")
    return {"period": one.period.label, **{name: plain(getattr(one, name)) for name in amounts}}


def _month(one: RollForward) -> Json:
    amounts = ("opening", "added", "amortised", "written_off", "closing")
    return {"month": one.month.isoformat(), **{name: plain(getattr(one, name)) for name in amounts}}


def _tied(one: RunTied) -> Json:
    amounts = ("paid", "added", "expensed", "difference")
    return {
        "run": one.run_id,
        "period": one.period,
        **{name: plain(getattr(one, name)) for name in amounts},
    }


def _test(test: Commensurate) -> Json:
    return {
        "ratio": None if test.ratio is None else plain(round(test.ratio, 6)),
        "is_met": test.is_met,
        "limit": plain(test.limit),
        "renewals": test.renewals,
        "least_renewals": test.least,
        **{
            name: plain(Decimal(getattr(test, name)))
            for name in ("renewal_cost", "renewal_amount", "first_cost", "first_amount")
        },
    }
